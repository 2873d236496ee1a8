"""Pages that serve the others: search, site map, subscribing, page not found, redirects."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import msgspec

from dangjian.common.digests import digest
from dangjian.content.archive import Item
from dangjian.content.columns import Column
from dangjian.pages.home import special_cards, specials_column
from dangjian.pages.plan import Page
from dangjian.pages.portal import Portal, page_context
from dangjian.pages.presenter import breadcrumb, column_link
from dangjian.rendering import views
from dangjian.schema.terms import TYPE_NAMES

SITEMAP_ARTICLES = 5
FILTERED_TYPES = [
    (type_, name) for type_, name in TYPE_NAMES.items() if type_ not in ("page", "link")
]


def plan_service(portal: Portal) -> Iterator[Page]:
    """Search, site map, feeds and the page for a wrong address."""
    yield _search(portal)
    yield _site_map(portal)
    nodes = _feed_tree(portal)
    encoded = digest(msgspec.msgpack.encode(nodes))
    yield Page("feeds.html", "feeds.html", (encoded,), partial(_feeds, portal, nodes))
    yield Page("404.html", "404.html", (), partial(_missing, portal))


def _search(portal: Portal) -> Page:
    archive = portal.archive
    years = sorted({item.entry.date.year for item in archive.items}, reverse=True)
    present = {item.entry.type for item in archive.items}
    types = tuple(pair for pair in FILTERED_TYPES if pair[0] in present)
    columns = _tree(archive.columns.top)
    covered = digest(msgspec.msgpack.encode((years, types, columns)))

    def context() -> dict[str, Any]:
        crumbs = breadcrumb(None, views.Link("搜索", "search.html"))
        head = portal.heads.plain(
            "站内搜索", "search.html", crumbs, "noindex", "按标题和正文搜索本站文章。"
        )
        return page_context(
            "search", head, crumbs, columns=columns, years=tuple(years), types=types, sources=()
        )

    return Page("search.html", "search.html", (covered,), context)


def _tree(columns: Sequence[Column]) -> tuple[views.Link, ...]:
    return tuple(views.Link(c.name, c.url, False, _tree(c.children)) for c in columns)


def _site_map(portal: Portal) -> Page:
    archive, presenter = portal.archive, portal.presenter
    in_column = specials_column(portal) is not None

    def map_column(column: Column) -> views.MapColumn:
        children = tuple(map_column(child) for child in column.children)
        return views.MapColumn(column_link(column), presenter.mentions(newest(column)), children)

    def newest(column: Column) -> list[Item]:
        """A column's newest articles; behind sub-columns they would seem to be the last one's."""
        items = archive.in_column.get(column.folder, [])
        return [] if column.children or column.parent else items[-SITEMAP_ARTICLES:][::-1]

    def context() -> dict[str, Any]:
        crumbs = breadcrumb(None, views.Link("网站地图", "sitemap.html"))
        return page_context(
            "sitemap",
            portal.heads.plain(
                "网站地图", "sitemap.html", crumbs, description="本站全部栏目、专题和页面。"
            ),
            crumbs,
            columns=tuple(map_column(column) for column in archive.columns.top),
            pages=tuple(views.Link(p.entry.title, p.address) for p in archive.pages),
            specials=() if in_column else special_cards(portal, archive.specials[::-1]),
            has_tags=bool(archive.tags),
        )

    shown = [
        presenter.column_digest(c) + presenter.mention_digests(newest(c))
        for c in archive.columns.walk()
    ]
    shown.append(presenter.mention_digests(archive.pages) + presenter.digests(archive.specials))
    shown.append(bytes([bool(archive.tags), in_column]))
    return Page("sitemap.html", "sitemap.html", (digest(*shown),), context)


def _feed_tree(portal: Portal) -> tuple[views.FeedNode, ...]:
    """All feeds: the whole site's, columns in the order of their tree, specials."""
    feed_of = portal.heads.feed_of

    def node(name: str, url: str, children: Sequence[Column] = ()) -> Iterator[views.FeedNode]:
        feed = feed_of(url)
        below = tuple(found for one in children for found in node(one.name, one.url, one.children))
        if feed is not None:
            yield views.FeedNode(name, feed, below)
        else:
            yield from below

    return (
        *node("全站文章", "index.html"),
        *(
            found
            for one in portal.archive.columns.top
            for found in node(one.name, one.url, one.children)
        ),
        *(
            found
            for s in portal.archive.specials
            for found in node(f"专题：{s.entry.title}", s.address)
        ),
    )


def _feeds(portal: Portal, feeds: tuple[views.FeedNode, ...]) -> dict[str, Any]:
    crumbs = breadcrumb(None, views.Link("订阅", "feeds.html"))
    head = portal.heads.plain(
        "订阅本站", "feeds.html", crumbs, description="用 RSS 阅读器订阅全站或一个栏目。"
    )
    return page_context("feeds", head, crumbs, feeds=feeds, opml="feeds/opml.xml")


def _missing(portal: Portal) -> dict[str, Any]:
    crumbs = breadcrumb(None, views.Link("页面不存在", ""))
    head = portal.heads.plain(
        "页面不存在",
        "404.html",
        crumbs,
        "noindex",
        "没有找到要看的页面，可以搜索，或者从首页查找。",
    )
    return page_context("404", head, crumbs)


def plan_redirects(portal: Portal, aliases: dict[str, tuple[str, str, str]]) -> Iterator[Page]:
    """A page at each old address that leads to the new one (``path -> target, title, source``)."""
    for path, (target, title, source) in sorted(aliases.items()):
        yield redirect_page(portal, path, target, title, source)


def redirect_page(portal: Portal, path: str, target: str, title: str, source: str) -> Page:
    """The page at the old address ``path``; ``source`` is the file that asks for it."""
    context = partial(_redirect, portal, target, title)
    return Page(path, "redirect.html", (digest(target, title),), context, origin=source)


def _redirect(portal: Portal, target: str, title: str) -> dict[str, Any]:
    crumbs = breadcrumb(None, views.Link(title, target))
    head = portal.heads.plain(title, target, crumbs, robots="noindex")
    return page_context("redirect", head, crumbs, target=target, title=title)
