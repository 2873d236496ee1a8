"""From the units of a chunk's documents to posting lists (3.3, 3.4)."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from dangjian.search.builder.readings import readings_for
from dangjian.search.format.bits import Numbers, Small, is_among
from dangjian.search.format.lists import TITLE_END, Lists, Places, encode
from dangjian.search.format.pinyin import INITIAL, syllable_number

_SLICE = 125_000
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
    bounds = np.searchsorted(places, fields.starts)
    field = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    unit, after = numbers[places], numbers[places + 1]
    yield _single_units(fields, widths, unit, field)
    paired = after != 0
    places, field, unit, after = (p.compress(paired) for p in (places, field, unit, after))
    found = _in_order(unit, after, field, places - fields.starts[field])
    small = fields.small()
    begin = 0
    while begin < len(places):
        cut = begin + _SLICE
        if cut < len(places):
            cut = int(np.searchsorted(found.term, found.term[cut] + 1))
        term, field, position = (column[begin:cut] for column in found)
        lists = encode(Places(term, field.astype(small), position.astype(small)), widths)
        first = fields.chars[lists.term >> _TERM_BITS]
        second = fields.chars[lists.term & _TERM_MASK]
        yield lists._replace(term=(first << _TERM_BITS) | second)
        begin = cut


class _Pairs(NamedTuple):
    """Places of pairs of units: the numbers of these as a term, the field, the place in it."""

    term: Numbers
    field: Numbers
    position: Numbers


def _in_order(unit: Numbers, after: Numbers, field: Numbers, position: Numbers) -> _Pairs:
    """Places of pairs, which come in the order of the texts, by the pairs first."""
    after_bits, field_bits, bits = (
        int(column.max(initial=0)).bit_length() for column in (after, field, position)
    )
    if int(unit.max(initial=0)).bit_length() + after_bits + field_bits + bits > _KEY_BITS:
        term = (unit << _TERM_BITS) | after
        order = np.argsort(term, kind="stable")
        return _Pairs(term[order], field[order], position[order])
    # To sort numbers is much quicker than to fetch what belongs to them afterwards.
    keys = unit.copy()
    for column, width in ((after, after_bits), (field, field_bits), (position, bits)):
        keys <<= width
        keys |= column
    keys.sort()
    position = keys & ((1 << bits) - 1)
    keys >>= bits
    field = keys & ((1 << field_bits) - 1)
    keys >>= field_bits
    after = keys & ((1 << after_bits) - 1)
    keys >>= after_bits
    keys <<= _TERM_BITS
    keys |= after
    return _Pairs(keys, field, position)


def _single_units(fields: Fields, widths: Small, unit: Numbers, field: Numbers) -> Lists:
    """Which documents have which units, in each of the fields."""
    width = len(fields.starts).bit_length()
    keys = (unit << width) | field
    keys.sort()
    new = np.ones(len(keys), bool)
    new[1:] = keys[1:] != keys[:-1]
    keys = keys.compress(new)
    field = (keys & ((1 << width) - 1)).astype(fields.small())
    lists = encode(Places(keys >> width, field, None), widths)
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
