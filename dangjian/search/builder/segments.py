"""Making the files of a segment from its chunks (docs/search-format.md, section 3)."""

import zlib
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from dangjian.search.builder.changed_shards import (
    MOST_CHANGED,
    ChangedLists,
    changed_shards,
    shards_of_terms,
    terms_of,
)
from dangjian.search.builder.chunks import Facts
from dangjian.search.builder.shards import shard_counts, shards_of
from dangjian.search.builder.state import ShardsNote
from dangjian.search.format.bits import distinct, varints
from dangjian.search.format.container import DamagedIndexError, content_digest, wrap
from dangjian.search.format.directory import SHARD_STEP
from dangjian.search.format.documents import day_of
from dangjian.search.format.lists import CLASS_SIZES, Lists
from dangjian.search.format.manifest import Info, SegmentEntry, head_name, shards_name
from dangjian.search.format.tokens import RECORD_STEP, STEPS

Put = Callable[[str, bytes], None]
"""Takes a file that the index may lack, by its name."""


class BuiltSegment(NamedTuple):
    """A segment as it was made: its line in the manifest, but for the names that its documents
    share; and these. ``shards`` says which its files of shards are.
    """

    entry: SegmentEntry
    info: Info
    shards: ShardsNote


class Before(NamedTuple):
    """A segment of as many documents, in which only some lists of some chunks are other ones.

    ``payload`` reads a file of shards, by its name.
    """

    shards: ShardsNote
    changes: Sequence[ChangedLists]
    payload: Callable[[str, bytes], bytes]


def build_segment(
    facts: Sequence[Facts],
    lists: Callable[[], Sequence[Lists]],
    put: Put,
    before: Before | None = None,
) -> BuiltSegment:
    """The segment of these chunks (at least one), of each its facts and its posting lists.

    It is the same whether one ``before`` is given or not; with one, lists may not be asked for.
    ``put`` takes its files.
    """
    count, per_file = shard_counts([chunk.lists for chunk in facts])
    shards = None
    if before and (len(before.shards.sizes), before.shards.per_file) == (count, per_file):
        shards = _changed_shards(before, len(facts), put)
    if shards is None:
        shards = _shards(shards_of(lists(), count), count, per_file, put)
    info = _info(facts)
    sections = _sections(facts, info)
    sections["shards"] = _shards_section(shards)
    places: dict[str, tuple[int, int]] = {}
    payload = b""
    for section, data in sections.items():
        places[section] = (len(payload), len(data))
        payload += data
    head, keys = wrap(payload)
    name = content_digest(head).hex()
    put(head_name(name), head)
    entry = SegmentEntry(
        id=name,
        docs=sum(len(chunk.dates) for chunk in facts),
        chunks=[len(chunk.dates) for chunk in facts],
        shards=count,
        per_file=per_file,
        texts=sum(len(chunk.texts) for chunk in facts),
        keys=list(keys),
        length=len(payload),
        titles=sorted({length for chunk in facts for length in chunk.titles}),
        sections=places,
    )
    return BuiltSegment(entry, info, shards)


def _shards(shards: Iterator[bytes], count: int, per_file: int, put: Put) -> ShardsNote:
    """Make the files of all posting shards."""
    note = ShardsNote(per_file, [0] * count, [])
    for first in range(0, count, per_file):
        numbers = range(first, min(first + per_file, count))
        payloads = [_noted(note, number, next(shards)) for number in numbers]
        note.files.append(_file_of(payloads, put))
    return note


def _changed_shards(before: Before, chunks: int, put: Put) -> ShardsNote | None:
    """Make the files of those posting shards that have lists of changed terms.

    None if these are too many, or the shards are not what they should be.
    """
    old = before.shards
    terms = terms_of(before.changes)
    if len(terms) > MOST_CHANGED:
        return None
    numbers = shards_of_terms(terms, len(old.sizes))
    of_files = distinct(numbers // old.per_file).tolist()
    try:
        known = {file: _known_shards(before, file) for file in of_files}
        changed = {number: known[number // old.per_file][number] for number in numbers.tolist()}
        made = changed_shards(changed, before.changes, len(old.sizes), chunks)
    except (DamagedIndexError, ValueError, IndexError):
        return None
    note = ShardsNote(old.per_file, list(old.sizes), list(old.files))
    for file, shards in known.items():
        payloads = [_noted(note, n, made.get(n, shard)) for n, shard in shards.items()]
        note.files[file] = _file_of(payloads, put)
    return note


def _known_shards(before: Before, file: int) -> dict[int, bytes]:
    """The shards of a file as it was, by their numbers."""
    old = before.shards
    digest, keys = old.files[file]
    payload = before.payload(shards_name(digest), keys)
    shards: dict[int, bytes] = {}
    at = 0
    for number in range(len(old.sizes))[file * old.per_file : (file + 1) * old.per_file]:
        shards[number] = payload[at : at + old.sizes[number]]
        at += old.sizes[number]
    return shards


def _noted(note: ShardsNote, number: int, shard: bytes) -> bytes:
    note.sizes[number] = len(shard)
    return shard


def _file_of(payloads: Sequence[bytes], put: Put) -> tuple[bytes, bytes]:
    """A file of shards: its digest and its keys."""
    data, keys = wrap(b"".join(payloads))
    digest = content_digest(data)
    put(shards_name(digest), data)
    return digest, keys


def _shards_section(shards: ShardsNote) -> bytes:
    """What the head says of the posting shards."""
    digests, keys = (b"".join(column) for column in zip(*shards.files, strict=True))
    return _deflate(_planes([size // SHARD_STEP for size in shards.sizes], 3) + digests + keys)


def _info(facts: Sequence[Facts]) -> Info:
    """The names that documents share."""
    sets = sorted({members for chunk in facts for members in chunk.columns})
    columns = sorted({column for members in sets for column in members})
    number = {column: n for n, column in enumerate(columns)}
    return Info(
        columns=columns,
        sets=[[number[column] for column in members] for members in sets],
        types=sorted({name for chunk in facts for name in chunk.types}),
        sources=sorted({name for chunk in facts for name in chunk.sources}),
    )


def _sections(facts: Sequence[Facts], info: Info) -> dict[str, bytes]:
    """All sections of the head but that of the shards."""
    sets = [tuple(info.columns[n] for n in members) for members in info.sets]
    of_docs = [columns for chunk in facts for columns in chunk.columns]
    dates = [date for chunk in facts for date in chunk.dates]
    days = np.array([day_of(date) for date in dates], np.int64)
    return {
        "lengths": _deflate(b"".join(chunk.classes for chunk in facts)),
        "days": _deflate(varints(np.diff(days, prepend=0))),
        "columns": _ranks(of_docs, sets),
        "types": _ranks([name for chunk in facts for name in chunk.types], info.types),
        "sources": _ranks([name for chunk in facts for name in chunk.sources], info.sources),
        "records": _record_lengths(facts),
        "texts": _texts(facts),
    }


def _texts(facts: Sequence[Facts]) -> bytes:
    """What the head says of the text files."""
    texts = [text for chunk in facts for text in chunk.texts]
    return _deflate(
        _planes([len(lengths) for _, lengths, _, _ in texts], 2)
        + b"".join(digest for digest, _, _, _ in texts)
        + b"".join(keys for _, _, _, keys in texts)
    )


def _record_lengths(facts: Sequence[Facts]) -> bytes:
    """The steps that records take, less as many as a byte for each unit of the body would."""
    lengths = [length for chunk in facts for _, of_file, _, _ in chunk.texts for length in of_file]
    classes = np.frombuffer(b"".join(chunk.classes for chunk in facts), np.uint8)
    steps = np.array(lengths, np.int64) // RECORD_STEP - CLASS_SIZES[classes] // RECORD_STEP
    return _deflate(_planes((steps % STEPS).tolist(), 3))


def _ranks(values: Sequence[Hashable], table: Sequence[Hashable]) -> bytes:
    number = {value: n for n, value in enumerate(table)}
    return _deflate(_planes([number[value] for value in values], 1 if len(table) <= 256 else 2))


def _planes(values: Sequence[int], size: int) -> bytes:
    """Numbers of so many bytes: the lowest of all, then the next higher ones; these vary less."""
    planes = np.array(values, "<u8").view(np.uint8).reshape(-1, 8).T
    if planes[size:].any():
        raise ValueError("a part of the index is larger than it can be")
    return planes[:size].tobytes()


def _deflate(data: bytes) -> bytes:
    """Deflated, with repetitions or without, whatever is shorter."""
    tried: list[bytes] = []
    for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_HUFFMAN_ONLY):
        packer = zlib.compressobj(9, zlib.DEFLATED, -15, strategy=strategy)
        tried.append(packer.compress(data) + packer.flush())
    return min(tried, key=len)


def units_in(facts: Sequence[Facts]) -> int:
    """The sum of the class sizes of all bodies: the length of the archive as ranking counts it."""
    classes = np.frombuffer(b"".join(chunk.classes for chunk in facts), np.uint8)
    return int(CLASS_SIZES[classes].sum())
