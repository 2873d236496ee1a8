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
    mark,
    pack,
    starts_of,
    unpack_fixed,
)

TITLE, LEAD, BODY = 0, 1, 2

Small = npt.NDArray[np.uint32]


class Lists(NamedTuple):
    """Encoded lists: of which term and field each is, and its bytes in the two blobs.

    A large archive has hundreds of thousands of lists: their numbers are kept small.
    """

    a: Small
    b: Small
    field: Bytes
    plain: npt.NDArray[np.bool_]
    totals: Small
    doc_bytes: Small
    pos_bytes: Small
    doc_blob: Bytes
    pos_blob: Bytes


class Occurrences(NamedTuple):
    """Places of terms, sorted by term, field, document and position."""

    a: Numbers
    b: Numbers
    field: Numbers
    doc: Numbers
    position: Numbers


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


def encode(places: Occurrences, widths: Numbers, plain: bool) -> Lists:
    """Lists of all terms in ``places``; ``widths`` are those of positions in each body.

    With ``plain`` only documents are kept.
    """
    documents = len(widths)
    changes = (places.a[1:] != places.a[:-1]) | (places.b[1:] != places.b[:-1])
    changes |= places.field[1:] != places.field[:-1]
    new_list = np.concatenate(([True], changes))[: len(places.a)]
    new_doc = np.concatenate(([True], places.doc[1:] != places.doc[:-1]))[: len(places.a)]
    first_place = np.flatnonzero(new_list | new_doc)
    freqs = np.diff(np.append(first_place, len(places.a)))
    first = np.flatnonzero(new_list[first_place])
    heads = first_place[first]
    field = places.field[heads]
    doc_blob, doc_bytes = encode_documents(
        first, places.doc[first_place], None if plain else freqs, documents
    )
    if plain:
        pos_blob, pos_bytes = np.zeros(0, np.uint8), np.zeros(len(first), np.int64)
    else:
        pos_blob, pos_bytes = _encode_positions(heads, field, places, widths)
    return Lists(
        a=places.a[heads].astype(np.uint32),
        b=places.b[heads].astype(np.uint32),
        field=field.astype(np.uint8),
        plain=np.full(len(first), plain),
        totals=np.diff(np.append(first, len(freqs))).astype(np.uint32),
        doc_bytes=doc_bytes.astype(np.uint32),
        pos_bytes=pos_bytes.astype(np.uint32),
        doc_blob=doc_blob,
        pos_blob=pos_blob,
    )


def encode_documents(
    first: Numbers, docs: Numbers, freqs: Numbers | None, documents: int
) -> tuple[Bytes, Numbers]:
    """Document parts of all lists, and the bytes of each."""
    if not len(first):
        return np.zeros(0, np.uint8), np.zeros(0, np.int64)
    count = np.diff(np.append(first, len(docs)))
    bits = low_bits(count, documents)
    of_posting = np.repeat(np.arange(len(first)), count)
    gaps = np.empty(len(docs), np.int64)
    gaps[1:] = docs[1:] - docs[:-1] - 1
    gaps[first] = docs[first]
    low = bits[of_posting]
    high = gaps >> low
    high_ends = np.cumsum(high + 1)
    high_bits = np.add.reduceat(high + 1, first)
    tail_bits = high_bits if freqs is None else high_bits + np.add.reduceat(freqs, first)
    sizes = (count * bits + tail_bits + 7) >> 3
    start = starts_of(sizes) * 8
    unary = start + count * bits - starts_of(high_bits)
    ones = [unary[of_posting] + high_ends - 1]
    if freqs is not None:
        after = start + count * bits + high_bits
        spent = starts_of(np.add.reduceat(freqs, first))
        ones.append((after - spent)[of_posting] + np.cumsum(freqs) - 1)
    total = int(sizes.sum())
    rank = np.arange(len(docs)) - first[of_posting]
    lows = pack(gaps - (high << low), low, start[of_posting] + rank * low, total)
    return lows | mark(np.concatenate(ones), total), sizes


def _encode_positions(
    heads: Numbers, field: Numbers, places: Occurrences, widths: Numbers
) -> tuple[Bytes, Numbers]:
    count = np.diff(np.append(heads, len(places.doc)))
    of_place = np.repeat(np.arange(len(heads)), count)
    short = field != BODY
    largest = np.maximum.reduceat(places.position, heads)
    list_width = np.maximum(1, _bit_lengths(largest))
    width = np.where(short[of_place], list_width[of_place], widths[places.doc])
    header = np.where(short, 8, 0)
    used = np.add.reduceat(width, heads)
    sizes = (header + used + 7) >> 3
    start = starts_of(sizes) * 8
    ends = np.cumsum(width)
    spent = starts_of(used)
    total = int(sizes.sum())
    at = (start + header - spent)[of_place] + ends - width
    blob = pack(places.position, width, at, total)
    if short.any():
        blob |= pack(list_width[short], header[short], start[short], total)
    return blob, sizes


def _bit_lengths(values: Numbers) -> Numbers:
    bits = np.zeros(len(values), np.int64)
    for candidate in range(32):
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
