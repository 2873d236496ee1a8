"""Feeds by feedgen, with its gaps filled: the only module that knows its ways.

feedgen 1.0 gives RSS the last of several links and enclosures and drops the others, forgets the
attributes of links in Atom entries, dates an empty feed by the clock, and knows no ``atom:updated``
in RSS, no Media RSS and no names of authors without an e-mail address.
"""

import html
from datetime import datetime

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from dangjian.common.xmltext import strip_invalid
from dangjian.feeds.model import Channel, FeedItem, named, shown_title

_ATOM = "http://www.w3.org/2005/Atom"
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_MEDIA = "http://search.yahoo.com/mrss/"
_RSS_IMAGES = (".png", ".jpg", ".jpeg", ".gif")
_GENERATOR = "Dangjian"


class _FeedExtras(BaseExtension):  # type: ignore[misc]
    """Declares the namespaces that entries use; what RSS has of links and dates, see the module."""

    def __init__(self) -> None:
        self.empty = False
        self.previous = ""

    def extend_ns(self) -> dict[str, str]:
        return {"dc": _DUBLIN_CORE, "media": _MEDIA}

    def extend_rss(self, feed: etree._Element) -> etree._Element:
        if self.empty:
            etree.strip_elements(feed, "lastBuildDate")
        if self.previous:
            # feedgen writes of RSS's links only the one to itself.
            link = etree.Element(f"{{{_ATOM}}}link", href=self.previous, rel="prev-archive")
            link.set("type", "application/atom+xml")
            own = feed.find(f"channel/{{{_ATOM}}}link")
            if own is not None:
                own.addnext(link)
        return feed


class _EntryExtras(BaseEntryExtension):  # type: ignore[misc]
    """What feedgen has no words for, by the item itself; see the module."""

    def __init__(self) -> None:
        self.item: FeedItem | None = None
        self.links: list[dict[str, str]] = []

    def extend_rss(self, entry: etree._Element) -> etree._Element:
        item = self.item
        if item is None:
            return entry
        for name in named(item.authors):
            etree.SubElement(entry, f"{{{_DUBLIN_CORE}}}creator").text = name
        # For people who open the feed in a browser: no style sheet can reword a date of RFC 822, of
        # one that begins with the day it can show the beginning.
        for name, moment in (("published", item.published), ("updated", item.updated)):
            if moment is not None:
                element = etree.SubElement(entry, f"{{{_ATOM}}}{name}")
                element.text = moment.replace(microsecond=0).isoformat()
        for file in item.enclosures:
            medium = file.mime.partition("/")[0]
            content = etree.SubElement(entry, f"{{{_MEDIA}}}content", url=file.url, type=file.mime)
            content.set("fileSize", str(file.bytes))
            content.set("medium", medium if medium in {"audio", "video", "image"} else "document")
        self._extend(entry, item)
        return entry

    def extend_atom(self, entry: etree._Element) -> etree._Element:
        for element, link in zip(entry.findall("link"), self.links, strict=True):
            for name, value in link.items():
                if value:
                    element.set(name, value)
        if self.item is not None:
            self._extend(entry, self.item)
        return entry

    def _extend(self, entry: etree._Element, item: FeedItem) -> None:
        if item.source:
            etree.SubElement(entry, f"{{{_DUBLIN_CORE}}}source").text = strip_invalid(item.source)
        if item.image:
            picture = etree.SubElement(entry, f"{{{_MEDIA}}}thumbnail", url=item.image)
            if item.image_size != (0, 0):
                for name, value in zip(("width", "height"), item.image_size, strict=True):
                    picture.set(name, str(value))


def new_feed(channel: Channel, updated: datetime, *, empty: bool) -> FeedGenerator:
    """What a channel's RSS and Atom feeds have in common, without items and links."""
    feed = FeedGenerator()
    feed.register_extension("extras", _FeedExtras, _EntryExtras)
    feed.extras.empty = empty
    feed.title(strip_invalid(channel.title))
    feed.description(html.escape(strip_invalid(channel.description or channel.title), quote=False))
    feed.language(channel.language)
    feed.generator(_GENERATOR)
    feed.updated(updated.replace(microsecond=0))
    if channel.rights:
        feed.rights(strip_invalid(channel.rights))
    if channel.icon:
        feed.icon(channel.icon)
    return feed


def add_rss_links(feed: FeedGenerator, channel: Channel) -> None:
    """RSS's links: its own address first, for feedgen takes the last one for the page."""
    feed.link(href=channel.rss_url, rel="self", type="application/rss+xml")
    feed.extras.previous = channel.previous
    feed.link(href=channel.home_url, rel="alternate", type="text/html")
    if channel.icon.lower().endswith(_RSS_IMAGES):
        feed.image(channel.icon, title=strip_invalid(channel.title), link=channel.home_url)


def add_atom_links(feed: FeedGenerator, channel: Channel) -> None:
    """Atom's id, author and links."""
    feed.id(channel.id)
    feed.author(name=strip_invalid(channel.owner) or strip_invalid(channel.title))
    feed.link(href=channel.atom_url, rel="self", type="application/atom+xml")
    feed.link(href=channel.home_url, rel="alternate", type="text/html")
    if channel.previous:
        feed.link(href=channel.previous, rel="prev-archive", type="application/atom+xml")


def add_entry(feed: FeedGenerator, item: FeedItem) -> FeedEntry:
    """Add what an item has in common in RSS and Atom, behind those added before."""
    entry = feed.add_entry(order="append")
    entry.extras.item = item
    entry.id(item.id)
    entry.title(shown_title(item))
    entry.published(item.published.replace(microsecond=0))
    entry.updated((item.updated or item.published).replace(microsecond=0))
    entry.link(href=item.url, rel="alternate", type="text/html")
    # feedgen gives RSS, which can hold one, the last.
    for file in reversed(item.enclosures):
        entry.enclosure(file.url, file.bytes, file.mime)
    for name in named(item.categories):
        entry.category(term=name)
    return entry


def add_atom_details(entry: FeedEntry, item: FeedItem) -> None:
    """Add an item's text, summary, authors and origin as Atom has them."""
    entry.content(strip_invalid(item.html), type="html")
    if item.summary:
        entry.summary(strip_invalid(item.summary))
    for name in named(item.authors):
        entry.author(name=name)
    if item.source_url:
        entry.link(href=item.source_url, rel="via", title=strip_invalid(item.source))
    entry.extras.links = entry.link()
