"""Reading an index: the same files, by the same rules, as the browser (docs/search-format.md)."""

from collections import OrderedDict
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Struct

from dangjian.search.format.bits import Numbers, read_varints, unpack_fixed
from dangjian.search.format.container import DamagedIndexError, inflate, keys_of, read_payload
from dangjian.search.format.documents import IN_TOKENS, Record, record_from
from dangjian.search.format.lists import (
    BODY,
    class_size,
    class_width,
    decode_documents,
    decode_positions,
    shard_of,
)
from dangjian.search.format.manifest import (
    Manifest,
    SegmentEntry,
    head_name,
    read_manifest,
    shard_name,
    text_name,
)
from dangjian.search.format.tokens import TokenReader, read_tokens

_SHARDS_KEPT = 64
_CLASSES = 100


class Info(Struct, frozen=True):
    """Names that the documents of a segment share."""

    columns: list[str]
    sets: list[list[int]]
    types: list[str]
    sources: list[str]


class Place(NamedTuple):
    """Where a list stands in its shard, and how long it is."""

    field: int
    total: int
    plain: bool
    doc_at: int
    doc_bytes: int
    pos_at: int
    pos_bytes: int


class Postings(NamedTuple):
    """One term in one field: documents, frequencies, and positions if they were asked for."""

    field: int
    docs: Numbers
    freqs: Numbers
    positions: Numbers | None


class _Shards(NamedTuple):
    directories: Numbers
    lengths: Numbers
    text_lengths: Numbers
    widths: bytes
    keys: list[bytes]
    text_keys: list[bytes]


class SegmentReader:
    """One segment of an index on disk; sections are read when they are first asked for."""

    def __init__(self, folder: Path, entry: SegmentEntry) -> None:
        self.folder = folder
        self.entry = entry
        self.live = np.ones(entry.docs, bool)
        gone = [n for n in entry.deleted_docs() if 0 <= n < entry.docs]
        self.live[gone] = False
        self._directories: OrderedDict[int, dict[tuple[int, int], list[Place]]] = OrderedDict()

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
        data = self._inflated(name)
        size = 1 if kinds <= 256 else 2
        values = np.frombuffer(data[: len(data) // size * size], f"<u{size}")
        if len(values) != self.entry.docs or (len(values) and int(values.max()) >= kinds):
            raise DamagedIndexError("索引的文件头不完整")
        return values.astype(np.int64)

    @cached_property
    def info(self) -> Info:
        """Columns, types and sources."""
        try:
            return msgspec.json.decode(self._inflated("info"), type=Info)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise DamagedIndexError("索引的文件头不完整") from error

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
        return np.array([class_size(c) for c in range(_CLASSES)], np.int64)[self.classes]

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
    def minutes(self) -> Numbers:
        """Minute of the day of each document."""
        return self._column("minutes", 1440 if self.entry.docs else 257)

    @cached_property
    def ties(self) -> Numbers:
        """What orders documents of the same minute: the higher first."""
        values = np.frombuffer(self._section("ties"), "<u2")
        if len(values) != self.entry.docs:
            raise DamagedIndexError("索引的文件头不完整")
        return values.astype(np.int64)

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
    def tokens(self) -> TokenReader | None:
        """Reads records that are written in tokens."""
        if not self.entry.section("tokens")[1]:
            return None
        try:
            return TokenReader(read_tokens(self._inflated("tokens")))
        except ValueError as error:
            raise DamagedIndexError("索引的文件头不完整") from error

    @cached_property
    def _record_lengths(self) -> Numbers:
        data = self._section("records")
        docs, per_text = self.entry.docs, self.entry.per_text
        lengths: list[Numbers] = []
        at = 0
        for number, width in enumerate(self._shards.widths):
            count = min(per_text, docs - number * per_text)
            size = (max(0, count) * width + 7) >> 3
            flags = np.unpackbits(np.frombuffer(data[at : at + size], np.uint8))
            at += size
            if at > len(data) or count < 1 or width < 1:
                raise DamagedIndexError("索引的文件头不完整")
            lengths.append(unpack_fixed(flags[: count * width], width))
        if sum(map(len, lengths)) != docs:
            raise DamagedIndexError("索引的文件头不完整")
        return np.concatenate([np.zeros(0, np.int64), *lengths])

    @cached_property
    def _shards(self) -> _Shards:
        data = self._inflated("shards")
        shards, texts, per_file = self.entry.shards, self.entry.texts, self.entry.per_file
        fixed = shards * 6 + texts * 5
        if len(data) < fixed:
            raise DamagedIndexError("索引的文件头不完整")
        lengths = _u24(data[shards * 3 : shards * 6])
        text_lengths = np.frombuffer(data[shards * 6 : fixed - texts], "<u4").astype(np.int64)
        files = np.add.reduceat(lengths, np.arange(0, shards, per_file)).tolist()
        keys: list[bytes] = []
        at = fixed
        for length in (*files, *text_lengths.tolist()):
            keys.append(data[at : at + keys_of(length)])
            at += keys_of(length)
        if at != len(data):
            raise DamagedIndexError("索引的文件头不完整")
        directories, widths = _u24(data[: shards * 3]), data[fixed - texts : fixed]
        return _Shards(
            directories, lengths, text_lengths, widths, keys[: len(files)], keys[len(files) :]
        )

    def record(self, doc: int) -> Record:
        """All that is kept of a document's text."""
        number, rest = divmod(doc, self.entry.per_text)
        first = doc - rest
        before = int(self._record_lengths[first:doc].sum())
        path = self.folder / text_name(self.entry.id, number)
        keys = self._shards.text_keys[number]
        data = read_payload(path, keys, before, int(self._record_lengths[doc]))
        try:
            if data[0] & IN_TOKENS and self.tokens:
                return record_from(self.tokens.text(data[1:]))
            return record_from(inflate(data[1:]).decode())
        except (ValueError, IndexError) as error:
            raise DamagedIndexError(f"索引文件 {path.name} 不完整") from error

    def places(self, a: int, b: int) -> list[Place]:
        """The lists of a term, in the order of the fields."""
        shard = int(shard_of(np.array([a]), np.array([b]), self.entry.shards)[0])
        return self._directory(shard).get((a, b), [])

    def _directory(self, shard: int) -> dict[tuple[int, int], list[Place]]:
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
        path = self.folder / shard_name(self.entry.id, file)
        return read_payload(path, self._shards.keys[file], before + start, length)

    def _read_directory(self, shard: int) -> dict[tuple[int, int], list[Place]]:
        length = int(self._shards.directories[shard])
        try:
            values = read_varints(inflate(self._payload(shard, 0, length)))
            return parse_directory(values.tolist(), length)
        except (ValueError, IndexError) as error:
            raise DamagedIndexError("索引文件不完整") from error

    def postings(self, a: int, b: int, with_positions: bool) -> list[Postings]:
        """The lists of a term; deleted documents are among them."""
        shard = int(shard_of(np.array([a]), np.array([b]), self.entry.shards)[0])
        return [self._list(shard, place, with_positions) for place in self.places(a, b)]

    def _list(self, shard: int, place: Place, with_positions: bool) -> Postings:
        try:
            docs, freqs = decode_documents(
                self._payload(shard, place.doc_at, place.doc_bytes),
                place.total,
                self.entry.docs,
                place.plain,
            )
            positions = None
            if with_positions and not place.plain:
                widths = self.widths if place.field == BODY else docs
                data = self._payload(shard, place.pos_at, place.pos_bytes)
                positions = decode_positions(data, place.field, docs, freqs, widths)
        except ValueError as error:
            raise DamagedIndexError("索引文件不完整") from error
        return Postings(place.field, docs, freqs, positions)

    def terms(self, shard: int) -> dict[tuple[int, int], list[Place]]:
        """All terms of a shard and their lists."""
        return self._directory(shard)


def parse_directory(values: list[int], size: int) -> dict[tuple[int, int], list[Place]]:
    """The lists of each term, from the numbers of a directory of ``size`` bytes."""
    rows: list[tuple[int, int, int, int, bool, int, int]] = []
    at = 0
    a = 0
    while at < len(values):
        a += values[at]
        b, present = values[at + 1], values[at + 2]
        at += 3
        plain = bool(present & 8)
        for field in range(3):
            if present >> field & 1:
                count, doc_bytes = values[at], values[at + 1]
                pos_bytes = 0 if plain else values[at + 2]
                at += 2 if plain else 3
                rows.append((a, b, field, count, plain, doc_bytes, pos_bytes))
    doc_at = size
    pos_at = size + sum(row[5] for row in rows)
    terms: dict[tuple[int, int], list[Place]] = {}
    for a, b, field, count, plain, doc_bytes, pos_bytes in rows:
        place = Place(field, count, plain, doc_at, doc_bytes, pos_at, pos_bytes)
        terms.setdefault((a, b), []).append(place)
        doc_at += doc_bytes
        pos_at += pos_bytes
    return terms


class IndexReader:
    """An index on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest: Manifest = read_manifest(folder)
        self.segments = [SegmentReader(folder, entry) for entry in self.manifest.segments]


def _u24(data: bytes) -> Numbers:
    rows: npt.NDArray[np.int64] = np.frombuffer(data, np.uint8).reshape(-1, 3).astype(np.int64)
    return rows[:, 0] | rows[:, 1] << 8 | rows[:, 2] << 16
