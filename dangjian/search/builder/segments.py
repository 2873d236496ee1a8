"""Making the files of a segment from its chunks (docs/search-format.md, section 3)."""

import zlib
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

import msgspec
import numpy as np

from dangjian.search.builder.chunks import Facts
from dangjian.search.builder.shards import Shard, shard_counts, shards_of
from dangjian.search.builder.state import ShardsNote
from dangjian.search.format.bits import Numbers, distinct, pack, starts_of, varints
from dangjian.search.format.container import content_digest, wrap
from dangjian.search.format.documents import day_of
from dangjian.search.format.lists import Lists, class_size, shard_of
from dangjian.search.format.manifest import SegmentEntry, head_name, shards_name


class BuiltSegment(NamedTuple):
    """A segment as it was made: its line in the manifest, and the files that it may lack (by name).

    ``shards`` says of its files of shards which these are. Text files belong to the chunks.
    """

    entry: SegmentEntry
    files: dict[str, bytes]
    shards: ShardsNote


class Before(NamedTuple):
    """A segment of as many documents, in which only the lists of some terms are other ones.

    ``payload`` reads a file of shards, by its name.
    """

    shards: ShardsNote
    terms: Numbers
    payload: Callable[[str, bytes], bytes]


def build_segment(
    facts: Sequence[Facts], lists: Sequence[Lists], before: Before | None = None
) -> BuiltSegment:
    """The segment of these chunks (at least one), of each its facts and its posting lists.

    It is the same whether one ``before`` is given or not.
    """
    files: dict[str, bytes] = {}
    count, per_file = shard_counts(lists)
    if before and (len(before.shards.sizes), before.shards.per_file) == (count, per_file):
        shards = _changed_shards(lists, before, files)
    else:
        shards = _shards(shards_of(lists, count), count, per_file, files)
    sections = _sections(facts)
    sections["shards"] = _shards_section(shards)
    places: dict[str, tuple[int, int]] = {}
    payload = b""
    for section, data in sections.items():
        places[section] = (len(payload), len(data))
        payload += data
    head, keys = wrap(payload)
    name = content_digest(head).hex()
    files[head_name(name)] = head
    entry = SegmentEntry(
        id=name,
        docs=sum(len(chunk.dates) for chunk in facts),
        chunks=[len(chunk.dates) for chunk in facts],
        shards=count,
        per_file=per_file,
        texts=sum(len(chunk.texts) for chunk in facts),
        keys=list(keys),
        length=len(payload),
        sections=places,
    )
    return BuiltSegment(entry, files, shards)


def _shards(
    shards: Iterator[Shard], count: int, per_file: int, files: dict[str, bytes]
) -> ShardsNote:
    """Make the files of all posting shards."""
    note = ShardsNote(per_file, [0] * count, [0] * count, [])
    for first in range(0, count, per_file):
        numbers = range(first, min(first + per_file, count))
        payloads = [_noted(note, number, next(shards)) for number in numbers]
        note.files.append(_file_of(payloads, files))
    return note


def _changed_shards(lists: Sequence[Lists], before: Before, files: dict[str, bytes]) -> ShardsNote:
    """Make the files of those posting shards that have lists of changed terms."""
    old = before.shards
    a, b = before.terms >> 32, before.terms & 0xFFFFFFFF
    numbers = distinct(shard_of(a, b, len(old.sizes)))
    note = ShardsNote(old.per_file, list(old.directories), list(old.sizes), list(old.files))
    made = dict(zip(numbers.tolist(), shards_of(lists, len(old.sizes), numbers), strict=True))
    for file in distinct(numbers // old.per_file).tolist():
        behind = min((file + 1) * old.per_file, len(old.sizes))
        known = before.payload(shards_name(old.files[file][0]), old.files[file][1])
        ends = list(accumulate(old.sizes[file * old.per_file : behind], initial=0))
        payloads = [
            _noted(note, number, made[number]) if number in made else known[ends[n] : ends[n + 1]]
            for n, number in enumerate(range(file * old.per_file, behind))
        ]
        note.files[file] = _file_of(payloads, files)
    return note


def _noted(note: ShardsNote, number: int, shard: Shard) -> bytes:
    note.directories[number] = shard.directory
    note.sizes[number] = len(shard.payload)
    return shard.payload


def _file_of(payloads: Sequence[bytes], files: dict[str, bytes]) -> tuple[bytes, bytes]:
    """A file of shards: its digest and its keys."""
    data, keys = wrap(b"".join(payloads))
    digest = content_digest(data)
    files[shards_name(digest)] = data
    return digest, keys


def _shards_section(shards: ShardsNote) -> bytes:
    """What the head says of the posting shards."""
    digests, keys = (b"".join(column) for column in zip(*shards.files, strict=True))
    return _deflate(_u24(shards.directories) + _u24(shards.sizes) + digests + keys)


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
