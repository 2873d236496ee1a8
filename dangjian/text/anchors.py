"""Ids of headings, the table of contents (``[TOC]``), and links within a text."""

import html
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from dangjian.common.patterns import has_mark, regex
from dangjian.text.links import fragment_of, slug
from dangjian.text.remarks import Remark
from dangjian.text.tokens import BEGIN

PAGE_IDS: Final = frozenset(
    "all-head main masthead-q missing-q nav qr-path search-app search-filters search-q slides "
    "specials-head text today".split()
)
"""Ids that the theme's pages have themselves; a test holds this complete."""

_HEADING = regex(r"<h([2-6])((?: [^>]*)?)>(.*?)</h\1>", re.DOTALL)
_OWN_CLASS = regex(r"\x0e\.([a-z\-]+)\x0f")
_OWN_ID = regex(r"\x0e#([^\x0f]*)\x0f")
_ID = regex(r'(<[a-z][^<>]*?\sid=")([^"]*)"')
_ID_ATTRIBUTE = regex(r'\bid="([^"]*)"')
_INNER = regex(r'(<a\b[^<>]*?\shref=")#([^"]*)"')
_NOTE_MARK = regex(r'<sup id="fnref[^>]*>.*?</sup>', re.DOTALL)
_BACK = regex(r'(?:&nbsp;|\u00a0)?<a class="footnote-backref" href="#([^"]*)"[^>]*>.*?</a>')
_TAGS = regex(r"<[^>]*>")
_TOC = regex(r"<p>\[TOC\]</p>\n?", re.IGNORECASE)


def set_anchors(
    text: str, typed: Mapping[str, str], remarks: list[Remark]
) -> tuple[str, tuple[str, ...]]:
    """Give headings ids, make the table of contents, and look whether links within lead somewhere.

    ``typed`` is what an editor wrote for the fragment of each link within. Returns the HTML and
    all ids in it.
    """
    ids = _Ids()
    if has_mark(text, ' id="', '"'):
        text = _ID.sub(lambda match: _settled(match, ids, remarks), text)
    headings: list[tuple[int, str, str]] = []

    def heading(match: re.Match[str]) -> str:
        level, attributes, words = match.groups()
        own = None
        if BEGIN in words and (own := _OWN_ID.search(words)):
            words = _OWN_ID.sub("", words)
        if BEGIN in words and (given := _OWN_CLASS.search(words)):
            words = _OWN_CLASS.sub("", words)
            attributes += f' class="{given[1]}"'
        shown = _TAGS.sub("", _NOTE_MARK.sub("", words)) if "<" in words else words
        shown = shown.strip()
        present = _ID_ATTRIBUTE.search(attributes) if attributes else None
        if present:
            name = present[1]
        else:
            name = ids.take(own[1] if own else slug(shown) or "section")
            attributes += f' id="{html.escape(name)}"'
        headings.append((int(level), name, shown))
        return f"<h{level}{attributes}>{words}</h{level}>"

    if has_mark(text, "<h", "h"):
        text = _HEADING.sub(heading, text)
    if has_mark(text, "[TOC]") or has_mark(text, "[toc]"):
        text = _with_contents(text, headings, remarks)
    if has_mark(text, "footnote-backref", "-"):
        # Nothing refers to some notes, so there is no way back.
        text = _BACK.sub(lambda match: match[0] if match[1] in ids else "", text)
    if has_mark(text, 'href="#', "#"):
        text = _INNER.sub(lambda match: _within(match, ids, typed, remarks), text)
    return text, tuple(
        name for name in ids if name not in PAGE_IDS and not name.startswith(("fn:", "fnref"))
    )


class _Ids(dict[str, int]):
    """The ids of a text, each with the number that the next of the same name gets."""

    def take(self, name: str) -> str:
        """``name``, numbered if it is another's already, which is noted as taken."""
        if name not in self and name not in PAGE_IDS:
            self[name] = 1
            return name
        number = self.get(name, 1)
        while f"{name}-{number}" in self:
            number += 1
        self[name] = number + 1
        self[f"{name}-{number}"] = 1
        return f"{name}-{number}"


def _settled(match: re.Match[str], ids: _Ids, remarks: list[Remark]) -> str:
    """An id that an editor gave; one that the page or the text has already gets a number."""
    name = html.unescape(match[2])
    free = ids.take(name)
    if free != name:
        remarks.append(
            Remark(f"编号 id=“{name}”已有别处使用，已改为“{free}”", near=name, level="warning")
        )
    return f'{match[1]}{html.escape(free)}"'


def _with_contents(text: str, headings: list[tuple[int, str, str]], remarks: list[Remark]) -> str:
    if not headings:
        remarks.append(
            Remark("[TOC] 处是目录，可是正文里没有小标题，已略去", near="[TOC]", level="warning")
        )
        return _TOC.sub("", text)
    text = _TOC.sub(lambda _: _contents(headings), text, count=1)
    if _TOC.search(text):
        remarks.append(
            Remark(
                "目录 [TOC] 只放一处，后面的已略去，请删去", near="[TOC]", count=1, level="warning"
            )
        )
    return _TOC.sub("", text)


def _contents(headings: list[tuple[int, str, str]]) -> str:
    """A list of links to the headings, those of a lower level within those above them."""
    made: list[str] = []
    open_levels: list[int] = []
    for level, name, shown in headings:
        while open_levels and level < open_levels[-1]:
            open_levels.pop()
            made.append("</li>\n</ul>")
        if not open_levels or level > open_levels[-1]:
            made.append("<ul>\n")
            open_levels.append(level)
        else:
            made.append("</li>\n")
        made.append(f'<li><a href="#{quote(name)}">{shown}</a>')
    closing = "</li>\n</ul>" * len(open_levels)
    return f'<div class="toc">\n{"".join(made)}{closing}\n</div>\n'


def _within(
    match: re.Match[str], ids: _Ids, typed: Mapping[str, str], remarks: list[Remark]
) -> str:
    wanted = fragment = fragment_of(html.unescape(match[2]))
    if wanted in PAGE_IDS and f"{wanted}-1" in ids:
        wanted = f"{wanted}-1"
    if wanted not in ids:
        same = (name for name in ids if name.casefold() == wanted.casefold())
        wanted = next(same, wanted)
    if wanted in ids or wanted in PAGE_IDS or wanted in ("", "top"):
        return f'{match[1]}#{html.escape(wanted)}"'
    written = typed.get(fragment, f"#{wanted}")
    remarks.append(
        Remark(
            f"页内链接“{written}”没有对应的小标题，请照小标题的文字写",
            near=written,
        )
    )
    return match[0]
