"""Making shards again in which some lists of some chunks changed: all else is copied (3.4).

The lists of chunks that did not change are not asked for: what they have of the changed terms is
taken out of the shards as they were.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dangjian.search.builder.shards import Joined, Rows, joined_lists, term_starts, written
from dangjian.search.format.bits import (
    Bytes,
    Numbers,
    distinct,
    gather,
    is_among,
    read_varints,
    starts_of,
)
from dangjian.search.format.container import inflate
from dangjian.search.format.directory import ListSpan, directory_span, list_parts
from dangjian.search.format.lists import Lists, shard_of

MOST_CHANGED = 1000
"""So many terms are changed in their shards sooner than all lists are put together."""


class ChangedLists(NamedTuple):
    """What changed in one chunk of a segment: ``lists`` are those that ``terms`` have there now.

    The terms are ascending. One without a list has none any more.
    """

    chunk: int
    terms: Numbers
    lists: Lists


class _Part(NamedTuple):
    """A list in one chunk, in the order in which parts are written."""

    shard: int
    term: int
    field: int
    chunk: int
    plain: bool
    total: int
    docs: bytes
    positions: bytes


def terms_of(changes: Sequence[ChangedLists]) -> Numbers:
    """The terms that changed in some chunk, ascending."""
    nothing = np.zeros(0, np.int64)
    return distinct(np.concatenate([nothing, *(change.terms for change in changes)]))


def shards_of_terms(terms: Numbers, shards: int) -> Numbers:
    """The numbers of the shards that some terms are in, ascending."""
    return distinct(_shard_of(terms, shards))


def changed_shards(
    old: Mapping[int, bytes], changes: Sequence[ChangedLists], shards: int, chunks: int
) -> dict[int, bytes]:
    """The shards with the changed terms, by number, made of those before (``old``).

    ``shards`` and ``chunks`` are how many the segment has. Raises ``ValueError`` if a shard is
    damaged.
    """
    if not old:
        return {}
    lists = _joined([_opened(number, shard) for number, shard in sorted(old.items())])
    terms = terms_of(changes)
    changed = is_among(lists.term, terms)
    parts = [
        *_left(_chosen(lists, changed), changes, chunks),
        *(part for change in changes for part in _new(change, shards)),
    ]
    made = _joined([_chosen(lists, ~changed), _of_parts(sorted(parts), chunks)])
    order = np.lexsort((made.field, made.term, made.shard))
    numbers = np.array(sorted(old), np.int64)
    return dict(zip(numbers.tolist(), written(_chosen(made, order), numbers), strict=True))


def _shard_of(terms: Numbers, shards: int) -> Numbers:
    return shard_of(terms >> 32, terms & 0xFFFFFFFF, shards)


def _opened(number: int, shard: bytes) -> Joined:
    """The lists of a shard."""
    begin, end = directory_span(shard)
    values = read_varints(inflate(shard[begin:end]))
    count = int(values[0])
    steps, second, present = (values[1 + n * count : 1 + (n + 1) * count] for n in range(3))
    of, field = np.nonzero(present[:, None] >> np.arange(3) & 1)
    plain = (present & 8 > 0)[of]
    at = 1 + 3 * count
    totals, doc_bytes = (values[at + n * len(of) : at + (n + 1) * len(of)] for n in range(2))
    pos_bytes = np.zeros(len(of), np.int64)
    pos_bytes[~plain] = values[at + 2 * len(of) :]
    term = ((np.cumsum(steps) << 32) | second)[of]
    blob = np.frombuffer(shard, np.uint8)[end:]
    docs, positions = _apart(blob, term, doc_bytes, pos_bytes)
    return Joined(
        shard=np.full(len(of), number, np.uint16),
        term=term,
        field=field,
        plain=plain,
        totals=totals,
        doc_bytes=doc_bytes,
        pos_bytes=pos_bytes,
        docs=docs,
        positions=positions,
    )


def _apart(blob: Bytes, term: Numbers, doc_bytes: Numbers, pos_bytes: Numbers) -> list[Bytes]:
    """The document parts of a shard's lists, and the position parts: each term has both."""
    if not len(term):
        return [blob[:0], blob[:0]]
    sizes = np.stack([np.add.reduceat(own, term_starts(term)) for own in (doc_bytes, pos_bytes)], 1)
    blocks = sizes.sum(axis=1)
    order = np.argsort(blocks, kind="stable")
    starts = np.zeros(len(blocks), np.int64)
    starts[order] = starts_of(blocks[order])
    docs, positions = sizes.T
    return [gather(blob, starts, docs), gather(blob, starts + docs, positions)]


def _joined(several: Sequence[Joined]) -> Joined:
    """Lists one behind the other."""
    return Joined(*(np.concatenate(column) for column in zip(*several, strict=True)))


def _chosen(lists: Joined, chosen: Numbers | npt.NDArray[np.bool_]) -> Joined:
    """Some of the lists."""
    docs = _taken(lists.docs, lists.doc_bytes, chosen)
    positions = _taken(lists.positions, lists.pos_bytes, chosen)
    columns = {name: getattr(lists, name)[chosen] for name in Joined._fields[:-2]}
    return Joined(**columns, docs=docs, positions=positions)


def _taken(blob: Bytes, lengths: Numbers, chosen: Numbers | npt.NDArray[np.bool_]) -> Bytes:
    return gather(blob, starts_of(lengths)[chosen], lengths[chosen])


def _left(lists: Joined, changes: Sequence[ChangedLists], chunks: int) -> Iterator[_Part]:
    """The parts of lists but those that changed."""
    gone = {(change.chunk, term) for change in changes for term in change.terms.tolist()}
    docs, positions = lists.docs.tobytes(), lists.positions.tobytes()
    columns = [column.tolist() for column in lists[:-2]]
    doc_at, pos_at = (accumulate(sizes, initial=0) for sizes in columns[-2:])
    for shard, term, field, plain, total, doc_bytes, pos_bytes in zip(*columns, strict=True):
        at, place = next(doc_at), next(pos_at)
        data = docs[at : at + doc_bytes]
        span = ListSpan(field, total, plain, 0, doc_bytes, 0, pos_bytes)
        for part, begin in list_parts(data, span, chunks):
            end = place + part.pos_bytes
            if (part.chunk, term) not in gone:
                own = data[begin : begin + part.doc_bytes], positions[place:end]
                yield _Part(shard, term, field, part.chunk, plain, part.total, *own)
            place = end


def _new(change: ChangedLists, shards: int) -> Iterator[_Part]:
    """The parts that a chunk has now."""
    lists = change.lists
    docs, positions = lists.doc_blob.tobytes(), lists.pos_blob.tobytes()
    columns = (lists.term, lists.field, lists.plain, lists.totals, lists.doc_bytes, lists.pos_bytes)
    at = place = 0
    for shard, term, field, plain, total, doc_bytes, pos_bytes in zip(
        _shard_of(lists.term, shards).tolist(),
        *(column.tolist() for column in columns),
        strict=True,
    ):
        own = docs[at : at + doc_bytes], positions[place : place + pos_bytes]
        yield _Part(shard, term, field, change.chunk, plain, total, *own)
        at, place = at + doc_bytes, place + pos_bytes


def _of_parts(parts: Sequence[_Part], chunks: int) -> Joined:
    """The lists that have these parts."""
    shard, term, field, chunk, plain, total, docs, positions = (
        zip(*parts, strict=True) if parts else [()] * 8
    )
    doc_bytes, pos_bytes = (np.array(list(map(len, own)), np.int64) for own in (docs, positions))
    rows = Rows(
        shard=np.array(shard, np.uint16),
        term=np.array(term, np.int64),
        field=np.array(field, np.int64),
        chunk=np.array(chunk, np.int64),
        plain=np.array(plain, bool),
        totals=np.array(total, np.int64),
        doc_bytes=doc_bytes,
        pos_bytes=pos_bytes,
        doc_at=starts_of(doc_bytes),
        pos_at=starts_of(pos_bytes),
    )
    doc_blob, pos_blob = (np.frombuffer(b"".join(own), np.uint8) for own in (docs, positions))
    return joined_lists(rows, doc_blob, pos_blob, chunks)
