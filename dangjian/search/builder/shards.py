"""Putting the posting lists of a segment's chunks together, as shards (3.4)."""

import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dangjian.search.format.bits import (
    Bytes,
    Numbers,
    gather,
    starts_of,
    varint_sizes,
    varints,
)
from dangjian.search.format.lists import Lists, shard_of

SHARD_BYTES = 16_384
MAX_SHARDS = 2048
FILE_BYTES = 65_536
_TERM_BITS = 32
_TERM_MASK = (1 << _TERM_BITS) - 1


class Shard(NamedTuple):
    """A shard's payload and the length of the directory at its head."""

    directory: int
    payload: bytes


class _Rows(NamedTuple):
    """The lists of all chunks, in the order of shard, term, field, chunk: a value for each.

    ``doc_at`` and ``pos_at`` are where its document and position parts begin in the blobs.
    """

    shard: Numbers
    term: Numbers
    field: Numbers
    chunk: Numbers
    plain: npt.NDArray[np.bool_]
    totals: Numbers
    doc_bytes: Numbers
    pos_bytes: Numbers
    doc_at: Numbers
    pos_at: Numbers


def shard_counts(chunks: Sequence[Lists]) -> tuple[int, int]:
    """How many shards the lists fill, and how many of these one file should hold."""
    total = sum(len(lists.doc_blob) + len(lists.pos_blob) for lists in chunks)
    shards = min(MAX_SHARDS, max(1, -(-total // SHARD_BYTES)))
    return shards, max(1, round(FILE_BYTES * shards / max(1, total)))


def shards_of(chunks: Sequence[Lists], shards: int) -> Iterator[Shard]:
    """The posting shards that hold all lists, each list in the shard of its term."""
    rows = _in_order(chunks, shards)
    headers, header_at, header_bytes = _headers(rows, len(chunks))
    doc_blob = np.concatenate([headers, *(lists.doc_blob for lists in chunks)])
    pos_blob = np.concatenate([lists.pos_blob for lists in chunks])
    doc_at = rows.doc_at + len(headers)
    bounds = np.searchsorted(rows.shard, np.arange(shards + 1)).tolist()
    for begin, end in pairwise(bounds):
        part = slice(begin, end)
        first = _list_starts(rows.term[part], rows.field[part])
        docs = rows.doc_bytes[part]
        places = np.concatenate((header_at[part][first], doc_at[part]))
        if len(first):
            head_sizes = np.add.reduceat(header_bytes[part], first)
            doc_sizes = np.add.reduceat(docs, first) + head_sizes
            pos_sizes = np.add.reduceat(rows.pos_bytes[part], first)
            totals = np.add.reduceat(rows.totals[part], first)
        else:
            head_sizes = doc_sizes = pos_sizes = totals = np.zeros(0, np.int64)
        # The header of a list, then its parts, chunk by chunk.
        order = np.argsort(np.concatenate((first * 2, np.arange(len(docs)) * 2 + 1)))
        lengths = np.concatenate((head_sizes, docs))
        directory = _directory(
            rows.term[part][first],
            rows.field[part][first],
            rows.plain[part][first],
            np.stack((totals, doc_sizes, pos_sizes)),
        )
        payload = (
            directory
            + gather(doc_blob, places[order], lengths[order]).tobytes()
            + gather(pos_blob, rows.pos_at[part], rows.pos_bytes[part]).tobytes()
        )
        yield Shard(len(directory), payload)


def _in_order(chunks: Sequence[Lists], shards: int) -> _Rows:
    """The lists of all chunks in the order in which they are written."""
    term = np.concatenate([lists.term for lists in chunks])
    field = np.concatenate([lists.field for lists in chunks])
    chunk = np.repeat(np.arange(len(chunks)), [len(lists.term) for lists in chunks])
    a, b = term >> _TERM_BITS, term & _TERM_MASK
    # Two numbers below 2 ** 30 and a field: equal terms are next to each other, by field and chunk.
    order = np.argsort((((a << 30) | b) << 2) | field, kind="stable")
    shard = shard_of(a[order], b[order], shards)
    order = order[np.argsort(shard.astype(np.uint16), kind="stable")]
    doc_bytes = np.concatenate([lists.doc_bytes for lists in chunks]).astype(np.int64)
    pos_bytes = np.concatenate([lists.pos_bytes for lists in chunks]).astype(np.int64)
    totals = np.concatenate([lists.totals for lists in chunks]).astype(np.int64)
    plain = np.concatenate([lists.plain for lists in chunks])
    return _Rows(
        np.sort(shard),
        term[order],
        field[order].astype(np.int64),
        chunk[order],
        plain[order],
        totals[order],
        doc_bytes[order],
        pos_bytes[order],
        starts_of(doc_bytes)[order],
        starts_of(pos_bytes)[order],
    )


def _list_starts(term: Numbers, field: Numbers) -> Numbers:
    """The first row of each list."""
    new = np.ones(len(term), bool)
    new[1:] = (term[1:] != term[:-1]) | (field[1:] != field[:-1])
    return np.flatnonzero(new)


def _headers(rows: _Rows, chunks: int) -> tuple[Bytes, Numbers, Numbers]:
    """What precedes the document parts of each list: which chunks it is in, and where.

    Gives the bytes of all, and where those of each row begin and how many they are. In a segment
    of one chunk there are none.
    """
    count = len(rows.term)
    if chunks == 1:
        return np.zeros(0, np.uint8), np.zeros(count, np.int64), np.zeros(count, np.int64)
    first = np.zeros(count, bool)
    first[_list_starts(rows.term, rows.field)] = True
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
    ends = np.cumsum(varint_sizes(values))
    sizes = np.diff(np.append(0, ends[np.append(at[1:], len(values)) - 1]))
    return np.frombuffer(varints(values), np.uint8), starts_of(sizes), sizes


def _directory(
    term: Numbers, field: Numbers, plain: npt.NDArray[np.bool_], numbers: Numbers
) -> bytes:
    """The directory of a shard; ``numbers`` are three rows: documents, their bytes, positions'."""
    new = np.ones(len(term), bool)
    new[1:] = term[1:] != term[:-1]
    first = np.flatnonzero(new)
    present = np.zeros(len(first), np.int64)
    if len(first):
        present = np.add.reduceat(1 << field, first) + (plain[first].astype(np.int64) << 3)
    columns = (
        np.array([len(first)]),
        np.diff(term[first] >> _TERM_BITS, prepend=0),
        term[first] & _TERM_MASK,
        present,
        numbers[0],
        numbers[1],
        numbers[2][~plain],
    )
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(varints(np.concatenate(columns))) + packer.flush()
