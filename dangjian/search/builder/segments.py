"""Making the files of a segment from its chunks (docs/search-format.md, section 3)."""

import zlib
from collections.abc import Hashable, Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple

import msgspec
import numpy as np

from dangjian.search.builder.chunks import Facts
from dangjian.search.builder.shards import shard_counts, shards_of
from dangjian.search.format.bits import Numbers, pack, starts_of, varints
from dangjian.search.format.container import wrap
from dangjian.search.format.documents import day_of
from dangjian.search.format.lists import Lists, class_size
from dangjian.search.format.manifest import SegmentEntry

_Named = Iterator[tuple[str, bytes]]


class BuiltSegment(NamedTuple):
    """A segment as it was made: its line in the manifest, and its files (name to bytes).

    Text files are not among them: they belong to the chunks.
    """

    entry: SegmentEntry
    files: dict[str, bytes]


class _Shards(NamedTuple):
    """What the head says of the posting shards: bytes of directories and of shards, and keys."""

    per_file: int
    directories: list[int]
    sizes: list[int]
    keys: bytearray


def build_segment(facts: Sequence[Facts], lists: Sequence[Lists]) -> BuiltSegment:
    """The segment of these chunks (at least one), of each its facts and its posting lists."""
    files: dict[str, bytes] = {}
    shards = _shards(lists, files)
    sections = _sections(facts)
    sections["shards"] = _deflate(_u24(shards.directories) + _u24(shards.sizes) + shards.keys)
    places: dict[str, tuple[int, int]] = {}
    payload = b""
    for section, data in sections.items():
        places[section] = (len(payload), len(data))
        payload += data
    files["head.js"], keys = wrap(payload)
    digest = blake2b(digest_size=8)
    for data in files.values():
        digest.update(data)
    name = digest.hexdigest()
    entry = SegmentEntry(
        id=name,
        docs=sum(len(chunk.dates) for chunk in facts),
        chunks=[len(chunk.dates) for chunk in facts],
        shards=len(shards.sizes),
        per_file=shards.per_file,
        texts=sum(len(chunk.texts) for chunk in facts),
        keys=list(keys),
        length=len(payload),
        sections=places,
    )
    return BuiltSegment(entry, {f"{name}-{file}": data for file, data in files.items()})


def _shards(lists: Sequence[Lists], files: dict[str, bytes]) -> _Shards:
    """Make the files of the posting shards."""
    count, per_file = shard_counts(lists)
    said = _Shards(per_file, [], [], bytearray())
    shards = shards_of(lists, count)
    for number in range(-(-count // per_file)):
        payloads: list[bytes] = []
        for shard in islice(shards, per_file):
            said.directories.append(shard.directory)
            said.sizes.append(len(shard.payload))
            payloads.append(shard.payload)
        files[f"p{number}.js"], keys = wrap(b"".join(payloads))
        said.keys.extend(keys)
    return said


def _sections(facts: Sequence[Facts]) -> dict[str, bytes]:
    """All sections of the head but that of the shards."""
    of_docs = [columns for chunk in facts for columns in chunk.columns]
    columns = sorted({column for members in of_docs for column in members})
    column_number = {column: n for n, column in enumerate(columns)}
    sets = sorted(set(of_docs))
    types = sorted({name for chunk in facts for name in chunk.types})
    sources = sorted({name for chunk in facts for name in chunk.sources})
    info = {
        "columns": columns,
        "sets": [[column_number[column] for column in members] for members in sets],
        "types": types,
        "sources": sources,
    }
    dates = [date for chunk in facts for date in chunk.dates]
    days = np.array([day_of(date) for date in dates], np.int64)
    return {
        "info": _deflate(msgspec.json.encode(info)),
        "lengths": _deflate(b"".join(chunk.classes for chunk in facts)),
        "days": _deflate(varints(np.diff(days, prepend=0))),
        "columns": _ranks(of_docs, sets),
        "types": _ranks([name for chunk in facts for name in chunk.types], types),
        "sources": _ranks([name for chunk in facts for name in chunk.sources], sources),
        "records": _record_lengths(facts),
        "texts": _texts(facts),
    }


def _texts(facts: Sequence[Facts]) -> bytes:
    """What the head says of the text files."""
    texts = [text for chunk in facts for text in chunk.texts]
    return _deflate(
        np.array([len(lengths) for _, lengths, _, _ in texts], "<u2").tobytes()
        + np.array([size for _, _, size, _ in texts], "<u4").tobytes()
        + bytes(max(lengths).bit_length() for _, lengths, _, _ in texts)
        + b"".join(digest for digest, _, _, _ in texts)
        + b"".join(keys for _, _, _, keys in texts)
    )


def _record_lengths(facts: Sequence[Facts]) -> bytes:
    """The lengths of the records: those of a file at as many bits as the longest needs."""
    streams: list[bytes] = []
    for chunk in facts:
        for _, lengths, _, _ in chunk.texts:
            values = np.array(lengths, np.int64)
            width = max(lengths).bit_length()
            widths = np.full(len(values), width, np.int64)
            size = (len(values) * width + 7) >> 3
            streams.append(pack(values, widths, starts_of(widths), size).tobytes())
    return b"".join(streams)


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


def units_in(facts: Sequence[Facts]) -> int:
    """The sum of the class sizes of all bodies: the length of the archive as ranking counts it."""
    classes = np.frombuffer(b"".join(chunk.classes for chunk in facts), np.uint8)
    sizes: Numbers = np.array([class_size(c) for c in range(100)], np.int64)
    return int(sizes[classes].sum())
