"""The stretch of a text that shows why it was found."""

from collections.abc import Sequence
from typing import NamedTuple

from dangjian.search.format.documents import HEAD_CELL_END, Record
from dangjian.search.format.folding import fold_with_places
from dangjian.search.query.finding import units_text
from dangjian.search.query.language import Word

LENGTH = 80
_BEFORE = 20


class _Hit(NamedTuple):
    """Where the first and the last unit of a word are in a text, and the number of the word."""

    start: int
    last: int
    word: int


def snippet(record: Record, words: Sequence[Word]) -> str:
    """About eighty characters of the body (or summary) around the most words at one place."""
    fields = [word for word in words if word.field != "title"]
    for text in (record.text, record.summary):
        shown, hits = _without_heads(text, _hits(text, fields))
        if hits:
            return _cut(shown, _best(hits))
    return _cut(_without_heads(record.summary or record.text, [])[0], 0)


def _without_heads(text: str, hits: Sequence[_Hit]) -> tuple[str, Sequence[_Hit]]:
    """A text without those cells of tables' heads that have no hit, and the hits in it."""
    if HEAD_CELL_END not in text:
        return text, hits
    lines: list[str] = []
    moved: list[_Hit] = []
    start = length = 0
    for line in text.split("\n"):
        end = start + len(line)
        is_hit = any(hit.start <= end and hit.last >= start for hit in hits)
        if is_hit or not line.endswith(HEAD_CELL_END):
            shift = length - start
            inside = [hit for hit in hits if start <= hit.start <= end]
            moved += [_Hit(hit.start + shift, hit.last + shift, hit.word) for hit in inside]
            lines.append(line)
            length += len(line) + 1
        start = end + 1
    return "\n".join(lines), moved


def _hits(text: str, words: Sequence[Word]) -> list[_Hit]:
    """Places of words in a text."""
    units, places = fold_with_places(text)
    folded = units_text(units)
    hits: list[_Hit] = []
    for number, word in enumerate(words):
        wanted = units_text(word.units)
        at = folded.find(wanted)
        while at >= 0:
            hits.append(_Hit(places[at], places[at + len(wanted) - 1], number))
            at = folded.find(wanted, at + len(wanted))
    return sorted(hits)


def _best(hits: Sequence[_Hit]) -> int:
    """The first place from which a snippet has most of the words."""
    best, most = hits[0].start, 0
    for n, hit in enumerate(hits):
        seen: set[int] = set()
        for later in hits[n:]:
            if later.start > hit.start + LENGTH - _BEFORE:
                break
            seen.add(later.word)
        if len(seen) > most:
            best, most = hit.start, len(seen)
    return best


def _cut(text: str, place: int) -> str:
    start = max(0, place - _BEFORE)
    end = min(len(text), start + LENGTH)
    middle = " ".join(text[start:end].replace(HEAD_CELL_END, " ").split())
    return ("…" if start else "") + middle + ("…" if end < len(text) else "")
