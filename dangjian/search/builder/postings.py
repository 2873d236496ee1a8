"""From the units of a chunk's documents to posting lists (3.3, 3.4)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from dangjian.search.builder.readings import readings_for
from dangjian.search.format.bits import Numbers, Small, is_among
from dangjian.search.format.lists import TITLE_END, Lists, Places, encode
from dangjian.search.format.pinyin import INITIAL, syllable_number

_SLICE = 60_000
# What a signed number of 64 bits holds with one to spare, and one of 32, sorted in half the time.
_KEY_BITS = 62
_SMALL_KEY_BITS = 31
_TERM_BITS = 32
_TERM_MASK = (1 << _TERM_BITS) - 1

Flags = npt.NDArray[np.bool_]
Units = npt.NDArray[np.unsignedinteger]
"""Units by their number in a chunk: in 16 bits where these are enough."""


class Fields(NamedTuple):
    """Where all texts of a chunk begin: titles, then leads, then bodies, a break after each.

    ``starts`` has one entry more than there are fields. ``titles`` are the units of the titles, by
    number; ``chars[n]`` is the code point of unit number n, and number 0 is the break.
    """

    titles: Units
    starts: Numbers
    chars: Numbers
    documents: int

    def small(self) -> np.dtype[np.signedinteger]:
        """What holds any place in the texts, and any bit of some lists of them."""
        return np.dtype(np.int32 if self.starts[-1] < 1 << 31 else np.int64)

    def title_positions(self, places: Numbers, docs: Numbers) -> Numbers:
        """The positions of places of the titles, each in the title of its document."""
        begins = self.starts[docs]
        before, at = (_units_before(some, self.titles) for some in (begins, places))
        return np.asarray(places - begins + at - before, np.int64)

    def folded_titles(self) -> str:
        """The folded titles of all documents, a break behind each."""
        return "".join(map(chr, self.chars[self.titles].tolist()))


def encode_all(fields: Fields, numbers: Units, widths: Numbers) -> Lists:
    """Every list of a chunk.

    ``numbers`` are the units of all texts; ``widths`` the bits of a position in each body.
    """
    titles = encode_titles(fields, widths)
    return joined([titles, encode_texts(fields, numbers, widths)])


def encode_titles(fields: Fields, widths: Numbers) -> Lists:
    """The lists of what titles have besides their units: how they end, how they are read."""
    small = widths.astype(fields.small())
    return joined([encode(places, small) for places in (_title_ends(fields), *_pinyin(fields))])


def encode_texts(
    fields: Fields, numbers: Units, widths: Numbers, only: Numbers | None = None
) -> Lists:
    """The lists of single units and of pairs of units: all, or those of the terms ``only``."""
    small = widths.astype(fields.small())
    columns = _columns(fields, numbers, _places(fields, numbers, only))
    lists = joined(list(_all_lists(fields, small, columns)))
    return lists if only is None else lists.of(is_among(lists.term, only))


def joined(batches: Sequence[Lists]) -> Lists:
    """Lists one behind the other."""
    return Lists(*(np.concatenate(column) for column in zip(*batches, strict=True)))


def no_lists() -> Lists:
    """What has no list."""
    numbers, sizes = np.zeros(0, np.int64), np.zeros(0, np.uint32)
    flags = np.zeros(0, np.uint8)
    return Lists(numbers, flags, flags.astype(bool), sizes, sizes, sizes, flags, flags)


def _places(
    fields: Fields, numbers: Units, only: Numbers | None
) -> Iterator[tuple[Numbers, Numbers]]:
    """Ascending places where terms may begin, some at a time: all, or those of the terms ``only``.

    Of those no place where one begins is missed. The other numbers are those of the units before.
    """
    begins = None if only is None else _beginnings(fields, only)
    units = 0
    for start in range(0, len(numbers) - 1, _SLICE):
        part = numbers[start : start + _SLICE + 1]
        found = np.flatnonzero(part[:-1])
        before = np.arange(units, units + len(found))
        units += len(found)
        if begins is not None:
            unit, after = part.take(found), part.take(found + 1)
            chosen = begins.alone[unit] | (begins.first[unit] & begins.second[after])
            found, before = found.compress(chosen), before.compress(chosen)
        yield found + start, before


class _Beginnings(NamedTuple):
    """Of each unit whether it is a term, and whether a pair of units begins or ends with it."""

    alone: Flags
    first: Flags
    second: Flags


def _beginnings(fields: Fields, terms: Numbers) -> _Beginnings:
    number_of = np.zeros(0x110000, np.int64)
    number_of[fields.chars] = np.arange(len(fields.chars))
    a, b = terms >> _TERM_BITS, terms & _TERM_MASK
    texts = a < len(number_of)
    a, b = number_of[a[texts]], b[texts]
    found = _Beginnings(*(np.zeros(len(fields.chars), bool) for _ in range(3)))
    found.alone[a[b == 0]] = True
    found.first[a[b > TITLE_END]] = True
    found.second[number_of[b[b > TITLE_END]]] = True
    return found


class _Columns(NamedTuple):
    """Some places: the unit there and the one behind it, the field, and the position in it."""

    unit: Units
    after: Units
    field: Small
    position: Small


def _columns(
    fields: Fields, numbers: Units, places: Iterable[tuple[Numbers, Numbers]]
) -> Iterator[_Columns]:
    small = fields.small()
    begins = fields.starts + _units_before(fields.starts, numbers)
    for at, units in places:
        if not len(at):
            continue
        ends = (int(at[0]), int(at[-1]))
        first, last = (np.searchsorted(fields.starts, ends, side="right") - 1).tolist()
        bounds = np.searchsorted(at, fields.starts[first : last + 2])
        field = np.repeat(np.arange(first, last + 1, dtype=small), np.diff(bounds))
        position = (at + units - begins.take(field)).astype(small)
        yield _Columns(numbers.take(at), numbers.take(at + 1), field, position)


def _units_before(places: Numbers, numbers: Units) -> Numbers:
    """How many units are before places of the texts: what is not a unit is a break.

    A position counts each unit as two and each break as one (2.1): it is a place and these.
    """
    return np.asarray(places - np.searchsorted(np.flatnonzero(numbers == 0), places), np.int64)


def _all_lists(fields: Fields, widths: Small, columns: Iterable[_Columns]) -> Iterator[Lists]:
    """The lists of what begins at some places, in batches that need little memory each.

    All of a place is put into one number and these are sorted: to sort terms and then to fetch what
    belongs to each takes twice as long, for it lies anywhere in memory.
    """
    bits = _Bits.of(fields)
    units = _Filled(int(fields.starts[-1]), bits.single_unit())
    pairs = _Filled(int(fields.starts[-1]), np.dtype(np.int64))
    wide: list[_Columns] = []
    for found in columns:
        units.add((found.unit.astype(bits.single_unit()) << bits.field) | found.field)
        paired = found.after != 0
        two = _Columns(*(column.compress(paired) for column in found))
        if bits.fit:
            pairs.add(bits.joined(two))
        else:
            wide.append(two)
    yield _single_units(fields, widths, units.all(), bits)
    del units
    keys = pairs.all()
    keys.sort()
    for begin, end in _batches(keys, bits.below):
        yield _lists_of_pairs(fields, widths, bits.places(keys[begin:end], widths.dtype))
    if wide:
        yield _lists_of_pairs(fields, widths, _in_order(wide))


class _Filled:
    """Numbers that come in pieces, in one array: to concatenate them takes twice the memory."""

    def __init__(self, most: int, dtype: np.dtype[np.signedinteger]) -> None:
        self._numbers: Small = np.empty(most, dtype)
        self._count = 0

    def add(self, numbers: Small) -> None:
        end = self._count + len(numbers)
        self._numbers[self._count : end] = numbers
        self._count = end

    def all(self) -> Small:
        return self._numbers[: self._count]


class _Bits(NamedTuple):
    """How many bits each part of a place takes in a number: a pair of units stands highest."""

    unit: int
    field: int
    position: int

    @classmethod
    def of(cls, fields: Fields) -> Self:
        longest = 2 * np.diff(fields.starts).max(initial=0)
        most = len(fields.chars) - 1, len(fields.starts) - 1, longest
        return cls(*(int(number).bit_length() for number in most))

    @property
    def below(self) -> int:
        """The bits below those of a pair of units."""
        return self.field + self.position

    def single_unit(self) -> np.dtype[np.signedinteger]:
        """What holds a unit and its field."""
        return np.dtype(np.int32 if self.unit + self.field <= _SMALL_KEY_BITS else np.int64)

    @property
    def fit(self) -> bool:
        """Whether a number holds a pair of units with its field and position."""
        return 2 * self.unit + self.below <= _KEY_BITS

    def joined(self, columns: _Columns) -> Numbers:
        keys = columns.unit.astype(np.int64)
        rest = columns.after, columns.field, columns.position
        for column, width in zip(rest, self, strict=True):
            keys <<= width
            keys |= column
        return keys

    def places(self, keys: Numbers, small: np.dtype[np.signedinteger]) -> Places:
        """What ``joined`` put together, with pairs as terms."""
        pair = keys >> self.below
        term = ((pair >> self.unit) << _TERM_BITS) | (pair & ((1 << self.unit) - 1))
        field = (keys >> self.position) & ((1 << self.field) - 1)
        position = keys & ((1 << self.position) - 1)
        return Places(term, field.astype(small), position.astype(small))


def _in_order(columns: Sequence[_Columns]) -> Places:
    """The same of places that do not fit into one number each."""
    unit, after, field, position = map(np.concatenate, zip(*columns, strict=True))
    term = (unit.astype(np.int64) << _TERM_BITS) | after
    order = np.argsort(term, kind="stable")
    return Places(term.take(order), field.take(order), position.take(order))


def _lists_of_pairs(fields: Fields, widths: Small, places: Places) -> Lists:
    lists = encode(places, widths)
    first = fields.chars[lists.term >> _TERM_BITS]
    second = fields.chars[lists.term & _TERM_MASK]
    return lists._replace(term=(first << _TERM_BITS) | second)


def _batches(keys: Numbers, below: int) -> Iterator[tuple[int, int]]:
    """Bounds of sorted keys that part no two of one pair: as many as a processor's caches hold.

    Larger arrays take longer to get from the system than to fill. A pair's number is in the bits
    of a key from ``below`` on.
    """
    begin = 0
    while begin < len(keys):
        last = min(begin + _SLICE, len(keys)) - 1
        end = int(np.searchsorted(keys, ((keys[last] >> below) + 1) << below))
        yield begin, end
        begin = end


def _single_units(fields: Fields, widths: Small, keys: Small, bits: _Bits) -> Lists:
    """Which documents have which units, in each of the fields: a unit and its field each."""
    keys.sort()
    new = np.ones(len(keys), bool)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    keys = keys.compress(new).astype(np.int64)
    field = (keys & ((1 << bits.field) - 1)).astype(fields.small())
    lists = encode(Places(keys >> bits.field, field, None), widths)
    return lists._replace(term=fields.chars[lists.term] << _TERM_BITS)


def _title_ends(fields: Fields) -> Places:
    starts = fields.starts[: fields.documents + 1]
    docs = np.flatnonzero(np.diff(starts) > 1)
    last = starts[docs + 1] - 2
    chars = fields.chars[fields.titles[last]]
    order = np.argsort(chars, kind="stable")
    docs, small = docs[order], fields.small()
    position = fields.title_positions(last[order], docs).astype(small)
    return Places((chars[order] << _TERM_BITS) | TITLE_END, docs.astype(small), position)


def _pinyin(fields: Fields) -> Iterator[Places]:
    """Initials and syllables of neighbouring characters, and single syllables."""
    titles = fields.folded_titles()
    names = readings_for(titles).of(titles)
    known = {name: n for n, name in enumerate(dict.fromkeys(["", *names]))}
    read = np.fromiter(map(known.__getitem__, names), fields.small(), len(names))
    at = np.flatnonzero(read)
    ends = fields.starts[1 : fields.documents + 1]
    doc = np.searchsorted(ends, at, side="right").astype(fields.small())
    place = fields.title_positions(at, doc).astype(fields.small())
    syllable = read[at]
    number = np.array([syllable_number(name) for name in known], np.int64)[syllable]
    initial = np.array([INITIAL + ord(name[:1] or " ") for name in known], np.int64)[syllable]
    neighbours = np.flatnonzero((doc[1:] == doc[:-1]) & (place[1:] == place[:-1] + 2))
    for values in (number, initial):
        term = (values[neighbours] << _TERM_BITS) | values[neighbours + 1]
        order = np.argsort(term, kind="stable")
        chosen = neighbours[order]
        yield Places(term[order], doc[chosen], place[chosen])
    order = np.argsort(number, kind="stable")
    yield Places(number[order] << _TERM_BITS, doc[order], None)
