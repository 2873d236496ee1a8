"""From the units of a chunk's documents to posting lists (3.3, 3.4)."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from dangjian.search.builder.readings import readings_for
from dangjian.search.format.bits import Numbers, Small, is_among
from dangjian.search.format.lists import TITLE_END, Lists, Places, encode
from dangjian.search.format.pinyin import INITIAL, syllable_number

_SLICE = 60_000
_TERM_BITS = 32
_KEY_BITS = 63
_TERM_MASK = (1 << _TERM_BITS) - 1


class Fields(NamedTuple):
    """Where all texts of a chunk begin: titles, then leads, then bodies, a break after each.

    ``starts`` has one entry more than there are fields. ``titles`` are the units of the titles, by
    number; ``chars[n]`` is the code point of unit number n, and number 0 is the break.
    """

    titles: Numbers
    starts: Numbers
    chars: Numbers
    documents: int

    def small(self) -> np.dtype[np.signedinteger]:
        """What holds any place in the texts, and any bit of some lists of them."""
        return np.dtype(np.int32 if self.starts[-1] < 1 << 31 else np.int64)

    def folded_titles(self) -> str:
        """The folded titles of all documents, a break behind each."""
        return "".join(map(chr, self.chars[self.titles].tolist()))


def encode_all(fields: Fields, numbers: Numbers, widths: Numbers) -> Lists:
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
    fields: Fields, numbers: Numbers, widths: Numbers, only: Numbers | None = None
) -> Lists:
    """The lists of single units and of pairs of units: all, or those of the terms ``only``."""
    places = np.flatnonzero(numbers[:-1]) if only is None else _places_of(fields, numbers, only)
    lists = joined(list(_pairs(fields, widths.astype(fields.small()), numbers, places)))
    return lists if only is None else lists.of(is_among(lists.term, only))


def joined(batches: Sequence[Lists]) -> Lists:
    """Lists one behind the other."""
    return Lists(*(np.concatenate(column) for column in zip(*batches, strict=True)))


def _places_of(fields: Fields, numbers: Numbers, terms: Numbers) -> Numbers:
    """Where one of the terms may begin; no place where one does is missed."""
    number_of = np.zeros(0x110000, np.int64)
    number_of[fields.chars] = np.arange(len(fields.chars))
    a, b = terms >> _TERM_BITS, terms & _TERM_MASK
    texts = a < len(number_of)
    a, b = number_of[a[texts]], b[texts]
    alone, first, second = (np.zeros(len(fields.chars), bool) for _ in range(3))
    alone[a[b == 0]] = True
    first[a[b > TITLE_END]] = True
    second[number_of[b[b > TITLE_END]]] = True
    either = alone | first
    either[0] = False  # a break
    places = np.flatnonzero(either[numbers[:-1]])
    unit, after = numbers[places], numbers[places + 1]
    return places.compress(alone[unit] | (first[unit] & second[after]))


def _pairs(fields: Fields, widths: Small, numbers: Numbers, places: Numbers) -> Iterator[Lists]:
    """The lists of what begins at some places, in batches that need little memory each."""
    pairs = _PackedPairs.of(fields)
    small, bits = fields.small(), len(fields.starts).bit_length()
    singles: list[Numbers] = []
    for part, field in _in_slices(fields, places):
        unit, after = numbers.take(part), numbers.take(part + 1)
        singles.append(_once((unit << bits) | field))
        paired = after != 0
        at, field, unit, after = (one.compress(paired) for one in (part, field, unit, after))
        pairs.add(unit, after, field, at - fields.starts.take(field))
    yield _single_units(fields, widths, singles, bits)
    for term, field, position in pairs.batches():
        lists = encode(Places(term, field.astype(small), position.astype(small)), widths)
        first = fields.chars[lists.term >> _TERM_BITS]
        second = fields.chars[lists.term & _TERM_MASK]
        yield lists._replace(term=(first << _TERM_BITS) | second)


def _in_slices(fields: Fields, places: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """Ascending places with the fields they are in, so many at a time as a processor's caches hold.

    Larger arrays take longer to get from the system than to fill.
    """
    bounds = np.searchsorted(places, fields.starts)
    for begin in range(0, max(len(places), 1), _SLICE):
        part = places[begin : begin + _SLICE]
        within: Numbers = np.clip(bounds, begin, begin + len(part))
        counts = np.diff(within)
        yield part, np.repeat(np.arange(len(counts)), counts)


def _once(numbers: Numbers) -> Numbers:
    """Each of some numbers once, ascending; what is given is sorted in its place."""
    numbers.sort()
    new = np.ones(len(numbers), bool)
    np.not_equal(numbers[1:], numbers[:-1], out=new[1:])
    return numbers.compress(new)


class _Pairs(NamedTuple):
    """Places of pairs of units: the numbers of these as a term, the field, the place in it."""

    term: Numbers
    field: Numbers
    position: Numbers


class _PackedPairs:
    """Places of pairs, each in one number, which is quicker to sort than what belongs together.

    They are added in the order of the texts, and come back by the pairs first.
    """

    def __init__(self, unit: int, field: int, position: int) -> None:
        self._bits = unit, field, position
        self._added: list[Numbers] = []

    @staticmethod
    def of(fields: Fields) -> "_PackedPairs | _WidePairs":
        """For the places of these fields."""
        lengths = np.diff(fields.starts)
        most = len(fields.chars), len(lengths), int(lengths.max(initial=0))
        unit, field, position = (number.bit_length() for number in most)
        if 2 * unit + field + position > _KEY_BITS:
            return _WidePairs()
        return _PackedPairs(unit, field, position)

    def add(self, unit: Numbers, after: Numbers, field: Numbers, position: Numbers) -> None:
        """Add places."""
        unit_bits, field_bits, position_bits = self._bits
        keys = unit << unit_bits
        for column, width in ((after, field_bits), (field, position_bits)):
            keys |= column
            keys <<= width
        keys |= position
        self._added.append(keys)

    def batches(self) -> Iterator[_Pairs]:
        """All places, in batches that part no two of one pair."""
        unit, field, position = self._bits
        keys = np.concatenate(self._added)
        keys.sort()
        term_at, begin = field + position, 0
        while begin < len(keys):
            end = begin + _SLICE
            if end < len(keys):
                end = int(np.searchsorted(keys, ((keys[end] >> term_at) + 1) << term_at))
            part = keys[begin:end]
            term = part >> term_at
            yield _Pairs(
                ((term >> unit) << _TERM_BITS) | (term & ((1 << unit) - 1)),
                (part >> position) & ((1 << field) - 1),
                part & ((1 << position) - 1),
            )
            begin = end


class _WidePairs:
    """The same for pairs that are too many bits for one number."""

    def __init__(self) -> None:
        self._added: list[_Pairs] = []

    def add(self, unit: Numbers, after: Numbers, field: Numbers, position: Numbers) -> None:
        self._added.append(_Pairs((unit << _TERM_BITS) | after, field, position))

    def batches(self) -> Iterator[_Pairs]:
        term, field, position = map(np.concatenate, zip(*self._added, strict=True))
        order = np.argsort(term, kind="stable")
        yield _Pairs(term[order], field[order], position[order])


def _single_units(fields: Fields, widths: Small, found: Sequence[Numbers], bits: int) -> Lists:
    """Which documents have which units, in each of the fields; ``found`` has the field behind."""
    keys = _once(np.concatenate(found))
    field = (keys & ((1 << bits) - 1)).astype(fields.small())
    lists = encode(Places(keys >> bits, field, None), widths)
    return lists._replace(term=fields.chars[lists.term] << _TERM_BITS)


def _title_ends(fields: Fields) -> Places:
    lengths = np.diff(fields.starts[: fields.documents + 1]) - 1
    docs = np.flatnonzero(lengths > 0)
    chars = fields.chars[fields.titles[fields.starts[docs + 1] - 2]]
    order = np.argsort(chars, kind="stable")
    docs, small = docs[order], fields.small()
    position = (lengths[docs] - 1).astype(small)
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
    place = (at - fields.starts[doc]).astype(fields.small())
    syllable = read[at]
    number = np.array([syllable_number(name) for name in known], np.int64)[syllable]
    initial = np.array([INITIAL + ord(name[:1] or " ") for name in known], np.int64)[syllable]
    neighbours = np.flatnonzero((doc[1:] == doc[:-1]) & (place[1:] == place[:-1] + 1))
    for values in (number, initial):
        term = (values[neighbours] << _TERM_BITS) | values[neighbours + 1]
        order = np.argsort(term, kind="stable")
        chosen = neighbours[order]
        yield Places(term[order], doc[chosen], place[chosen])
    order = np.argsort(number, kind="stable")
    yield Places(number[order] << _TERM_BITS, doc[order], None)
