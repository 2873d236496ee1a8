"""Feeds of whole small sites: which articles they hold, by which ids, and what is in an item."""

import json
import re
from io import BytesIO
from typing import Any

import feedparser
import pytest
from lxml import etree
from PIL import Image

from tests.conftest import MakeSite
from tests.sites import Built, article, assert_same, column
from tests.unit.test_feeds import ATOM, MEDIA, check_atom, check_rss

HISTORY = "{http://purl.org/syndication/history/1.0}"
SITE = "https://dj.example.gov.cn"
COLUMNS = {
    "content/yaowen/_column.md": column("要闻"),
    "content/zhengce/_column.md": column("政策"),
}
SHOWN_THOUGH_EMPTY = {"content/zhengce/_column.md": column("政策", "导语。")}


def feed(built: Built, name: str) -> Any:
    return etree.fromstring((built.output / f"feeds/{name}").read_bytes())


def ids(built: Built, name: str = "all") -> dict[str, str]:
    """The ids of a feed's articles by title, without what all have in common."""
    found = feed(built, f"{name}.rss.xml").iter("item")
    return {
        e.findtext("title"): e.findtext("guid").removeprefix("tag:dj.example.gov.cn,2020-01-01:")
        for e in found
    }


def titles(built: Built, name: str = "all") -> list[str]:
    return [e.findtext("title") for e in feed(built, f"{name}.rss.xml").iter("item")]


def item(built: Built, form: str, title: str) -> Any:
    path = {"rss": "item", "atom": f"{ATOM}entry"}[form]
    name = {"rss": "title", "atom": f"{ATOM}title"}[form]
    (found,) = (e for e in feed(built, f"all.{form}.xml").iter(path) if e.findtext(name) == title)
    return found


def test_an_id_depends_on_no_other_article(make_site: MakeSite) -> None:
    site = make_site(COLUMNS | {"content/zhengce/tz.md": article("先发", "2020-06-16 08:30")})
    before = ids(site.build())
    site.write("content/yaowen/tz.md", article("后发", "2020-06-16 08:00"))
    both = ids(site.build())
    assert both == before | {"后发": "yaowen.2020.06.tz"}
    site.delete("content/zhengce/tz.md")
    assert ids(site.build()) == {"后发": "yaowen.2020.06.tz"}


def test_an_id_of_its_own_goes_before_all(make_site: MakeSite) -> None:
    files = {"content/yaowen/a.md": article("甲", id="2026-7", aliases=["/x/2019/01/b.html"])}
    assert ids(make_site(COLUMNS | files).build()) == {"甲": "2026-7"}


@pytest.mark.parametrize(
    ("aliases", "key"),
    [
        (["/zhengce/2019/01/b.html", "/yaowen/2020/01/c.html"], "zhengce.2019.01.b"),
        (["/html/2019/123.html", "/show.asp?id=5"], "yaowen.2020.06.a"),
        (["/a/b/2019/01/16-0a1b2c3d.html"], "a.b.2019.01.0a1b2c3d"),
        (["/2019/01/b.html"], "2019.01.b"),
        (["/yaowen/2019/b.html"], "yaowen.2020.06.a"),
        ([], "yaowen.2020.06.a"),
    ],
)
def test_one_without_is_known_by_its_oldest_address(
    make_site: MakeSite, aliases: list[str], key: str
) -> None:
    files = {"content/yaowen/a.md": article("甲", aliases=aliases)}
    assert ids(make_site(COLUMNS | files).build()) == {"甲": key}


def test_a_link_has_an_id_though_it_has_no_page(make_site: MakeSite) -> None:
    files = {"content/yaowen/a.md": article("甲", type="link", external_url="https://e.org/")}
    assert ids(make_site(COLUMNS | files).build()) == {"甲": "yaowen.2020.06.a"}


def test_the_day_in_the_address_of_a_chinese_name_is_no_part_of_the_id(
    make_site: MakeSite,
) -> None:
    site = make_site(COLUMNS | {"content/yaowen/通知.md": article("甲", "2020-06-16 08:00")})
    before = ids(site.build())
    site.edit("content/yaowen/通知.md", "2020-06-16", "2020-06-18")
    assert ids(site.build()) == before


def test_the_domain_of_ids_stays_where_it_is_set(make_site: MakeSite) -> None:
    settings = {"FEED_AUTHORITY": "dj.example.gov.cn"}
    site = make_site(COLUMNS | {"content/yaowen/a.md": article("甲")}, settings)
    built = site.build()
    before = ids(built), feed(built, "all.atom.xml").findtext(f"{ATOM}id")
    site.settings["SITEURL"] = "https://www.sub.example.gov.cn"
    built = site.build()
    assert (ids(built), feed(built, "all.atom.xml").findtext(f"{ATOM}id")) == before
    assert "https://www.sub.example.gov.cn/yaowen" in built.text("feeds/all.rss.xml")


def test_two_articles_with_one_id_are_reported(make_site: MakeSite) -> None:
    files = {f"content/yaowen/{n}.md": article(n, id="2026-7", slug=n) for n in "ab"}
    built = make_site(COLUMNS | files).build()
    (reported,) = built.errors
    assert reported.startswith("yaowen/b.md")
    assert "2026-7" in reported
    assert "yaowen/a.md" in reported
    found = ids(built)
    assert found["a"] == "2026-7"
    assert found["b"] != "2026-7"


def days(*dates: str) -> dict[str, str]:
    return {
        f"content/yaowen/{number:02}.md": article(f"第{number}篇", date)
        for number, date in enumerate(dates)
    }


@pytest.mark.parametrize(
    ("oldest", "held"), [("2020-06-13 12:01", 4), ("2020-06-13 12:00", 3), ("2020-06-01 08:00", 3)]
)
def test_the_last_three_days_are_held_however_many(
    make_site: MakeSite, oldest: str, held: int
) -> None:
    files = days(oldest, "2020-06-14 08:00", "2020-06-15 08:00", "2020-06-16 12:00")
    assert len(titles(make_site(COLUMNS | files, {"FEED_SIZE": 1}).build())) == held


def test_a_feed_holds_its_number_however_old(make_site: MakeSite) -> None:
    files = days(*(f"20{year}-06-16 08:00" for year in range(10, 16)))
    built = make_site(COLUMNS | files, {"FEED_SIZE": 4}).build()
    assert titles(built) == ["第5篇", "第4篇", "第3篇", "第2篇"]


def test_an_embargoed_article_is_as_new_as_the_day_it_became_public(make_site: MakeSite) -> None:
    files = days(*(f"2020-06-{day:02} 08:00" for day in range(1, 7)))
    files["content/yaowen/late.md"] = article(
        "晚发", "2020-05-01 08:00", publish_at="2020-06-05 09:00"
    )
    built = make_site(COLUMNS | files, {"FEED_SIZE": 3}).build()
    assert titles(built)[:2] == ["第5篇", "晚发"]
    assert item(built, "rss", "晚发").findtext("pubDate") == "Fri, 05 Jun 2020 09:00:00 +0800"


def monthly(number: int) -> dict[str, str]:
    return days(*(f"2020-{month:02}-16 08:00" for month in range(1, number + 1)))


def chain(built: Built, name: str) -> list[list[str]]:
    """The titles on the pages of an archive, by following its links from the feed."""
    found: list[list[str]] = []
    document = feed(built, f"{name}.atom.xml")
    while True:
        links = document.findall(f"{ATOM}link[@rel='prev-archive']")
        if not links:
            return found
        document = feed(built, links[0].get("href").removeprefix(f"{SITE}/feeds/"))
        check_atom_archive(document)
        entries = document.findall(f"{ATOM}entry")
        found.append([entry.findtext(f"{ATOM}title") for entry in entries])


def check_atom_archive(document: Any) -> None:
    assert document.find(f"{HISTORY}archive") is not None
    for entry in document.findall(f"{ATOM}entry"):
        assert etree.SubElement(entry, f"{ATOM}content", type="html") is not None
    (own,) = document.findall(f"{ATOM}link[@rel='self']")
    check_atom(document, own.get("href"))


def test_a_feed_leads_to_everything_older(make_site: MakeSite) -> None:
    built = make_site(COLUMNS | SHOWN_THOUGH_EMPTY | monthly(10), {"FEED_SIZE": 3}).build()
    older = [["第8篇", "第7篇", "第6篇"], ["第5篇", "第4篇", "第3篇"], ["第2篇", "第1篇", "第0篇"]]
    assert chain(built, "all") == chain(built, "yaowen") == older
    assert chain(built, "zhengce") == []
    (rss,) = feed(built, "all.rss.xml").findall(f"channel/{ATOM}link[@rel='prev-archive']")
    assert rss.get("href") == f"{SITE}/feeds/all.3.xml"
    assert not feedparser.parse(built.files()["feeds/all.3.xml"]).bozo


@pytest.mark.parametrize(("articles", "pages"), [(3, 0), (4, 1), (5, 1), (6, 2)])
def test_an_archive_has_full_pages_only(make_site: MakeSite, articles: int, pages: int) -> None:
    built = make_site(COLUMNS | monthly(articles), {"FEED_SIZE": 3}).build()
    listed = [name for name in built.files() if re.match(r"feeds/all\.\d", name)]
    assert len(listed) == pages
    held = set(titles(built)).union(*chain(built, "all"))
    assert len(held) == articles


def test_a_page_of_the_archive_never_changes(make_site: MakeSite) -> None:
    site = make_site(COLUMNS | monthly(7), {"FEED_SIZE": 3})
    before = site.build().files()
    site.write("content/yaowen/new.md", article("新", "2020-08-01 08:00"))
    built = site.build()
    for name in ("feeds/all.1.xml", "feeds/all.2.xml"):
        assert name not in built.written
        assert built.files()[name] == before[name]


def test_after_an_edit_of_words_the_feed_still_leads_to_its_archive(make_site: MakeSite) -> None:
    files = monthly(7)
    files["content/yaowen/00.md"] = article("第0篇", "2020-01-16 08:00", "句子。" * 100 + "正文。")
    site = make_site(COLUMNS | files, {"FEED_SIZE": 3})
    site.build()
    for name, words in (("00", "句子。正文。"), ("06", "正文。")):
        site.edit(f"content/yaowen/{name}.md", words, f"{words}又写一句。")
        built = site.build()
        assert_same(built.files(), site.clean_build())


PDF = b"%PDF-1.7\n1"


def test_every_attachment_is_in_the_text_and_sound_goes_first(make_site: MakeSite) -> None:
    files: dict[str, str | bytes] = {
        "content/yaowen/a.md": article(
            "甲",
            attachments=[
                {"file": "biao.pdf", "title": "报名表 <一>"},
                {"file": "jian.pdf", "title": "简章"},
                {"file": "yin.mp3", "title": "录音"},
            ],
        ),
        "content/yaowen/biao.pdf": PDF,
        "content/yaowen/jian.pdf": PDF + b"2",
        "content/yaowen/yin.mp3": b"ID3\x04sound",
    }
    built = make_site(COLUMNS | files).build()
    assert built.errors == []
    found = item(built, "rss", "甲")
    assert found.find("enclosure").get("type") == "audio/mpeg"
    media = found.findall(f"{MEDIA}content")
    kinds = [(one.get("medium"), one.get("type")) for one in media]
    assert kinds == [("audio", "audio/mpeg"), *[("document", "application/pdf")] * 2]
    text = found.findtext("{http://purl.org/rss/1.0/modules/content/}encoded")
    links = re.findall(r'<a href="(https://[^"]+)">([^<]+)</a>（(\w+)', text)
    assert [(name, kind) for _, name, kind in links] == [
        ("报名表 &lt;一&gt;", "PDF"), ("简章", "PDF"), ("录音", "MP3")
    ]  # fmt: skip
    assert {url for url, _, _ in links} == {one.get("url") for one in media}


def test_a_link_says_where_it_leads_by_addresses_that_are_uris(make_site: MakeSite) -> None:
    address = "https://党建.example.com/中文路径?x=1&y=二"
    files = {"content/yaowen/a.md": article("甲", type="link", external_url=address, body="")}
    built = make_site(COLUMNS | files).build()
    uri = "https://xn--n5qz54a.example.com/%E4%B8%AD%E6%96%87%E8%B7%AF%E5%BE%84?x=1&y=%E4%BA%8C"
    assert item(built, "rss", "甲").findtext("link") == uri
    (atom,) = item(built, "atom", "甲").findall(f"{ATOM}link[@rel='alternate']")
    assert atom.get("href") == uri
    (found,) = json.loads(built.text("feeds/all.json"))["items"]
    assert found["url"] == uri
    assert found["content_html"] == f'<p><a href="{uri.replace("&", "&amp;")}">甲</a></p>'
    for name in ("feeds/all.rss.xml", "feeds/all.atom.xml"):
        text = feedparser.parse(built.files()[name]).entries[0].content[0].value
        assert uri.replace("&", "&amp;") in text


def test_empty_channels_have_no_date_of_long_ago(make_site: MakeSite) -> None:
    built = make_site(COLUMNS | SHOWN_THOUGH_EMPTY | days("2020-06-16 08:00")).build()
    check_rss(feed(built, "zhengce.rss.xml"), f"{SITE}/feeds/zhengce.rss.xml")
    check_atom(feed(built, "zhengce.atom.xml"), f"{SITE}/feeds/zhengce.atom.xml")
    assert "1970" not in built.text("feeds/zhengce.rss.xml")
    assert "1970" not in built.text("feeds/zhengce.atom.xml")


def test_the_emblem_is_the_icon(make_site: MakeSite) -> None:
    data = BytesIO()
    Image.new("RGB", (64, 64), "red").save(data, "PNG")
    settings = {"EMBLEM": {"image": "_site/hui.png", "alt": "徽标"}}
    files: dict[str, str | bytes] = {"content/_site/hui.png": data.getvalue()}
    built = make_site(COLUMNS | files | days("2020-06-16 08:00"), settings).build()
    assert built.errors == []
    icon = feed(built, "all.atom.xml").findtext(f"{ATOM}icon")
    assert icon.startswith(f"{SITE}/media/")
    assert feed(built, "all.rss.xml").findtext("channel/image/url") == icon
    assert json.loads(built.text("feeds/all.json"))["icon"] == icon
