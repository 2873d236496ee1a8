"""Folding: how a text and a query become the same units (docs/search-format.md, section 2).

A unit is a code point; ``BREAK`` stands for a run of anything that is not searched. Traditional
characters are folded by OpenCC's ``t2s``, one character at a time, so that positions hold.
"""

import unicodedata
import zlib
from collections.abc import Mapping
from functools import lru_cache

BREAK = 1

BLANKS = frozenset(map(chr, (0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)))
"""Spaces within a line: between two units, one of them a Han character, they are no break."""

SPACES = BLANKS | frozenset(
    map(chr, (*range(0x09, 0x0E), *range(0x1C, 0x20), 0x85, 0x2028, 0x2029))
)
"""What separates the clauses of a query: just these, whatever a language calls a space."""

_IGNORED_RANGES = (
    (0x00AD, 0x00AD),
    (0x0300, 0x036F),
    (0x061C, 0x061C),
    (0x180E, 0x180E),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xE0100, 0xE01EF),
)
_HAN_RANGES = ((0x2E80, 0x2FDF), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
_IGNORED = frozenset(n for first, last in _IGNORED_RANGES for n in range(first, last + 1))


def is_han(code: int) -> bool:
    """Whether the format counts this code point as a Han character."""
    return any(first <= code <= last for first, last in _HAN_RANGES)


def is_unit(char: str) -> bool:
    """Whether a folded character is searched (anything else is a break)."""
    return unicodedata.category(char)[0] in "LNM" or (
        unicodedata.category(char) == "Co" or 0x20000 <= ord(char) <= 0x3FFFF
    )


@lru_cache(maxsize=1)
def simplified() -> dict[str, str]:
    """Each traditional character with its simplified form, by OpenCC's ``t2s``."""
    from opencc import OpenCC  # noqa: PLC0415 - a query in simplified characters needs none

    chars = [chr(n) for first, last in _HAN_RANGES for n in range(first, last + 1)]
    folded = OpenCC("t2s").convert("\n".join(chars)).split("\n")
    table = {a: b for a, b in zip(chars, folded, strict=True) if a != b and len(b) == 1}
    return {a: table.get(b, b) for a, b in table.items()}


def fold_char(char: str, table: Mapping[str, str] | None = None) -> str:
    """One character's folding: zero or more characters, those that break among them.

    ``table`` has the simplified characters; without it, OpenCC is asked when it is needed.
    """
    code = ord(char)
    if code in _IGNORED:
        return ""
    if 0xD800 <= code < 0xE000:
        return " "
    if 0x4E00 <= code <= 0x9FFF:
        return (simplified() if table is None else table).get(char, char)
    lower = unicodedata.normalize("NFKD", char).lower()
    plain = "".join(c for c in lower if not "\u0300" <= c <= "\u036f")
    composed = unicodedata.normalize("NFC", plain)
    if not is_han(code):
        return composed
    known = simplified() if table is None else table
    return "".join(known.get(c, c) for c in composed)


def units_of(char: str, table: Mapping[str, str] | None = None) -> list[int]:
    """The units of one character, breaks among them."""
    return [ord(c) if is_unit(c) else BREAK for c in fold_char(char, table)]


def fold_text(text: str) -> list[int]:
    """The units of a short text such as a query, as a field is folded."""
    return fold_with_places(text)[0]


def fold_with_places(text: str) -> tuple[list[int], list[int]]:
    """Units of a text as :func:`fold_text` gives them, and where in the text each comes from."""
    units: list[int] = []
    places: list[int] = []
    gap, blank = -1, True
    for place, char in enumerate(text):
        for unit in units_of(char):
            if unit == BREAK:
                blank = char in BLANKS and (blank or gap < 0)
                gap = place if gap < 0 else gap
                continue
            if gap >= 0 and units and not (blank and (is_han(units[-1]) or is_han(unit))):
                units.append(BREAK)
                places.append(gap)
            gap, blank = -1, True
            units.append(unit)
            places.append(place)
    return units, places


def fold_name(text: str) -> str:
    """A short name folded for comparison: units only."""
    return "".join(chr(unit) for unit in fold_text(text) if unit != BREAK)


@lru_cache(maxsize=1)
def fold_file() -> tuple[bytes, str]:
    """The payload of the fold file, and the characters of GB 2312 it maps (``exceptions``)."""
    table = simplified()
    text = "".join(table) + "".join(table.values())
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    payload = packer.compress(text.encode()) + packer.flush()
    return payload, "".join(c for c in table if _in_gb2312(c))


def read_fold_file(payload: bytes) -> dict[str, str]:
    """What :func:`simplified` was when a fold file was written."""
    text = zlib.decompress(payload, -15).decode()
    half = len(text) // 2
    return dict(zip(text[:half], text[half:], strict=True))


def _in_gb2312(char: str) -> bool:
    try:
        return len(char.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False
