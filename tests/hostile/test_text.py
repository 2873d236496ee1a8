"""Files in strange encodings, heads, titles and dates that nobody expects."""

import time
import tracemalloc
from pathlib import Path

import pytest

from dangjian.schema.frontmatter import parse_source
from tests.hostile.crowd import Case, assert_good_stands, assert_outcome, crowd
from tests.sites import Built, article

SOUND = article("编码标题", body="第一段正文。\n\n第二段正文。")


def encoded(name: str, data: bytes, title: str = "编码标题") -> Case:
    """A file that is read all the same."""
    return Case(f"jcdj/e-{name}.md", data, f"jcdj/2020/06/e-{name}.html", title=title)


def refused(name: str, data: str | bytes, line: int, says: str) -> Case:
    """A file that is named and left out."""
    return Case(f"jcdj/x-{name}.md", data, says=says, line=line)


def titled(name: str, title: object, shown: str) -> Case:
    return Case(f"jcdj/t-{name}.md", article(title), f"jcdj/2020/06/t-{name}.html", title=shown)


def untitled(name: str, title: object, says: str) -> Case:
    return Case(f"jcdj/t-{name}.md", article(title), says=says, line=2)


def dated(name: str, date: str, folder: str = "2020/06") -> Case:
    source = f"---\ntitle: 日期\ndate: {date}\n---\n文\n"
    return Case(f"jcdj/d-{name}.md", source, f"jcdj/{folder}/d-{name}.html")


def undated(name: str, date: str, says: str) -> Case:
    return refused(f"d-{name}", f"---\ntitle: 日期\ndate: {date}\n---\n文\n", 3, says)


ENCODINGS = (
    encoded("gbk", SOUND.encode("gbk")),
    encoded("gb18030", article("𠮷龘").encode("gb18030"), "𠮷龘"),
    encoded("utf16", SOUND.encode("utf-16")),
    encoded("utf16be", b"\xfe\xff" + SOUND.encode("utf-16-be")),
    encoded("bom", SOUND.encode("utf-8-sig")),
    encoded("crlf", SOUND.replace("\n", "\r\n").encode()),
    encoded("cr", SOUND.replace("\n", "\r").encode()),
    encoded("ls", SOUND.replace("第二", "第\u2028二").encode()),
    encoded("bidi", SOUND.replace("第二", "第\u202e二").encode()),
    encoded("zwsp", SOUND.replace("编码", "编\u200b码").encode()),
    encoded("bidi-title", SOUND.replace("编码", "编\u202e码").encode()),
    refused("utf16-no-bom", SOUND.encode("utf-16-le"), 0, "不是 UTF-8 编码的文本"),
    refused("utf32", SOUND.encode("utf-32"), 0, "不是 UTF-8 编码的文本"),
    refused("surrogate", SOUND.encode().replace("二".encode(), b"\xed\xa0\x80"), 8, "编码认不出"),
    refused("bad-utf8", SOUND.encode().replace("二".encode(), b"\xff\xc0\xaf"), 8, "编码认不出"),
    refused("cut-off", SOUND.encode()[:-5], 8, "编码认不出"),
    encoded("nul", SOUND.replace("第二", "第\0二").encode()),
    encoded("fffe", SOUND.replace("第二", "第\ufffe二").encode()),
    encoded("escape", SOUND.replace("第二", "第\x1b二").encode()),
    encoded("tab-line", SOUND.replace("第二", "第\x0b二").encode()),
    encoded("nul-title", SOUND.replace("编码", "编\0码").encode()),
)

HEADS = (
    refused("docx", b"PK\x03\x04" + b"\0" * 300, 0, "Word、WPS 文档或者压缩文件"),
    refused("html", "<html><body>x</body></html>", 1, "文件开头没有文件头"),
    refused("json", '{"title": "a", "date": "2020-01-01"}\n', 1, "文件头是 JSON"),
    refused("megabyte", f"---\ntitle: a\nsummary: {'字' * 400_000}\n---\n文", 2, "最多 100000 个"),
    refused("keys", "---\n" + "k: v\n" * 20_000 + "---\n", 2501, "超过 5000 个值"),
    refused("flow", f"---\ntitle: {'[' * 5000}\n---\n", 2, "嵌套超过 6 层"),
    refused("python", "---\ntitle: !!python/name:os.system x\n---\n", 2, "YAML 的记号"),
    refused("merge", "---\ntitle: a\ndate: 2020-01-01\n<<: {title: b}\n---\n", 4, "没有“<<”这一项"),
    refused("bomb", "---\na: &a [x, x]\nb: [*a, *a]\n---\n", 2, "&a 会被当作 YAML 的记号"),
    refused("quote", f"---\ntitle: '{'a' * 60_000}\n---\n", 2, "引号没有配对"),
    refused("both", "---\ntitle: a\n标题: b\ndate: 2020-01-01\n---\n", 3, "是同一项"),
)

TITLES = (
    titled("family", "全家福👨‍👩‍👧‍👦", "全家福👨‍👩‍👧‍👦"),
    titled("rare", "𠮷𪚥𫝀𫠠𬺰𰀀𱍐", "𠮷𪚥𫝀𫠠𬺰𰀀𱍐"),
    titled("spaces", "   前后   ", "前后"),
    titled("lines", "一\n二\t三", "一 二 三"),
    titled("null", "null", "null"),
    titled("number", "2020", "2020"),
    titled("entity", "&lt;b&gt;", "&lt;b&gt;"),
    titled("path", "../../etc/passwd", "../../etc/passwd"),
    titled("dunder", "__import__('os').system('x')", "__import__('os').system('x')"),
    untitled("long", "字" * 10_000, "有 10000 个字"),
    untitled("empty", "", "是空的"),
    untitled("space", " ", "是空的"),
    untitled("hidden", "\u200b\u2060", "是空的"),
    untitled("punctuation", "！？……——", "里没有文字"),
    untitled("list", ["甲", "乙"], "这里写成了列表"),
    untitled("group", {"甲": "乙"}, "这里写成了下一级内容"),
)

DATES = (
    dated("zone", "2020-06-16T12:24:00+09:00"),
    dated("utc", "2020-06-30T20:00:00Z", "2020/07"),
    dated("west", "2019-12-31T23:30:00-05:00", "2020/01"),
    dated("seconds", "2020-06-16 12:24:33"),
    dated("chinese", "2020年6月16日"),
    dated("wide", "２０２０-０６-１６"),
    dated("1900", "1900-01-01", "1900/01"),
    dated("1970", "1970-01-01 00:00", "1970/01"),
    undated("june-31", "2020-06-31", "只有 30 天"),
    undated("0000", "0000-01-01", "年份“0000”不对"),
    undated("0001", "0001-01-01", "年份“0001”不对"),
    undated("10000", "10000-01-01", "不是日期"),
    undated("24", "2020-06-16 24:00", "没有 24 时"),
    undated("stamp", "1592281440", "不是日期"),
)

HELD = Case("jcdj/d-9999.md", "---\ntitle: 遥远\ndate: 9999-12-31\n---\n文\n")
CASES = (*ENCODINGS, *HEADS, *TITLES, *DATES, HELD)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    site: Path = tmp_path_factory.mktemp("text")
    return crowd(site, CASES).build()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_file_is_read_or_named(built: Built, case: Case) -> None:
    assert_outcome(built, case)
    made = [
        p for p in built.report.production.written if p.endswith(f"/{Path(case.path).stem}.html")
    ]
    assert made == ([case.page] if case.page else [])


def test_others_are_whole(built: Built) -> None:
    assert built.exit == 1
    assert_good_stands(built)


def test_a_far_future_is_held(built: Built) -> None:
    assert built.mentions("遥远") == []
    assert [held.why for held in built.report.withheld] == ["scheduled"]


@pytest.mark.parametrize("head", ["", SOUND], ids=["alone", "behind an article"])
def test_a_large_file_of_nul_takes_little_time_and_memory(head: str) -> None:
    """Usual after a power cut. Time is the processor's."""
    data = head.encode() + bytes(20_000_000)
    start = time.process_time()
    tracemalloc.start()
    try:
        parsed = parse_source(data, "jcdj/a.md")
        assert tracemalloc.get_traced_memory()[1] < 10 * len(data)
    finally:
        tracemalloc.stop()
    assert time.process_time() - start < 10
    assert "不是 UTF-8 编码的文本" in parsed.problems[0].message


def test_two_articles_a_second_apart_keep_their_order(tmp_path: Path) -> None:
    source = "---\ntitle: {}\ndate: 2020-06-16 12:24:0{}\n---\n文\n"
    cases = [Case(f"jcdj/{s}.md", source.format(f"第{s}秒", s)) for s in (2, 1, 3)]
    page = crowd(tmp_path, cases).build().page("jcdj/index.html")
    shown = [text for text in page.texts("//main//a") if text.endswith("秒")]
    assert shown == ["第3秒", "第2秒", "第1秒"]
