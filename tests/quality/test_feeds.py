"""The sample's feeds by the rules of RSS 2.0, RFC 4287, JSON Feed and the W3C's checker."""

import json
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise
from typing import Any

import feedparser
import pytest
from lxml import etree, html as lxml_html

from tests.sites import Built

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


@pytest.fixture(scope="module")
def site_url(portal: Built) -> str:
    page = portal.page("index.html")
    return str(page.all("//link[@rel='canonical']/@href")[0]).rstrip("/")


def named(portal: Built, ending: str) -> list[str]:
    found = [name for name in portal.files() if name.startswith("feeds/") and name.endswith(ending)]
    assert len(found) >= 10
    return found


def parsed(portal: Built, name: str) -> Any:
    return etree.fromstring((portal.output / name).read_bytes())


def text(element: Any, path: str) -> str:
    found = element.findtext(path)
    assert found, f"{path} is missing or empty"
    return str(found)


def test_every_channel_has_three_feeds(portal: Built) -> None:
    for ending in (".atom.xml", ".json"):
        rss = {name.removesuffix(".rss.xml") for name in named(portal, ".rss.xml")}
        assert {name.removesuffix(ending) for name in named(portal, ending)} == rss


def test_rss(portal: Built, site_url: str) -> None:
    for name in named(portal, ".rss.xml"):
        root = parsed(portal, name)
        assert root.get("version") == "2.0"
        (channel,) = root.findall("channel")
        for wanted in ("title", "link", "description", "language"):
            text(channel, wanted)
        (own,) = [e for e in channel.findall(f"{ATOM}link") if e.get("rel") == "self"]
        assert own.get("href") == f"{site_url}/{name}"
        assert own.get("type") == "application/rss+xml"
        guids = []
        dates = []
        for item in channel.findall("item"):
            text(item, "title")
            assert text(item, "link").startswith(("https://", "http://"))
            guids.append(text(item, "guid"))
            guid = item.find("guid")
            assert guid.get("isPermaLink") == "false" or guid.text.startswith("http")
            date = text(item, "pubDate")
            assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", date)
            dates.append(parsedate_to_datetime(date))
            for enclosure in item.findall("enclosure"):
                assert enclosure.get("url").startswith(site_url)
                assert int(enclosure.get("length")) > 0
                assert "/" in enclosure.get("type")
        assert len(guids) == len(set(guids)), f"{name}: ids twice"
        assert dates == sorted(dates, reverse=True), f"{name} is not newest first"


def test_atom(portal: Built, site_url: str) -> None:
    for name in named(portal, ".atom.xml"):
        feed = parsed(portal, name)
        assert feed.tag == f"{ATOM}feed"
        ids = [text(feed, f"{ATOM}id")]
        text(feed, f"{ATOM}title")
        datetime.fromisoformat(text(feed, f"{ATOM}updated"))
        (own,) = [e for e in feed.findall(f"{ATOM}link") if e.get("rel") == "self"]
        assert own.get("href") == f"{site_url}/{name}"
        has_author = feed.find(f"{ATOM}author") is not None
        published = []
        for entry in feed.findall(f"{ATOM}entry"):
            ids.append(text(entry, f"{ATOM}id"))
            text(entry, f"{ATOM}title")
            assert datetime.fromisoformat(text(entry, f"{ATOM}updated")).tzinfo
            published.append(datetime.fromisoformat(text(entry, f"{ATOM}published")))
            assert has_author or entry.find(f"{ATOM}author/{ATOM}name") is not None
            assert [
                e for e in entry.findall(f"{ATOM}link") if e.get("rel", "alternate") == "alternate"
            ]
            for content in entry.findall(f"{ATOM}content"):
                assert content.get("type") == "html"
        assert len(ids) == len(set(ids)), f"{name}: ids twice"
        assert all(re.match(r"(tag:|urn:|https?:)", one) for one in ids)
        assert published == sorted(published, reverse=True), f"{name} is not newest first"


def test_json_feed(portal: Built, site_url: str) -> None:
    for name in named(portal, ".json"):
        feed = json.loads(portal.text(name))
        assert feed["version"] in (
            "https://jsonfeed.org/version/1.1",
            "https://jsonfeed.org/version/1",
        )
        assert feed["feed_url"] == f"{site_url}/{name}"
        assert feed["title"]
        ids = [item["id"] for item in feed["items"]]
        assert len(ids) == len(set(ids))
        for item in feed["items"]:
            assert isinstance(item["id"], str)
            assert "content_html" in item or "content_text" in item
            assert any(item.get(key) for key in ("content_html", "content_text", "summary"))
            assert datetime.fromisoformat(item["date_published"]).tzinfo
        dates = [datetime.fromisoformat(item["date_published"]) for item in feed["items"]]
        assert all(newer >= older for newer, older in pairwise(dates))


def bodies(portal: Built) -> list[tuple[str, str]]:
    """The HTML of every item of every feed."""
    found = []
    for name in named(portal, ".rss.xml"):
        found += [(name, e.text or "") for e in parsed(portal, name).iter(CONTENT)]
    for name in named(portal, ".atom.xml"):
        found += [(name, e.text or "") for e in parsed(portal, name).iter(f"{ATOM}content")]
    for name in named(portal, ".json"):
        items = json.loads(portal.text(name))["items"]
        found += [(name, item.get("content_html", "")) for item in items]
    assert len(found) > 100
    return found


def test_full_texts_have_absolute_addresses_and_nothing_that_runs(portal: Built) -> None:
    for name, body in bodies(portal):
        tree = lxml_html.fragment_fromstring(body, create_parent="div")
        for link in tree.xpath("//@href | //@src | //@poster"):
            assert re.match(r"(https?://|mailto:|tel:)", link), f"{name}: {link}"
        assert tree.xpath("//script | //style | //iframe | //form | //@style") == []
        assert not [a for e in tree.iter() for a in e.attrib if a.startswith("on")]


def test_the_three_formats_agree(portal: Built) -> None:
    for name in named(portal, ".rss.xml"):
        base = name.removesuffix(".rss.xml")
        channel = parsed(portal, name).find("channel")
        rss = [item.findtext("title") for item in channel.findall("item")]
        atom = [
            e.findtext(f"{ATOM}title")
            for e in parsed(portal, f"{base}.atom.xml").findall(f"{ATOM}entry")
        ]
        items = json.loads(portal.text(f"{base}.json"))["items"]
        assert rss == atom == [item["title"] for item in items]


def test_a_real_parser_reads_them_without_complaint(portal: Built) -> None:
    for ending in (".rss.xml", ".atom.xml"):
        for name in named(portal, ending):
            feed = feedparser.parse((portal.output / name).read_bytes())
            assert not feed.bozo, f"{name}: {feed.get('bozo_exception')}"
            assert feed.feed.title
            for entry in feed.entries:
                assert entry.title
                assert entry.link
                assert entry.id
                assert entry.published_parsed


def test_feeds_lead_to_pages_that_are_there(portal: Built, site_url: str) -> None:
    files = set(portal.files())
    for item in parsed(portal, "feeds/all.rss.xml").iter("item"):
        link = text(item, "link")
        if link.startswith(site_url):
            path = link.removeprefix(site_url + "/")
            assert (path if path.endswith(".html") else path + "index.html") in files


def test_opml_names_every_channel(portal: Built, site_url: str) -> None:
    outlines = parsed(portal, "feeds/opml.xml").iter("outline")
    listed = {outline.get("xmlUrl") for outline in outlines} - {None}
    channels = {f"{site_url}/{name}" for name in named(portal, ".rss.xml")}
    atom = {f"{site_url}/{name}" for name in named(portal, ".atom.xml")}
    assert listed in (channels, atom)


def test_a_clicked_feed_is_a_readable_page(portal: Built) -> None:
    for name in named(portal, ".rss.xml")[:3] + named(portal, ".atom.xml")[:3]:
        found = re.search(r'<\?xml-stylesheet[^>]*href="([^"]+)"', portal.text(name))
        assert found, name
        assert (portal.output / "feeds" / found[1]).resolve().is_file(), found[1]
