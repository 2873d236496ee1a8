"""The Markdown dialect: Chinese line breaks, headings, figures, and what is not let through."""

import pytest
from hypothesis import given, strategies as st

from dangjian.text.blocks import Blocks
from dangjian.text.dialect import make_parser
from dangjian.text.excerpts import excerpt, plain_text
from dangjian.text.limits import WorkLimit
from dangjian.text.links import resolve
from dangjian.text.markup import MarkdownText

TEXT = MarkdownText()

PIECES = (
    "近年来，示例市。", "- 项", "1. 项", "    缩进", "> 引", "## 题", "| a | b |", "|--|--|",
    "| 1 | 2 |", "[^1]: 注", "见[^1]", "```", "~~~", "词", "：释", ":   释",
    "* * *", "---", "===",
    "", "  ", "**粗**",
    "**一是**抓", "- **项** 目", "**- 项**", "**1. 二**", "　　首行", "12:24", "8-10月",
    "5G", "行尾  ", "http://a.cn/x",
    "<b>x</b>", "[a]",
    "[a]: http://b.cn", "{: .note}", "2020年，", "1+6", "A&B", "100%", "![图](a.png)", "\\*",
    "`码`", "\n- 甲\n- 乙\n\n**丙**丁", "\n**丙**丁\n\n1. 甲\n2. 乙\n", "\n# 大", "\n***\n",
    "## 题\n- 项",
)  # fmt: skip
LOOSE = st.text(alphabet="一二，。“”：abc 12.-#*_[]`!|>&~=+:^{}\u3000\u00a0\n", max_size=40)
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), LOOSE), max_size=12).map("\n".join)


def html(text: str) -> str:
    return TEXT.convert(text, "a/b").html


@given(TEXTS)
def test_setting_plain_paragraphs_apart_changes_nothing(text: str) -> None:
    assert TEXT.convert(text, "a/b") == TEXT.parse(text, "a/b")


MARKED = (
    "甲[乙 丙](/a/b.md)丁", "[甲](b.md)。", "[甲](https://b.cn/x?y=1)",
    "（[甲](x_y_z.pdf)）[乙](c%20d/)", "　　甲[乙](丙/丁.html)", "[甲](b.md) ", "[ 甲](b.md)",
    "[甲](b c.md)", "[甲](www.b.cn)", "[www.a.cn](b)", "[甲](http://www.b.cn/)。",
    "甲://乙[丙](d)", "[甲]()", "[甲](a)(b)",
    "[甲](a#b)", "[甲](mailto:a@b.cn)", "[甲](javascript:b)", "![甲 乙](/m/a.jpg)",
    "![甲](a_b-1.png)", '![甲](a.jpg "题")', "![](a.jpg)", '![甲"乙](a.jpg)',
    "![甲](http://b.cn/a.jpg)", "![甲](没有.jpg)", "![甲](a.jpg)乙",
    "| 甲 | 乙 |\n| --- | ---: |\n| 1 | 2 |", "|甲|乙|丙|\n|:-:|:---|---|\n|1||　3|\n||2||",
    "| 甲 |\n|---|\n| 1 |", "| 甲 | 乙 |\n| --- | --- |", "| 甲 | 乙 |\n| --- |\n| 1 | 2 |",
    "| 甲 | 乙 |\n| --- | --- |\n| 1 |", "| **甲** | 乙 |\n| --- | --- |\n| 1 | 2 |",
    "| 甲 | |\n| --- | --- |\n| 1 | 2 |", "| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 | 3 |",
    "| 甲 | 乙 |\n| - | -- |\n| 1 | www.a.cn |", "甲\n| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 |",
    "近年来，示例市。", "**一是**抓", "## 题", "- 项\n- 目", "1. 项", "[^1]: 注",
    "[甲]: http://b.cn", "> 引",
)  # fmt: skip
MARKS = st.lists(st.one_of(st.sampled_from(MARKED), LOOSE), max_size=6).map("\n\n".join)


@given(MARKS)
def test_usual_links_pictures_and_tables_are_what_the_parser_makes(text: str) -> None:
    assert TEXT.convert(text, "a/b") == TEXT.parse(text, "a/b")


@given(
    st.text(alphabet="一，（）(a1.-/:|[]!*_\"' \n", max_size=30).map("![一](a.jpg)\n\n{}".format)
)
def test_marks_anywhere_are_what_the_parser_makes(text: str) -> None:
    assert TEXT.convert(text, "a/b") == TEXT.parse(text, "a/b")


def test_texts_of_usual_blocks_need_no_parser() -> None:
    """Each kind, and all of them; not where one block more is of no such kind."""
    line, picture = "甲[乙](/a/b.md)丙", "![甲](/m/a.jpg)"
    table = "| 甲 | 乙 |\n| --- | ---: |\n| 1 | 2 |"
    for text in (line, picture, table, f"甲。\n\n{line}\n\n{picture}\n\n{table}\n\n## 乙"):
        reader = MarkdownText()
        assert reader.convert(text, "a/b").html
        assert "_markdown" not in vars(reader)
    reader.convert(f"{line}\n\n> 引", "a/b")
    assert "_markdown" in vars(reader)


STARTS = ("", "“", "5月17日，", "2024年", "12345年", "**一是**抓", "**一", "第一，", "（一）", "1")
WORDY = st.lists(st.tuples(st.sampled_from(STARTS), LOOSE), max_size=6)


@given(WORDY, st.integers(1, 2))
def test_lines_that_plainly_begin_with_words_are_laid_out_as_others_are(
    parts: list[tuple[str, str]], ends: int
) -> None:
    lines = [start + rest.replace("\n", "") for start, rest in parts]
    lines = [line for line in lines if line and not line[0].isspace() and line[0] not in "[`:"]
    # A blank before it is nothing to a line, but that it is looked at from all sides.
    looked_at = [f" {line}" for line in lines]
    both = [
        Blocks("auto", WorkLimit(), []).lay_out(("\n" * ends).join(some))
        for some in (lines, looked_at)
    ]
    assert both[0] == both[1]


QUICK, ATTENTIVE = make_parser(WorkLimit()), make_parser(WorkLimit())
ATTENTIVE.treeprocessors.deregister("plain")


@given(TEXTS)
def test_telling_plain_texts_apart_changes_nothing(text: str) -> None:
    assert QUICK.reset().convert(text) == ATTENTIVE.reset().convert(text)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("近年来，示例\n市党建", "<p>近年来，示例市党建</p>"),
        ("用 Python\n写成", "<p>用 Python\n写成</p>"),
        (
            "报名自2026年\n12月1日起，至12月9日\n14:30止",
            "<p>报名自2026年12月1日起，至12月9日14:30止</p>",
        ),
        ("会期至**2026年12月**\n1日9时", "<p>会期至<strong>2026年12月</strong>1日9时</p>"),
        ("会期至12月1日\n14:30，第\n3\n届", "<p>会期至12月1日14:30，第3届</p>"),
        ("第3\n4期，于12\n月1\n日", "<p>第3\n4期，于12月1日</p>"),
        ("在1月3日\n2月5日各一次", "<p>在1月3日\n2月5日各一次</p>"),
        ("张三得95\n周四得96", "<p>张三得95\n周四得96</p>"),
        ("贯彻**“四个意识”**要求", "<p>贯彻<strong>“四个意识”</strong>要求</p>"),
        ("#标签不是标题", "<p>#标签不是标题</p>"),
        ("# 大标题\n\n## 小标题", '<h2 id="大标题">大标题</h2>\n<h3 id="小标题">小标题</h3>'),
        ("## 本就是二级", '<h2 id="本就是二级">本就是二级</h2>'),
        ("{{ 7 * 7 }}{% raw %}", "<p>{{ 7 * 7 }}{% raw %}</p>"),
        ("　　首行缩进", "<p>首行缩进</p>"),
    ],
)
def test_what_editors_write(written: str, shown: str) -> None:
    assert html(written) == shown


def test_a_lone_picture_becomes_a_figure_with_its_caption() -> None:
    made = TEXT.convert('![村口](img/a.jpg "村口新貌")', "a/b")
    assert made.html == (
        '<figure><img alt="村口" src="dj-media:a/b/img/a.jpg">'
        "<figcaption>村口新貌</figcaption></figure>"
    )
    assert [(r.kind, r.target, r.alt) for r in made.references] == [
        ("media", "a/b/img/a.jpg", "村口")
    ]


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        '<p onclick="alert(1)">x</p>',
        '<a href="javascript:alert(1)">x</a>',
        "[x](javascript:alert(1))",
        '<img src="https://other.example/a.png">',
        '<iframe src="//x"></iframe><style>p{}</style>',
        '<p style="position:fixed">x</p>',
        "![x](../../../../etc/passwd)",
    ],
)
def test_what_is_not_let_through(written: str) -> None:
    made = html(written)
    for forbidden in ("script", "onclick", "javascript", "other.example", "iframe", "style", "etc"):
        assert forbidden not in made


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("x.jpg", "a/b/x.jpg"),
        ("../x.jpg", "a/x.jpg"),
        ("/x.jpg", "x.jpg"),
        ("%E5%9B%BE.jpg", "a/b/图.jpg"),
        ("../../../x.jpg", None),
        ("..\\x.jpg", None),
        ("%2e%2e/%2e%2e/%2e%2e/x", None),
    ],
)
def test_references_stay_inside_the_content(address: str, path: str | None) -> None:
    assert resolve(address, "a/b") == path


def test_plain_text_has_words_only() -> None:
    text = "第一段[^1]。\n\n| 甲 | 乙 |\n|--|--|\n| 1 | 2 |\n\n- 项&amp;\n\n[^1]: 注文"
    assert plain_text(html(text)).split("\n") == ["第一段。", "甲", "乙", "1", "2", "项&", "注文"]


def test_cells_of_a_tables_head_are_told_from_others() -> None:
    pasted = (
        "<table><thead><tr><th><p>甲</p><p>级</p></th></tr></thead><tr><th>乙</th></tr></table>"
    )
    assert plain_text(html("| 甲 | 乙 |\n|--|--|\n| 1 | 2 |"), "+") == "甲+\n乙+\n1\n2"
    assert plain_text(html(pasted), "+") == "甲 级 +\n乙"


def test_an_excerpt_ends_with_a_sentence_where_one_is_near() -> None:
    assert excerpt("短文。", 100) == "短文。"
    assert excerpt("一" * 70 + "。" + "二" * 60, 100) == "一" * 70 + "。"
    assert excerpt("一" * 200, 100) == "一" * 100 + "……"
