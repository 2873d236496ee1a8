"""Bringing an index to the current state of the archive, at the cost of what changed.

The archive is cut into chunks and segments by :mod:`~dangjian.search.builder.partition`. A chunk
that is cached for just these documents is taken as it is, and so is a segment that was made of just
these chunks; the others are made again, from cached parts of documents where these are unchanged.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from dangjian.search.builder.cache import ChunkCache
from dangjian.search.builder.chunks import (
    BuiltChunk,
    Facts,
    Part,
    build_chunk,
    text_digest,
    text_files,
)
from dangjian.search.builder.members import (
    Documents,
    PartSource,
    Task,
    changed_documents,
    documents_of,
)
from dangjian.search.builder.partition import Chunk, partition
from dangjian.search.builder.phrases import phrase_writer
from dangjian.search.builder.segments import build_segment, units_in
from dangjian.search.builder.state import (
    FileNote,
    IndexReport,
    SegmentNote,
    State,
    checked,
    note_of,
    write_state,
)
from dangjian.search.builder.threads import in_threads
from dangjian.search.format.container import unwrap, wrap, write_whole
from dangjian.search.format.folding import fold_file, read_fold_file, simplified
from dangjian.search.format.lists import Lists
from dangjian.search.format.manifest import (
    FORMAT,
    MANIFEST,
    FoldEntry,
    Manifest,
    TokensEntry,
    manifest_bytes,
    named_by_content,
    text_name,
)
from dangjian.search.format.tokens import tokens_payload

# Some of these are what earlier versions wrote.
_OURS = re.compile(
    r"((fold|tokens|text)-[0-9a-f]+\.js|[0-9a-f]{16}-(head\.js|[pt]\d+\.js|state\.bin))\Z"
)


def apply_update(folder: Path, cache: Path, state: State | None, task: Task) -> IndexReport:
    """Bring an index to the documents of a task."""
    return _Update(folder, cache, state, task).run(documents_of(task))


def apply_change(folder: Path, cache: Path, state: State, task: Task) -> IndexReport | None:
    """Bring an index to a task that names some of its documents, all others being current.

    None if the index has not all of these documents.
    """
    documents = changed_documents(state, task)
    return _Update(folder, cache, state, task).run(documents) if documents else None


class _Shared(NamedTuple):
    """The files that all segments share, and the table of traditional characters."""

    table: Mapping[str, str]
    fold: FoldEntry
    tokens: TokensEntry


class _Update:
    """One update of an index: ``_before`` are the files that are whole, ``_files`` those needed."""

    def __init__(self, folder: Path, cache: Path, state: State | None, task: Task) -> None:
        self._folder = folder
        self._cache_folder = cache
        self._cache = ChunkCache(cache)
        self._state = state
        self._task = task
        self._before = checked(folder, state.files) if state else {}
        self._files: dict[str, FileNote] = {}
        self._written: list[str] = []

    def run(self, documents: Documents) -> IndexReport:
        """Make what is missing, then the manifest, then remove what is no longer needed."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._cache_folder.mkdir(parents=True, exist_ok=True)
        shared = self._share()
        source = PartSource(self._state, self._cache, documents, self._task, shared.table)
        segments = partition(documents.keys)
        ids = {chunk: documents.identity(chunk) for segment in segments for chunk in segment}
        notes = {note.inputs: note for note in self._state.segments} if self._state else {}
        known = [notes.get(_inputs(ids, segment)) for segment in segments]
        done = [note if note and self._take(note.files) else None for note in known]
        again = [s for s, note in zip(segments, done, strict=True) if note is None]
        self._make_chunks(
            [chunk for segment in again for chunk in segment if not self._is_ready(ids[chunk])],
            ids,
            source,
        )
        made = [
            note or self._segment(ids, segment)
            for segment, note in zip(segments, done, strict=True)
        ]
        manifest = _manifest(made, shared, self._task.columns)
        self._put(MANIFEST, manifest_bytes(manifest))
        state = State(
            covered=self._task.covered or documents.covered(self._task.columns),
            minutes=documents.minutes.tobytes(),
            keys=documents.key_bytes(),
            digests=documents.digest_bytes(),
            chunks=[(ids[chunk], chunk[1] - chunk[0]) for segment in segments for chunk in segment],
            segments=made,
            fold=shared.fold,
            tokens=shared.tokens,
            files=self._files,
        )
        write_state(self._cache_folder, state)
        removed = self._prune()
        self._cache.keep_only(set(ids.values()))
        return IndexReport(
            files=tuple(sorted(self._files)),
            written=tuple(sorted(self._written)),
            removed=tuple(removed),
            docs=manifest.docs,
            loaded=source.loaded,
        )

    def _take(self, names: Sequence[str]) -> bool:
        """Whether some files of the last index are whole; if so they are in the new one too."""
        whole = all(name in self._before for name in names)
        if whole:
            self._files.update({name: self._before[name] for name in names})
        return whole

    def _put(self, name: str, data: bytes) -> None:
        """Have a file with this content."""
        path = self._folder / name
        if not _holds(path, data):
            write_whole(path, data)
            self._written.append(name)
        self._files[name] = note_of(path, data)

    def _share(self) -> _Shared:
        """Have the files of tokens and of traditional characters."""
        payload = tokens_payload(phrase_writer().tokens)
        data, keys = wrap(payload)
        tokens = TokensEntry(named_by_content("tokens", data), len(payload), list(keys))
        self._put(tokens.file, data)
        if self._state and self._take([self._state.fold.file]):
            # Loading OpenCC takes longer than adding an article.
            fold = self._state.fold
            payload = unwrap((self._folder / fold.file).read_bytes(), bytes(fold.keys))
            return _Shared(read_fold_file(payload), fold, tokens)
        payload, exceptions = fold_file()
        data, keys = wrap(payload)
        fold = FoldEntry(named_by_content("fold", data), len(payload), list(keys), exceptions)
        self._put(fold.file, data)
        return _Shared(simplified(), fold, tokens)

    def _is_ready(self, chunk: str) -> bool:
        """Whether a chunk is cached and its text files are whole."""
        facts = self._cache.facts(chunk)
        return facts is not None and self._take(_text_names(facts))

    def _make_chunks(
        self, chunks: Sequence[Chunk], ids: Mapping[Chunk, str], source: PartSource
    ) -> None:
        """Make chunks and their text files, and cache them."""

        def tasks() -> Iterator[partial[tuple[list[Part], BuiltChunk]]]:
            for chunk in chunks:
                yield partial(_built, source.parts(chunk))

        for chunk, (parts, built) in zip(chunks, in_threads(tasks(), 1), strict=True):
            for text in text_files(parts):
                self._put(text_name(text_digest(text.payload)), wrap(text.payload)[0])
            self._cache.put(ids[chunk], parts, built)

    def _segment(self, ids: Mapping[Chunk, str], segment: Sequence[Chunk]) -> SegmentNote:
        """Make a segment of chunks that are cached."""
        facts: list[Facts] = []
        lists: list[Lists] = []
        for chunk in segment:
            said, listed = self._cache.facts(ids[chunk]), self._cache.lists(ids[chunk])
            if said is None or listed is None:
                raise OSError(f"{self._cache_folder}: what was written can't be read")
            facts.append(said)
            lists.append(listed)
        built = build_segment(facts, lists)
        for name, data in built.files.items():
            self._put(name, data)
        columns = {column for said in facts for members in said.columns for column in members}
        return SegmentNote(
            inputs=_inputs(ids, segment),
            entry=built.entry,
            files=[*built.files, *(name for said in facts for name in _text_names(said))],
            units=units_in(facts),
            columns=sorted(columns),
        )

    def _prune(self) -> list[str]:
        """Remove files of an index that are not of this one."""
        stale = sorted(
            path.name
            for path in self._folder.iterdir()
            if _OURS.match(path.name) and path.name not in self._files
        )
        for name in stale:
            (self._folder / name).unlink(missing_ok=True)
        return stale


def _built(parts: list[Part]) -> tuple[list[Part], BuiltChunk]:
    return parts, build_chunk(parts)


def _holds(path: Path, data: bytes) -> bool:
    """Whether a file has just this content."""
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def _text_names(facts: Facts) -> list[str]:
    return [text_name(digest) for digest, _, _, _ in facts.texts]


def _inputs(ids: Mapping[Chunk, str], segment: Iterable[Chunk]) -> str:
    """Stands for the chunks of a segment."""
    joined = " ".join(ids[chunk] for chunk in segment)
    return blake2b(joined.encode(), digest_size=16).hexdigest()


def _manifest(
    segments: Sequence[SegmentNote], shared: _Shared, columns: Mapping[str, str]
) -> Manifest:
    used = sorted({column for note in segments for column in note.columns})
    return Manifest(
        format=FORMAT,
        fold=shared.fold,
        tokens=shared.tokens,
        columns={column: columns.get(column, column) for column in used},
        docs=sum(note.entry.docs for note in segments),
        units=sum(note.units for note in segments),
        segments=[note.entry for note in segments],
    )
