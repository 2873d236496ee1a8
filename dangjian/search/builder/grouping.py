"""The units of a segment, put aside in groups of like ones: all of them need not stay in memory."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dangjian.search.builder.folder import Units
from dangjian.search.builder.spool import Spool
from dangjian.search.format.bits import Numbers, starts_of

_GROUP = 125_000
_MOST_GROUPS = 240
_NO_GROUP = 255
_BLOCK = 1_000_000

_Block = tuple[int, Numbers]
"""Where a block was put aside, and where in it each group begins."""


class Group(NamedTuple):
    """Places in the texts, ascending, the unit at each, and what follows it (0 is the break)."""

    places: Numbers
    units: Units
    following: Units


def groups_of(numbers: Units, chars: int, spool: Spool) -> Iterator[Group]:
    """All units but breaks, those of the same unit in the same group.

    ``numbers`` are the units of all texts, of ``chars`` kinds, with a break at the end. They are
    let go when the first group is given.
    """
    of_unit = _group_of_units(numbers, chars)
    last = int(of_unit[-1]) if len(of_unit) > 1 else -1
    wide = np.dtype("<u4" if len(numbers) < 1 << 32 else "<u8")
    narrow = numbers.dtype
    blocks = list(_put_aside(numbers, of_unit, wide, spool))
    del numbers
    yield from (_read(spool, blocks, number, wide, narrow) for number in range(last + 1))


def _put_aside(
    numbers: Units, of_unit: npt.NDArray[np.uint8], wide: np.dtype[np.unsignedinteger], spool: Spool
) -> Iterator[_Block]:
    """Put aside the units, a block after the other, sorted by their groups."""
    for begin in range(0, len(numbers) - 1, _BLOCK):
        following = numbers[begin + 1 : begin + 1 + _BLOCK]
        units = numbers[begin : begin + len(following)]
        group = of_unit[units]
        bounds = starts_of(np.bincount(group, minlength=_NO_GROUP + 1))
        order = np.argsort(group, kind="stable")[: bounds[_NO_GROUP]]
        columns = ((order + begin).astype(wide), units[order], following[order])
        yield spool.add(b"".join([column.tobytes() for column in columns])), bounds


def _read(
    spool: Spool,
    blocks: list[_Block],
    number: int,
    wide: np.dtype[np.unsignedinteger],
    narrow: np.dtype[np.unsignedinteger],
) -> Group:
    """One group, from all blocks."""
    columns: tuple[list[bytes], ...] = ([], [], [])
    for place, bounds in blocks:
        begin, end, total = bounds[[number, number + 1, _NO_GROUP]].tolist()
        for column, dtype in zip(columns, (wide, narrow, narrow), strict=True):
            size = dtype.itemsize
            column.append(spool.read(place + begin * size, (end - begin) * size))
            place += total * size
    places, units, following = (b"".join(column) for column in columns)
    return Group(
        np.frombuffer(places, wide).astype(np.int64),
        np.frombuffer(units, narrow),
        np.frombuffer(following, narrow),
    )


def _group_of_units(numbers: Units, chars: int) -> npt.NDArray[np.uint8]:
    """The group of each unit: units next to each other, with about equally many places."""
    counts = np.zeros(chars, np.int64)
    for begin in range(0, len(numbers), _BLOCK):
        counts += np.bincount(numbers[begin : begin + _BLOCK], minlength=chars)
    most = max(_GROUP, len(numbers) // _MOST_GROUPS)
    groups = np.full(chars, _NO_GROUP, np.uint8)
    group = held = 0
    for number, count in enumerate(counts.tolist()[1:], 1):
        if held and held + count > most:
            group, held = group + 1, 0
        groups[number] = group
        held += count
    return groups
