"""Columns that are no news: out of 最新 and the archive by months, and nowhere else left out."""

from tests.conftest import MakeSite
from tests.sites import Built, article, assert_same, column

FILES = {
    "content/yw/_column.md": column("要闻"),
    "content/yw/a.md": article("要闻一篇", "2026-06-16 08:00"),
    "content/zn/_column.md": column("指南", 列入往期="否"),
    "content/zn/b.md": article("指南一篇", "2026-08-01 08:00"),
    "content/zn/xia/_column.md": column("下级指南"),
    "content/zn/xia/c.md": article("指南二篇", "2025-08-01 08:00"),
}


def titles(built: Built, address: str, path: str = "//main") -> set[str]:
    found = built.page(address).all(f"{path}//a/@href")
    return {str(link).rpartition("/")[2].removesuffix(".html") for link in found} & {"a", "b", "c"}


def test_a_column_that_is_no_news(make_site: MakeSite) -> None:
    site = make_site(FILES)
    built = site.build()
    assert (built.errors, built.warnings) == ([], [])
    assert titles(built, "index.html") == {"a"}
    assert "2026年6月" in built.page("archive/index.html").text("//main")
    assert "2026年8月" not in built.page("archive/index.html").text("//main")
    assert not (built.output / "archive/2025/index.html").exists()
    assert titles(built, "zn/index.html") == {"b", "c"}
    assert "指南二篇" in built.text("feeds/all.rss.xml")
    assert "2025" in built.text("search.html"), "a year to search in"
    site.write("content/zn/_column.md", column("指南"))
    again = site.build()
    assert titles(again, "index.html") == {"a", "b", "c"}
    assert titles(again, "archive/2025/08/index.html") == {"c"}
    assert_same(again.files(), site.clean_build())
