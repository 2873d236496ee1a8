"""Putting the posting lists of a segment's chunks together, as shards (3.4)."""

import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import isqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dangjian.search.builder.memory import release_freed
from dangjian.search.format.bits import (
    Bytes,
    Numbers,
    gather,
    placed_varints,
    starts_of,
    varint,
    varint_sizes,
)
from dangjian.search.format.directory import SHARD_STEP
from dangjian.search.format.lists import Lists, shard_of

LEAST_BYTES = 2048
"""A shard has no fewer, but in small segments not many more: readers load those as a whole."""
MAX_SHARDS = 4096
FILE_BYTES = 65_536
_EVEN = 64
"""A directory has some 4 bytes a list, the head as many a shard; a query has a few pairs."""
MOST_FILES = 256
"""The head names each file of shards, so that of a large segment they are larger."""
_TERM_BITS = 32
_TERM_MASK = (1 << _TERM_BITS) - 1
_BLOCK = 64
"""So many shards are written at once: their arrays take some 20 MB."""


class Rows(NamedTuple):
    """Lists of all chunks, in the order of shard, term, field, chunk: a value for each.

    ``doc_at`` and ``pos_at`` are where its document and position parts begin in the blobs.
    """

    shard: npt.NDArray[np.uint16]
    term: Numbers
    field: Numbers
    chunk: Numbers
    plain: npt.NDArray[np.bool_]
    totals: Numbers
    doc_bytes: Numbers
    pos_bytes: Numbers
    doc_at: Numbers
    pos_at: Numbers


class _Ordered(NamedTuple):
    """The same of a whole segment, in as few bits as are enough: there are millions of lists."""

    shard: npt.NDArray[np.uint16]
    term: Numbers
    field: Bytes
    chunk: npt.NDArray[np.uint16]
    plain: npt.NDArray[np.bool_]
    totals: npt.NDArray[np.uint32]
    doc_bytes: npt.NDArray[np.uint32]
    pos_bytes: npt.NDArray[np.uint32]
    doc_at: Numbers
    pos_at: Numbers

    def rows(self, begin: int, end: int) -> Rows:
        """Those from one on, up to another."""
        found = {name: getattr(self, name)[begin:end] for name in self._fields}
        for name in ("field", "chunk", "totals", "doc_bytes", "pos_bytes"):
            found[name] = found[name].astype(np.int64)
        return Rows(**found)


class Joined(NamedTuple):
    """Lists put together of their parts in all chunks: a value for each list.

    They are in the order of shard, term and field, and so are their bytes in the two blobs.
    """

    shard: npt.NDArray[np.uint16]
    term: Numbers
    field: Numbers
    plain: npt.NDArray[np.bool_]
    totals: Numbers
    doc_bytes: Numbers
    pos_bytes: Numbers
    docs: Bytes
    positions: Bytes


class ListsSize(NamedTuple):
    """How many posting lists a chunk has, and the bytes of these."""

    lists: int
    bytes: int


def size_of(lists: Lists) -> ListsSize:
    """How much the posting lists of a chunk are."""
    return ListsSize(len(lists.term), len(lists.doc_blob) + len(lists.pos_blob))


def shard_counts(chunks: Sequence[ListsSize]) -> tuple[int, int]:
    """How many shards the lists of these chunks fill, and how many of these one file should hold.

    A query loads a directory for each of its pairs, and of all shards where they are: so many
    shards that both are about the same, but none smaller than a request is worth. Their numbers are
    so far apart that few changes of an article bring another one, with which all lists are in other
    shards.
    """
    total = sum(chunk.bytes for chunk in chunks)
    most = max(chunk.lists for chunk in chunks)
    wanted = min(isqrt(_EVEN * most), total // LEAST_BYTES, MAX_SHARDS)
    shards = 1
    while shards < wanted:
        shards += 1 + shards // 4
    files = max(1, min(total // FILE_BYTES, MOST_FILES))
    return shards, -(-shards // files)


def shards_of(chunks: Sequence[Lists], shards: int) -> Iterator[bytes]:
    """The posting shards that hold all lists, each list in the shard of its term."""
    count = len(chunks)
    if count > 1:
        release_freed()
    rows = _in_order(chunks, shards)
    doc_blob = np.concatenate([lists.doc_blob for lists in chunks])
    pos_blob = np.concatenate([lists.pos_blob for lists in chunks])
    del chunks
    if count > 1:
        release_freed()
    numbers = np.arange(shards)
    for block in (numbers[n : n + _BLOCK] for n in range(0, shards, _BLOCK)):
        begin, end = np.searchsorted(rows.shard, (block[0], block[-1] + 1)).tolist()
        lists = joined_lists(rows.rows(begin, end), doc_blob, pos_blob, count)
        yield from written(lists, block)


def _in_order(chunks: Sequence[Lists], shards: int) -> _Ordered:
    """The lists of all chunks in the order in which they are written."""
    term, field, plain, totals, doc_bytes, pos_bytes = (
        np.concatenate([getattr(lists, name) for lists in chunks])
        for name in ("term", "field", "plain", "totals", "doc_bytes", "pos_bytes")
    )
    numbers = np.arange(len(chunks), dtype=np.uint16)
    chunk = np.repeat(numbers, [len(lists.term) for lists in chunks])
    shard, order = _order(term, field, shards)
    return _Ordered(
        shard.take(order),
        term.take(order),
        field.take(order),
        chunk.take(order),
        plain.take(order),
        totals.take(order),
        doc_bytes.take(order),
        pos_bytes.take(order),
        starts_of(doc_bytes).take(order),
        starts_of(pos_bytes).take(order),
    )


def _order(
    term: Numbers, field: Bytes, shards: int
) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.intp]]:
    """The shard of each list, and the order of the lists."""
    a, b = term >> _TERM_BITS, term & _TERM_MASK
    shard = shard_of(a, b, shards).astype(np.uint16)
    # Two numbers below 2 ** 30 and a field: equal terms are next to each other, by field and chunk.
    a <<= 30
    a |= b
    a <<= 2
    a |= field
    order = np.argsort(a, kind="stable")
    return shard, order.take(np.argsort(shard.take(order), kind="stable"))


def joined_lists(rows: Rows, doc_blob: Bytes, pos_blob: Bytes, chunks: int) -> Joined:
    """The lists that have these parts, which are in the blobs."""
    first = _list_starts(rows)
    headers, header_bytes = _headers(rows, first, chunks)
    heads = _sums(header_bytes, first)
    # The header of a list, then its parts, chunk by chunk.
    count = len(first)
    at_list = first + np.arange(count)
    lengths = np.zeros(len(rows.term) + count, np.int64)
    places = np.zeros(len(lengths), np.int64)
    is_row = np.ones(len(lengths), bool)
    is_row[at_list] = False
    lengths[at_list], places[at_list] = heads, starts_of(heads)
    docs = gather(doc_blob, rows.doc_at, rows.doc_bytes)
    lengths[is_row], places[is_row] = rows.doc_bytes, starts_of(rows.doc_bytes) + len(headers)
    return Joined(
        shard=rows.shard[first],
        term=rows.term[first],
        field=rows.field[first],
        plain=rows.plain[first],
        totals=_sums(rows.totals, first),
        doc_bytes=_sums(rows.doc_bytes, first) + heads,
        pos_bytes=_sums(rows.pos_bytes, first),
        docs=gather(np.concatenate((headers, docs)), places, lengths),
        positions=gather(pos_blob, rows.pos_at, rows.pos_bytes),
    )


def written(lists: Joined, numbers: Numbers) -> Iterator[bytes]:
    """The shards of some ascending numbers, whose lists are ``lists``."""
    docs, positions = lists.docs.tobytes(), lists.positions.tobytes()
    bounds = np.append(np.searchsorted(lists.shard, numbers), len(lists.shard))
    first = term_starts(lists.term)
    doc_ends, pos_ends = (
        np.append(0, np.cumsum(sizes))[np.append(first, len(lists.term))].tolist()
        for sizes in (lists.doc_bytes, lists.pos_bytes)
    )
    terms = pairwise(np.searchsorted(first, bounds).tolist())
    for directory, (begin, end) in zip(_directories(lists, bounds), terms, strict=True):
        blocks = [
            docs[doc_ends[n] : doc_ends[n + 1]] + positions[pos_ends[n] : pos_ends[n + 1]]
            for n in range(begin, end)
        ]
        shard = b"".join([varint(len(directory)), directory, *sorted(blocks, key=len)])
        yield shard + bytes(-len(shard) % SHARD_STEP)


def term_starts(terms: Numbers) -> Numbers:
    """The first list of each term; lists of a term are next to each other."""
    new = np.ones(len(terms), bool)
    new[1:] = terms[1:] != terms[:-1]
    return np.flatnonzero(new)


def _sums(values: Numbers, first: Numbers) -> Numbers:
    """The sum of each stretch of values, from its first to that of the next."""
    return np.add.reduceat(values, first) if len(first) else np.zeros(0, np.int64)


def _list_starts(rows: Rows) -> Numbers:
    """The first row of each list."""
    new = np.ones(len(rows.term), bool)
    new[1:] = (rows.term[1:] != rows.term[:-1]) | (rows.field[1:] != rows.field[:-1])
    return np.flatnonzero(new)


def _headers(rows: Rows, lists: Numbers, chunks: int) -> tuple[Bytes, Numbers]:
    """What precedes the document parts of each list: which chunks it is in, and where.

    Gives the bytes of all, and how many they are of each row. In a segment of one chunk there are
    none.
    """
    count = len(rows.term)
    if chunks == 1:
        return np.zeros(0, np.uint8), np.zeros(count, np.int64)
    first = np.zeros(count, bool)
    first[lists] = True
    last = np.append(first[1:], True)[:count]
    gap = np.diff(rows.chunk, prepend=0) - 1
    gap[first] = rows.chunk[first]
    several = np.flatnonzero(~(first & last))
    numbers = np.ones(count, np.int64)
    numbers[several] = np.where(rows.plain[several], 3, 4)
    at = starts_of(numbers)
    values = np.zeros(int(numbers.sum()), np.int64)
    values[at] = gap * 2 + last
    values[at[several] + 1] = rows.totals[several]
    values[at[several] + 2] = rows.doc_bytes[several]
    placed = several[~rows.plain[several]]
    values[at[placed] + 3] = rows.pos_bytes[placed]
    sizes = varint_sizes(values)
    return placed_varints(values, sizes), _sums(sizes, at)


def _directories(lists: Joined, bounds: Numbers) -> Iterator[bytes]:
    """The directory of each shard, whose lists are those between two of ``bounds``."""
    first = term_starts(lists.term)
    terms = np.diff(np.searchsorted(first, bounds))
    placed = ~lists.plain
    ends = np.append(0, np.cumsum(placed))[bounds]
    counts = np.diff(bounds), np.diff(ends)
    a = lists.term[first] >> _TERM_BITS
    step = np.diff(a, prepend=0)
    starts = starts_of(terms)[terms > 0]
    step[starts] = a[starts]
    present = _sums(1 << lists.field, first) + (lists.plain[first].astype(np.int64) << 3)
    columns = (
        (terms, np.ones(len(terms), np.int64)),
        (step, terms),
        (lists.term[first] & _TERM_MASK, terms),
        (present, terms),
        (lists.totals, counts[0]),
        (lists.doc_bytes, counts[0]),
        (lists.pos_bytes[placed], counts[1]),
    )
    of_shard = np.sum([count for _, count in columns], axis=0)
    begin = starts_of(of_shard)
    values = np.zeros(int(of_shard.sum()), np.int64)
    for column, count in columns:
        places = np.repeat(begin - starts_of(count), count)
        values[places + np.arange(len(column))] = column
        begin = begin + count
    sizes = varint_sizes(values)
    data = placed_varints(values, sizes).tobytes()
    byte_ends = np.append(0, np.cumsum(sizes))[np.append(0, np.cumsum(of_shard))].tolist()
    for start, end in pairwise(byte_ends):
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        yield packer.compress(data[start:end]) + packer.flush()
