"""Signs out of place: half-width punctuation, garbled characters, other programs' marks."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from dangjian.common.patterns import regex

_HAN: Final = "\u3400-\u9fff"
_HALF: Final = regex(
    rf"(?:[{_HAN}]+[,;:?!](?=[{_HAN}“《])|[{_HAN}]\.(?=[{_HAN}])|[{_HAN}]\"(?=[{_HAN}]))"
)
_FULL: Final = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", ".": "。", '"': "“”"}
_CODE: Final = regex(r"`[^`]*`|<[^<>]*>|\]\([^()]*\)|https?://\S+")
_FENCE: Final = regex(r"\s*(?:`{3,}|~{3,})")
_GARBLED: Final = regex(
    "\ufffd|锟斤拷|烫烫烫|屯屯屯|ï»¿|â€[\x80-\xbf\u2013-\u203a™œ]|[\ue000-\uf8ff]"
)
_FOREIGN: Final = regex(
    r"\{%-?\s*\w[^%]*%\}|\{\{[<%]?\s*[\w./\-]+[^}]*\}\}|^:::+\s*\w+|!?\[\[[^\[\]]+\]\]"
    r"|\[(?:caption|gallery|embed|audio|video|playlist)\b[^\]]*\]|^\{:\s*[.#\w][^}]*\}|@\[TOC\]\([^)]*\)"
    r"|^(?:!!!|\?\?\?\+?)\s*\w+|\{:\s*toc\s*\}|\^\[[^\[\]\n]+\]"
    r"|\$\$[^$]+\$\$|^>\s*\[!\w+\]|(?<=\))\{:?\s*(?:width|height|style|align)\s*=[^}]*\}"
)
_IN_HEAD: Final = regex(
    r"</?(?:br|b|strong|i|em|u|p|font|span|sup|sub|a|div|center|img)\b[^<>]*>|\*\*[^*]+\*\*"
    r"|&(?:nbsp|amp|lt|gt|quot|emsp|ensp|ldquo|rdquo|#\d+|#x[0-9a-f]+);",
    re.IGNORECASE,
)
_HEAD_LINK: Final = regex(r"!?\[[^\[\]]+\]\([^()\s]+\)")
_PLAIN_KEY: Final = regex(
    r"(?:标题|引题|副题|短标题|摘要|来源|作者|责任编辑|title|subtitle|summary|source|author)\s*[:：]",
    re.IGNORECASE,
)


def odd_marks(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Notices on lines of a text (number, words), one of each kind, at the first place."""
    half: list[tuple[int, str]] = []
    garbled: list[tuple[int, str]] = []
    foreign: list[tuple[int, str]] = []
    for number, line in _outside_fences(lines):
        garbled += [(number, found[0]) for found in _GARBLED.finditer(line)]
        foreign += [(number, found[0]) for found in _FOREIGN.finditer(line)]
        words = _CODE.sub("`", line)
        half += [(number, found[0]) for found in _HALF.finditer(words)]
    if half:
        number, found = half[0]
        right, more = _FULL[found[-1]], _times(half)
        yield number, f"汉字之间有半角标点（“{found[-6:]}”），宜用全角的“{right}”{more}"
    if garbled:
        number, found = garbled[0]
        shown, more = _shown(found), _times(garbled)
        yield number, f"有乱码或者只有某种字体才有的字（{shown}），请核对原稿{more}"
    if foreign:
        number, found = foreign[0]
        message = (
            f"“{found[:20]}”是别的系统的写法，这里照字面显示；"
            f"请改成普通的文字、图片或链接{_times(foreign)}"
        )
        yield number, message


def marks_in_head(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Notices on lines of front matter (number, words) whose marks are shown as they are."""
    for number, line in lines:
        if line.lstrip().startswith("#"):
            continue
        found = _IN_HEAD.search(line)
        if found is None and _PLAIN_KEY.match(line):
            found = _HEAD_LINK.search(line)
        if found:
            yield (
                number,
                f"文件头里的“{found[0][:20]}”不起作用，照字面显示在页面上；请只写文字",
            )


def repeats_title(title: str, first_line: str) -> bool:
    """Whether a text begins with the article's title, which the page shows already."""
    return _folded(first_line) == _folded(title) != ""


def _folded(words: str) -> str:
    return re.sub(r"[\W_]+", "", words)


def _times(found: list[tuple[int, str]]) -> str:
    return f"；全文共 {len(found)} 处" if len(found) > 1 else ""


def _shown(found: str) -> str:
    return f"U+{ord(found):04X}" if len(found) == 1 else found


def _outside_fences(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    inside = False
    for number, line in lines:
        if _FENCE.match(line):
            inside = not inside
        elif not inside:
            yield number, line
