"""What the site maps for search engines list: pages in one file, articles in one a year."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cache, partial

import msgspec
from msgspec import Struct

from dangjian.common.digests import digest
from dangjian.content.archive import Item
from dangjian.content.catalogue import Catalogue
from dangjian.pages.lists import month_url, year_url
from dangjian.pages.plan import GeneratedFile
from dangjian.pages.portal import Portal
from dangjian.pages.sitemap_xml import (
    SitemapEntry,
    SitemapFile,
    render_group,
    render_index,
    render_robots,
)

_MEMORY = "sitemaps"


class _Kept(Struct, frozen=True):
    """What is remembered of a group: what it was made from, its files and their newest times."""

    mark: bytes
    files: tuple[tuple[str, datetime | None], ...]


def make_sitemaps(
    portal: Portal, lists: list[str], catalogue: Catalogue, robots: bytes = b""
) -> Iterator[GeneratedFile]:
    """``sitemap.xml``, the files it lists, and ``robots.txt``.

    ``lists`` are the addresses of pages that are no articles. Articles of a year stand in a file
    of their own, so that a new one touches that year's file only, and only that one is rendered.
    ``robots`` are further rules of the office's.
    """
    base_url = portal.heads.base_url
    memory = catalogue.meta(_MEMORY)
    kept = msgspec.json.decode(memory, type=dict[str, _Kept]) if memory else {}
    now: dict[str, _Kept] = {}
    years = _by_year(portal)
    for group in sorted(years | {"pages": []}):
        items = years.get(group, [])
        entries = partial(_entries, portal, items) if items else partial(_pages, portal, lists)
        basis = _pages_mark(portal, lists) if not items else map(_mark, items)
        mark = digest(base_url, *basis)
        render = cache(partial(_render, group, entries))
        known = kept.get(group)
        if known is None or known.mark != mark:
            known = _Kept(mark, tuple((file.name, file.newest) for file in render().values()))
        now[group] = known
        for name, _ in known.files:
            yield GeneratedFile(name, mark, partial(_data, render, name))
    listed = [file for known in now.values() for file in known.files]
    encoded = msgspec.json.encode(now)
    if encoded != memory:
        catalogue.set_meta(_MEMORY, encoded)
    yield GeneratedFile(
        "sitemap.xml", digest(base_url, encoded), partial(render_index, base_url, listed)
    )
    made = partial(render_robots, base_url, robots)
    yield GeneratedFile("robots.txt", digest(base_url, robots), made)


def _by_year(portal: Portal) -> dict[str, list[Item]]:
    years: dict[str, list[Item]] = defaultdict(list)
    for item in portal.archive.items:
        if item.entry.type not in ("link", "special") and not item.entry.canonical_url:
            years[f"{item.entry.date.year:04}"].append(item)
    return years


def _mark(item: Item) -> str:
    entry = item.entry
    updated = entry.updated.isoformat() if entry.updated else ""
    return f"{item.address}\0{entry.date.timestamp()}\0{updated}"


def _render(group: str, entries: partial[list[SitemapEntry]]) -> dict[str, SitemapFile]:
    return {file.name: file for file in render_group(group, entries())}


def _data(render: Callable[[], dict[str, SitemapFile]], name: str) -> bytes:
    return render()[name].data


def _entries(portal: Portal, items: list[Item]) -> list[SitemapEntry]:
    canonical = portal.heads.canonical
    return [
        SitemapEntry(canonical(item.address), item.entry.updated or item.entry.date)
        for item in items
    ]


def _pages(portal: Portal, lists: list[str]) -> list[SitemapEntry]:
    """Lists with the time of their newest article, specials too, then pages by themselves."""
    canonical = portal.heads.canonical
    newest = _newest_times(portal)
    addresses = sorted({*lists, *(special.address for special in portal.archive.specials)})
    found = [SitemapEntry(canonical(path), newest.get(path)) for path in addresses]
    pages = portal.archive.pages
    return found + [SitemapEntry(canonical(p.address), p.entry.updated) for p in pages]


def _pages_mark(portal: Portal, lists: list[str]) -> Iterator[str]:
    yield from lists
    yield from map(_mark, portal.archive.pages)
    for path, time in sorted(_newest_times(portal).items()):
        yield f"{path}\0{time.timestamp()}"


def _newest_times(portal: Portal) -> dict[str, datetime]:
    """When the newest article of each list was published, by the address of the list's front."""
    archive = portal.archive
    lists: dict[str, Sequence[Item]] = {"index.html": archive.items}
    lists |= {c.url: archive.in_column.get(c.folder, ()) for c in archive.columns.walk()}
    lists |= {special.address: archive.in_special[special.path] for special in archive.specials}
    lists |= {tag.url: tag.items for tag in archive.tags.values()}
    for (year, month), items in sorted(archive.months.items()):
        lists |= {
            month_url(year, month): items,
            year_url(year): items,
            "archive/index.html": items,
        }
    return {path: items[-1].entry.date for path, items in lists.items() if items}
