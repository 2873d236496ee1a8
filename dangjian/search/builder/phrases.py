"""Writing texts in tokens: characters, words and phrases, each with its code (3.5).

The tokens are the same for every index. They come with this package, in ``phrases.msgpack``, which
``python -m tests.search.learn_phrases`` makes. What an index holds of one article therefore says
nothing of any other article, and changes with none.

A text is cut by joining neighbouring characters that the table names, then what came of that,
and so on in several rounds, all as arrays.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Struct

from dangjian.search.builder.folder import Codes, code_points
from dangjian.search.builder.state import PHRASES
from dangjian.search.format.bits import Bytes, Numbers, Small, pack, starts_of
from dangjian.search.format.tokens import ESCAPED_BITS, RECORD_STEP, Token, codes_of, in_order

BORDER, ESCAPE = 0, 1
"""The first two pieces: what separates texts, and a character that is no piece."""

_BATCH = 64
_BORDER_CODE = 0xD800  # a lone surrogate: no record has one


class PhraseTable(Struct, frozen=True):
    """How texts are cut into pieces, and which pieces are tokens.

    Pieces are numbered from 0: the border, the escape, one for each of ``chars``, then one for
    each pair of ``rounds`` (numbers of two earlier pieces, one behind the other). ``widths`` has
    the bits of each piece's code (1 to 16), or 0 if it is no token and is written as its halves.
    ``numbers`` are those of their tokens, in two bytes each, the lower first: to sort these takes
    longer than all else that adding an article needs of the table.
    """

    chars: str
    rounds: list[list[tuple[int, int]]]
    widths: bytes
    numbers: bytes

    def texts(self) -> list[str]:
        """The text of each piece; none of the border and of the escape."""
        texts = ["", "", *self.chars]
        for pairs in self.rounds:
            texts += [texts[one] + texts[other] for one, other in pairs]
        return texts

    def tokens(self) -> list[Token]:
        """The tokens, in the order in which they are written down and have their codes."""
        texts = self.texts()
        widths = {text: self.widths[n] for n, text in enumerate(texts) if self.widths[n]}
        return in_order([Token(width, text) for text, width in widths.items()])

    def numbered(self) -> bytes:
        """What ``numbers`` should be."""
        number = {token.text: n for n, token in enumerate(self.tokens())}
        numbers = [number[text] if self.widths[n] else 0 for n, text in enumerate(self.texts())]
        return np.array(numbers, "<u2").tobytes()


class Joining(NamedTuple):
    """Pairs of pieces that become one: ``made`` is a table of rows, 0 for other pairs.

    ``begins`` tells of each piece whether it comes first in some pair, ``row`` where its row begins
    then, ``column`` its place in a row (if it comes second).
    """

    begins: npt.NDArray[np.bool_]
    row: Small
    column: Small
    made: npt.NDArray[np.uint16]


@lru_cache(maxsize=1)
def phrase_writer() -> "PhraseWriter":
    """What writes the records of every index."""
    return PhraseWriter(msgspec.msgpack.decode(PHRASES.read_bytes(), type=PhraseTable))


class PhraseWriter:
    """Writes records in the tokens of a table."""

    def __init__(self, table: PhraseTable) -> None:
        self._id_of = np.full(0x110000, ESCAPE, np.uint16)
        self._id_of[_BORDER_CODE] = BORDER
        self._id_of[code_points(table.chars)] = np.arange(2, 2 + len(table.chars))
        self._joinings: list[Joining] = []
        halves = [(0, 0)] * (2 + len(table.chars))
        for pairs in table.rounds:
            self._joinings.append(joining_of(pairs, len(halves)))
            halves += pairs
        numbers = np.frombuffer(table.numbers, "<u2").astype(np.int64)
        widths = np.frombuffer(table.widths, np.uint8)
        in_codes = np.zeros(int(numbers.max()) + 1, np.int64)
        in_codes[numbers[widths > 0]] = widths[widths > 0]
        pieces: list[list[int]] = [[len(in_codes)]]
        for piece, number in enumerate(numbers.tolist()[ESCAPE:], ESCAPE):
            if table.widths[piece]:
                pieces.append([number])
            else:
                one, other = halves[piece]
                pieces.append(pieces[one] + pieces[other])
        self.table = table
        self._counts = np.array(list(map(len, pieces)), np.int64)
        self._starts = starts_of(self._counts)
        self._pieces = np.array([n for piece in pieces for n in piece], np.int64)
        self._widths = np.append(in_codes, 8)
        self._codes = np.append(codes_of(in_codes), 0)
        self._escape = int(numbers[ESCAPE])

    def write(self, texts: Sequence[str], flags: Bytes) -> tuple[bytes, list[int]]:
        """Records of texts, one behind the other: the flags (a byte), then the text. And lengths.

        The texts have no lone surrogates.
        """
        records: list[bytes] = []
        lengths: list[int] = []
        # What a few texts need stays in the caches of a processor.
        for begin in range(0, len(texts), _BATCH):
            part = slice(begin, begin + _BATCH)
            data, sizes = self._write(texts[part], flags[part])
            records.append(data)
            lengths += sizes
        return b"".join(records), lengths

    def _write(self, texts: Sequence[str], flags: Bytes) -> tuple[bytes, list[int]]:
        codes = with_borders(texts)
        # numpy takes places as 64 bits: whatever else they are held in, it turns them into that.
        ids = self._id_of.take(codes).astype(np.int64)
        escaped = codes[ids == ESCAPE]
        for joining in self._joinings:
            ids = join(ids, joining)
        counts = self._counts.take(ids)
        begins = starts_of(counts)
        at = np.repeat(self._starts.take(ids) - begins, counts)
        at += np.arange(len(at))
        numbers = self._pieces.take(at)
        values, widths = self._codes.take(numbers), self._widths.take(numbers)
        rare = numbers == self._escape
        values[rare] = (values[rare] << ESCAPED_BITS) | escaped
        widths[rare] += ESCAPED_BITS
        first = begins[ids == BORDER]
        values[first] = flags
        return _records(values, widths, first)


def with_borders(texts: Sequence[str]) -> Codes:
    """The code points of all texts, a border before each."""
    border = chr(_BORDER_CODE)
    return code_points(border + border.join(texts))


def joining_of(pairs: Sequence[tuple[int, int]], pieces: int) -> Joining:
    """The table of pairs, which become the pieces from number ``pieces`` on."""
    rows = {one: n for n, one in enumerate(dict.fromkeys(one for one, _ in pairs), 1)}
    columns = {two: n for n, two in enumerate(dict.fromkeys(two for _, two in pairs), 1)}
    width = len(columns) + 1
    # Of 32 bits both stay in a processor's cache.
    row, column = np.zeros(pieces, np.int32), np.zeros(pieces, np.int32)
    row[list(rows)] = np.array(list(rows.values()), np.int32) * width
    column[list(columns)] = np.array(list(columns.values()), np.int32)
    made = np.zeros((len(rows) + 1) * width, np.uint16)
    for number, (one, two) in enumerate(pairs, pieces):
        made[rows[one] * width + columns[two]] = number
    return Joining(row > 0, row, column, made)


def join(ids: Numbers, joining: Joining) -> Numbers:
    """Pieces with the pairs of a table joined: of pairs that overlap, every other from the left."""
    # ``take`` is the quicker way to index by an array of numbers.
    at = np.flatnonzero(joining.begins.take(ids[:-1]))
    made = joining.made.take(joining.row.take(ids.take(at)) + joining.column.take(ids.take(at + 1)))
    joins = made > 0
    at, made = at.compress(joins), made.compress(joins)
    if not len(at):
        return ids
    overlapping = np.flatnonzero(at[1:] == at[:-1] + 1)
    if len(overlapping):
        overlapping += 1
        keep = np.ones(len(at), bool)
        keep[_every_other(overlapping)] = False
        at, made = at.compress(keep), made.compress(keep)
    out = ids.copy()
    out[at] = made
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


def _records(values: Numbers, widths: Numbers, first: Numbers) -> tuple[bytes, list[int]]:
    """The bytes of records, each at a step of its own; ``first`` is where each begins."""
    bits = np.add.reduceat(widths, first)
    sizes = -(-bits // (8 * RECORD_STEP)) * RECORD_STEP
    places = np.cumsum(widths) - widths
    counts = np.diff(np.append(first, len(widths)))
    places += np.repeat(starts_of(sizes) * 8 - starts_of(bits), counts)
    return pack(values, widths, places, int(sizes.sum())).tobytes(), sizes.tolist()
