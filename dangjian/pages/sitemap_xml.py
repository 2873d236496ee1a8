"""Site maps for search engines (sitemaps.org, protocol 0.9) and ``robots.txt``.

Times are those of the content. A file of its own for each year keeps the others as they are when an
article is added.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from dangjian.common.xmltext import escaped

MAX_URLS = 50_000
MAX_BYTES = 50 * 1024 * 1024

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_PLAIN = re.compile(r"[A-Za-z0-9/:._~%?=#+-]*")
# Everything that may stand in an address, and "%" because it is already escaped.
_ADDRESS_SAFE = "%/:=&?~#+!$,;@()*[]"


class SitemapEntry(NamedTuple):
    """A page: its absolute address, and when its content last changed if that is known."""

    url: str
    changed: datetime | None = None


class SitemapFile(NamedTuple):
    """A file of a group: its name, its content, and the newest time of what it lists."""

    name: str
    data: bytes
    newest: datetime | None


def render_group(
    group: str,
    entries: Sequence[SitemapEntry],
    max_urls: int = MAX_URLS,
    max_bytes: int = MAX_BYTES,
) -> list[SitemapFile]:
    """The files of a group: ``sitemap-pages.xml``, then ``sitemap-pages-2.xml`` past a limit.

    No entries make no file.
    """
    files = []
    for number, part in enumerate(_parts(entries, max_urls, max_bytes), 1):
        name = f"sitemap-{group}.xml" if number == 1 else f"sitemap-{group}-{number}.xml"
        data = _document("urlset", (text for text, _ in part))
        newest = max((entry.changed for _, entry in part if entry.changed), default=None)
        files.append(SitemapFile(name, data, newest))
    return files


def render_index(base_url: str, listed: Iterable[tuple[str, datetime | None]]) -> bytes:
    """``sitemap.xml``: the files by name, with the newest time of each."""
    entries = (SitemapEntry(f"{base_url}/{name}", newest) for name, newest in listed)
    return _document("sitemapindex", (_element("sitemap", entry) for entry in entries))


def render_robots(base_url: str, more: bytes = b"") -> bytes:
    """``robots.txt``: everything may be read, and where the site map is; then ``more`` rules.

    Rules for one robot that are in several groups hold together (RFC 9309, 2.2.1).
    """
    made = f"User-agent: *\nDisallow:\n\nSitemap: {base_url}/sitemap.xml\n"
    lines = more.decode("utf-8-sig").strip().splitlines()
    return "\n".join([made, *lines, ""] if lines else [made]).encode()


def _parts(
    entries: Sequence[SitemapEntry], max_urls: int, max_bytes: int
) -> Iterable[list[tuple[str, SitemapEntry]]]:
    """The entries with their XML, cut so that each part keeps the limits."""
    page_context = len(_document("urlset", ()))
    part: list[tuple[str, SitemapEntry]] = []
    size = page_context
    for entry in entries:
        text = _element("url", entry)
        if part and (len(part) == max_urls or size + len(text) > max_bytes):
            yield part
            part, size = [], page_context
        part.append((text, entry))
        size += len(text)
    if part:
        yield part


def _element(name: str, entry: SitemapEntry) -> str:
    """One line; addresses are ASCII, so its length in characters is its length in bytes."""
    url = entry.url
    if not _PLAIN.fullmatch(url):
        url = escaped(quote(url, safe=_ADDRESS_SAFE))
    changed = ""
    if entry.changed is not None:
        changed = f"<lastmod>{entry.changed.isoformat(timespec='seconds')}</lastmod>"
    return f"<{name}><loc>{url}</loc>{changed}</{name}>\n"


def _document(root: str, lines: Iterable[str]) -> bytes:
    inside = "".join(lines)
    return f'{_DECLARATION}<{root} xmlns="{_NAMESPACE}">\n{inside}</{root}>\n'.encode()
