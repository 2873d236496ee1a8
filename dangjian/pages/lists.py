"""Lists across columns: specials, tags, and the archive by year and month."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import msgspec
from markupsafe import Markup

from dangjian.common.digests import digest
from dangjian.content.archive import Item, Tag
from dangjian.content.columns import COLUMN_FILE
from dangjian.pages.home import special_cards, specials_column
from dangjian.pages.plan import Page
from dangjian.pages.portal import Portal, list_pages, page_context, section_of, without_shown
from dangjian.pages.presenter import breadcrumb
from dangjian.pages.service import redirect_page
from dangjian.rendering import views
from dangjian.schema.refs import BlockRef

TAGS = views.Link("标签", "tags/index.html")
ARCHIVE = views.Link("往期文章", "archive/index.html")
SPECIALS = views.Link("专题", "specials.html")


def plan_specials(portal: Portal) -> Iterator[Page]:
    """The list of specials, and each special with its blocks and its own list."""
    archive, presenter = portal.archive, portal.presenter
    if not archive.specials:
        return
    newest = list(reversed(archive.specials))
    column = specials_column(portal)
    if column is None:
        shown = presenter.digests(newest)
        context = partial(_specials, portal, newest)
        yield Page("specials.html", "specials.html", (shown,), context)
    else:
        # Every site has this address, and no site has two pages for one thing.
        source = f"{column.folder}/{COLUMN_FILE}"
        yield redirect_page(portal, "specials.html", column.url, column.name, source)
    for special in archive.specials:
        items = archive.in_special[special.path]
        blocks = _blocks(portal, items, special.entry.blocks)
        in_blocks = [presenter.mention_digests(found) for found in blocks]
        own = digest(*presenter.article_parts(special), *in_blocks)
        for page in list_pages(
            portal, items, special.address, "special.html", (own,),
            partial(_special, portal, special, blocks), (special.path,), pinned=True,
        ):  # fmt: skip
            page.origin = special.path
            yield page


def _specials(portal: Portal, newest: list[Item]) -> dict[str, Any]:
    crumbs = breadcrumb(None, SPECIALS)
    head = portal.heads.plain(
        "专题", "specials.html", crumbs, description="围绕重点工作编排的专题。"
    )
    return page_context("specials", head, crumbs, specials=special_cards(portal, newest))


def _blocks(portal: Portal, items: list[Item], wanted: Iterable[BlockRef]) -> list[list[Item]]:
    """The articles of each block, newest first, each article in the first that wants it."""
    shown: set[str] = set()
    blocks = []
    for one in wanted:
        found = _block_items(portal, [i for i in items if i.path not in shown], one)
        shown.update(item.path for item in found)
        blocks.append(found)
    return blocks


def _block_items(portal: Portal, items: list[Item], wanted: BlockRef) -> list[Item]:
    column = portal.archive.columns.find(wanted.column) if wanted.column else None
    words = set(wanted.keywords)
    found = [
        item
        for item in items
        if (not words or not words.isdisjoint((*item.entry.keywords, *item.entry.tags)))
        and (not wanted.column or column in item.columns)
    ]
    return found[-wanted.limit :][::-1]


def _special(
    portal: Portal, special: Item, blocks: list[list[Item]], listing: views.Listing, path: str
) -> dict[str, Any]:
    presenter, entry = portal.presenter, special.entry
    made: list[views.Block] = []
    if listing.number == 0:
        made = [
            views.Block(wanted.title, "", presenter.mentions(found))
            for wanted, found in zip(entry.blocks, blocks, strict=True)
            if found
        ]
        listing = without_shown(listing, made)
    view = views.SpecialView(
        title=entry.title,
        url=special.address,
        summary=entry.summary,
        introduction=Markup(),
        banner=presenter.picture(entry.banner) if entry.banner else presenter.cover(special),
        blocks=tuple(made),
    )
    crumbs = breadcrumb(special.column, views.Link(entry.title, special.address))
    head = portal.heads.special(special, listing, path, crumbs)
    section = section_of(special.column)
    return page_context("special", head, crumbs, section, special=view, listing=listing)


def plan_tags(portal: Portal) -> Iterator[Page]:
    """The list of all tags, and each tag's articles."""
    tags = list(portal.archive.tags.values())
    if not tags:
        return
    counts = tuple(
        views.TagCount(tag.name, tag.url, len(tag.items))
        for tag in sorted(tags, key=lambda t: (-len(t.items), t.name))
    )
    yield Page(
        "tags/index.html",
        "tags.html",
        (digest(msgspec.msgpack.encode(counts)),),
        partial(_tags, portal, counts),
    )
    for tag in tags:
        yield from list_pages(
            portal, tag.items, tag.url, "tag.html", (tag.name.encode(),), partial(_tag, portal, tag)
        )


def _tags(portal: Portal, counts: tuple[views.TagCount, ...]) -> dict[str, Any]:
    crumbs = breadcrumb(None, TAGS)
    head = portal.heads.plain("全部标签", "tags/index.html", crumbs, description="按标签查找文章。")
    return page_context("tags", head, crumbs, tags=counts)


def _tag(portal: Portal, tag: Tag, listing: views.Listing, path: str) -> dict[str, Any]:
    link = views.Link(tag.name, tag.url)
    crumbs = breadcrumb(None, TAGS, link)
    head = portal.heads.listing(
        f"标签：{tag.name}", listing, path, crumbs, f"标有“{tag.name}”的文章。"
    )
    return page_context("tag", head, crumbs, tag=link, listing=listing)


def year_url(year: int) -> str:
    return f"archive/{year:04}/index.html"


def month_url(year: int, month: int) -> str:
    return f"archive/{year:04}/{month:02}/index.html"


def plan_archive(portal: Portal) -> Iterator[Page]:
    """The archive: all years, each year with its months, each month with its articles."""
    months = portal.archive.months
    years: dict[int, list[views.Period]] = {}
    for (year, month), items in sorted(months.items()):
        period = views.Period(f"{year}年{month}月", month_url(year, month), len(items))
        years.setdefault(year, []).append(period)
    periods = tuple(
        views.Period(f"{year}年", year_url(year), sum(m.count for m in found), tuple(found))
        for year, found in sorted(years.items(), reverse=True)
    )
    whole = digest(msgspec.msgpack.encode(periods))
    yield Page("archive/index.html", "archive.html", (whole,), partial(_archive, portal, periods))
    for period in periods:
        covered = digest(msgspec.msgpack.encode(period))
        yield Page(period.url, "archive_year.html", (covered,), partial(_year, portal, period))
        for one in period.months:
            items = months[int(period.name[:-1]), int(one.url.split("/")[2])]
            yield from list_pages(
                portal, items, one.url, "archive_month.html", (one.name.encode(),),
                partial(_month, portal, period, one),
            )  # fmt: skip


def _archive(portal: Portal, periods: tuple[views.Period, ...]) -> dict[str, Any]:
    crumbs = breadcrumb(None, ARCHIVE)
    head = portal.heads.plain(
        "往期文章", "archive/index.html", crumbs, description="按年、按月查找文章。"
    )
    return page_context("archive", head, crumbs, periods=periods)


def _year(portal: Portal, period: views.Period) -> dict[str, Any]:
    crumbs = breadcrumb(None, ARCHIVE, views.Link(period.name, period.url))
    head = portal.heads.plain(
        f"{period.name}的文章",
        period.url,
        crumbs,
        description=f"{period.name}发布的{period.count}篇文章，按月查找。",
    )
    return page_context("archive", head, crumbs, period=period, months=period.months)


def _month(
    portal: Portal, year: views.Period, month: views.Period, listing: views.Listing, path: str
) -> dict[str, Any]:
    crumbs = breadcrumb(
        None, ARCHIVE, views.Link(year.name, year.url), views.Link(month.name, month.url)
    )
    head = portal.heads.listing(
        f"{month.name}的文章", listing, path, crumbs, f"{month.name}发布的文章。"
    )
    bare = views.Period(month.name, month.url, listing.total)
    return page_context("archive", head, crumbs, period=bare, listing=listing)
