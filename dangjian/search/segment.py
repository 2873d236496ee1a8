"""Making a segment: documents in, files out (docs/search-format.md, section 3)."""

import zlib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from contextlib import closing
from itertools import islice
from typing import NamedTuple

import msgspec
import numpy as np

from dangjian.search.bits import Numbers, varints
from dangjian.search.container import payload_size, wrap
from dangjian.search.documents import day_and_minute
from dangjian.search.drafts import Drafts
from dangjian.search.gathering import Gathered, Known, Prepared
from dangjian.search.lists import class_of, class_size, class_width
from dangjian.search.manifest import SegmentEntry, State
from dangjian.search.postings import Encoded, encode_all, shards_of
from dangjian.search.spool import Spool

LEAST_PER_TEXT = 16
MOST_TEXTS = 512


class BuiltSegment(NamedTuple):
    """A segment as it was made: its line in the manifest, and the names of its files."""

    entry: SegmentEntry
    files: dict[str, int]
    units: int
    columns: tuple[str, ...]


class _File(NamedTuple):
    """What the head has to say of a shard or text file."""

    size: int
    keys: bytes
    directory: int = 0


def build_segment(
    documents: Iterable[Prepared], simplified: Mapping[str, str], drafts: Drafts
) -> BuiltSegment | None:
    """Index documents and leave the files in ``drafts``; None if there are no documents.

    The bytes depend on the documents alone, which may come in any order, except that the dictionary
    is made from those that come first (:meth:`Gathered.read`).
    """
    with closing(Gathered(simplified, drafts.place)) as gathered:
        gathered.read(documents)
        if not gathered.documents:
            return None
        lengths, texts = _texts(gathered, drafts)
        fields = gathered.fields()
    classes = class_of(np.diff(fields.starts)[2 * fields.documents :] - 1)
    widths = np.array([class_width(c) for c in range(100)], np.int64)[classes]
    shards: list[_File] = []
    with closing(Encoded([], Spool(drafts.place), Spool(drafts.place))) as encoded:
        encode_all(fields, widths, encoded, drafts.place)
        del fields
        for shard in shards_of(encoded):
            data, keys = wrap(shard.payload)
            drafts.add(f"p{len(shards)}.js", data)
            shards.append(_File(payload_size(data), keys, shard.directory))
    sections = _sections(gathered.documents, classes, lengths, gathered.dictionary)
    sections["shards"] = _deflate(
        _u24([shard.directory for shard in shards])
        + _u24([shard.size for shard in shards])
        + np.array([text.size for text in texts], "<u4").tobytes()
        + b"".join(file.keys for file in (*shards, *texts))
    )
    return _assemble(gathered.documents, sections, (len(shards), len(texts)), classes, drafts)


def _texts(gathered: Gathered, drafts: Drafts) -> tuple[list[int], list[_File]]:
    """Write the text files; also returns the length of each record."""
    lengths, records = gathered.records()
    texts: list[_File] = []
    while part := b"".join(islice(records, _per_text(len(lengths)))):
        data, keys = wrap(part)
        drafts.add(f"t{len(texts)}.js", data)
        texts.append(_File(payload_size(data), keys))
    return lengths, texts


def _per_text(documents: int) -> int:
    return max(LEAST_PER_TEXT, -(-documents // MOST_TEXTS))


def _sections(
    documents: Sequence[Known],
    classes: Numbers,
    lengths: Sequence[int],
    dictionary: bytes,
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
        "records": _u24(lengths),
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
    documents: Sequence[Known],
    sections: dict[str, bytes],
    counts: tuple[int, int],
    classes: Numbers,
    drafts: Drafts,
) -> BuiltSegment:
    """Write the head and the state, when everything else is."""
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
        shards=counts[0],
        texts=counts[1],
        per_text=_per_text(len(documents)),
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
