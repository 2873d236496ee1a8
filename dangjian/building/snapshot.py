"""All that a build may read, as it was at one moment: seen by one stat a file, nothing opened.

A file whose size and time are those noted earlier is taken to be the same, if its times can tell:
clocks of file systems tick coarsely, and a program can set a modification time back. So a file
that may have changed since it was last looked at (``Doubts``) is compared by content.
"""

import os
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from dangjian.common.digests import digest
from dangjian.common.files import SkipReason, Stat, scan_files, stat_file
from dangjian.common.timezone import SHANGHAI
from dangjian.common.versions import code_version
from dangjian.content.catalogue import Catalogue
from dangjian.content.scan import Scan, scan_content
from dangjian.settings.workspace import Workplace

MTIME_GRACE_NS = 2_000_000_000
"""A file's times are trusted only if they are at least this many ns older than the snapshot.

FAT counts modification times in steps of two seconds; no file system in use is coarser.
"""
MAX_RECHECKED_BYTES = 256_000_000
"""Up to this many bytes of recently changed files other than sources are digested; the rest, and
with it the whole site, is looked at again by the next build."""


class Snapshot(Struct, frozen=True):
    """All that a build may read, as it was when the build began.

    ``started`` (ns since the epoch) is when it was taken, ``now`` the moment that the build is
    for. ``sources`` is a digest of the sources' paths, times and sizes, ``others`` one of those of
    all other files, ``basis`` one of the latter, the settings and the code. ``changed`` says when
    each other file last changed (ns), ``recent`` has digests of those whose times can't be
    trusted yet; both are by path below content/, those of the theme by absolute path.
    ``complete`` is False where a folder could not be listed.
    """

    started: int
    now: datetime
    scan: Scan
    sources: bytes
    others: bytes
    basis: bytes
    changed: dict[str, int]
    recent: dict[str, bytes]
    complete: bool


def take(place: Workplace) -> Snapshot:
    """Look at content, theme and settings, without reading a source."""
    started, now = time.time_ns(), _now(place)
    scan = scan_content(place.content)
    others = {path: stat for path, stat in scan.files.items() if path not in scan.sources}
    changed = {path: scan.changed[path] for path in others}
    skipped = [f"{problem.path}\0{problem.message}" for problem in scan.problems]
    complete = scan.complete

    def skip(path: str, reason: SkipReason) -> None:
        nonlocal complete
        complete &= reason != "unreadable"
        skipped.append(f"{path}\0{reason}")

    for top in (place.theme, *place.templates):
        for path, stat, when in scan_files(top, skip):
            name = os.path.join(os.path.abspath(top), path)
            others[name], changed[name] = stat, when
    stats = digest(_stats(others), "\n".join(sorted(skipped)))
    return Snapshot(
        started,
        now,
        scan,
        _stats(scan.sources),
        stats,
        _basis(place, now, stats),
        changed,
        _recent(place.content, others, changed, started - MTIME_GRACE_NS),
        complete,
    )


def retake(place: Workplace, before: Snapshot, seen: Iterable[Path]) -> Snapshot | None:
    """What ``before`` has become, if the files ``seen`` to change are all that has changed.

    None if they are others than sources that were there before and still are. All else was looked
    at when ``before`` was taken, so that its ``started`` stays.
    """
    now = _now(place)
    sources, changed = dict(before.scan.sources), dict(before.scan.changed)
    for file in seen:
        try:
            path = file.relative_to(place.content).as_posix()
        except ValueError:
            return None
        found = stat_file(file)
        if path in sources and found is not None:
            sources[path], changed[path] = found
        elif path in before.scan.files or os.path.lexists(file):
            return None
    files = before.scan.files | sources
    scan = msgspec.structs.replace(before.scan, files=files, sources=sources, changed=changed)
    return msgspec.structs.replace(
        before,
        now=now,
        scan=scan,
        sources=_stats(sources),
        basis=_basis(place, now, before.others),
    )


def _now(place: Workplace) -> datetime:
    return place.office.build_at or datetime.now(SHANGHAI)


def _basis(place: Workplace, now: datetime, others: bytes) -> bytes:
    office = msgspec.structs.replace(place.office, build_at=None, workers=0)
    return digest(
        code_version(),
        msgspec.json.encode(office),
        msgspec.json.encode(place.problems),
        f"{place.office.is_gray(now)}{place.drafts}{place.strict}{place.retain}{place.hold_back}",
        others,
    )


def _stats(files: Mapping[str, Stat]) -> bytes:
    return digest("\n".join([f"{p}\0{s.mtime}\0{s.size}" for p, s in sorted(files.items())]))


def _recent(
    content: Path, files: Mapping[str, Stat], changed: Mapping[str, int], trusted: int
) -> dict[str, bytes]:
    """Digests of the ``files`` that ``changed`` from ``trusted`` (ns) on, as far as they are few.

    They are taken before a build reads the files: one that changes in between is read again.
    """
    found: dict[str, bytes] = {}
    left = MAX_RECHECKED_BYTES
    for name in sorted(name for name, when in changed.items() if when >= trusted):
        left -= files[name].size
        if left < 0:
            break
        mark = _digest_of(content / name)
        if mark:
            found[name] = mark
    return found


def _digest_of(file: Path) -> bytes:
    """The digest of a file's content; empty when it can't be read, which proves nothing."""
    try:
        return digest(file.read_bytes())
    except OSError:
        return b""


class Trust(Struct, frozen=True, array_like=True):
    """How far a file's times prove that it is what the last build that looked at it saw.

    They do for files that changed before ``before`` (ns since the epoch). ``recent`` has the
    digests of other files than sources that had changed later (see ``Snapshot``).
    """

    before: int = 0
    recent: dict[str, bytes] = {}


_TRUST = "trust"


def read_trust(catalogue: Catalogue) -> Trust:
    """What the last build noted; nothing is trusted where there was none."""
    noted = catalogue.meta(_TRUST)
    return msgspec.msgpack.decode(noted, type=Trust) if noted else Trust()


def note_trust(catalogue: Catalogue, snapshot: Snapshot) -> None:
    """Trust from now on what the catalogue knows of files that are as ``snapshot`` has them."""
    trust = Trust(snapshot.started - MTIME_GRACE_NS, snapshot.recent)
    catalogue.set_meta(_TRUST, msgspec.msgpack.encode(trust))
    catalogue.commit()


class Doubts(Struct, frozen=True):
    """The files whose times can't tell whether they are as before, by their paths in ``Snapshot``.

    ``sources`` are yet to be compared with the catalogue, ``others`` have been compared in vain.
    """

    sources: frozenset[str]
    others: frozenset[str]

    def __contains__(self, path: object) -> bool:
        return path in self.sources or path in self.others


def find_doubts(place: Workplace, snapshot: Snapshot, trust: Trust) -> Doubts:
    """What in ``snapshot`` may have changed although its times are the same."""
    before, recent = trust.before, trust.recent
    changed = snapshot.scan.changed
    sources = [path for path in snapshot.scan.sources if changed[path] >= before]
    others = [
        name
        for name, when in snapshot.changed.items()
        if when >= before
        and not (name in recent and _digest_of(place.content / name) == recent[name])
    ]
    return Doubts(frozenset(sources), frozenset(others))
