"""Terms of pinyin, and what of a query can be pinyin (docs/search-format.md, 3.3 and 4.2)."""

import re
from functools import lru_cache

INITIAL = 0x110000
_SYLLABLE_BASE = 0x10000000
_MAX_SPLITS = 8
_SYLLABLE = re.compile(
    r"(b|p|m|f|d|t|n|l|g|k|h|j|q|x|zh|ch|sh|r|z|c|s|y|w)?"
    r"(a|ai|an|ang|ao|e|ei|en|eng|er|i|ia|ian|iang|iao|ie|in|ing|iong|iu|o|ong|ou|u|ua|uai|uan"
    r"|uang|ue|ui|un|uo|v|ve)"
)


@lru_cache(maxsize=4096)
def syllable_number(syllable: str) -> int:
    """The number of a syllable in a term."""
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
            if len(found) >= _MAX_SPLITS:
                return
            if counts[end] >> (left - 1) & 1 and _SYLLABLE.fullmatch(word, start, end):
                walk(end, (*before, word[start:end]), left - 1)

    for count in range(1, len(word) + 1):
        if counts[0] >> count & 1 and len(found) < _MAX_SPLITS:
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
