"""Bringing an index to the current state of the archive, at the cost of what changed.

What is there is read from the index itself, so that a missing, cut or outdated one is noticed and
built again. Small archives are always written as a clean build would write them; larger ones get a
small segment for what is new and a list of what is gone, and segments are merged as they grow.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set as AbstractSet
from heapq import nsmallest
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from msgspec.structs import replace

from dangjian.search.builder.drafts import Drafts
from dangjian.search.builder.gathering import Prepared
from dangjian.search.builder.learning import SAMPLE
from dangjian.search.builder.segment_builder import BuiltSegment, build_segment
from dangjian.search.format.bits import Numbers
from dangjian.search.format.container import DamagedIndexError, unwrap, wrap, write_whole
from dangjian.search.format.documents import (
    SearchDoc,
    key_hash,
    record_of,
    same_columns,
    short_digest,
)
from dangjian.search.format.folding import fold_file, read_fold_file, simplified
from dangjian.search.format.manifest import (
    FORMAT,
    MANIFEST,
    FoldEntry,
    IndexReport,
    Manifest,
    SegmentEntry,
    State,
    covered,
    damaged_files,
    file_sizes,
    fold_name,
    made_with,
    read_state,
    segment_files,
    write_manifest,
)
from dangjian.search.format.segment import SegmentReader

CANONICAL_DOCS = 256
"""Up to so many documents the index is always what a clean build writes."""

_LEVELS = (32, 1024, 32_768, 1_048_576)
_OURS = re.compile(r"(fold-[0-9a-f]+\.js|[0-9a-f]{16}-(head\.js|[pt]\d+\.js|state\.bin))\Z")

Load = Callable[[list[str]], Iterable[SearchDoc]]
_Hashes = npt.NDArray[np.uint64]


class _Standing(NamedTuple):
    """A segment that is whole, and which of its documents are still current."""

    reader: SegmentReader
    state: State
    files: dict[str, int]
    live: Numbers

    @property
    def entry(self) -> SegmentEntry:
        return replace(self.reader.entry, deleted=self._deleted())

    def _deleted(self) -> list[int]:
        there = np.ones(self.reader.entry.docs, bool)
        there[self.live] = False
        gone = np.flatnonzero(there)
        return [int(n) for n in np.diff(gone, prepend=0)]


class _Segment(NamedTuple):
    """A segment that is whole, whatever has become of its documents."""

    reader: SegmentReader
    state: State
    files: dict[str, int]


class _Current:
    """The documents there are to be: eight bytes of the key and of the digest of each.

    ``names`` are the keys of those, by their places, that may be new.
    """

    def __init__(
        self, hashes: _Hashes, digests: _Hashes, names: Sequence[str] | Mapping[int, str]
    ) -> None:
        self._names = names
        self._order = np.argsort(hashes)
        self._hashes, self._digests = hashes[self._order], digests[self._order]
        self._found = np.zeros(len(hashes), bool)

    def __len__(self) -> int:
        return len(self._hashes)

    def pairs(self) -> Iterator[bytes]:
        """Key and digest of each."""
        pairs = np.stack((self._hashes, self._digests), axis=1).astype("<u8").tobytes()
        return (pairs[n : n + 16] for n in range(0, len(pairs), 16))

    def still(self, state: State, live: npt.NDArray[np.bool_]) -> Numbers:
        """The documents of a segment that are current."""
        if not len(self):
            return np.zeros(0, np.int64)
        hashes, digests = _hashes(state.keys), _hashes(state.digests)
        place = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        same = live & (self._hashes[place] == hashes) & (self._digests[place] == digests)
        self._found[place[same]] = True
        return np.flatnonzero(same)

    def missing(self) -> list[str]:
        """The keys of the documents that no segment had."""
        return [self._names[n] for n in np.sort(self._order[~self._found]).tolist()]


def _hashes(data: bytes) -> _Hashes:
    return np.frombuffer(data, "<u8").astype(np.uint64)


def _hashes_of(documents: Mapping[str, bytes]) -> tuple[_Hashes, _Hashes]:
    keys = b"".join([key_hash(key) for key in documents])
    return _hashes(keys), _hashes(b"".join(map(short_digest, documents.values())))


class Task(Struct, frozen=True):
    """What an update is to bring about, and how.

    ``current`` are the documents (key to digest) that there are to be, or that have changed.
    """

    current: Mapping[str, bytes]
    load: Load
    columns: Mapping[str, str]
    prune: bool = True
    verify: bool = False


class _Folding(NamedTuple):
    """The table of traditional characters, and the fold file with its line in the manifest."""

    table: Mapping[str, str]
    entry: FoldEntry
    data: bytes


def apply_update(folder: Path, before: Manifest | None, task: Task) -> IndexReport:
    """Bring an index from what its manifest says to what the task says."""
    sizes = file_sizes(folder)
    segments = _segments(folder, sizes, before, task.verify)
    current = _Current(*_hashes_of(task.current), list(task.current))
    return _apply(folder, sizes, before, segments, current, task)


def apply_change(folder: Path, before: Manifest, task: Task) -> IndexReport | None:
    """Bring an index to what the task says of some of its documents, all others being current.

    None if the index is not whole, or has not all of these documents.
    """
    sizes = file_sizes(folder)
    segments = _segments(folder, sizes, before, task.verify)
    if len(segments) < len(before.segments):
        return None
    live = [segment.reader.live for segment in segments]
    states = [segment.state for segment in segments]
    hashes = _joined([_hashes(s.keys)[there] for s, there in zip(states, live, strict=True)])
    digests = _joined([_hashes(s.digests)[there] for s, there in zip(states, live, strict=True)])
    changed, new = _hashes_of(task.current)
    order = np.argsort(hashes)
    places = np.searchsorted(hashes, changed, sorter=order)
    if len(changed) and (not len(order) or places.max() == len(order)):
        return None
    places = order[places]
    if not np.array_equal(hashes[places], changed):
        return None
    digests[places] = new
    names = dict(zip(places.tolist(), task.current, strict=True))
    return _apply(folder, sizes, before, segments, _Current(hashes, digests, names), task)


def _joined(parts: Sequence[_Hashes]) -> _Hashes:
    return np.concatenate(parts) if parts else np.zeros(0, np.uint64)


def _apply(
    folder: Path,
    sizes: Mapping[str, int],
    before: Manifest | None,
    segments: Sequence[_Segment],
    current: _Current,
    task: Task,
) -> IndexReport:
    standing = [_Standing(*s, current.still(s.state, s.reader.live)) for s in segments]
    new = current.missing()
    absorbed = _to_merge(standing, len(new), len(current))
    kept = [s for s in standing if len(s.live) and not any(s is other for other in absorbed)]
    folding = _folding(folder, before)
    written = [folding.entry.file] if _write(folder, sizes, folding) else []
    with Drafts(folder) as drafts:
        documents = _documents(absorbed, new, task)
        built = build_segment(documents, folding.table, drafts)
        if built:
            written += drafts.settle(f"{built.entry.id}-", sizes)
    digest = covered(current.pairs(), task.columns)
    manifest = _manifest(folding.entry, kept, built, task, digest)
    if write_manifest(folder, manifest):
        written.append(MANIFEST)
    names = {name for s in kept for name in s.files} | {folding.entry.file, MANIFEST}
    names.update(built.files if built else ())
    merged = sum(len(segment.live) for segment in absorbed)
    added = (built.entry.docs if built else 0) - merged
    return IndexReport(
        files=tuple(sorted(names)),
        written=tuple(sorted(written)),
        removed=tuple(_prune(folder, sizes, names) if task.prune else ()),
        docs=manifest.docs,
        added=added,
        deleted=(before.docs if before else 0) + added - manifest.docs,
        merged=merged,
    )


def _segments(
    folder: Path, sizes: Mapping[str, int], manifest: Manifest | None, verify: bool
) -> list[_Segment]:
    """The segments of an index that are whole."""
    found: list[_Segment] = []
    for entry in manifest.segments if manifest else ():
        try:
            state = read_state(folder, entry)
            reader = SegmentReader(folder, entry)
        except DamagedIndexError:
            continue
        files = segment_files(entry, state)
        if any(sizes.get(n) != size for n, size in files.items()):
            continue
        if verify and damaged_files(folder, entry, state):
            continue
        found.append(_Segment(reader, state, files))
    return found


def _folding(folder: Path, before: Manifest | None) -> _Folding:
    """The fold file that stands, if it is whole; otherwise a new one, by OpenCC."""
    if before:
        try:
            data = (folder / before.fold.file).read_bytes()
        except OSError:
            data = b""
        if fold_name(data) == before.fold.file:
            payload = unwrap(data, bytes(before.fold.keys))
            return _Folding(read_fold_file(payload), before.fold, data)
    payload, exceptions = fold_file()
    data, keys = wrap(payload)
    entry = FoldEntry(fold_name(data), len(payload), list(keys), exceptions)
    return _Folding(simplified(), entry, data)


def _write(folder: Path, sizes: Mapping[str, int], folding: _Folding) -> bool:
    """Write the fold file unless it stands there; whether it was written."""
    path = folder / folding.entry.file
    if sizes.get(path.name) == len(folding.data) and path.read_bytes() == folding.data:
        return False
    write_whole(path, folding.data)
    return True


def _to_merge(standing: Sequence[_Standing], new: int, total: int) -> list[_Standing]:
    """The segments whose documents go into the new one.

    Each level holds one segment; what does not fit a level goes up, taking the level's segment
    along. A segment of which a quarter is gone is written anew.
    """
    if total <= CANONICAL_DOCS:
        whole = len(standing) == 1 and len(standing[0].live) == standing[0].reader.entry.docs
        return [] if new == 0 and (whole or not standing) else list(standing)
    worn = [s for s in standing if len(s.live) and len(s.live) * 4 < s.reader.entry.docs * 3]
    if new == 0 and not worn:
        return []
    absorbed = worn
    size = new + sum(len(segment.live) for segment in worn)
    for segment in sorted(standing, key=lambda s: len(s.live)):
        if any(segment is other for other in absorbed) or not len(segment.live):
            continue
        if _level(len(segment.live)) <= _level(size):
            absorbed.append(segment)
            size += len(segment.live)
    return absorbed


def _level(size: int) -> int:
    return sum(size > limit for limit in _LEVELS)


def _documents(absorbed: Sequence[_Standing], new: list[str], task: Task) -> Iterator[Prepared]:
    """The documents of the new segment, those of least key first (:meth:`Gathered.read`)."""
    keys = [segment.state.key(doc) for segment in absorbed for doc in segment.live.tolist()]
    hashes = {key: key_hash(key) for key in new}
    least = set(nsmallest(SAMPLE, [*keys, *hashes.values()]))
    for first in (True, False):
        for segment in absorbed:
            chosen = [d for d in segment.live.tolist() if (segment.state.key(d) in least) is first]
            yield from segment_documents(segment.reader, segment.state, chosen)
        wanted = [key for key, hashed in hashes.items() if (hashed in least) is first]
        for doc in task.load(wanted) if wanted else ():
            digest = short_digest(task.current[doc.key])
            yield Prepared(record_of(doc), same_columns(doc.columns), hashes[doc.key], digest)


def segment_documents(
    reader: SegmentReader, state: State, docs: Iterable[int]
) -> Iterator[Prepared]:
    """Documents of a segment as they went into it."""
    columns = [tuple(reader.info.columns[n] for n in members) for members in reader.info.sets]
    for doc in docs:
        yield Prepared(
            reader.record(doc),
            columns[int(reader.sets[doc])],
            state.key(doc),
            state.digest(doc),
        )


def _manifest(
    fold: FoldEntry,
    kept: Sequence[_Standing],
    built: BuiltSegment | None,
    task: Task,
    digest: str,
) -> Manifest:
    used: set[str] = set(built.columns if built else ())
    units = built.units if built else 0
    for segment in kept:
        units += int(segment.reader.sizes[segment.live].sum())
        for number in set(segment.reader.sets[segment.live].tolist()):
            used.update(segment.reader.info.columns[n] for n in segment.reader.info.sets[number])
    entries = [segment.entry for segment in kept] + ([built.entry] if built else [])
    entries.sort(key=lambda entry: (-entry.docs, entry.id))
    return Manifest(
        format=FORMAT,
        made=made_with(),
        current=digest,
        fold=fold,
        columns={column: task.columns.get(column, column) for column in sorted(used)},
        docs=sum(entry.docs - len(entry.deleted) for entry in entries),
        units=units,
        segments=entries,
    )


def _prune(folder: Path, sizes: Mapping[str, int], names: set[str]) -> list[str]:
    stale = sorted(name for name in sizes if _OURS.match(name) and name not in names)
    for name in stale:
        (folder / name).unlink(missing_ok=True)
    return stale


def write_segments(
    folder: Path,
    groups: Sequence[Sequence[Prepared]],
    deleted: AbstractSet[bytes],
    task: Task,
) -> None:
    """Write an index with one segment for each group of documents, some of them deleted.

    An update never asks for this; it is how tests and measurements get an index with a past.
    """
    standing: list[_Standing] = []
    folding = _folding(folder, None)
    _write(folder, {}, folding)
    for group in groups:
        by_key = sorted(group, key=lambda document: document.key)
        with Drafts(folder) as drafts:
            built = build_segment(by_key, folding.table, drafts)
            if built is None:
                continue
            drafts.settle(f"{built.entry.id}-", {})
        reader = SegmentReader(folder, built.entry)
        state = read_state(folder, built.entry)
        live = [doc for doc in range(built.entry.docs) if state.key(doc) not in deleted]
        standing.append(_Standing(reader, state, built.files, np.array(live, np.int64)))
    write_manifest(folder, _manifest(folding.entry, standing, None, task, ""))
