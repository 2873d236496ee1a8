"""Answering a query from an index on disk."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from dangjian.search.format.bits import Numbers
from dangjian.search.format.documents import shown_date
from dangjian.search.format.manifest import MANIFEST
from dangjian.search.format.segment import IndexReader, SegmentReader
from dangjian.search.query.filters import Choice, chosen_docs
from dangjian.search.query.finding import (
    Found,
    exact_titles,
    find_short_pinyin,
    find_syllables,
    find_word,
    typed_titles,
    with_pinyin,
)
from dangjian.search.query.language import Query, Word, parse_query
from dangjian.search.query.nearest import nearest_words
from dangjian.search.query.ranking import bm25, has_nearness, nearness, rarity, tiers
from dangjian.search.query.snippet import snippet


class SearchResult(Struct, frozen=True):
    """An article found; ``date`` is YYYY-MM-DD, or empty."""

    url: str
    title: str
    date: str
    snippet: str


class SearchAnswer(Struct, frozen=True):
    """How many articles answer a query, and those asked for; ``notes`` as the format names them.

    ``nearest`` are words that exist, if there is no answer because nothing has a word.
    """

    total: int
    results: tuple[SearchResult, ...]
    notes: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()


class _Hits(NamedTuple):
    """Documents that answer: parallel arrays over all segments."""

    segment: Numbers
    doc: Numbers
    tier: Numbers
    score: Numbers


def index_folder(site: Path) -> Path:
    """The index of a built site (or the folder itself, if it is an index)."""
    return site if (site / MANIFEST).is_file() else site / "search"


def search_site(
    site: Path,
    query: str,
    limit: int = 20,
    *,
    by_date: bool = False,
    choice: Choice | None = None,
    start: int = 0,
) -> SearchAnswer:
    """Search a built site. ``limit`` 0 gives all results.

    Raises :class:`~dangjian.search.format.container.DamagedIndexError` if the index can't be read.
    """
    return search_index(
        IndexReader(index_folder(site)), query, limit, by_date=by_date, choice=choice, start=start
    )


def search_index(
    index: IndexReader,
    query: str,
    limit: int = 20,
    *,
    by_date: bool = False,
    choice: Choice | None = None,
    start: int = 0,
) -> SearchAnswer:
    """Search an index that is open."""
    parsed = parse_query(query)
    if parsed.empty:
        return SearchAnswer(0, (), ("empty", *parsed.notes))
    hits = _hits(index, parsed, choice or Choice(), by_date)
    if not len(hits.doc):
        return SearchAnswer(0, (), parsed.notes, _nearest(index, parsed))
    order = _order(hits)
    shown = order[start : start + limit] if limit else order[start:]
    results = []
    for n in shown.tolist():
        record = index.segments[int(hits.segment[n])].record(int(hits.doc[n]))
        text = snippet(record, parsed.wanted)
        results.append(SearchResult(record.url, record.title, shown_date(record), text))
    return SearchAnswer(len(order), tuple(results), parsed.notes)


def _nearest(index: IndexReader, query: Query) -> tuple[str, ...]:
    """The words that the first word of a query may be that nothing has."""
    for word in query.wanted:
        if not any(len(found.docs) for found in _find(index, word)):
            return nearest_words(index.segments, word)
    return ()


def _hits(index: IndexReader, query: Query, choice: Choice, by_date: bool) -> _Hits:
    found = [_find(index, word) for word in query.wanted]
    excluded = [_literally(index, word) for word in query.unwanted]
    worth = [
        rarity(index.manifest.docs, sum(len(word.docs) for word in segments)) for segments in found
    ]
    near = has_nearness(query.wanted, [sum(len(w.docs) for w in segments) for segments in found])
    average = max(1, index.manifest.units // max(1, index.manifest.docs))
    parts: list[_Hits] = []
    for number, segment in enumerate(index.segments):
        here = [segments[number] for segments in found]
        keep = chosen_docs(index, segment, query.filters, choice)
        for word in here:
            keep &= _flags(word.docs, segment.entry.docs)
        for segments in excluded:
            keep &= ~_flags(segments[number].docs, segment.entry.docs)
        typed = _typed(index, segment, query, choice)
        docs = np.union1d(np.flatnonzero(keep), typed)
        tier = score = np.zeros(len(docs), np.int64)
        if not by_date and len(docs):
            exact = np.union1d(exact_titles(segment, query.title, docs), typed)
            tier = tiers(here, docs, segment.entry.docs, exact)
            for word, value in zip(here, worth, strict=True):
                weights = word.weight(segment.entry.docs)[docs]
                score = score + bm25(weights, segment.sizes[docs], average, value)
            if near:
                score = score + nearness(segment, query.wanted, here, docs)
        parts.append(_Hits(np.full(len(docs), number), docs, tier, score))
    columns = [np.concatenate(c) for c in zip(*parts, strict=True)] if parts else []
    return _Hits(*columns) if columns else _Hits(*(np.zeros((4, 0), np.int64)))


def _typed(index: IndexReader, segment: SegmentReader, query: Query, choice: Choice) -> Numbers:
    """Documents whose title was typed, whatever the operators in it ask."""
    docs = typed_titles(segment, query.typed, query.dashes)
    return docs[chosen_docs(index, segment, (), choice)[docs]] if len(docs) else docs


def _flags(docs: Numbers, documents: int) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    flags = np.zeros(documents, bool)
    flags[docs] = True
    return flags


def _literally(index: IndexReader, word: Word) -> list[Found]:
    return [find_word(segment, word) for segment in index.segments]


def _find(index: IndexReader, word: Word) -> list[Found]:
    """A word in each segment, by pinyin too."""
    found = _literally(index, word)
    if not word.letters:
        return found
    added = [find_syllables(segment, word.letters) for segment in index.segments]
    if not any(len(f.docs) for f in found) and not any(map(len, added)):
        added = [find_short_pinyin(segment, word.letters) for segment in index.segments]
    return [with_pinyin(f, docs) for f, docs in zip(found, added, strict=True)]


def _order(hits: _Hits) -> Numbers:
    """The hits, best first: tier, score, newest (later segments and documents are never older)."""
    return np.lexsort((-hits.doc, -hits.segment, -hits.score, -hits.tier))
