"""Folding: how a text and a query become the same units (docs/search-format.md, section 2).

A unit is a code point; ``BREAK`` stands for a run of anything that is not searched. Traditional
characters are folded by OpenCC's ``t2s``, one character at a time, so that positions hold.
"""

import re
import unicodedata
import zlib
from functools import lru_cache

import numpy as np
import numpy.typing as npt

BREAK = 1
BORDER = 2
BORDER_CODE = 0x10FFFF  # not a character; stands for a border between texts here

UnitArray = npt.NDArray[np.uint32]

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

_UNKNOWN = -1


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


@lru_cache(maxsize=1)
def _traditional() -> tuple[re.Pattern[str], re.Pattern[str]]:
    # Apart, because a set with characters outside the basic plane is searched slowly.
    basic = "".join(char for char in simplified() if char <= "\uffff")
    return re.compile(f"[{basic}]"), re.compile("[\U00010000-\U0010ffff]")


def may_be_traditional(text: str) -> bool:
    """Whether folding a text takes the table of traditional characters (or may take it)."""
    return any(pattern.search(text) for pattern in _traditional())


def fold_char(char: str) -> str:
    """One character's folding: zero or more characters, those that break among them."""
    code = ord(char)
    if code in _IGNORED:
        return ""
    if 0xD800 <= code < 0xE000:
        return " "
    if 0x4E00 <= code <= 0x9FFF:
        return simplified().get(char, char)
    lower = unicodedata.normalize("NFKD", char).lower()
    plain = "".join(c for c in lower if not "\u0300" <= c <= "\u036f")
    table = simplified() if is_han(code) else {}
    return "".join(table.get(c, c) for c in unicodedata.normalize("NFC", plain))


def _units_of(char: str) -> list[int]:
    return [ord(c) if is_unit(c) else BREAK for c in fold_char(char)]


class Folder:
    """Folds arrays of code points, learning each character when it first comes."""

    def __init__(self) -> None:
        self._table = np.full(0x110000, _UNKNOWN, np.int32)
        self._table[BORDER_CODE] = BORDER
        self._expansions: list[list[int]] = []

    def fold(self, codes: UnitArray) -> UnitArray:
        """Units of ``codes``, breaks as they come; ``BORDER_CODE`` gives ``BORDER``."""
        folded = self._table[codes]
        unknown = folded == _UNKNOWN
        if unknown.any():
            for code in np.unique(codes[unknown]).tolist():
                self._learn(code)
            folded = self._table[codes]
        if (folded < _UNKNOWN).any():
            folded = self._expand(folded)
        return np.asarray(folded[folded != 0], np.uint32)

    def _learn(self, code: int) -> None:
        units = _units_of(chr(code))
        if len(units) == 1:
            self._table[code] = units[0]
        elif not units:
            self._table[code] = 0
        else:
            self._expansions.append(units)
            self._table[code] = _UNKNOWN - len(self._expansions)

    def _expand(self, folded: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        pieces: list[npt.NDArray[np.int32]] = []
        done = 0
        for place in np.flatnonzero(folded < _UNKNOWN).tolist():
            pieces.append(folded[done:place])
            expansion = self._expansions[_UNKNOWN - 1 - int(folded[place])]
            pieces.append(np.array(expansion, np.int32))
            done = place + 1
        pieces.append(folded[done:])
        return np.concatenate(pieces)

    def fields(self, texts: list[str]) -> UnitArray:
        """The units of all texts, ``BORDER`` before each: runs of breaks joined, none at ends."""
        border = chr(BORDER_CODE)
        codes = code_points(border + border.join(t.replace(border, " ") for t in texts) + border)
        folded = self.fold(codes)
        silent = folded <= BORDER
        joined = silent.copy()
        joined[1:] &= silent[:-1]
        folded = folded[~joined | (folded == BORDER)]
        before_border = np.zeros(len(folded), bool)
        before_border[:-1] = (folded[1:] == BORDER) & (folded[:-1] == BREAK)
        return np.asarray(folded[~before_border][:-1], np.uint32)


def code_points(text: str) -> UnitArray:
    """The code points of a text, lone surrogates as they are."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def fold_text(text: str) -> list[int]:
    """The units of a short text such as a query, as a field is folded."""
    units: list[int] = []
    for char in text:
        for unit in _units_of(char):
            if unit != BREAK or (units and units[-1] != BREAK):
                units.append(unit)
    return units[:-1] if units and units[-1] == BREAK else units


def fold_with_places(text: str) -> tuple[list[int], list[int]]:
    """Units of a text as :func:`fold_text` gives them, and where in the text each comes from."""
    units: list[int] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for unit in _units_of(char):
            if unit != BREAK or (units and units[-1] != BREAK):
                units.append(unit)
                places.append(place)
    if units and units[-1] == BREAK:
        units.pop()
        places.pop()
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


def _in_gb2312(char: str) -> bool:
    try:
        return len(char.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False
