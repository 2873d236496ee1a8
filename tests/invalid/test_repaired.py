"""What is written oddly and can only mean one thing: it is read, and reported once per file."""

from typing import Any

import pytest

from dangjian.common.problems import Problem
from dangjian.schema.entry import Entry
from dangjian.schema.frontmatter import parse_source
from dangjian.schema.reading import read_column, read_entry

GOOD = "---\n标题: 甲 乙\n时间: 2026-03-01 08:30\n"


def read(text: str | bytes) -> tuple[Entry, list[Problem]]:
    entry, problems = read_entry(parse_source(text, "xw/a.md"))
    assert entry is not None, problems
    return entry, [problem for problem in problems if problem.level == "warning"]


def whole(head: str) -> str:
    return f"---\n{head}\n---\n正文。\n"


SIGNS = [
    ("标题：甲\n时间：2026-03-01\n来源：乙", 2, "第 2、3、4 行的冒号是全角的"),
    ("标题:\u00a0甲\n时间: 2026-03-01", 2, "U+00A0"),
    ("标题:\u3000甲\n时间:\u3000\u30002026-03-01", 2, "第 2、3 行有全角空格一类的空白（U+3000）"),
    ("\u200b标题: 甲\n时间: 2026-03-01", 2, "看不见的字符（U+200B）"),
    ("标题: 甲\n\ufeff时间: 2026-03-01", 3, "看不见的字符（U+FEFF）"),
    ("标\u200c题\u200d: 甲\n时间: 2026-03-01", 2, "U+200C、U+200D"),
    ("标题:\t甲\n时间: 2026-03-01", 0, ""),
    ("标题:甲\n时间:2026-03-01", 2, "第 2、3 行的冒号后面没有空格"),
    ("标题 ： 甲\n时间: 2026-03-01", 2, "冒号是全角的"),
    ("TITLE：甲\nDate：2026-03-01", 2, "第 2、3 行的冒号是全角的"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "line", "says"), SIGNS)
def test_signs_of_an_input_method_are_read_and_told_once(head: str, line: int, says: str) -> None:
    entry, notices = read(whole(head))

    assert (entry.title, f"{entry.date:%Y-%m-%d}") == ("甲", "2026-03-01")
    if says:
        (notice,) = notices
        assert notice.line == line
        assert says in notice.message


@pytest.mark.parametrize("lead", ["\ufeff\ufeff", "\ufeff\u200b", "\u200b\n", "\ufeff\ufeff\n\n"])
def test_invisible_signs_before_the_head_are_left_out(lead: str) -> None:
    entry, (notice,) = read(lead + whole("标题: 甲\n时间: 2026-03-01"))
    assert entry.title == "甲"
    assert "文件开头有看不见的字符" in notice.message


def test_one_byte_order_mark_is_no_news() -> None:
    assert read("\ufeff" + whole("标题: 甲\n时间: 2026-03-01"))[1] == []


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("学习贯彻 #二十大# 精神", "学习贯彻 #二十大# 精神"),
        ("#二十大#精神", "#二十大#精神"),
        ("第 3 期 #", "第 3 期 #"),
        ("甲's #乙", "甲's #乙"),
        ("甲 # 乙", "甲 # 乙"),
    ],
)
def test_a_number_sign_belongs_to_the_title(text: str, title: str) -> None:
    entry, notices = read(whole(f"标题: {text}\n时间: 2026-03-01"))
    assert entry.title == title
    assert [n.line for n in notices] == ([2] if " # " in text or text.endswith(" #") else [])


def test_a_comment_stays_a_comment() -> None:
    entry, notices = read(
        whole("标题: 甲\n时间: 2026-03-01  # 时间\n来源: 乙  # 不写就是本单位\n摘要:  # 空")
    )
    assert (entry.source, entry.summary, notices) == ("乙", "", [])


PIECES = [
    ("推荐位: [头条、推荐]", "flags", ("headline", "recommend"), ""),
    ("推荐位: [头条，置顶]", "flags", ("headline", "top"), ""),
    ("关键词: 党建 人才 干部", "keywords", ("党建", "人才", "干部"), "读成 3 个：党建、人才、干部"),
    ("关键词: 党建\u3000人才", "keywords", ("党建", "人才"), "读成 2 个"),
    ("关键词: 党建 WPS Office", "keywords", ("党建", "WPS Office"), "读成 2 个"),
    ("关键词: 李\u3000明", "keywords", ("李 明",), ""),
    ("关键词: open source", "keywords", ("open source",), ""),
    ("标签: [党建、人才]", "tags", ("党建", "人才"), ""),
    ("作者: 示例 记者", "author", ("示例 记者",), ""),
    ("专题: ['甲、乙']", "special", ("甲、乙",), ""),
    ("网址名: TensorFlow", "slug", "tensorflow", "网址一律小写，已用 tensorflow"),
    ("编号: A1", "id", "a1", "已用 a1"),
    ("draft: true", "status", "draft", ""),
    ("draft: false", "status", "published", ""),
    ("published: false", "status", "draft", ""),
    ("published: true", "status", "published", ""),
    ("Draft: 是", "status", "draft", ""),
    ("layout: post", "title", "甲", "“layout”是别的系统的写法：本系统用不着"),
    ("comments: true", "title", "甲", "“comments”是别的系统的写法"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "name", "value", "says"), PIECES)
def test_what_can_only_mean_one_thing_is_read(row: str, name: str, value: Any, says: str) -> None:
    entry, notices = read(whole(f"标题: 甲\n时间: 2026-03-01\n{row}"))

    assert getattr(entry, name) == value
    reported = [n for n in notices if "没有写封面" not in n.message]
    assert [n.line for n in reported] == ([4] if says else [])
    assert not says or says in reported[0].message


RECORDS = [
    ("附件: {文件：名单.xlsx，名称：名单}", [("xw/名单.xlsx", "名单")]),
    ("附件: [{文件：a.pdf，名称：甲}，{文件：b.pdf}]", [("xw/a.pdf", "甲"), ("xw/b.pdf", "")]),
    ("附件: {文件: 名单.xlsx, 名称: 名单,2026年}", [("xw/名单.xlsx", "名单,2026年")]),
    ("附件: {文件:a.pdf,名称:甲}", [("xw/a.pdf", "甲")]),
    ("附件:\n  - 文件：a.pdf\n    名称：甲", [("xw/a.pdf", "甲")]),
    ("附件:\n\u3000\u3000文件: a.pdf\n\u3000\u3000名称: 甲", [("xw/a.pdf", "甲")]),
    ("附件: [a.pdf、b.pdf]", [("xw/a.pdf", ""), ("xw/b.pdf", "")]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "files"), RECORDS)
def test_records_with_chinese_signs_are_read(rows: str, files: list[tuple[str, str]]) -> None:
    entry, notices = read(whole(f"标题: 甲\n时间: 2026-03-01\n{rows}"))
    assert [(one.file, one.title) for one in entry.attachments] == files
    assert len(notices) == 1


def test_chinese_signs_inside_a_value_stay() -> None:
    text = "标题: 甲\n时间: 2026-03-01\n封面: {图片: a.jpg, 说明: 左：张三，右：李四}"
    entry, notices = read(whole(text))
    assert entry.cover is not None
    assert (entry.cover.alt, notices) == ("左：张三，右：李四", [])


def test_a_block_of_text_is_not_repaired() -> None:
    entry, notices = read(
        whole("标题: 甲\n时间: 2026-03-01\n摘要: |\n  来源：乙\n  #话题\n作者: 丙")
    )
    assert (entry.summary, entry.author, notices) == ("来源：乙 #话题", ("丙",), [])


CONTROLS = [
    ("第\x0b二段", "第\x0b二段", "U+000B", "已当作换行"),
    ("第\x08二段", "第二段", "U+0008", "已略去"),
    ("第\x01二\x7f段", "第二段", "U+0001，全文共 2 处", "已略去"),
    ("第\ufffe二段", "第二段", "U+FFFE", "已略去"),
]


@pytest.mark.parametrize(("odd", "body", "code", "done"), CONTROLS)
def test_control_characters_cost_no_article(odd: str, body: str, code: str, done: str) -> None:
    text = f"{GOOD}---\n第一段\n\n{odd}\n"
    source = parse_source(text, "xw/a.md")
    (notice,) = source.problems
    assert (notice.line, notice.level) == (7, "warning")
    assert code in notice.message
    assert done in notice.message
    assert source.body == f"第一段\n\n{body}\n"


def test_a_soft_break_in_the_head_is_a_blank() -> None:
    entry, notices = read(whole("标题: 甲\x0b乙\n时间: 2026-03-01"))
    assert (entry.title, len(notices)) == ("甲 乙", 1)


def test_ignored_keys_are_left_out_in_silence() -> None:
    source = parse_source(whole("标题: 甲\n时间: 2026-03-01\nimage: a.jpg\nmyOwn: 1"), "a.md")
    assert read_entry(source)[0] is None
    entry, problems = read_entry(source, frozenset(("image", "myown")))
    assert entry is not None
    assert problems == ()


@pytest.mark.parametrize("flag", ["图片", "轮播"])
def test_a_place_for_pictures_wants_a_cover(flag: str) -> None:
    head = f"标题: 甲\n时间: 2026-03-01\n推荐位: [{flag}]"
    _, (notice,) = read(whole(head))
    assert (notice.line, notice.message[:14]) == (4, f"推荐位写了“{flag}”，没有写封面"[:14])
    assert read(whole(f"{head}\n封面: {{图片: a.jpg, 说明: 甲}}"))[1] == []
    assert read(whole("标题: 甲\n时间: 2026-03-01\n推荐位: [推荐]"))[1] == []


def test_the_later_of_time_and_schedule_is_the_time() -> None:
    head = "标题: 甲\n时间: 2026-11-24 10:00\n定时发布: {}"
    later, _ = read(whole(head.format("2026-12-01 08:00")))
    assert (f"{later.date:%m-%d %H:%M}", f"{later.filed:%m-%d}") == ("12-01 08:00", "11-24")
    earlier, _ = read(whole(head.format("2026-11-20 08:00")))
    assert (f"{earlier.date:%m-%d %H:%M}", f"{earlier.filed:%m-%d}") == ("11-24 10:00", "11-24")


@pytest.mark.parametrize(
    ("rows", "untimed"),
    [
        ("时间: 2026-11-24", True),
        ("时间: 2026-11-24 00:00", False),
        ("时间: 2026-11-24\n定时发布: 2026-11-25 08:00", False),
        ("时间: 2026-11-24 10:00\n定时发布: 2026-11-25", True),
    ],
)
def test_a_day_without_a_time_is_remembered_as_such(rows: str, untimed: bool) -> None:
    assert read(whole(f"标题: 甲\n{rows}"))[0].untimed is untimed


def test_a_column_is_read_as_leniently() -> None:
    source = parse_source(
        "---\n名称：基层党建\n关键词：党建 基层\n网址名: JC\n---\n", "jc/_column.md"
    )
    column, problems = read_column(source)
    assert column is not None
    assert (column.name, column.keywords, column.slug) == ("基层党建", ("党建", "基层"), "jc")
    assert [(p.line, p.level) for p in problems] == [(2, "warning"), (3, "warning"), (4, "warning")]
