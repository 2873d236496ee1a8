"""Site maps: what search engines are told, within the protocol's limits."""

import functools
import operator
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from urllib.robotparser import RobotFileParser

from lxml import etree

from dangjian.pages.sitemap_xml import (
    MAX_BYTES,
    MAX_URLS,
    SitemapEntry,
    render_group,
    render_index,
    render_robots,
)

CHINA = timezone(timedelta(hours=8))
SITE = "https://www.example.com"
NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def at(day: int) -> datetime:
    return datetime(2020, 6, day, 12, 24, tzinfo=CHINA)


def locations(data: bytes) -> list[str]:
    return [element.text or "" for element in etree.fromstring(data).findall(".//s:loc", NS)]


def times(data: bytes) -> list[str]:
    return [element.text or "" for element in etree.fromstring(data).findall(".//s:lastmod", NS)]


def render_sitemaps(
    base_url: str,
    groups: Mapping[str, Sequence[SitemapEntry]],
    max_urls: int = MAX_URLS,
    max_bytes: int = MAX_BYTES,
) -> dict[str, bytes]:
    """The index ``sitemap.xml`` and the files of all groups, by name."""
    files = [
        file
        for group, entries in sorted(groups.items())
        for file in render_group(group, entries, max_urls, max_bytes)
    ]
    index = render_index(base_url, ((file.name, file.newest) for file in files))
    return {"sitemap.xml": index, **{file.name: file.data for file in files}}


def test_an_index_with_a_file_for_each_group() -> None:
    files = render_sitemaps(
        SITE,
        {
            "pages": [SitemapEntry(f"{SITE}/")],
            "2020": [SitemapEntry(f"{SITE}/a.html", at(16)), SitemapEntry(f"{SITE}/b.html", at(3))],
            "2021": [],
        },
    )
    assert list(files) == ["sitemap.xml", "sitemap-2020.xml", "sitemap-pages.xml"]
    assert locations(files["sitemap.xml"]) == [
        f"{SITE}/sitemap-2020.xml",
        f"{SITE}/sitemap-pages.xml",
    ]
    assert times(files["sitemap.xml"]) == ["2020-06-16T12:24:00+08:00"]
    assert locations(files["sitemap-2020.xml"]) == [f"{SITE}/a.html", f"{SITE}/b.html"]
    assert times(files["sitemap-2020.xml"])[1] == "2020-06-03T12:24:00+08:00"
    assert times(files["sitemap-pages.xml"]) == []


def test_addresses_are_encoded_and_escaped() -> None:
    urls = ["/tags/党建/", "/a?b=1&c=<2>'\"", "/%E5%85%9A/", "/a b"]
    files = render_sitemaps(SITE, {"pages": [SitemapEntry(SITE + url) for url in urls]})
    data = files["sitemap-pages.xml"]
    assert data.isascii()
    assert locations(data) == [
        f"{SITE}/tags/%E5%85%9A%E5%BB%BA/",
        f"{SITE}/a?b=1&c=%3C2%3E%27%22",
        f"{SITE}/%E5%85%9A/",
        f"{SITE}/a%20b",
    ]


def test_a_group_is_split_at_the_number_of_addresses() -> None:
    entries = [SitemapEntry(f"{SITE}/{n}.html", at(1 + n)) for n in range(5)]
    files = render_sitemaps(SITE, {"pages": entries}, max_urls=2)
    names = ["sitemap-pages.xml", "sitemap-pages-2.xml", "sitemap-pages-3.xml"]
    assert [len(locations(files[name])) for name in names] == [2, 2, 1]
    assert functools.reduce(operator.iadd, (locations(files[name]) for name in names), []) == [
        entry.url for entry in entries
    ]
    assert locations(files["sitemap.xml"]) == [f"{SITE}/{name}" for name in names]


def test_a_group_is_split_at_the_size_in_bytes() -> None:
    entries = [SitemapEntry(f"{SITE}/{'a' * 80}{n}.html") for n in range(20)]
    files = render_sitemaps(SITE, {"pages": entries}, max_bytes=700)
    parts = {name: data for name, data in files.items() if name != "sitemap.xml"}
    assert len(parts) > 2
    assert max(len(data) for data in parts.values()) <= 700
    assert sum(len(locations(data)) for data in parts.values()) == 20


def test_the_protocols_limits_are_the_default() -> None:
    entries = [SitemapEntry(f"{SITE}/{n}.html") for n in range(50_001)]
    files = render_sitemaps(SITE, {"pages": entries})
    assert len(locations(files["sitemap-pages.xml"])) == 50_000
    assert len(locations(files["sitemap-pages-2.xml"])) == 1
    assert MAX_BYTES == 52_428_800  # as sitemaps.org has it; so many bytes take seconds


def test_robots_may_read_all_and_find_the_map() -> None:
    parser = RobotFileParser()
    parser.parse(render_robots(SITE).decode().splitlines())
    assert parser.can_fetch("Anybot", f"{SITE}/search.html")
    assert parser.site_maps() == [f"{SITE}/sitemap.xml"]
