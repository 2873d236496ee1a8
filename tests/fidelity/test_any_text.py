"""Any text made of the manual's constructs: every word that went in comes out, in its order."""

import html
import re

import pytest
from hypothesis import given, strategies as st
from PIL import Image

from dangjian.text.markup import Manner, MarkdownText
from dangjian.text.paragraphs import LineBreaks
from tests.fidelity import manual
from tests.fidelity.manual import MANUAL
from tests.fidelity.pictures import CASES, PICTURES, made_from, with_pictures

TEXT = MarkdownText()
# Each with the places of its words; 甲 and 乙 are replaced by words that are all different.
FORMS = (
    "甲。",
    "甲，乙",
    "　　甲，",
    "    甲",
    "\t甲",
    "**甲**乙",
    "甲*乙*，",
    "~~甲~~乙",
    "甲\\\n乙",
    "甲  \n乙",
    "- 甲\n- 乙",
    "- 甲\n  - 乙",
    "1. 甲\n2. 乙",
    "1) 甲\n2) 乙",
    "1. 甲\n\n   乙",
    "甲：\n- 乙",
    "> 甲\n> 乙",
    "> - 甲\n>\n> 乙",
    "## 甲",
    "##甲",
    "# 甲",
    "＃＃ 甲",
    "甲\n---",
    "甲\n===",
    "| 甲 | 乙 |\n|---|---|\n| 甲 | 乙 |",
    "| 甲 | 乙 |\n| 甲 | 乙 |",
    "甲\t乙\n甲\t乙",
    "| 甲 | 乙 |",
    "甲\n| 甲 | 乙 |\n|---|\n| 甲 | 乙 | 甲 |",
    "```\n甲\n乙\n```",
    "~~~\n甲\n~~~",
    "- 甲\n\n  ```\n  乙\n  ```",
    "[甲](https://a.example.com/)乙",
    "[甲]（b.md）",
    "https://a.example.com/x甲",
    "甲a@b.example.com，乙",
    "<b>甲</b>乙",
    "<b>甲",
    "甲</b>乙",
    "<div>甲</div>",
    "<div>\n\n甲\n\n- 乙\n</div>",
    "<div>甲",
    "<details><summary>甲</summary>乙</details>",
    "<center>甲</center>",
    '<p align="right">甲</p>',
    "<p>甲<p>乙",
    "<table><tr><td>甲</td><td>乙</td></tr></table>",
    "<table><tr><td>甲",
    "<td>甲",
    "<ul><li>甲<li>乙</ul>",
    "<font color=red>甲</font>",
    '<span style="color:red">甲</span>',
    "甲<x>乙",
    "甲<y，且 z>乙",
    "《甲<GB/T 9704>乙》",
    "甲<script>乙",
    "<?php\necho 甲->乙;\n?>",
    "甲<!ELEMENT 乙 (x)>",
    "甲<!-- 乙",
    "甲<!-- x -->乙",
    "甲{乙}",
    "甲 {.right}",
    "## 甲 {#x}",
    "甲****乙",
    "甲**乙",
    "甲*乙",
    "甲`乙",
    "```甲",
    "甲[^x]乙",
    "甲［^x］乙",
    "[^9]:",
    "甲\n[^9]：  ",
    "| 甲 |\n| 乙 |",
    "| 甲 | 乙 |\n\n|---|---|\n\n| 甲 | 乙 |",
    "甲![x](a.jpg)\n![y](b.jpg)\n乙",
    "https://a.example.com/甲/乙.html",
    "## ",
    "甲&lt;乙&amp;",
    "甲\x0b乙",
    "甲&#xe0f0;乙",
    "<summary>甲&#2;乙</summary>",
    "中共甲委员会\n2026年11月20日",
    "时间：甲\n地点：乙",
    "一、甲\n二、乙",
    "甲\n:   乙",
    "---",
    "***",
    "　",
    "> 5",
    ">5",
    "2026. 甲",
    "3. 甲",
    "甲\n2. 乙",
    "甲 | 乙",
)
DIGITS = "子丑寅卯辰巳午未申酉"
PIECES = st.lists(st.tuples(st.sampled_from(FORMS), st.sampled_from(("\n\n", "\n"))), max_size=8)
MODES: st.SearchStrategy[LineBreaks] = st.sampled_from(("auto", "paragraph", "join"))


def written(pieces: list[tuple[str, str]]) -> tuple[str, list[str]]:
    """A document of these forms, and its words in their order."""
    words: list[str] = []

    def word(_: re.Match[str]) -> str:
        number = len(words)
        words.append(f"词{DIGITS[number // 10 % 10]}{DIGITS[number % 10]}语")
        return words[-1]

    text = "".join(re.sub("[甲乙]", word, form) + between for form, between in pieces)
    return text, words


def shown(page: str) -> str:
    """The words of a page as a reader has them."""
    return html.unescape(re.sub(r"<[^>]*>", "", page))


@given(PIECES, MODES)
def test_every_word_is_on_the_page(pieces: list[tuple[str, str]], mode: LineBreaks) -> None:
    text, words = written(pieces)
    found = TEXT.convert(text, "xw", Manner(mode))
    assert re.findall(rf"词[{DIGITS}]{{2}}语", shown(found.html)) == words
    assert not re.search("[\x00-\x08\x0b-\x1f]", found.html)


@given(PIECES, MODES)
def test_the_quick_way_gives_the_same(pieces: list[tuple[str, str]], mode: LineBreaks) -> None:
    text, _ = written(pieces)
    assert TEXT.convert(text, "xw", Manner(mode)) == TEXT.parse(text, "xw", Manner(mode))


def test_the_manual_shows_what_the_page_shows() -> None:
    text = manual.MANUAL.read_text(encoding="utf-8")
    assert manual.with_table(text) == text, "run python -m tests.fidelity.manual"


@pytest.mark.parametrize("name", CASES)
def test_a_picture_of_the_manual_shows_what_the_page_shows(name: str) -> None:
    with Image.open(PICTURES / f"{name}.png") as picture:
        assert picture.info["made_from"] == made_from(name)


def test_the_manual_has_its_pictures() -> None:
    manual = MANUAL.read_text(encoding="utf-8")
    assert with_pictures(manual) == manual
    assert {file.stem for file in PICTURES.iterdir()} == set(CASES)
