"""From the units of a chunk's documents to posting lists (3.3, 3.4)."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

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
    places = np.flatnonzero(numbers[:-1]) if only is None else _places_of(fields, numbers, only)
    lists = joined(list(_pairs(fields, widths.astype(fields.small()), numbers, places)))
    return lists if only is None else lists.of(is_among(lists.term, only))


def joined(batches: Sequence[Lists]) -> Lists:
    """Lists one behind the other."""
    return Lists(*(np.concatenate(column) for column in zip(*batches, strict=True)))


def no_lists() -> Lists:
    """What has no list."""
    numbers, sizes = np.zeros(0, np.int64), np.zeros(0, np.uint32)
    flags = np.zeros(0, np.uint8)
    return Lists(numbers, flags, flags.astype(bool), sizes, sizes, sizes, flags, flags)


def _places_of(fields: Fields, numbers: Units, terms: Numbers) -> Numbers:
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


def _pairs(fields: Fields, widths: Small, numbers: Units, places: Numbers) -> Iterator[Lists]:
    """The lists of what begins at ascending places, in batches that need little memory each."""
    counts = np.diff(np.searchsorted(places, fields.starts))
    field = np.repeat(np.arange(len(counts), dtype=fields.small()), counts)
    unit, after = numbers.take(places), numbers.take(places + 1)
    yield _single_units(fields, widths, unit, field)
    paired = after != 0
    at, field, unit, after = (one.compress(paired) for one in (places, field, unit, after))
    position = (at - fields.starts.take(field)).astype(fields.small())
    for found in _in_order(unit, after, field, position):
        lists = encode(found, widths)
        first = fields.chars[lists.term >> _TERM_BITS]
        second = fields.chars[lists.term & _TERM_MASK]
        yield lists._replace(term=(first << _TERM_BITS) | second)


def _in_order(unit: Units, after: Units, field: Small, position: Small) -> Iterator[Places]:
    """Places of pairs of units, which are in order, in the order of their terms.

    All of a place is put into one number and these are sorted: to sort terms and then to fetch what
    belongs to each takes twice as long, for it lies anywhere in memory.
    """
    widths = [_bits(column) for column in (after, field, position)]
    if _bits(unit) + sum(widths) > _KEY_BITS:
        order = np.lexsort((after, unit))
        term = (unit.astype(np.int64) << _TERM_BITS) | after
        yield Places(term.take(order), field.take(order), position.take(order))
        return
    keys = unit.astype(np.int64)
    for column, width in zip((after, field, position), widths, strict=True):
        keys <<= width
        keys |= column
    keys.sort()
    after_bits, field_bits, position_bits = widths
    for begin, end in _batches(keys, field_bits + position_bits):
        part = keys[begin:end]
        pair, document = part >> (field_bits + position_bits), part >> position_bits
        term = ((pair >> after_bits) << _TERM_BITS) | (pair & ((1 << after_bits) - 1))
        yield Places(
            term,
            (document & ((1 << field_bits) - 1)).astype(field.dtype),
            (part & ((1 << position_bits) - 1)).astype(position.dtype),
        )


def _bits(column: Units | Small) -> int:
    """What the largest of some numbers takes."""
    return int(column.max(initial=0)).bit_length()


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


def _single_units(fields: Fields, widths: Small, unit: Units, field: Small) -> Lists:
    """Which documents have which units, in each of the fields; ``field`` is ascending."""
    field_bits = _bits(field)
    keys = (unit.astype(np.int64) << field_bits) | field
    if _bits(unit) + field_bits <= _SMALL_KEY_BITS:
        keys = keys.astype(np.int32)
    keys.sort()
    new = np.ones(len(keys), bool)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    keys = keys.compress(new).astype(np.int64)
    documents = (keys & ((1 << field_bits) - 1)).astype(field.dtype)
    lists = encode(Places(keys >> field_bits, documents, None), widths)
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
