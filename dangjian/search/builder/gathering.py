"""Reading the documents of a segment: their units and records, of which few are held at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dangjian.search.builder.folder import Flags, Folder, Units
from dangjian.search.builder.learning import LEAST_DOCS, SAMPLE, TokenWriter
from dangjian.search.builder.postings import Fields
from dangjian.search.builder.spool import Spool
from dangjian.search.builder.threads import in_threads
from dangjian.search.format.bits import Numbers
from dangjian.search.format.documents import (
    IN_TOKENS,
    TRADITIONAL,
    Record,
    packed_plainly,
    record_text,
)
from dangjian.search.format.tokens import Token

BATCH = 256


class Prepared(NamedTuple):
    """A document ready to be indexed: its record, its columns, and who it is (8 bytes each)."""

    record: Record
    columns: tuple[str, ...]
    key: bytes
    digest: bytes


class Known(NamedTuple):
    """What is kept at hand of a document that was read."""

    date: str
    key: bytes
    digest: bytes
    columns: tuple[str, ...]
    type: str
    source: str


class Gathered:
    """The documents of a segment, numbered by date and key (3). To be closed.

    The units and the packed records are put aside in files, for there may be very many.
    """

    def __init__(self, simplified: Mapping[str, str], folder: Path) -> None:
        self.documents: list[Known] = []
        self.tokens: Sequence[Token] = ()
        self._folder = Folder(simplified)
        self._units = Spool(folder)
        self._records = Spool(folder)
        self._lengths: list[Numbers] = []
        self._unit_places: list[int] = []
        self._unit_sizes: list[int] = []
        self._record_places: list[int] = []
        self._record_lengths: list[int] = []
        self._order: list[int] = []
        self._same: dict[object, object] = {}

    def close(self) -> None:
        """Let go of what was put aside."""
        self._units.close()
        self._records.close()

    def read(self, documents: Iterable[Prepared]) -> None:
        """Read all documents; those of least key (``SAMPLE`` of them) are to come first."""
        source = iter(documents)
        sample = list(islice(source, SAMPLE))
        writer = None
        if len(sample) >= LEAST_DOCS:
            by_key = sorted(sample, key=lambda document: document.key)
            writer = TokenWriter([record_text(document.record) for document in by_key])
            self.tokens = writer.tokens
        everything = chain(sample, source)
        del sample
        for packed, lengths in in_threads(self._batches(everything, writer), 1):
            self._record_places.append(self._records.add(packed))
            self._record_lengths += lengths
        found = self.documents
        self._order = sorted(range(len(found)), key=lambda n: (found[n].date, found[n].key))
        self.documents = [found[n] for n in self._order]

    def _batches(
        self, documents: Iterator[Prepared], writer: TokenWriter | None
    ) -> Iterator[Callable[[], tuple[bytes, list[int]]]]:
        """Fold the documents, a batch at a time, and give what packs their records."""
        while batch := list(islice(documents, BATCH)):
            traditional = self._fold(batch)
            texts = [record_text(document.record) for document in batch]
            for document in batch:
                self.documents.append(self._known(document))
            yield partial(_pack, writer, texts, traditional)

    def _fold(self, batch: Sequence[Prepared]) -> Flags:
        """Put the units of documents aside; tells which have a traditional character."""
        records = [document.record for document in batch]
        texts = [text for record in records for text in (record.title, record.lead, record.text)]
        folded = self._folder.fold(texts)
        self._unit_places.append(self._units.add(folded.numbers.tobytes()))
        self._unit_sizes.append(folded.numbers.itemsize)
        self._lengths.append(folded.lengths.reshape(-1, 3))
        others = [f"{r.url}{r.column_name}{r.source}{r.type}" for r in records]
        in_fields: Flags = np.logical_or.reduce(folded.traditional.reshape(-1, 3), axis=1)
        return in_fields | self._folder.traditional(others)

    def _known(self, document: Prepared) -> Known:
        """What is kept of a document: few columns, types and sources, so each is kept once."""
        record = document.record
        columns, kind, source = (
            self._same.setdefault(value, value)
            for value in (document.columns, record.type, record.source)
        )
        return Known(record.date, document.key, document.digest, columns, kind, source)  # type: ignore[arg-type]

    def fields(self) -> tuple[Fields, Units]:
        """Where the texts of all documents begin, and their units."""
        chars = np.array(self._folder.chars, np.int64)
        count = len(self._order)
        lengths = np.concatenate([*self._lengths, np.zeros((0, 3), np.int64)])[self._order]
        starts = np.zeros(3 * count + 1, np.int64)
        np.cumsum(lengths.T.ravel() + 1, out=starts[1:])
        numbers: Units = np.zeros(int(starts[-1]), f"u{2 if len(chars) <= 0xFFFF else 4}")
        number_of = np.empty(count, np.int64)
        number_of[self._order] = np.arange(count)
        done = 0
        for place, size, of_batch in zip(
            self._unit_places, self._unit_sizes, self._lengths, strict=True
        ):
            total = int(of_batch.sum())
            units = np.frombuffer(self._units.read(place, total * size), f"u{size}")
            at = 0
            for row, number in zip(
                of_batch.tolist(), number_of[done : done + len(of_batch)].tolist(), strict=True
            ):
                for kind, length in enumerate(row):
                    start = starts[kind * count + number]
                    numbers[start : start + length] = units[at : at + length]
                    at += length
            done += len(of_batch)
        return Fields(numbers[: starts[count]].copy(), starts, chars, count), numbers

    def records(self) -> tuple[list[int], Iterator[bytes]]:
        """The length of each document's packed record, and the records themselves."""
        lengths = self._record_lengths
        places: list[int] = []
        for number, length in enumerate(lengths):
            if number % BATCH == 0:
                place = self._record_places[number // BATCH]
            places.append(place)
            place += length
        return (
            [lengths[n] for n in self._order],
            (self._records.read(places[n], lengths[n]) for n in self._order),
        )


def _pack(
    writer: TokenWriter | None, texts: Sequence[str], traditional: Flags
) -> tuple[bytes, list[int]]:
    """The records of texts, one behind the other, and the length of each."""
    flags = np.where(traditional, TRADITIONAL, 0).astype(np.uint8)
    if writer:
        return writer.write(texts, flags | np.uint8(IN_TOKENS))
    packed = list(map(packed_plainly, texts, flags.tolist()))
    return b"".join(packed), list(map(len, packed))
