"""Bringing ``output/search/`` to the current state of the archive, at the cost of what changed.

What is there is read from the index itself, so that a missing, cut or outdated one is noticed and
built again. Small archives are always written as a clean build would write them; larger ones get a
small segment for what is new and a list of what is gone, and segments are merged as they grow.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from dangjian.search.bits import Numbers
from dangjian.search.container import HEAD, TAIL, DamagedIndexError, wrap, write_whole
from dangjian.search.documents import SearchDoc, key_hash, record_of, short_digest, same_columns
from dangjian.search.folding import fold_file
from dangjian.search.manifest import (
    FORMAT,
    MANIFEST,
    FoldEntry,
    Manifest,
    SegmentEntry,
    made_with,
    read_manifest,
    write_manifest,
)
from dangjian.search.reader import SegmentReader
from dangjian.search.segment import (
    BuiltSegment,
    Prepared,
    Progress,
    State,
    build_segment,
    silent,
    state_name,
)

CANONICAL_DOCS = 256
"""Up to so many documents the index is always what a clean build writes."""

_LEVELS = (32, 1024, 32_768, 1_048_576)
_OURS = re.compile(r"(fold-[0-9a-f]+\.js|[0-9a-f]{16}-(head\.js|[pt]\d+\.js|state\.bin))\Z")

Load = Callable[[list[str]], Iterable[SearchDoc]]


class IndexReport(Struct, frozen=True):
    """What an update did: names of files in the index folder, and counts of documents."""

    files: tuple[str, ...]
    written: tuple[str, ...]
    removed: tuple[str, ...]
    docs: int
    added: int
    deleted: int
    merged: int

    @property
    def kept(self) -> int:
        """How many files stand as they were."""
        return len(self.files) - len(self.written)


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


def update_index(
    folder: Path,
    current: Mapping[str, bytes],
    load: Load,
    *,
    columns: Mapping[str, str] | None = None,
    progress: Progress = silent,
    prune: bool = True,
    verify: bool = False,
) -> IndexReport:
    """Bring the index in ``folder`` to the documents ``current`` (key to digest of content).

    ``load`` is asked for the documents whose key or digest is new; one it does not give is not
    indexed. ``columns`` are names of column addresses. ``progress`` is told the number of
    documents read so far. Files of the index that no longer belong to it are removed if ``prune``
    (after the manifest that no longer names them is in place). A file of another size than it
    should have is always noticed; with ``verify`` so is one whose content was changed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = _usable_manifest(folder)
    hashes = {key_hash(key): (short_digest(digest), key) for key, digest in current.items()}
    standing = _standing(folder, before, hashes, verify)
    known = {segment.state.key(doc) for segment in standing for doc in segment.live.tolist()}
    new = [key for who, (_, key) in hashes.items() if who not in known]
    absorbed = _to_merge(standing, len(new), len(hashes))
    kept = [s for s in standing if len(s.live) and not any(s is other for other in absorbed)]
    files: dict[str, bytes] = {}
    entries = [segment.entry for segment in kept]
    built = None
    if new or absorbed:
        documents = _documents(absorbed, new, load, hashes)
        built = build_segment(documents, progress)
        if built.entry.docs:
            entries.append(built.entry)
            files |= built.files
    fold = before.fold if before and _fold_stands(folder, before.fold, verify) else _new_fold(files)
    names = [name for segment in kept for name in _names(segment)]
    names += [*(built.files if built and built.entry.docs else ()), fold.file, MANIFEST]
    written = _write(folder, files)
    manifest = _manifest(fold, entries, kept, built, columns or {})
    if write_manifest(folder, manifest):
        written.append(MANIFEST)
    merged = sum(len(segment.live) for segment in absorbed)
    return IndexReport(
        files=tuple(sorted(names)),
        written=tuple(sorted(written)),
        removed=tuple(_prune(folder, set(names)) if prune else ()),
        docs=manifest.docs,
        added=(built.entry.docs - merged if built else 0),
        deleted=(before.docs if before else 0)
        - (manifest.docs - (built.entry.docs - merged if built else 0)),
        merged=merged,
    )


def _usable_manifest(folder: Path) -> Manifest | None:
    try:
        manifest = read_manifest(folder)
    except DamagedIndexError:
        return None
    return manifest if manifest.made == made_with() else None


def _standing(
    folder: Path, manifest: Manifest | None, hashes: Mapping[bytes, tuple[bytes, str]], verify: bool
) -> list[_Standing]:
    """The whole segments of an index, with their documents that are current."""
    sizes = _sizes(folder)
    found: list[_Standing] = []
    for entry in manifest.segments if manifest else ():
        reader = SegmentReader(folder, entry)
        try:
            state = reader.state()
        except DamagedIndexError:
            continue
        if any(sizes.get(f"{entry.id}-{name}") != size for name, (size, _) in state.files.items()):
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


def damaged_files(folder: Path, entry: SegmentEntry, state: State) -> list[str]:
    """Names of a segment's files that are not as they were written."""
    return [
        f"{entry.id}-{name}"
        for name, expected in state.files.items()
        if _size_and_crc(folder / f"{entry.id}-{name}") != tuple(expected)
    ]


def _size_and_crc(path: Path) -> tuple[int, int]:
    try:
        data = path.read_bytes()
    except OSError:
        return (-1, 0)
    return len(data), zlib.crc32(data)


def check_index(folder: Path) -> list[str]:
    """Names of the files of an index that are missing or not as they were written.

    Raises :class:`~dangjian.search.container.DamagedIndexError` if not even the manifest is whole.
    """
    found: list[str] = []
    manifest = read_manifest(folder)
    for entry in manifest.segments:
        try:
            state = SegmentReader(folder, entry).state()
        except DamagedIndexError:
            found.append(state_name(entry.id))
            continue
        found += damaged_files(folder, entry, state)
    if not _fold_stands(folder, manifest.fold, verify=True):
        found.append(manifest.fold.file)
    return found


def _sizes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in folder.iterdir() if path.is_file()}


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


def _names(segment: _Standing) -> list[str]:
    entry = segment.reader.entry
    return [f"{entry.id}-{name}" for name in segment.state.files] + [state_name(entry.id)]


def _fold_stands(folder: Path, fold: FoldEntry, verify: bool) -> bool:
    path = folder / fold.file
    if not path.is_file():
        return False
    if verify:
        return _fold_name(path.read_bytes()) == fold.file
    return path.stat().st_size == len(HEAD) + fold.length + len(TAIL)


def _fold_name(data: bytes) -> str:
    return f"fold-{blake2b(data, digest_size=8).hexdigest()}.js"


def _new_fold(files: dict[str, bytes]) -> FoldEntry:
    payload, exceptions = fold_file()
    data, keys = wrap(payload)
    name = _fold_name(data)
    files[name] = data
    return FoldEntry(name, len(payload), list(keys), exceptions)


def _write(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write what does not stand there already (a name stands for its content)."""
    sizes = _sizes(folder)
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
    names: Mapping[str, str],
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
        fold=fold,
        columns={column: names.get(column, column) for column in sorted(used)},
        docs=sum(entry.docs - len(entry.deleted) for entry in entries),
        units=units,
        segments=entries,
    )


def _prune(folder: Path, names: set[str]) -> list[str]:
    stale = sorted(n for n in _sizes(folder) if _OURS.match(n) and n not in names)
    for name in stale:
        (folder / name).unlink(missing_ok=True)
    return stale


def write_segments(
    folder: Path,
    groups: Sequence[Sequence[Prepared]],
    deleted: AbstractSet[bytes],
    columns: Mapping[str, str],
) -> None:
    """Write an index with one segment for each group of documents, some of them deleted.

    An update never asks for this; it is how tests and measurements get an index with a past.
    """
    standing: list[_Standing] = []
    for group in groups:
        built = build_segment(group)
        _write(folder, built.files)
        reader = SegmentReader(folder, built.entry)
        state = reader.state()
        live = [doc for doc in range(built.entry.docs) if state.key(doc) not in deleted]
        standing.append(_Standing(reader, state, np.array(live, np.int64)))
    files: dict[str, bytes] = {}
    fold = _new_fold(files)
    _write(folder, files)
    entries = [segment.entry for segment in standing]
    write_manifest(folder, _manifest(fold, entries, standing, None, columns))
