"""Column pages (栏目): introduction, sub-columns, and the list of all their articles."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

import msgspec
from markupsafe import Markup

from dangjian.common.digests import digest
from dangjian.content.archive import Item
from dangjian.content.columns import Column
from dangjian.pages.plan import Page
from dangjian.pages.portal import (
    Portal,
    block,
    block_digest,
    list_pages,
    page_context,
    section_of,
    without_shown,
)
from dangjian.pages.presenter import breadcrumb
from dangjian.rendering import views

CHILD_BLOCK = 6


def plan_columns(portal: Portal) -> Iterator[Page]:
    """The pages of every column's list."""
    for column in portal.archive.columns.walk():
        items = portal.archive.in_column.get(column.folder, ())
        texts, introduction = portal.introduction(column)
        yield from list_pages(
            portal,
            items,
            column.url,
            "column.html",
            _parts(portal, column, introduction),
            partial(_context, portal, column),
            texts,
            rich=True,
            pinned=True,
        )


def _child_items(portal: Portal, column: Column) -> list[tuple[Column, list[Item]]]:
    """The newest articles of each sub-column, each article in the first that has it."""
    shown: set[str] = set()
    found = []
    for child in column.children:
        own = reversed(portal.archive.in_column.get(child.folder, ()))
        items = list(islice((item for item in own if item.path not in shown), CHILD_BLOCK))
        shown.update(item.path for item in items)
        found.append((child, items))
    return found


def _parts(portal: Portal, column: Column, introduction: bytes) -> tuple[bytes, ...]:
    section = msgspec.msgpack.encode(section_links(column, column))
    blocks = [block_digest(portal, items) for _, items in _child_items(portal, column)]
    every = digest(portal.presenter.column_digest(column), section, introduction)
    return every, digest(*blocks)


def _context(portal: Portal, column: Column, listing: views.Listing, path: str) -> dict[str, Any]:
    blocks: list[views.Block] = []
    if listing.number == 0:
        found = _child_items(portal, column)
        blocks = [block(portal, child.name, child.url, items) for child, items in found if items]
        listing = without_shown(listing, blocks)
    view = views.ColumnView(
        name=column.name,
        url=column.url,
        description=column.entry.description,
        introduction=Markup(),
        section=section_links(column, column),
        children=tuple(blocks),
    )
    crumbs = breadcrumb(column)
    head = portal.heads.column(column, listing, path, crumbs)
    return page_context("column", head, crumbs, section_of(column), column=view, listing=listing)


def section_links(column: Column, current: Column) -> tuple[views.Link, ...]:
    """The side navigation of a column: its top column's tree, with the current place marked."""
    top = column.chain()[0]
    return _links([top], current)


def _links(columns: Sequence[Column], current: Column) -> tuple[views.Link, ...]:
    open_columns = {one.folder for one in current.chain()}
    return tuple(
        views.Link(
            one.name,
            one.url,
            current=one is current,
            children=_links(one.children, current) if one.folder in open_columns else (),
        )
        for one in columns
    )


def column_items(portal: Portal, name: str) -> tuple[Column | None, Sequence[Item]]:
    """A column that an office's settings name, with its articles."""
    column = portal.archive.columns.find(name)
    return column, portal.archive.in_column.get(column.folder, ()) if column else ()
