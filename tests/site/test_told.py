"""What an editor is told of files that are not read, of doubles, and of what is not public."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from dangjian.building.site import Site as PortalSite
from tests.invalid.articles import GROUPS
from tests.sites import Built, Site, article, column

YW = {"content/yw/_column.md": column("要闻"), "content/yw/a.md": article("在网站上", "2026-11-01")}


def built(folder: Path, files: Mapping[str, str | bytes], **settings: object) -> Built:
    return Site(folder, {**YW, **files}, settings).build()


def warned(found: Built, path: str) -> list[tuple[int, str]]:
    return [(p.line, p.message) for p in found.report.problems.warnings if p.path == path]


NOT_READ = [
    "b.md.txt", "b.MD.TXT", "b．md", "b。md", "b.mdx", "b.rst", "b.mkd", "b.mdown", "b.txt",
    "b.html", "b.md ", "b.md.", "b.text", "b.adoc",
]  # fmt: skip
SET_ASIDE = [
    ("~$b.md", "临时文件"),
    ("a.sync-conflict-20261101-083000-ABCDEFG.md", "副本"),
    ("a (冲突副本).md", "副本"),
    ("a - 副本.md", "副本"),
    ("a - 副本 (2).md", "副本"),
    ("a的副本.md", "副本"),
    ("a copy 2.md", "副本"),
    ("a (conflicted copy 2026-11-01).md", "副本"),
    ("a-conflict-1.md", "副本"),
    ("_b.md", "以 _ 开头的文件不是文章"),
]


@pytest.fixture(scope="module")
def strays(tmp_path_factory: pytest.TempPathFactory) -> Built:
    names = [*NOT_READ, *(name for name, _ in SET_ASIDE)]
    files: dict[str, str | bytes] = {
        f"content/yw/{name}": article(f"没有读 {at}", "2026-11-02") for at, name in enumerate(names)
    }
    files["content/yw/zi.txt"] = "文字稿"
    files["content/yw/v.mp4"] = b"\0\0\0\x18ftypmp42"
    files["content/yw/c.md"] = article("有附件", "2026-11-03", 附件=["zi.txt"])
    files["content/_posts/2020-01-01-x.md"] = article("旧稿")
    files["content/_posts/in/y.md"] = article("旧稿")
    files["content/_site/readme.txt"] = "说明"
    return built(tmp_path_factory.mktemp("strays"), files)


@pytest.mark.parametrize("name", NOT_READ)
def test_what_looks_like_an_article_and_is_not_read_is_reported(strays: Built, name: str) -> None:
    ((line, message),) = warned(strays, f"yw/{name}")
    assert line == 0
    assert "没有读取" in message


@pytest.mark.parametrize(("name", "says"), SET_ASIDE)
def test_copies_and_leftovers_are_set_aside_and_reported(
    strays: Built, name: str, says: str
) -> None:
    ((_, message),) = warned(strays, f"yw/{name}")
    assert says in message


def test_a_folder_set_aside_with_articles_is_reported_once(strays: Built) -> None:
    ((_, message),) = warned(strays, "_posts")
    assert "里面的 2 个 .md 文件没有读取" in message
    assert warned(strays, "_site") == []


def test_nothing_of_it_is_public_and_attachments_are_no_strays(strays: Built) -> None:
    assert strays.mentions("没有读") == []
    assert warned(strays, "yw/zi.txt") == []
    assert strays.errors == []


def test_doubles_are_reported(tmp_path: Path) -> None:
    found = built(
        tmp_path,
        {
            "content/yw/b.md": article("同一篇", "2026-11-02 08:00"),
            "content/yw/c.md": article("同一 篇", "2026-11-02 08:00"),
            "content/yw/d.md": article("同一篇", "2026-11-02 09:00"),
        },
    )
    assert [path for path in ("yw/b.md", "yw/c.md", "yw/d.md") if warned(found, path)] == [
        "yw/c.md"
    ]
    ((line, message),) = warned(found, "yw/c.md")
    assert (line, "yw/b.md" in message) == (2, True)


def test_an_article_in_no_column_is_reported(tmp_path: Path) -> None:
    found = built(
        tmp_path,
        {
            "content/about.md": article("关于本站", "2026-11-02"),
            "content/contact.md": "---\n标题: 联系我们\n类型: 页面\n---\n文\n",
        },
    )
    ((_, message),) = warned(found, "about.md")
    assert "请写 类型: 页面" in message
    assert warned(found, "contact.md") == []


REFERENCES = [
    ("专题: [zt, meiyou]", "error", "专题“meiyou”不存在"),
    ("同时列入:\n  - yw\n  - meiyou", "error", "栏目“meiyou”不存在"),
    ("解读: meiyou", "error", "所指的“meiyou”不存在"),
    ("栏目: meiyou", "warning", "栏目“meiyou”不存在"),
    ("标签: [WPS]", "warning", "标签“WPS”与“wps”"),
    ("旧地址: [/yw/2026/11/a.html]", "error", "现在是本站的一个页面"),
]


@pytest.mark.parametrize(("row", "level", "says"), REFERENCES)
def test_what_an_article_names_in_vain_has_its_line(
    tmp_path: Path, row: str, level: str, says: str
) -> None:
    text = f"---\n标题: meiyou\n时间: 2026-11-02\n{row}\n---\n文\n"
    files = {
        "content/yw/b.md": text,
        "content/yw/zt.md": "---\n标题: 专题一\n类型: 专题\n---\n文\n",
        "content/yw/t.md": article("标签", "2026-11-01", 标签=["wps"]),
    }
    found = built(tmp_path, files)
    ((line, reported, message),) = [
        (p.line, p.level, p.message) for p in found.report.problems.sorted() if p.path == "yw/b.md"
    ]
    assert (line, reported) == (6 if "\n" in row else 4, level)
    assert says in message


def test_tags_that_differ_in_case_are_one(tmp_path: Path) -> None:
    files = {
        "content/yw/b.md": article("甲", "2026-11-02", 标签=["Istio"]),
        "content/yw/c.md": article("乙", "2026-11-03", 标签=["istio"]),
        "content/yw/d.md": article("丙", "2026-11-04", 标签=["istio"]),
    }
    found = built(tmp_path, files)
    assert found.errors == []
    assert found.page("tags/istio/index.html").texts("//span[@class='entry-title']/a") == [
        "丙", "乙", "甲",
    ]  # fmt: skip
    assert len([w for w in found.warnings if "只是大小写、空格不同" in w]) == 1


def test_what_is_not_public_is_counted_with_its_reason(tmp_path: Path) -> None:
    files = {
        "content/yw/b.md": article("年份笔误", "2062-11-01 08:00"),
        "content/yw/c.md": article("草稿", "2026-11-01 08:30", 状态="草稿"),
        "content/yw/d.md": article("过期", "2026-11-01 08:30", 有效期至="2026-11-02"),
        "content/yw/e.md": article("下周", "2026-12-01 08:30"),
        "content/yw/f.md": "---\n标题: 错的\n---\n文\n",
        "content/yw/g.md": "---\n标题: 没写完\n时间: 11月\n状态: 草稿\n---\n",
    }
    found = built(tmp_path, files)
    report = found.report
    assert [(held.path, held.why) for held in report.withheld] == [
        ("yw/b.md", "scheduled"), ("yw/c.md", "draft"), ("yw/d.md", "expired"),
        ("yw/e.md", "scheduled"), ("yw/g.md", "draft"),
    ]  # fmt: skip
    assert report.left_out == ["yw/f.md"]
    assert [p.path for p in report.problems.errors] == ["yw/f.md"]
    ((line, message),) = warned(found, "yw/b.md")
    assert (line, "2062-11-01 08:00 才公开，是一年以后" in message) == (3, True)
    assert warned(found, "yw/e.md") == []


def test_mistakes_of_a_draft_stop_nobody(tmp_path: Path) -> None:
    files = {
        "content/yw/b.md": "---\n标题: 甲\n时间: 11月26日\n状态: 草稿\n---\n文\n",
        "content/yw/c.md": "---\n标题: [甲\n状态: 草稿\n---\n文\n",
        "content/yw/d.md": article("丁", "2026-11-02", body="![](x.png)", 状态="草稿"),
    }
    found = built(tmp_path, files)
    assert found.errors == []
    assert all(warned(found, f"yw/{name}.md") for name in "bcd")


def test_a_year_is_reported_from_a_day_on(tmp_path: Path) -> None:
    """366 days ahead are no slip, a day more is."""
    files = {"content/yw/b.md": article("远", "2027-11-25 10:00")}
    assert warned(built(tmp_path / "a", files), "yw/b.md") == []
    planned = article("写明了", "2026-11-01", 定时发布="2099-01-01 00:00")
    assert warned(built(tmp_path / "c", {"content/yw/b.md": planned}), "yw/b.md") == []
    files = {"content/yw/b.md": article("更远", "2027-11-25 10:01")}
    assert len(warned(built(tmp_path / "b", files), "yw/b.md")) == 1


def test_a_check_reports_what_a_build_does(tmp_path: Path) -> None:
    files = {
        **YW,
        "content/search.md": "---\n标题: 怎样检索\n类型: 页面\n---\n说明\n",
        "content/yw/b.md": article("乙", "2026-11-01", 旧地址=["/o/1.html"]),
        "content/yw/c.md": article("丙", "2026-11-01", 旧地址=["/o/1.html"]),
        "content/yw/d.md": article("丁", "2026-11-01", 旧地址=["/yw/index.html"]),
        "content/kong/_column.md": column("空栏目"),
    }
    more = {"HOME": {"blocks": ["meiyou"]}, "FOOTER_LINKS": [["甲", "meiyou.html"]]}
    site = Site(tmp_path, files, more)
    with site.engine() as engine:
        checked = engine.check().problems.sorted()
    found = site.build().report.problems
    assert set(found.sorted()) <= set(checked)
    assert [p for p in checked if p.level == "error"] == list(found.errors)
    assert {(p.path, p.line) for p in checked if p.level == "error"} == {
        ("search.md", 1), ("yw/c.md", 4), ("yw/d.md", 4), ("pelicanconf.py", 0),
    }  # fmt: skip


def test_settings_that_lead_nowhere_are_reported_by_line(tmp_path: Path) -> None:
    site = Site(tmp_path, {**YW, "content/kong/_column.md": column("空栏目")})
    text = """HOME = {
    "notices": "meiyou",
    "blocks": [
        "yw",
        "kong",
        "jiu",
    ],
}
FOOTER_LINKS = [
    ["要闻", "yw/index.html"],
    ["要闻", "/yw/"],
    ["联系我们", "contact.html"],
    ["订阅", "feeds/all.rss.xml"],
    ["外部", "https://www.12371.cn/x.html"],
    ["本站", "https://dj.example.gov.cn/nosuch.html"],
]
EMBLEM = {
    "image": "_site/meiyou.png",
    "alt": "徽标",
}
LINK_GROUPS = {
    "甲": [
        ["乙", "nosuch.html"],
    ],
}
"""
    file = site.write("pelicanconf.py", site.settings_text() + text)
    first = site.settings_text().count("\n")
    problems = PortalSite(file).check().problems.sorted()
    found = {p.line - first: p.level for p in problems if p.path == "pelicanconf.py"}
    assert found == {2: "error", 5: "warning", 6: "error", 12: "error", 15: "error", 18: "error",
                     23: "error"}  # fmt: skip


def test_a_column_with_nothing_public_is_not_shown_and_reported(tmp_path: Path) -> None:
    files = {
        "content/dl/_column.md": column("尚未公开的栏目"),
        "content/dl/x.md": article("草稿", 状态="草稿"),
        "content/dl/xia/_column.md": column("下级栏目"),
        "content/jianjie/_column.md": column("只有导语", "这里是导语。"),
        "content/yemian/_column.md": column("只有页面"),
        "content/yemian/p.md": "---\n标题: 页面\n类型: 页面\n---\n文\n",
    }
    found = built(tmp_path, files)
    assert found.mentions("尚未公开的栏目") == []
    assert found.mentions("下级栏目") == []
    assert [w.partition(" ")[0] for w in found.warnings] == ["dl/_column.md:0"]
    assert "只有导语" in found.text("index.html")
    assert "只有页面" in found.text("index.html")
    shown = Site(tmp_path / "drafts", {**YW, **files}, drafts=True).build()
    assert "尚未公开的栏目" in shown.text("index.html")


def test_years_inside_a_column_are_no_columns(tmp_path: Path) -> None:
    files = {
        "content/yw/2025/b.md": article("去年", "2025-03-01"),
        "content/yw/2025/03/c.md": article("去年三月", "2025-03-02"),
        "content/yw/2026年/d.md": article("今年", "2026-03-01"),
        "content/yw/2024/_column.md": column("二〇二四年专栏"),
        "content/yw/2024/e.md": article("前年", "2024-03-01"),
        "content/dangan/2023/f.md": article("栏目没有说明", "2023-03-01"),
    }
    found = built(tmp_path, files)
    assert found.page("yw/2025/03/b.html").texts("//h1") == ["去年"]
    assert found.page("yw/2025/03/c.html").texts("//h1") == ["去年三月"]
    assert found.page("yw/2026/03/d.html").texts("//h1") == ["今年"]
    assert found.page("yw/2024/2024/03/e.html").texts("//h1") == ["前年"]
    assert found.page("dangan/2023/03/f.html").texts("//h1") == ["栏目没有说明"]
    listed = found.page("yw/index.html").text("//nav[contains(@class,'section')] | //aside")
    assert "2025" not in listed


def test_old_addresses_of_a_column_lead_to_what_lies_there_now(tmp_path: Path) -> None:
    files = {
        "content/xin/_column.md": column("新栏目", 旧地址=["/jiu/"]),
        "content/xin/b.md": article("甲", "2026-03-01"),
        "content/xin/xia/_column.md": column("下级"),
        "content/xin/xia/c.md": article("乙", "2026-03-02"),
    }
    found = built(tmp_path, files)
    assert found.errors == []
    for old, new in (
        ("jiu/index.html", "xin/index.html"),
        ("jiu/2026/03/b.html", "xin/2026/03/b.html"),
        ("jiu/xia/index.html", "xin/xia/index.html"),
        ("jiu/xia/2026/03/c.html", "xin/xia/2026/03/c.html"),
    ):
        page = found.page(old)
        assert any(
            link.endswith(new.removesuffix("index.html")) or new in link for link in page.links()
        )
    assert "jiu.2026.03.b" in found.text("feeds/xin.rss.xml")


def test_a_check_finds_every_error_of_a_build_in_what_is_written_wrongly(tmp_path: Path) -> None:
    """All wrongly written articles of tests/invalid, each in a file of its own."""
    cases = [case for group in GROUPS.values() for case in group]
    files: dict[str, str | bytes] = {
        f"content/yw/f{number}.md": case.source.encode("utf-8", "surrogatepass")
        if isinstance(case.source, str)
        else case.source
        for number, case in enumerate(cases)
    }
    site = Site(tmp_path, {**YW, **files})
    with site.engine() as engine:
        checked = engine.check().problems.errors
    errors = site.build().report.problems.errors
    assert checked == errors
    assert len({problem.path for problem in errors}) > len(cases) - 5
