"""From the units of a chunk's documents to posting lists (3.3, 3.4)."""

from array import array
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dangjian.search.builder.readings import readings_for
from dangjian.search.format.bits import Numbers, Small, is_among
from dangjian.search.format.lists import TITLE_END, Lists, Places, encode
from dangjian.search.format.pinyin import INITIAL, syllable_number

_SLICE = 125_000
_TERM_BITS = 32
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

    def folded_titles(self) -> list[str]:
        """The folded title of each document."""
        bounds = self.starts[: self.documents + 1].tolist()
        text = "".join(map(chr, self.chars[self.titles].tolist()))
        return [text[a : b - 1] for a, b in pairwise(bounds)]


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
    places = np.flatnonzero(numbers[:-1])
    if only is not None:
        places = places.compress(_begin_some(fields, numbers, places, only))
    lists = joined(list(_pairs(fields, widths.astype(fields.small()), numbers, places)))
    return lists if only is None else lists.of(is_among(lists.term, only))


def joined(batches: Sequence[Lists]) -> Lists:
    """Lists one behind the other."""
    return Lists(*(np.concatenate(column) for column in zip(*batches, strict=True)))


def _begin_some(
    fields: Fields, numbers: Numbers, places: Numbers, terms: Numbers
) -> npt.NDArray[np.bool_]:
    """Whether what begins at some places may be one of the terms; no such place is missed."""
    number_of = np.zeros(0x110000, np.int64)
    number_of[fields.chars] = np.arange(len(fields.chars))
    a, b = terms >> _TERM_BITS, terms & _TERM_MASK
    texts = a < len(number_of)
    a, b = number_of[a[texts]], b[texts]
    alone, first, second = (np.zeros(len(fields.chars), bool) for _ in range(3))
    alone[a[b == 0]] = True
    first[a[b > TITLE_END]] = True
    second[number_of[b[b > TITLE_END]]] = True
    unit, after = numbers[places], numbers[places + 1]
    found: npt.NDArray[np.bool_] = alone[unit] | (first[unit] & second[after])
    return found


def _pairs(fields: Fields, widths: Small, numbers: Numbers, places: Numbers) -> Iterator[Lists]:
    """The lists of what begins at some places, in batches that need little memory each."""
    small = fields.small()
    unit, after = numbers[places], numbers[places + 1].astype(np.int64)
    bounds = np.searchsorted(places, fields.starts)
    field = np.repeat(np.arange(len(bounds) - 1).astype(small), np.diff(bounds))
    # numpy sorts numbers of 16 bits much faster than longer ones.
    short = unit.astype(np.uint16) if len(fields.chars) <= 0x10000 else unit
    yield _single_units(fields, widths, short, field)
    unit = unit.astype(np.int64)
    paired = after != 0
    places, field, unit, after = (p.compress(paired) for p in (places, field, unit, after))
    char_bits = len(fields.chars).bit_length()
    rank_bits = len(places).bit_length()
    if 2 * char_bits + rank_bits > 63:
        raise ValueError("too many different characters in one chunk")
    keys = unit << (char_bits + rank_bits)
    keys |= after << rank_bits
    keys |= np.arange(len(keys))
    keys.sort()
    places -= fields.starts[field]
    position = places.astype(small)
    begin = 0
    while begin < len(keys):
        cut = begin + _SLICE
        if cut < len(keys):
            cut = int(np.searchsorted(keys, ((keys[cut] >> rank_bits) + 1) << rank_bits))
        part = keys[begin:cut]
        rank = part & ((1 << rank_bits) - 1)
        lists = encode(Places(part >> rank_bits, field[rank], position[rank]), widths)
        first = fields.chars[lists.term >> char_bits]
        second = fields.chars[lists.term & ((1 << char_bits) - 1)]
        yield lists._replace(term=(first << _TERM_BITS) | second)
        begin = cut


def _single_units(
    fields: Fields, widths: Small, unit: npt.NDArray[np.integer], field: Small
) -> Lists:
    """Which documents have which units, in each of the fields."""
    order = np.argsort(unit, kind="stable")
    unit, field = unit[order], field[order]
    new = np.ones(len(unit), bool)
    new[1:] = (unit[1:] != unit[:-1]) | (field[1:] != field[:-1])
    lists = encode(Places(unit.compress(new).astype(np.int64), field.compress(new), None), widths)
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
    readings = readings_for(titles)
    known: dict[str, int] = {}
    rows = array("q")
    for doc_number, title in enumerate(titles):
        for at, name in readings.of(title):
            rows.extend((doc_number, at, known.setdefault(name, len(known))))
    doc, place, syllable = np.array(rows, fields.small()).reshape(-1, 3).T.copy()
    number = np.array([syllable_number(name) for name in known], np.int64)[syllable]
    initial = np.array([INITIAL + ord(name[0]) for name in known], np.int64)[syllable]
    neighbours = np.flatnonzero((doc[1:] == doc[:-1]) & (place[1:] == place[:-1] + 1))
    for values in (number, initial):
        term = (values[neighbours] << _TERM_BITS) | values[neighbours + 1]
        order = np.argsort(term, kind="stable")
        chosen = neighbours[order]
        yield Places(term[order], doc[chosen], place[chosen])
    order = np.argsort(number, kind="stable")
    yield Places(number[order] << _TERM_BITS, doc[order], None)
