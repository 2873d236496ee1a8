"""Bringing an index to the current state of the archive, at the cost of what changed.

What is there is read from the index itself, so that a missing, cut or outdated one is noticed and
built again. Small archives are always written as a clean build would write them; larger ones get a
small segment for what is new and a list of what is gone, and segments are merged as they grow.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set as AbstractSet
from pathlib import Path
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from dangjian.search.bits import Numbers
from dangjian.search.container import DamagedIndexError, wrap, write_whole
from dangjian.search.documents import SearchDoc, key_hash, record_of, same_columns, short_digest
from dangjian.search.folding import fold_file
from dangjian.search.manifest import (
    FORMAT,
    MANIFEST,
    FoldEntry,
    IndexReport,
    Manifest,
    SegmentEntry,
    State,
    damaged_files,
    file_sizes,
    fold_name,
    fold_stands,
    made_with,
    read_state,
    segment_files,
    write_manifest,
)
from dangjian.search.reader import SegmentReader
from dangjian.search.segment import BuiltSegment, Prepared, Progress, build_segment

CANONICAL_DOCS = 256
"""Up to so many documents the index is always what a clean build writes."""

_LEVELS = (32, 1024, 32_768, 1_048_576)
_OURS = re.compile(r"(fold-[0-9a-f]+\.js|[0-9a-f]{16}-(head\.js|[pt]\d+\.js|state\.bin))\Z")

Load = Callable[[list[str]], Iterable[SearchDoc]]


class _Standing(NamedTuple):
    """A segment that is whole, and which of its documents are still current."""

    reader: SegmentReader
    state: State
    live: Numbers

    @property
    def entry(self) -> SegmentEntry:
        return replace(self.reader.entry, deleted=self._deleted())

    def _deleted(self) -> list[int]:
        gone = np.setdiff1d(np.arange(self.reader.entry.docs), self.live)
        return [int(n) for n in np.diff(gone, prepend=0)]


class Task(Struct, frozen=True):
    """What an update is to bring about, and how."""

    current: Mapping[str, bytes]
    load: Load
    columns: Mapping[str, str]
    progress: Progress
    prune: bool
    verify: bool
    digest: str


def apply_update(folder: Path, before: Manifest | None, task: Task) -> IndexReport:
    """Bring an index from what its manifest says to what the task says."""
    hashes = {key_hash(key): (short_digest(digest), key) for key, digest in task.current.items()}
    standing = _standing(folder, before, hashes, task.verify)
    known = {segment.state.key(doc) for segment in standing for doc in segment.live.tolist()}
    new = [key for who, (_, key) in hashes.items() if who not in known]
    absorbed = _to_merge(standing, len(new), len(hashes))
    kept = [s for s in standing if len(s.live) and not any(s is other for other in absorbed)]
    built = build_segment(_documents(absorbed, new, task.load, hashes), task.progress)
    files = dict(built.files) if built.entry.docs else {}
    entries = [segment.entry for segment in kept] + ([built.entry] if files else [])
    fold = before.fold if before and fold_stands(folder, before.fold, task.verify) else None
    fold = fold or _new_fold(files)
    names = {name for s in kept for name in segment_files(s.entry, s.state)}
    names |= {*files, fold.file, MANIFEST}
    manifest = _manifest(fold, entries, kept, built, task)
    written = _write(folder, files)
    if write_manifest(folder, manifest):
        written.append(MANIFEST)
    merged = sum(len(segment.live) for segment in absorbed)
    added = built.entry.docs - merged
    return IndexReport(
        files=tuple(sorted(names)),
        written=tuple(sorted(written)),
        removed=tuple(_prune(folder, names) if task.prune else ()),
        docs=manifest.docs,
        added=added,
        deleted=(before.docs if before else 0) + added - manifest.docs,
        merged=merged,
    )


def _standing(
    folder: Path, manifest: Manifest | None, hashes: Mapping[bytes, tuple[bytes, str]], verify: bool
) -> list[_Standing]:
    """The whole segments of an index, with their documents that are current."""
    sizes = file_sizes(folder)
    found: list[_Standing] = []
    for entry in manifest.segments if manifest else ():
        try:
            state = read_state(folder, entry)
            reader = SegmentReader(folder, entry)
        except DamagedIndexError:
            continue
        if any(sizes.get(n) != size for n, size in segment_files(entry, state).items()):
            continue
        if verify and damaged_files(folder, entry, state):
            continue
        segment = _Standing(reader, state, np.flatnonzero(reader.live))
        live = [
            doc
            for doc in segment.live.tolist()
            if hashes.get(segment.state.key(doc), (b"", ""))[0] == segment.state.digest(doc)
        ]
        found.append(_Standing(reader, state, np.array(live, np.int64)))
    return found


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


def _documents(
    absorbed: Sequence[_Standing],
    new: list[str],
    load: Load,
    hashes: Mapping[bytes, tuple[bytes, str]],
) -> Iterator[Prepared]:
    for segment in absorbed:
        yield from segment_documents(segment.reader, segment.state, segment.live)
    if new:
        for doc in load(new):
            who = key_hash(doc.key)
            digest = hashes[who][0]
            yield Prepared(record_of(doc), same_columns(doc.columns), who, digest)


def segment_documents(reader: SegmentReader, state: State, docs: Numbers) -> Iterator[Prepared]:
    """Documents of a segment as they went into it."""
    columns = [tuple(reader.info.columns[n] for n in members) for members in reader.info.sets]
    for doc in docs.tolist():
        yield Prepared(
            reader.record(doc),
            columns[int(reader.sets[doc])],
            state.key(doc),
            state.digest(doc),
        )


def _new_fold(files: dict[str, bytes]) -> FoldEntry:
    payload, exceptions = fold_file()
    data, keys = wrap(payload)
    name = fold_name(data)
    files[name] = data
    return FoldEntry(name, len(payload), list(keys), exceptions)


def _write(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write what does not stand there already (a name stands for its content)."""
    sizes = file_sizes(folder)
    written = [
        name
        for name, data in files.items()
        if sizes.get(name) != len(data) or (folder / name).read_bytes() != data
    ]
    for name in written:
        write_whole(folder / name, files[name])
    return written


def _manifest(
    fold: FoldEntry,
    entries: list[SegmentEntry],
    kept: Sequence[_Standing],
    built: BuiltSegment | None,
    task: Task,
) -> Manifest:
    used: set[str] = set(built.columns if built else ())
    units = built.units if built else 0
    for segment in kept:
        units += int(segment.reader.sizes[segment.live].sum())
        for number in np.unique(segment.reader.sets[segment.live]).tolist():
            used.update(segment.reader.info.columns[n] for n in segment.reader.info.sets[number])
    entries = sorted(entries, key=lambda entry: (-entry.docs, entry.id))
    return Manifest(
        format=FORMAT,
        made=made_with(),
        current=task.digest,
        fold=fold,
        columns={column: task.columns.get(column, column) for column in sorted(used)},
        docs=sum(entry.docs - len(entry.deleted) for entry in entries),
        units=units,
        segments=entries,
    )


def _prune(folder: Path, names: set[str]) -> list[str]:
    stale = sorted(n for n in file_sizes(folder) if _OURS.match(n) and n not in names)
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
    for group in groups:
        built = build_segment(group)
        _write(folder, built.files)
        reader = SegmentReader(folder, built.entry)
        state = read_state(folder, built.entry)
        live = [doc for doc in range(built.entry.docs) if state.key(doc) not in deleted]
        standing.append(_Standing(reader, state, np.array(live, np.int64)))
    files: dict[str, bytes] = {}
    fold = _new_fold(files)
    _write(folder, files)
    entries = [segment.entry for segment in standing]
    write_manifest(folder, _manifest(fold, entries, standing, None, task))
