"""What is cached of chunks, so that only changed ones are made again. Losing it costs time only."""

from collections.abc import Sequence, Set as AbstractSet
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from dangjian.search.builder.chunks import Facts, Part
from dangjian.search.builder.state import read_sealed, write_sealed
from dangjian.search.format.lists import Lists

_KINDS = ("facts", "lists", "parts")

GROUP = 64
"""Of so many documents parts are cached together: an edit reads and writes those of no more."""


_LAID_OUT: dict[str, Any] = {
    "term": np.int64,
    "totals": np.uint32,
    "doc_bytes": np.uint32,
    "pos_bytes": np.uint32,
    "field": np.uint8,
    "plain": np.bool_,
    "doc_blob": np.uint8,
    "pos_blob": np.uint8,
}
"""The columns of posting lists as they are written, so that each begins where its numbers may."""

_PADDING = 4
"""Bytes behind those of the seal, so that numbers of eight bytes begin at a multiple of eight."""
_HEAD = _PADDING + 8 * len(_LAID_OUT)
"""What is written before the columns: the padding, and the bytes of each column."""


class ChunkCache:
    """A folder with two files for each chunk, and one for each group of the documents in it.

    They are named by digests of these documents. Of a group (``GROUP`` documents from the beginning
    of a chunk, or from the end of the last group) there is what its chunk was made of.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, chunk: str, facts: Facts, lists: Lists) -> None:
        """Cache a chunk."""
        columns = [
            np.ascontiguousarray(getattr(lists, name), dtype).view(np.uint8)
            for name, dtype in _LAID_OUT.items()
        ]
        sizes = np.array(list(map(len, columns)), "<u8").tobytes()
        head = bytes(_PADDING) + sizes
        write_sealed(self._path(chunk, "lists"), head, *(column.data for column in columns))
        write_sealed(self._path(chunk, "facts"), msgspec.msgpack.encode(facts))

    def put_parts(self, group: str, parts: Sequence[Part]) -> None:
        """Cache what a chunk was made of in one group of its documents."""
        write_sealed(self._path(group, "parts"), msgspec.msgpack.encode(parts))

    def has_parts(self, group: str) -> bool:
        """Whether something is cached of a group, be it whole or not."""
        return self._path(group, "parts").exists()

    def facts(self, chunk: str) -> Facts | None:
        """What the head of a segment says of a chunk; None if it is not cached."""
        data = read_sealed(self._path(chunk, "facts"))
        return None if data is None else msgspec.msgpack.decode(data, type=Facts)

    def lists(self, chunk: str) -> Lists | None:
        """The posting lists of a chunk; None if they are not cached."""
        data = read_sealed(self._path(chunk, "lists"))
        if data is None:
            return None
        sizes = np.frombuffer(data[_PADDING:_HEAD], "<u8").tolist()
        bounds = pairwise(accumulate(sizes, initial=_HEAD))
        columns: dict[str, Any] = {
            name: np.frombuffer(data[begin:end], dtype)
            for (name, dtype), (begin, end) in zip(_LAID_OUT.items(), bounds, strict=True)
        }
        return Lists(**columns)

    def parts(self, group: str) -> list[Part] | None:
        """What a chunk was made of, document by document; None if it is not cached."""
        data = read_sealed(self._path(group, "parts"))
        return None if data is None else msgspec.msgpack.decode(data, type=list[Part])

    def keep_only(self, names: AbstractSet[str]) -> None:
        """Remove all other chunks and groups."""
        for path in self._folder.iterdir():
            name, _, kind = path.name.partition(".")
            if kind in _KINDS and name not in names:
                path.unlink(missing_ok=True)

    def _path(self, name: str, kind: str) -> Path:
        return self._folder / f"{name}.{kind}"
