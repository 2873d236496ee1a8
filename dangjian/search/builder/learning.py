"""Choosing the tokens of a segment: what its documents say often (docs/search-format.md, 3.5).

Characters that often stand next to each other are joined, then what came of that, and so on: so
words come about, and phrases of them. The same steps cut any text into tokens, as arrays.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dangjian.search.builder.folder import Codes, code_points
from dangjian.search.format.bits import Bytes, Numbers, pack, starts_of
from dangjian.search.format.tokens import ESCAPED_BITS, Token, codes_of, in_order, widths_for

LEAST_DOCS = 32
"""Fewer documents have no tokens."""

SAMPLE = 512
"""Of how many documents the texts are looked at."""

_JOINS = (1300, 1050, 800, 600, 400, 250)
_LEAST_COUNT = 4
_LEAST_CHAR_COUNT = 2
_MOST_CHARS = 4000
_LONGEST = 64
_BATCH = 64
_ESCAPE_SHARE = 256
_BORDER_CODE = 0xD800  # a lone surrogate: no record has one
_BORDER, _ESCAPE = 0, 1


class _Joining(NamedTuple):
    """Pairs of pieces that become one: ``made`` is a table of rows, 0 for other pairs.

    ``row`` tells of each piece where its row begins (if it comes first), ``column`` its place in a
    row (if it comes second).
    """

    row: Numbers
    column: Numbers
    made: npt.NDArray[np.uint16]


class _Learned(NamedTuple):
    """Every piece of text that came about: its text, the two it was joined from, how often."""

    texts: list[str]
    halves: list[tuple[int, int]]
    counts: list[int]
    chars: int


class TokenWriter:
    """Writes records in the tokens that are chosen for a sample of their texts."""

    def __init__(self, sample: Sequence[str]) -> None:
        self._id_of = np.full(0x110000, _ESCAPE, np.uint16)
        self._id_of[_BORDER_CODE] = _BORDER
        self._joinings: list[_Joining] = []
        learned = self._learn(_with_borders(sample))
        weights, made_of = _choose(learned)
        texts = list(weights)
        widths = widths_for([weights[text] for text in texts])
        self.tokens = in_order(list(map(Token, widths, texts)))
        number = {token.text: n for n, token in enumerate(self.tokens)}
        pieces = [[number[text] for text in texts] for texts in made_of]
        pieces[_BORDER] = [len(self.tokens)]
        self._counts = np.array(list(map(len, pieces)), np.int64)
        self._starts = starts_of(self._counts)
        self._pieces = np.array([n for piece in pieces for n in piece], np.int64)
        in_codes = np.array([token.width for token in self.tokens], np.int64)
        self._widths = np.append(in_codes, 8)
        self._codes = np.append(codes_of(in_codes), 0)
        self._escape = number[""]

    def _learn(self, codes: Codes) -> _Learned:
        chars = _frequent_chars(codes)
        texts = ["", "", *map(chr, chars)]
        self._id_of[chars] = np.arange(2, len(texts))
        halves = [(0, 0)] * len(texts)
        ids = self._id_of[codes].astype(np.int64)
        for most in _JOINS:
            pairs = _frequent_pairs(ids, np.array(list(map(len, texts))), most)
            self._joinings.append(_joining(pairs, len(texts)))
            texts += [texts[one] + texts[other] for one, other in pairs]
            halves += pairs
            ids = _join(ids, self._joinings[-1])
        counts = np.bincount(ids, minlength=len(texts)).tolist()
        return _Learned(texts, halves, counts, len(chars))

    def write(self, texts: Sequence[str], flags: Bytes) -> tuple[bytes, list[int]]:
        """Records of texts, one behind the other: the flags (a byte), then the text. And lengths.

        The texts have no lone surrogates.
        """
        records = b""
        lengths: list[int] = []
        # What a few texts need stays in the caches of a processor.
        for begin in range(0, len(texts), _BATCH):
            part = slice(begin, begin + _BATCH)
            data, sizes = self._write(texts[part], flags[part])
            records += data
            lengths += sizes
        return records, lengths

    def _write(self, texts: Sequence[str], flags: Bytes) -> tuple[bytes, list[int]]:
        codes = _with_borders(texts)
        # numpy takes places as 64 bits: whatever else they are kept in, it turns them into that.
        ids = self._id_of[codes].astype(np.int64)
        escaped = codes[ids == _ESCAPE]
        for joining in self._joinings:
            ids = _join(ids, joining)
        counts = self._counts[ids]
        begins = starts_of(counts)
        at = np.repeat(self._starts[ids] - begins, counts)
        at += np.arange(len(at))
        numbers = self._pieces[at]
        values, widths = self._codes[numbers], self._widths[numbers]
        rare = numbers == self._escape
        values[rare] = (values[rare] << ESCAPED_BITS) | escaped
        widths[rare] += ESCAPED_BITS
        first = begins[ids == _BORDER]
        values[first] = flags
        return _records(values, widths, first)


def _with_borders(texts: Sequence[str]) -> Codes:
    """The code points of all texts, a border before each."""
    border = chr(_BORDER_CODE)
    return code_points(border + border.join(texts))


def _frequent_chars(codes: Codes) -> list[int]:
    """The characters that are tokens, the most frequent first."""
    counts = np.bincount(codes[codes < 0x10000], minlength=0x10000)
    counts[_BORDER_CODE] = 0
    often = np.flatnonzero(counts >= _LEAST_CHAR_COUNT)
    order = np.argsort(-counts[often], kind="stable")[:_MOST_CHARS]
    return often[order].tolist()  # type: ignore[no-any-return]


def _frequent_pairs(ids: Numbers, lengths: Numbers, most: int) -> list[tuple[int, int]]:
    """The pairs of neighbouring pieces that are to become one, the most frequent first."""
    one, other = ids[:-1], ids[1:]
    fit = (one > _ESCAPE) & (other > _ESCAPE) & (lengths[one] + lengths[other] <= _LONGEST)
    pairs = (one << 16 | other).compress(fit).astype(np.uint32)
    keys, counts = np.unique(pairs, return_counts=True)
    often = np.flatnonzero(counts >= _LEAST_COUNT)
    order = np.argsort(-counts[often], kind="stable")[:most]
    return [(key >> 16, key & 0xFFFF) for key in keys[often[order]].tolist()]


def _joining(pairs: Sequence[tuple[int, int]], pieces: int) -> _Joining:
    """The table of pairs, which become the pieces from number ``pieces`` on."""
    rows = {one: n for n, one in enumerate(dict.fromkeys(one for one, _ in pairs), 1)}
    columns = {two: n for n, two in enumerate(dict.fromkeys(two for _, two in pairs), 1)}
    width = len(columns) + 1
    row, column = np.zeros(pieces, np.int64), np.zeros(pieces, np.int64)
    row[list(rows)] = np.array(list(rows.values()), np.int64) * width
    column[list(columns)] = np.array(list(columns.values()), np.int64)
    made = np.zeros((len(rows) + 1) * width, np.uint16)
    for number, (one, two) in enumerate(pairs, pieces):
        made[rows[one] * width + columns[two]] = number
    return _Joining(row, column, made)


def _join(ids: Numbers, joining: _Joining) -> Numbers:
    """Pieces with the pairs of a table joined: of pairs that overlap, every other from the left."""
    place = joining.row[ids[:-1]]
    place += joining.column[ids[1:]]
    made = joining.made[place]
    at = np.flatnonzero(made > 0)
    overlapping = np.flatnonzero(at[1:] == at[:-1] + 1)
    if len(overlapping):
        overlapping += 1
        keep = np.ones(len(at), bool)
        keep[_every_other(overlapping)] = False
        at = at.compress(keep)
    out = ids.copy()
    out[at] = made[at]
    keep = np.ones(len(ids), bool)
    at += 1
    keep[at] = False
    return out.compress(keep)


def _every_other(numbers: Numbers) -> Numbers:
    """Of each run of numbers that follow each other, the first, third, fifth and so on."""
    begins = np.ones(len(numbers), bool)
    begins[1:] = numbers[1:] != numbers[:-1] + 1
    order = np.arange(len(numbers))
    first: Numbers = (order - np.maximum.accumulate(np.where(begins, order, 0))) & 1
    return np.asarray(numbers[first == 0], np.int64)


def _choose(learned: _Learned) -> tuple[dict[str, int], list[list[str]]]:
    """The weight of each token, by its text; and of which tokens each piece consists.

    Pieces that are rare, for most of them were joined to longer ones, stay two.
    """
    texts, halves, counts, chars = learned
    counts = list(counts)
    rare: set[int] = set()
    for number in range(len(texts) - 1, chars + 1, -1):
        if counts[number] < _LEAST_COUNT:
            rare.add(number)
            for half in halves[number]:
                counts[half] += counts[number]
    made_of: list[list[str]] = [[] for _ in texts]
    weights: dict[str, int] = {}
    for number in range(_ESCAPE, len(texts)):
        if number in rare:
            made_of[number] = [text for half in halves[number] for text in made_of[half]]
            continue
        made_of[number] = [texts[number]]
        weights[texts[number]] = weights.get(texts[number], 0) + 2 * counts[number]
    weights = {text: weight + 1 for text, weight in weights.items()}
    weights[""] = sum(weights.values()) // _ESCAPE_SHARE + 1
    return weights, made_of


def _records(values: Numbers, widths: Numbers, first: Numbers) -> tuple[bytes, list[int]]:
    """The bytes of records, each at a byte of its own; ``first`` is where each begins."""
    bits = np.add.reduceat(widths, first)
    sizes = (bits + 7) >> 3
    places = np.cumsum(widths) - widths
    counts = np.diff(np.append(first, len(widths)))
    places += np.repeat(starts_of(sizes) * 8 - starts_of(bits), counts)
    return pack(values, widths, places, int(sizes.sum())).tobytes(), sizes.tolist()
