"""Feeds: what readers' programs get, by the rules of RSS 2.0, RFC 4287 and JSON Feed 1.1."""

import email.utils
import json
import os
import re
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
from hypothesis import given, strategies as st
from lxml import etree

from dangjian.feeds.absolute import absolute_html
from dangjian.feeds.formats import render_atom, render_json, render_rss
from dangjian.feeds.model import Channel, Enclosure, FeedItem, feed_updated, tag_uri

CHINA = timezone(timedelta(hours=8))
ATOM = "{http://www.w3.org/2005/Atom}"
MEDIA = "{http://search.yahoo.com/mrss/}"
DC = "{http://purl.org/dc/elements/1.1/}"
ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
SITE = "https://www.example.com"
CHANNEL = Channel(
    name="jcdj",
    title="基层党建 - 示例市党建网",
    description="基层党组织建设的做法和经验",
    home_url=f"{SITE}/jcdj/",
    base_url=SITE,
    owner="中共示例市委组织部",
    rights="版权所有：中共示例市委组织部",
    stylesheet="../static/feed.0123456789ab.css",
)


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2020, 6, day, hour, tzinfo=CHINA)


def item(key: str = "a", day: int = 16, **fields: Any) -> FeedItem:
    given_: dict[str, Any] = {
        "id": tag_uri("www.example.com", key),
        "url": f"{SITE}/jcdj/2020/06/{key}.html",
        "title": f"华亭市：“四个三”{key}",
        "html": f"<p>三级联动，拧紧<strong>动力轴</strong> {key}</p>",
        "published": at(day, 12),
    }
    return FeedItem(**(given_ | fields))


FULL = item(
    "full",
    summary="一句 <话> & 摘要",
    updated=at(20),
    authors=("段志刚", "李某"),
    source="《平凉组工》",
    source_url="https://other.example.org/1.html",
    categories=("党建", "基层"),
    enclosures=(
        Enclosure(f"{SITE}/media/film.mp4", "video/mp4", 12345),
        Enclosure(f"{SITE}/files/form.pdf", "application/pdf", 678),
    ),
    image=f"{SITE}/media/cover.jpg",
    image_size=(960, 540),
)


def rss(*items: FeedItem, channel: Channel = CHANNEL) -> etree._Element:
    return etree.fromstring(render_rss(channel, items))


def atom(*items: FeedItem, channel: Channel = CHANNEL) -> etree._Element:
    return etree.fromstring(render_atom(channel, items))


def is_absolute(url: str | None) -> bool:
    return bool(url) and urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).netloc)


def check_rss(feed: etree._Element, self_url: str) -> None:
    """What the specification and the W3C validator ask of RSS 2.0."""
    assert feed.tag == "rss"
    assert feed.get("version") == "2.0"
    (channel,) = feed
    for name in ("title", "link", "description", "language"):
        (element,) = channel.findall(name)
        assert element.text
        assert not len(element)
    assert is_absolute(channel.findtext("link"))
    (self_link,) = channel.findall(f"{ATOM}link[@rel='self']")
    assert self_link.get("href") == self_url
    assert self_link.get("type") == "application/rss+xml"
    guids = [element.text for element in channel.findall("item/guid")]
    assert len(set(guids)) == len(channel.findall("item"))
    once = {"title", "link", "description", "guid", "pubDate", "enclosure", "source", ENCODED}
    once |= {f"{ATOM}updated", f"{MEDIA}thumbnail", f"{ATOM}published"}
    known = once | {"category", f"{DC}creator", f"{DC}source", f"{MEDIA}content"}
    for entry in channel.findall("item"):
        names = [child.tag for child in entry]
        assert set(names) <= known
        assert all(names.count(name) <= 1 for name in once)
        assert is_absolute(entry.findtext("link"))
        (guid,) = entry.findall("guid")
        assert guid.get("isPermaLink") == "false"
        for enclosure in entry.findall("enclosure"):
            assert set(enclosure.attrib) == {"url", "length", "type"}
            assert (enclosure.get("length") or "").isdigit()
        for source in entry.findall("source"):
            assert is_absolute(source.get("url"))
        for link in re.findall(r'(?:href|src)="([^"]*)"', entry.findtext(ENCODED) or ""):
            assert urlsplit(link).scheme
    dates = channel.findall("item/pubDate") + channel.findall("lastBuildDate")
    for date in dates:
        assert re.fullmatch(
            r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}",
            date.text or "",
        )
        assert email.utils.parsedate_to_datetime(date.text or "").tzinfo


def check_atom(feed: etree._Element, self_url: str) -> None:
    """What RFC 4287 asks: section 4.1.1 of feeds, 4.1.2 of entries, 4.2.7 of links."""
    assert feed.tag == f"{ATOM}feed"
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    (self_link,) = feed.findall(f"{ATOM}link[@rel='self']")
    assert self_link.get("href") == self_url
    for holder in [feed, *feed.findall(f"{ATOM}entry")]:
        for name in ("id", "title", "updated"):
            (element,) = holder.findall(ATOM + name)
            assert element.text
        moments = [holder.findtext(ATOM + name) for name in ("updated", "published")]
        for moment in filter(None, moments):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", moment)
        alternates = holder.findall(f"{ATOM}link[@rel='alternate']")
        kinds = [(link.get("type"), link.get("hreflang")) for link in alternates]
        assert len(set(kinds)) == len(kinds) == 1
        assert all(is_absolute(link.get("href")) for link in holder.findall(f"{ATOM}link"))
    for entry in feed.findall(f"{ATOM}entry"):
        (content,) = entry.findall(f"{ATOM}content")
        assert content.get("type") == "html"
        assert not len(content)
        assert len(entry.findall(f"{ATOM}summary")) <= 1
        assert all(name.text for name in entry.findall(f"{ATOM}author/{ATOM}name"))
        assert all(category.get("term") for category in entry.findall(f"{ATOM}category"))
    ids = [element.text for element in feed.findall(f"{ATOM}entry/{ATOM}id")]
    assert len(set(ids)) == len(ids)


def test_rss_by_its_rules() -> None:
    feed = rss(FULL, item("b"), item("c", 3))
    check_rss(feed, f"{SITE}/feeds/jcdj.rss.xml")
    assert feed.findtext("channel/link") == f"{SITE}/jcdj/"
    assert feed.findtext("channel/language") == "zh-CN"
    (full,) = (e for e in feed.iter("item") if (e.findtext("guid") or "").endswith(":full"))
    assert [e.text for e in full.findall(f"{DC}creator")] == ["段志刚", "李某"]
    assert full.findtext(f"{DC}source") == "《平凉组工》"
    assert [e.text for e in full.findall("category")] == ["党建", "基层"]
    enclosure = full.find("enclosure")
    assert enclosure is not None
    assert dict(enclosure.attrib.items()) == {
        "url": f"{SITE}/media/film.mp4",
        "length": "12345",
        "type": "video/mp4",
    }
    assert [e.get("url") for e in full.findall(f"{MEDIA}content")] == [
        file.url for file in FULL.enclosures
    ]
    thumbnail = full.find(f"{MEDIA}thumbnail")
    assert thumbnail is not None
    assert (thumbnail.get("url"), thumbnail.get("width")) == (FULL.image, "960")
    assert full.findtext(f"{ATOM}updated") == "2020-06-20T09:00:00+08:00"
    assert full.findtext("description") == "一句 &lt;话&gt; &amp; 摘要"
    assert full.findtext(ENCODED) == FULL.html
    assert full.findtext("pubDate") == "Tue, 16 Jun 2020 12:00:00 +0800"
    assert full.findtext(f"{ATOM}published") == "2020-06-16T12:00:00+08:00"


def test_atom_by_its_rules() -> None:
    feed = atom(FULL, item("b"), item("c", 3))
    check_atom(feed, f"{SITE}/feeds/jcdj.atom.xml")
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-CN"
    (full,) = (
        e for e in feed.iter(f"{ATOM}entry") if (e.findtext(f"{ATOM}id") or "").endswith(":full")
    )
    assert [e.text for e in full.findall(f"{ATOM}author/{ATOM}name")] == ["段志刚", "李某"]
    assert full.findtext(f"{ATOM}summary") == "一句 <话> & 摘要"
    assert full.findtext(f"{ATOM}content") == FULL.html
    assert full.findtext(f"{ATOM}published") == "2020-06-16T12:00:00+08:00"
    assert full.findtext(f"{ATOM}updated") == "2020-06-20T09:00:00+08:00"
    enclosures = full.findall(f"{ATOM}link[@rel='enclosure']")
    assert {e.get("href") for e in enclosures} == {e.url for e in FULL.enclosures}
    (via,) = full.findall(f"{ATOM}link[@rel='via']")
    assert via.get("href") == FULL.source_url


def test_json_by_its_rules() -> None:
    feed = json.loads(render_json(CHANNEL, [FULL, item("b", 18)]))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{SITE}/feeds/jcdj.json"
    assert feed["language"] == "zh-CN"
    assert [entry["id"].rpartition(":")[2] for entry in feed["items"]] == ["b", "full"]
    entry = feed["items"][1]
    assert entry["content_html"] == FULL.html
    assert entry["external_url"] == FULL.source_url
    assert entry["authors"] == [{"name": "段志刚"}, {"name": "李某"}]
    assert entry["tags"] == ["党建", "基层"]
    assert entry["image"] == FULL.image
    assert entry["date_published"] == "2020-06-16T12:00:00+08:00"
    assert entry["date_modified"] == "2020-06-20T09:00:00+08:00"
    assert entry["attachments"][0] == {
        "url": f"{SITE}/media/film.mp4",
        "mime_type": "video/mp4",
        "size_in_bytes": 12345,
    }
    assert entry["_dangjian"] == {"source": "《平凉组工》"}


def test_newest_first_however_they_come() -> None:
    items = [item("old", 1), item("new", 28), item("middle", 14), item("same", 14)]
    expected = ["new", "same", "middle", "old"]
    for order in (items, items[::-1]):
        parsed = feedparser.parse(render_rss(CHANNEL, order))
        assert [entry.id.rpartition(":")[2] for entry in parsed.entries] == expected
        parsed = feedparser.parse(render_atom(CHANNEL, order))
        assert [entry.id.rpartition(":")[2] for entry in parsed.entries] == expected
        ids = [entry["id"] for entry in json.loads(render_json(CHANNEL, order))["items"]]
        assert [found.rpartition(":")[2] for found in ids] == expected
        assert render_rss(CHANNEL, order) == render_rss(CHANNEL, items)


def test_the_feed_is_as_old_as_its_newest_change() -> None:
    items = [item("a", 3), item("b", 2, updated=at(25))]
    assert feed_updated(items) == at(25)
    assert rss(*items).findtext("channel/lastBuildDate") == "Thu, 25 Jun 2020 09:00:00 +0800"
    assert atom(*items).findtext(f"{ATOM}updated") == "2020-06-25T09:00:00+08:00"


def test_an_empty_channel_is_valid_and_has_no_clock() -> None:
    check_rss(rss(), f"{SITE}/feeds/jcdj.rss.xml")
    check_atom(atom(), f"{SITE}/feeds/jcdj.atom.xml")
    assert rss().find("channel/lastBuildDate") is None
    assert atom().findtext(f"{ATOM}updated") == "2020-01-01T00:00:00+08:00"
    assert json.loads(render_json(CHANNEL, []))["items"] == []


def test_a_time_without_zone_is_refused() -> None:
    naive = item(published=datetime(2020, 6, 16, 12))  # noqa: DTZ001
    for render in (render_rss, render_atom, render_json):
        with pytest.raises(ValueError, match="zone"):
            render(CHANNEL, [naive])


def test_browsers_are_given_the_style() -> None:
    for document in (render_rss(CHANNEL, [FULL]), render_atom(CHANNEL, [FULL])):
        lines = document.decode().split("\n")
        assert lines[0] == "<?xml version='1.0' encoding='UTF-8'?>"
        assert lines[1] == f'<?xml-stylesheet type="text/css" href="{CHANNEL.stylesheet}"?>'
    bare = Channel(name="a", title="a", description="", home_url=SITE, base_url=SITE)
    assert b"xml-stylesheet" not in render_rss(bare, [])


AWKWARD = [
    "]]>",
    "</content:encoded>",
    "\x00\x08\x1f",
    "\ufffe\uffff",
    "\ud800",
    "a\u2028b",
    "&amp;&lt;",
    "𠮷👨\u200d👩\u200d👧",
    "<![CDATA[",
    "\r\n",
]


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_text_is_read_back(text: str) -> None:
    awkward = item(title=f"题{text}目", html=f"<p>{text}</p>", summary=text, source=text)
    awkward = item(**{f: getattr(awkward, f) for f in ("title", "html", "summary", "source")})
    check_rss(rss(awkward), f"{SITE}/feeds/jcdj.rss.xml")
    check_atom(atom(awkward), f"{SITE}/feeds/jcdj.atom.xml")
    json.loads(render_json(CHANNEL, [awkward]))


XML_TEXT = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), min_size=1
)


@given(title=XML_TEXT, body=XML_TEXT)
def test_whatever_is_legal_is_kept(title: str, body: str) -> None:
    kept = item(title=f"题{title}", html=f"<p>{body}</p>")
    clean = re.sub("[\ufdd0-\ufdef]", "", body)
    assert rss(kept).findtext(f".//{ENCODED}") == f"<p>{clean}</p>"
    assert atom(kept).findtext(f".//{ATOM}content") == f"<p>{clean}</p>"
    assert json.loads(render_json(CHANNEL, [kept]))["items"][0]["content_html"] == f"<p>{clean}</p>"


@given(st.text(), st.text(), st.text(), st.lists(st.text(), max_size=3))
def test_any_text_gives_feeds_that_programs_read(
    title: str, body: str, summary: str, names: list[str]
) -> None:
    anything = item(
        title=title,
        html=body,
        summary=summary,
        source=title,
        authors=tuple(names),
        categories=tuple(names),
    )
    for render in (render_rss, render_atom):
        parsed = feedparser.parse(render(CHANNEL, [anything]))
        assert not parsed.bozo
        assert len(parsed.entries) == 1
        assert parsed.entries[0].id == anything.id
    check_rss(rss(anything), f"{SITE}/feeds/jcdj.rss.xml")
    check_atom(atom(anything), f"{SITE}/feeds/jcdj.atom.xml")
    json.loads(render_json(CHANNEL, [anything]))


def test_the_same_bytes_under_another_hash_seed_zone_and_clock() -> None:
    script = (
        "import sys; sys.path[:0] = ['.', 'tests/unit']\n"
        "from test_feeds import *\n"
        "for r in (render_rss, render_atom, render_json):"
        " sys.stdout.buffer.write(r(CHANNEL, [item('b'), FULL]))"
    )
    outputs = set()
    for seed, zone in (("1", "Asia/Shanghai"), ("2", "America/New_York")):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone}
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, check=True
        )
        outputs.add(done.stdout)
    (output,) = outputs
    assert output == b"".join(
        render(CHANNEL, [item("b"), FULL]) for render in (render_rss, render_atom, render_json)
    )


PAGE = f"{SITE}/jcdj/2020/06/a.html"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('<a href="b.html">x</a>', f'<a href="{SITE}/jcdj/2020/06/b.html">x</a>'),
        ('<a href="../../../files/a.pdf">x</a>', f'<a href="{SITE}/files/a.pdf">x</a>'),
        ('<a href="/zt/">x</a>', f'<a href="{SITE}/zt/">x</a>'),
        ('<a href="#fn:1">x</a>', f'<a href="{PAGE}#fn:1">x</a>'),
        ('<a href="//e.org/a">x</a>', '<a href="https://e.org/a">x</a>'),
        ('<a href="mailto:a@e.org">x</a>', '<a href="mailto:a@e.org">x</a>'),
        ('<a href="http://e.org/?a=1&amp;b=2">', '<a href="http://e.org/?a=1&amp;b=2">'),
        ('<a href="/tags/党建/">', f'<a href="{SITE}/tags/%E5%85%9A%E5%BB%BA/">'),
        ('<a href="/a%20b c">', f'<a href="{SITE}/a%20b%20c">'),
        ('<img alt="a > b" src="/m.jpg">', f'<img alt="a > b" src="{SITE}/m.jpg">'),
        (
            '<source srcset="/a.webp 1x, /b.webp 2x">',
            f'<source srcset="{SITE}/a.webp 1x, {SITE}/b.webp 2x">',
        ),
        ('<video src="/a.mp4" poster="/p.jpg">',
         f'<video src="{SITE}/a.mp4" poster="{SITE}/p.jpg">'),
        ('<p>写成 &lt;a href="b.html"&gt; 或 href="c"</p>', None),
        ('<p title=" href=&quot;x&quot;">x</p>', None),
        ('<a href="http://[broken">x</a>', '<a href="http://[broken">x</a>'),
    ],
)  # fmt: skip
def test_addresses_in_text_become_absolute(written: str, expected: str | None) -> None:
    assert absolute_html(written, PAGE) == (expected or written)


def test_item_ids() -> None:
    assert tag_uri("www.Example.com:8000", "20200616") == "tag:www.example.com,2020-01-01:20200616"
    assert tag_uri("e.org", "党 建:#") == "tag:e.org,2020-01-01:%E5%85%9A%20%E5%BB%BA%3A%23"
    assert tag_uri("", "a").startswith("tag:localhost,")


@pytest.mark.parametrize(
    ("authority", "domain"),
    [
        ("A.cn:8080", "a.cn"),
        ("[fd00::5]:80", "fd00--5"),
        ("", "localhost"),
        ("10.0.0.1", "10.0.0.1"),
    ],
)
def test_an_id_names_a_domain_without_what_a_uri_may_not_have(authority: str, domain: str) -> None:
    assert tag_uri(authority, "a") == f"tag:{domain},2020-01-01:a"
