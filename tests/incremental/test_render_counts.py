"""What is rendered again after one change: everything that shows it, and nothing else."""

import io
import os

import pytest
from PIL import Image

from dangjian.common.report import Stage
from tests.conftest import MakeSite
from tests.sites import SETTINGS, Built, Site, article, assert_same, column, folder_times


def png(shade: int) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), (shade, 30, 30)).save(data, "PNG")
    return data.getvalue()


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """60 articles in three columns, 20 each, twelve months; lists in pages of five."""
    files: dict[str, str | bytes] = {
        "content/jcdj/_column.md": column("基层党建", order=1),
        "content/jcdj/csdj/_column.md": column("城市党建", order=2),
        "content/gbgz/_column.md": column("干部工作", order=3),
        "content/about.md": article("关于本站", date="", type="page").replace('date: ""\n', ""),
        "content/gbgz/pic.png": png(10),
    }
    for number in range(60):
        folder = ("jcdj", "jcdj/csdj", "gbgz")[number % 3]
        files[f"content/{folder}/n{number:02}.md"] = article(
            f"第{number:02}号报道",
            f"2020-{number // 5 + 1:02}-{number % 5 + 10} 09:{number:02}",
            f"第{number:02}号开头。" + "走访入户，了解需求。" * 40 + f"第{number:02}号结尾。",
            tags=[f"标签{number % 4}"],
            keywords=[f"词{number % 7}", f"语{number % 5}"],
        )
    files["content/gbgz/n02.md"] = article(
        "有图的报道", "2020-01-12 10:00", "开头。\n\n![会场](pic.png)\n"
    )
    site = make_site(files, {"PAGE_SIZE": 5})
    assert not site.build().errors
    return site


def showing(built: Built, words: str) -> set[str]:
    """The pages whose source has these words."""
    return {page.address for page in built.pages() if words in page.source}


def test_nothing_changed_renders_and_writes_nothing(site: Site) -> None:
    before = folder_times(site.output)
    built = site.build()
    assert not built.rendered
    assert not built.written
    assert built.report.production.removed == 0
    assert folder_times(site.output) == before


def test_a_comma_in_one_body_renders_that_page_alone(site: Site) -> None:
    site.edit("content/jcdj/n30.md", "第30号结尾。", "第30号，结尾。")
    built = site.build()
    assert built.rendered == {"jcdj/2020/07/n30.html"}
    assert {name for name in built.written if name.endswith(".html")} == built.rendered


def test_a_comma_plans_nothing_else_and_the_next_build_nothing_at_all(site: Site) -> None:
    """Whether the engine is kept, as the preview does, or another process takes over."""
    for path in site.content.rglob("*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    site.build()
    with site.engine() as engine:
        for end in ("，结尾", "；结尾"):
            site.edit("content/jcdj/n30.md", "结尾", end)
            report = engine.build()
            assert report.production.rendered == ["jcdj/2020/07/n30.html"]
            assert Stage.RELATED not in report.seconds, "the whole archive was arranged"
            assert end in Built(report, site.output).text("jcdj/2020/07/n30.html")
    site.edit("content/jcdj/n30.md", "结尾", "。结尾")
    assert site.build().rendered == {"jcdj/2020/07/n30.html"}
    again = site.build()
    assert list(again.report.seconds) == [Stage.COMPARE]
    assert_same(again.files(), site.clean_build())


def test_what_was_seen_to_change_is_shown_before_it_can_be_searched(site: Site) -> None:
    """As in the preview: a save looks at nothing else, and a quiet moment makes up for it."""
    for path in site.content.rglob("*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    page = "jcdj/2020/07/n30.html"
    article = site.content / "jcdj/n30.md"
    with site.engine() as engine:
        engine.build()
        index = {path: path.stat() for path in (site.output / "search").iterdir()}
        for before, after in (("结尾", "，结尾"), ("，结尾", "结尾"), ("结尾", "；结尾")):
            site.edit("content/jcdj/n30.md", before, after)
            report = engine.build_seen([article])
            assert report is not None
            assert report.production.rendered == [page]
            assert Stage.SEARCH not in report.seconds
            assert f"第30号{after}" in Built(report, site.output).text(page)
        assert {path: path.stat() for path in (site.output / "search").iterdir()} == index
        assert engine.search_is_stale
        assert_same(Built(engine.build(), site.output).files(), site.clean_build())
        assert not engine.search_is_stale
    site.edit("content/jcdj/n30.md", "结尾", "。结尾")
    with site.engine() as engine:
        engine.build()
        engine.preload()
        site.edit("content/jcdj/n30.md", "。结尾", "结尾")
        assert engine.build_seen([article]) is not None
    # Whoever builds next finds that search was left behind.
    assert_same(site.build().files(), site.clean_build())


@pytest.mark.parametrize(
    "seen",
    ["content/gbgz/pic.png", "content/jcdj/new.md", "content/jcdj/n31.md", "elsewhere.md"],
    ids=["a picture", "a new article", "a title", "outside"],
)
def test_more_than_words_is_left_to_a_whole_build(site: Site, seen: str) -> None:
    for path in site.content.rglob("*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    site.write("content/jcdj/n31.md", article("旧题", "2020-07-01 09:00", "正文。" * 90))
    os.utime(site.content / "jcdj/n31.md", (1_600_000_000, 1_600_000_000))
    with site.engine() as engine:
        engine.build()
        site.write(seen, png(99) if seen.endswith("png") else article("新题", "2020-07-01 09:00"))
        assert engine.build_seen([site.folder / seen]) is None
        assert_same(Built(engine.build(), site.output).files(), site.clean_build())


def test_a_comma_in_an_excerpt_renders_the_lists_that_quote_it(site: Site) -> None:
    site.edit("content/jcdj/n57.md", "第57号开头。", "第57号，开头。")
    built = site.build()
    assert built.rendered >= showing(built, "第57号，开头") >= {"jcdj/2020/12/n57.html"}
    others = built.rendered - {"jcdj/2020/12/n57.html"}
    assert others <= showing(built, "第57号报道")
    assert not [name for name in others if "/2020/" in name], "neighbours quote titles only"


def test_a_changed_title_renders_the_pages_that_show_it(site: Site) -> None:
    shown = showing(site.build(), "第30号报道")
    site.edit("content/jcdj/n30.md", "第30号报道", "第30号通讯")
    built = site.build()
    assert built.rendered == shown == showing(built, "第30号通讯")
    assert not showing(built, "第30号报道")


@pytest.mark.parametrize(
    ("template", "marks"),
    [
        ("page.html", {"about.html"}),
        ("feeds.html", {"feeds.html"}),
        ("search.html", {"search.html"}),
        ("404.html", {"404.html"}),
    ],
)
def test_a_template_renders_the_pages_that_use_it(
    site: Site, template: str, marks: set[str]
) -> None:
    (site.folder / "templates").mkdir()
    site.build()
    source = (site.theme / "templates" / template).read_text(encoding="utf-8")
    site.write(f"templates/{template}", source + "<!-- changed -->")
    built = site.build()
    assert built.rendered == marks


def test_an_article_template_renders_what_is_made_by_it(site: Site) -> None:
    (site.folder / "templates").mkdir()
    site.build()
    source = (site.theme / "templates" / "article.html").read_text(encoding="utf-8")
    site.write("templates/article.html", source + "<!-- changed -->")
    built = site.build()
    articles = {name for name in built.files() if "/2020/" in name and "archive" not in name}
    assert len(articles) == 60
    assert built.rendered == {*articles, "about.html"}  # page.html extends article.html


def test_a_new_article_leaves_numbered_pages_alone(site: Site) -> None:
    numbered = {page.address for page in site.build().pages() if "/page/" in page.address}
    assert len(numbered) == 20
    site.write("content/jcdj/new.md", article("新来的报道", "2020-12-20 10:00", tags=["标签1"]))
    built = site.build()
    assert "jcdj/2020/12/new.html" in built.rendered
    assert not built.rendered & numbered
    assert len(built.rendered) < 30


def test_a_changed_picture_renders_the_pages_that_show_it(site: Site) -> None:
    site.write("content/gbgz/pic.png", png(200))
    built = site.build()
    names = {name for name in built.files() if name.startswith("media/pic.")}
    assert len(names) == 1
    assert built.rendered == showing(built, names.pop())


def test_the_clock_alone_changes_nothing(site: Site) -> None:
    site.settings["BUILD_AT"] = "2027-03-01 08:00"
    built = site.build()
    assert not built.rendered
    assert not built.written


def test_a_held_article_appears_when_its_time_has_come(site: Site) -> None:
    site.write(
        "content/gbgz/held.md",
        article("定时的报道", "2026-11-24 09:00", publish_at="2026-11-25 08:00"),
    )
    assert not site.build().mentions("定时的报道")
    site.settings["BUILD_AT"] = "2026-11-25 08:00"
    built = site.build()
    shown = showing(built, "定时的报道")
    assert "gbgz/2026/11/held.html" in shown
    assert shown <= built.rendered
    # A first article of a year adds the year to the archive and to the search page.
    assert built.rendered - shown <= {
        "archive/index.html", "archive/2026/index.html", "search.html",
    }  # fmt: skip


def test_a_column_description_renders_the_pages_that_show_it(site: Site) -> None:
    site.edit("content/jcdj/csdj/_column.md", "城市党建稿件", "城市里的党建")
    built = site.build()
    assert showing(built, "城市里的党建") <= built.rendered
    assert "城市里的党建" in built.text("feeds/opml.xml")
    assert not {name for name in built.rendered if name.startswith("gbgz/2")}


def test_workers_is_no_reason_to_render(site: Site) -> None:
    assert SETTINGS["WORKERS"] == 1
    site.settings["WORKERS"] = 2
    built = site.build()
    assert not built.rendered
    assert not built.written
