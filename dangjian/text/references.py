"""References of a text to pictures, articles and files, symbolic until a page shows the text.

Reading leaves ``dj-media:``, ``dj-article:`` and ``dj-file:`` in the HTML; only the page knows
where they lead, and how far it lies from the root of the site.
"""

import html
import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote

from markupsafe import escape
from msgspec import Struct

from dangjian.common.patterns import has_mark, regex
from dangjian.text.picture_tags import picture_tag

_REFERENCE = regex(r'(<[a-z][^<>]*?\s)(src|href)="dj-(media|article|file|page|site):([^"]*)"')
_PICTURE = regex(r'<img\b([^<>]*?) src="dj-media:([^"]*)"([^<>]*)>')

_NO_SOURCE = regex(r"<img\b(?![^<>]*\ssrc=)[^<>]*>")
_ALT = regex(r'\balt="([^"]*)"')


class Reference(Struct, frozen=True):
    """Something a text points at: ``kind`` media, article, file or page; ``target`` below content/.

    ``site`` is an address below the site's root, ``remote`` a picture at another host. ``fragment``
    is the id within it.
    """

    kind: str
    target: str
    alt: str | None = None
    written: str = ""
    fragment: str = ""


Resolver = Callable[[str, str, str], str | None]


def link_references(text: str, resolver: Resolver) -> str:
    """Replace symbolic references: ``resolver(attribute, kind, target)`` gives what to write.

    ``target`` is percent-encoded, and may have a fragment. The resolver returns the whole attribute
    text (``href="…"``), or None to drop the attribute. A picture that leads nowhere, which is
    reported elsewhere, is replaced by its words.
    """
    if not has_mark(text, "dj-", "j"):
        return text
    lost = False

    def linked(match: re.Match[str]) -> str:
        nonlocal lost
        found = resolver(match[2], match[3], html.unescape(match[4]))
        lost |= found is None and match[3] == "media"
        return match[1] + (found or "")

    made = _REFERENCE.sub(linked, text)
    return _NO_SOURCE.sub(_words_instead, made) if lost else made


def _words_instead(match: re.Match[str]) -> str:
    alt = _ALT.search(match[0])
    return f"（图片：{alt[1]}）" if alt and alt[1] else ""


class Target(Struct, frozen=True):
    """Where a symbolic reference of a text leads: an address, and a picture's size.

    ``download`` is the name under which a file is saved; empty for what the browser shows.
    ``smaller`` and ``avif`` are further sizes of a picture, as address and width.
    """

    url: str
    width: int = 0
    height: int = 0
    download: str = ""
    smaller: tuple[tuple[str, int], ...] = ()
    avif: tuple[tuple[str, int], ...] = ()


def text_resolver(targets: Mapping[str, Target], root: str, *, feed: bool = False) -> Resolver:
    """What writes a text's references as seen from ``root`` (``../``, or an absolute address).

    A ``feed`` has addresses and sizes only; what the page's own script and styles use is left out.
    """

    def resolve(attribute: str, kind: str, target: str) -> str | None:
        path, mark, fragment = target.partition("#")
        path, question, query = path.partition("?")
        found = targets.get(f"{kind}:{unquote(path)}")
        if found is None:
            return None
        url = found.url if found.url.startswith(("http:", "https:")) else f"{root}{found.url}"
        written = f'{attribute}="{escape(url)}{question}{escape(query)}{mark}{escape(fragment)}"'
        if found.download and not feed:
            written += f' download="{escape(found.download)}"'
        if kind == "media":
            written += f' width="{found.width}" height="{found.height}" loading="lazy"'
        return written

    return resolve


def show_pictures(
    text: str, targets: Mapping[str, Target], root: str, layout: str, *, eager: bool = False
) -> str:
    """Replace a text's pictures by those of a page, whose size the browser chooses.

    The first is loaded at once if it is ``eager``, the others when they come near. ``layout`` says
    how wide pictures are shown (the ``sizes`` of HTML). One that leads nowhere stays symbolic.
    """
    if not has_mark(text, "dj-media:", "j"):
        return text
    first = eager

    def shown(match: re.Match[str]) -> str:
        nonlocal first
        found = targets.get(f"media:{unquote(html.unescape(match[2]))}")
        if found is None:
            return match[0]
        loading = ' fetchpriority="high"' if first else ' loading="lazy"'
        first = False
        main = (found.url, found.width, found.height)
        attributes = f"{match[1]}{match[3]}{loading}"
        return picture_tag(main, found.smaller, found.avif, root, layout, attributes)

    return _PICTURE.sub(shown, text)
