"""Documents by column, source, type and date (docs/search-format.md, 4.1)."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from dangjian.search.format.folding import fold_name
from dangjian.search.format.segment import IndexReader, SegmentReader
from dangjian.search.query.language import LAST_DAY, Filter

Flags = npt.NDArray[np.bool_]


class Choice(Struct, frozen=True):
    """What a reader chose besides the query; each is exact, and empty means any.

    ``column`` is an address (its children count); ``days`` are first and last day, 0001-01-01
    being day 1.
    """

    column: str = ""
    source: str = ""
    type: str = ""
    days: tuple[int, int] = (0, LAST_DAY)


def chosen_docs(
    index: IndexReader, segment: SegmentReader, filters: Sequence[Filter], choice: Choice
) -> Flags:
    """Which documents of a segment pass all filters of a query and the reader's choice."""
    keep = np.ones(segment.entry.docs, bool)
    for field in dict.fromkeys(f.field for f in filters if not f.excluded):
        some = np.zeros(segment.entry.docs, bool)
        for one in filters:
            if one.field == field and not one.excluded:
                some |= _passes(index, segment, one)
        keep &= some
    for one in filters:
        if one.excluded:
            keep &= ~_passes(index, segment, one)
    return keep & _of_choice(segment, choice)


def _of_choice(segment: SegmentReader, choice: Choice) -> Flags:
    keep = np.ones(segment.entry.docs, bool)
    info = segment.info
    if choice.column:
        keep &= _in_columns(segment, {address(choice.column)})
    if choice.source:
        keep &= np.array([s == choice.source for s in info.sources])[segment.sources]
    if choice.type:
        keep &= np.array([t == choice.type for t in info.types])[segment.types]
    if choice.days != (0, LAST_DAY):
        keep &= _between(segment, choice.days)
    return keep


def _passes(index: IndexReader, segment: SegmentReader, one: Filter) -> Flags:
    info = segment.info
    if not segment.entry.docs:
        return np.zeros(0, bool)
    if one.field == "source":
        wanted = fold_name(one.value)
        return np.array([wanted in fold_name(s) for s in info.sources])[segment.sources]
    if one.field == "type":
        return np.array([t == one.value for t in info.types])[segment.types]
    if one.field == "column":
        return _in_columns(segment, _columns(index, one.value))
    return _between(segment, one.days)


def _between(segment: SegmentReader, days: tuple[int, int]) -> Flags:
    return (segment.days >= days[0]) & (segment.days <= days[1])


def _in_columns(segment: SegmentReader, wanted: set[str]) -> Flags:
    info = segment.info
    numbers = {n for n, column in enumerate(info.columns) if column in wanted}
    return np.array([not numbers.isdisjoint(members) for members in info.sets])[segment.sets]


def _columns(index: IndexReader, value: str) -> set[str]:
    """Addresses of the columns that a value names."""
    names = dict(index.manifest.columns)
    wanted = fold_name(value)
    exact = {
        column
        for column, name in names.items()
        if column == address(value) or fold_name(name) == wanted
    }
    return exact or {column for column, name in names.items() if wanted in fold_name(name)}


def address(text: str) -> str:
    """A column's address without slashes around it and ``index.html`` behind it."""
    return text.strip("/").removesuffix("index.html").rstrip("/")
