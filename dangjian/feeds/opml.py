"""The list of all channels as OPML 2.0, which readers' programs import."""

from collections.abc import Sequence
from typing import Protocol

from dangjian.common.xmltext import escaped, quoted, strip_invalid


class ListedChannel(Protocol):
    """What the list tells of a channel (``feeds.Channel`` has it; loading that takes a while)."""

    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def home_url(self) -> str: ...
    @property
    def rss_url(self) -> str: ...
    @property
    def language(self) -> str: ...


def render_opml(title: str, channels: Sequence[ListedChannel]) -> bytes:
    """The OPML file of ``channels``, in their order; without a date, which would be the build's."""
    lines = [
        "<?xml version='1.0' encoding='UTF-8'?>",
        '<opml version="2.0">',
        f"<head><title>{escaped(strip_invalid(title))}</title></head>",
        "<body>",
        *(_outline(channel) for channel in channels),
        "</body>",
        "</opml>",
        "",
    ]
    return "\n".join(lines).encode()


def _outline(channel: ListedChannel) -> str:
    attributes = {
        "type": "rss",
        "version": "RSS2",
        "text": channel.title,
        "title": channel.title,
        "description": channel.description,
        "xmlUrl": channel.rss_url,
        "htmlUrl": channel.home_url,
        "language": channel.language,
    }
    written = " ".join(
        f"{name}={quoted(strip_invalid(value))}" for name, value in attributes.items() if value
    )
    return f"<outline {written}/>"
