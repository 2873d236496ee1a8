"""Limits of texts and their heads: the last value on one side, the first on the other."""

from datetime import datetime

import pytest

from dangjian.common.timezone import SHANGHAI
from dangjian.schema.dates import DateError, read_date
from dangjian.schema.frontmatter import parse_source
from dangjian.text.leftovers import look_at_leftovers
from dangjian.text.limits import TooExpensiveError, WorkLimit
from dangjian.text.line_breaks import _group, text_breaks
from dangjian.text.markup import MarkdownText
from dangjian.text.paragraphs import _begins, is_short
from dangjian.text.remarks import Remark
from dangjian.text.table_boxes import scrolling_tables

TEXT = MarkdownText()


def refused(text: str) -> str:
    """Why a text is refused before it is parsed; empty if it is not."""
    try:
        WorkLimit().look(text)
    except TooExpensiveError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("fits", "more", "says"),
    [
        ("字" * 2_000_000, "字", "有 2000001 个字，最多 200 万个"),
        ("".join(f"[^{n}]: 注\n" for n in range(1000)), "[^x]: 注", "有 1001 条脚注，最多 1000 条"),
        ("字" + " " * 999, " ", "上千个连续的空格"),
        (" " * 299, " ", "嵌套太深"),
    ],
    ids=["characters", "notes", "blanks", "indent"],
)
def test_a_text_is_refused_past_its_limit(fits: str, more: str, says: str) -> None:
    assert refused(fits) == ""
    assert says in refused(fits + more)


def test_lists_and_quotations_are_60_deep_at_most() -> None:
    limit = WorkLimit()
    for _ in range(60):
        limit.enter("项")
    with pytest.raises(TooExpensiveError, match="嵌套太深"):
        limit.enter("项")


def test_work_is_400_million_characters_at_most() -> None:
    limit = WorkLimit()
    limit.charge(400_000_000, "字")
    with pytest.raises(TooExpensiveError, match="太多太密"):
        limit.charge(1, "字")


def mistake(head: str) -> str:
    """What is said of a head; empty if nothing is."""
    problems = parse_source(f"---\n{head}---\n文".encode(), "a.md").problems
    return "；".join(problem.message for problem in problems)


@pytest.mark.parametrize(
    ("fits", "over", "says"),
    [
        ("甲: " + "长" * 99_996 + "\n", "甲: " + "长" * 99_997 + "\n", "最多 100000 个"),
        ("甲: " + "[" * 5 + "]" * 5 + "\n", "甲: " + "[" * 6 + "]" * 6 + "\n", "超过 6 层"),
        ("甲:\n" + "- 1\n" * 4997, "甲:\n" + "- 1\n" * 4998, "超过 5000 个值"),
    ],
    ids=["characters", "levels", "values"],
)
def test_a_head_is_refused_past_its_limit(fits: str, over: str, says: str) -> None:
    assert mistake(fits) == ""
    assert says in mistake(over)


def test_years_begin_with_1900() -> None:
    assert read_date("1900-01-01") == datetime(1900, 1, 1, tzinfo=SHANGHAI)
    with pytest.raises(DateError, match="从 1900 年起"):
        read_date("1899-12-31")


def test_a_file_of_which_more_than_a_fiftieth_is_no_text_is_none() -> None:
    assert "不是 UTF-8 编码的文本" not in mistake("标题: " + "\0" * 2 + "长" * 84 + "\n")
    assert "不是 UTF-8 编码的文本" in mistake("标题: " + "\0" * 2 + "长" * 83 + "\n")


def remarks(text: str) -> int:
    return len(TEXT.convert(text, "a/b").remarks)


def test_so_many_remarks_are_made_on_one_text() -> None:
    assert [remarks("</b>\n\n" * number) for number in (200, 201)] == [200, 200]
    unused = [
        remarks("".join(f"[a{n}]: http://b.cn\n" for n in range(number))) for number in (20, 21)
    ]
    assert unused == [20, 20]


def html(text: str) -> str:
    return TEXT.convert(text, "a/b").html


@pytest.mark.parametrize(("length", "is_title"), [(30, True), (31, False)])
def test_a_line_of_up_to_30_characters_is_a_title_if_it_is_underlined(
    length: int, is_title: bool
) -> None:
    assert ("<h2" in html(f"{'题' * length}\n---\n\n文。")) is is_title


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("正文。\n\n" + "委" * 40 + "\n\n2026年11月1日", 2),
        ("正文。\n\n" + "委" * 41 + "\n\n2026年11月1日", 1),
        ("正文。\n\n" + "县委\n\n" * 6 + "2026年11月1日", 7),
        ("正文。\n\n" + "县委\n\n" * 7 + "2026年11月1日", 7),
        ("正文。\n\n欧阳小明　　2026年11月1日", 1),
        ("正文。\n\n欧阳小明明　　2026年11月1日", 0),
    ],
)
def test_names_and_a_date_at_the_end_are_at_the_right(text: str, lines: int) -> None:
    assert html(text).count("right") == lines


@pytest.mark.parametrize(
    ("words", "kind"), [("字" * 8, "nb"), ("字" * 8 + "1", "long"), ("1" * 16, "nb")]
)
def test_a_cell_of_up_to_eight_characters_stays_on_one_line(words: str, kind: str) -> None:
    table = f"<table><tbody><tr><td>{words}</td></tr></tbody></table>"
    assert f'<td class="{kind}">{words}</td>' in scrolling_tables(table)


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("a" * 20, "a" * 20),
        ("a" * 21, "aaaaaa<wbr>aaaaaa<wbr>aaaaaa<wbr>aaa"),
        ("12345公里", '<span class="nb">12345公里</span>'),
        ("123456公里", '<span class="nb">123456公</span>里'),
    ],
)
def test_a_long_run_is_broken_and_a_short_number_stays_with_its_unit(
    text: str, broken: str
) -> None:
    assert text_breaks(f"<p>{text}</p>") == f"<p>{broken}</p>"


@pytest.mark.parametrize(("line", "short"), [("字" * 11 + "a", True), ("字" * 12, False)])
def test_a_line_of_12_characters_may_have_been_wrapped(line: str, short: bool) -> None:
    assert is_short(line) is short


@pytest.mark.parametrize(("widest", "begins"), [(50, False), (51, True)])
def test_a_line_four_fifths_as_wide_as_the_widest_goes_on(widest: int, begins: bool) -> None:
    """Widths in halves of a Chinese character; the line before ends with a sentence."""
    assert _begins("字" * 19 + "。", "再说", widest) is begins


@pytest.mark.parametrize(("length", "whole"), [(10, True), (11, False)])
def test_pieces_of_a_title_up_to_10_characters_stay_whole_next_to_figures(
    length: int, whole: bool
) -> None:
    assert ('class="nb"' in _group(["超" * length, "100个"])) is whole


def test_40_characters_of_what_is_no_link_are_named() -> None:
    remarks: list[Remark] = []
    look_at_leftovers(f"<p>（{'字' * 60}）[http://a.cn]</p>", "", remarks)
    assert remarks[0].message.startswith(f"“（{'字' * 39}”的括号写反了")
