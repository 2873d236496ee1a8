"""The preset dictionary of a segment's records: phrases that many of its documents share.

Deflate finds repetitions in a text; a record of three kilobytes has few, an archive many. The
dictionary is chosen by what each phrase would save in a sample of the documents.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dangjian.search.bits import Numbers
from dangjian.search.folder import code_points

LEAST_DOCS = 256
"""Fewer documents have no dictionary."""

SAMPLE = 512
"""Of how many documents the texts are looked at."""

_SAMPLE_CHARS = 400_000
_BYTES = 16_384
_SIZES = (2, 3, 4, 5, 6, 8, 10, 14, 20)
_LEAST_COUNT = 4
_CANDIDATES = 12_000
_MATCH_COST = 3
_PLACE_BITS = np.uint64(20)
_PLACES = np.uint64((1 << 20) - 1)


def dictionary_of(texts: Sequence[str]) -> bytes:
    """A preset dictionary for deflate in GB 18030, from a sample of the records' texts."""
    text = "\n".join(texts)[:_SAMPLE_CHARS]
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
    # Hash and place in one number, so that equal phrases come in the order of their places.
    where = np.flatnonzero(good)
    keys = (hashed[where] & ~_PLACES) | where.astype(np.uint64)
    keys.sort()
    phrase = keys >> _PLACE_BITS
    begins = np.flatnonzero(np.concatenate(([True], phrase[1:] != phrase[:-1])))[: len(keys)]
    times = np.diff(np.append(begins, len(keys)))
    often = times >= _LEAST_COUNT
    return (keys[begins[often]] & _PLACES).astype(np.int64), times[often]
