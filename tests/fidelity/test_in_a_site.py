"""Links, excerpts, line breaks and pictures where they depend on the site around a text."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from dangjian.building.site import Site as CheckedSite
from dangjian.paths import theme_path
from dangjian.text.anchors import PAGE_IDS
from dangjian.text.excerpts import excerpt
from tests.conftest import MakeSite
from tests.sites import Built, Site, article, column


def drawing() -> bytes:
    """A small PNG."""
    file = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 30)).save(file, "PNG")
    return file.getvalue()


DAY = "2026-11-01 08:30"
FLAG = "🇨🇳"
LINKS = {
    "own domain": ("https://dj.example.gov.cn/xw/2026/11/b.html", "xw/2026/11/b.html"),
    "own domain with www": ("https://www.dj.example.gov.cn/xw/2026/11/b.html", "xw/2026/11/b.html"),
    "127.0.0.1": ("http://127.0.0.1:8000/xw/2026/11/b.html#第二节", "xw/2026/11/b.html#第二节"),
    "localhost": ("http://localhost:8000/xw/", "xw/index.html"),
    "from the root": ("/xw/2026/11/b.html", "xw/2026/11/b.html"),
    "column": ("/xw/", "xw/index.html"),
    "column's name": ("/xw", "xw/index.html"),
    "file name with html": ("b.html", "xw/2026/11/b.html"),
    "source": ("b.md#第二节", "xw/2026/11/b.html#第二节"),
    "heading's words": ("b.md#一、 第二节！", "xw/2026/11/b.html#一-第二节"),
    "home": ("/", "index.html"),
    "search": ("/search.html?q=党建", "search.html?q=党建"),
    "archive": ("/archive/", "archive/index.html"),
    "old address": ("/old/b.html", "old/b.html"),
    "column's own file": ("_column.md", "xw/index.html"),
    "column's file from elsewhere": ("../xw/_column.md", "xw/index.html"),
    "column's file from the root": ("/xw/_column.md", "xw/index.html"),
}
DEAD = {
    "no such page": "/xw/2026/11/meiyou.html",
    "no such column": "/meiyoulanmu/",
    "no such page of ours": "https://dj.example.gov.cn/xw/meiyou.html",
    "no such page of ours with www": "http://www.dj.example.gov.cn/xw/meiyou.html",
    "no such file": "meiyou.html",
    "no such source": "meiyou.md",
    "no ending": "/xw/b2",
    "no such heading": "b.md#第三节",
    "no such heading there": "/xw/2026/11/b.html#第三节",
}
EXCERPTS = {
    "blocks": (
        "## 一、总体要求\n\n坚持以学促干\n\n## 二、任务\n\n- 时间：1日\n\n| 名 |\n|---|\n| 甲 |",
        "一、总体要求 坚持以学促干 二、任务 时间：1日",
    ),
    "lines": (
        "引进 Open\nSource 软件 WPS\nOffice，供使用。",
        "引进 Open Source 软件 WPS Office，供使用。",
    ),
    "wrapped": ("抓好**组织**\n建设。", "抓好组织建设。"),
    "note": ("依据《条例》[^1]开展。\n\n[^1]: 2026年修订。", "依据《条例》开展。"),
    "code": ("运行：\n\n```\npython3 x\n```\n\n完。", "运行：完。"),
    "caption": ('正文。\n\n![会场](a.jpg "现场")\n\n正文二。', "正文。正文二。"),
    "more behind a sentence": (
        "导语只有一句。<!--more 阅读全文-->\n\n后面的不进。",
        "导语只有一句。",
    ),
    "another program's more": ("导语只有一句。\n\n<!-- truncate -->\n\n后面。", "导语只有一句。"),
    "no mark of more": (
        "导语。\n\n<!-- more words to come -->\n\n`<!-- more -->`后面。",
        "导语。<!-- more -->后面。",
    ),
    "more": ("导语只有一句。\n\n<!-- more -->\n\n后面的不进。", "导语只有一句。"),
    "contents": ("[TOC]\n\n## 甲\n\n乙。", "甲 乙。"),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    linked = "\n\n".join(f"[甲]({address})" for address, _ in LINKS.values())
    dead = "\n\n".join(f"[丙]({address})" for address in DEAD.values())
    files = {
        "content/xw/_column.md": column("新闻", body="[丁](meiyou.md)"),
        "content/xw/a.md": article("甲", DAY, linked),
        "content/xw/b.md": article(
            "乙", DAY, "## 第二节\n\n文\n\n## 一、 第二节！\n\n文", aliases=["/old/b.html"]
        ),
        "content/xw/c.md": article("丙", DAY, dead),
    }
    for number, (body, _) in enumerate(EXCERPTS.values()):
        files[f"content/xw/e{number}.md"] = article(f"摘{number}", DAY, body)
    return Site(tmp_path_factory.mktemp("links"), files).build()


@pytest.mark.parametrize("name", LINKS)
def test_a_link_within_the_site_leads_there(built: Built, name: str) -> None:
    number = list(LINKS).index(name)
    page = built.page("xw/2026/11/a.html")
    link = str(page.all("//div[@id='text']//a/@href")[number])
    assert link == f"../../../{LINKS[name][1]}"
    assert (built.output / "xw/2026/11" / link.partition("#")[0].partition("?")[0]).is_file()
    assert not [error for error in built.errors if error.startswith("xw/a.md")]


def test_files_that_a_column_and_the_settings_name_are_looked_at(make_site: MakeSite) -> None:
    site = make_site(
        {
            "content/xw/_column.md": column("新闻", body="![图](meiyou.jpg)\n\n![图](zhen.jpg)"),
            "content/xw/zhen.jpg": drawing(),
            "content/xw/a.md": article("甲", DAY),
            "content/hui.jpg": drawing(),
        },
        {"EMBLEM": {"image": "hui.jpg", "alt": "徽标"}},
    )
    built = site.build()
    assert [one.split("：")[0] for one in built.errors] == ["xw/_column.md:6 图片“meiyou.jpg”"]
    assert [(one[:16], "内容却是 PNG" in one) for one in built.warnings if "PNG" in one] == [
        ("pelicanconf.py:0", True),
        ("xw/_column.md:8 ", True),
    ]


def test_files_of_office_programs_are_reported_unless_an_article_offers_them(
    make_site: MakeSite,
) -> None:
    site = make_site(
        {
            "content/xw/_column.md": column("新闻"),
            "content/xw/a.md": article("甲", DAY, "[表](b.docx)", 附件=["c.wps"]),
            **{f"content/xw/{name}": b"PK" for name in ("b.docx", "c.wps", "d.docx", "e.doc")},
            "content/xw/复件 a.md": article("乙", DAY),
        }
    )
    built = site.build()
    assert [one.split(":")[0] for one in built.warnings] == [
        "xw/d.docx",
        "xw/e.doc",
        "xw/复件 a.md",
    ]


@pytest.mark.parametrize("name", ["_Column.md", "_column.md.txt", "_栏目.md", "_column.txt"])
def test_a_column_file_by_another_name_is_reported(make_site: MakeSite, name: str) -> None:
    site = make_site({f"content/xw/{name}": column("新闻"), "content/xw/a.md": article("甲", DAY)})
    reported = [one for one in site.build().warnings if one.startswith(f"xw/{name}")]
    assert [("要叫 _column.md" in one) for one in reported] == [True]


@pytest.mark.parametrize("root", ["", "/dj"])
def test_a_check_knows_the_address_that_publishing_has(tmp_path: Path, root: str) -> None:
    dead = f"https://dj.example.gov.cn{root}/xw/meiyou.html"
    body = f"[甲]({dead})\n\n[乙](https://dj.example.gov.cn{root}/xw/)\n"
    site = Site(
        tmp_path,
        {
            "content/xw/_column.md": column("新闻"),
            "content/xw/a.md": article("甲", DAY, f"{body}\n[丙](https://dj.example.gov.cn/dja/)"),
            "publishconf.py": f'SITEURL = "https://dj.example.gov.cn{root}"\n',
        },
        {"SITEURL": "", "FOOTER_LINKS": [{"name": "失效", "url": dead}]},
    )
    site.write("pelicanconf.py", site.settings_text())
    problems = CheckedSite(tmp_path / "pelicanconf.py").check().problems
    errors = [(one.path, one.line) for one in problems.errors]
    assert ("xw/a.md", 6) in errors
    assert ("xw/a.md", 8) not in errors
    assert (("xw/a.md", 10) in errors) is not bool(root)
    assert any(path == "pelicanconf.py" for path, _ in errors)


def test_a_link_that_leads_nowhere_is_reported_with_its_line(built: Built) -> None:
    found = [error for error in built.errors if error.startswith("xw/c.md")]
    assert len(found) == len(DEAD)
    for number, address in enumerate(DEAD.values()):
        (error,) = [one for one in found if one.startswith(f"xw/c.md:{6 + 2 * number} ")]
        assert f"“{address}”" in error
    assert [e for e in built.errors if e.startswith("xw/_column.md") and "meiyou.md" in e]


@pytest.mark.parametrize("name", EXCERPTS)
def test_an_excerpt_is_sentences(built: Built, name: str) -> None:
    number = list(EXCERPTS).index(name)
    page = built.page(f"xw/2026/11/e{number}.html")
    assert page.meta("Description") == EXCERPTS[name][1]


@pytest.mark.parametrize("sign", [FLAG, "👨‍👩‍👧‍👦", "👍🏽", "1️⃣", "e\u0301"])
def test_no_sign_is_cut_in_two(sign: str) -> None:
    for before in range(85, 101):
        cut = excerpt("庆" * before + sign * 3 + "长" * 100)
        rest = re.sub("^庆+|[长…]+$", "", cut)
        assert rest == sign * (len(rest) // len(sign))


def test_no_id_of_a_text_can_be_one_of_the_pages() -> None:
    theme = theme_path()
    written = "".join(
        file.read_text(encoding="utf-8")
        for pattern in ("templates/**/*.html", "static/js/**/*.js")
        for file in Path(theme).glob(pattern)
    )
    ids = set(re.findall(r'\bid="([\w-]+)"', written))
    ids |= set(re.findall(r"""\.id = ["']([\w-]+)["']""", written))
    ids = {name for name in ids if not name.startswith("design-")}  # a page without articles
    assert ids <= PAGE_IDS


def test_line_breaks_are_chosen_by_site_column_and_article(make_site: MakeSite) -> None:
    body = "第一句。\n第二，\n第三。"
    site = make_site(
        {
            "content/xw/_column.md": column("新闻"),
            "content/xw/a.md": article("甲", DAY, body),
            "content/tz/_column.md": column("通知", 换行="分段"),
            "content/tz/b.md": article("乙", DAY, body),
            "content/tz/zi/_column.md": column("子"),
            "content/tz/zi/d.md": article("丁", DAY, body),
            "content/tz/c.md": article("丙", DAY, body, 换行="连接"),
        }
    )

    def paragraphs(built: Built) -> list[int]:
        pages = ("xw/2026/11/a", "tz/2026/11/b", "tz/zi/2026/11/d", "tz/2026/11/c")
        return [len(built.page(f"{one}.html").all("//div[@id='text']/p")) for one in pages]

    assert paragraphs(site.build()) == [2, 3, 3, 1]
    site.edit("content/tz/_column.md", "分段", "自动")
    assert paragraphs(site.build()) == [2, 2, 2, 1]
    site.settings["LINE_BREAKS"] = "join"
    assert paragraphs(site.build()) == [1, 2, 2, 1]


def test_older_articles_may_have_pictures_elsewhere_and_without_words(make_site: MakeSite) -> None:
    body = "![会场](https://img.example.com/a.jpg)\n\n[旧](https://www.example.com/)"
    site = make_site(
        {
            "content/xw/_column.md": column("新闻"),
            "content/xw/a.md": article("甲", "2019-12-31 23:59", body),
            "content/xw/b.md": article("乙", "2020-01-01 00:00", body),
        }
    )
    site.settings["ARCHIVE_DATE"] = "2020-01-01"
    built = site.build()
    assert [error.partition(" ")[0] for error in built.errors] == ["xw/b.md:6"]
    assert [w.partition(" ")[0] for w in built.warnings if "图片" in w] == ["xw/a.md:6"]
    assert "图片：会场" in built.page("xw/2019/12/a.html").text()


@pytest.mark.parametrize(
    ("file", "written", "says"),
    [
        ("Hc.JPG", "hc.jpg", "文件叫 Hc.JPG，大小写不同"),
        ("e\u0301.jpg", "\u00e9.jpg", "文件名里字的编码不同"),
        ("x.jpg", "hc.jpg", "请把文件放到文章旁边"),
    ],
)
def test_a_missing_file_is_named_with_the_one_that_was_meant(
    make_site: MakeSite, file: str, written: str, says: str
) -> None:
    site = make_site(
        {
            "content/xw/_column.md": column("新闻"),
            "content/xw/a.md": article("甲", DAY, f"![图]({written})"),
            f"content/xw/{file}": b"x",
        }
    )
    built = site.build()
    (error,) = built.errors
    assert error.startswith("xw/a.md:6 ")
    assert says in error
    prose = built.page("xw/2026/11/a.html").all("//*[@id='text']")[0]
    assert (prose.text_content().strip(), prose.xpath(".//img")) == ("（图片：图）", [])
