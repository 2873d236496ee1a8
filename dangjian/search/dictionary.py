"""The preset dictionary of a segment's records: phrases that many of its documents share.

Deflate finds repetitions in a text; a record of three kilobytes has few, an archive many. The
dictionary is chosen by what each phrase would save in a sample of the documents.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dangjian.search.bits import Numbers
from dangjian.search.documents import Record
from dangjian.search.folding import code_points

LEAST_DOCS = 256
_SAMPLE_CHARS = 400_000
_BYTES = 16_384
_SIZES = (2, 3, 4, 5, 6, 8, 10, 14, 20)
_LEAST_COUNT = 4
_CANDIDATES = 12_000
_MATCH_COST = 3


def dictionary_of(records: Sequence[Record]) -> bytes:
    """A preset dictionary for deflate in GB 18030, empty for few documents."""
    if len(records) < LEAST_DOCS:
        return b""
    text = _sample(records)
    chosen: list[str] = []
    joined = ""
    used = 0
    for phrase in _by_worth(text):
        if phrase in joined:
            continue
        size = len(phrase.encode("gb18030"))
        if used + size > _BYTES:
            break
        used += size
        chosen.append(phrase)
        joined += phrase
    # The nearer to the end, the fewer bits it takes to point there.
    return "".join(reversed(chosen)).encode("gb18030")


def _sample(records: Sequence[Record]) -> str:
    """Texts of documents at even distances over the segment."""
    total = sum(len(record.text) for record in records)
    step = max(1, total // _SAMPLE_CHARS)
    return "\n".join(record.text for record in records[::step])


def _by_worth(text: str) -> list[str]:
    """Phrases that occur often, those first that would save most bytes."""
    codes = code_points(text).astype(np.uint64)
    stable = (codes > 0x20) & (codes < 0x9FB4) & ~((codes >= 0x2E80) & (codes < 0x2EF4))
    stable &= codes != 0x1E3F
    worth: list[Numbers] = []
    places: list[Numbers] = []
    lengths: list[Numbers] = []
    for size in _SIZES:
        first, count = _repeated(codes, stable, size)
        worth.append(count * (2 * size - _MATCH_COST))
        places.append(first)
        lengths.append(np.full(len(first), size))
    if not sum(map(len, worth)):
        return []
    value, place, length = map(np.concatenate, (worth, places, lengths))
    order = np.lexsort((place, -length, -value))[:_CANDIDATES]
    return [text[place[n] : place[n] + length[n]] for n in order.tolist()]


def _repeated(
    codes: npt.NDArray[np.uint64], stable: npt.NDArray[np.bool_], size: int
) -> tuple[Numbers, Numbers]:
    """First places of the phrases of a length that occur often, and how often."""
    count = len(codes) - size + 1
    if count <= 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    hashed = np.zeros(count, np.uint64)
    good = np.ones(count, bool)
    for offset in range(size):
        hashed = hashed * np.uint64(0x9E3779B97F4A7C15) + codes[offset : offset + count]
        hashed ^= hashed >> np.uint64(29)
        good &= stable[offset : offset + count]
    where = np.flatnonzero(good)
    _, first, times = np.unique(hashed[where], return_index=True, return_counts=True)
    often = times >= _LEAST_COUNT
    return where[first[often]], times[often].astype(np.int64)
