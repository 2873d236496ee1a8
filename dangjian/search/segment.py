"""Making a segment: documents in, files out (docs/search-format.md, section 3)."""

import zlib
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from itertools import islice, pairwise
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from dangjian.search.bits import Numbers, starts_of, varints
from dangjian.search.container import payload_size, wrap
from dangjian.search.dictionary import dictionary_of
from dangjian.search.documents import Record, day_and_minute, pack_record, primed_compressor
from dangjian.search.folding import BORDER, BREAK, Folder, UnitArray
from dangjian.search.lists import class_of, class_size, class_width
from dangjian.search.manifest import (
    SegmentEntry,
    State,
    head_name,
    shard_name,
    state_name,
    text_name,
)
from dangjian.search.pinyin import Reading, readings
from dangjian.search.postings import Fields, Units, encode_all, shards_of

BATCH = 256
LEAST_PER_TEXT = 16
MOST_TEXTS = 512


Progress = Callable[[int], None]


def silent(_done: int) -> None:
    """The progress of which nobody wants to know."""


class Prepared(NamedTuple):
    """A document ready to be indexed: its record, its columns, and who it is (8 bytes each)."""

    record: Record
    columns: tuple[str, ...]
    key: bytes
    digest: bytes


class BuiltSegment(NamedTuple):
    """A segment as it is to be written: its line in the manifest, and its files by name."""

    entry: SegmentEntry
    files: dict[str, bytes]
    units: int
    columns: tuple[str, ...]


class _Gathered(NamedTuple):
    documents: list[Prepared]
    units: list[tuple[Units, Units, Units]]
    chars: Numbers


def build_segment(documents: Iterable[Prepared], progress: Progress = silent) -> BuiltSegment:
    """Index documents, in any order: the bytes depend on the documents alone.

    ``progress`` is told how many have been read.
    """
    gathered = _in_order(_gather(documents, progress))
    ordered = gathered.documents
    fields = _fields(gathered)
    del gathered
    classes = class_of(np.diff(fields.starts)[2 * len(ordered) :])
    dictionary = dictionary_of([document.record for document in ordered])
    with ThreadPoolExecutor(1) as pool:
        packing = pool.submit(_pack, ordered, dictionary)
        shards = list(_posting_shards(fields, classes))
        packed = packing.result()
    per_text = max(LEAST_PER_TEXT, -(-len(ordered) // MOST_TEXTS))
    texts = [wrap(b"".join(packed[n : n + per_text])) for n in range(0, len(ordered), per_text)]
    sections = _sections(ordered, classes, packed, dictionary)
    sections["shards"] = _deflate(
        _u24([shard.directory for shard in shards])
        + _u24([payload_size(shard.data) for shard in shards])
        + np.array([payload_size(data) for data, _ in texts], "<u4").tobytes()
        + b"".join(shard.keys for shard in shards)
        + b"".join(keys for _, keys in texts)
    )
    return _assemble(
        ordered,
        sections,
        [shard.data for shard in shards],
        [data for data, _ in texts],
        per_text,
        classes,
    )


def _pack(documents: Sequence[Prepared], dictionary: bytes) -> list[bytes]:
    primed = primed_compressor(dictionary)
    return [pack_record(document.record, primed, bool(dictionary)) for document in documents]


class _WrappedShard(NamedTuple):
    directory: int
    data: bytes
    keys: bytes


def _posting_shards(fields: Fields, classes: Numbers) -> Iterator[_WrappedShard]:
    widths = np.array([class_width(c) for c in range(100)], np.int64)[classes]
    titles = [_title_readings(fields, n) for n in range(fields.documents)]
    for shard in shards_of(encode_all(fields, titles, widths)):
        yield _WrappedShard(shard.directory, *wrap(shard.payload))


def _title_readings(fields: Fields, document: int) -> list[Reading]:
    title = fields.numbers[fields.starts[document] : fields.starts[document + 1]]
    return readings(fields.chars[title].tolist())


def _compact(numbers: npt.NDArray[np.signedinteger], kinds: int) -> Units:
    return numbers.astype(np.uint16) if kinds <= 0xFFFF else numbers.astype(np.uint32)


class _Alphabet:
    """Numbers for the units met, in the order in which they are met; 0 is the break."""

    def __init__(self) -> None:
        self._numbers = np.full(0x110000, -1, np.int32)
        self._numbers[[BREAK, BORDER]] = 0
        self.chars: list[int] = [BREAK]

    def number(self, units: UnitArray) -> Units:
        """The numbers of units; a border has that of the break."""
        numbers = self._numbers[units]
        unknown = numbers < 0
        if unknown.any():
            new = np.unique(units[unknown])
            self._numbers[new] = np.arange(len(self.chars), len(self.chars) + len(new))
            self.chars.extend(new.tolist())
            numbers = self._numbers[units]
        return _compact(numbers, len(self.chars))


def _gather(documents: Iterable[Prepared], progress: Progress) -> _Gathered:
    folder = Folder()
    alphabet = _Alphabet()
    found: list[Prepared] = []
    fields: list[Units] = []
    for batch in _batches(documents):
        texts = [
            text
            for document in batch
            for text in (document.record.title, document.record.lead, document.record.text)
        ]
        units = folder.fields(texts)
        numbers = alphabet.number(units)
        borders = [*np.flatnonzero(units == BORDER).tolist(), len(units)]
        fields += [numbers[a + 1 : b] for a, b in pairwise(borders)]
        found += batch
        progress(len(found))
    units_of_docs = list(zip(fields[::3], fields[1::3], fields[2::3], strict=True))
    return _Gathered(found, units_of_docs, np.array(alphabet.chars, np.int64))


def _batches(documents: Iterable[Prepared]) -> Iterator[list[Prepared]]:
    source = iter(documents)
    while batch := list(islice(source, BATCH)):
        yield batch


def _in_order(gathered: _Gathered) -> _Gathered:
    """Documents by date and key."""
    order = sorted(
        range(len(gathered.documents)),
        key=lambda n: (gathered.documents[n].record.date, gathered.documents[n].key),
    )
    return _Gathered(
        [gathered.documents[n] for n in order],
        [gathered.units[n] for n in order],
        gathered.chars,
    )


def _fields(gathered: _Gathered) -> Fields:
    """All texts joined, characters numbered by code point."""
    by_code = np.argsort(gathered.chars)
    renumbered = np.empty(len(by_code), np.int64)
    renumbered[by_code] = np.arange(len(by_code))
    parts = [units[kind] for kind in range(3) for units in gathered.units]
    lengths = np.array([len(part) for part in parts], np.int64)
    numbers = np.concatenate(parts or [np.zeros(0, np.uint16)])
    starts = np.append(starts_of(lengths), lengths.sum())
    table = _compact(renumbered, len(by_code))
    return Fields(table[numbers], starts, gathered.chars[by_code], len(gathered.documents))


def _sections(
    documents: Sequence[Prepared],
    classes: Numbers,
    packed: Sequence[bytes],
    dictionary: bytes,
) -> dict[str, bytes]:
    columns = sorted({column for document in documents for column in document.columns})
    column_number = {column: n for n, column in enumerate(columns)}
    sets = sorted({document.columns for document in documents})
    types = sorted({document.record.type for document in documents})
    sources = sorted({document.record.source for document in documents})
    info = {
        "columns": columns,
        "sets": [[column_number[column] for column in columns] for columns in sets],
        "types": types,
        "sources": sources,
    }
    times = [day_and_minute(document.record.date) for document in documents]
    days = np.array([day for day, _ in times], np.int64)
    return {
        "info": _deflate(msgspec.json.encode(info)),
        "lengths": _deflate(classes.astype(np.uint8).tobytes()),
        "days": _deflate(varints(np.diff(days, prepend=0))),
        "minutes": _deflate(np.array([minute for _, minute in times], "<u2").tobytes()),
        "ties": b"".join(document.key[1::-1] for document in documents),
        "columns": _ranks([document.columns for document in documents], sets),
        "types": _ranks([document.record.type for document in documents], types),
        "sources": _ranks([document.record.source for document in documents], sources),
        "records": _u24([len(data) for data in packed]),
        "dictionary": _deflate(dictionary) if dictionary else b"",
    }


def _ranks(values: Sequence[Hashable], table: Sequence[Hashable]) -> bytes:
    number = {value: n for n, value in enumerate(table)}
    ranks = [number[value] for value in values]
    return _deflate(np.array(ranks, "u1" if len(table) <= 256 else "<u2").tobytes())


def _u24(values: Sequence[int]) -> bytes:
    table = np.array(values, "<u4").view(np.uint8).reshape(-1, 4)
    if len(table) and int(table[:, 3].max()) > 0:
        raise ValueError("a part of the index is larger than 16 MB")
    return table[:, :3].tobytes()


def _deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def _assemble(
    documents: Sequence[Prepared],
    sections: dict[str, bytes],
    shards: list[bytes],
    texts: list[bytes],
    per_text: int,
    classes: Numbers,
) -> BuiltSegment:
    places: dict[str, tuple[int, int]] = {}
    payload = b""
    for name, data in sections.items():
        places[name] = (len(payload), len(data))
        payload += data
    head, keys = wrap(payload)
    who = b"".join(d.key for d in documents), b"".join(d.digest for d in documents)
    digest = blake2b(digest_size=8)
    for data in (head, *shards, *texts, *who):
        digest.update(data)
    name = digest.hexdigest()
    files = {head_name(name): head}
    files |= {shard_name(name, n): data for n, data in enumerate(shards)}
    files |= {text_name(name, n): data for n, data in enumerate(texts)}
    sizes = {file[len(name) + 1 :]: (len(data), zlib.crc32(data)) for file, data in files.items()}
    state = msgspec.msgpack.encode(State(*who, sizes))
    files[state_name(name)] = state
    entry = SegmentEntry(
        id=name,
        docs=len(documents),
        shards=len(shards),
        texts=len(texts),
        per_text=per_text,
        keys=list(keys),
        length=len(payload),
        sections=places,
        state=(len(state), zlib.crc32(state)),
    )
    columns = sorted({column for document in documents for column in document.columns})
    return BuiltSegment(entry, files, units_of(classes), tuple(columns))


def units_of(classes: Numbers) -> int:
    """The sum of the class sizes: the archive's length as ranking counts it."""
    sizes = np.array([class_size(c) for c in range(100)], np.int64)
    return int(sizes[classes].sum())
