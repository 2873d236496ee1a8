"""Line ends between two Chinese characters, which a page would show as a space, are dropped.

So are those within a date, a time or a number with its unit. Between other numbers and Chinese
characters they stay: lines of dates or of scores would run together.
"""

import re

from dangjian.common.patterns import has_mark, regex
from dangjian.text.characters import HAN

# The line end comes first: the engine looks for it much sooner than for a place behind a character.
_JOIN = regex(rf"\n(?<=[{HAN}]\n)(?=[{HAN}])")
# From the larger part of a date, a time or an amount to the next smaller one, never to one of its
# kind; from a number to a unit that is no surname.
_PARTS = (
    ("[0-9]年", "[0-9]{1,2}月"),
    ("[0-9]月", "[0-9]{1,2}[日号]"),
    ("[0-9][日号]", "[0-9]{1,2}(?:[时点]|[:：][0-9]{2})"),
    ("[0-9][时点]", "[0-9]{1,2}分"),
    ("[0-9]分", "[0-9]{1,2}秒"),
    ("[0-9]亿", "[0-9]+万"),
    ("[0-9]", "[年月日号届次批个名位项条期级元岁亩亿户]"),
    ("第", "[0-9]"),
)
_JOIN_PARTS = regex(
    r"\n(?:" + "|".join(rf"(?<={left}\n)(?={right})" for left, right in _PARTS) + ")"
)
_PRE = regex(r"(<pre.*?</pre>)", re.DOTALL)
_INLINE = r"(?:</?(?:a|abbr|b|cite|code|del|em|i|ins|mark|s|small|span|strong|sub|u)\b[^<>]*>)*"
_NOTE = r'(?:<sup id="fnref[^>]*><a [^>]*>[^<]*</a></sup>)*'
_PARTS_AT_TAGS = regex(rf"([0-9年月日号时点分亿第]{_INLINE})\n(?={_INLINE}([0-9]+.{{0,3}}|[^\s<]))")
_JOIN_AT_TAGS = regex(rf"([{HAN}]{_INLINE}{_NOTE}{_INLINE})\n(?={_INLINE}[{HAN}])")


def join_words(text: str) -> str:
    """Drop line ends within what is Chinese in text or HTML without ``<pre>``."""
    text = _JOIN_PARTS.sub("", _JOIN.sub("", text))
    if ">\n" in text or "\n<" in text:
        text = _JOIN_AT_TAGS.sub(r"\1", text)
        text = _PARTS_AT_TAGS.sub(_join_at_tags, text)
    return text


def _join_at_tags(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 1) : match.start() + 1]
    return match[1] if _JOIN_PARTS.search(f"{before}\n{match[2]}") else match[0]


def join_lines(text: str) -> str:
    """The same in any HTML: what is in ``<pre>`` stays."""
    if not has_mark(text, "<pre", "e"):
        return join_words(text)
    parts = _PRE.split(text)
    return "".join(part if part.startswith("<pre") else join_words(part) for part in parts)
