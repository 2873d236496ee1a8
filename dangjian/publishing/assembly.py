"""A new release put together next to the live site, file by file, and compared with its plan.

A file that did not change is a hard link to the live one where the file system has them, and a copy
with the same time where not. Every file may be read by the web server, whatever the umask.
"""

import filecmp
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct, field

from dangjian.publishing.errors import PublishError
from dangjian.publishing.manifest import FileMark, Manifest, mark_of

Plan = Mapping[str, int | None]
"""The files of a release by their paths, with their sizes (bytes) where these are known."""

ADDED = ".packed"
"""The folder of a built site with what publishing adds: compressed copies, by the same paths, and
``STATUS``."""

PACKED_ENDINGS = (".gz", ".br")
STATUS = "status.json"

FILE_MODE = 0o644
FOLDER_MODE = 0o755


class Comparison(Struct):
    """How a site as built differs from the live one: paths, sorted.

    ``foreign`` are files in the live folder that were not published from here.
    """

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    @property
    def is_same(self) -> bool:
        """Whether the live site is just what was built."""
        return not (self.new or self.changed or self.removed)

    def __str__(self) -> str:
        return (
            f"新增 {len(self.new)} 个文件，更新 {len(self.changed)} 个，"
            f"不变 {len(self.same)} 个，撤下 {len(self.removed)} 个"
        )


def compare(
    built: Path, plan: Plan, live: Path, manifest: Manifest, retain: tuple[str, ...]
) -> Comparison:
    """Compare what is ``built`` with the ``live`` folder, whose files ``manifest`` lists.

    Raises PublishError when a planned file is not there as planned, OSError when one can't be read.
    """
    check_plan(built, plan)
    found = Comparison()
    existing = set(files_below(live))
    for path in sorted(plan):
        old = live / path
        if path not in existing:
            found.new.append(path)
        elif path in manifest and _is_same(source_of(built, path), old):
            found.same.append(path)
        else:
            found.changed.append(path)
    found.removed = sorted(path for path in existing & manifest.keys() if path not in plan)
    found.foreign = sorted(
        path
        for path in existing
        if path not in manifest and path not in plan and not goes_along(path, retain)
    )
    return found


def source_of(built: Path, path: str) -> Path:
    """The file of a built site that goes to ``path`` of a release."""
    if path == STATUS or path.endswith(PACKED_ENDINGS):
        added = built / ADDED / path
        if added.is_file():
            return added
    return built / path


def check_plan(folder: Path, plan: Plan) -> None:
    """Raise PublishError unless every planned file is in ``folder``, of its planned size."""
    for path, size in plan.items():
        try:
            found = source_of(folder, path).stat()
        except FileNotFoundError as error:
            raise PublishError(f"新网站不全：缺 {path}。线上网站未动，请再发布一次。") from error
        if not stat.S_ISREG(found.st_mode) or size not in {None, found.st_size}:
            raise PublishError(
                f"新网站不全：{path} 的大小与生成时不同。线上网站未动，请再发布一次。"
            )


def assemble(
    built: Path,
    plan: Plan,
    live: Path,
    manifest: Manifest,
    staging: Path,
    found: Comparison,
    retain: tuple[str, ...],
) -> Manifest:
    """Fill ``staging`` with the planned files and what others have put into ``live``, which stays.

    Returns the manifest of the planned files. Raises PublishError when something is missing in the
    end, OSError when something can't be read or written.
    """
    marks: Manifest = {}
    same = set(found.same)
    _make_folder(staging)
    for path in sorted(plan):
        target = staging / path
        if not target.parent.is_dir():
            _make_folders(staging, target.parent)
        if path in same:
            _link(live / path, target)
            marks[path] = manifest[path]
        else:
            shutil.copy2(source_of(built, path), target)
            marks[path] = mark_of(target)
        _set_mode(target, FILE_MODE)
    carried = _carry(live, staging, plan, manifest, retain)
    check_plan(staging, {path: mark.size for path, mark in marks.items()})
    count = sum(1 for _ in files_below(staging))
    if count != len(plan) + carried:
        raise PublishError(
            f"新网站应有 {len(plan) + carried} 个文件，实有 {count} 个。"
            "线上网站未动，请再发布一次。"
        )
    return marks


def goes_along(path: str, retain: tuple[str, ...]) -> bool:
    """Whether others put it into the live folder to stay: it is named, or begins with a dot."""
    first = path.partition("/")[0]
    return first in retain or first.startswith(".")


def files_below(folder: Path) -> Iterator[str]:
    """The paths of all files and links below a folder. Raises OSError if one can't be listed."""
    top = os.fspath(folder)
    if not os.path.lexists(top):
        return
    for place, folders, names in os.walk(top, onerror=_raise):
        prefix = os.path.relpath(place, top).replace(os.sep, "/")
        start = "" if prefix == "." else f"{prefix}/"
        yield from (f"{start}{name}" for name in names)
        for name in folders:
            if os.path.islink(os.path.join(place, name)):
                yield f"{start}{name}"


def correct_modes(live: Path, manifest: Mapping[str, FileMark]) -> int:
    """Let the web server read every published file and its folders; returns how many it could not.

    A live site that was published under a strict umask is readable from then on.
    """
    corrected = 0
    folders = {live}
    for path in manifest:
        corrected += _set_mode(live / path, FILE_MODE)
        folders.update(live / parent for parent in Path(path).parents)
    return corrected + sum(_set_mode(folder, FOLDER_MODE) for folder in folders)


def make_parents(folder: Path) -> None:
    """Make the folders above ``folder`` that are missing, open to the web server."""
    missing = [parent for parent in folder.parents if not parent.exists()]
    for parent in reversed(missing):
        _make_folder(parent)


def _make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _set_mode(folder, FOLDER_MODE)


def _make_folders(top: Path, folder: Path) -> None:
    missing = [one for one in (folder, *folder.parents) if one.is_relative_to(top)]
    for one in reversed(missing):
        if not one.is_dir():
            _make_folder(one)


def _set_mode(path: Path, mode: int) -> bool:
    """Give a file or folder a mode; whether it had another."""
    if os.name == "nt" or stat.S_IMODE(path.stat().st_mode) == mode:
        return False
    path.chmod(mode)
    return True


def _is_same(new: Path, old: Path) -> bool:
    """Whether two files are equal; those of one size and time are copies of each other."""
    one, other = new.stat(), old.lstat()
    if not stat.S_ISREG(other.st_mode) or one.st_size != other.st_size:
        return False
    return one.st_mtime_ns == other.st_mtime_ns or filecmp.cmp(new, old, shallow=False)


def _carry(
    live: Path, staging: Path, plan: Plan, manifest: Manifest, retain: tuple[str, ...]
) -> int:
    """Take along what others look after; returns how many files that is."""
    count = 0
    for path in files_below(live):
        if path in plan or path in manifest or not goes_along(path, retain):
            continue
        target = staging / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if (live / path).is_symlink():
            target.symlink_to(os.readlink(live / path))
        else:
            _link(live / path, target)
        count += 1
    return count


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _raise(error: OSError) -> None:
    raise error
