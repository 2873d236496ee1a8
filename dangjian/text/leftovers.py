"""What was meant as a link or a picture and is shown as it was typed: that has to be reported."""

import html
import re
from typing import Final

from dangjian.common.patterns import regex
from dangjian.text.remarks import Remark

_CODE = regex(r"<(pre|code)\b[^>]*>.*?</\1>", re.DOTALL)
_TAGS = regex(r"<[^>]*>")
_LINK = regex(r"\]\(([^\s()]{0,30})")
_REVERSED = regex(
    r"!?[(（][^()（）\n]{1,60}[)）]\[(?:https?://[^\]\s]{1,80}"
    r"|[^\[\]\s]{1,60}\.(?:md|html?|jpe?g|png|gif|webp|pdf|docx?|xlsx?))\]",
    re.IGNORECASE,
)
_NOT_DEFINED = regex(r"\[(?![\d、,，\-–~\s]+\])[^\[\]\n]{1,60}\]\[([^\[\]\n^]{1,40})\]")
_ESCAPED: Final = ("\\](", "]\\(", "\\][", "]\\[")


def look_at_leftovers(made: str, written: str, remarks: list[Remark]) -> None:
    """Report what in the HTML ``made`` looks like a link that is none, one of each kind.

    What was ``written`` with a backslash is meant to be shown.
    """
    if any(one in written for one in _ESCAPED) or any("按文字显示" in r.message for r in remarks):
        return
    shown = html.unescape(_TAGS.sub("", _CODE.sub("", made)))
    if found := _LINK.search(shown):
        remarks.append(
            Remark(
                f"“{found[0]}”前后没有排成链接或图片，已按文字显示；要写成 [文字](地址)、"
                "![说明](文件名)，文字里的方括号前面加反斜线",
                near=found[0],
                level="warning",
            )
        )
    if found := _REVERSED.search(shown):
        remarks.append(
            Remark(
                f"“{found[0][:40]}”的括号写反了，已按文字显示；要写成 [文字](地址)",
                near=found[0],
                level="warning",
            )
        )
    if found := _NOT_DEFINED.search(shown):
        remarks.append(
            Remark(
                f"“{found[0][:40]}”没有排成链接，已按文字显示：没有“[{found[1]}]: 地址”这一行；"
                "要写成 [文字](地址)",
                near=found[0],
                level="warning",
            )
        )
