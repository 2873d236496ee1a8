"""Locks between processes: the system releases one when its holder ends, however it ends."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from dangjian.common.errors import LockedError

# Windows locks bytes, not files; one far beyond the text leaves the text readable to others.
_FAR = 1 << 30


class Lock:
    """A lock that this process holds; ``note`` is what others read meanwhile."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def note(self, text: str) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._file.write(text)
        self._file.flush()


@contextmanager
def acquire(path: Path, note: str = "", patience: float = 0.0) -> Iterator[Lock]:
    """Hold the lock at ``path`` (a small file that stays) for as long as the block runs.

    Raises LockedError when another process holds it, and still does after ``patience`` seconds.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        end = time.monotonic() + patience
        while not _taken(file):
            if time.monotonic() >= end:
                file.seek(0)
                raise LockedError(file.read().strip())
            time.sleep(0.1)
        lock = Lock(file)
        lock.note(note)
        try:
            yield lock
        finally:
            lock.note("")
            _release(file)


def _taken(file: IO[str]) -> bool:
    try:
        _take(file)
    except OSError:
        return False
    return True


if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[str]) -> None:
        os.lseek(file.fileno(), _FAR, os.SEEK_SET)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _release(file: IO[str]) -> None:
        os.lseek(file.fileno(), _FAR, os.SEEK_SET)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _release(file: IO[str]) -> None:
        # Closing would not do: worker processes have the same open file.
        fcntl.flock(file, fcntl.LOCK_UN)
