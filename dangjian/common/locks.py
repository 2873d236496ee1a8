"""Locks between processes: the system releases one when its holder ends, however it ends."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

from dangjian.common.errors import LockedError

# Windows locks bytes, not files; one far beyond the text leaves the text readable to others.
_FAR = 1 << 30


class Lock:
    """A lock that this process holds; ``note`` is what others read meanwhile."""

    def __init__(self, file: FileIO) -> None:
        self._file = file

    def note(self, text: str) -> None:
        """Leave ``text`` for those who wait; on a full disk there is none, and the lock holds."""
        with suppress(OSError):
            self._file.seek(0)
            self._file.truncate()
            self._file.write(text.encode())


@contextmanager
def acquire(path: Path, note: str = "", patience: float = 0.0) -> Iterator[Lock]:
    """Hold the lock at ``path`` (a small file) for as long as the block runs.

    The holder may delete the file: a process that opened it before tries again with the new one.
    Raises LockedError when another process holds it, and still does after ``patience`` seconds.
    """
    end = time.monotonic() + patience
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Unbuffered: what a full disk did not take must not be tried again on closing.
        with path.open("ab+", buffering=0) as file:
            while not _taken(file):
                if time.monotonic() >= end:
                    file.seek(0)
                    raise LockedError(file.read().decode(errors="replace").strip())
                time.sleep(0.1)
            if not _is_at(file, path):
                continue
            lock = Lock(file)
            lock.note(note)
            try:
                yield lock
            finally:
                lock.note("")
                _release(file)
            return


def _is_at(file: FileIO, path: Path) -> bool:
    """Whether the open file is still the one at ``path``."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _taken(file: FileIO) -> bool:
    try:
        _take(file)
    except OSError:
        return False
    return True


if sys.platform == "win32":
    import msvcrt

    def _take(file: FileIO) -> None:
        os.lseek(file.fileno(), _FAR, os.SEEK_SET)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _release(file: FileIO) -> None:
        os.lseek(file.fileno(), _FAR, os.SEEK_SET)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(file: FileIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _release(file: FileIO) -> None:
        # Closing would not do: worker processes have the same open file.
        fcntl.flock(file, fcntl.LOCK_UN)
