"""What a reader sees of an article's time: a day without 00:00, and a schedule that was kept."""

from pathlib import Path

import pytest

from tests.sites import Built, Site, article, column

FILES = {
    "content/yw/_column.md": column("要闻"),
    "content/yw/day.md": article("只写日期", "2026-11-20"),
    "content/yw/midnight.md": article("零点发布", "2026-11-19 00:00"),
    "content/yw/late.md": article("定时公开", "2026-10-01 10:00", 定时发布="2026-11-22 08:00"),
    "content/yw/early.md": article("早已公开", "2026-11-21 09:00", 定时发布="2026-11-02 08:00"),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return Site(tmp_path_factory.mktemp("dates"), FILES).build()


def test_a_day_is_shown_as_a_day(built: Built) -> None:
    page = built.page("yw/2026/11/day.html")
    assert page.texts("//p[@class='byline']//time") == ["2026-11-20"]
    assert page.all("//p[@class='byline']//time/@datetime") == ["2026-11-20"]
    assert '"datePublished": "2026-11-20"' in page.source.replace('":"', '": "')
    assert page.all("//meta[@property='article:published_time']/@content") == ["2026-11-20"]
    listed = built.page("yw/index.html").texts("//time")
    assert "2026-11-20" in listed
    assert "2026-11-19 00:00" in listed
    midnight = built.page("yw/2026/11/midnight.html")
    assert midnight.texts("//p[@class='byline']//time") == ["2026-11-19 00:00"]


def test_the_official_tag_keeps_the_form_it_must_have(built: Built) -> None:
    """国办发〔2017〕47号: PubDate is YYYY-MM-DD HH:MM."""
    assert built.page("yw/2026/11/day.html").meta("PubDate") == "2026-11-20 00:00"


def test_a_kept_schedule_is_the_articles_time_everywhere(built: Built) -> None:
    page = built.page("yw/2026/10/late.html")
    assert page.texts("//p[@class='byline']//time") == ["2026-11-22 08:00"]
    assert page.meta("PubDate") == "2026-11-22 08:00"
    titles = built.page("yw/index.html").texts("//span[@class='entry-title']/a")
    assert titles == ["定时公开", "早已公开", "只写日期", "零点发布"]
    feed = built.text("feeds/yw.rss.xml")
    assert feed.index("定时公开") < feed.index("早已公开")
    assert "Sun, 22 Nov 2026 08:00:00 +0800" in feed
    assert "2026-11-22T08:00:00+08:00" in built.text("sitemap-2026.xml")


def test_a_schedule_does_not_move_the_address(built: Built) -> None:
    assert (built.output / "yw/2026/10/late.html").is_file()
    assert (built.output / "yw/2026/11/early.html").is_file()
    assert ":yw.2026.10.late<" in built.text("feeds/yw.rss.xml")


def test_an_article_held_back_says_until_when_in_the_preview(tmp_path: Path) -> None:
    files = {
        "content/yw/_column.md": column("要闻"),
        "content/yw/a.md": article("将来", "2027-01-01 08:30"),
        "content/yw/b.md": article("过期", "2026-01-01 08:30", 有效期至="2026-02-01"),
        "content/yw/c.md": article("没写完", "2026-01-01 08:30", 状态="草稿"),
    }
    built = Site(tmp_path, files, drafts=True).build()

    def note(address: str) -> str:
        return built.page(address).text("//p[@class='draft-note']")

    assert note("yw/2027/01/a.html") == "2027-01-01 08:30 起公开"
    assert note("yw/2026/01/b.html") == "已过有效期（2026-02-01），不再公开"
    assert note("yw/2026/01/c.html") == "草稿，还没有发布"
    assert [(held.path, held.why) for held in built.report.withheld] == [
        ("yw/a.md", "scheduled"), ("yw/b.md", "expired"), ("yw/c.md", "draft"),
    ]  # fmt: skip
