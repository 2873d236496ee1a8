"""Making a chunk again in which some documents changed: only the lists that change with them (3.4).

A document that is in its place as before leaves all lists as they are but those of terms that it
has elsewhere, more often or no longer.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from dangjian.search.builder.chunks import Part, Texts, texts_of
from dangjian.search.builder.members import Change
from dangjian.search.builder.postings import encode_texts, encode_titles, joined, no_lists
from dangjian.search.format.bits import Numbers, is_among
from dangjian.search.format.lists import (
    Lists,
    Places,
    class_width,
    decode_documents,
    decode_positions,
    encode,
)

LEAST_SHARE = 8
"""Where more than one document in so many changed, all lists are made again."""

MOST_DECODED = 400
"""So many terms' lists are decoded sooner than they are made of all documents."""

_OTHERS = [
    Part(date="", columns=(), type="", source="", lengths=(0, 0, 0), units=b"", record=b"")
] * 2
"""Documents without words: with these next to it a document is not most of all there are."""

_Row = tuple[int, int, bool]
"""A list's term, its field, and whether it has documents only."""


class Patched(NamedTuple):
    """The lists of a chunk, and the terms whose lists are other ones than before, ascending.

    ``made`` are the lists of these terms alone.
    """

    lists: Lists
    terms: Numbers
    made: Lists


def patched_lists(
    lists: Lists,
    changes: Sequence[Change],
    classes: tuple[bytes, bytes],
    after: Callable[[], Sequence[Part]],
) -> Patched:
    """The lists of a chunk in which some documents changed, from those before.

    ``classes`` are the length classes of its bodies, before and after; ``after`` gives the parts of
    all its documents.
    """
    changes = [one for one in changes if not _same(one.old, one.new)]
    titles = any(_title(one.old) != _title(one.new) for one in changes)
    ones = [(_single(one.old, titles), _single(one.new, titles)) for one in changes]
    terms = np.array(sorted({t for old, new in ones for t in _changed_terms(old, new)}), np.int64)
    if not len(terms):
        return Patched(lists, terms, no_lists())
    chosen = is_among(lists.term, terms)
    if len(terms) <= MOST_DECODED:
        made = _decoded(lists.of(chosen), terms, changes, [new for _, new in ones], classes)
    else:
        made = _made_of_all(texts_of(after()), terms, titles=titles)
    others = joined([no_lists(), *made])
    return Patched(joined([lists.of(~chosen), others]), terms, others)


def _made_of_all(texts: Texts, terms: Numbers, *, titles: bool) -> Iterator[Lists]:
    """The lists of some terms, made of all documents."""
    yield encode_texts(*texts, only=terms)
    if titles:
        others = encode_titles(texts.fields, texts.widths)
        yield others.of(is_among(others.term, terms))


def _decoded(
    lists: Lists,
    terms: Numbers,
    changes: Sequence[Change],
    singles: Sequence["_Single"],
    classes: tuple[bytes, bytes],
) -> Iterator[Lists]:
    """The lists of some terms, made of those before, in which some documents changed."""
    documents = len(classes[0])
    before, widths = map(_widths, classes)
    changed = np.array([one.row for one in changes], np.int64)
    places: dict[_Row, list[tuple[Numbers, Numbers]]] = defaultdict(list)
    for row, docs, positions in _postings(lists, documents, before):
        left = ~is_among(docs, changed)
        places[row].append((docs[left], positions[left]))
    for one, single in zip(changes, singles, strict=True):
        own = single.lists.of(is_among(single.lists.term, terms))
        for row, docs, positions in _postings(own, 1 + len(_OTHERS), single.widths):
            places[row].append((np.full(len(docs), one.row), positions))
    for plain in (False, True):
        rows = sorted(row for row in places if row[2] is plain)
        found = [_in_order(row, places[row], documents) for row in rows]
        if found:
            term, field, position = (np.concatenate(column) for column in zip(*found, strict=True))
            yield encode(Places(term, field, None if plain else position), widths)


def _postings(
    lists: Lists, documents: int, widths: Numbers
) -> Iterator[tuple[_Row, Numbers, Numbers]]:
    """The document of each place of each list, and the position there (0 if there is none)."""
    blobs = lists.doc_blob.tobytes(), lists.pos_blob.tobytes()
    docs_at, places_at = (
        list(accumulate(sizes.tolist(), initial=0)) for sizes in (lists.doc_bytes, lists.pos_bytes)
    )
    columns = (lists.term, lists.field, lists.plain, lists.totals)
    for n, (term, field, plain, total) in enumerate(
        zip(*(column.tolist() for column in columns), strict=True)
    ):
        part = blobs[0][docs_at[n] : docs_at[n + 1]]
        docs, freqs = decode_documents(part, total, documents, plain)
        positions = np.zeros(len(docs), np.int64)
        if not plain:
            part = blobs[1][places_at[n] : places_at[n + 1]]
            positions = decode_positions(part, field, docs, freqs, widths)
        yield (term, field, plain), np.repeat(docs, freqs), positions


def _in_order(
    row: _Row, places: Sequence[tuple[Numbers, Numbers]], documents: int
) -> tuple[Numbers, Numbers, Numbers]:
    """The places of one list as they are encoded: terms, fields of documents, positions."""
    docs, positions = (np.concatenate(column) for column in zip(*places, strict=True))
    order = np.argsort(docs, kind="stable")
    term, field, _ = row
    return np.full(len(docs), term), docs[order] + field * documents, positions[order]


class _Single(NamedTuple):
    """The lists of one document alone, which is document 0; ``widths`` is one for each body."""

    lists: Lists
    widths: Numbers


def _single(part: Part, titles: bool) -> _Single:
    """What there would be of one document, with its title's readings if ``titles`` change."""
    texts = texts_of([part, *_OTHERS])
    lists = encode_texts(*texts)
    if titles:
        lists = joined([lists, encode_titles(texts.fields, texts.widths)])
    return _Single(lists, texts.widths)


def _same(old: Part, new: Part) -> bool:
    return old.lengths == new.lengths and old.units == new.units


def _title(part: Part) -> bytes:
    width = len(part.units) // max(1, sum(part.lengths))
    return part.units[: part.lengths[0] * width]


def _widths(classes: bytes) -> Numbers:
    """The bits of a position in bodies of these length classes."""
    table = np.array([class_width(c) for c in range(100)], np.int64)
    return table[np.frombuffer(classes, np.uint8)]


def _changed_terms(old: _Single, new: _Single) -> set[int]:
    """The terms whose lists change when one document becomes another."""
    rows, others = _rows(old.lists), _rows(new.lists)
    if old.widths[0] != new.widths[0]:
        # Positions of another width may be the same bytes.
        return {term for term, _ in rows.keys() | others.keys()}
    return {term for (term, _), _ in rows.items() ^ others.items()}


def _rows(lists: Lists) -> dict[tuple[int, int], tuple[bytes, bytes]]:
    """The two parts of each list, by the term and the field."""
    keys = zip(lists.term.tolist(), lists.field.tolist(), strict=True)
    docs, positions = lists.doc_blob.tobytes(), lists.pos_blob.tobytes()
    ends = zip(
        np.cumsum(lists.doc_bytes).tolist(),
        np.cumsum(lists.pos_bytes).tolist(),
        strict=True,
    )
    found: dict[tuple[int, int], tuple[bytes, bytes]] = {}
    doc_at = pos_at = 0
    for key, (doc_end, pos_end) in zip(keys, ends, strict=True):
        found[key] = docs[doc_at:doc_end], positions[pos_at:pos_end]
        doc_at, pos_at = doc_end, pos_end
    return found
