"""Files of a segment while it is made: it has no name before all of it is known."""

import shutil
import zlib
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Self

FOLDER = ".building"


class Drafts:
    """Files that are written beside their place, and moved there when they have a name.

    What a process that was killed has left is removed by the next.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, tuple[int, int]] = {}
        self.place = folder / FOLDER
        self._digest = blake2b(digest_size=8)

    def __enter__(self) -> Self:
        if self.place.exists():
            shutil.rmtree(self.place)
        self.place.mkdir()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self.place, ignore_errors=True)

    def add(self, name: str, data: bytes) -> None:
        """Write a file."""
        (self.place / name).write_bytes(data)
        self.files[name] = len(data), zlib.crc32(data)
        self._digest.update(data)

    def cover(self, data: bytes) -> None:
        """Let the digest cover something that is in no file yet."""
        self._digest.update(data)

    def digest(self) -> str:
        """A digest of all that was added, in the order in which it was."""
        return self._digest.hexdigest()

    def settle(self, prefix: str, standing: Mapping[str, int]) -> list[str]:
        """Move the files to their place; returns the names of those that did not stand there.

        ``standing`` are the sizes of the files in the folder. A name stands for its content, but
        what stands there may be damaged.
        """
        written: list[str] = []
        for name, (size, _) in self.files.items():
            target = self.folder / f"{prefix}{name}"
            draft = self.place / name
            if standing.get(target.name) == size and target.read_bytes() == draft.read_bytes():
                continue
            draft.replace(target)
            written.append(target.name)
        return written
