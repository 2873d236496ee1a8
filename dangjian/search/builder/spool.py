"""Putting bytes aside that would take too much memory."""

from pathlib import Path
from tempfile import SpooledTemporaryFile

_IN_MEMORY = 4_000_000


class Spool:
    """Bytes in a file that has no name and is gone with the process; few stay in memory.

    To be closed.
    """

    def __init__(self, folder: Path) -> None:
        self._file = SpooledTemporaryFile(_IN_MEMORY, dir=str(folder))  # noqa: SIM115 - see close
        self._end = 0

    def add(self, data: bytes) -> int:
        """Put bytes aside; returns their place."""
        place = self._end
        self._file.write(data)
        self._end += len(data)
        return place

    def read(self, place: int, length: int) -> bytes:
        """Bytes that were put aside."""
        self._file.seek(place)
        return self._file.read(length)

    def everything(self) -> bytes:
        """All bytes that were put aside."""
        return self.read(0, self._end)

    def close(self) -> None:
        """Let go of all of it."""
        self._file.close()
