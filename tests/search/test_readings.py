"""Readings of titles: what is taken of pypinyin's tables is what they say."""

from pathlib import Path

import msgspec
import pypinyin
import pytest

from dangjian.search.builder.readings import readings_for
from dangjian.search.format.folding import is_han

BREAK = "\x01"
TABLES = Path(pypinyin.__file__).parent


@pytest.fixture(scope="module")
def phrases() -> dict[str, list[list[str]]]:
    """All phrases of pypinyin's table."""
    raw = (TABLES / "phrases_dict.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, list[list[str]]])


def test_every_phrase_is_found(phrases: dict[str, list[list[str]]]) -> None:
    """No phrase is missed, whatever it begins with, and none is cut off."""
    readings = readings_for(BREAK.join(phrases))
    assert set(readings.phrases) == set(phrases)
    assert {len(read) for name, read in readings.phrases.items() if len(name) == 4} == {4}
    assert readings.phrases["重庆"] == ("chong", "qing")


def test_every_character_is_found() -> None:
    """The first reading of each Han character, for one title as for all."""
    chars = msgspec.json.decode((TABLES / "pinyin_dict.json").read_bytes(), type=dict[str, str])
    han = [chr(int(number)) for number in chars if is_han(int(number))]
    everything = readings_for("".join(han))
    assert set(everything.chars) == set(han)
    for char in (han[0], "党", "\u4e00", han[-1]):
        assert readings_for(char).of(char) == [everything.chars[char]]
    assert readings_for("党").of("党") == ["dang"]


def test_the_longest_phrase_decides(phrases: dict[str, list[list[str]]]) -> None:
    """A title alone is read as it is among others; what has no reading is empty."""
    titles = ["重庆市银行行长", f"AI党建{BREAK}行", "", "银行"]
    alone = [readings_for(title).of(title) for title in titles]
    assert alone[0] == ["chong", "qing", "shi", "yin", "hang", "hang", "zhang"]
    assert alone[1] == ["", "", "dang", "jian", "", "xing"]
    together = readings_for(BREAK.join([*titles, *phrases]))
    assert [together.of(title) for title in titles] == alone
    expected = [syllable for title in alone for syllable in (*title, "")]
    assert together.of("".join(title + BREAK for title in titles)) == expected
