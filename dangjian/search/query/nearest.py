"""The nearest words that exist, for a word that nothing has (docs/search-format.md, 4.5)."""

from collections import Counter
from collections.abc import Iterator, Sequence

from dangjian.search.format.folding import BLANKS, BREAK, fold_with_places
from dangjian.search.format.lists import TITLE
from dangjian.search.format.segment import SegmentReader
from dangjian.search.query.language import Word

LEAST_UNITS, MAX_UNITS = 3, 16
MAX_TITLES = 12
MAX_WORDS = 3


def nearest_words(segments: Sequence[SegmentReader], word: Word) -> tuple[str, ...]:
    """Words of titles that differ from ``word`` in one character, newest segments first."""
    units = list(word.units)
    if not LEAST_UNITS <= len(units) <= MAX_UNITS or BREAK in units or word.field == "body":
        return ()
    found: dict[tuple[int, ...], str] = {}
    for segment in reversed(segments):
        for doc in _titles(segment, set(units)):
            title = segment.record(doc).title
            in_title, places = fold_with_places(title)
            for start, end in _stretches(in_title, units):
                text = title[places[start] : places[end - 1] + 1]
                text = "".join(char for char in text if char not in BLANKS)
                found.setdefault(tuple(in_title[start:end]), text)
        if len(found) >= MAX_WORDS:
            break
    return tuple(found.values())[:MAX_WORDS]


def _titles(segment: SegmentReader, units: set[int]) -> list[int]:
    """The newest titles that have all units but one at most; those that have all come first."""
    counts: Counter[int] = Counter()
    for unit in units:
        for postings in segment.postings(unit, 0, with_positions=False):
            if postings.field == TITLE:
                counts.update(postings.docs.tolist())
    near = [doc for doc, count in counts.items() if count >= len(units) - 1]
    return sorted(near, key=lambda doc: (-counts[doc], -doc))[:MAX_TITLES]


def _stretches(title: Sequence[int], wanted: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Stretches of a title that are nearly a word: those as long as it first."""
    for length in (len(wanted), len(wanted) + 1, len(wanted) - 1):
        for start in range(len(title) - length + 1):
            part = title[start : start + length]
            if BREAK not in part and _is_near(part, wanted):
                yield start, start + length


def _is_near(part: Sequence[int], wanted: Sequence[int]) -> bool:
    """Whether a word has one unit wrong, one too few, or one twice."""
    start = 0
    while start < min(len(part), len(wanted)) and part[start] == wanted[start]:
        start += 1
    if len(part) < len(wanted):
        return (
            list(part[start:]) == list(wanted[start + 1 :]) and wanted[start] == wanted[start - 1]
        )
    if len(part) > len(wanted):
        return list(part[start + 1 :]) == list(wanted[start:])
    return start < len(part) and list(part[start + 1 :]) == list(wanted[start + 1 :])
