"""The stretch of a text that shows why it was found."""

from collections.abc import Sequence

from dangjian.search.format.documents import Record
from dangjian.search.format.folding import fold_with_places
from dangjian.search.query.finding import units_text
from dangjian.search.query.language import Word

LENGTH = 80
_BEFORE = 20


def snippet(record: Record, words: Sequence[Word]) -> str:
    """About eighty characters of the body (or summary) around the most words at one place."""
    fields = [word for word in words if word.field != "title"]
    for text in (record.text, record.summary):
        hits = _hits(text, fields)
        if hits:
            return _cut(text, _best(hits))
    return _cut(record.summary or record.text, 0)


def _hits(text: str, words: Sequence[Word]) -> list[tuple[int, int]]:
    """Places of words in a text: where in the text, and which word."""
    units, places = fold_with_places(text)
    folded = units_text(units)
    hits: list[tuple[int, int]] = []
    for number, word in enumerate(words):
        wanted = units_text(word.units)
        at = folded.find(wanted)
        while at >= 0:
            hits.append((places[at], number))
            at = folded.find(wanted, at + len(wanted))
    return sorted(hits)


def _best(hits: Sequence[tuple[int, int]]) -> int:
    """The first place from which a snippet has most of the words."""
    best, most = hits[0][0], 0
    for n, (place, _) in enumerate(hits):
        seen: set[int] = set()
        for later, word in hits[n:]:
            if later > place + LENGTH - _BEFORE:
                break
            seen.add(word)
        if len(seen) > most:
            best, most = place, len(seen)
    return best


def _cut(text: str, place: int) -> str:
    start = max(0, place - _BEFORE)
    end = min(len(text), start + LENGTH)
    middle = " ".join(text[start:end].split())
    return ("…" if start else "") + middle + ("…" if end < len(text) else "")
