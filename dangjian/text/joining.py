"""Line ends between two Chinese characters, which a page would show as a space, are dropped."""

import re

from dangjian.common.patterns import regex
from dangjian.text.characters import HAN

_JOIN = regex(rf"(?<=[{HAN}])\n(?=[{HAN}])")
_PRE = regex(r"(<pre.*?</pre>)", re.DOTALL)
_INLINE = r"(?:</?(?:a|abbr|b|cite|code|del|em|i|ins|mark|s|small|span|strong|sub|u)\b[^<>]*>)*"
_NOTE = r'(?:<sup id="fnref[^>]*><a [^>]*>[^<]*</a></sup>)*'
_JOIN_AT_TAGS = regex(rf"([{HAN}]{_INLINE}{_NOTE}{_INLINE})\n(?={_INLINE}[{HAN}])")


def join_words(text: str) -> str:
    """Drop line ends between Chinese characters in text or HTML without ``<pre>``."""
    text = _JOIN.sub("", text)
    if ">\n" in text or "\n<" in text:
        text = _JOIN_AT_TAGS.sub(r"\1", text)
    return text


def join_lines(text: str) -> str:
    """The same in any HTML: what is in ``<pre>`` stays."""
    if "<pre" not in text:
        return join_words(text)
    parts = _PRE.split(text)
    return "".join(part if part.startswith("<pre") else join_words(part) for part in parts)
