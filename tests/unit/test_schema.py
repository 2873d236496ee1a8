"""Front matter in its right forms, and what is made from the model."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st

from dangjian.common.problems import Problem, Problems, report
from dangjian.common.timezone import SHANGHAI
from dangjian.schema import (
    NO_DATE,
    TYPE_NAMES,
    ColumnEntry,
    Entry,
)
from dangjian.schema.export import column_snippet, reference, snippet, yaml_text
from dangjian.schema.frontmatter import parse_source
from dangjian.schema.keys import table
from dangjian.schema.reading import read_column, read_entry
from dangjian.schema.refs import AttachmentRef, BlockRef, PictureRef, Review, VideoRef


def good(head: str, path: str = "pldj/jcdj/wen.md") -> Entry:
    entry, problems = read_entry(parse_source(f"---\n{head}\n---\n正文。\n", path))
    assert problems == ()
    assert entry is not None
    return entry


def article(text: str) -> Entry:
    return good(f"标题: 示例\n时间: 2026-03-01\n{text}")


def warned(text: str) -> list[tuple[int, str]]:
    source = parse_source(f"---\n标题: 示例\n时间: 2026-03-01\n{text}\n---\n正文。\n", "a.md")
    entry, problems = read_entry(source)
    assert entry is not None
    assert all(problem.level == "warning" for problem in problems)
    return [(problem.line, problem.message) for problem in problems]


def at(*parts: int) -> datetime:
    year, month, day, hour, minute, second = (*parts, 0, 0, 0)[:6]
    return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)


def test_the_sample_of_the_field_is_read() -> None:
    entry = good(
        'id: "20200616122400"\ntype: news\n'
        "title: 华亭市：采取“四个三”措施构建城市基层党建新格局\ndate: 2020-06-16 12:24\n"
        "source: 《平凉组工》\neditor: 段志刚\n"
        "column: pldj/jcdj        # 平凉党建 / 基层党建\nstatus: published"
    )
    assert entry == Entry(
        id="20200616122400",
        title="华亭市：采取“四个三”措施构建城市基层党建新格局",
        date=at(2020, 6, 16, 12, 24),
        source="《平凉组工》",
        editor=("段志刚",),
        column="pldj/jcdj",
    )


def test_both_languages_say_the_same() -> None:
    english = good(
        "title: 甲\ndate: 2026-03-01\ntype: document\nflags: [headline, top]\nstatus: draft\n"
        "doc_number: 示组发〔2026〕12号\ncover: {src: a.jpg, alt: 图, caption: 注}\nreprint: false"
    )
    chinese = good(
        "标题: 甲\n时间: 2026年3月1日\n类型: 文件\n推荐位: 头条、置顶\n状态: 草稿\n"
        "文号: 示组发〔2026〕12号\n封面: {图片: a.jpg, 说明: 图, 图注: 注}\n转载: 否"
    )
    assert english == chinese


@pytest.mark.parametrize("key", ["Title", "TITLE", " title", "标题"])
def test_case_and_spaces_of_a_key_do_not_matter(key: str) -> None:
    assert good(f'"{key}": 甲\n时间: 2026-03-01').title == "甲"
    assert article("Also-In: tzgg").also_in == ("tzgg",)


def test_pelicans_names_are_read() -> None:
    text = (
        "Title: 甲\nDate: 2020-06-16 12:24\nModified: 2020-06-17\nAuthors: 张三, 李四\n"
        "Category: jcdj\nTags: 甲, 乙\nSlug: jia\nSummary: 摘要\nStatus: draft\n\n正文\n"
    )
    entry, problems = read_entry(parse_source(text, "a.md"))
    assert problems == ()
    assert entry == Entry(
        title="甲",
        date=at(2020, 6, 16, 12, 24),
        updated=at(2020, 6, 17),
        author=("张三", "李四"),
        column="jcdj",
        tags=("甲", "乙"),
        slug="jia",
        summary="摘要",
        status="draft",
    )


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2020-06-16", at(2020, 6, 16)),
        ("2020-6-16", at(2020, 6, 16)),
        ("2020-06-16 12:24", at(2020, 6, 16, 12, 24)),
        ("2020-06-16 12:24:30", at(2020, 6, 16, 12, 24, 30)),
        ("2020-06-16 9:05", at(2020, 6, 16, 9, 5)),
        ("2020/6/16", at(2020, 6, 16)),
        ("2020.6.16 08:00", at(2020, 6, 16, 8)),
        ("2020年6月16日", at(2020, 6, 16)),
        ("2020年6月16日 12:24", at(2020, 6, 16, 12, 24)),
        ("2020年6月16日12时24分", at(2020, 6, 16, 12, 24)),
        ("2020 年 6 月 16 日 12 时 24 分 30 秒", at(2020, 6, 16, 12, 24, 30)),
        ("２０２０-06-16 12：24", at(2020, 6, 16, 12, 24)),
        ("2020-06-16T12:24:30Z", at(2020, 6, 16, 20, 24, 30)),
        ("2020-06-16T12:24:30.123+09:00", at(2020, 6, 16, 11, 24, 30)),
        ("2020-06-16 12:24 +0800", at(2020, 6, 16, 12, 24)),
        ("2024-02-29", at(2024, 2, 29)),
        ("9999-12-31", at(9999, 12, 31)),
    ],
)
def test_dates_in_the_usual_forms(text: str, moment: datetime) -> None:
    found = good(f"标题: 甲\n时间: {text}").date
    assert found == moment
    assert found.utcoffset() == timedelta(hours=8)


def test_an_end_given_as_a_day_lasts_to_its_end() -> None:
    entry = article("有效期至: 2026-04-01\n类型: 公告\n公示结束: 2026-03-06\n公示开始: 2026-03-06")
    assert entry.expires == at(2026, 4, 1, 23, 59, 59)
    assert entry.notice_end == at(2026, 3, 6, 23, 59, 59)
    assert article("有效期至: 2026-04-01 12:00").expires == at(2026, 4, 1, 12)


def test_a_change_on_the_same_day_is_no_mistake() -> None:
    entry = good("标题: 甲\n时间: 2026-03-01 12:00\n更新时间: 2026-03-01")
    assert entry.updated == at(2026, 3, 1)


@pytest.mark.parametrize(
    "text",
    ["[甲, 乙]", "甲、乙", "甲,乙", "甲， 乙", "甲；乙", "甲;乙、", "\n  - 甲\n  - 乙\n  - 甲"],
)
def test_lists_in_all_their_forms(text: str) -> None:
    assert article(f"关键词: {text}").keywords == ("甲", "乙")


def test_items_of_a_list_are_not_split() -> None:
    assert article("解读:\n  - 关于甲、乙的通知").interprets == ("关于甲、乙的通知",)


@pytest.mark.parametrize("kind", ["page", "专题"])
def test_pages_and_specials_need_no_date(kind: str) -> None:
    assert good(f"标题: 甲\n类型: {kind}").date == NO_DATE


def test_files_are_found_from_the_articles_folder() -> None:
    entry = article(
        "附件:\n  - 表.pdf\n  - {文件: ../材料/单.doc, 名称: 名单}\n  - /共用/图.zip\n"
        "  - '{static}附 件#1.pdf'"
    )
    assert entry.attachments == (
        AttachmentRef("pldj/jcdj/表.pdf", line=5),
        AttachmentRef("pldj/材料/单.doc", "名单", line=6),
        AttachmentRef("共用/图.zip", line=7),
        AttachmentRef("pldj/jcdj/附 件#1.pdf", line=8),
    )


def test_records_of_all_kinds() -> None:
    photo = article("类型: 图集\n图集:\n  - {图片: 1.jpg, 说明: 甲}\n  - {src: 2.PNG, alt: 乙}")
    assert photo.gallery == (
        PictureRef("pldj/jcdj/1.jpg", "甲", line=6),
        PictureRef("pldj/jcdj/2.PNG", "乙", line=7),
    )
    film = article("类型: 视频\n视频:\n  文件: a.mp4\n  封面: a.jpg\n  字幕: a.vtt")
    assert film.video == VideoRef("pldj/jcdj/a.mp4", "pldj/jcdj/a.jpg", "pldj/jcdj/a.vtt", line=6)
    assert article("类型: 视频\n视频: a.mp4").video == VideoRef("pldj/jcdj/a.mp4", line=5)
    special = article("类型: 专题\n版块:\n  - {标题: 进展, 关键词: 甲、乙, 条数: 3}")
    assert special.blocks == (BlockRef("进展", ("甲", "乙"), limit=3, line=6),)
    assert article("审校记录:\n  - {环节: 初审, 人员: 甲, 时间: 2026-03-01}").reviews == (
        Review("初审", "甲", "2026-03-01", line=5),
    )


def test_a_reprint_with_its_source_is_right() -> None:
    entry = article(
        "转载: 是\n来源: 示例日报\n原标题: 甲\n原文地址: https://www.example.cn/a?b=1&c=%E7%94%B2"
    )
    assert entry.reprint
    assert entry.original_url == "https://www.example.cn/a?b=1&c=%E7%94%B2"


@pytest.mark.parametrize(
    "address", ["/a.html", "/html/2019/123.html", "/show.asp?id=3", "/旧/页.html", "/a/"]
)
def test_old_addresses(address: str) -> None:
    assert article(f"旧地址: {address}").aliases == (address,)


@pytest.mark.parametrize(
    "number",
    [
        "示组发〔2026〕12号",
        "中华人民共和国主席令第四十四号",
        "2026年第5号公告",
        "示组[函]〔2026〕1号",
    ],
)
def test_right_document_numbers(number: str) -> None:
    assert article(f"类型: 文件\n文号: {number}").doc_number == number


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("置顶至: 2026-04-01", "没有“置顶”"),
        (f"摘要: {'长' * 121}", "有 121 个字，120 字以内为宜"),
        (f"关键词: {'长' * 31}", "有 31 个字，30 字以内为宜"),
        ("来源: 本\u200b站", "看不见的字符 U+200B"),
        ("类型: 图集", "没有写 图集（gallery）的图片"),
        ("类型: 文件\n文号: 示组发〔2026〕第012号", "宜写成 示组发〔2026〕12号"),
    ],
)
def test_what_is_only_doubtful_warns(text: str, says: str) -> None:
    ((_, message),) = warned(text)
    assert says in message


def test_a_long_title_warns_and_invisible_signs_go() -> None:
    entry, problems = read_entry(
        parse_source(f"---\n标题: {'长' * 60}\u2066长\n时间: 2026-03-01\n---\n文", "a.md")
    )
    assert entry is not None
    assert entry.title == "长" * 61
    assert [(problem.level, problem.line) for problem in problems] == [("warning", 2)] * 2


def test_an_article_without_text_is_an_error_and_a_draft_may_wait_for_it() -> None:
    head = "---\n标题: 甲\n时间: 2026-03-01\n"
    entry, problems = read_entry(parse_source(f"{head}---\n\n", "a.md"))
    assert entry is None
    assert [(p.level, p.message[:10]) for p in problems] == [("error", "文件头后面没有正文，")]
    entry, problems = read_entry(parse_source(f"{head}状态: 草稿\n---\n\n", "a.md"))
    assert entry is not None
    assert [problem.level for problem in problems] == ["warning"]


def test_all_mistakes_of_a_file_come_together() -> None:
    text = "---\n标题: ……\n时间: 6月31日\n来原: 甲\n权重: 高\n---\n正文\x07\n"
    entry, problems = read_entry(parse_source(text, "a.md"))
    assert entry is None
    assert sorted(problem.line for problem in problems) == [2, 3, 4, 5, 7]


def test_a_column_is_read() -> None:
    text = (
        "---\n名称: 基层党建\n网址名: jcdj\n说明: 基层党建工作\n关键词: 基层、党建\n"
        "栏目类型: 工作动态\n更新类别: 动态\n次序: 10\n导航: 否\n责任部门: 组织科\n---\n介绍\n"
    )
    entry, problems = read_column(parse_source(text, "jcdj/_column.md"))
    assert problems == ()
    assert entry == ColumnEntry(
        name="基层党建",
        slug="jcdj",
        description="基层党建工作",
        keywords=("基层", "党建"),
        freshness="dynamic",
        order=10,
        nav=False,
        owner="组织科",
        has_text=True,
    )


def test_an_unknown_column_type_warns_with_the_nearest() -> None:
    entry, problems = read_column(parse_source("---\n名称: 甲\n栏目类型: 政策解释\n---\n", "c.md"))
    assert entry is not None
    assert "最接近的是“政策解读”" in problems[0].message
    _, problems = read_column(parse_source("---\n名称: 甲\n栏目类型: 通知公告\n---\n", "c.md"))
    assert "最接近的是“工作动态”" in problems[0].message


def test_an_entry_survives_the_store() -> None:
    entry = article("封面: {图片: a.jpg, 说明: 甲}\n有效期至: 2026-12-31\n推荐位: 轮播")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(entry), type=Entry) == entry


@pytest.mark.parametrize("model", [Entry, ColumnEntry])
def test_every_field_of_the_model_has_its_key(model: type[msgspec.Struct]) -> None:
    known = table(model)
    derived = {"written", "untimed", "has_text"}
    assert [spec.name for spec in known.specs] == [
        name for name in model.__struct_fields__ if name not in derived
    ]
    names = [name for spec in known.specs for name in spec.names]
    assert len(set(names)) == len(names)
    assert all(spec.key.about and spec.key.zh for spec in known.specs)


@pytest.mark.parametrize("kind", TYPE_NAMES)
@pytest.mark.parametrize("names", ["zh", "en"])
@pytest.mark.parametrize("commented", [True, False])
def test_every_snippet_is_valid(kind: str, names: Any, commented: bool) -> None:
    text = snippet(kind, {"title": "示例", "date": "2026-03-01"}, names)
    if not commented:
        text = "\n".join(row.removeprefix("# ") for row in text.split("\n"))
    entry, problems = read_entry(parse_source(f"{text}正文", "a/b.md"))
    assert [problem for problem in problems if problem.level == "error"] == []
    assert entry is not None
    assert (entry.title, entry.type) == ("示例", kind)


def test_a_snippet_without_title_asks_for_it() -> None:
    _, problems = read_entry(parse_source(snippet("news") + "正文", "a.md"))
    assert [problem.line for problem in problems] == [2, 3]


def test_a_columns_snippet_is_valid() -> None:
    text = column_snippet({"name": "基层党建"})
    entry, problems = read_column(
        parse_source("\n".join(row.removeprefix("# ") for row in text.split("\n")), "c.md")
    )
    assert problems == ()
    assert entry is not None
    assert entry.name == "基层党建"


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=40))
def test_yaml_text_is_read_back(text: str) -> None:
    source = parse_source(f"---\n标题: {yaml_text(text)}\n---\n", "a.md")
    (field,) = source.fields
    assert getattr(field.value, "text", None) == " ".join(text.split())


def test_the_reference_names_every_key() -> None:
    for model in (Entry, ColumnEntry):
        text = reference(model)
        rows = [row for row in text.split("\n") if row.startswith("|")]
        for spec in table(model).specs:
            assert any(f"`{spec.name}`" in row and spec.key.zh in row for row in rows)


def test_a_report_groups_by_file_and_counts() -> None:
    found = Problems()
    found.add("b.md", 3, "甲")
    found.add("a/c.md", 10, "乙", "warning")
    found.extend([Problem("a/c.md", 2, "丙"), Problem("b.md", 3, "甲")])
    found.add("pelicanconf.py", 0, "丁")
    assert len(found) == 4
    assert report(found.sorted()) == (
        "content/a/c.md:2  错误：丙\ncontent/a/c.md:10  提醒：乙\n\n"
        "content/b.md:3  错误：甲\n\n"
        "pelicanconf.py  错误：丁\n\n"
        "共 3 处错误、1 处提醒，涉及 3 个文件。"
    )
    assert report(()) == ""
