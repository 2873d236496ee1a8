"""Marks typed with a Chinese keyboard: full-width brackets and signs where Markdown has its own."""

import re
from typing import Final

_TARGET: Final = (
    r"(?:https?://[^\s（）()]+|mailto:[^\s（）()]+|[^\s（）()\[\]，。；！？“”]+\.[A-Za-z0-9]{1,5}(?:#[^\s（）()]*)?"
    r"|[#/][^\s（）()，。；！？“”]+)"
)
_WIDE_LINK = re.compile(rf"(\[[^\[\]\n]+\])[（(]\s*({_TARGET})\s*[）)]")
_WIDE_PICTURE = re.compile(rf"！(?=\[[^\[\]\n]*\]\({_TARGET})")
_TITLE = re.compile(r"(\]\([^\s()（）]+) +[“”]([^“”\n]*)[“”]\)")


def mend_slips(text: str) -> str:
    """``text`` with ``[x]（a.md）``, ``！[x](a.jpg)`` and ``(a.md “x”)`` as they are meant."""
    if "]" not in text:
        return text
    if "]（" in text or "）" in text:
        text = _WIDE_LINK.sub(
            lambda m: m[0] if m[0][len(m[1])] == "(" and m[0][-1] == ")" else f"{m[1]}({m[2]})",
            text,
        )
    if "！[" in text:
        text = _WIDE_PICTURE.sub("!", text)
    if " “" in text or " ”" in text:
        text = _TITLE.sub(r'\1 "\2")', text)
    return text
