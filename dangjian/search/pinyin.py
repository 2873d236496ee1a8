"""Pinyin of titles, and what of a query can be pinyin (docs/search-format.md, 3.3 and 4.2).

Readings come from pypinyin's tables: that of the longest phrase the title has at a place,
otherwise the character's first. The tables are read as data, because importing pypinyin takes
longer than adding an article may.
"""

import re
import unicodedata
from collections.abc import Mapping, Set as AbstractSet
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import msgspec

from dangjian.search.folding import is_han

Reading = tuple[int, str]
INITIAL = 0x110000
_SYLLABLE_BASE = 0x10000000
_PHRASE_SIZES = (5, 4, 3, 2)
_LONGEST_SYLLABLE = 6
_MOST_SPLITS = 8
_SYLLABLE = re.compile(
    r"(b|p|m|f|d|t|n|l|g|k|h|j|q|x|zh|ch|sh|r|z|c|s|y|w)?"
    r"(a|ai|an|ang|ao|e|ei|en|eng|er|i|ia|ian|iang|iao|ie|in|ing|iong|iu|o|ong|ou|u|ua|uai|uan"
    r"|uang|ue|ui|un|uo|v|ve)"
)


class _Tables(msgspec.Struct, frozen=True):
    chars: Mapping[str, str]
    phrases: Mapping[str, msgspec.Raw]
    beginnings: AbstractSet[str]


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    spec = find_spec("pypinyin")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pypinyin", name="pypinyin")
    folder = Path(spec.origin).parent
    chars = (folder / "pinyin_dict.json").read_bytes()
    phrases = msgspec.json.decode(
        (folder / "phrases_dict.json").read_bytes(), type=dict[str, msgspec.Raw]
    )
    return _Tables(
        msgspec.json.decode(chars, type=dict[str, str]),
        phrases,
        {phrase[:2] for phrase in phrases},
    )


@lru_cache(maxsize=8192)
def _plain(reading: str) -> str:
    """A reading without tone: letters a to z, ü as v."""
    letters = unicodedata.normalize("NFD", reading.replace("ü", "v").lower())
    letters = letters.replace("u\u0308", "v")
    plain = "".join(c for c in letters if "a" <= c <= "z")
    return plain if len(plain) <= _LONGEST_SYLLABLE else ""


@lru_cache(maxsize=65536)
def _of_char(char: str) -> tuple[str, ...]:
    if not is_han(ord(char)):
        return ()
    return (_plain(_tables().chars.get(str(ord(char)), "").split(",")[0]),)


@lru_cache(maxsize=16384)
def _of_phrase(phrase: str) -> tuple[str, ...]:
    raw = _tables().phrases.get(phrase)
    if raw is None:
        return ()
    syllables = msgspec.json.decode(raw, type=list[list[str]])
    return tuple(_plain(options[0]) for options in syllables)


def readings(units: list[int]) -> list[Reading]:
    """Position and syllable of each Han character of a folded title that has a reading."""
    found: list[Reading] = []
    text = "".join(map(chr, units))
    beginnings = _tables().beginnings
    place = 0
    while place < len(text):
        syllables = _of_char(text[place])
        if text[place : place + 2] in beginnings:
            syllables = _longest(text, place) or syllables
        for syllable in syllables:
            if syllable:
                found.append((place, syllable))
            place += 1
        place += not syllables
    return found


def _longest(text: str, place: int) -> tuple[str, ...]:
    """The reading of the longest phrase at a place of a text, if there is one."""
    for size in _PHRASE_SIZES:
        syllables = _of_phrase(text[place : place + size])
        if syllables:
            return syllables
    return ()


@lru_cache(maxsize=4096)
def syllable_number(syllable: str) -> int:
    """The number that stands for a syllable in a term."""
    value = 0
    for letter in syllable:
        value = value * 27 + ord(letter) - 96
    return _SYLLABLE_BASE + value


def splits(word: str) -> list[tuple[str, ...]]:
    """How a word of letters splits into syllables: fewest first, longer first syllables first."""
    found: list[tuple[str, ...]] = []
    counts = _counts(word)

    def walk(start: int, before: tuple[str, ...], left: int) -> None:
        if left == 0:
            found.append(before)
            return
        for end in range(min(len(word), start + 6), start, -1):
            if len(found) >= _MOST_SPLITS:
                return
            if counts[end] >> (left - 1) & 1 and _SYLLABLE.fullmatch(word, start, end):
                walk(end, (*before, word[start:end]), left - 1)

    for count in range(1, len(word) + 1):
        if counts[0] >> count & 1 and len(found) < _MOST_SPLITS:
            walk(0, (), count)
    return found


def _counts(word: str) -> list[int]:
    """For each place in a word, a bit for each number of syllables that leads to its end."""
    counts = [0] * len(word) + [1]
    for start in range(len(word) - 1, -1, -1):
        for end in range(start + 1, min(len(word), start + 6) + 1):
            if counts[end] and _SYLLABLE.fullmatch(word, start, end):
                counts[start] |= counts[end] << 1
    return counts
