"""Addresses in a text made absolute, for readers that see it outside its page."""

import html
import re
from urllib.parse import urljoin

from dangjian.common.patterns import regex
from dangjian.common.web_addresses import to_uri

_LINKING_TAG = regex(
    r'<(?:a|img|source|video|audio|track|blockquote|q|del|ins)\s(?:[^<>"]|"[^"]*")*>'
)
_ADDRESS = regex(r'(\s(?:href|src|poster|cite|srcset)=")([^"]*)"')


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
    """An address as seen from a page, made absolute, as a URI."""
    if not address.startswith(("https://", "http://", "mailto:", "tel:")):
        try:
            address = urljoin(page_url, address.strip())
        except ValueError:
            return page_url
    return to_uri(address)


def _absolute_candidate(candidate: str, page_url: str) -> str:
    address, _, descriptor = candidate.strip().partition(" ")
    return f"{absolute_url(address, page_url)} {descriptor}".strip()
