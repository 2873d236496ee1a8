"""Files: written whole, their stats, and a walk of a folder that says what it passes over."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from stat import S_ISREG
from threading import get_ident
from typing import Literal

from msgspec import Struct


def write_whole(
    path: Path,
    data: bytes,
    *,
    durable: bool = False,
    shared: bool = False,
    mtime: int | None = None,
) -> None:
    """Put ``data`` at ``path`` in one step: a reader, or a crash, finds the old file or the new.

    ``durable`` waits until the disk has it, for what a power failure must not lose. ``shared`` is
    for a file that several processes or threads may write at once: the last one wins. ``mtime``
    (ns) is the modification time that the file gets. Raises OSError.
    """
    own = f"{os.getpid()}-{get_ident()}." if shared else ""
    part = path.with_name(f".{path.name}.{own}part")
    try:
        with part.open("wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        if mtime is not None:
            os.utime(part, ns=(mtime, mtime))
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise


class Stat(Struct, frozen=True, array_like=True):
    """A file's modification time (ns) and size (bytes): what tells cheaply that it changed."""

    mtime: int
    size: int


NEVER = Stat(0, 0)
"""The stat of no file: what is noted with it is looked at again the next time."""


def read_with_stat(path: str | Path) -> tuple[bytes, Stat]:
    """The bytes of a file, and its stat just before they were read. Raises OSError."""
    with open(path, "rb", buffering=0) as file:
        found = os.fstat(file.fileno())
        return file.readall(), Stat(found.st_mtime_ns, found.st_size)


def stat_file(path: Path) -> tuple[Stat, int] | None:
    """A plain file's stat, and when it last changed (see ``scan_files``).

    None for anything else, a link to a file included.
    """
    try:
        found = os.lstat(path)
    except OSError:
        return None
    if not S_ISREG(found.st_mode):
        return None
    changed = max(found.st_mtime_ns, found.st_ctime_ns)
    return Stat(found.st_mtime_ns, found.st_size), changed


def remove_tree(folder: Path) -> None:
    """Remove a folder with all that is in it, also while others remove or add files there."""
    for _ in range(_TRIES - 1):
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            continue
        except OSError as error:
            if error.errno not in _BUSY:
                raise
        if not folder.exists():
            return
    if folder.exists():
        shutil.rmtree(folder)


_TRIES = 3
_BUSY = (errno.ENOTEMPTY, errno.EEXIST)

SkipReason = Literal["link", "device", "unreadable", "name"]
"""Why a file or folder is passed over: a symbolic link, no plain file (a pipe, a device), not to
be opened, or named in bytes that are no text."""


def scan_files(
    top: Path, on_skip: Callable[[str, SkipReason], None] | None = None
) -> Iterator[tuple[str, Stat, int]]:
    """Plain files below ``top``: path, stat, and when (ns) the file last changed.

    The latter is the later of its modification and its status change: programs can set the first
    back (``cp -p``, ``touch -r``), but not the second. ``on_skip`` hears of what else is there,
    links included.
    """
    skip = on_skip or (lambda _path, _reason: None)
    folders = [("", os.fspath(top))]
    while folders:
        prefix, folder = folders.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:
            skip(prefix.rstrip("/"), "unreadable")
            continue
        for entry in entries:
            name = entry.name
            path = f"{prefix}{name}"
            if not (name.isascii() or is_text(name)):
                skip(readable(path), "name")
            elif entry.is_file(follow_symlinks=False):
                try:
                    found = entry.stat(follow_symlinks=False)
                except FileNotFoundError:  # gone since the folder was listed
                    continue
                mtime = found.st_mtime_ns
                yield path, Stat(mtime, found.st_size), max(mtime, found.st_ctime_ns)
            elif entry.is_dir(follow_symlinks=False):
                folders.append((f"{path}/", entry.path))
            else:
                skip(path, "link" if entry.is_symlink() else "device")


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
