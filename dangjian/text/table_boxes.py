"""Tables of a text as they must be to be read on a phone: cells that stay whole, a box to scroll.

A browser makes a table's columns as narrow as their longest unbreakable run, which in Chinese is
one character. So short cells are marked to stay on one line (``nb``) and long ones to keep a width
worth reading (``long``); what is wider than the screen scrolls inside its box.
"""

import html
import re

from dangjian.common.patterns import has_mark, regex

# Up to this many characters (counted as Chinese ones, figures as halves) a cell stays on one line.
MAX_SHORT = 8
_TABLE = regex(r"<table\b.*?</table>", re.DOTALL)
_CELL = regex(r"<(t[dh])\b([^>]*)>((?:(?!</?t[dhr]\b).)*?)</\1>", re.DOTALL)
_TAGS = regex(r"<[^>]*>")
_BLOCKS = regex(r"<(?:br|p|li|div|img)\b")


def scrolling_tables(text: str) -> str:
    """The HTML with each table in a ``.table-box`` and its cells marked short or long."""
    return _TABLE.sub(_boxed, text) if has_mark(text, "<table", "b") else text


def _boxed(match: re.Match[str]) -> str:
    cells = _CELL.sub(_marked, match[0])
    return f'<div class="table-box">{cells}</div>'


def _marked(match: re.Match[str]) -> str:
    tag, attributes, inner = match.groups()
    if _BLOCKS.search(inner):
        return match[0]
    words = html.unescape(_TAGS.sub("", inner)).strip()
    width = sum(0.5 if sign.isascii() else 1 for sign in words)
    if not words:
        return match[0]
    kind = "nb" if width <= MAX_SHORT else "long"
    if 'class="' in attributes:
        attributes = attributes.replace('class="', f'class="{kind} ', 1)
    else:
        attributes += f' class="{kind}"'
    return f"<{tag}{attributes}>{inner}</{tag}>"
