"""Bringing an index to the current state of the archive, at the cost of what changed.

The archive is cut into chunks and segments by :mod:`~dangjian.search.builder.partition`. A chunk
that is cached for just these documents is taken as it is, and so is a segment that was made of just
these chunks; the others are made again, from cached parts of documents where these are unchanged.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from dangjian.search.builder.cache import ChunkCache
from dangjian.search.builder.changed_shards import ChangedLists
from dangjian.search.builder.making import MadeChunk, chunks_of, text_names
from dangjian.search.builder.members import (
    Documents,
    PartSource,
    Task,
    changed_documents,
    documents_of,
    groups_of,
)
from dangjian.search.builder.partition import Chunk, partition
from dangjian.search.builder.phrases import phrase_writer
from dangjian.search.builder.segments import Before, build_segment, units_in
from dangjian.search.builder.state import (
    FileNote,
    IndexReport,
    SegmentNote,
    State,
    checked,
    made_with,
    note_of,
    write_state,
)
from dangjian.search.format.container import unwrap, wrap, write_whole
from dangjian.search.format.folding import fold_file, read_fold_file, simplified
from dangjian.search.format.lists import Lists
from dangjian.search.format.manifest import (
    FORMAT,
    MANIFEST,
    FoldEntry,
    Info,
    Manifest,
    SharedNames,
    TokensEntry,
    head_name,
    manifest_bytes,
    named_by_content,
    shards_name,
    steps_to,
)
from dangjian.search.format.tokens import tokens_payload

# Some of these are what earlier versions wrote.
_OURS = re.compile(
    r"((fold|tokens|text|head|shards)-[0-9a-f]+\.js|[0-9a-f]{16}-(head\.js|[pt]\d+\.js|state\.bin))\Z"
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
        made = [self._segment(segment, ids, source) for segment in segments]
        manifest = _manifest(made, shared, self._task.columns)
        self._put(MANIFEST, manifest_bytes(manifest))
        state = State(
            made=made_with(),
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
        groups = {documents.identity(group) for chunk in ids for group in groups_of(chunk)}
        self._cache.keep_only(groups.union(ids.values()))
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

    def _put_named(self, name: str, data: bytes) -> None:
        """Have a file that is named by its content."""
        if not self._take([name]):
            self._put(name, data)

    def _share(self) -> _Shared:
        """Have the files of tokens and of traditional characters."""
        tokens = self._tokens()
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

    def _tokens(self) -> TokensEntry:
        """Have the file of tokens."""
        state = self._state
        if state and state.made == made_with() and self._take([state.tokens.file]):
            return state.tokens
        payload = tokens_payload(phrase_writer().table.tokens())
        data, keys = wrap(payload)
        entry = TokensEntry(named_by_content("tokens", data), len(payload), list(keys))
        self._put(entry.file, data)
        return entry

    def _segment(
        self, segment: Sequence[Chunk], ids: Mapping[Chunk, str], source: PartSource
    ) -> SegmentNote:
        """Have a segment: as it is, or made of its chunks."""
        names = [ids[chunk] for chunk in segment]
        for note in self._state.segments if self._state else ():
            if note.chunks == names and self._take(note.files):
                return note
        made = chunks_of(segment, names, source, self._cache, self._take, self._put_named)
        facts = [chunk.facts for chunk in made]
        texts = [name for said in facts for name in text_names(said)]
        before = self._before_change(names, made)

        def lists() -> list[Lists]:
            """Those of the chunks, which nobody else keeps: they take most memory."""
            return [made.pop(0).lists() for _ in names]

        built = build_segment(facts, lists, self._put_named, before)
        shards = [shards_name(digest) for digest, _ in built.shards.files]
        for name in shards:
            self._take([name])
        return SegmentNote(
            chunks=names,
            entry=built.entry,
            info=built.info,
            shards=built.shards,
            files=[head_name(built.entry.id), *shards, *texts],
            units=units_in(facts),
        )

    def _before_change(self, names: Sequence[str], made: Sequence[MadeChunk]) -> Before | None:
        """The segment of the last index in which only some lists of these chunks are other ones."""
        chunks = [chunk.before or name for name, chunk in zip(names, made, strict=True)]
        for note in self._state.segments if self._state else ():
            files = [shards_name(digest) for digest, _ in note.shards.files]
            if note.chunks == chunks and all(name in self._before for name in files):
                changes = [
                    ChangedLists(number, chunk.patched.terms, chunk.patched.made)
                    for number, chunk in enumerate(made)
                    if chunk.patched
                ]
                return Before(note.shards, changes, self._payload)
        return None

    def _payload(self, name: str, keys: bytes) -> bytes:
        return unwrap((self._folder / name).read_bytes(), keys)

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


def _holds(path: Path, data: bytes) -> bool:
    """Whether a file has just this content."""
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def _manifest(
    segments: Sequence[SegmentNote], shared: _Shared, columns: Mapping[str, str]
) -> Manifest:
    infos = [note.info for note in segments]
    addresses = sorted({column for info in infos for column in info.columns})
    types = sorted({name for info in infos for name in info.types})
    sources = sorted({name for info in infos for name in info.sources})

    def shared_names(info: Info) -> SharedNames:
        return SharedNames(
            steps_to(info.columns, addresses),
            info.sets,
            steps_to(info.types, types),
            steps_to(info.sources, sources),
        )

    return Manifest(
        format=FORMAT,
        fold=shared.fold,
        tokens=shared.tokens,
        columns=[(column, columns.get(column, column)) for column in addresses],
        types=types,
        sources=sources,
        docs=sum(note.entry.docs for note in segments),
        units=sum(note.units for note in segments),
        segments=[replace(note.entry, names=shared_names(note.info)) for note in segments],
    )
