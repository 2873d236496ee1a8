"""What is written oddly and can only mean one thing: it is read, and reported once per file."""

from datetime import datetime
from typing import Any

import pytest

from dangjian.common.problems import Problem
from dangjian.common.timezone import SHANGHAI
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
    ("标题: 甲\n时间: 2026-03-01\n副题:\t乙", 0, ""),
    ("标题:甲\n时间:2026-03-01", 2, "第 2、3 行的冒号后面没有空格"),
    ("标题 ： 甲\n时间: 2026-03-01", 2, "冒号是全角的"),
    ("TITLE：甲\nDate：2026-03-01", 2, "第 2、3 行的冒号是全角的"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "line", "says"), SIGNS)
def test_signs_of_an_input_method_are_read_and_reported_once(
    head: str, line: int, says: str
) -> None:
    entry, notices = read(whole(head))

    assert (entry.title, f"{entry.date:%Y-%m-%d}") == ("甲", "2026-03-01")
    assert [(n.line, says in n.message) for n in notices] == ([(line, True)] if says else [])


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
    ("类型: 公示", "type", "notice", ""),
    ("type: post", "type", "news", ""),
    ("状态: 待审核", "status", "draft", ""),
    ("状态: 已发布。", "status", "published", ""),
    ("草稿: 是", "status", "draft", ""),
    ("发布: 否", "status", "draft", ""),
    ("推荐位: 头条 推荐", "flags", ("headline", "recommend"), "读成 2 个"),
    ("推荐位: 【头条、推荐】", "flags", ("headline", "recommend"), "已照意思读取"),
    ("标签: #党建、#人才", "tags", ("党建", "人才"), ""),
    ("标签: 党建|人才", "tags", ("党建", "人才"), ""),
    ("标签: C#", "tags", ("C#",), ""),
    ("权重: １０", "weight", 10, ""),
    ("网址名: a_b.html", "slug", "a_b", "不写扩展名"),
    ("网址名: v1.2", "slug", "v1.2", ""),
    ("旧地址: /a.html /b.html", "aliases", ("/a.html", "/b.html"), ""),
    ("旧地址: [/a.html，/b.html]", "aliases", ("/a.html", "/b.html"), ""),
    ("浏览量: 100", "title", "甲", "“浏览量”是别的系统的写法"),
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
    ("附件: ｛文件：a.pdf，名称：甲｝", [("xw/a.pdf", "甲")]),
    ("附件: [甲](a.pdf)", [("xw/a.pdf", "甲")]),
    ("附件: [a.pdf、b.pdf]", [("xw/a.pdf", ""), ("xw/b.pdf", "")]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "files"), RECORDS)
def test_records_with_chinese_signs_are_read(rows: str, files: list[tuple[str, str]]) -> None:
    entry, notices = read(whole(f"标题: 甲\n时间: 2026-03-01\n{rows}"))
    assert [(one.file, one.title) for one in entry.attachments] == files
    assert len(notices) == 1


@pytest.mark.parametrize(
    "written", ["![会场](a.jpg)", "｛图片：a.jpg，说明：会场｝", "{图片：a.jpg；说明：会场}"]
)
def test_a_cover_is_read_as_it_is_meant(written: str) -> None:
    entry, notices = read(whole(f"标题: 甲\n时间: 2026-03-01\n封面: {written}"))
    assert entry.cover is not None
    assert (entry.cover.src, entry.cover.alt, len(notices)) == ("xw/a.jpg", "会场", 1)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026年11月20日 上午8点", "11-20 08:00"),
        ("2026年11月20日上午9时", "11-20 09:00"),
        ("2026-11-20 下午3:00", "11-20 15:00"),
        ("2026-11-20 08:30 PM", "11-20 20:30"),
        ("2026-11-20 12:30 PM", "11-20 12:30"),
        ("2026-11-20 晚上8点半", "11-20 20:30"),
        ("2026-11-20 15时整", "11-20 15:00"),
        ("2026-11-20（星期五）", "11-20 00:00"),
        ("2026—11—20 08：30", "11-20 08:30"),
        ("2026年11月20日 星期五 下午2时30分", "11-20 14:30"),
    ],
)
def test_a_date_may_be_written_as_it_is_spoken(written: str, moment: str) -> None:
    entry, notices = read(whole(f"标题: 甲\n时间: {written}"))
    assert (f"{entry.date:%m-%d %H:%M}", notices) == (moment, [])
    assert entry.untimed is (moment.endswith("00:00"))


@pytest.mark.parametrize("written", ["2026-11-20 晚上12点", "上午9时", "2026-11-20 下午25点"])
def test_what_is_no_date_in_speech_either_is_refused(written: str) -> None:
    assert read_entry(parse_source(whole(f"标题: 甲\n时间: {written}"), "a.md"))[0] is None


def test_a_closing_line_may_be_set_in() -> None:
    source = parse_source("---\n标题: 甲\n时间: 2026-03-01\n  ---\n正文。\n", "a.md")
    assert (source.body, source.body_line, source.problems) == ("正文。\n", 5, ())


def test_pictures_of_old_articles_may_lack_words() -> None:
    text = whole("类型: 图集\n图集: [a.jpg, b.jpg]\n标题: 甲\n时间: 2015-03-01")
    old, problems = read_entry(
        parse_source(text, "a.md"), (), datetime(2020, 1, 1, tzinfo=SHANGHAI)
    )
    assert old is not None
    assert [(p.line, p.level, "缺少 说明" in p.message) for p in problems] == [
        (3, "warning", True)
    ] * 2
    new, _ = read_entry(parse_source(text, "a.md"), (), datetime(2015, 3, 1, tzinfo=SHANGHAI))
    assert new is None


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
    keys = "image: a.jpg\nmyOwn: 1\n横幅: a.jpg"
    source = parse_source(whole(f"标题: 甲\n时间: 2026-03-01\n{keys}"), "a.md")
    assert read_entry(source)[0] is None
    entry, problems = read_entry(source, frozenset(("image", "myown", "横幅")))
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
