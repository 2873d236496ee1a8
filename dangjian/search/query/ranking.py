"""In which order documents answer a query (docs/search-format.md, 4.3). Integers only."""

from collections.abc import Sequence

import numpy as np

from dangjian.search.format.bits import Numbers
from dangjian.search.format.lists import BODY, LEAD, TITLE
from dangjian.search.format.segment import SegmentReader
from dangjian.search.query.finding import Found, places, span
from dangjian.search.query.language import Word

NEAR_LIMIT = 16_384
_NEAR_SCORE = 524_288
_MAX_NEAR_WORDS = 4

EXACT_TITLE, IN_TITLE, IN_LEAD, IN_BODY, BY_PINYIN = 4, 3, 2, 1, 0


def log2_256(value: int) -> int:
    """256 times the logarithm to base 2, straight lines between powers of two."""
    bits = value.bit_length() - 1
    return 256 * bits + ((value << 8) >> bits) - 256


def rarity(documents: int, count: int) -> int:
    """What a word that ``count`` of ``documents`` have is worth."""
    return max(16, log2_256(16 * (documents + 1) // max(1, count)) - 1024)


def bm25(weights: Numbers, sizes: Numbers, average: int, worth: int) -> Numbers:
    """A word's share of the score of documents with these weighted frequencies."""
    norm = 77 + 230 * sizes // average
    return np.asarray(worth * (563 * 256 * weights // (256 * weights + norm)), np.int64)


def tiers(found: Sequence[Found], docs: Numbers, documents: int, exact: Numbers) -> Numbers:
    """The tier of each of ``docs``."""
    in_title = np.ones(documents, bool)
    in_lead = np.ones(documents, bool)
    pinyin = np.zeros(documents, bool)
    for word in found:
        title = np.zeros(documents, bool)
        title[_field_docs(word, TITLE)] = True
        lead = title.copy()
        lead[_field_docs(word, LEAD)] = True
        in_title &= title
        in_lead &= lead
        pinyin[word.pinyin] = True
    tier = np.where(in_title, IN_TITLE, np.where(in_lead, IN_LEAD, IN_BODY))
    tier[pinyin] = BY_PINYIN
    tier[exact] = EXACT_TITLE
    return np.asarray(tier[docs], np.int64)


def _field_docs(word: Found, field: int) -> Numbers:
    found = word.fields.get(field)
    return found.docs if found else np.zeros(0, np.int64)


def has_nearness(words: Sequence[Word], counts: Sequence[int]) -> bool:
    """Whether nearness counts for these words, found in so many documents each."""
    return (
        2 <= len(words) <= _MAX_NEAR_WORDS
        and all(w.field != "title" and len(w.pieces) == 1 and len(w.pieces[0]) > 1 for w in words)
        and sum(counts) <= NEAR_LIMIT
    )


def nearness(
    segment: SegmentReader, words: Sequence[Word], found: Sequence[Found], docs: Numbers
) -> Numbers:
    """What standing near each other in the body adds to the score of each of ``docs``."""
    score = np.zeros(len(docs), np.int64)
    together = np.zeros(segment.entry.docs, np.int64)
    for word in found:
        together[_field_docs(word, BODY)] += 1
        together[word.pinyin] = -len(found)
    rows = np.flatnonzero(together[docs] == len(found))
    if not len(rows):
        return score
    located = [places(segment, word.pieces[0], BODY) for word in words]
    lengths = [span(word.pieces[0]) for word in words]
    bounds = [np.searchsorted(places_, docs[rows] << 32) for places_ in located]
    ends = [np.searchsorted(places_, (docs[rows] + 1) << 32) for places_ in located]
    for n, row in enumerate(rows.tolist()):
        starts = [
            (where[begin[n] : end[n]] & 0xFFFFFFFF).tolist()
            for where, begin, end in zip(located, bounds, ends, strict=True)
        ]
        gap = smallest_gap(starts, lengths) // 2
        score[row] = _NEAR_SCORE * 8 // (8 + gap)
    return score


def smallest_gap(starts: Sequence[Sequence[int]], lengths: Sequence[int]) -> int:
    """Positions not of the words in the smallest window that has a place of each word."""
    at = [0] * len(starts)
    best: int | None = None
    while True:
        now = [places_[n] for places_, n in zip(starts, at, strict=True)]
        begin = min(now)
        end = max(start + length for start, length in zip(now, lengths, strict=True))
        gap = max(0, end - begin - sum(lengths))
        best = gap if best is None else min(best, gap)
        first = now.index(begin)
        at[first] += 1
        if best == 0 or at[first] == len(starts[first]):
            return best
