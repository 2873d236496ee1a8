"""Inline marks of the dialect beyond Python-Markdown's: ~~struck~~, bare addresses, line ends."""

import re
import xml.etree.ElementTree as ET

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor, SubstituteTagInlineProcessor
from markdown.util import AtomicString

from dangjian.common.patterns import regex

ESCAPED = list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
"""What a backslash makes text of (CommonMark 0.31, 2.4)."""

_HAN = "\u3400-\u9fff"
_SIGNS = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]"
_PIECE = rf"[A-Za-z0-9\-_.%{_HAN}]"
_HAN_HOST = (
    rf"(?:[A-Za-z0-9\-{_HAN}]+\.)+(?:cn|com|net|org|中国|网络|公司|政务|公益)(?![A-Za-z0-9{_HAN}])"
)
_HAN_PATH = (
    rf"(?<=/){_PIECE}+/(?:{_PIECE}+/)*(?:{_PIECE}*?\.[A-Za-z0-9]{{2,5}}(?![A-Za-z0-9]))?"
    rf"|(?<=/){_PIECE}+?\.(?:html?|pdf|docx?|xlsx?|pptx?|jpe?g|png|zip)(?![A-Za-z0-9])"
    rf"|(?<==)[{_HAN}]+(?=[&#\s，。；、）)》”]|$)"
)
"""Chinese in a path that goes on behind it, or as a whole value: other words are the sentence's."""
_WEB = (
    rf"(?<![A-Za-z0-9_@/.:\-])(?:https?://{_HAN_HOST}{_SIGNS}*"
    rf"|(?:https?://|www\.(?=[A-Za-z0-9])){_SIGNS}+)(?:(?:{_HAN_PATH}){_SIGNS}*)*"
)
_MAIL = (
    r"(?<![A-Za-z0-9_@/.:+\-])[A-Za-z0-9._+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*"
    r"\.[A-Za-z]{2,}(?![A-Za-z0-9_@])"
)
_TRAILING = regex(r"[.,;:!?'*~]+$")
_STRUCK = r"~~(?=[^\s~])"
_STRUCK_END = regex(r"(?<=[^\s~])~~(?!~)")
_BROKEN = r"\\\n"


def add_inline_marks(md: Markdown) -> None:
    """Register the marks; pictures and links are read before them, emphasis after."""
    md.ESCAPED_CHARS = ESCAPED
    patterns = md.inlinePatterns
    for name in ("html", "autolink", "automail"):
        # Tags and addresses between < and > are tokens when the parser sees the text.
        patterns.deregister(name)
    patterns.register(SubstituteTagInlineProcessor(_BROKEN, "br"), "backslash", 185)
    patterns.register(_Address(_WEB), "web", 88)
    patterns.register(_Mail(_MAIL), "mail", 87)
    patterns.register(_Struck(_STRUCK), "struck", 65)


Handled = tuple[ET.Element | None, int | None, int | None]


class _Address(InlineProcessor):
    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: re.Match[str], _data: str) -> Handled:  # type: ignore[override]  # noqa: N802 - Markdown's own name
        shown = _TRAILING.sub("", m[0])
        while shown.endswith((")", "]")):
            opening = "(" if shown.endswith(")") else "["
            if shown.count(opening) >= shown.count(shown[-1]):
                break
            shown = _TRAILING.sub("", shown[:-1])
        bare = shown.partition("://")[2] or shown.removeprefix("www.")
        if not bare:
            return None, None, None
        link = _link(shown if "://" in shown else f"http://{shown}", shown)
        return link, m.start(), m.start() + len(shown)


class _Mail(InlineProcessor):
    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: re.Match[str], _data: str) -> Handled:  # type: ignore[override]  # noqa: N802 - Markdown's own name
        return _link(f"mailto:{m[0]}", m[0]), m.start(), m.end()


class _Struck(InlineProcessor):
    """Looks for an end once where there is none: from each beginning it would cost the square."""

    _endless = ""

    def handleMatch(self, m: re.Match[str], data: str) -> Handled:  # type: ignore[override]  # noqa: N802 - Markdown's own name
        end = None if data is self._endless else _STRUCK_END.search(data, m.end() + 1)
        if end is None:
            self._endless = data
            return None, None, None
        struck = ET.Element("del")
        struck.text = data[m.end() : end.start()]
        return struck, m.start(), end.end()


def _link(href: str, shown: str) -> ET.Element:
    link = ET.Element("a")
    link.set("href", href)
    link.text = AtomicString(shown)
    return link
