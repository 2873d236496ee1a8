"""Posting lists as bytes: documents, frequencies and positions of many terms at once (3.4).

A list is one term in one field. Everything here works on all lists of a batch together, as
arrays: ``first[i]`` is where the postings of list i begin in ``docs`` and ``freqs``.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dangjian.search.format.bits import (
    Bytes,
    Numbers,
    Small,
    bit_lengths,
    pack,
    starts_of,
    unpack_fixed,
)

TITLE, LEAD, BODY = 0, 1, 2


class Lists(NamedTuple):
    """Encoded lists; all arrays but the blobs have one entry for each list.

    ``field`` is TITLE, LEAD or BODY, ``plain`` says that the list has no positions, ``totals`` is
    its number of documents; ``doc_bytes`` and ``pos_bytes`` are its lengths in the two blobs, which
    have the lists in the same order. A large archive has hundreds of thousands of lists: their
    numbers are stored in small types.
    """

    term: Numbers
    field: Bytes
    plain: npt.NDArray[np.bool_]
    totals: npt.NDArray[np.uint32]
    doc_bytes: npt.NDArray[np.uint32]
    pos_bytes: npt.NDArray[np.uint32]
    doc_blob: Bytes
    pos_blob: Bytes

    def of(self, chosen: npt.NDArray[np.bool_]) -> "Lists":
        """Those of the lists that are chosen, in the same order."""
        columns = self[:-2]
        sizes = self.doc_bytes, self.pos_bytes
        blobs = (blob[np.repeat(chosen, size)] for blob, size in zip(self[-2:], sizes, strict=True))
        return Lists(*(column[chosen] for column in columns), *blobs)  # type: ignore[arg-type]


class Places(NamedTuple):
    """Places of terms, sorted by term, field and position; a term is any number.

    ``field`` is a document's number among all titles, all leads or all bodies, these in one row:
    the number of documents is added for a lead, twice for a body. Without positions only
    documents are stored.
    """

    term: Numbers
    field: Small
    position: Small | None


def class_of(sizes: Numbers) -> Numbers:
    """The length class of each size (3.2)."""
    return np.searchsorted(CLASS_SIZES, sizes, side="left").astype(np.int64)


def class_size(number: int) -> int:
    """The largest body of a length class."""
    return (4 + (number & 3)) << (number >> 2)


CLASS_SIZES: Numbers = np.array([class_size(c) for c in range(100)], np.int64)
"""The largest body of each length class."""


def class_width(number: int) -> int:
    """Bits of a position in a body of a length class."""
    return (2 * class_size(number) - 1).bit_length()


def low_bits(count: Numbers, of: Numbers) -> Numbers:
    """Bits of the low part of a gap between ``count`` numbers below ``of``."""
    bits = bit_lengths(of * 2 // np.maximum(count * 3, 1)) - 1
    bits[(bits < 0) | (count == 0)] = 0
    return bits


def encode(places: Places, widths: Small) -> Lists:
    """Lists of all terms in ``places``; ``widths`` are those of positions in each body."""
    term, field, position = places
    documents = len(widths)
    new = np.ones(len(term), bool)
    np.not_equal(term[1:], term[:-1], out=new[1:])
    new[1:] |= field[1:] != field[:-1]
    postings = np.flatnonzero(new)
    term, field = term.take(postings), field.take(postings)
    kind = (field >= documents).astype(np.int8)
    kind += field >= 2 * documents
    docs = field - kind * field.dtype.type(documents)
    new = np.ones(len(term), bool)
    np.not_equal(term[1:], term[:-1], out=new[1:])
    new[1:] |= kind[1:] != kind[:-1]
    first = np.flatnonzero(new)
    freqs = np.diff(np.append(postings, len(places.term))).astype(docs.dtype)
    doc_blob, doc_bytes = encode_documents(
        first, docs, None if position is None else freqs, documents
    )
    pos_blob, pos_bytes = np.zeros(0, np.uint8), np.zeros(len(first), np.int64)
    if position is not None and len(first):
        width = np.where(kind == BODY, widths.take(docs), 0).astype(docs.dtype)
        counts = np.add.reduceat(freqs, first)
        pos_blob, pos_bytes = _encode_positions(
            postings[first], counts, kind[first] != BODY, position, np.repeat(width, freqs)
        )
    return Lists(
        term=term[first].astype(np.int64),
        field=kind[first].astype(np.uint8),
        plain=np.full(len(first), position is None),
        totals=np.diff(np.append(first, len(docs))).astype(np.uint32),
        doc_bytes=doc_bytes.astype(np.uint32),
        pos_bytes=pos_bytes.astype(np.uint32),
        doc_blob=doc_blob,
        pos_blob=pos_blob,
    )


class _Gaps(NamedTuple):
    """Ascending numbers of all lists, as low parts and high parts of the gaps between them.

    ``width`` is the bits of a low part in each list, ``high_bits`` what its high parts take
    together; ``ends`` are the bits at the end of each high part, over all lists.
    """

    counts: Numbers
    width: Numbers
    low: Small
    ends: Small
    high_bits: Numbers

    @property
    def bits(self) -> Numbers:
        return self.counts * self.width + self.high_bits


def _gaps(numbers: Small, counts: Numbers, of: Numbers) -> _Gaps:
    """The gaps between numbers, which are below ``of`` of their list."""
    small = numbers.dtype.type
    starts = starts_of(counts)
    width = low_bits(counts, of)
    gaps = numbers.copy()
    gaps[1:] -= numbers[:-1] + small(1)
    heads = starts[counts > 0]
    gaps[heads] = numbers[heads]
    widths = np.repeat(width.astype(small), counts)
    ends = np.cumsum((gaps >> widths) + small(1), dtype=small)
    low = gaps & ((small(1) << widths) - small(1))
    return _Gaps(counts, width, low, ends, _sums(ends, starts, counts))


def _sums(ends: Small, starts: Numbers, counts: Numbers) -> Numbers:
    """What is added up in each list, from the sums over all."""
    bounds = np.append(0, ends.astype(np.int64))
    return np.asarray(bounds[starts + counts] - bounds[starts], np.int64)


def _write_unary(
    flags: Bytes, ends: Small, places: Numbers, bits: Numbers, counts: Numbers
) -> None:
    """Put the ones at the ends of the unary numbers of all lists, which begin at ``places``."""
    before = (places - starts_of(bits) - 1).astype(ends.dtype)
    flags[np.repeat(before, counts) + ends] = 1


def _write_gaps(flags: Bytes, gaps: _Gaps, places: Numbers) -> Bytes:
    """Put the high parts of all lists into bits, and give the bytes of the low parts."""
    counts, width, low, ends, high_bits = gaps
    _write_unary(flags, ends, places + counts * width, high_bits, counts)
    widths = np.repeat(width.astype(low.dtype), counts)
    at = np.cumsum(widths, dtype=low.dtype) - widths
    at += np.repeat((places - starts_of(counts * width)).astype(low.dtype), counts)
    return pack(low, widths, at, len(flags) // 8)


def encode_documents(
    first: Numbers, docs: Small, freqs: Small | None, documents: int
) -> tuple[Bytes, Numbers]:
    """Document parts of all lists, and the bytes of each."""
    if not len(first):
        return np.zeros(0, np.uint8), np.zeros(0, np.int64)
    total = np.diff(np.append(first, len(docs)))
    listed = _gaps(*_fewer(docs, total, documents), np.full(len(first), documents))
    if freqs is None:
        sizes = (listed.bits + 7) >> 3
        flags = np.zeros(int(sizes.sum()) * 8, np.uint8)
        blob = _write_gaps(flags, listed, starts_of(sizes) * 8)
        return blob | np.packbits(flags), sizes
    several = np.flatnonzero(freqs > 1)
    bounds = np.searchsorted(several, np.append(first, len(docs)))
    counts = np.diff(bounds)
    ranks = (several - np.repeat(first, counts)).astype(docs.dtype)
    often = _gaps(ranks, counts, total)
    ends = np.cumsum(freqs[several] - docs.dtype.type(1), dtype=docs.dtype)
    times = _sums(ends, bounds[:-1], counts)
    digits = bit_lengths(counts + 1)
    sizes = (listed.bits + 2 * digits - 1 + often.bits + times + 7) >> 3
    flags = np.zeros(int(sizes.sum()) * 8, np.uint8)
    place = starts_of(sizes) * 8
    blob = _write_gaps(flags, listed, place)
    place += listed.bits + digits - 1
    blob |= pack(counts + 1, digits, place, len(blob))
    place += digits
    blob |= _write_gaps(flags, often, place)
    _write_unary(flags, ends, place + often.bits, times, counts)
    return blob | np.packbits(flags), sizes


def _fewer(docs: Small, counts: Numbers, documents: int) -> tuple[Small, Numbers]:
    """The documents of each list, or those that are missing in it if these are fewer."""
    most = 2 * counts > documents
    if not most.any():
        return docs, counts
    stored = np.where(most, documents - counts, counts)
    out = np.zeros(int(stored.sum()), docs.dtype)
    kept = docs[np.repeat(~most, counts)]
    starts = starts_of(stored)
    of_kept = np.where(most, 0, counts)
    out[np.arange(len(kept)) + np.repeat(starts - starts_of(of_kept), of_kept)] = kept
    missing = np.ones((int(most.sum()), documents), bool)
    rows = np.repeat(np.arange(len(missing)), counts[most])
    missing[rows, docs[np.repeat(most, counts)]] = False
    others = np.nonzero(missing)[1]
    of_most = np.where(most, stored, 0)
    out[np.arange(len(others)) + np.repeat(starts - starts_of(of_most), of_most)] = others
    return out, stored


def _encode_positions(
    heads: Numbers, counts: Small, short: npt.NDArray[np.bool_], position: Small, width: Small
) -> tuple[Bytes, Numbers]:
    """Position parts of all lists, and the bytes of each; ``width`` is 0 in short lists."""
    small = position.dtype.type
    list_width = np.zeros(len(heads), small)
    if short.any():
        list_width[short] = np.maximum(1, bit_lengths(np.maximum.reduceat(position, heads)[short]))
        width = width + np.repeat(list_width, counts)
    ends = np.cumsum(width, dtype=small)
    last = np.append(heads[1:], len(position)) - 1
    used = np.diff(ends[last].astype(np.int64), prepend=0)
    header = np.where(short, 8, 0)
    sizes = (header + used + 7) >> 3
    start = starts_of(sizes) * 8
    before = (start + header - starts_of(used)).astype(small)
    ends -= width
    ends += np.repeat(before, counts)
    blob = pack(position, width, ends, int(sizes.sum()))
    blob[start[short] >> 3] = list_width[short]
    return blob, sizes


def decode_documents(
    data: bytes, count: int, documents: int, plain: bool
) -> tuple[Numbers, Numbers]:
    """Documents and frequencies of one list; ``ValueError`` if the bytes can't be that."""
    flags = np.unpackbits(np.frombuffer(data, np.uint8))
    if count > documents:
        raise ValueError("a list names more documents than there are")
    most = 2 * count > documents
    docs, at = _read_gaps(flags, 0, documents - count if most else count, documents)
    if most:
        missing = docs
        docs = np.delete(np.arange(documents), missing)
    freqs = np.ones(count, np.int64)
    if plain:
        return docs, freqs
    digits = np.flatnonzero(flags[at : at + 32])
    if not len(digits):
        raise ValueError("a list is shorter than announced")
    zeros = int(digits[0])
    value = flags[at + zeros : at + 2 * zeros + 1]
    several = int(unpack_fixed(value, zeros + 1)[0]) - 1
    ranks, at = _read_gaps(flags, at + 2 * zeros + 1, several, count)
    ones = np.flatnonzero(flags[at:])[:several]
    if len(ones) < several:
        raise ValueError("a list is shorter than announced")
    freqs[ranks] = np.diff(ones, prepend=-1) + 1
    return docs, freqs


def _read_gaps(flags: Bytes, at: int, count: int, of: int) -> tuple[Numbers, int]:
    """``count`` ascending numbers below ``of``, decoded from bit ``at``, and the end bit."""
    width = int(low_bits(np.array([count]), np.array([of]))[0])
    high_at = at + count * width
    ones = np.flatnonzero(flags[high_at:])[:count]
    if len(ones) < count:
        raise ValueError("a list is shorter than announced")
    gaps = np.diff(ones, prepend=-1) - 1
    if width and count:
        gaps = (gaps << width) | unpack_fixed(flags[at:high_at], width)
    numbers = np.cumsum(gaps + 1) - 1
    if count and numbers[-1] >= of:
        raise ValueError("a list names a document that is not there")
    return numbers, high_at + (int(ones[-1]) + 1 if count else 0)


def decode_positions(
    data: bytes, field: int, docs: Numbers, freqs: Numbers, widths: Numbers
) -> Numbers:
    """All positions of one list, document by document."""
    flags = np.unpackbits(np.frombuffer(data, np.uint8))
    if field != BODY:
        width = data[0] if data else 0
        used = int(freqs.sum()) * width
        if len(flags) < 8 + used:
            raise ValueError("positions are shorter than announced")
        return unpack_fixed(flags[8 : 8 + used], width)
    width_of = np.repeat(widths[docs], freqs)
    ends = np.cumsum(width_of)
    if len(ends) and ends[-1] > len(flags):
        raise ValueError("positions are shorter than announced")
    out = np.zeros(len(width_of), np.int64)
    begins = ends - width_of
    for bit in range(int(width_of.max(initial=0))):
        has = width_of > bit
        out[has] = (out[has] << 1) | flags[begins[has] + bit]
    return out


TITLE_END = 1


def shard_of(a: Numbers, b: Numbers, shards: int) -> Numbers:
    """The shard of each term."""
    hashed = _times(a, 0x9E3779B1) ^ _times(b, 0x85EBCA6B)
    hashed ^= hashed >> 15
    return hashed % shards


def _times(values: Numbers, factor: int) -> Numbers:
    product = values.astype(np.uint64) * np.uint64(factor)
    return (product & np.uint64(0xFFFFFFFF)).astype(np.int64)
