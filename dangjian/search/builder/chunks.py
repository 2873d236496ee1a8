"""Making a chunk: the posting lists and the records of some documents next to each other (3).

Chunks are what a change makes again. A chunk depends on nothing but its documents.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from dangjian.search.builder.folder import Codes, Folder
from dangjian.search.builder.phrases import phrase_writer
from dangjian.search.builder.postings import Fields, Units, encode_all
from dangjian.search.builder.shards import ListsSize
from dangjian.search.format.bits import Numbers
from dangjian.search.format.container import content_digest, wrap
from dangjian.search.format.documents import TRADITIONAL, Record, record_text
from dangjian.search.format.folding import BREAK
from dangjian.search.format.lists import Lists, class_of, class_width

FILE_BYTES = 65_536
LARGE_FILE_BYTES = 262_144
"""Of chunks of ``LARGE_CHUNK`` documents and more, which few changes make again.

The head names each file, and a reader takes parts of them."""
LARGE_CHUNK = 600
_BATCH = 256


class Prepared(NamedTuple):
    """A document ready to be indexed: its record, and its columns, ancestors included."""

    record: Record
    columns: tuple[str, ...]


class Part(Struct, frozen=True):
    """What a chunk takes of one document.

    ``units`` are the code points of the folded title, lead and body, one behind the other, in 16
    bits each where that is enough, otherwise in 32; ``lengths`` how many there are of each.
    ``record`` is its record in a text file.
    """

    date: str
    columns: tuple[str, ...]
    type: str
    source: str
    lengths: tuple[int, int, int]
    units: bytes
    record: bytes


TextEntry = tuple[bytes, list[int], int, bytes]
"""A text file: its digest, the lengths of its records, the bytes of its payload, and its keys."""


class TextFile(NamedTuple):
    """A text file: what the head of a segment says of it, and its bytes."""

    entry: TextEntry
    data: bytes


class Facts(Struct, frozen=True):
    """What the head of a segment says of a chunk's documents: a value for each.

    ``titles`` are the lengths of the titles, ``classes`` the length classes of the bodies (a byte
    each); ``lists`` tells how large its posting lists are.
    """

    dates: list[str]
    columns: list[tuple[str, ...]]
    types: list[str]
    sources: list[str]
    titles: list[int]
    classes: bytes
    texts: list[TextEntry]
    lists: ListsSize


class Texts(NamedTuple):
    """The texts of a chunk: where they begin, their units by number, and for each document the
    bits of a position in its body.
    """

    fields: Fields
    numbers: Units
    widths: Numbers


def parts_of(documents: Iterable[Prepared], folder: Folder) -> Iterator[Part]:
    """What a chunk takes of each document."""
    batch: list[Prepared] = []
    for document in documents:
        batch.append(document)
        if len(batch) == _BATCH:
            yield from _batch_of(batch, folder)
            batch = []
    if batch:
        yield from _batch_of(batch, folder)


def _batch_of(batch: Sequence[Prepared], folder: Folder) -> Iterator[Part]:
    records = [document.record for document in batch]
    folded = folder.fold([text for r in records for text in (r.title, r.lead, r.text)])
    traditional = np.logical_or.reduce(folded.traditional.reshape(-1, 3), axis=1)
    traditional |= folder.traditional(
        [f"{r.url}{r.column_name}{r.source}{r.type}" for r in records]
    )
    flags = np.where(traditional, TRADITIONAL, 0).astype(np.uint8)
    packed, sizes = phrase_writer().write(list(map(record_text, records)), flags)
    codes = np.array(folder.chars, np.uint32)[folded.numbers]
    lengths = folded.lengths.reshape(-1, 3).tolist()
    unit_bounds = pairwise(accumulate(map(sum, lengths), initial=0))
    record_bounds = pairwise(accumulate(sizes, initial=0))
    for document, row, (begin, end), (first, behind) in zip(
        batch, lengths, unit_bounds, record_bounds, strict=True
    ):
        yield Part(
            date=document.record.date,
            columns=document.columns,
            type=document.record.type,
            source=document.record.source,
            lengths=(row[0], row[1], row[2]),
            units=_narrow(codes[begin:end]).tobytes(),
            record=packed[first:behind],
        )


def _narrow(codes: Codes) -> Codes | npt.NDArray[np.uint16]:
    return codes if len(codes) and int(codes.max()) > 0xFFFF else codes.astype(np.uint16)


def facts_of(parts: Sequence[Part], texts: Sequence[TextFile], lists: ListsSize) -> Facts:
    """What the head says of documents, which are in order, and of their text files."""
    classes = class_of(np.array([part.lengths[2] for part in parts], np.int64))
    return Facts(
        dates=[part.date for part in parts],
        columns=[part.columns for part in parts],
        types=[part.type for part in parts],
        sources=[part.source for part in parts],
        titles=[part.lengths[0] for part in parts],
        classes=classes.astype(np.uint8).tobytes(),
        texts=[text.entry for text in texts],
        lists=lists,
    )


def changed_facts(facts: Facts, changed: Mapping[int, Part], texts: Sequence[TextEntry]) -> Facts:
    """The facts of a chunk of which some documents are others; ``texts`` are its text files."""
    columns = facts.dates, facts.columns, facts.types, facts.sources, facts.titles, facts.classes
    rows = list(zip(*columns, strict=True))
    for row, part in changed.items():
        length_class = int(class_of(np.array(part.lengths[2:], np.int64))[0])
        title = part.lengths[0]
        rows[row] = part.date, part.columns, part.type, part.source, title, length_class
    dates, members, types, sources, titles, classes = map(list, zip(*rows, strict=True))
    return Facts(dates, members, types, sources, titles, bytes(classes), list(texts), facts.lists)


def lists_of(parts: Sequence[Part]) -> Lists:
    """The posting lists of these documents, which are in order."""
    return encode_all(*texts_of(parts))


def texts_of(parts: Sequence[Part]) -> Texts:
    """The texts of documents, which are in order."""
    count = len(parts)
    lengths = np.array([part.lengths for part in parts], np.int64)
    starts = np.zeros(3 * count + 1, np.int64)
    np.cumsum(lengths.T.ravel() + 1, out=starts[1:])
    codes = np.full(int(starts[-1]), BREAK, np.uint32)
    for number, part in enumerate(parts):
        units = np.frombuffer(part.units, f"u{len(part.units) // max(1, sum(part.lengths)) or 2}")
        at = 0
        for kind, length in enumerate(part.lengths):
            begin = starts[kind * count + number]
            codes[begin : begin + length] = units[at : at + length]
            at += length
    known = np.zeros(0x110000, bool)
    known[codes] = True
    known[BREAK] = False
    chars = np.append(BREAK, np.flatnonzero(known))
    number_of: Units = np.zeros(0x110000, np.uint16 if len(chars) <= 1 << 16 else np.uint32)
    number_of[chars] = np.arange(len(chars))
    numbers = number_of[codes]
    widths = np.array([class_width(c) for c in range(100)], np.int64)[class_of(lengths[:, 2])]
    return Texts(Fields(numbers[: starts[count]], starts, chars, count), numbers, widths)


def text_files(parts: Sequence[Part]) -> Iterator[TextFile]:
    """The text files of a chunk: records one behind the other, about as many bytes in each."""
    for begin, end in text_bounds([len(part.record) for part in parts]):
        yield text_file(parts[begin:end])


def text_file(parts: Sequence[Part]) -> TextFile:
    """The text file of some documents."""
    payload = b"".join(part.record for part in parts)
    data, keys = wrap(payload)
    lengths = [len(part.record) for part in parts]
    return TextFile((content_digest(payload), lengths, len(payload), keys), data)


def text_bounds(lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and the one behind the last document of each text file of a chunk.

    ``lengths`` are those of its records.
    """
    total = sum(lengths)
    count = -(-total // (FILE_BYTES if len(lengths) < LARGE_CHUNK else LARGE_FILE_BYTES))
    begin = done = 0
    for number in range(1, count + 1):
        end = begin
        while end < len(lengths) and (number == count or done * count < total * number):
            done += lengths[end]
            end += 1
        if end > begin:
            yield begin, end
        begin = end
