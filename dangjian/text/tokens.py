"""Tokens: short marks that stand for pieces of HTML while the Markdown parser is at work.

Their signs are control characters, which no text can hold: they are taken out of it before.
"""

import re
from typing import Final

from dangjian.common.patterns import regex

BEGIN: Final = "\x0e"
END: Final = "\x0f"
STAR: Final = "\x10"
LESS: Final = "\x11"
TICK: Final = "\x12"
"""Stand for ``*``, ``<`` and a backtick that are text, and no mark-up."""

_ALONE = regex(r"<p>\s*((?:\x0e[0-9]+\x0f\s*)+)</p>")
_OPENING = regex(r"<p>\s*(\x0e([0-9]+)\x0f)")
_CLOSING = regex(r"(\x0e([0-9]+)\x0f)\s*</p>")
_ANY = regex(r"\x0e([0-9]+)\x0f")

_CLASS = regex(r'class="(right|center|small|note|lead-in)"')
_CLASSED = regex(r"<(p|li|h[2-6]|td|th|dd)>\s*\x0e\.([a-z-]+)\x0f")
_WRITTEN: Final = {STAR: "*", LESS: "&lt;", TICK: "`"}
_SIGNS = regex("[\x10-\x12]")
_LEFT = regex(r"\x0e[.#][^\x0f]*\x0f")


def class_token(tag: str) -> str:
    """A token before a paragraph that gives it the class of ``tag``, or nothing."""
    found = _CLASS.search(tag)
    return f"{BEGIN}.{found[1]}{END}" if found else ""


def set_classes(html: str) -> str:
    """Turn the tokens before paragraphs into their classes, and signs into what they stand for."""
    if BEGIN in html:
        html = _LEFT.sub("", _CLASSED.sub(r'<\1 class="\2">', html))
    if STAR in html or LESS in html or TICK in html:
        html = _SIGNS.sub(lambda match: _WRITTEN[match[0]], html)
    return html


def as_typed(text: str) -> str:
    """``text`` with the signs that stand for others as they were typed."""
    return text.replace(STAR, "*").replace(LESS, "<").replace(TICK, "`")


class Tokens:
    """The pieces of one text."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._blocks: set[int] = set()

    def add(self, piece: str, block: bool = False) -> str:
        """A token for ``piece``; a ``block`` never is within a paragraph."""
        number = len(self._pieces)
        self._pieces.append(piece)
        if block:
            self._blocks.add(number)
        return f"{BEGIN}{number}{END}"

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def put_back(self, html: str) -> str:
        """``html`` with the pieces in the places of their tokens."""
        if not self._pieces:
            return html
        html = _ALONE.sub(self._without_paragraph, html)
        html = _OPENING.sub(lambda m: m[1] if int(m[2]) in self._blocks else m[0], html)
        html = _CLOSING.sub(lambda m: m[1] if int(m[2]) in self._blocks else m[0], html)
        return _ANY.sub(lambda m: self._pieces[int(m[1])], html)

    def _without_paragraph(self, match: re.Match[str]) -> str:
        numbers = [int(one) for one in _ANY.findall(match[1])]
        return match[1].strip() if any(one in self._blocks for one in numbers) else match[0]
