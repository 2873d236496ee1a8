"""Posting lists as bytes: documents, frequencies and positions of many terms at once (3.4).

A list is one term in one field. Everything here works on all lists of a batch together, as
arrays: ``first[i]`` is where the postings of list i begin in ``docs`` and ``freqs``.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dangjian.search.bits import (
    Bytes,
    Numbers,
    Small,
    pack,
    starts_of,
    unpack_fixed,
)

TITLE, LEAD, BODY = 0, 1, 2


class Lists(NamedTuple):
    """Encoded lists: of which term and field each is, and its bytes in the two blobs.

    A large archive has hundreds of thousands of lists: their numbers are kept small.
    """

    term: Numbers
    field: Bytes
    plain: npt.NDArray[np.bool_]
    totals: npt.NDArray[np.uint32]
    doc_bytes: npt.NDArray[np.uint32]
    pos_bytes: npt.NDArray[np.uint32]
    doc_blob: Bytes
    pos_blob: Bytes


class Places(NamedTuple):
    """Places of terms, sorted by term, field and position; a term is any number.

    ``field`` is a document's number among all titles, all leads or all bodies, these in one row:
    the number of documents is added for a lead, twice for a body. Without positions only
    documents are kept.
    """

    term: Numbers
    field: Small
    position: Small | None


def class_of(sizes: Numbers) -> Numbers:
    """The length class of each size (3.2)."""
    table = np.array([class_size(c) for c in range(100)], np.int64)
    return np.searchsorted(table, sizes, side="left").astype(np.int64)


def class_size(number: int) -> int:
    """The largest body of a length class."""
    return (4 + (number & 3)) << (number >> 2)


def class_width(number: int) -> int:
    """Bits of a position in a body of a length class."""
    return (class_size(number) - 1).bit_length()


def low_bits(count: Numbers, documents: int) -> Numbers:
    """Bits of the low part of a gap in lists of ``count`` out of ``documents``."""
    bits = np.zeros(len(count), np.int64)
    for candidate in range(1, 32):
        bits[(count << candidate) * 3 <= documents * 2] = candidate
    return bits


def encode(places: Places, widths: Small) -> Lists:
    """Lists of all terms in ``places``; ``widths`` are those of positions in each body."""
    term, field, position = places
    documents = len(widths)
    new = np.ones(len(term), bool)
    np.not_equal(term[1:], term[:-1], out=new[1:])
    new[1:] |= field[1:] != field[:-1]
    postings = np.flatnonzero(new)
    term, field = term[postings], field[postings]
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
        width = np.where(kind == BODY, widths[docs], 0).astype(docs.dtype)
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


def encode_documents(
    first: Numbers, docs: Small, freqs: Small | None, documents: int
) -> tuple[Bytes, Numbers]:
    """Document parts of all lists, and the bytes of each."""
    if not len(first):
        return np.zeros(0, np.uint8), np.zeros(0, np.int64)
    small = docs.dtype.type
    count = np.diff(np.append(first, len(docs)))
    bits = low_bits(count, documents)
    gaps = np.empty_like(docs)
    gaps[1:] = docs[1:] - docs[:-1] - small(1)
    gaps[first] = docs[first]
    low = np.repeat(bits.astype(small), count)
    high = gaps >> low
    high_ends = np.cumsum(high + small(1), dtype=small)
    last = np.append(first[1:], len(docs)) - 1
    high_bits = np.diff(high_ends[last].astype(np.int64), prepend=0)
    tail_bits = high_bits
    if freqs is not None:
        freq_ends = np.cumsum(freqs, dtype=small)
        freq_bits = np.diff(freq_ends[last].astype(np.int64), prepend=0)
        tail_bits = high_bits + freq_bits
    sizes = (count * bits + tail_bits + 7) >> 3
    start = starts_of(sizes) * 8
    total = int(sizes.sum())
    flags = np.zeros(total * 8, np.uint8)
    before = start + count * bits - starts_of(high_bits) - 1
    flags[np.repeat(before.astype(small), count) + high_ends] = 1
    if freqs is not None:
        before = start + count * bits + high_bits - starts_of(freq_bits) - 1
        flags[np.repeat(before.astype(small), count) + freq_ends] = 1
    at = np.cumsum(low, dtype=small) - low
    at += np.repeat((start - starts_of(count * bits)).astype(small), count)
    return pack(gaps & ((small(1) << low) - small(1)), low, at, total) | np.packbits(flags), sizes


def _encode_positions(
    heads: Numbers, counts: Small, short: npt.NDArray[np.bool_], position: Small, width: Small
) -> tuple[Bytes, Numbers]:
    """Position parts of all lists, and the bytes of each; ``width`` is 0 in short lists."""
    small = position.dtype.type
    list_width = np.zeros(len(heads), small)
    if short.any():
        list_width[short] = np.maximum(1, _bit_lengths(np.maximum.reduceat(position, heads)[short]))
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


def _bit_lengths(values: Small) -> Small:
    bits = np.zeros_like(values)
    for candidate in range(31):
        bits += (values >> candidate) > 0
    return bits


def decode_documents(
    data: bytes, count: int, documents: int, plain: bool
) -> tuple[Numbers, Numbers]:
    """Documents and frequencies of one list; ``ValueError`` if the bytes can't be that."""
    flags = np.unpackbits(np.frombuffer(data, np.uint8))
    low = int(low_bits(np.array([count]), documents)[0])
    ones = np.flatnonzero(flags[count * low :])
    if len(ones) < (count if plain else 2 * count):
        raise ValueError("a list is shorter than announced")
    high = np.diff(ones[:count], prepend=-1) - 1
    gaps = high
    if low:
        gaps = (high << low) | unpack_fixed(flags[: count * low], low)
    docs = np.cumsum(gaps + 1) - 1
    if len(docs) and docs[-1] >= documents:
        raise ValueError("a list names a document that is not there")
    if plain:
        return docs, np.ones(count, np.int64)
    return docs, np.diff(ones[count - 1 : 2 * count])


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
