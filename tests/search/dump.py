"""What an index says, however it is cut into segments: for comparing two of them."""

from pathlib import Path

from msgspec import Struct

from dangjian.search.format.documents import Record
from dangjian.search.format.segment import IndexReader, Postings, SegmentReader

Term = tuple[int, int, int]


class Dump(Struct, frozen=True):
    """All documents by address, and all terms (a, b, field): address to positions.

    A term whose documents alone are stored has no positions.
    """

    documents: dict[str, tuple[Record, tuple[str, ...]]]
    terms: dict[Term, dict[str, tuple[int, ...]]]
    docs: int
    units: int
    columns: list[tuple[str, str]]


def dump_index(folder: Path) -> Dump:
    """Read all of an index. It takes memory for all of it."""
    index = IndexReader(folder)
    documents: dict[str, tuple[Record, tuple[str, ...]]] = {}
    terms: dict[Term, dict[str, tuple[int, ...]]] = {}
    for segment in index.segments:
        names = _read_documents(segment, documents)
        for shard in range(segment.entry.shards):
            for a, b in segment.terms(shard):
                for postings in segment.postings(a, b, with_positions=True):
                    terms.setdefault((a, b, postings.field), {}).update(
                        _by_address(postings, names)
                    )
    manifest = index.manifest
    return Dump(documents, terms, manifest.docs, manifest.units, manifest.columns)


def _read_documents(
    segment: SegmentReader, documents: dict[str, tuple[Record, tuple[str, ...]]]
) -> list[str]:
    """Add the documents of a segment; gives their addresses by number."""
    names: list[str] = []
    for doc in range(segment.entry.docs):
        record = segment.record(doc)
        names.append(record.url)
        columns = segment.info.sets[int(segment.sets[doc])]
        documents[record.url] = (record, tuple(segment.info.columns[n] for n in columns))
    return names


def _by_address(postings: Postings, names: list[str]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    at = 0
    for doc, freq in zip(postings.docs.tolist(), postings.freqs.tolist(), strict=True):
        places = () if postings.positions is None else postings.positions[at : at + freq].tolist()
        at += freq
        found[names[doc]] = tuple(places)
    return found
