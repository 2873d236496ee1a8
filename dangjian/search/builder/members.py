"""Which documents an index is to have, in order, and where what is indexed of them comes from."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dangjian.search.builder.cache import GROUP, ChunkCache
from dangjian.search.builder.chunks import Part, Prepared, parts_of
from dangjian.search.builder.folder import Folder
from dangjian.search.builder.partition import Chunk
from dangjian.search.builder.state import Edition, Load, State, covered, made_with
from dangjian.search.format.bits import Numbers
from dangjian.search.format.documents import key_hash, record_of, same_columns, short_digest

_GROUPS_AT_HAND = 32
_Words = npt.NDArray[np.uint64]


class Task(NamedTuple):
    """What an update is to bring about.

    ``current`` are the documents that there are to be, or those of them that have changed. For the
    former, ``covered`` identifies them all (see :func:`~dangjian.search.builder.state.covered`).
    """

    current: Mapping[str, Edition]
    load: Load
    columns: Mapping[str, str]
    covered: str = ""


class Documents(NamedTuple):
    """All documents there are to be, in order: the hash of each key, its digest, its minute.

    ``names`` has the keys, by their places, of those that can be loaded.
    """

    keys: _Words
    digests: _Words
    minutes: Numbers
    names: Mapping[int, str]

    def key_bytes(self) -> bytes:
        """Eight bytes for each document."""
        return self.keys.astype(">u8").tobytes()

    def digest_bytes(self) -> bytes:
        """Eight bytes for each document."""
        return self.digests.astype(">u8").tobytes()

    def identity(self, chunk: Chunk) -> str:
        """Identifies a chunk's documents and all that is indexed of them."""
        part = slice(*chunk)
        hasher = blake2b(made_with().encode(), digest_size=16)
        for column in (self.keys, self.digests, self.minutes):
            hasher.update(column[part].tobytes())
        return hasher.hexdigest()

    def covered(self, columns: Mapping[str, str]) -> str:
        """Identifies all of them, as :func:`~dangjian.search.builder.state.covered` says."""
        raw = (self.key_bytes(), self.digest_bytes(), self.minutes.astype("<i8").tobytes())
        rows = np.stack([np.frombuffer(data, "S8") for data in raw], axis=1).tobytes()
        return covered((rows[n : n + 24] for n in range(0, len(rows), 24)), columns)


def documents_of(task: Task) -> Documents:
    """The documents of a task that names all there are to be."""
    keys = _words(b"".join(map(key_hash, task.current)))
    digests = _words(b"".join([short_digest(e.digest) for e in task.current.values()]))
    minutes = np.array([edition.minute for edition in task.current.values()], np.int64)
    return _in_order(keys, digests, minutes, dict(enumerate(task.current)))


def changed_documents(state: State, task: Task) -> Documents | None:
    """Those of a state, some of them as a task has them; None if it names one that is not there."""
    keys, digests = _words(state.keys), _words(state.digests)
    minutes = np.frombuffer(state.minutes, np.int64).copy()
    changed = _words(b"".join(map(key_hash, task.current)))
    places = _places(keys, changed)
    if (places < 0).any():
        return None
    digests[places] = _words(b"".join([short_digest(e.digest) for e in task.current.values()]))
    minutes[places] = [edition.minute for edition in task.current.values()]
    names = dict(zip(places.tolist(), task.current, strict=True))
    return _in_order(keys, digests, minutes, names)


def _words(data: bytes) -> _Words:
    """Eight bytes each as a number, in the order of the bytes."""
    return np.frombuffer(data, ">u8").astype(np.uint64)


def _places(keys: _Words, wanted: _Words) -> Numbers:
    """Where each of some keys is among others; -1 if it is not."""
    if not len(keys):
        return np.full(len(wanted), -1, np.int64)
    order = np.argsort(keys)
    places = order[np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)]
    return np.where(keys[places] == wanted, places, -1)


def _in_order(
    keys: _Words, digests: _Words, minutes: Numbers, names: Mapping[int, str]
) -> Documents:
    """Documents by their minutes, then by their keys."""
    order = np.lexsort((keys, minutes))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    found = {int(place[number]): name for number, name in names.items()}
    return Documents(keys[order], digests[order], minutes[order], found)


class UnknownDocumentError(Exception):
    """What is indexed of a document is not cached, and it can't be loaded either."""


class Change(NamedTuple):
    """A document of a chunk that has become another one in its place."""

    row: int
    old: Part
    new: Part


class PartSource:
    """Where the parts of documents come from: cached groups, or the documents themselves."""

    def __init__(
        self,
        state: State | None,
        cache: ChunkCache,
        documents: Documents,
        task: Task,
        table: Mapping[str, str],
    ) -> None:
        self.loaded = 0
        self._documents = documents
        self._load = task.load
        self._table = table
        self._folder: Folder | None = None
        self._cache = cache
        self._group_before = lru_cache(_GROUPS_AT_HAND)(self._read_group_before)
        self._chunks = [name for name, _ in state.chunks] if state else []
        ends = np.cumsum([0, *(count for _, count in state.chunks)]) if state else np.zeros(1, int)
        self._ends = ends
        self._before = _documents_before(state)
        self._places = _places(self._before.keys, documents.keys)
        self._old = _unchanged(self._before, documents, self._places)
        # What was loaded, until it is cached.
        self._new: dict[int, Part] = {}

    def parts(self, chunk: Chunk) -> list[Part]:
        """What is indexed of the documents of a chunk, in order.

        Raises :class:`UnknownDocumentError`.
        """
        found = [self._new.get(place) or self._cached(place) for place in range(*chunk)]
        missing = [chunk[0] + n for n, part in enumerate(found) if part is None]
        for place, part in zip(missing, self._loaded(missing), strict=True):
            found[place - chunk[0]] = part
        return [part for part in found if part is not None]

    def chunk_before(self, chunk: Chunk) -> str:
        """The chunk of the last index that had the same documents in their places; empty if none.

        What is in them may have changed.
        """
        places = self._places[slice(*chunk)]
        first = int(places[0])
        number = int(np.searchsorted(self._ends, first))
        if first < 0 or number == len(self._chunks) or self._ends[number] != first:
            return ""
        if not np.array_equal(places, np.arange(first, self._ends[number + 1])):
            return ""
        return self._chunks[number]

    def changes(self, chunk: Chunk, share: int) -> list[Change]:
        """The documents of a chunk that have changed in their places.

        None of them if they are more than one in ``share``, or what they were is not known.
        """
        rows = np.flatnonzero(self._old[slice(*chunk)] < 0).tolist()
        if len(rows) * share > chunk[1] - chunk[0]:
            return []
        places = [chunk[0] + row for row in rows]
        before = [self._part_before(int(self._places[place])) for place in places]
        old = [part for part in before if part is not None]
        if len(old) < len(rows):
            return []
        return [Change(*change) for change in zip(rows, old, self._loaded(places), strict=True)]

    def keep(self, chunk: Chunk) -> None:
        """Cache what was asked for of a chunk's documents."""
        for group in groups_of(chunk):
            name = self._documents.identity(group)
            if self._cache.has_parts(name) and self._new.keys().isdisjoint(range(*group)):
                continue
            self._cache.put_parts(name, self.parts(group))
            for place in range(*group):
                self._new.pop(place, None)

    def _cached(self, place: int) -> Part | None:
        """What is cached of a document that is as it was."""
        old = int(self._old[place])
        return self._part_before(old) if old >= 0 else None

    def _part_before(self, place: int) -> Part | None:
        """What is cached of a document of the last index."""
        number = int(np.searchsorted(self._ends, place, side="right")) - 1
        begin, end = int(self._ends[number]), int(self._ends[number + 1])
        row = (place - begin) % GROUP
        parts = self._group_before((place - row, min(place - row + GROUP, end)))
        return None if parts is None else parts[row]

    def _read_group_before(self, group: Chunk) -> list[Part] | None:
        return self._cache.parts(self._before.identity(group))

    def _loaded(self, places: Sequence[int]) -> Sequence[Part]:
        """The parts of documents that have to be loaded."""
        if not places:
            return ()
        if not all(place in self._documents.names for place in places):
            raise UnknownDocumentError
        if self._folder is None:
            self._folder = Folder(self._table)
        self.loaded += len(places)
        loaded = list(parts_of(self._prepared(places), self._folder))
        self._new.update(zip(places, loaded, strict=True))
        return loaded

    def _prepared(self, places: Sequence[int]) -> Iterator[Prepared]:
        names = [self._documents.names[place] for place in places]
        for name, doc in zip(names, self._load(names), strict=True):
            if doc.key != name:
                raise ValueError(f"asked for {name}, got {doc.key}")
            yield Prepared(record_of(doc), same_columns(doc.columns))


def groups_of(chunk: Chunk) -> Iterator[Chunk]:
    """The groups of a chunk's documents."""
    begin, end = chunk
    for place in range(begin, end, GROUP):
        yield place, min(place + GROUP, end)


def _documents_before(state: State | None) -> Documents:
    """The documents of the last index."""
    if state is None:
        nothing = np.zeros(0, np.uint64)
        return Documents(nothing, nothing, np.zeros(0, np.int64), {})
    minutes = np.frombuffer(state.minutes, np.int64)
    return Documents(_words(state.keys), _words(state.digests), minutes, {})


def _unchanged(before: Documents, documents: Documents, places: Numbers) -> Numbers:
    """The places of those documents that are just as they were before; else -1."""
    same = places >= 0
    if len(before.keys):
        there = np.maximum(places, 0)
        same &= before.digests[there] == documents.digests
        same &= before.minutes[there] == documents.minutes
    return np.where(same, places, -1)
