"""Bodies that are large, deep, or made to be slow: parsed in little time, or refused with a line.

Time is the processor's, and the limit far above what any case takes: what is caught is a text that
costs the square of its length.
"""

import time

import pytest

from dangjian.text.limits import TooExpensiveError
from dangjian.text.markup import MarkdownText
from tests.conftest import MakeSite
from tests.sites import article, column

SECONDS = 10
DENSE = "符号太多太密"
DEEP = "嵌套太深"

CONVERTED = {
    "strong and again": "**a" * 50_000,
    "5 MB in paragraphs": "第一段正文内容，讲述基层党建工作。\n\n" * 95_000,
    "5 MB in one line": "字" * 1_700_000,
    "table of 10,000 rows": "| 甲 | 乙 |\n|---|---|\n"
    + "| [一](http://a.cn/) | **二** |\n" * 10_000,
    "table of 2,000 columns": "|".join("a" * 2000) + "\n" + "|".join("-" * 2000) + "\n",
    "list of 10,000": "- [一](http://a.cn/)\n" * 10_000,
    "numbered list of 20,000": "".join(f"{n}. 项\n" for n in range(20_000)),
    "long paragraph with links": "一段**很长**的文字，有[链接](http://a.cn)。" * 1000,
    "900 notes": "".join(f"文[^{n}]" for n in range(900))
    + "\n\n"
    + "".join(f"[^{n}]: 注\n" for n in range(900)),
    "notes in a circle": "[^1]\n\n[^1]: 注[^2]\n[^2]: 注[^1]\n",
    "10,000 references": "".join(f"[a{n}]: http://a.cn/{n}\n" for n in range(10_000)),
    "asterisks": "*" * 100_000,
    "asterisks apart": "*a " * 100_000,
    "backticks": "`" * 100_000,
    "hashes": "#" * 100_000,
    "ampersands": "&" * 100_000,
    "angles": "<" * 100_000,
    "rules": "-" * 100_000,
    "underline": "甲\n" + "=" * 100_000,
    "braces": "{:" * 30_000,
    "pipes": ("|" * 50_000 + "\n") * 3,
    "empty lines": "\n" * 200_000 + "字",
    "fence left open": "```\n没有关上\n" + "文\n" * 10_000,
    "10,001 fences": "```\n" * 10_001,
    "unlike fences": "~~~~~\na\n```\n" * 5_001,
    "5,000 divs": "<div>" * 5_000,
    "scripts": "<script>" * 2_000,
    "html table": "<table>" + "<tr><td>甲</td></tr>\n" * 10_000 + "</table>",
    "nested 12 deep": "\n".join("    " * n + "- 层" for n in range(12)),
    "our own marks": "\ue0f00\ue0f1\n\n甲\n\n<p>\ue0f00\ue0f1</p>",
    "rule of asterisks": "* * " * 30_000 + "a",
    "10,000 headings in a block": "# a\n" * 10_000,
    "100,000 fences with a name": "```a\n" * 100_000,
    "struck through without an end": "~~a " * 5_000,
    "runs of tildes": "~~~a" * 5_000,
    "a million figures": "1" * 1_000_000,
    "figures and dots": "1." * 400_000,
    "contents again and again": "[TOC]\n\n" * 2_000 + "# 甲\n\n" * 3_000,
    "a letter with 200,000 accents": "a" + "\u0301" * 200_000,
    "one word": "a" * 1_900_000,
    "one address": "http://a.cn/" + "a" * 1_000_000,
    "one quotation mark": "“" * 500_000,
    "joiners": "👩\u200d" * 100_000,
    "private characters": "".join(map(chr, range(0xE000, 0xF900))),
    "cells without a table": "<td>" * 50_000,
    "items without a list": "<li>甲</li>" * 5_000,
    "numeric entities": "&#xD800; &#0; &#x110000; &#1;" + "&#x" * 5_000,
}
REFUSED = {
    "6 million characters": ("字" * 6_000_000, "最多 200 万个"),
    "3,000 notes": ("".join(f"[^{n}]: 注\n" for n in range(3000)), "最多 1000 条"),
    "lists 1,000 deep": ("\n".join("    " * n + "- 层" for n in range(900)), DEEP),
    "lists 1,000 deep in a line": ("- " * 1000 + "深", DEEP),
    "quotations 1,000 deep": ("> " * 1000 + "深", DEEP),
    "lists in quotations": ("> - " * 200 + "深", DEEP),
    "open notes": ("[^" * 50_000, DENSE),
    "open strikes": ("~~a " * 50_000, DENSE),
    "open brackets": ("[" * 100_000, DENSE),
    "open links": ("[a](" * 30_000, DENSE),
    "open pictures": ("![" * 30_000, DENSE),
    "brackets in brackets": ("[a" * 30_000 + "]" * 30_000, DENSE),
    "strong left open": ("***a" * 50_000, DENSE),
    "underscores": ("a_" * 50_000, DENSE),
    "escapes": ("\\*" * 50_000, DENSE),
    "open tags": ("<a " * 50_000, DENSE),
    "open comments": ("<!-- " * 20_000, DENSE),
    "open attributes": ('<td style="text-align: ' * 5_000, DENSE),
    "open addresses": ("<http://a" * 20_000, DENSE),
    "definitions": ("a\n:   " * 20_000, DENSE),
    "spaces before a line": ("甲\n\n" + " " * 200_000 + "字", DEEP),
    "tabs before a line": ("\t" * 50_000 + "字", DEEP),
    "spaces": ("字" + " " * 200_000 + "字", "连续的空格"),
    "spaces in a heading": ("# a {" + " " * 50_000 + "x", "连续的空格"),
}


@pytest.mark.parametrize("body", CONVERTED.values(), ids=CONVERTED)
def test_a_large_body_is_converted_in_time(body: str) -> None:
    start = time.process_time()
    MarkdownText().convert(body, "jcdj")
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize(("body", "says"), REFUSED.values(), ids=REFUSED)
def test_a_body_that_would_take_too_long_is_refused(body: str, says: str) -> None:
    start = time.process_time()
    with pytest.raises(TooExpensiveError, match=says):
        MarkdownText().convert(body, "jcdj")
    assert time.process_time() - start < SECONDS


def test_references_to_control_characters_are_left_out_with_a_word() -> None:
    """Whatever they spell: the parser's own marks, ours, or what no browser shows."""
    body = "**甲**&#2;klzzwxh:0000&#3;乙 <b>&#2;klzzwxh:0001&#3;</b> &#xe0f0;0&#xe0f1; &#xFFFE;"
    made = MarkdownText().convert(body, "")
    assert not {sign for sign in made.html if sign < " "} - {"\n"}
    assert made.html.startswith("<p><strong>甲</strong>klzzwxh:0000乙 <b>klzzwxh:0001</b>")
    assert any("不能显示的字符" in one.message for one in made.remarks)


def test_contents_are_shown_once() -> None:
    made = MarkdownText().convert("[TOC]\n\n# 甲\n\n[TOC]\n\n乙", "")
    assert made.html.count('class="toc"') == 1
    assert [one.count for one in made.remarks if "只放一处" in one.message] == [1]


def test_what_is_refused_is_named_by_line_and_left_out(make_site: MakeSite) -> None:
    bad = article("不能排版", body="第一段。\n\n第二段。\n\n" + "[" * 20_000)
    site = make_site(
        {
            "content/jcdj/_column.md": column("基层党建"),
            "content/jcdj/a.md": bad,
            "content/jcdj/b.md": article("之后的稿件"),
        }
    )
    for built in (site.build(), site.build()):
        assert [e.partition(" ")[0] for e in built.errors] == ["jcdj/a.md:10"]
        assert built.mentions("不能排版") == []
        assert built.page("jcdj/2020/06/b.html").text("//h1") == "之后的稿件"


def test_a_converter_that_refused_one_text_converts_the_next() -> None:
    converter = MarkdownText()
    for body in ("> " * 1000 + "深", "[" * 100_000):
        with pytest.raises(TooExpensiveError):
            converter.convert(body, "")
    assert (
        converter.convert("- 一\n- *二*\n", "").html
        == MarkdownText().convert("- 一\n- *二*\n", "").html
    )


def test_many_mistakes_in_one_article_are_reported_in_time(make_site: MakeSite) -> None:
    body = "\n\n".join(f"![图](p{n}.png)" for n in range(2000))
    site = make_site(
        {"content/jcdj/_column.md": column("基层党建"), "content/jcdj/a.md": article(body=body)}
    )
    start = time.process_time()
    built = site.build()
    assert time.process_time() - start < SECONDS
    assert len(built.errors) == 2000
    assert "jcdj/a.md:4004 图片“p1999.png”" in built.errors[-1]
