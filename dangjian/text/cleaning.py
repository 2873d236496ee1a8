"""Passes HTML through the allow-list and makes its addresses symbolic."""

import html
import re
from collections import Counter
from functools import partial

import nh3

from dangjian.common.patterns import has_mark, regex
from dangjian.text import elements
from dangjian.text.links import Links
from dangjian.text.remarks import Remark
from dangjian.text.tokens import as_typed

_SCHEMES = {
    "http", "https", "mailto", "tel", "dj-media", "dj-article", "dj-file", "dj-page", "dj-site",
}  # fmt: skip
_CELL_STYLE = regex(r'(<t[dh]) style="text-align: (left|right|center);?"')
_IMAGE = regex(r"<img\b([^>]*)>")
_ATTRIBUTE = regex(r'\b(src|alt|title)="([^"]*)"')
_ALT_SIZE = regex(r"\|\d+(?:x\d+)?$")
_HREF = regex(r'(<a\b[^<>]*?)(\shref=)"([^"]*)"')
_EMPTY_FIGURE = regex(r"<figure>\s*</figure>\n?")
_LINK_FIGURE = regex(r"<figure>(?!\s*<(?:img|a [^>]*><img))(.*?)</figure>", re.DOTALL)
_INDENT = regex(r"(<p(?: [^>]*)?>)(?:[ \u3000\u00a0\u2003]|&nbsp;|&emsp;|&ensp;)+")
_EMPTY_LINK = regex(r'<a\b[^<>]*?\shref="([^"]*)"[^<>]*>\s*</a>')
_EMPTY_PARAGRAPH = regex(
    r'<p(?: class="[^"]*")?>(?:\s|&nbsp;|\u3000|\u00a0|<br>)*</p>\n?', re.IGNORECASE
)
_TAGS = regex(r"<[^>]*>")


class Cleaner:
    """Cleans texts one after another.

    Creating the cleaner takes a third of the time of converting a text, so it is used again.
    """

    def __init__(self) -> None:
        self._links = Links("", (), archived=False, remarks=[])
        self._cleaner = nh3.Cleaner(
            tags=set(elements.ALLOWED_TAGS),
            attributes={tag: set(names) for tag, names in elements.ATTRIBUTES.items()},
            attribute_filter=self._attribute,
            url_schemes=_SCHEMES,
            link_rel=None,
            generic_attribute_prefixes=set(),
        )

    def clean(self, text: str, links: Links, raw: bool, remarks: list[Remark]) -> str:
        """The HTML that is let through. ``raw``: an editor's own tags are in it."""
        text = _CELL_STYLE.sub(_cell, text) if has_mark(text, "text-align", "-") else text
        text = self._resolved(text, links, remarks)
        clean = self._cleaner.clean(text)
        if raw:
            if "<p" in clean:
                clean = _EMPTY_PARAGRAPH.sub("", _INDENT.sub(r"\1", clean))
            _compare(text, clean, remarks)
        return clean

    def resolve(self, text: str, links: Links, remarks: list[Remark]) -> str:
        """The same for HTML of which all but the addresses is known to be let through."""
        resolved = self._resolved(text, links, remarks)
        return self._cleaner.clean(resolved) if "&" in resolved else resolved

    def _resolved(self, text: str, links: Links, remarks: list[Remark]) -> str:
        """HTML whose links and pictures lead where they can be followed on any page."""
        self._links = links
        if has_mark(text, "href=", "="):
            text, empty = _EMPTY_LINK.subn(partial(_without_link, remarks), text)
            text = _EMPTY_PARAGRAPH.sub("", text) if empty else text
        if has_mark(text, "<img", "m"):
            text = _IMAGE.sub(self._image, text)
            text = _LINK_FIGURE.sub(_without_figure, _EMPTY_FIGURE.sub("", text))
            text = _EMPTY_PARAGRAPH.sub("", _EMPTY_LINK.sub("", text))
        if has_mark(text, "href=", "="):
            text = _HREF.sub(self._href, text)
        return text

    def _image(self, match: re.Match[str]) -> str:
        found = {key: html.unescape(value) for key, value in _ATTRIBUTE.findall(match[1])}
        alt = found.get("alt")
        if alt and (size := _ALT_SIZE.search(alt)):
            # Obsidian's way.
            alt = alt[: size.start()]
            message = f"图片的尺寸“{size[0]}”不起作用，已略去；大小由网站统一"
            self._links.note(size[0], message, "warning")
        made = self._links.picture(found.get("src", ""), alt)
        if made.remote:
            words = f"图片：{alt}" if alt else "查看图片"
            return f'<a href="{html.escape(made.href)}">{html.escape(words)}</a>'
        if not made.href:
            return ""
        title = f' title="{html.escape(found["title"])}"' if found.get("title") else ""
        shown = f' alt="{html.escape(alt)}"' if alt is not None else ""
        return f'<img{shown} src="{html.escape(made.href)}"{title}>'

    def _href(self, match: re.Match[str]) -> str:
        address = self._links.link(html.unescape(match[3]))
        return f'{match[1]}{match[2]}"{html.escape(address)}"' if address is not None else match[1]

    def _attribute(self, _tag: str, name: str, value: str) -> str | None:
        if name == "class":
            kept = [word for word in value.split() if word in elements.CLASSES]
            return " ".join(kept) or None
        return value


def _without_link(remarks: list[Remark], match: re.Match[str]) -> str:
    """Report a link without words, which nobody can see."""
    written = as_typed(html.unescape(match[1]))
    remarks.append(
        Remark(
            f"链接“{written}”没有写文字，页面上看不见，已略去；请写成 [文字]({written})",
            near=written or "](",
        )
    )
    return ""


def _cell(match: re.Match[str]) -> str:
    return match[1] if match[2] == "left" else f'{match[1]} class="{match[2]}"'


def _without_figure(match: re.Match[str]) -> str:
    """A figure whose picture is not there: what is left of it, its caption or a link."""
    inner = match[1].replace("<figcaption>", " ").replace("</figcaption>", "").strip()
    return f"<p>{inner}</p>" if inner else ""


def _compare(text: str, clean: str, remarks: list[Remark]) -> None:
    """Report words that the sanitiser left out: whatever the reason, they are not on the page."""
    before = Counter(html.unescape(_TAGS.sub("", text)))
    lost = before - Counter(html.unescape(_TAGS.sub("", clean)))
    for blank in (" ", "\n", "\t", "\u3000", "\u00a0", "\u2003"):
        del lost[blank]
    if lost:
        words = "".join(lost.elements())[:20]
        remarks.append(Remark(f"正文里有 {lost.total()} 个字没有登出（{words}），请检查附近的标签"))
