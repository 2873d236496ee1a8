"""The directory of a posting shard, and which chunks a list has documents in (3.4)."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class ListSpan(NamedTuple):
    """Where a list is in its shard, in bytes, and how many documents it has (``total``)."""

    field: int
    total: int
    plain: bool
    doc_at: int
    doc_bytes: int
    pos_at: int
    pos_bytes: int


SHARD_STEP = 64
"""A shard is filled up with zeros to a multiple of so many bytes: its length takes less so."""

LENGTH_BYTES = 4
"""A shard begins with the length of its directory, which takes no more bytes."""


def directory_span(start: bytes) -> tuple[int, int]:
    """Where a directory begins and ends, by the first bytes of its shard.

    Raises ``ValueError`` if there are too few.
    """
    (length,), at = _read_some(start[:LENGTH_BYTES], 0, 1)
    return at, at + length


def parse_directory(values: list[int], end: int) -> dict[tuple[int, int], list[ListSpan]]:
    """The lists of each term, from the numbers of a directory that ends at byte ``end``."""
    count = values[0]
    steps, seconds, flags = (values[1 + n * count : 1 + (n + 1) * count] for n in range(3))
    rows: list[tuple[int, int, int, bool]] = []
    a = 0
    for step, b, present in zip(steps, seconds, flags, strict=True):
        a += step
        rows += [(a, b, field, bool(present & 8)) for field in range(3) if present >> field & 1]
    at = 1 + 3 * count
    totals, doc_bytes = (values[at + n * len(rows) : at + (n + 1) * len(rows)] for n in range(2))
    placed = iter(values[at + 2 * len(rows) :])
    terms: dict[tuple[int, int], list[ListSpan]] = {}
    for (a, b, field, plain), total, length in zip(rows, totals, doc_bytes, strict=True):
        pos_bytes = 0 if plain else next(placed, -1)
        if pos_bytes < 0:
            raise ValueError("a directory that is cut off")
        span = ListSpan(field, total, plain, 0, length, 0, pos_bytes)
        terms.setdefault((a, b), []).append(span)
    at = end
    for term in sorted(terms, key=lambda term: _bytes_of(terms[term])):
        terms[term], at = _placed(terms[term], at)
    return terms


def _bytes_of(spans: Iterable[ListSpan]) -> int:
    return sum(span.doc_bytes + span.pos_bytes for span in spans)


def _placed(spans: Iterable[ListSpan], at: int) -> tuple[list[ListSpan], int]:
    """The lists of a term whose bytes begin at ``at``, and where these end."""
    found: list[ListSpan] = []
    for span in spans:
        found.append(span._replace(doc_at=at))
        at += span.doc_bytes
    for number, span in enumerate(found):
        found[number] = span._replace(pos_at=at)
        at += span.pos_bytes
    return found, at


class ListPart(NamedTuple):
    """A list in one chunk: how many documents it has there, and the bytes of its two parts."""

    chunk: int
    total: int
    doc_bytes: int
    pos_bytes: int


def list_parts(data: bytes, place: ListSpan, chunks: int) -> Iterator[tuple[ListPart, int]]:
    """The parts of a list by chunks, each with the place in ``data`` where its documents begin.

    Raises ``ValueError`` if they can't be such.
    """
    if chunks == 1:
        yield ListPart(0, place.total, place.doc_bytes, place.pos_bytes), 0
        return
    parts: list[ListPart] = []
    chunk, at, last = -1, 0, False
    while not last:
        (step,), at = _read_some(data, at, 1)
        chunk, last = chunk + 1 + (step >> 1), bool(step & 1)
        if chunk >= chunks:
            raise ValueError("a list names a chunk that is not there")
        if last and not parts:
            parts.append(ListPart(chunk, place.total, place.doc_bytes - at, place.pos_bytes))
            break
        numbers, at = _read_some(data, at, 2 if place.plain else 3)
        parts.append(ListPart(chunk, numbers[0], numbers[1], 0 if place.plain else numbers[2]))
    if sum(part.total for part in parts) != place.total:
        raise ValueError("a list has not as many documents as announced")
    for part in parts:
        yield part, at
        at += part.doc_bytes


def _read_some(data: bytes, at: int, count: int) -> tuple[list[int], int]:
    """Some LEB128 numbers from byte ``at`` on, and where they end."""
    numbers: list[int] = []
    while len(numbers) < count:
        value = shift = 0
        while True:
            if at >= len(data) or shift > 35:
                raise ValueError("a number is cut off, or too long")
            value |= (data[at] & 0x7F) << shift
            shift += 7
            at += 1
            if data[at - 1] < 0x80:
                break
        numbers.append(value)
    return numbers, at
