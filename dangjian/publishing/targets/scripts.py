"""What is run on the other machine: scripts for a POSIX shell, with flock, GNU or busybox tools.

Each that changes something holds the lock there, and ends with ``OTHER`` if the live release is not
the expected one. A script goes on when its line is cut, and either comes to its end or to nothing:
what it leaves behind by the way, the next one removes.
"""

import shlex
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

MISSING: Final = 64
BUSY: Final = 65
OTHER: Final = 66
LISTED: Final = 67
"""The files are not the expected ones: the script has listed them, size and path."""

FOREIGN: Final = "00000000-000000"
"""The release that is a folder that was there before the first publish."""

_PATIENCE = 30  # seconds that a script waits for another one to end
_ABANDONED = 7  # days after which what another machine began to send is removed


class Places(Struct, frozen=True):
    """Paths there: the live folder, the folder of its releases, and in that what is sent."""

    live: str
    top: str
    incoming: str

    def link_to(self, release: str) -> str:
        """What the live folder's link says for a release: relative, so that both can be moved."""
        return f"{self.top.rpartition('/')[2]}/{release}"


def _quoted(words: Iterable[str]) -> str:
    return " ".join(shlex.quote(word) for word in words)


def look(places: Places) -> str:
    """Says what is there: ``kind``, each ``release`` with its record's SHA-256, the ``state``."""
    live, top = _quoted([places.live]), _quoted([places.top])
    return f"""
set -u
for tool in rsync flock stat sha256sum; do
    command -v $tool >/dev/null || {{ echo $tool; exit {MISSING}; }}
done
# A script whose line was cut may still be at work.
if [ -f {top}/lock ]; then flock -w {_PATIENCE} {top}/lock true || true; fi
if [ -L {live} ]; then echo "kind link $(readlink {live})"
elif [ ! -e {live} ]; then echo kind none
elif [ -d {live} ] && [ -z "$(ls -A {live})" ]; then echo kind empty
else echo kind folder; fi
cd {top} 2>/dev/null || exit 0
for one in */; do
    name=${{one%/}}
    if [ -f "$name.json.gz" ]; then
        set -- $(sha256sum "$name.json.gz")
        echo "release $name $1"
    elif [ "${{name#{FOREIGN}}}" != "$name" ]; then echo "release $name "; fi
done
if [ -f state.json ]; then echo "state $(cat state.json)"; fi
"""


def prepare(places: Places, incoming: str) -> str:
    """Makes the folder for what is about to be sent."""
    return f"set -eu; umask 022; mkdir -p {_quoted([f'{places.top}/{incoming}'])}"


def switch(
    places: Places,
    expected: str,
    name: str,
    listing: str,
    retain: Sequence[str] = (),
    *,
    from_scratch: bool = False,
) -> str:
    """Puts release ``name`` together from the live one, or ``from_scratch``, and makes it live.

    ``listing`` is the SHA-256 of its sorted list of sizes and paths, without files at the top whose
    names are in ``retain`` or begin with a dot: those were put there by others and go along.
    """
    part, taken = f"{name}.part", f"taken-{places.incoming}"
    others = _quoted(word for one in retain for word in ("!", "-path", f"./{one}"))
    folders = _quoted(word for one in retain for word in ("!", "-path", f"./{one}/*"))
    carried = " ".join(_quoted([one]) for one in retain)
    return f"""{_locked(places, expected)}
for one in *.part taken-*; do [ "$one" = {taken} ] || rm -rf -- "$one"; done
find . -maxdepth 1 -name 'incoming-*' -mtime +{_ABANDONED - 1} -exec rm -rf -- {{}} +
if [ -d {places.incoming} ]; then rm -rf {taken}; mv {places.incoming} {taken}; fi
if {"false" if from_scratch else '[ -n "$now" ]'}; then cp -al -- "$now" {part}; else
    mkdir {part}
    if [ -d "$live" ]; then
        (cd "$live"; for one in .[!.]* {carried}; do
            if [ -e "$one" ]; then cp -a -- "$one" "$top"/{part}/; fi
        done)
    fi
fi
(cd {part} && xargs -0 rm -f -- /nonexistent/none) <{taken}/remove
find {part} -mindepth 1 -depth -type d -empty -exec rmdir {{}} \\;
cp -al -- {taken}/files/. {part}/
(cd {part} && find . -type f ! -path './.*' {others} {folders} -exec stat -c '%s %n' {{}} + \
    | LC_ALL=C sort) >{taken}/listing
set -- $(sha256sum {taken}/listing)
if [ "$1" != {listing} ]; then cat {taken}/listing; rm -rf {part}; exit {LISTED}; fi
chmod 755 {part}
sync -f {part} 2>/dev/null || sync
mv {taken}/record {name}.json.gz
mv -T {part} {name}
mv {taken}/state state.json
{_link(places, name)}
rm -rf {taken}
"""


def settle(places: Places, expected: str) -> str:
    """Reads a new state (one line) and paths to remove from the live release (each ends in NUL)."""
    return f"""{_locked(places, expected)}
IFS= read -r state
(cd "$now" && xargs -0 rm -f -- /nonexistent/none)
printf '%s' "$state" >state.part
mv state.part state.json
"""


def go_back(places: Places, expected: str, name: str) -> str:
    """Makes the stored release ``name`` live; reads the state after that."""
    return f"""{_locked(places, expected)}
[ -d {name} ]
cat >state.part
mv state.part state.json
{_link(places, name)}
"""


def discard(places: Places, names: Sequence[str]) -> str:
    """Deletes releases; one that is half deleted is none."""
    lines = [f"rm -f {name}.json.gz; mv {name} {name}.part; rm -rf {name}.part" for name in names]
    return "\n".join([_locked(places, None), *lines])


def _locked(places: Places, expected: str | None) -> str:
    """Takes the lock; ``$now`` is the live release, which has to be the ``expected`` one."""
    ours = _quoted([places.link_to("").rstrip("/")])
    lines = [
        "set -eu",
        "umask 022",
        f"top={_quoted([places.top])} live={_quoted([places.live])}",
        'cd "$top"',
        "exec 9>>lock",
        f"flock -w {_PATIENCE} 9 || exit {BUSY}",
        'now=; if [ -L "$live" ]; then now=$(readlink "$live"); fi',
        f'case "$now" in {ours}/*) now=${{now##*/}} ;; *) now= ;; esac',
    ]
    if expected is not None:
        lines.append(f'[ "$now" = {_quoted([expected])} ] || exit {OTHER}')
    return "\n".join(lines)


def _link(places: Places, name: str) -> str:
    """Replaces the live folder's link by a rename; a folder in its place becomes a release.

    Where ``mv`` can exchange the two (GNU from 9.5 on), the site is there at every moment.
    """
    leads = _quoted([places.link_to(name)])
    return f"""ln -sfn {leads} "$live.new"
if [ -L "$live" ] || [ ! -e "$live" ]; then mv -T "$live.new" "$live"
else
    old={FOREIGN}; while [ -e "$old" ]; do old=${{old}}_1; done
    if mv --exchange -T "$live.new" "$live" 2>/dev/null; then mv -T "$live.new" "$old"
    else mv -T "$live" "$old"; mv -T "$live.new" "$live"; fi
fi"""
