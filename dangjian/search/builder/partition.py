"""Where an archive is cut into segments, and these into chunks: by its documents alone.

The documents are in order of date, then of the hash of their keys. Borders are chosen from the
oldest on: among the places at least ``least`` and at most ``most`` documents behind the last border
the one whose document has the smallest hash. So an article that comes, goes or changes moves no
border but those next to it: further on the same places have the smallest hash as before. A border
is chosen only when all of its places are there, so that an article more at the end moves none.

Three sizes of borders lie within one another: each larger one is chosen among the next smaller.
What is after the last small border is a segment of its own, so that an article more is few bytes.
Older documents are in large chunks and segments, so that a query asks for few files and a list is
in few parts; an edit makes neither of them again as a whole.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dangjian.search.format.bits import Numbers

Hashes = npt.NDArray[np.uint64]


class Sizes(NamedTuple):
    """The least and the most documents between two borders, of each size of border.

    The newest ``recent`` documents are in a segment of their own and that of what is after the last
    small border. Older ones that are not yet enough for a segment are one too.
    """

    small: tuple[int, int] = (64, 112)
    chunk: tuple[int, int] = (600, 1600)
    segment: tuple[int, int] = (24_000, 48_000)
    recent: int = 1000


SIZES = Sizes()

Chunk = tuple[int, int]
"""The first document of a chunk, and the one behind its last."""


def partition(hashes: Hashes, sizes: Sizes = SIZES) -> list[list[Chunk]]:
    """The segments of an archive, oldest first, and the chunks of each.

    ``hashes`` are those of the documents' keys, in the order of the documents.
    """
    total = len(hashes)
    small = _borders(hashes, np.arange(1, total + 1), sizes.small, total)
    chunks = _borders(hashes, small, sizes.chunk, _last(small))
    recent = _last(chunks[chunks <= total - sizes.recent])
    segments = _borders(hashes, chunks, sizes.segment, recent)
    cuts = [*segments.tolist(), recent, _last(small), total]
    found: list[list[Chunk]] = []
    begin = 0
    for end in cuts:
        if end > begin:
            bounds = [begin, *chunks[(chunks > begin) & (chunks < end)].tolist(), end]
            found.append(list(pairwise(bounds)))
            begin = end
    return found


def _last(borders: Numbers) -> int:
    return int(borders[-1]) if len(borders) else 0


def _borders(hashes: Hashes, places: Numbers, size: tuple[int, int], end: int) -> Numbers:
    """Borders among ascending ``places`` (each the number of documents before it) up to ``end``."""
    least, most = size
    found: list[int] = []
    last = 0
    while last + most <= end:
        first, behind = np.searchsorted(places, (last + least, last + most + 1)).tolist()
        if first == behind:
            break
        last = int(places[first + int(np.argmin(hashes[places[first:behind] - 1]))])
        found.append(last)
    return np.array(found, np.int64)
