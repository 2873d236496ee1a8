"""References of a text to pictures, articles and files, symbolic until a page shows the text.

Reading leaves ``dj-media:``, ``dj-article:`` and ``dj-file:`` in the HTML; only the page knows
where they lead, and how far it lies from the root of the site.
"""

import html
import re
from collections.abc import Callable

from msgspec import Struct

_REFERENCE = re.compile(r'(src|href|poster)="dj-(media|article|file):([^"]*)"')


class Reference(Struct, frozen=True):
    """Something a text points at: ``kind`` media, article or file; ``target`` below content/."""

    kind: str
    target: str
    alt: str | None = None
    written: str = ""


Resolver = Callable[[str, str, str], str | None]


def link_references(text: str, resolver: Resolver) -> str:
    """Replace symbolic references: ``resolver(attribute, kind, target)`` gives what to write.

    ``target`` is percent-encoded, and may have a fragment. The resolver returns the whole attribute
    text (``href="…"``), or None to drop the attribute.
    """
    if "dj-" not in text:
        return text
    return _REFERENCE.sub(lambda m: resolver(m[1], m[2], html.unescape(m[3])) or "", text)
