"""Where things stand, and that an address once published answers for ever."""

import re

import pytest

from tests.conftest import MakeSite
from tests.sites import Built, article, column

COLUMN = {"content/jcdj/_column.md": column("基层党建")}


def one(make_site: MakeSite, name: str, **fields: object) -> Built:
    """A site with one article in a file of that name."""
    return make_site({**COLUMN, f"content/jcdj/{name}": article(**fields)}).build()


@pytest.mark.parametrize(
    ("name", "fields", "address"),
    [
        ("huating.md", {}, "jcdj/2020/06/huating.html"),
        ("2020-06-16-huating.md", {}, "jcdj/2020/06/2020-06-16-huating.html"),
        ("任意.md", {"slug": "huating"}, "jcdj/2020/06/huating.html"),
        ("a.md", {"id": "20200616122400"}, "jcdj/2020/06/20200616122400.html"),
        ("a/index.md", {}, "jcdj/2020/06/a.html"),
    ],
)
def test_address_of_an_article(
    make_site: MakeSite, name: str, fields: dict[str, object], address: str
) -> None:
    built = one(make_site, name, **fields)
    assert not built.errors
    assert address in built.files()


@pytest.mark.parametrize("name", ["华亭市.md", "关于 2020 年考核的通知.md", "𠮷野.md"])
def test_a_chinese_name_gets_a_stable_ascii_address(make_site: MakeSite, name: str) -> None:
    built = one(make_site, name)
    assert not built.errors
    (address,) = [a for a in built.files() if re.match(r"jcdj/2020/06/.+\.html", a)]
    assert address.isascii()
    again = one(make_site, name, title="改了标题", body="改了正文")
    assert address in again.files()


def test_two_chinese_names_never_collide(make_site: MakeSite) -> None:
    names = ["权利.md", "权力.md", "全力.md"]
    built = make_site({**COLUMN, **{f"content/jcdj/{n}": article(n) for n in names}}).build()
    assert not built.errors
    assert len([a for a in built.files() if a.startswith("jcdj/2020/06/")]) == 3


def test_two_articles_with_one_address_are_an_error_that_names_both(make_site: MakeSite) -> None:
    built = make_site(
        {
            **COLUMN,
            "content/jcdj/a.md": article("甲", slug="same"),
            "content/jcdj/b.md": article("乙", slug="same"),
            "content/jcdj/c.md": article("丙"),
        }
    ).build()
    assert built.exit == 1
    (error,) = built.errors
    assert "jcdj/a.md" in error
    assert "jcdj/b.md" in error
    assert "jcdj/2020/06/c.html" in built.files(), "good articles are still built"
    assert "jcdj/2020/06/same.html" in built.files(), "the first one keeps its address"


def test_addresses_that_differ_in_case_only_are_an_error(make_site: MakeSite) -> None:
    built = make_site(
        {
            **COLUMN,
            "content/jcdj/a.md": article("甲", slug="Same"),
            "content/jcdj/b.md": article("乙", slug="same"),
        }
    ).build()
    assert built.errors, "one of them would vanish on Windows"


def test_two_names_for_one_tag_are_an_error_that_names_both(make_site: MakeSite) -> None:
    built = make_site(
        {
            **COLUMN,
            "content/jcdj/a.md": article("甲", tags=["ＡＩ"]),
            "content/jcdj/b.md": article("乙", tags=["ai"]),
        }
    ).build()
    reported = [line for line in built.errors + built.warnings if "ＡＩ" in line or "ai" in line]
    assert reported or len([n for n in built.files() if re.match(r"tags/.+/index", n)]) == 2


def test_the_address_stays_when_the_title_changes(make_site: MakeSite) -> None:
    site = make_site({**COLUMN, "content/jcdj/a.md": article("旧标题")})
    before = set(site.build().files())
    site.edit("content/jcdj/a.md", "旧标题", "新标题")
    after = set(site.build().files())
    pages = {name for name in before if name.endswith((".html", ".xml"))}
    assert pages <= after


def test_aliases_redirect_and_are_known_to_web_servers(make_site: MakeSite) -> None:
    old = ["/n1/2021/0417/c164113-32080488.html", "/show.asp?id=7", "/old/"]
    built = one(make_site, "a.md", aliases=old)
    assert not built.errors
    page = built.page("n1/2021/0417/c164113-32080488.html")
    (refresh,) = page.all("//meta[@http-equiv='refresh']/@content")
    assert refresh.endswith("../../../jcdj/2020/06/a.html")
    assert page.all("//a/@href") == ["../../../jcdj/2020/06/a.html"]
    assert "old/index.html" in built.files()
    assert built.redirects == dict.fromkeys(old, "jcdj/2020/06/a.html")


def test_a_column_that_moved_takes_its_articles_and_feeds_along(make_site: MakeSite) -> None:
    site = make_site({**COLUMN, "content/jcdj/a.md": article("甲")})
    before = site.build()
    site.rename("content/jcdj/a.md", "content/dangjian/a.md")
    site.rename("content/jcdj/_column.md", "content/dangjian/_column.md")
    site.edit("content/dangjian/_column.md", "name:", 'aliases: ["/jcdj/"]\nname:')
    built = site.build()
    assert built.errors == []
    kept = {name for name in before.files() if name.startswith(("jcdj/", "feeds/jcdj."))}
    assert {"jcdj/index.html", "jcdj/2020/06/a.html", "feeds/jcdj.rss.xml"} <= kept
    assert kept <= set(built.files())
    assert built.redirects == {
        "/jcdj/": "dangjian/index.html",
        "/jcdj/2020/06/a.html": "dangjian/2020/06/a.html",
    }
    for form in ("rss.xml", "atom.xml", "json"):
        assert built.files()[f"feeds/jcdj.{form}"] == built.files()[f"feeds/dangjian.{form}"]
    guid = re.compile("<guid[^>]*>([^<]+)</guid>")
    rss = "feeds/jcdj.rss.xml"
    assert guid.findall(built.text(rss)) == guid.findall(before.text(rss))


def test_in_a_sub_directory_an_old_address_may_be_written_with_it(make_site: MakeSite) -> None:
    files = {**COLUMN, "content/jcdj/a.md": article(aliases=["/dj/old/a.html", "/b.html"])}
    built = make_site(files, {"SITEURL": "https://www.example.gov.cn/dj"}).build()
    assert set(built.redirects) == {"/old/a.html", "/b.html"}
    assert "old/a.html" in built.files()


def test_an_alias_that_is_a_page_is_an_error(make_site: MakeSite) -> None:
    built = one(make_site, "a.md", aliases=["/jcdj/index.html"])
    (error,) = built.errors
    assert error.startswith("jcdj/a.md")
    assert "基层党建" in built.page("jcdj/index.html").text("//h1")


def test_an_alias_cannot_leave_the_output(make_site: MakeSite) -> None:
    site = make_site({**COLUMN, "content/jcdj/a.md": article(aliases=["/../../outside.html"])})
    site.build()
    assert not list(site.folder.parent.rglob("outside.html"))


def test_lists_are_numbered_from_the_oldest(make_site: MakeSite) -> None:
    files = {
        f"content/jcdj/n{number:02}.md": article(
            f"第{number:02}篇", f"2020-06-{number + 1:02} 08:00"
        )
        for number in range(17)
    }
    site = make_site({**COLUMN, **files}, {"PAGE_SIZE": 5})
    built = site.build()
    first = built.text("jcdj/page/1.html")
    assert [f"第{n:02}篇" in built.page("jcdj/page/1.html").text("//main") for n in range(6)] == [
        True, True, True, True, True, False,
    ]  # fmt: skip
    assert "第16篇" in built.page("jcdj/index.html").text("//main")
    site.write("content/jcdj/new.md", article("新篇", "2020-07-01 08:00"))
    assert site.build().text("jcdj/page/1.html") == first
