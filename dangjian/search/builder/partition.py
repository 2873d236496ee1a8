"""Where an archive is cut into segments, and these into chunks: by its documents alone.

The documents are in order of date, then of the hash of their keys. Borders are chosen from the
oldest on: among the places at least ``least`` and at most ``most`` documents behind the last border
the one whose document has the smallest hash. So an article that comes, goes or changes moves no
border but those next to it: further on the same places have the smallest hash as before. A border
is chosen only when all of its places are there, so that an article more at the end moves none.

Four sizes of borders lie within one another: each larger one is chosen among the next smaller.
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

    The newest ``recent`` documents are in no segment of these sizes, but in one of their own and
    that of what is after the last small border; the newest ``late`` in none of the largest size.
    """

    small: tuple[int, int] = (64, 112)
    chunk: tuple[int, int] = (600, 1600)
    segment: tuple[int, int] = (6000, 12_000)
    largest: tuple[int, int] = (24_000, 48_000)
    recent: int = 1000
    late: int = 10_000


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
    segments = _borders(hashes, chunks, sizes.segment, _last(chunks))
    largest = _borders(hashes, segments, sizes.largest, _last(segments))
    recent = _last(chunks[chunks <= total - sizes.recent])
    late = _last(largest[largest <= total - sizes.late])
    cuts = [
        *largest[largest <= late].tolist(),
        *segments[(segments > late) & (segments <= recent)].tolist(),
        recent,
        _last(small),
        total,
    ]
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
