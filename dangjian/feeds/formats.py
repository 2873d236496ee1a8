"""Feeds of a channel: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1, full text, the same every time.

A feed's time is that of its newest item, never the build's. Items are known by a tag URI that
survives a new title and a new address, so that no reader shows an article twice.
"""

import html
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urljoin

import msgspec
from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from dangjian.common.xmltext import strip_invalid

_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_GENERATOR = "Dangjian"
_EMPTY_SINCE = datetime(1970, 1, 1, tzinfo=UTC)
_LINKING_TAG = re.compile(
    r'<(?:a|img|source|video|audio|track|blockquote|q|del|ins)\s(?:[^<>"]|"[^"]*")*>'
)
_ADDRESS = re.compile(r'(\s(?:href|src|poster|cite|srcset)=")([^"]*)"')
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9%/:=&?~#+._-]*")
# Everything that may stand in an address, and "%" because it is already escaped.
_ADDRESS_SAFE = "%/:=&?~#+!$,;'@()*[]"


class Enclosure(msgspec.Struct, frozen=True):
    """A file that belongs to an item: absolute address, media type, length in bytes."""

    url: str
    mime: str
    bytes: int


class FeedItem(msgspec.Struct, frozen=True, kw_only=True):
    """An article in a feed. Addresses are absolute, also in ``html`` (see ``absolute_html``).

    ``id`` is a tag URI from ``item_id``. RSS can hold one enclosure only and takes the first.
    ``source`` is who published it first, ``source_url`` where, for a reprint.
    """

    id: str
    url: str
    title: str
    html: str
    published: datetime
    summary: str = ""
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    source: str = ""
    source_url: str = ""
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image: str = ""


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """A feed's own data. ``name`` makes its addresses: ``{base_url}/feeds/{name}.rss.xml``.

    ``base_url`` has no slash at the end; ``stylesheet`` is the address of a style sheet
    (CSS: browsers are giving up XSLT) as seen from a feed.
    """

    name: str
    title: str
    description: str
    home_url: str
    base_url: str
    owner: str = ""
    language: str = "zh-CN"
    rights: str = ""
    icon: str = ""
    stylesheet: str = ""

    @property
    def rss_url(self) -> str:
        """Where the RSS feed answers."""
        return f"{self.base_url}/feeds/{self.name}.rss.xml"

    @property
    def atom_url(self) -> str:
        """Where the Atom feed answers."""
        return f"{self.base_url}/feeds/{self.name}.atom.xml"

    @property
    def json_url(self) -> str:
        """Where the JSON feed answers."""
        return f"{self.base_url}/feeds/{self.name}.json"


def item_id(domain: str, day: datetime, key: str) -> str:
    """A tag URI (RFC 4151): who named it, on a day they held the domain, and what they named it."""
    authority = domain.lower().partition(":")[0] or "localhost"
    return f"tag:{authority},{day:%Y-%m-%d}:{quote(key, safe='/.-_~')}"


def absolute_html(text: str, page_url: str) -> str:
    """The HTML with every address in it absolute, as seen from the page at ``page_url``.

    ``text`` is sanitised HTML, whose attributes stand in double quotes.
    """

    def absolute(match: re.Match[str]) -> str:
        before, value = match.groups()
        if "&" in value:
            value = html.unescape(value)
        if before.endswith('srcset="'):
            value = ", ".join(_absolute_candidate(part, page_url) for part in value.split(","))
        else:
            value = absolute_url(value, page_url)
        return f'{before}{html.escape(value)}"'

    return _LINKING_TAG.sub(lambda tag: _ADDRESS.sub(absolute, tag[0]), text)


def absolute_url(address: str, page_url: str) -> str:
    """An address as seen from a page, made absolute, with what is not ASCII percent-encoded."""
    if not address.startswith(("https://", "http://", "mailto:", "tel:")):
        try:
            address = urljoin(page_url, address.strip())
        except ValueError:
            return page_url
    plain = _PLAIN_ADDRESS.fullmatch(address)
    return address if plain else quote(address, safe=_ADDRESS_SAFE)


def render_rss(channel: Channel, items: Sequence[FeedItem]) -> bytes:
    """The channel as RSS 2.0, newest first."""
    feed = _feed(channel, items)
    # feedgen takes the last link for RSS's own, so the order is: self, then the page.
    feed.link(href=channel.rss_url, rel="self", type="application/rss+xml")
    feed.link(href=channel.home_url, rel="alternate", type="text/html")
    for item in _newest_first(items):
        entry = _entry(feed, item)
        entry.content(strip_invalid(item.html), type="CDATA")
        # A description is HTML to whoever reads it, and a summary is plain text.
        entry.description(html.escape(strip_invalid(item.summary) or _title(item), quote=False))
    return _with_style(feed.rss_str(), channel.stylesheet)


def render_atom(channel: Channel, items: Sequence[FeedItem]) -> bytes:
    """The channel as Atom, newest first."""
    feed = _feed(channel, items)
    feed.id(channel.atom_url)
    feed.author(name=strip_invalid(channel.owner) or strip_invalid(channel.title))
    feed.link(href=channel.atom_url, rel="self", type="application/atom+xml")
    feed.link(href=channel.home_url, rel="alternate", type="text/html")
    for item in _newest_first(items):
        entry = _entry(feed, item)
        entry.content(strip_invalid(item.html), type="html")
        if item.summary:
            entry.summary(strip_invalid(item.summary))
        for name in _named(item.authors):
            entry.author(name=name)
        if item.source_url:
            entry.link(href=item.source_url, rel="via", title=strip_invalid(item.source))
        entry.origin.links = entry.link()
    return _with_style(feed.atom_str(), channel.stylesheet)


def render_json(channel: Channel, items: Sequence[FeedItem]) -> bytes:
    """The channel as JSON Feed 1.1, newest first."""
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": strip_invalid(channel.title),
        "home_page_url": channel.home_url,
        "feed_url": channel.json_url,
        "description": strip_invalid(channel.description),
        "language": channel.language,
        "icon": channel.icon,
        "authors": [{"name": strip_invalid(channel.owner)}] if channel.owner else [],
    }
    feed = {key: value for key, value in feed.items() if value}
    feed["items"] = [_json_item(item) for item in _newest_first(items)]
    return msgspec.json.encode(feed) + b"\n"


def feed_updated(items: Sequence[FeedItem]) -> datetime:
    """When the feed last changed: the latest time of any of its items."""
    return max((item.updated or item.published for item in items), default=_EMPTY_SINCE)


def _newest_first(items: Sequence[FeedItem]) -> list[FeedItem]:
    return sorted(items, key=lambda item: (item.published, item.id), reverse=True)


class _DublinCore(BaseExtension):  # type: ignore[misc]
    """Declares the namespace that the entries' extension uses."""

    def extend_ns(self) -> dict[str, str]:
        return {"dc": _DUBLIN_CORE}


class _Origin(BaseEntryExtension):  # type: ignore[misc]
    """Authors and source by name: RSS's own elements ask for an e-mail and a feed instead.

    In Atom it also gives the links their attributes, which feedgen 1.0 forgets.
    """

    def __init__(self) -> None:
        self.creators: tuple[str, ...] = ()
        self.source = ""
        self.links: list[dict[str, str]] = []

    def extend_rss(self, entry: etree._Element) -> etree._Element:
        for name in self.creators:
            etree.SubElement(entry, f"{{{_DUBLIN_CORE}}}creator").text = name
        self._add_source(entry)
        return entry

    def extend_atom(self, entry: etree._Element) -> etree._Element:
        for element, link in zip(entry.findall("link"), self.links, strict=True):
            for name, value in link.items():
                if value:
                    element.set(name, value)
        self._add_source(entry)
        return entry

    def _add_source(self, entry: etree._Element) -> None:
        if self.source:
            etree.SubElement(entry, f"{{{_DUBLIN_CORE}}}source").text = self.source


def _feed(channel: Channel, items: Sequence[FeedItem]) -> FeedGenerator:
    feed = FeedGenerator()
    feed.register_extension("origin", _DublinCore, _Origin)
    feed.title(strip_invalid(channel.title))
    feed.description(html.escape(strip_invalid(channel.description or channel.title), quote=False))
    feed.language(channel.language)
    feed.generator(_GENERATOR)
    feed.updated(feed_updated(items).replace(microsecond=0))
    if channel.rights:
        feed.rights(strip_invalid(channel.rights))
    if channel.icon:
        feed.icon(channel.icon)
    return feed


def _entry(feed: FeedGenerator, item: FeedItem) -> FeedEntry:
    """What RSS and Atom have in common."""
    entry = feed.add_entry(order="append")
    entry.id(item.id)
    entry.title(_title(item))
    entry.published(item.published.replace(microsecond=0))
    entry.updated((item.updated or item.published).replace(microsecond=0))
    entry.link(href=item.url, rel="alternate", type="text/html")
    # feedgen gives RSS the last one.
    for file in reversed(item.enclosures):
        entry.enclosure(file.url, file.bytes, file.mime)
    for name in _named(item.categories):
        entry.category(term=name)
    entry.origin.creators = _named(item.authors)
    entry.origin.source = strip_invalid(item.source)
    return entry


def _json_item(item: FeedItem) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": item.id,
        "url": item.url,
        "external_url": item.source_url,
        "title": _title(item),
        "content_html": strip_invalid(item.html),
        "summary": strip_invalid(item.summary),
        "image": item.image,
        "date_published": _rfc3339(item.published),
        "date_modified": _rfc3339(item.updated) if item.updated else "",
        "authors": [{"name": name} for name in _named(item.authors)],
        "tags": _named(item.categories),
        "attachments": [
            {"url": file.url, "mime_type": file.mime, "size_in_bytes": file.bytes}
            for file in item.enclosures
        ],
        "_dangjian": {"source": strip_invalid(item.source)} if item.source else None,
    }
    kept = {key: value for key, value in found.items() if value}
    return kept if "content_html" in kept else kept | {"content_html": ""}


def _rfc3339(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a feed's times need a time zone")
    return moment.replace(microsecond=0).isoformat()


def _title(item: FeedItem) -> str:
    return strip_invalid(item.title).strip() or item.url


def _named(names: Sequence[str]) -> tuple[str, ...]:
    """The names that are more than spaces."""
    return tuple(name for name in (strip_invalid(name).strip() for name in names) if name)


def _absolute_candidate(candidate: str, page_url: str) -> str:
    address, _, descriptor = candidate.strip().partition(" ")
    return f"{absolute_url(address, page_url)} {descriptor}".strip()


def _with_style(document: bytes, stylesheet: str) -> bytes:
    """The document with the CSS that lets a browser show it."""
    declaration, _, rest = document.partition(b"\n")
    style = ""
    if stylesheet:
        style = f'<?xml-stylesheet type="text/css" href="{html.escape(stylesheet)}"?>\n'
    return declaration + b"\n" + style.encode() + rest + b"\n"
