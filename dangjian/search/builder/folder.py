"""Folding many texts at once, as arrays (docs/search-format.md, section 2.1)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dangjian.search.format.bits import Numbers
from dangjian.search.format.folding import BLANKS, BREAK, is_han, units_of

Units = npt.NDArray[np.unsignedinteger]
Codes = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.bool_]

_BORDER_CODE = 0x10FFFF  # not a character; separates texts here
_BREAK, _BORDER, _BLANK, _IGNORED, _UNKNOWN = 0, -1, -2, -3, -4


class Folded(NamedTuple):
    """Texts folded: their units by number, one text behind the other; 0 is the break.

    ``traditional`` tells of each text whether the table of traditional characters maps a character
    of it, or may.
    """

    numbers: Units
    lengths: Numbers
    traditional: Flags


class Folder:
    """Folds texts, learning each character when it first comes.

    ``chars`` are the units met, in the order in which they were: ``chars[n]`` is the code point
    of unit number n.
    """

    def __init__(self, simplified: Mapping[str, str]) -> None:
        self._simplified = simplified
        self._table = np.full(0x110000, _UNKNOWN, np.int32)
        self._table[_BORDER_CODE] = _BORDER
        self._expansions: list[list[int]] = []
        self._numbers = {BREAK: _BREAK}
        self.chars = [BREAK]
        self._han = [False]
        self._traditional = np.zeros(0x110000, bool)
        self._traditional[0x10000:_BORDER_CODE] = True
        self._traditional[code_points("".join(simplified))] = True

    def fold(self, texts: Sequence[str]) -> Folded:
        """Units of all texts: runs of breaks joined, none at the ends of a text."""
        codes = _with_borders(texts)
        numbers = self._known(codes)
        silent = np.flatnonzero(numbers <= _BREAK)
        border = numbers[silent] == _BORDER
        begins = np.ones(len(silent), bool)
        begins[1:] = silent[1:] != silent[:-1] + 1
        runs = np.flatnonzero(begins)
        nothing = np.logical_or.reduceat(border, runs) | self._joined(numbers, silent, runs)
        # Of a run of breaks one is left, none of blanks next to a Han character or of a border.
        gone = ~begins | np.repeat(nothing, np.diff(np.append(runs, len(silent))))
        keep = np.ones(len(numbers), bool)
        keep[silent[gone]] = False
        at = silent[border]
        starts = at - np.searchsorted(silent[gone], at)
        left = np.maximum(numbers.compress(keep), _BREAK)
        return Folded(
            left.astype(np.uint16 if len(self.chars) <= 0xFFFF else np.uint32),
            np.diff(starts),
            self._has_traditional(codes),
        )

    def _joined(self, numbers: npt.NDArray[np.int32], silent: Numbers, runs: Numbers) -> Flags:
        """Which runs of what is no unit are blanks with a Han character on one side at least."""
        blank = np.logical_and.reduceat(numbers[silent] == _BLANK, runs)
        at = np.flatnonzero(blank)
        last = np.append(runs[1:], len(silent))[at] - 1
        han = np.array(self._han)
        before = np.maximum(numbers[silent[runs[at]] - 1], _BREAK)
        after = np.maximum(numbers[np.minimum(silent[last] + 1, len(numbers) - 1)], _BREAK)
        blank[at] = han[before] | han[after]
        return blank

    def traditional(self, texts: Sequence[str]) -> Flags:
        """Whether the table of traditional characters may map one of each text (at least one)."""
        return self._has_traditional(_with_borders(texts))

    def _has_traditional(self, codes: Codes) -> Flags:
        borders = np.flatnonzero(codes == _BORDER_CODE)[:-1]
        found: Flags = np.logical_or.reduceat(self._traditional.take(codes), borders)
        return found

    def _known(self, codes: Codes) -> npt.NDArray[np.int32]:
        """The number of each code point, ignored ones left out."""
        numbers = self._table.take(codes)
        least = int(numbers.min())
        if least <= _UNKNOWN:
            for code in sorted(set(codes[numbers == _UNKNOWN].tolist())):
                self._learn(code)
            numbers = self._table[codes]
            least = int(numbers.min())
        if least < _UNKNOWN:
            numbers = self._expand(numbers)
        return numbers[numbers != _IGNORED] if least <= _IGNORED else numbers

    def _learn(self, code: int) -> None:
        units = units_of(chr(code), self._simplified)
        numbers = [self._number(unit) for unit in units]
        if chr(code) in BLANKS:
            self._table[code] = _BLANK
        elif not any(numbers):
            self._table[code] = _BREAK if numbers else _IGNORED
        elif len(numbers) == 1:
            self._table[code] = numbers[0]
        else:
            self._expansions.append(numbers)
            self._table[code] = _UNKNOWN - len(self._expansions)

    def _number(self, unit: int) -> int:
        number = self._numbers.setdefault(unit, len(self.chars))
        if number == len(self.chars):
            self.chars.append(unit)
            self._han.append(is_han(unit))
        return number

    def _expand(self, numbers: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        pieces: list[npt.NDArray[np.int32]] = []
        done = 0
        for place in np.flatnonzero(numbers < _UNKNOWN).tolist():
            pieces.append(numbers[done:place])
            expansion = self._expansions[_UNKNOWN - 1 - int(numbers[place])]
            pieces.append(np.array(expansion, np.int32))
            done = place + 1
        pieces.append(numbers[done:])
        return np.concatenate(pieces)


def _with_borders(texts: Sequence[str]) -> Codes:
    """The code points of all texts, a border before each and behind the last."""
    border = chr(_BORDER_CODE)
    return code_points("".join([border + text.replace(border, " ") for text in texts]) + border)


def code_points(text: str) -> Codes:
    """The code points of a text, lone surrogates as they are."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
