"""What is cached of chunks, so that only changed ones are made again. Losing it costs time only."""

from collections.abc import Sequence, Set as AbstractSet
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct

from dangjian.search.builder.chunks import Facts, Part
from dangjian.search.builder.state import read_sealed, write_sealed
from dangjian.search.format.lists import Lists

_KINDS = ("facts", "lists", "parts")


class _PackedLists(Struct, frozen=True):
    """Posting lists with their arrays as bytes, in the order of the fields of ``Lists``."""

    columns: list[memoryview]


_DTYPES = (np.int64, np.uint8, np.bool_, np.uint32, np.uint32, np.uint32, np.uint8, np.uint8)


class ChunkCache:
    """A folder with three files for each chunk, named by a digest of its documents."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, chunk: str, parts: Sequence[Part], facts: Facts, lists: Lists) -> None:
        """Cache a chunk."""
        columns = [
            memoryview(np.ascontiguousarray(column, dtype).tobytes())
            for column, dtype in zip(lists, _DTYPES, strict=True)
        ]
        encode = msgspec.msgpack.encode
        write_sealed(self._path(chunk, "parts"), encode(parts))
        write_sealed(self._path(chunk, "lists"), encode(_PackedLists(columns)))
        write_sealed(self._path(chunk, "facts"), encode(facts))

    def facts(self, chunk: str) -> Facts | None:
        """What the head of a segment says of a chunk; None if it is not cached."""
        data = read_sealed(self._path(chunk, "facts"))
        return None if data is None else msgspec.msgpack.decode(data, type=Facts)

    def lists(self, chunk: str) -> Lists | None:
        """The posting lists of a chunk; None if they are not cached."""
        data = read_sealed(self._path(chunk, "lists"))
        if data is None:
            return None
        columns = msgspec.msgpack.decode(data, type=_PackedLists).columns
        arrays: list[Any] = [
            np.require(np.frombuffer(column, dtype), requirements="A")
            for column, dtype in zip(columns, _DTYPES, strict=True)
        ]
        return Lists(*arrays)

    def parts(self, chunk: str) -> list[Part] | None:
        """What a chunk was made of, document by document; None if it is not cached."""
        data = read_sealed(self._path(chunk, "parts"))
        return None if data is None else msgspec.msgpack.decode(data, type=list[Part])

    def keep_only(self, chunks: AbstractSet[str]) -> None:
        """Remove all other chunks."""
        for path in self._folder.iterdir():
            name, _, kind = path.name.partition(".")
            if kind in _KINDS and name not in chunks:
                path.unlink(missing_ok=True)

    def _path(self, chunk: str, kind: str) -> Path:
        return self._folder / f"{chunk}.{kind}"
