"""The QR code of a page's address, as a path for an SVG drawn in the page itself.

Each page has one, and to have the library encode them one by one takes four times as long. Error
correction and mask are linear over single bits (ISO/IEC 18004, 7.5 and 7.8), so which modules a
character changes depends on its place and on nothing else of the text. The library makes codes with
one bit changed, and those of addresses are combined from these.
"""

from functools import cache, lru_cache
from itertools import chain
from math import isqrt
from struct import unpack
from typing import Any

import zxingcpp

# Any of the eight masks is read by any reader (ISO/IEC 18004, 7.8); trying all for the most even
# picture takes six times as long as all the rest.
_MASK = 3
# How many bytes the codes hold, from the smallest on (ISO/IEC 18004, table 7, level M). Few pages
# have an address longer than the last.
_CAPACITIES = (14, 26, 42, 62, 84, 106)
_FILLER = "a"
_BITS = 7
# Beginnings of addresses are alike, but not as a whole.
_STRETCH = 8
# A row is drawn in pieces: of this length they are few, and few of them are different.
_PIECE = 11
_PIECE_BITS = 16
_DIGITS = b"1" + b"0" * 255

Code = tuple[int, int]
"""The modules of a code, and the side of its square.

The pieces of all rows, one behind the other from the lowest bits on, are of 16 bits each. The
lowest is the first module of the piece: 1 is dark.
"""


def qr_path(text: str) -> tuple[str, int]:
    """The dark modules of ``text``'s QR code as an SVG path to stroke, and the side of its square.

    The line of a row runs along its upper edge, one module wide. Error correction is M (15 %).
    Whoever draws it leaves a quiet zone of four modules around.
    """
    modules, side = _combined(text) if _is_short(text) else _encoded(text)
    in_row = -(-side // _PIECE)
    count = in_row * side
    pieces = unpack(f"<{count}H", modules.to_bytes(count * _PIECE_BITS // 8, "little"))
    strokes, last_strokes = _strokes()
    columns = [map(strokes.__getitem__, pieces[n::in_row]) for n in range(in_row - 1)]
    ends = map(last_strokes.__getitem__, pieces[in_row - 1 :: in_row])
    return "".join(chain.from_iterable(zip(_starts(side), *columns, ends, strict=True))), side


def _is_short(text: str) -> bool:
    return text.isascii() and len(text) <= _CAPACITIES[-1]


def _encoded(text: str) -> Code:
    """The code as the library makes it."""
    code = zxingcpp.create_barcode(
        text, zxingcpp.BarcodeFormat.QRCode, ec_level="M", data_mask=_MASK
    )
    picture: Any = code.to_image(add_quiet_zones=False)
    # A byte a module, row after row: NUL is dark.
    digits = bytes(memoryview(picture)).translate(_DIGITS).decode()
    side = isqrt(len(digits))
    rows = [digits[at : at + side] for at in range(0, side * side, side)]
    pieces = [row[at : at + _PIECE] for row in rows for at in range(0, side, _PIECE)]
    return int("".join([piece[::-1].zfill(_PIECE_BITS) for piece in reversed(pieces)]), 2), side


def _combined(text: str) -> Code:
    """The code of a short ASCII text, all in bytes: figures in a row get no shorter code."""
    capacity = next(capacity for capacity in _CAPACITIES if capacity >= len(text))
    modules, side = _filled(len(text))
    for place in range(0, len(text), _STRETCH):
        modules ^= _changes(capacity, place, text[place : place + _STRETCH])
    return modules, side


@lru_cache(maxsize=_CAPACITIES[-1] + 1)
def _filled(length: int) -> Code:
    return _encoded(_FILLER * length)


@lru_cache(maxsize=1024)
def _changes(capacity: int, place: int, stretch: str) -> int:
    """Which modules change if these characters are at a place instead of the filler."""
    modules = 0
    for at, character in enumerate(stretch, place):
        modules ^= _change(capacity, at, character)
    return modules


@lru_cache(maxsize=8192)
def _change(capacity: int, place: int, character: str) -> int:
    bits = ord(character) ^ ord(_FILLER)
    modules = 0
    for bit in range(_BITS):
        if bits >> bit & 1:
            modules ^= _changed_bit(capacity, place, bit)
    return modules


@lru_cache(maxsize=_BITS * sum(_CAPACITIES))
def _changed_bit(capacity: int, place: int, bit: int) -> int:
    changed = chr(ord(_FILLER) ^ 1 << bit)
    code, _ = _encoded(_FILLER * place + changed + _FILLER * (capacity - place - 1))
    return code ^ _filled(capacity)[0]


@lru_cache
def _starts(side: int) -> tuple[str, ...]:
    """The move to the beginning of each row."""
    return tuple(f"M0 {y}" for y in range(side))


@cache
def _strokes() -> tuple[list[str], list[str]]:
    """What draws each piece of a row, beginning where the last one ended.

    And the same for pieces at the end of a row, where light modules need no move.
    """
    drawn = {"": ""}
    for length in range(1, _PIECE + 1):
        for number in range(1 << length):
            modules = f"{number:0{length}b}"
            rest = modules.lstrip(modules[0])
            run = length - len(rest)
            drawn[modules] = (f"h{run}" if modules[0] == "1" else f"m{run} 0") + drawn[rest]
    pieces = [f"{number:0{_PIECE}b}"[::-1] for number in range(1 << _PIECE)]
    return [drawn[piece] for piece in pieces], [drawn[piece.rstrip("0")] for piece in pieces]
