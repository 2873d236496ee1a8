"""Reading an index: the same files, by the same rules, as the browser (docs/search-format.md)."""

from collections import OrderedDict
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dangjian.search.format.bits import Numbers, read_varints, starts_of
from dangjian.search.format.container import (
    DIGEST_BYTES,
    DamagedIndexError,
    inflate,
    keys_of,
    read_payload,
)
from dangjian.search.format.directory import (
    LENGTH_BYTES,
    SHARD_STEP,
    ListSpan,
    directory_span,
    list_parts,
    parse_directory,
)
from dangjian.search.format.documents import Record, record_from
from dangjian.search.format.lists import (
    BODY,
    CLASS_SIZES,
    class_width,
    decode_documents,
    decode_positions,
    shard_of,
)
from dangjian.search.format.manifest import (
    Info,
    Manifest,
    SegmentEntry,
    TokensEntry,
    head_name,
    read_manifest,
    shards_name,
    text_name,
)
from dangjian.search.format.tokens import RECORD_STEP, STEPS, TokenReader, read_tokens

_SHARDS_KEPT = 64
_CLASSES = 100


class Postings(NamedTuple):
    """One term in one field: documents, frequencies, and positions if they were asked for."""

    field: int
    docs: Numbers
    freqs: Numbers
    positions: Numbers | None


class _Shards(NamedTuple):
    """Bytes of each shard; of each file its digest, its keys."""

    lengths: Numbers
    digests: list[bytes]
    keys: list[bytes]


class _Texts(NamedTuple):
    """Of each text file: its first document, the digest it is named by, its keys.

    ``lengths`` are the bytes of each document's record.
    """

    first: Numbers
    digests: list[bytes]
    keys: list[bytes]
    lengths: Numbers


class SegmentReader:
    """One segment of an index on disk; sections are read when they are first asked for."""

    def __init__(
        self, folder: Path, entry: SegmentEntry, info: Info, tokens: "IndexTokens"
    ) -> None:
        self.folder = folder
        self.entry = entry
        self.info = info
        self._tokens = tokens
        self._chunk_starts = starts_of(np.array(entry.chunks, np.int64))
        self._directories: OrderedDict[int, dict[tuple[int, int], list[ListSpan]]] = OrderedDict()

    def _section(self, name: str) -> bytes:
        start, length = self.entry.section(name)
        if start < 0 or length < 0 or start + length > self.entry.length:
            raise DamagedIndexError("索引的目录不完整")
        path = self.folder / head_name(self.entry.id)
        return read_payload(path, bytes(self.entry.keys), start, length)

    def _inflated(self, name: str) -> bytes:
        try:
            return inflate(self._section(name))
        except ValueError as error:
            raise DamagedIndexError("索引的文件头不完整") from error

    def _column(self, name: str, kinds: int) -> Numbers:
        data, docs = self._inflated(name), self.entry.docs
        if len(data) != docs * (1 if kinds <= 256 else 2):
            raise DamagedIndexError("索引的文件头不完整")
        values = _from_planes(data, docs)
        if len(values) and int(values.max()) >= kinds:
            raise DamagedIndexError("索引的文件头不完整")
        return values

    @cached_property
    def classes(self) -> Numbers:
        """Length class of each document."""
        return self._column("lengths", _CLASSES)

    @cached_property
    def widths(self) -> Numbers:
        """Bits of a position in each document's body."""
        return np.array([class_width(c) for c in range(_CLASSES)], np.int64)[self.classes]

    @cached_property
    def sizes(self) -> Numbers:
        """Class size of each document's body."""
        return CLASS_SIZES[self.classes]

    @cached_property
    def days(self) -> Numbers:
        """Day of each document (0001-01-01 is 1)."""
        try:
            steps = read_varints(self._inflated("days"))
        except ValueError as error:
            raise DamagedIndexError("索引的文件头不完整") from error
        if len(steps) != self.entry.docs:
            raise DamagedIndexError("索引的文件头不完整")
        return np.cumsum(steps)

    @cached_property
    def sets(self) -> Numbers:
        """Number of each document's set of columns."""
        return self._column("columns", len(self.info.sets))

    @cached_property
    def types(self) -> Numbers:
        """Number of each document's type."""
        return self._column("types", len(self.info.types))

    @cached_property
    def sources(self) -> Numbers:
        """Number of each document's source."""
        return self._column("sources", len(self.info.sources))

    @cached_property
    def _texts(self) -> _Texts:
        data, count = self._inflated("texts"), self.entry.texts
        fixed = count * (2 + DIGEST_BYTES)
        if len(data) < fixed:
            raise DamagedIndexError("索引的文件头不完整")
        counts = _from_planes(data[: count * 2], count)
        digests = _digests(data[count * 2 : fixed])
        lengths = self._record_lengths()
        if int(counts.sum()) != self.entry.docs or not counts.all():
            raise DamagedIndexError("索引的文件头不完整")
        first = starts_of(counts)
        keys, end = _keys(data, fixed, np.add.reduceat(lengths, first).tolist() if count else [])
        if end != len(data):
            raise DamagedIndexError("索引的文件头不完整")
        return _Texts(first, digests, keys, lengths)

    def _record_lengths(self) -> Numbers:
        """The bytes of each record."""
        data = self._inflated("records")
        if len(data) != self.entry.docs * 3:
            raise DamagedIndexError("索引的文件头不完整")
        steps = _from_planes(data, self.entry.docs) + self.sizes // RECORD_STEP
        return steps % STEPS * RECORD_STEP

    @cached_property
    def _shards(self) -> _Shards:
        data = self._inflated("shards")
        shards, per_file = self.entry.shards, self.entry.per_file
        if len(data) < shards * 3:
            raise DamagedIndexError("索引的文件头不完整")
        lengths = _from_planes(data[: shards * 3], shards) * SHARD_STEP
        files = np.add.reduceat(lengths, np.arange(0, shards, per_file)).tolist()
        fixed = shards * 3 + len(files) * DIGEST_BYTES
        digests = _digests(data[shards * 3 : fixed])
        keys, end = _keys(data, fixed, files)
        if end != len(data):
            raise DamagedIndexError("索引的文件头不完整")
        return _Shards(lengths, digests, keys)

    def record(self, doc: int) -> Record:
        """All that is stored of a document's text."""
        texts = self._texts
        number = int(np.searchsorted(texts.first, doc, side="right")) - 1
        before = int(texts.lengths[texts.first[number] : doc].sum())
        path = self.folder / text_name(texts.digests[number])
        data = read_payload(path, texts.keys[number], before, int(texts.lengths[doc]))
        try:
            return record_from(self._tokens.reader.text(data[1:]))
        except (ValueError, IndexError) as error:
            raise DamagedIndexError(f"索引文件 {path.name} 不完整") from error

    def places(self, a: int, b: int) -> list[ListSpan]:
        """The lists of a term, in the order of the fields."""
        shard = int(shard_of(np.array([a]), np.array([b]), self.entry.shards)[0])
        return self._directory(shard).get((a, b), [])

    def _directory(self, shard: int) -> dict[tuple[int, int], list[ListSpan]]:
        known = self._directories.get(shard)
        if known is None:
            known = self._read_directory(shard)
            self._directories[shard] = known
            if len(self._directories) > _SHARDS_KEPT:
                self._directories.popitem(last=False)
        return known

    def _payload(self, shard: int, start: int, length: int) -> bytes:
        file, rest = divmod(shard, self.entry.per_file)
        before = int(self._shards.lengths[shard - rest : shard].sum())
        path = self.folder / shards_name(self._shards.digests[file])
        return read_payload(path, self._shards.keys[file], before + start, length)

    def _read_directory(self, shard: int) -> dict[tuple[int, int], list[ListSpan]]:
        length = min(LENGTH_BYTES, int(self._shards.lengths[shard]))
        try:
            begin, end = directory_span(self._payload(shard, 0, length))
            values = read_varints(inflate(self._payload(shard, begin, end - begin)))
            return parse_directory(values.tolist(), end)
        except (ValueError, IndexError) as error:
            raise DamagedIndexError("索引文件不完整") from error

    def postings(self, a: int, b: int, with_positions: bool) -> list[Postings]:
        """The lists of a term, in the order of the fields."""
        shard = int(shard_of(np.array([a]), np.array([b]), self.entry.shards)[0])
        return [self._list(shard, place, with_positions) for place in self.places(a, b)]

    def _list(self, shard: int, place: ListSpan, with_positions: bool) -> Postings:
        placed = with_positions and not place.plain
        try:
            data = self._payload(shard, place.doc_at, place.doc_bytes)
            positions = self._payload(shard, place.pos_at, place.pos_bytes) if placed else b""
            return self._joined(place, data, positions, placed)
        except ValueError as error:
            raise DamagedIndexError("索引文件不完整") from error

    def _joined(self, place: ListSpan, data: bytes, positions: bytes, placed: bool) -> Postings:
        """One list, from its parts in each chunk."""
        docs, freqs, found = ([np.zeros(0, np.int64)] for _ in range(3))
        at = pos_at = 0
        for part, at in list_parts(data, place, len(self.entry.chunks)):
            size = self.entry.chunks[part.chunk]
            here, counts = decode_documents(
                data[at : at + part.doc_bytes], part.total, size, place.plain
            )
            at += part.doc_bytes
            if placed:
                first = int(self._chunk_starts[part.chunk])
                widths = self.widths[first : first + size] if place.field == BODY else here
                end = pos_at + part.pos_bytes
                found.append(
                    decode_positions(positions[pos_at:end], place.field, here, counts, widths)
                )
                pos_at = end
            docs.append(here + self._chunk_starts[part.chunk])
            freqs.append(counts)
        if at != len(data) or pos_at != len(positions):
            raise ValueError("a list is not as long as announced")
        return Postings(
            place.field,
            np.concatenate(docs),
            np.concatenate(freqs),
            np.concatenate(found) if placed else None,
        )

    def terms(self, shard: int) -> dict[tuple[int, int], list[ListSpan]]:
        """All terms of a shard and their lists."""
        return self._directory(shard)


class IndexTokens:
    """The tokens that all texts of an index are written in."""

    def __init__(self, folder: Path, entry: TokensEntry) -> None:
        self._path = folder / entry.file
        self._keys = bytes(entry.keys)

    @cached_property
    def reader(self) -> TokenReader:
        """What reads them."""
        try:
            return TokenReader(read_tokens(inflate(read_payload(self._path, self._keys))))
        except ValueError as error:
            raise DamagedIndexError(f"索引文件 {self._path.name} 不完整") from error


class IndexReader:
    """An index on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest: Manifest = read_manifest(folder)
        tokens = IndexTokens(folder, self.manifest.tokens)
        self.segments = [
            SegmentReader(folder, entry, self.manifest.info(entry), tokens)
            for entry in self.manifest.segments
        ]


def _keys(data: bytes, at: int, lengths: Iterable[int]) -> tuple[list[bytes], int]:
    """The keys of files of these lengths, from byte ``at`` of ``data`` on, and where they end."""
    keys: list[bytes] = []
    for length in lengths:
        keys.append(data[at : at + keys_of(length)])
        at += keys_of(length)
    return keys, at


def _digests(data: bytes) -> list[bytes]:
    return [data[n : n + DIGEST_BYTES] for n in range(0, len(data), DIGEST_BYTES)]


def _from_planes(data: bytes, count: int) -> Numbers:
    """So many numbers, of which first all lowest bytes are written, then the next higher ones."""
    if not count:
        return np.zeros(0, np.int64)
    planes = np.frombuffer(data, np.uint8).reshape(-1, count).astype(np.int64)
    shifts = np.arange(len(planes), dtype=np.int64)[:, None] * 8
    return np.asarray((planes << shifts).sum(axis=0), np.int64)
