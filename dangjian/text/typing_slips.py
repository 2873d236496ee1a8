"""What is typed in the place of Markdown's signs: full-width brackets and bars, named blanks."""

import re
from collections.abc import Callable
from typing import Final

from dangjian.common.patterns import regex

_TARGET: Final = (
    r"(?:https?://[^\s（）()]+|mailto:[^\s（）()]+|[^\s（）()\[\]，。；！？“”]+\.[A-Za-z0-9]{1,5}(?:#[^\s（）()]*)?"
    r"|[#/][^\s（）()，。；！？“”]+)"
)
_NAME: Final = r"[^\s（）()\[\]，。；！？“”]+"
_PICTURE: Final = rf"{_NAME}\.(?:jpe?g|png|gif|webp|bmp|svg|tiff?|heic)"
_FILE: Final = (
    rf"(?:https?://[^\s（）()]+|mailto:[^\s（）()]+|{_PICTURE}"
    rf"|{_NAME}\.(?:md|html?|pdf|docx?|xlsx?|pptx?|wps|et|dps|ofd|zip|rar|7z|txt|mp[34])(?:#[^\s（）()]*)?)"
)
"""What can only be an address, also where the brackets before it are of another kind or far off."""
# It begins with its sign: the engine skips what no alternative begins with three times as fast.
_CODE: Final = r"`(?<![`\\]`)(?P<ticks>`*)(?!`).*?(?<!`)`(?P=ticks)(?!`)"
_WIDE_LINK = regex(rf"{_CODE}|\[(?P<text>[^\[\]\n]+)\][（(]\s*(?P<to>{_TARGET})\s*[）)]", re.DOTALL)
_ODD_LINK = regex(
    rf"{_CODE}"
    rf"|(?:(?P<picture>[!！])(?=[\[［【][^\[\]［］【】\n]+[\]］】][ ]?[(（]\s*{_PICTURE}\s*[)）]))?"
    rf"[\[［【](?P<text>[^\[\]［］【】\n]+)[\]］】][ ]?[(（]\s*(?P<to>{_FILE})\s*[)）]",
    re.DOTALL | re.IGNORECASE,
)
_WIDE_PICTURE = regex(
    rf"{_CODE}|(?:^|(?<=[\s>]))！(?=\[[^\[\]\n]*\]\({_TARGET})", re.DOTALL | re.MULTILINE
)
_TITLE = regex(r"(\]\([^\s()（）]+) +[“”]([^“”\n]*)[“”]\)")
_WIDE_ROWS = regex(r"^[ ]*｜.*｜[ ]*(?:\n[ ]*｜.*｜[ ]*)+$", re.MULTILINE)
_WIDE_NOTE = regex(r"(?<!`)(?:［[\^＾]|\[＾)([^\[\]［］\n]+)[］\]]")
_BLANK = r"&(?:emsp|ensp|nbsp|#12288|#160|#x3000|#xa0);"
_INDENT = regex(rf"^[ \t]*{_BLANK}(?:{_BLANK}|[ \t\u3000\u00a0])*", re.MULTILINE | re.IGNORECASE)


def mend_slips(text: str) -> str:
    """``text`` with ``[x]（a.md）``, ``！[x](a.jpg)`` and ``(a.md “x”)`` as they are meant."""
    if "]" not in text and "】" not in text and "］" not in text:
        return text
    if "]（" in text or ("](" in text and "）" in text):
        text = _outside_code(_WIDE_LINK, _plain_link, text)
    if "】" in text or "］" in text or "] (" in text or "] （" in text:
        text = _outside_code(_ODD_LINK, _odd_link, text)
    if "！[" in text:
        text = _outside_code(_WIDE_PICTURE, lambda _: "!", text)
    if " “" in text or " ”" in text:
        text = _TITLE.sub(r'\1 "\2")', text)
    return text


def with_plain_notes(text: str) -> str:
    """``text`` with notes between full-width brackets (``［^1］``) as notes."""
    return _WIDE_NOTE.sub(r"[^\1]", text)


def with_indents(text: str) -> str:
    """``text`` with blanks written as ``&emsp;`` or ``&nbsp;`` before a line as full-width ones."""
    return _INDENT.sub("\u3000\u3000", text)


def with_plain_bars(text: str) -> str:
    """``text`` with rows between ``｜`` as rows of a table."""
    return _WIDE_ROWS.sub(lambda rows: rows[0].replace("｜", "|"), text)


def _outside_code(pattern: re.Pattern[str], made: Callable[[re.Match[str]], str], text: str) -> str:
    return pattern.sub(lambda found: made(found) if found["ticks"] is None else found[0], text)


def _plain_link(found: re.Match[str]) -> str:
    text = f"[{found['text']}]"
    if found[0][len(text)] == "(" and found[0][-1] == ")":
        return found[0]
    return f"{text}({found['to']})"


def _odd_link(found: re.Match[str]) -> str:
    return f"{'!' if found['picture'] else ''}[{found['text']}]({found['to']})"
