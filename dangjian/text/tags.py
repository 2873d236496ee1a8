"""HTML in a text: which ``<…>`` is a tag, what remains of it, and what has to be reported.

Tags become tokens before the Markdown parser sees the text, so that a tag never swallows what
follows, and Markdown between tags is read. What is no known element is text.
"""

import html
import re
from bisect import bisect_left
from typing import Final

from msgspec import Struct

from dangjian.common.patterns import regex
from dangjian.text import elements
from dangjian.text.code import is_in_span, span_end
from dangjian.text.remarks import Remark
from dangjian.text.tokens import LESS, Tokens, class_token

MORE: Final = regex(
    r"(?<!`)<!--[ \t]*(?:(?:read[ -]?)?more(?:[ \t]+[\u3400-\u9fff]{1,20})?|truncate|excerpt)"
    r"[ \t]*-->(?!`)",
    re.IGNORECASE,
)
"""The mark behind which nothing belongs into the excerpt."""

_VALUE = r"""(?:"[^"]*"|'[^']*'|[“”][^"“”<>]*["“”]|[^\s"'“”=<>`]+)"""
_ATTRIBUTE = rf"[A-Za-z_:@][\w:.\-]*(?:\s*=\s*{_VALUE})?"
_SIGN = regex(
    r"(?P<ticks>(?<![`\\])`+(?!`))"
    r"|(?P<target>\]\([ ]*<[^<>\n]*>)"
    r"|(?P<comment><!--(?:(?!<!--).)*?-->)"
    r"|(?P<opened><!--)"
    r"|<!\[CDATA\[(?P<data>.*?)\]\]>"
    r"|(?P<declared><(?i:!doctype\b|!\[(?:if|endif|else)\b|!(?:if|endif)\b|\?xml\b)[^<>\u3400-\u9fff]*>)"
    rf"|<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9:]*(?:-[A-Za-z0-9]+)*)(?P<attributes>(?:\s+{_ATTRIBUTE})*)\s*/?>"
    r"|<(?P<web>(?:https?|mailto|tel|ftp):[^\s<>]+)>"
    r"|<(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)>"
    r"|<",
    re.DOTALL | re.ASCII,
)
_BROKEN = regex(r"<([A-Za-z][A-Za-z0-9]*)\s+[A-Za-z\-]+\s*=\s*[\"']", re.ASCII)
_ATTRIBUTES = regex(rf"\s+([A-Za-z_:@][\w:.\-]*)(?:\s*=\s*({_VALUE}))?", re.ASCII)
_PARAGRAPH_END = regex(r"\n[ \t]*\n")
_MARKDOWN = regex(r"\*\*[^*\n]+\*\*|\]\(")
_BOOLEAN = frozenset(
    "open controls autoplay loop muted checked disabled selected reversed hidden nowrap noshade "
    "compact async defer download required readonly multiple allowfullscreen playsinline".split()
)
_ALIGN = regex(r"text-align\s*:\s*(left|right|center|justify|start|end)", re.IGNORECASE)
_DECLARATION = regex(r"[^;]+")
_OPTIONAL_END = frozenset(
    "p li dt dd tr td th thead tbody tfoot colgroup html body rp rt rb rtc".split()
)
_LITERAL_WHEN_OPEN = frozenset("time code data var label kbd samp q cite dfn a".split())
NOT_MARKDOWN: Final = "里面的 ** 和 [文字](地址) 不起作用"
"""Reported of an element whose content is taken as it is written."""
_MAX_REMARKS = 200


class _Tag(Struct):
    """A tag as found: ``mate`` is the index of the one that closes or opens it, -1 for none."""

    start: int
    end: int
    name: str
    closing: bool
    attributes: str
    mate: int = -1


def read_tags(text: str, tokens: Tokens, remarks: list[Remark]) -> str:
    """``text`` with its tags as tokens; what is left out or shown as text goes to ``remarks``.

    Fenced code must be tokens already.
    """
    return _Reader(text, tokens, remarks).read()


class _Reader:
    def __init__(self, text: str, tokens: Tokens, remarks: list[Remark]) -> None:
        self._text = text
        self._lower = text.lower()
        self._tokens = tokens
        self._remarks = remarks
        self._edits: dict[int, tuple[int, str]] = {}
        self._tags: list[_Tag] = []
        self._looks: dict[str, tuple[int, int]] = {}
        self._events: list[tuple[int, int, int]] = []
        self._in_open_whole = False

    def read(self) -> str:
        self._find()
        self._pair()
        self._events = sorted(
            [(at, stop, -1) for at, (stop, _) in self._edits.items()]
            + [
                (tag.start, tag.end, index)
                for index, tag in enumerate(self._tags)
                if tag.start not in self._edits
            ]
        )
        made = self._make(0, len(self._text), whole=False)
        for what, (position, count) in self._looks.items():
            more = f"（全文共 {count} 处）" if count > 1 else ""
            self._note(position, f"{what}不起作用，已去掉{more}；样子由网站统一", "warning")
        return made

    def _note(self, position: int, message: str, level: str = "error") -> None:
        if len(self._remarks) < _MAX_REMARKS:
            line = self._text.count("\n", 0, position)
            self._remarks.append(Remark(message, line=line, level=level))

    def _looks_only(self, what: str, position: int) -> None:
        first, count = self._looks.get(what, (position, 0))
        self._looks[what] = (first, count + 1)

    def _find(self) -> None:
        """Tags into ``_tags``; comments, addresses and signs that are text into ``_edits``."""
        text, position = self._text, 0
        while found := _SIGN.search(text, position):
            start, position = found.span()
            if found["target"]:
                continue
            if found["ticks"]:
                position = span_end(text, found)
            elif found["comment"]:
                self._edits[start] = (position, "\n" * found[0].count("\n"))
            elif found["opened"]:
                self._edits[start] = (position, f"{LESS}!--")
                self._note(start, "注释 <!-- 没有收尾的 -->，已按文字显示，请补上或删去")
            elif found["data"] is not None:
                self._edits[start] = (position, found["data"].replace("<", LESS))
            elif found["declared"]:
                self._edits[start] = (position, "")
                self._looks_only(f"{found[0][:12]}…", start)
            elif found["web"] or found["mail"]:
                self._edits[start] = (position, self._address(found))
            elif (name := (found["name"] or "").lower()) and self._is_element(name, found):
                closing = bool(found["close"])
                self._tags.append(_Tag(start, position, name, closing, found["attributes"]))
                if not closing and name in ("script", "style"):
                    position = self._to_end_tag(name, position)
            elif name and self._is_escaped(start):
                self._edits[start - 1] = (start + 1, LESS)
                position = start + 1
            elif ":" in name:
                self._edits[start] = (position, "")
                self._looks_only(f"<{name}>", start)
            else:
                self._unknown(found, start)
                position = start + 1
                self._edits[start] = (position, LESS)

    def _unknown(self, found: re.Match[str], start: int) -> None:
        """Report an element of another program, or one of HTML that is written wrongly.

        Other words between ``<`` and ``>`` are words.
        """
        name = found["name"] or ""
        broken = None if name else _BROKEN.match(self._text, start)
        if broken and broken[1].lower() in elements.KNOWN:
            self._note(
                start,
                f"<{broken[1]}> 里的引号没有配对，或者漏了 >，已按文字显示，请改正",
            )
        if '="' in (found["attributes"] or "") and name.lower() not in elements.KNOWN:
            self._note(
                start,
                f"<{name}> 不是网页通用的标签，已按文字显示；从公众号、别的系统粘贴来的，请删去",
                "warning",
            )

    def _to_end_tag(self, name: str, position: int) -> int:
        """Where the next tag may be looked for behind ``<script>``: at its end tag, if there is.

        One that is shown as code ends nothing.
        """
        end = self._lower.find(f"</{name}", position)
        while end >= 0 and is_in_span(self._text, end, position):
            end = self._lower.find(f"</{name}", end + 1)
        return position if end < 0 else end

    def _address(self, found: re.Match[str]) -> str:
        shown = found["web"] or found["mail"]
        href = f"mailto:{shown}" if found["mail"] else shown
        escaped = html.escape(href)
        return self._tokens.add(f'<a href="{escaped}">{html.escape(shown)}</a>')

    def _is_escaped(self, start: int) -> bool:
        """Whether a backslash before ``<``, which is not itself written with one, makes it text."""
        before = self._text[max(start - 2, 0) : start]
        return before.endswith("\\") and before != "\\\\"

    def _is_element(self, name: str, found: re.Match[str]) -> bool:
        return self._is_tag(name, found) and not self._is_escaped(found.start())

    def _is_tag(self, name: str, found: re.Match[str]) -> bool:
        if name not in elements.KNOWN or (found["close"] and found["attributes"]):
            return False
        return all(
            value or attribute.lower() in _BOOLEAN
            for attribute, value in _ATTRIBUTES.findall(found["attributes"])
        )

    def _pair(self) -> None:
        """Find each tag's mate; tags without one become text or go, and are reported."""
        waiting: dict[str, list[int]] = {}
        for index, tag in enumerate(self._tags):
            if tag.name in elements.VOID:
                continue
            if not tag.closing:
                waiting.setdefault(tag.name, []).append(index)
            elif opened := waiting.get(tag.name):
                tag.mate = opened.pop()
                self._tags[tag.mate].mate = index
        whole_until = -1  # where the last of the whole elements opened so far ends
        for index, tag in enumerate(self._tags):
            if tag.name in elements.WHOLE and not tag.closing:
                whole_until = max(whole_until, tag.mate)
            if tag.mate >= 0 or tag.name in elements.VOID:
                if tag.closing and tag.mate < 0:
                    made = self._tokens.add("<br>") if tag.name == "br" else ""
                    self._edits[tag.start] = (tag.end, made)
                continue
            self._unpaired(tag, inside_whole=whole_until > index)

    def _unpaired(self, tag: _Tag, *, inside_whole: bool) -> None:
        written = " ".join(self._text[tag.start : tag.end].split())[:40]
        if tag.closing:
            self._edits[tag.start] = (tag.end, "")
            if tag.name != "p":
                self._note(tag.start, f"多了一个 {written}，前面没有对应的开头，已略去", "warning")
        elif tag.name in _OPTIONAL_END:
            if tag.name in elements.PARTS and not inside_whole:
                self._edits[tag.start] = (tag.end, " ")
                if not self._in_open_whole:
                    self._note(tag.start, f"{written} 不在表格或列表里，不起作用，已略去")
        elif tag.name in elements.LOST or tag.name in elements.SILENT | _LITERAL_WHEN_OPEN:
            self._edits[tag.start] = (tag.end, written.replace("<", LESS))
            self._note(
                tag.start, f"{written} 没有收尾的 </{tag.name}>，已按文字显示；"
                "若是要显示这几个字，请写成 `" + written + "`"
            )  # fmt: skip
        else:
            self._edits[tag.start] = (tag.end, "")
            self._note(tag.start, f"{written} 没有收尾的 </{tag.name}>，不起作用，请补上或删去")
            self._in_open_whole |= tag.name in elements.WHOLE

    def _make(self, start: int, end: int, whole: bool) -> str:
        """The text between two positions with its edits made and its tags as tokens.

        ``whole``: as HTML, in which tags stay tags.
        """
        parts: list[str] = []
        position = start
        number = bisect_left(self._events, (start,))
        while number < len(self._events):
            at, stop, index = self._events[number]
            number += 1
            if at >= end:
                break
            if at < position:
                continue
            parts.append(self._text[position:at])
            if index < 0:
                parts.append(self._edits[at][1])
                position = stop
                continue
            made, position = self._element(self._tags[index], whole)
            parts.append(made)
            number = bisect_left(self._events, (position,), number)
        parts.append(self._text[position:end])
        return "".join(parts)

    def _element(self, tag: _Tag, whole: bool) -> tuple[str, int]:
        """What replaces a tag, or the whole element it opens, and where to go on."""
        name = tag.name
        mate = self._tags[tag.mate] if tag.mate >= 0 else None
        if name in elements.LOST or name in elements.SILENT:
            return self._left_out(tag, mate)
        lines = "\n" * self._text.count("\n", tag.start, tag.end)
        written = self._tag(tag)
        if whole:
            return written, tag.end
        if tag.closing or mate is None or name in elements.VOID:
            if name in elements.INLINE:
                return self._tokens.add(written) + lines, tag.end
            if name == "p":
                return f"\n\n{class_token(written)}", tag.end
            return self._block(written) + lines, tag.end
        stop = mate.end
        inner = self._text[tag.end : mate.start]
        as_it_is = (
            name in elements.WHOLE
            or (name in elements.AS_WRITTEN and not _PARAGRAPH_END.search(inner))
            or (name in elements.LEAVES and not _MARKDOWN.search(inner))
        )
        if as_it_is:
            made = self._make(tag.end, mate.start, whole=True)
            piece = written + made + f"</{elements.RENAMED.get(name, name)}>"
            lines = "\n" * self._text.count("\n", tag.start, stop)
            if name in elements.WHOLE and name != "pre" and (mark := _MARKDOWN.search(made)):
                self._note(
                    tag.end + max(inner.find(mark[0]), 0),
                    f"<{name}> {NOT_MARKDOWN}，已按文字显示；请改用 <b> 和 <a>，或者不用网页的标签",
                    "warning",
                )
            if name in elements.AS_WRITTEN:
                return self._tokens.add(piece), stop
            return self._block(piece) + lines, stop
        if name in elements.INLINE:
            return self._tokens.add(written), tag.end
        if name in elements.LEAVES:
            # Its words are a paragraph of Markdown, for which its own tags stand.
            words = self._make(tag.end, mate.start, whole=False).strip().replace("\n", " ")
            closed = self._tokens.add(f"</{elements.RENAMED.get(name, name)}>", block=True)
            return f"\n\n{self._tokens.add(written, block=True)}{words}{closed}\n\n", stop
        return self._block(written) + lines, tag.end

    def _block(self, piece: str) -> str:
        return f"\n\n{self._tokens.add(piece, block=True)}\n\n"

    def _left_out(self, tag: _Tag, mate: _Tag | None) -> tuple[str, int]:
        stop = max(mate.end, tag.end) if mate else tag.end
        if tag.closing:
            return "", tag.end
        if tag.name in elements.SILENT:
            self._looks_only(f"<{tag.name}>", tag.start)
        else:
            what = elements.LOST[tag.name]
            advice = elements.LOST_ADVICE.get(tag.name, "请删去，或改成文字、图片、链接")
            self._note(tag.start, f"{what} <{tag.name}> 不能放进正文，已略去。{advice}")
        return "\n" * self._text.count("\n", tag.start, stop), stop

    def _tag(self, tag: _Tag) -> str:
        """A tag as it comes out: under its own name, with the attributes that mean something."""
        name = elements.RENAMED.get(tag.name, tag.name)
        if tag.closing:
            return f"</{name}>" if name in elements.ALLOWED_TAGS else ""
        if name not in elements.ALLOWED_TAGS:
            if tag.attributes.strip() or tag.name not in ("html", "body", "label", "bdi", "data"):
                self._looks_only(f"<{tag.name}>", tag.start)
            return ""
        classes: list[str] = ["center"] if tag.name == "center" else []
        kept: dict[str, str] = {}
        for key, value in _attributes_of(tag).items():
            self._attribute(tag, key, value, kept, classes)
        if classes:
            kept["class"] = " ".join(dict.fromkeys(classes))
        if name == "img" and not kept.get("src"):
            self._note(tag.start, "图片没有写文件名（src），没有登出，请写上")
            return ""
        if name == "a" and not kept.keys() & {"href", "id"}:
            self._note(tag.start, "链接没有写地址（href），请写上或去掉链接", "error")
        written = "".join(f' {key}="{html.escape(value)}"' for key, value in kept.items())
        return f"<{name}{written}>"

    def _attribute(
        self, tag: _Tag, key: str, value: str, kept: dict[str, str], classes: list[str]
    ) -> None:
        name = elements.RENAMED.get(tag.name, tag.name)
        if key == "class":
            wanted = value.split()
            classes += [word for word in wanted if word in elements.CLASSES]
            if any(word not in elements.CLASSES for word in wanted):
                self._looks_only("class", tag.start)
        elif key == "align" and value.lower() in ("left", "right", "center", "justify"):
            classes += [value.lower()] if value.lower() in ("right", "center") else []
        elif key == "style":
            self._style(tag, value, classes)
        elif key == "name" and name == "a":
            kept.setdefault("id", value)
        elif key in elements.ATTRIBUTES["*"] or key in elements.ATTRIBUTES.get(name, ()):
            kept[key] = value
        elif key in ("target", "rel") or key.startswith(("data-", "aria-", "v:")):
            self._looks_only(key.partition("-")[0] + ("-…" if "-" in key else ""), tag.start)
        else:
            self._looks_only(key, tag.start)

    def _style(self, tag: _Tag, value: str, classes: list[str]) -> None:
        found = _ALIGN.search(value)
        if found and (side := found[1].lower()) in ("right", "center", "end"):
            classes.append("right" if side == "end" else side)
        others = [one.partition(":")[0].strip().lower() for one in _DECLARATION.findall(value)]
        if any(other and other not in ("text-align", "text-indent") for other in others):
            self._looks_only("style", tag.start)


def _attributes_of(tag: _Tag) -> dict[str, str]:
    """A tag's attributes; a picture that is loaded late has its address as ``src``."""
    found: dict[str, str] = {}
    for key, value in _ATTRIBUTES.findall(tag.attributes):
        bare = value[1:-1] if value[:1] in ("'", '"', "“", "”") else value
        found.setdefault(key.lower(), html.unescape(bare))
    if tag.name == "img" and found.get("src", "data:").lower().startswith("data:"):
        late = next((found.pop(key) for key in elements.LATE_SOURCES if found.get(key)), "")
        if late:
            found["src"] = late
    return found
