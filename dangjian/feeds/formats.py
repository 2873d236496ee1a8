"""Feeds of a channel: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1, full text, the same every time.

A feed's time is that of its newest item, never the build's.
"""

import html
from collections.abc import Sequence
from typing import Any

import msgspec

from dangjian.common.xmltext import strip_invalid
from dangjian.feeds import feedgen_adapter as adapter
from dangjian.feeds.model import (
    Channel,
    FeedItem,
    feed_updated,
    named,
    newest_first,
    rfc3339,
    shown_title,
)


def render_rss(channel: Channel, items: Sequence[FeedItem]) -> bytes:
    """The channel as RSS 2.0, newest first."""
    feed = adapter.new_feed(channel, feed_updated(items), empty=not items)
    adapter.add_rss_links(feed, channel)
    for item in newest_first(items):
        entry = adapter.add_entry(feed, item)
        entry.content(strip_invalid(item.html), type="CDATA")
        # Feed readers take a description for HTML, and a summary is plain text.
        summary = strip_invalid(item.summary) or shown_title(item)
        entry.description(html.escape(summary, quote=False))
    return _with_style(feed.rss_str(), channel.stylesheet)


def render_atom(channel: Channel, items: Sequence[FeedItem]) -> bytes:
    """The channel as Atom, newest first."""
    feed = adapter.new_feed(channel, feed_updated(items), empty=not items)
    adapter.add_atom_links(feed, channel)
    for item in newest_first(items):
        adapter.add_atom_details(adapter.add_entry(feed, item), item)
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
    feed["items"] = [_json_item(item) for item in newest_first(items)]
    return msgspec.json.encode(feed) + b"\n"


def _json_item(item: FeedItem) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": item.id,
        "url": item.url,
        "external_url": item.source_url,
        "title": shown_title(item),
        "content_html": strip_invalid(item.html),
        "summary": strip_invalid(item.summary),
        "image": item.image,
        "date_published": rfc3339(item.published),
        "date_modified": rfc3339(item.updated) if item.updated else "",
        "authors": [{"name": name} for name in named(item.authors)],
        "tags": named(item.categories),
        "attachments": [
            {"url": file.url, "mime_type": file.mime, "size_in_bytes": file.bytes}
            for file in item.enclosures
        ],
        "_dangjian": {"source": strip_invalid(item.source)} if item.source else None,
    }
    given = {key: value for key, value in found.items() if value}
    return given if "content_html" in given else given | {"content_html": ""}


def _with_style(document: bytes, stylesheet: str) -> bytes:
    """The document with the CSS that lets a browser show it."""
    declaration, _, rest = document.partition(b"\n")
    style = ""
    if stylesheet:
        style = f'<?xml-stylesheet type="text/css" href="{html.escape(stylesheet)}"?>\n'
    return declaration + b"\n" + style.encode() + rest + b"\n"
