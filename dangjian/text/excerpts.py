"""The words of a text: all of them for the search, the first of them for lists and feeds."""

import html
import re
from typing import Final

from dangjian.common.patterns import has_mark, regex

_TAGS = regex(r"<[^>]*>")
_NOTE_MARKS = regex(r'<sup id="fnref[^>]*>.*?</sup>|<a class="footnote-backref".*?</a>')
_BREAKS = regex(
    r"</(?:p|h[1-6]|li|td|th|tr|dt|dd|div|figcaption|blockquote|pre|summary|caption)>"
    r"|<(?:br|hr)\b[^>]*>"
)
_TABLE_HEAD = regex(r"<thead\b.*?</thead>", re.DOTALL)
_HEAD_CELL = regex(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
_SPACE = regex(r"[ \t\r\f\v\u00a0\u3000]+")
_NO_PROSE = regex(
    r'<(figcaption|pre|table)\b.*?</\1>|<div class="toc">.*?</div>|<div class="footnote">.*',
    re.DOTALL,
)
_PARAGRAPH_BREAK = regex(r"(</(?:p|h[1-6]|li|dt|dd|summary|blockquote)>|<(?:br|hr)\b[^>]*>)\s*")
_ENDING: Final = frozenset("。！？；：，、…—.!?;:,）”》」』 ")
# What belongs to the character before it, or before which it may not be cut off: joiners, signs of
# variation, skin tones, tags of flags, combining marks (Unicode 16, UAX #29, the cases in use).
_EXTENDS = regex(
    "[\u200d\ufe0e\ufe0f\u20e3\u0300-\u036f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\U000e0100-\U000e01ef]"
)
_FLAG = regex("[\U0001f1e6-\U0001f1ff]")


def plain_text(text: str, head_end: str = "") -> str:
    """The words of an HTML text, a line for each block, references and tags gone.

    A line that is a cell of a table's head ends with ``head_end``, which is neither word nor space.
    """
    if has_mark(text, "footnote", "f"):
        text = _NOTE_MARKS.sub("", text)
    if head_end and has_mark(text, "<thead", "h"):
        text = _TABLE_HEAD.sub(lambda head: _ended_cells(head[0], head_end), text)
    broken = _BREAKS.sub("\n", text)
    words = html.unescape(_TAGS.sub("", broken))
    # Of all blanks only the plain one is printable. This is the quicker look.
    if "  " in words or not words.replace("\n", "").isprintable():
        words = _SPACE.sub(" ", words)
    lines = map(str.strip, words.split("\n"))
    return "\n".join(filter(None, lines))


def _ended_cells(head: str, end: str) -> str:
    return _HEAD_CELL.sub(lambda cell: f"{_BREAKS.sub(' ', cell[1])}{end}\n", head)


def prose_of(text: str, length: int) -> str:
    """The first words of an HTML text on one line, without captions, notes, code and tables.

    They are more than ``length`` characters, in whole blocks, unless there are no more.

    Blocks are parted by a space where the one before does not end with a sign.
    """
    if has_mark(text, "footnote", "f"):
        text = _NOTE_MARKS.sub("", text)
    if "<figcaption" in text or "<pre" in text or "<table" in text or 'class="' in text:
        text = _NO_PROSE.sub("", text)
    prose, start = "", 0
    while start < len(text) and len(prose) <= length:
        end = _PARAGRAPH_BREAK.search(text, start)
        block, start = (text[start : end.start()], end.end()) if end else (text[start:], len(text))
        words = _SPACE.sub(" ", html.unescape(_TAGS.sub("", block)).replace("\n", " ")).strip()
        if words:
            prose += f" {words}" if prose and prose[-1] not in _ENDING else words
    return prose


def excerpt(prose: str, length: int = 100) -> str:
    """The first ``length`` characters of ``prose``, ended at a sentence where one is near.

    Flags, families and other signs of several characters stay whole.
    """
    if len(prose) <= length:
        return prose
    cut = prose[: _whole(prose, length)]
    end = max(cut.rfind(mark) for mark in "。！？；")
    if end >= length // 2:
        return cut[: end + 1]
    return cut.rstrip("，、：；“‘（《 ") + "……"


def _whole(words: str, position: int) -> int:
    """The last place at or before ``position`` at which no character is cut."""
    while position > 0:
        before, after = words[position - 1], words[position]
        if (
            _EXTENDS.match(after)
            or before == "\u200d"
            or (_FLAG.match(after) and _odd_flags_before(words, position))
        ):
            position -= 1
        else:
            break
    return position


def _odd_flags_before(words: str, position: int) -> bool:
    count = 0
    while position - count > 0 and _FLAG.match(words[position - count - 1]):
        count += 1
    return count % 2 == 1
