"""Texts of a front matter, cleaned of what nobody sees, and cut into items; where they stand."""

from typing import Final

from msgspec import Struct

from dangjian.common.patterns import regex
from dangjian.common.problems import Level, Problem
from dangjian.schema.forms import SEPARATORS, shortened
from dangjian.schema.frontmatter import Group, Items, Node, Text
from dangjian.schema.keys import Spec

_HAN: Final = "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
_BETWEEN_WORDS: Final = regex(rf"(?<={_HAN})\s+|\s+(?={_HAN})")
# U+200D joins emoji into one picture; anywhere else it is as hidden as the rest.
_TOPIC: Final = regex(r"(?<![^\s、，,；;])#(?=\S)")
"""The sign before a topic (#党建), as other programs want it."""
_HIDDEN: Final = regex(
    "[\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\x85]"
    "|(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d"
)


class SourceLocation(Struct):
    """Where values are being read: the file, its folder, and the problems found so far.

    ``archived``: it is an article older than the archive date, whose pictures may lack words.
    """

    path: str
    folder: str
    problems: list[Problem]
    archived: bool = False

    def note(self, line: int, message: str, level: Level = "error") -> None:
        """Note a problem on a line of this file."""
        self.problems.append(Problem(self.path, line, message, level))


def plain_text(node: Node, spec: Spec, place: SourceLocation) -> str | None:
    """One text: white space made single, invisible characters gone."""
    if not isinstance(node, Text):
        shape = "列表" if isinstance(node, Items) else "下一级内容"
        message = f"{spec.label}只能写一段文字，这里写成了{shape}"
        place.note(node.line, f"{message}；文字以 [ 或 {{ 开头的，要用英文单引号括起来")
        return None
    return clean(node.text, node.line, spec, place)


def clean(text: str, line: int, spec: Spec, place: SourceLocation) -> str:
    if not text.isprintable():
        if found := _HIDDEN.search(text):
            code = f"U+{ord(found.group()):04X}"
            place.note(line, f"{spec.label}里有看不见的字符 {code}，已略去，请删去", "warning")
            text = _HIDDEN.sub("", text)
        text = " ".join(text.split())
    return text.strip()


def text_items(node: Node, spec: Spec, place: SourceLocation) -> list[Text] | None:
    """The items of a list, from a YAML list or a text with 、 ， ； between; empty ones gone."""
    if isinstance(node, Text):
        return _pieces(clean(node.text, node.line, spec, place), node.line, spec, place)
    if isinstance(node, Group):
        place.note(node.line, f"{spec.label}要写成几个词，用顿号隔开，例如：{spec.key.zh}: 甲、乙")
        return None
    items: list[Text] = []
    for item in node.items:
        if not isinstance(item, Text):
            place.note(item.line, f"{spec.label}的每一条只能是一段文字")
        elif text := clean(item.text, item.line, spec, place):
            if spec.kind in ("choices", "list") and not spec.key.by_title:
                items += _pieces(text, item.line, spec, place)
            else:
                items.append(Text(text, item.line))
    return items


def _pieces(text: str, line: int, spec: Spec, place: SourceLocation) -> list[Text]:
    """A text at its separators; words of Chinese may be parted by spaces as well."""
    if text.isalnum():
        return [Text(text, line)]
    if spec.key.by_spaces:
        text = _TOPIC.sub("", text.replace("|", "、").replace("｜", "、"))
    parts = [part for piece in SEPARATORS.split(text) if (part := piece.strip())]
    if spec.key.by_spaces and " " in text:
        words = [word for part in parts for word in _parted(part)]
        if len(words) > len(parts):
            listed = "、".join(words)
            message = (
                f"{spec.label}里的空格已当作分隔，读成 {len(words)} 个："
                f"{shortened(listed)}；宜用顿号"
            )
            place.note(line, message, "warning")
            parts = words
    return [Text(part, line) for part in parts]


def _parted(text: str) -> list[str]:
    """The words between spaces that touch a Chinese character; a name may be padded (李　明)."""
    words = _BETWEEN_WORDS.split(text)
    return [text] if all(len(word) == 1 for word in words) else words
