"""Making a segment: documents in, files out (docs/search-format.md, section 3)."""

import zlib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from contextlib import closing
from itertools import islice
from typing import NamedTuple

import msgspec
import numpy as np

from dangjian.search.builder.drafts import Drafts
from dangjian.search.builder.gathering import Gathered, Known, Prepared
from dangjian.search.builder.grouping import groups_of
from dangjian.search.builder.postings import (
    FILE_BYTES,
    Encoded,
    encode_all,
    shard_counts,
    shards_of,
)
from dangjian.search.builder.spool import Spool
from dangjian.search.format.bits import Numbers, pack, starts_of, varints
from dangjian.search.format.container import wrap
from dangjian.search.format.documents import day_and_minute
from dangjian.search.format.lists import class_of, class_size, class_width
from dangjian.search.format.manifest import SegmentEntry, State
from dangjian.search.format.tokens import Token, tokens_bytes

MOST_TEXTS = 512


class BuiltSegment(NamedTuple):
    """A segment as it was made: its line in the manifest, and the names of its files."""

    entry: SegmentEntry
    files: dict[str, int]
    units: int
    columns: tuple[str, ...]


class _Texts(NamedTuple):
    """What the head has to say of the text files."""

    per_file: int
    sizes: list[int]
    keys: bytearray
    lengths: list[int]
    widths: list[int]


class _Shards(NamedTuple):
    """What the head has to say of the posting shards."""

    per_file: int
    directories: list[int]
    sizes: list[int]
    keys: bytearray


def build_segment(
    documents: Iterable[Prepared], simplified: Mapping[str, str], drafts: Drafts
) -> BuiltSegment | None:
    """Index documents and leave the files in ``drafts``; None if there are no documents.

    The bytes depend on the documents alone, which may come in any order, except that the tokens
    are chosen from those that come first (:meth:`Gathered.read`).
    """
    with closing(Gathered(simplified, drafts.place)) as gathered:
        gathered.read(documents)
        if not gathered.documents:
            return None
        texts = _write_texts(gathered, drafts)
        fields, numbers = gathered.fields()
    classes = class_of(np.diff(fields.starts)[2 * fields.documents :] - 1)
    widths = np.array([class_width(c) for c in range(100)], np.int64)[classes]
    with closing(Encoded([], Spool(drafts.place), Spool(drafts.place))) as encoded:
        with closing(Spool(drafts.place)) as spool:
            groups = groups_of(numbers, len(fields.chars), spool)
            del numbers
            encode_all(fields, groups, widths, encoded)
        del fields, groups
        shards = _write_shards(encoded, drafts)
    sections = _sections(gathered.documents, classes, gathered.tokens)
    sections["records"] = _record_lengths(texts)
    sections["shards"] = _deflate(
        _u24(shards.directories)
        + _u24(shards.sizes)
        + np.array(texts.sizes, "<u4").tobytes()
        + bytes(texts.widths)
        + shards.keys
        + texts.keys
    )
    return _assemble(gathered.documents, sections, (shards, texts), classes, drafts)


def _write_shards(encoded: Encoded, drafts: Drafts) -> _Shards:
    """Write the files of the posting shards."""
    count, per_file = shard_counts(encoded)
    told = _Shards(per_file, [], [], keys := bytearray())
    shards = shards_of(encoded, count)
    for number in range(-(-count // per_file)):
        payloads: list[bytes] = []
        for shard in islice(shards, per_file):
            told.directories.append(shard.directory)
            told.sizes.append(len(shard.payload))
            payloads.append(shard.payload)
        data, file_keys = wrap(b"".join(payloads))
        drafts.add(f"p{number}.js", data)
        keys += file_keys
    return told


def _write_texts(gathered: Gathered, drafts: Drafts) -> _Texts:
    """Write the text files."""
    lengths, records = gathered.records()
    per_file = max(-(-len(lengths) // MOST_TEXTS), FILE_BYTES * len(lengths) // sum(lengths), 1)
    told = _Texts(per_file, [], keys := bytearray(), lengths, [])
    for number, first in enumerate(range(0, len(lengths), per_file)):
        payload = b"".join(islice(records, per_file))
        data, file_keys = wrap(payload)
        drafts.add(f"t{number}.js", data)
        keys += file_keys
        told.sizes.append(len(payload))
        told.widths.append(max(lengths[first : first + per_file]).bit_length())
    return told


def _record_lengths(texts: _Texts) -> bytes:
    """The lengths of the records: those of a file at as many bits as the longest needs."""
    number = np.arange(len(texts.lengths)) // texts.per_file
    widths = np.array(texts.widths, np.int64)[number]
    sizes = (np.bincount(number, widths).astype(np.int64) + 7) >> 3
    places = np.cumsum(widths) - widths
    first = np.arange(len(sizes)) * texts.per_file
    places += (starts_of(sizes) * 8 - places[first])[number]
    return pack(np.array(texts.lengths), widths, places, int(sizes.sum())).tobytes()


def _sections(
    documents: Sequence[Known],
    classes: Numbers,
    tokens: Sequence[Token],
) -> dict[str, bytes]:
    columns = sorted({column for document in documents for column in document.columns})
    column_number = {column: n for n, column in enumerate(columns)}
    sets = sorted({document.columns for document in documents})
    types = sorted({document.type for document in documents})
    sources = sorted({document.source for document in documents})
    info = {
        "columns": columns,
        "sets": [[column_number[column] for column in columns] for columns in sets],
        "types": types,
        "sources": sources,
    }
    times = [day_and_minute(document.date) for document in documents]
    days = np.array([day for day, _ in times], np.int64)
    return {
        "info": _deflate(msgspec.json.encode(info)),
        "lengths": _deflate(classes.astype(np.uint8).tobytes()),
        "days": _deflate(varints(np.diff(days, prepend=0))),
        "minutes": _deflate(np.array([minute for _, minute in times], "<u2").tobytes()),
        "ties": b"".join(document.key[1::-1] for document in documents),
        "columns": _ranks([document.columns for document in documents], sets),
        "types": _ranks([document.type for document in documents], types),
        "sources": _ranks([document.source for document in documents], sources),
        "tokens": _deflate(tokens_bytes(tokens)) if tokens else b"",
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
    documents: Sequence[Known],
    sections: dict[str, bytes],
    written: tuple[_Shards, _Texts],
    classes: Numbers,
    drafts: Drafts,
) -> BuiltSegment:
    """Write the head and the state, when everything else is."""
    shards, texts = written
    places: dict[str, tuple[int, int]] = {}
    payload = b""
    for section, data in sections.items():
        places[section] = (len(payload), len(data))
        payload += data
    head, keys = wrap(payload)
    drafts.add("head.js", head)
    who = b"".join(d.key for d in documents), b"".join(d.digest for d in documents)
    drafts.cover(b"".join(who))
    name = drafts.digest()
    state = msgspec.msgpack.encode(State(*who, dict(drafts.files)))
    drafts.add("state.bin", state)
    entry = SegmentEntry(
        id=name,
        docs=len(documents),
        shards=len(shards.sizes),
        per_file=shards.per_file,
        texts=len(texts.sizes),
        per_text=texts.per_file,
        keys=list(keys),
        length=len(payload),
        sections=places,
        state=drafts.files["state.bin"],
    )
    files = {f"{name}-{file}": size for file, (size, _) in drafts.files.items()}
    columns = sorted({column for document in documents for column in document.columns})
    return BuiltSegment(entry, files, units_of(classes), tuple(columns))


def units_of(classes: Numbers) -> int:
    """The sum of the class sizes: the archive's length as ranking counts it."""
    sizes = np.array([class_size(c) for c in range(100)], np.int64)
    return int(sizes[classes].sum())
