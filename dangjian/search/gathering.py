"""Reading the documents of a segment: their units and records, of which few are held at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dangjian.search.bits import Numbers
from dangjian.search.dictionary import LEAST_DOCS, SAMPLE, dictionary_of
from dangjian.search.documents import Packer, Record, record_text
from dangjian.search.folder import TRADITIONAL, UNSTABLE, Folder, Units
from dangjian.search.postings import Fields
from dangjian.search.spool import Spool
from dangjian.search.threads import in_threads

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
        self.dictionary = b""
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
        if len(sample) >= LEAST_DOCS:
            by_key = sorted(sample, key=lambda document: document.key)
            self.dictionary = dictionary_of([record_text(document.record) for document in by_key])
        everything = chain(sample, source)
        del sample
        for packed in in_threads(self._batches(everything), 1):
            self._record_places.append(self._records.add(b"".join(packed)))
            self._record_lengths += map(len, packed)
        found = self.documents
        self._order = sorted(range(len(found)), key=lambda n: (found[n].date, found[n].key))
        self.documents = [found[n] for n in self._order]

    def _batches(self, documents: Iterator[Prepared]) -> Iterator[Callable[[], list[bytes]]]:
        """Fold the documents, a batch at a time, and give what packs their records."""
        packer = Packer(self.dictionary)
        while batch := list(islice(documents, BATCH)):
            marks = self._fold(batch)
            texts = [record_text(document.record) for document in batch]
            for document in batch:
                self.documents.append(self._known(document))
            yield partial(_pack, packer, texts, marks)

    def _fold(self, batch: Sequence[Prepared]) -> list[int]:
        """Put the units of documents aside; returns the marks of their records."""
        records = [document.record for document in batch]
        texts = [text for record in records for text in (record.title, record.lead, record.text)]
        folded = self._folder.fold(texts)
        self._unit_places.append(self._units.add(folded.numbers.tobytes()))
        self._unit_sizes.append(folded.numbers.itemsize)
        self._lengths.append(folded.lengths.reshape(-1, 3))
        others = [f"{r.url}{r.column_name}{r.source}{r.type}" for r in records]
        marks = np.bitwise_or.reduce(folded.marks.reshape(-1, 3), axis=1)
        return (marks | self._folder.marks(others)).tolist()  # type: ignore[no-any-return]

    def _known(self, document: Prepared) -> Known:
        """What is kept of a document: few columns, types and sources, so each is kept once."""
        record = document.record
        columns, kind, source = (
            self._same.setdefault(value, value)
            for value in (document.columns, record.type, record.source)
        )
        return Known(record.date, document.key, document.digest, columns, kind, source)  # type: ignore[arg-type]

    def fields(self) -> Fields:
        """The units of all documents."""
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
        return Fields(numbers, starts, chars, count)

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


def _pack(packer: Packer, texts: Sequence[str], marks: Sequence[int]) -> list[bytes]:
    return [
        packer.pack(text, bool(mark & UNSTABLE), bool(mark & TRADITIONAL))
        for text, mark in zip(texts, marks, strict=True)
    ]
