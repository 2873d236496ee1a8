"""Making a chunk again in which some documents changed: only the lists that change with them (3.4).

A document that is in its place as before leaves all lists as they are but those of terms that it
has elsewhere, more often or no longer.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dangjian.search.builder.chunks import Part, Texts, texts_of
from dangjian.search.builder.postings import encode_texts, encode_titles, joined
from dangjian.search.format.bits import Numbers, is_among
from dangjian.search.format.lists import Lists

_LEAST_SHARE = 8
"""Where more than one document in so many changed, all lists are made again."""

_OTHERS = [
    Part(date="", columns=(), type="", source="", lengths=(0, 0, 0), units=b"", record=b"")
] * 2
"""Documents without words: with these next to it a document is not most of all there are."""


class Patched(NamedTuple):
    """The lists of a chunk, and the terms whose lists are other ones than before, ascending."""

    lists: Lists
    terms: Numbers


def patched_lists(lists: Lists, before: Sequence[Part], after: Sequence[Part]) -> Patched | None:
    """The lists of the parts ``after``, from those of the parts ``before`` in the same places.

    None if so many changed that all lists should be made again.
    """
    pairs = list(zip(before, after, strict=True))
    changed = [(old, new) for old, new in pairs if not _same(old, new)]
    if len(changed) * _LEAST_SHARE > len(pairs):
        return None
    titles = any(_title(old) != _title(new) for old, new in changed)
    terms = np.array(
        sorted({term for old, new in changed for term in _changed_terms(old, new, titles)}),
        np.int64,
    )
    if not len(terms):
        return Patched(lists, terms)
    texts = texts_of(after)
    made = [lists.of(~is_among(lists.term, terms)), encode_texts(*texts, only=terms)]
    if titles:
        others = encode_titles(texts.fields, texts.widths)
        made.append(others.of(is_among(others.term, terms)))
    return Patched(joined(made), terms)


def _same(old: Part, new: Part) -> bool:
    return old.lengths == new.lengths and old.units == new.units


def _title(part: Part) -> bytes:
    width = len(part.units) // max(1, sum(part.lengths))
    return part.units[: part.lengths[0] * width]


def _changed_terms(old: Part, new: Part, titles: bool) -> set[int]:
    """The terms whose lists change when one document becomes another."""
    one, other = texts_of([old, *_OTHERS]), texts_of([new, *_OTHERS])
    rows, others = _rows(one, titles), _rows(other, titles)
    if one.widths[0] != other.widths[0]:
        # Positions of another width may be the same bytes.
        return {term for term, _ in rows.keys() | others.keys()}
    return {term for (term, _), _ in rows.items() ^ others.items()}


def _rows(texts: Texts, titles: bool) -> dict[tuple[int, int], tuple[bytes, bytes]]:
    """The two parts of each list of one document, by the term and the field."""
    lists = encode_texts(*texts)
    if titles:
        lists = joined([lists, encode_titles(texts.fields, texts.widths)])
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
