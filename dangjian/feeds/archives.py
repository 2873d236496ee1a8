"""The archive of a channel: all its articles in pages that never change, for those who come late.

Archive documents by RFC 5005, section 4, in Atom. They hold titles, addresses and summaries; the
text is at the address. A feed leads to the newest page, each page to the one before it.
"""

from collections.abc import Iterable, Sequence

from dangjian.common.xmltext import escaped, quoted, strip_invalid
from dangjian.feeds.model import Channel, FeedItem, rfc3339

_ATOM = "http://www.w3.org/2005/Atom"
_HISTORY = "http://purl.org/syndication/history/1.0"


def archive_entry(item: FeedItem) -> str:
    """An article as an Atom entry without its text."""
    summary = f"<summary>{_text(item.summary)}</summary>" if item.summary else ""
    return (
        f"<entry><id>{_text(item.id)}</id><title>{_text(item.title) or _text(item.url)}</title>"
        f'<link rel="alternate" type="text/html" href={quoted(item.url)}/>'
        f"<published>{rfc3339(item.published)}</published>"
        f"<updated>{rfc3339(item.updated or item.published)}</updated>{summary}</entry>"
    )


def render_archive(channel: Channel, number: int, updated: str, entries: Sequence[str]) -> bytes:
    """Page ``number`` of a channel's archive; ``entries`` are those of its articles.

    ``updated`` is the time of its newest change (RFC 3339).
    """
    links = [
        _link("self", channel.archive_url(number), "application/atom+xml"),
        _link("current", channel.atom_url, "application/atom+xml"),
        _link("alternate", channel.home_url, "text/html"),
    ]
    if number > 1:
        links.append(_link("prev-archive", channel.archive_url(number - 1), "application/atom+xml"))
    owner = strip_invalid(channel.owner) or strip_invalid(channel.title)
    return "\n".join(_document(channel, updated, owner, links, entries)).encode()


def _document(
    channel: Channel, updated: str, owner: str, links: Iterable[str], entries: Iterable[str]
) -> Iterable[str]:
    yield "<?xml version='1.0' encoding='UTF-8'?>"
    if channel.stylesheet:
        yield f'<?xml-stylesheet type="text/css" href={quoted(channel.stylesheet)}?>'
    yield f'<feed xmlns="{_ATOM}" xmlns:fh="{_HISTORY}" xml:lang={quoted(channel.language)}>'
    yield "<fh:archive/>"
    yield f"<id>{_text(channel.id)}</id><title>{_text(channel.title)}</title>"
    yield f"<updated>{updated}</updated><author><name>{_text(owner)}</name></author>"
    yield from links
    yield from entries
    yield "</feed>\n"


def _link(relation: str, address: str, kind: str) -> str:
    return f'<link rel="{relation}" type="{kind}" href={quoted(address)}/>'


def _text(text: str) -> str:
    return escaped(strip_invalid(text))
