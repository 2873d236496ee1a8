"""The output folder: files written only when their bytes change, and removed when unplanned.

A file whose bytes are the same keeps its modification time, so that rsync and CDNs send only
what changed. Each file is written next to its place and moved there in one step.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Literal

from msgspec import Struct

from dangjian.common.errors import PlaceError
from dangjian.common.files import SkipReason, Stat, scan_files

TEMPORARY = ".dangjian-new"


class WrittenFile(Struct, frozen=True):
    """A file in the output: its stat, and whether its bytes are new."""

    path: str
    stat: Stat
    changed: bool


def write_output(output: Path, path: str, data: bytes, *, empty: bool = False) -> WrittenFile:
    """Put ``data`` at ``path`` below ``output``; an equal file is left alone.

    Where the output was ``empty`` when the build began, there is no file to compare with, and no
    reader for whom one has to be whole at every moment.
    """
    target = os.path.join(output, path)
    if empty:
        try:
            return WrittenFile(path, _write_new(target, data), True)
        except (FileExistsError, NotADirectoryError):  # a link, say
            pass
    stat = _equal(target, data)
    if stat is not None:
        return WrittenFile(path, stat, False)
    temporary = f"{target}{TEMPORARY}"
    try:
        stat = _write(temporary, data)
    except FileNotFoundError:
        (output / path).parent.mkdir(parents=True, exist_ok=True)
        stat = _write(temporary, data)
    except (IsADirectoryError, NotADirectoryError):
        remove_obstacle(output, path)
        (output / path).parent.mkdir(parents=True, exist_ok=True)
        stat = _write(temporary, data)
    try:
        os.replace(temporary, target)
    except (IsADirectoryError, PermissionError):
        remove_obstacle(output, path)
        os.replace(temporary, target)
    return WrittenFile(path, stat, True)


def _write_new(target: str, data: bytes) -> Stat:
    """Write a new file. Raises FileExistsError if there is anything at its place."""
    try:
        return _write(target, data, "xb")
    except FileNotFoundError:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        return _write(target, data, "xb")


def _equal(target: str, data: bytes) -> Stat | None:
    """The stat of the file at ``target``, if it holds just ``data``."""
    try:
        found = os.stat(target)
        if found.st_size != len(data):
            return None
        with open(target, "rb", buffering=0) as file:
            if file.read() != data:
                return None
    except OSError:
        return None
    return Stat(found.st_mtime_ns, found.st_size)


def _write(target: str, data: bytes, mode: Literal["wb", "xb"] = "wb") -> Stat:
    """Write a file and return its stat, which a rename keeps."""
    with open(target, mode, buffering=0) as file:
        left = memoryview(data)
        while left:
            left = left[file.write(left) :]
        found = os.fstat(file.fileno())
    return Stat(found.st_mtime_ns, found.st_size)


def remove_obstacle(output: Path, path: str) -> None:
    """Remove an empty folder where a file has to be, or a file where a folder has to."""
    target = output / path
    if target.is_dir():
        for folder, _, _ in os.walk(target, topdown=False):
            with suppress(OSError):
                os.rmdir(folder)
    for parent in list(Path(path).parents)[:-1]:
        above = output / parent
        if above.is_file():
            above.unlink()


def scan_output(output: Path, links: list[str] | None = None) -> dict[str, Stat]:
    """Every file below ``output`` with its stat, by path with ``/``; links are added to ``links``.

    Raises PlaceError when a folder can't be listed: what is in it would pass for removed.
    """

    def note(path: str, reason: SkipReason) -> None:
        if reason == "link" and links is not None:
            links.append(path)
        elif reason == "unreadable" and (output / path).is_dir():
            raise PlaceError(
                f"{output / path} 打不开，里面有哪些文件看不到，已停下。请检查文件夹的权限和磁盘"
            )

    return {path: stat for path, stat, _ in scan_files(output, note)}


def remove_outputs(output: Path, paths: Iterable[str]) -> int:
    """Remove files and the folders they leave empty; returns how many files went.

    Raises OSError when one can't be removed: what was withdrawn must not stay unnoticed.
    """
    removed = 0
    folders: set[Path] = set()
    for path in paths:
        target = output / path
        try:
            target.unlink()
        except OSError:
            # Gone, or a folder is there by now.
            if target.is_symlink() or target.is_file():
                raise
            continue
        removed += 1
        folders.update(output / parent for parent in Path(path).parents)
    folders.discard(output)
    for folder in sorted(folders, key=lambda f: len(f.parts), reverse=True):
        with suppress(OSError):
            folder.rmdir()
    return removed
