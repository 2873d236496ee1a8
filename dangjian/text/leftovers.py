"""What was meant as a link or a picture and is shown as it was typed: that has to be reported."""

import html
import re
from typing import Final

from dangjian.common.patterns import regex
from dangjian.text.remarks import Remark
from dangjian.text.tags import NOT_MARKDOWN

_CODE = regex(r"<(pre|code)\b[^>]*>.*?</\1>", re.DOTALL)
_TAGS = regex(r"<[^>]*>")
_LINK = regex(r"\]\(([^\s()]{0,30})")
_REVERSED = regex(
    r"!?[(（][^()（）\n]{1,60}[)）]\[(?:https?://[^\]\s]{1,80}"
    r"|[^\[\]\s]{1,60}\.(?:md|html?|jpe?g|png|gif|webp|pdf|docx?|xlsx?))\]",
    re.IGNORECASE,
)
_NOT_DEFINED = regex(r"\[(?![\d、,，\-–~\s]+\])[^\[\]\n]{1,60}\]\[([^\[\]\n^]{1,40})\]")
_KINDS: Final = (
    (
        _LINK,
        (
            "“{0}”前后没有排成链接或图片，已按文字显示；要写成 [文字](地址)、"
            "![说明](文件名)，文字里的方括号前面加反斜线"
        ),
    ),
    (_REVERSED, "“{0}”的括号写反了，已按文字显示；要写成 [文字](地址)"),
    (
        _NOT_DEFINED,
        "“{0}”没有排成链接，已按文字显示：没有“[{1}]: 地址”这一行；要写成 [文字](地址)",
    ),
)
_ESCAPED = regex(r"(?:\\\]\\?|\]\\)[(\[][^\s()\[\]\\]{0,30}")
_MAX_SHOWN = 40


def look_at_leftovers(made: str, written: str, remarks: list[Remark]) -> None:
    """Report what in the HTML ``made`` looks like a link that is none, one of each kind.

    What was ``written`` with a backslash is meant to be shown, and of links within an
    element that is taken as it is written, that is reported already.
    """
    if any(NOT_MARKDOWN in remark.message for remark in remarks):
        return
    meant = [found.replace("\\", "") for found in _ESCAPED.findall(written)]
    shown = html.unescape(_TAGS.sub("", _CODE.sub("", made)))
    for pattern, message in _KINDS:
        for found in pattern.finditer(shown):
            if not any(one in found[0] for one in meant):
                words = [found[0][:_MAX_SHOWN], *found.groups()]
                remarks.append(Remark(message.format(*words), near=found[0], level="warning"))
                break
