"""Which documents of a segment have a word, where, and how often (docs/search-format.md, 4.2)."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from dangjian.search.format.bits import Numbers
from dangjian.search.format.folding import BREAK, fold_text
from dangjian.search.format.lists import BODY, LEAD, TITLE, TITLE_END
from dangjian.search.format.pinyin import INITIAL, splits, syllable_number
from dangjian.search.format.segment import SegmentReader
from dangjian.search.query.language import Units, Word, dashes_in, pieces_of

ALL_FIELDS = (TITLE, LEAD, BODY)
_FIELDS = {"": ALL_FIELDS, "title": (TITLE,), "body": (BODY,)}
WEIGHTS = {TITLE: 4, LEAD: 2, BODY: 1}
_PLACE_BITS = 32
_POSITION = (1 << _PLACE_BITS) - 1
# At most this many titles that differ only in line breaks are read per segment, newest first.
_MAX_TITLES = 48


class InField(NamedTuple):
    """Documents of a segment with a word in one field, ascending, and how often each."""

    docs: Numbers
    freqs: Numbers


class Found(NamedTuple):
    """Where a word is in a segment.

    ``pinyin`` are documents whose title alone has it, by pinyin.
    """

    fields: dict[int, InField]
    docs: Numbers
    pinyin: Numbers

    def weight(self, documents: int) -> Numbers:
        """The weighted frequency of each document of the segment."""
        weight = np.zeros(documents, np.int64)
        for field, found in self.fields.items():
            weight[found.docs] += WEIGHTS[field] * found.freqs
        weight[self.pinyin] = WEIGHTS[TITLE]
        return weight


def find_word(segment: SegmentReader, word: Word) -> Found:
    """Where a word is, letter by letter."""
    fields: dict[int, InField] = {}
    for field in _FIELDS[word.field]:
        found = _in_field(segment, word.pieces, field)
        if len(found.docs):
            fields[field] = found
    docs = _union(found.docs for found in fields.values())
    return Found(fields, docs, np.zeros(0, np.int64))


def with_pinyin(found: Found, docs: Numbers) -> Found:
    """A word's finds with the documents that pinyin adds."""
    pinyin = np.setdiff1d(docs, found.docs)
    return Found(found.fields, _union((found.docs, pinyin)), pinyin)


def find_syllables(segment: SegmentReader, letters: str) -> Numbers:
    """Documents whose title has a word of at least two syllables by its full pinyin."""
    runs = [
        tuple(syllable_number(syllable) for syllable in split)
        for split in splits(letters)
        if len(split) > 1
    ]
    return _union(_docs(places(segment, run, TITLE)) for run in runs)


def find_short_pinyin(segment: SegmentReader, letters: str) -> Numbers:
    """Documents whose title has letters as one syllable, or as initials."""
    initials = places(segment, tuple(INITIAL + ord(letter) for letter in letters), TITLE)
    found = [_docs(initials)]
    if any(len(split) == 1 for split in splits(letters)):
        found += [p.docs for p in segment.postings(syllable_number(letters), 0, False)]
    return _union(found)


def _in_field(segment: SegmentReader, pieces: tuple[Units, ...], field: int) -> InField:
    if len(pieces) > 1:
        return _verified(segment, pieces, field)
    (piece,) = pieces
    if len(piece) > 2:
        return _counted(places(segment, piece, field))
    second = piece[1] if len(piece) == 2 else 0
    for postings in segment.postings(piece[0], second, with_positions=False):
        if postings.field == field:
            return InField(postings.docs, postings.freqs)
    return InField(np.zeros(0, np.int64), np.zeros(0, np.int64))


def span(units: Units) -> int:
    """How many positions units and breaks take: a unit two, a break one."""
    return sum(1 if unit == BREAK else 2 for unit in units)


def places(segment: SegmentReader, units: Units, field: int) -> Numbers:
    """Where two or more units stand next to each other: document << 32 | position, ascending."""
    offsets = sorted({*range(0, len(units) - 1, 2), len(units) - 2})
    counts: list[tuple[int, int]] = []
    for offset in offsets:
        lists = segment.places(units[offset], units[offset + 1])
        count = sum(place.total for place in lists if place.field == field)
        if count == 0:
            return np.zeros(0, np.int64)
        counts.append((count, offset))
    found: Numbers | None = None
    for _, offset in sorted(counts):
        here = _pair_places(segment, units[offset], units[offset + 1], field, 2 * offset)
        found = here if found is None else np.intersect1d(found, here, assume_unique=True)
    return np.zeros(0, np.int64) if found is None else found


def _pair_places(segment: SegmentReader, a: int, b: int, field: int, offset: int) -> Numbers:
    for postings in segment.postings(a, b, with_positions=True):
        if postings.field == field and postings.positions is not None:
            docs = np.repeat(postings.docs, postings.freqs)
            starts = postings.positions - offset
            keep = starts >= 0
            return np.asarray((docs[keep] << _PLACE_BITS) | starts[keep])
    return np.zeros(0, np.int64)


def _docs(found: Numbers) -> Numbers:
    return np.unique(found >> _PLACE_BITS)


def _counted(found: Numbers) -> InField:
    docs, freqs = np.unique(found >> _PLACE_BITS, return_counts=True)
    return InField(docs, freqs.astype(np.int64))


def _verified(segment: SegmentReader, pieces: tuple[Units, ...], field: int) -> InField:
    """A word with breaks in it: by its pieces, and by the texts where one is a single unit."""
    candidates = np.arange(segment.entry.docs)
    run: Numbers | None = None
    at = 0
    for piece in pieces:
        if len(piece) > 1:
            here = places(segment, piece, field) - at
            run = here if run is None else np.intersect1d(run, here, assume_unique=True)
            docs = _docs(run)
        else:
            docs = _in_field(segment, (piece,), field).docs
        candidates = np.intersect1d(candidates, docs)
        at += span((*piece, BREAK))
    if run is not None and all(len(piece) > 1 for piece in pieces):
        return _counted(run)
    if run is not None:
        candidates = np.intersect1d(candidates, _docs(run))
    wanted = units_text(Word(pieces).units)
    docs_found: list[int] = []
    freqs: list[int] = []
    for doc in candidates.tolist():
        count = count_places(field_text(segment, doc, field), wanted)
        if count:
            docs_found.append(doc)
            freqs.append(count)
    return InField(np.array(docs_found, np.int64), np.array(freqs, np.int64))


def field_text(segment: SegmentReader, doc: int, field: int) -> str:
    """A document's field, folded; breaks are U+0001."""
    record = segment.record(doc)
    text = (record.title, record.lead, record.text)[field]
    return units_text(fold_text(text))


def units_text(units: Sequence[int]) -> str:
    """Units as a string to search in."""
    return "".join(map(chr, units))


def count_places(text: str, wanted: str) -> int:
    """How many places of ``text`` have ``wanted``, overlapping ones too, breaks only at breaks."""
    count = 0
    at = text.find(wanted)
    while at >= 0:
        count += 1
        at = text.find(wanted, at + 1)
    return count


def exact_titles(segment: SegmentReader, title: Units, within: Numbers) -> Numbers:
    """Those of some documents whose folded title is ``title``."""
    if not len(within) or not title or title[-1] == BREAK:
        return np.zeros(0, np.int64)
    for postings in segment.postings(title[-1], TITLE_END, with_positions=True):
        if postings.positions is not None:
            ends = postings.docs[postings.positions == span(title) - 2]
            wanted = units_text(title)
            docs = np.intersect1d(ends, within).tolist()
            same = [doc for doc in docs if field_text(segment, doc, TITLE) == wanted]
            return np.array(same, np.int64)
    return np.zeros(0, np.int64)


def typed_titles(segment: SegmentReader, title: Units, dashes: frozenset[int]) -> Numbers:
    """The documents whose folded title is ``title``, with dashes where ``dashes`` has them."""
    docs = _titles_like(segment, title) if title else np.zeros(0, np.int64)
    same: list[int] = []
    for doc in docs[-_MAX_TITLES:].tolist():
        spelled = segment.record(doc).title
        if tuple(fold_text(spelled)) == title and dashes <= dashes_in(spelled):
            same.append(doc)
    return np.array(same, np.int64)


def _titles_like(segment: SegmentReader, title: Units) -> Numbers:
    """Titles of this length that have every two neighbouring units in their places."""
    docs = np.zeros(0, np.int64)
    for postings in segment.postings(title[-1], TITLE_END, with_positions=True):
        if postings.positions is not None:
            docs = postings.docs[postings.positions == span(title) - 2]
    at = 0
    for piece in pieces_of(title):
        if len(piece) > 1 and len(docs):
            starts = places(segment, piece, TITLE)
            docs = np.intersect1d(docs, _docs(starts[(starts & _POSITION) == at]))
        at += span((*piece, BREAK))
    return docs


def _union(parts: Iterable[Numbers]) -> Numbers:
    known = [part for part in parts if len(part)]
    if not known:
        return np.zeros(0, np.int64)
    return known[0] if len(known) == 1 else np.unique(np.concatenate(known))
