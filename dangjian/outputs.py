"""The output folder: files written only when their bytes change, and removed when unplanned.

A file whose bytes are the same keeps its modification time, so that rsync and CDNs send only
what changed. Each file is written beside its place and moved there in one step.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from stat import S_ISREG
from typing import Literal

from msgspec import Struct

from dangjian.catalogue import Stat

TEMPORARY = ".dangjian-new"


class Written(Struct, frozen=True):
    """A file that stands in the output: its stat, and whether its bytes are new."""

    path: str
    stat: Stat
    changed: bool


def write_output(output: Path, path: str, data: bytes, *, empty: bool = False) -> Written:
    """Put ``data`` at ``path`` below ``output``; an equal file that stands is left alone.

    Where the output was ``empty`` when the build began, there is no file to compare with, and no
    reader for whom one has to be whole at every moment.
    """
    target = os.path.join(output, path)
    if empty:
        try:
            return Written(path, _write_new(target, data), True)
        except (FileExistsError, NotADirectoryError):  # a link, say
            pass
    stat = _equal(target, data)
    if stat is not None:
        return Written(path, stat, False)
    temporary = f"{target}{TEMPORARY}"
    try:
        stat = _write(temporary, data)
    except FileNotFoundError:
        (output / path).parent.mkdir(parents=True, exist_ok=True)
        stat = _write(temporary, data)
    except (IsADirectoryError, NotADirectoryError):
        clear_way(output, path)
        (output / path).parent.mkdir(parents=True, exist_ok=True)
        stat = _write(temporary, data)
    try:
        os.replace(temporary, target)
    except (IsADirectoryError, PermissionError):
        clear_way(output, path)
        os.replace(temporary, target)
    return Written(path, stat, True)


def _write_new(target: str, data: bytes) -> Stat:
    """Write a file where none stands. Raises FileExistsError if there is anything at its place."""
    try:
        return _write(target, data, "xb")
    except FileNotFoundError:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        return _write(target, data, "xb")


def _equal(target: str, data: bytes) -> Stat | None:
    """How the file at ``target`` stands, if it holds just ``data``."""
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
    """Write a file and tell how it stands; a rename keeps that."""
    with open(target, mode, buffering=0) as file:
        left = memoryview(data)
        while left:
            left = left[file.write(left) :]
        found = os.fstat(file.fileno())
    return Stat(found.st_mtime_ns, found.st_size)


def plain_stat(path: Path) -> Stat | None:
    """The stat of a plain file; None for anything else, a link to one included."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return Stat(found.st_mtime_ns, found.st_size) if S_ISREG(found.st_mode) else None


def clear_way(output: Path, path: str) -> None:
    """Remove an empty folder where a file has to stand, or a file where a folder has to."""
    target = output / path
    if target.is_dir():
        for folder, _, _ in os.walk(target, topdown=False):
            with suppress(OSError):
                os.rmdir(folder)
    for parent in list(Path(path).parents)[:-1]:
        above = output / parent
        if above.is_file():
            above.unlink()


def scan_output(output: Path) -> dict[str, Stat]:
    """Every file below ``output`` with its stat, by path with ``/``."""
    return dict(scan_files(output))


Oddity = Literal["link", "device", "unreadable", "name"]
"""Why a file or folder is passed over: a symbolic link, no plain file (a pipe, a device), not to
be opened, or named in bytes that are no text."""


def scan_files(
    top: Path, passed_over: Callable[[str, Oddity], None] | None = None
) -> Iterator[tuple[str, Stat]]:
    """Plain files below ``top``; ``passed_over`` hears of what else is there, links included."""
    odd = passed_over or (lambda _path, _oddity: None)
    folders = [("", os.fspath(top))]
    while folders:
        prefix, folder = folders.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:
            odd(prefix.rstrip("/"), "unreadable")
            continue
        for entry in entries:
            name = entry.name
            path = f"{prefix}{name}"
            if not (name.isascii() or is_text(name)):
                odd(readable(path), "name")
            elif entry.is_file(follow_symlinks=False):
                try:
                    found = entry.stat(follow_symlinks=False)
                except FileNotFoundError:  # gone since the folder was listed
                    continue
                yield path, Stat(found.st_mtime_ns, found.st_size)
            elif entry.is_dir(follow_symlinks=False):
                folders.append((f"{path}/", entry.path))
            else:
                odd(path, "link" if entry.is_symlink() else "device")


def is_text(name: str) -> bool:
    """Whether a file's name is text: on Linux it may be any bytes (from an old ZIP, say)."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def readable(name: str) -> str:
    """A file's name fit to be shown: bytes that are no text become U+FFFD."""
    return os.fsencode(name).decode("utf-8", "replace")


def remove_outputs(output: Path, paths: Iterable[str]) -> int:
    """Remove files and the folders they leave empty; returns how many files went."""
    removed = 0
    folders: set[Path] = set()
    for path in paths:
        target = output / path
        try:
            target.unlink()
        except OSError:
            continue
        removed += 1
        folders.update(output / parent for parent in Path(path).parents)
    folders.discard(output)
    for folder in sorted(folders, key=lambda f: len(f.parts), reverse=True):
        with suppress(OSError):
            folder.rmdir()
    return removed
