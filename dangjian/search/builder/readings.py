"""How titles are read: their pinyin, by pypinyin's tables (docs/search-format.md, 3.3).

A title is read as the longest phrase it has at a place, otherwise as the first reading of the
character there. Adding an article may take less time than importing pypinyin or reading its
tables whole does: they are taken as data, and of that only what the titles may need.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Set as AbstractSet
from functools import lru_cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from dangjian.search.format.folding import is_han

_PHRASE_SIZES = (5, 4, 3, 2)
_MAX_SYLLABLE_LENGTH = 6
_QUOTE = 0x22
_BEGINNING = 6  # bytes of two Han characters, and of the number of one
_Entry = TypeVar("_Entry")


class Readings(NamedTuple):
    """The readings of some titles' characters and phrases."""

    chars: Mapping[str, str]
    phrases: Mapping[str, tuple[str, ...]]
    beginnings: AbstractSet[str]

    def of(self, titles: str) -> list[str]:
        """The syllable of each character of folded titles; empty where one has no reading."""
        chars = self.chars
        found = [chars.get(char, "") for char in titles]
        behind = 0
        # What no phrase begins with is most of a title.
        for place, pair in enumerate(_pairs(titles)):
            if pair in self.beginnings and place >= behind:
                phrase = self._longest(titles, place)
                behind = place + len(phrase)
                found[place:behind] = phrase
        return found

    def _longest(self, titles: str, place: int) -> tuple[str, ...]:
        """The reading of the longest phrase at a place; empty if there is none."""
        for size in _PHRASE_SIZES:
            syllables = self.phrases.get(titles[place : place + size])
            if syllables:
                return syllables
        return ()


def readings_for(titles: str) -> Readings:
    """All that is needed to read folded titles, which have breaks between them."""
    chars = {char for char in set(titles) if is_han(ord(char))}
    numbers = [f'{ord(char)}"'.encode() for char in chars]
    first_readings = _entries(_table("pinyin_dict.json", b"09"), numbers, str)
    beginnings = [pair.encode() for pair in set(_pairs(titles))]
    phrases = _entries(_table("phrases_dict.json", b"\xe3\xff"), beginnings, list[list[str]])
    return Readings(
        {char: _plain(first_readings.get(str(ord(char)), "").split(",")[0]) for char in chars},
        {name: tuple(_plain(options[0]) for options in read) for name, read in phrases.items()},
        {name[:2] for name in phrases},
    )


def _pairs(text: str) -> Iterator[str]:
    """Each character of a text with the one behind it."""
    return map("".join, pairwise(text))


class _Table(NamedTuple):
    """A large JSON object as bytes: where its keys are, and the six bytes at the start of each.

    ``starts`` are the places of the quotes before the keys, ``begun`` the six bytes as a number.
    """

    raw: bytes
    starts: npt.NDArray[np.int64]
    begun: npt.NDArray[np.uint64]


@lru_cache(maxsize=2)
def _table(name: str, first: bytes) -> _Table:
    """A table of pypinyin (0.50 to 0.55 have it as one line of JSON next to its code).

    A key is recognised by its first byte, between the two of ``first``: no string in the values
    begins with such a byte.
    """
    spec = find_spec("pypinyin")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pypinyin", name="pypinyin")
    raw = (Path(spec.origin).parent / name).read_bytes()
    data = np.frombuffer(raw, np.uint8)
    quotes = np.flatnonzero(data[: -_BEGINNING - 1] == _QUOTE)
    after = data[quotes + 1]
    starts = quotes[(after >= first[0]) & (after <= first[1])]
    return _Table(raw, starts, _big_endian(data, starts + 1))


def _entries(table: _Table, beginnings: Iterable[bytes], kind: type[_Entry]) -> dict[str, _Entry]:
    """The entries whose keys begin with the same six bytes as one of ``beginnings``."""
    wanted = {name[:_BEGINNING] for name in beginnings if len(name) >= _BEGINNING}
    numbers = np.array(sorted(int.from_bytes(name, "big") for name in wanted), np.uint64)
    if not len(numbers):
        return {}
    raw, starts, begun = table
    near = np.minimum(np.searchsorted(numbers, begun), len(numbers) - 1)
    ends = np.append(starts[1:], len(raw))
    chosen = np.flatnonzero(numbers[near] == begun)
    entries = [
        raw[start:end].rstrip(b", \t\r\n}")
        for start, end in zip(starts[chosen].tolist(), ends[chosen].tolist(), strict=True)
    ]
    return msgspec.json.decode(b"{" + b",".join(entries) + b"}", type=dict[str, kind])  # type: ignore[valid-type]


def _big_endian(
    data: npt.NDArray[np.uint8], places: npt.NDArray[np.int64]
) -> npt.NDArray[np.uint64]:
    """The six bytes at each place as a number."""
    values = np.zeros(len(places), np.uint64)
    for offset in range(_BEGINNING):
        values = (values << np.uint64(8)) | data[places + offset]
    return values


@lru_cache(maxsize=8192)
def _plain(reading: str) -> str:
    """A reading without tone: letters a to z, ü as v."""
    letters = unicodedata.normalize("NFD", reading.replace("ü", "v").lower())
    letters = letters.replace("u\u0308", "v")
    plain = "".join(c for c in letters if "a" <= c <= "z")
    return plain if len(plain) <= _MAX_SYLLABLE_LENGTH else ""
