"""What the site maps for search engines list: pages in one file, articles in one a year."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache

from dangjian.digests import digest
from dangjian.pages.portal import Portal
from dangjian.plan import Made
from dangjian.sitemap import SitemapEntry, render_robots, render_sitemaps


def make_sitemaps(portal: Portal, lists: list[str]) -> Iterator[Made]:
    """``sitemap.xml``, the files it lists, and ``robots.txt``.

    ``lists`` are the addresses of pages that are no articles. Articles of a year stand in a file
    of their own, so that a new one touches that year's file only.
    """
    heads, archive = portal.heads, portal.archive
    groups: dict[str, list[SitemapEntry]] = defaultdict(list)
    groups["pages"] = [SitemapEntry(heads.canonical(path), None) for path in sorted(lists)]
    for page in archive.pages:
        groups["pages"].append(SitemapEntry(heads.canonical(page.address), page.entry.updated))
    for item in archive.items:
        if item.entry.type in ("link", "special"):
            continue
        changed = item.entry.updated or item.entry.date
        entry = SitemapEntry(heads.canonical(item.address), changed)
        groups[f"{item.entry.date:%Y}"].append(entry)
    files = render_sitemaps(heads.base_url, groups)
    for path, data in files.items():
        yield Made(path, digest(data), _constant(data))
    robots = render_robots(heads.base_url)
    yield Made("robots.txt", digest(robots), _constant(robots))


def _constant(data: bytes) -> Callable[[], bytes]:
    return cache(lambda: data)
