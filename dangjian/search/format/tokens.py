"""Tokens: the stretches of text that the records of a large segment are written in (3.5).

Each has a code of its own; the more often it comes, the shorter.
"""

import zlib
from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush
from itertools import islice, pairwise
from typing import NamedTuple

import numpy as np

from dangjian.search.format.bits import Numbers, read_varints, varints
from dangjian.search.format.documents import FIELDS, SEPARATOR

MAX_BITS = 16
ESCAPED_BITS = 21
"""Bits of a code point that follows the code of the escape."""

RECORD_STEP = 256
"""Every record takes a multiple of so many bytes: their lengths are what a reader has to load."""

STEPS = 1 << 24
"""How many of these steps a record takes is known modulo this."""

_CODES = 1 << MAX_BITS
_UNITS = 1 << 16


class Token(NamedTuple):
    """A stretch of text and the bits of its code; the one of no text is the escape."""

    width: int
    text: str


def in_order(tokens: Sequence[Token]) -> list[Token]:
    """Tokens in the order in which they are written down and have their codes."""
    return sorted(tokens, key=lambda token: (token.width, len(token.text), token.text))


def codes_of(widths: Numbers) -> Numbers:
    """The code of each of the tokens of these widths, which are in order."""
    shares = _CODES >> widths
    return np.asarray((np.cumsum(shares) - shares) >> (MAX_BITS - widths), np.int64)


def widths_for(weights: Sequence[int]) -> list[int]:
    """The bits that the code of each of at least two tokens should have, of these weights."""
    least = 1
    while True:
        widths = _huffman([max(weight, least) for weight in weights])
        if max(widths) <= MAX_BITS:
            return widths
        least *= 2


def _huffman(weights: Sequence[int]) -> list[int]:
    count = len(weights)
    trees = [(weight, number) for number, weight in enumerate(weights)]
    heapify(trees)
    above = [0] * (2 * count - 1)
    for number in range(count, 2 * count - 1):
        one, other = heappop(trees), heappop(trees)
        above[one[1]] = above[other[1]] = number
        heappush(trees, (one[0] + other[0], number))
    depths = [0] * (2 * count - 1)
    for number in range(2 * count - 3, -1, -1):
        depths[number] = depths[above[number]] + 1
    return depths[:count]


def tokens_bytes(tokens: Sequence[Token]) -> bytes:
    """What the file of tokens says of them; they are in order.

    Every character of a longer one is a token too.
    """
    signs = [token.text for token in tokens if len(token.text) == 1]
    place = {sign: number for number, sign in enumerate(signs)}
    longer = [[place[sign] for sign in token.text] for token in tokens if len(token.text) > 1]
    units = _steps(list(map(ord, signs)), _UNITS)
    first = _steps([places[0] for places in longer], len(signs))
    others = [number for places in longer for number in places[1:]]
    return b"".join(
        (
            len(tokens).to_bytes(2, "little"),
            bytes(token.width for token in tokens),
            bytes(len(token.text) for token in tokens),
            varints(np.array([*units, *first, *others], np.int64)),
        )
    )


def _steps(values: Sequence[int], modulus: int) -> list[int]:
    return [(value - before) % modulus for before, value in pairwise([0, *values])]


def tokens_payload(tokens: Sequence[Token]) -> bytes:
    """The payload of the file of tokens."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(tokens_bytes(tokens)) + packer.flush()


def read_tokens(data: bytes) -> list[Token]:
    """The tokens that :func:`tokens_bytes` wrote; ``ValueError`` if they can't be such."""
    count = int.from_bytes(data[:2], "little")
    widths, lengths = data[2 : 2 + count], data[2 + count : 2 + 2 * count]
    numbers = read_varints(data[2 + 2 * count :])
    if len(lengths) != count or len(numbers) != sum(lengths):
        raise ValueError("the texts of tokens are not as long as announced")
    if not all(1 <= width <= MAX_BITS for width in widths):
        raise ValueError("a token with an impossible code")
    if sum(_CODES >> width for width in widths) != _CODES:
        raise ValueError("codes of tokens that are not complete")
    return list(map(Token, widths, _texts(lengths, numbers)))


def _texts(lengths: bytes, numbers: Numbers) -> Iterator[str]:
    """The texts of tokens of these lengths, from what :func:`tokens_bytes` wrote of them."""
    single, longer = lengths.count(1), sum(length > 1 for length in lengths)
    if longer and not single:
        raise ValueError("a token of characters that are none")
    signs = [chr(unit) for unit in (np.cumsum(numbers[:single]) % _UNITS).tolist()]
    first = np.cumsum(numbers[single : single + longer]) % max(1, single)
    others = numbers[single + longer :]
    if len(others) and int(others.max()) >= single:
        raise ValueError("a token of characters that are none")
    ones, firsts, rest = iter(signs), iter(first.tolist()), iter(others.tolist())
    for length in lengths:
        if length > 1:
            yield "".join(signs[n] for n in (next(firsts), *islice(rest, length - 1)))
        else:
            yield next(ones) if length else ""


class TokenReader:
    """Reads records that are written in some tokens."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._at_code: list[tuple[int, str, int]] = []
        for width, text in tokens:
            self._at_code += [(width, text, text.count(SEPARATOR))] * (_CODES >> width)

    def text(self, data: bytes) -> str:
        """The text of a record; ``ValueError`` if it is cut off."""
        size = len(data) * 8
        bits = int.from_bytes(data + b"\0\0\0\0")
        shift = size + 32 - MAX_BITS
        pieces: list[str] = []
        missing = FIELDS
        while missing > 0:
            width, piece, ends = self._at_code[(bits >> shift) & (_CODES - 1)]
            shift -= width
            if not piece:
                shift -= ESCAPED_BITS
                place = max(0, shift + MAX_BITS)
                code = (bits >> place) & ((1 << ESCAPED_BITS) - 1)
                if 0xD800 <= code < 0xE000:
                    raise ValueError("half a character in a record")
                piece = chr(code)
                ends = piece == SEPARATOR
            if shift < 32 - MAX_BITS:
                raise ValueError("a record is cut off")
            pieces.append(piece)
            missing -= ends
        return "".join(pieces)
