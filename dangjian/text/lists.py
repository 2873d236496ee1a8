"""Markers of list items and of notes, and how far in a line begins."""

from typing import Final

from msgspec import Struct

from dangjian.common.patterns import regex
from dangjian.text.characters import HAN

BULLET: Final = regex(r"[-*+][ \t]+(?=\S)")
NUMBER: Final = regex(r"(\d{1,3})[.)][ \t]+(?=\S)")
NOTE: Final = regex(r"\[\^([^\]\n]+)\][:：][ \t]*")
RULE: Final = regex(r"([-*_])[ \t]*(?:\1[ \t]*){2,}")
STEP: Final = "    "
_TASK = regex(r"\[([ xX])\][ \t]+")
_LARGE_NUMBER = regex(r"^(\d{4,})([.)])(?=[ \t])")
_ANY_NUMBER = regex(r"^(\d+)([.)])(?=[ \t])")
_HAN = regex(f"[{HAN}]")


class Item(Struct):
    """An item that is open: how far in its marker and its words stand, in columns."""

    kind: str
    marker: int
    content: int


def indent_of(line: str) -> tuple[int, str]:
    """How many columns a line is set in, and the rest; a tab reaches to the next fourth column."""
    column = position = 0
    for sign in line:
        if sign == " ":
            column += 1
        elif sign == "\t":
            column += 4 - column % 4
        else:
            break
        position += 1
    return column, line[position:]


def marker_of(rest: str) -> tuple[str, str, str] | None:
    """The kind of an item (``ul``, ``ol``), its marker as we write it, and its words."""
    if RULE.fullmatch(rest.rstrip()):
        return None
    if found := BULLET.match(rest):
        return "ul", "- ", with_box(rest[found.end() :])
    if found := NUMBER.match(rest):
        return "ol", f"{found[1]}. ", rest[found.end() :]
    return None


def with_box(words: str) -> str:
    """An item's words with ``[x]`` before them as a box."""
    found = _TASK.match(words)
    if found is None:
        return words
    return ("☐ " if found[1] == " " else "☑ ") + words[found.end() :]


def no_marker(line: str, *, behind_text: bool = False) -> str:
    """A line of text so that the parser takes none of its signs for a marker.

    ``behind_text``: the line before it is of the same block, so that it begins no list.
    """
    if line[:1].isdigit():
        numbers = _ANY_NUMBER if behind_text else _LARGE_NUMBER
        return numbers.sub(r"\1\\\2", line, count=1) if numbers.match(line) else line
    return line
