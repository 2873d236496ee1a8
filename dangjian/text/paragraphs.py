"""Where a new line is a new paragraph, and where a line goes on.

People who paste from Word or a web page write one paragraph a line; people who wrap their lines
part paragraphs by an empty one. The default looks at the lines: see ``split_lines``.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, Literal
from unicodedata import east_asian_width

from dangjian.common.patterns import regex
from dangjian.text.remarks import Remark

LineBreaks = Literal["auto", "paragraph", "join"]

INDENTED: Final = regex(r"[ \t]*(?:\u3000|\u00a0{2}|\u2003)|[ ]{4}|[ ]{0,3}\t")
"""How a line begins whose first words are set in by two characters."""

_SENTENCE_END = regex(r"(?:[。！？…；：]|(?<=[\u3400-\u9fff])[.!?;:])[”’」』）》)\]*_~\x10]*$")
_FULL_STOP = regex(r"[。！？…](?=.)")
_NUMBERED = regex(
    r"[*_]{0,3}(?:[一二三四五六七八九十百]{1,4}、|[（(](?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）]"
    r"|[①-⑳⑴-⒇❶-❿]|[Ⅰ-Ⅻ](?:、|[.．])|[•●■◆▪○★※▲►◎□☆]"
    r"|第[一二三四五六七八九十百零〇\d]{1,5}[章节条款项][\s\u3000：、])"
)
_FIGURE_NUMBERED = regex(r"[*_]{0,3}(\d{1,3})(?:、|[.．)）](?!\d))")
_LETTERED = regex(r"[*_]{0,3}([A-Ha-h])(?:、|[.．)）](?![A-Za-z0-9]))")
_DASHED = regex(r"[—–－·・‧∙⁃](?![—–－])|[-*+](?=[\u3400-\u9fff])")
_IN_COLUMNS = regex(r"[^\s\u3000](?:[ ]{3,}|[ ]?\u3000[ \u3000]*|\t)[^\s\u3000]")
_ALIKE = (
    regex(r"\d{1,2}[:：]\d{2}(?!\d)"),
    regex(r"\d{1,2}(?:\.\d{1,2})+(?:[\s、]|(?=[\u3400-\u9fff]))"),
    regex(r"\[\d{1,3}\]"),
    regex(r"\[[^\[\]]+\]\([^()]*\)$"),
    regex(r"[\u3400-\u9fff·]{2,4}[（(][^（）()]{1,20}[）)]$"),
    regex(r"“[^“”]+”$"),
)
"""Lines that are rows if the one before is of the same kind: times, numberings, sources, links,
names with what they are, slogans."""
_BRACKETED = regex(r"[（(][^（）()]+[）)]")
_PICTURE_LINE = regex(r"!\[[^\[\]\n]*\]\((?:[^()\n]|\([^()\n]*\))+\)[ \t]*")
_BOLD_LINE = regex(r"\*\*[^*]+(?<![，、,])\*\*[ \t]*")
_ROW = regex(r"[*_]{0,3}[\u3400-\u9fffA-Za-z]{1,8}\d{0,2}[*_]{0,3}[：:](?!//)")
_KNOWN_ROW = regex(
    r"[*_]{0,3}(?:时\s*间|地\s*点|来\s*源|作\s*者|记\s*者|通讯员|编\s*辑|责任编辑|责\s*编|校\s*对|审\s*核|签\s*发"
    r"|主\s*持|主持人|主讲人|记\s*录|记录人|参会人员|参加人员|出\s*席|列\s*席|缺\s*席|联系人|联系电话|联系方式"
    r"|电\s*话|传\s*真|邮\s*箱|电子邮箱|邮\s*编|地\s*址|网\s*址|日\s*期|附\s*件|主\s*题|监督电话|举报电话"
    r"|咨询电话|报名时间|报名地点|报名方式|公示时间|公示期)[*_]{0,3}[：:](?!//)"
)
_DATE = regex(
    r"\d{4}([./\-])\d{1,2}\1\d{1,2}|(?:\d{4}|[〇○零一二三四五六七八九]{4})\s*年\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*月\s*"
    r"(?:\d{1,2}|[一二三四五六七八九十廿卅]{1,4})\s*日"
)
_PUNCTUATION = regex(r"[，。！？；：、,.!?;:…“”《》（）()\[\]|*_`]")
_ENDS_LINE = ("  ", "\\")
_WORDS_FIRST = regex("(?:[0-9]{1,4}|\\*\\*)[\u3401-\u9fff]")
_FULL_LINE = 0.8
_LEAST_WRAP = 24


def begins_words(line: str) -> bool:
    """Whether a line plainly begins with words, as nearly all do, and has no cells.

    A Chinese character, a quotation mark, figures before a Chinese character (5月17日), bold words.
    """
    first = line[0]
    if first > "\u3400":
        if first == "＃":
            return False
    elif first not in "“‘" and not _WORDS_FIRST.match(line):
        return False
    return "|" not in line and "\t" not in line


def is_date(line: str) -> bool:
    """Whether a line is a date and nothing else."""
    return _DATE.fullmatch(line.strip()) is not None


def ends_sentence(line: str) -> bool:
    """Whether a line ends with a sentence, or with a colon that announces what follows."""
    return _SENTENCE_END.search(line.rstrip()) is not None


def split_lines(lines: Sequence[str], mode: LineBreaks) -> list[list[str]]:
    """Lines without an empty one between them, as paragraphs of one or more lines.

    ``paragraph``: each line is one. ``join``: only a line that is set in begins one. ``auto``: so
    does a line that a person sees as a new one: a numbering, a row like 时间：……, a signature's
    date, a line behind the end of a sentence. In lines that were wrapped at a fixed width, the end
    of a sentence at the end of a full line says nothing.
    """
    groups = [[lines[0]]]
    if len(lines) == 1:
        return groups
    widest = _wrapped_width(lines) if mode == "auto" else 0
    apart = mode == "auto" and _is_list_of_names(lines)
    for before, line in pairwise(lines):
        if before.endswith(_ENDS_LINE):
            new = False
        elif mode == "paragraph" or apart or INDENTED.match(line):
            new = True
        else:
            new = mode == "auto" and _begins(before, line, widest)
        if new:
            groups.append([line])
        else:
            groups[-1].append(line)
    return groups


def _begins(before: str, line: str, widest: int) -> bool:
    stripped = line.strip()
    if _KNOWN_ROW.match(stripped) or is_date(stripped):
        return True
    if widest and _width(before) >= _FULL_LINE * widest:
        return False
    if ends_sentence(before) or _NUMBERED.match(stripped):
        return True
    previous = before.strip()
    if _BOLD_LINE.fullmatch(previous) or any(map(_PICTURE_LINE.fullmatch, (previous, stripped))):
        return True
    if is_short(previous) and (
        _KNOWN_ROW.match(previous) or stripped[:2] == "——" or _BRACKETED.fullmatch(stripped)
    ):
        return True
    if found := _FIGURE_NUMBERED.match(stripped):
        start = _KNOWN_ROW.sub("", previous).lstrip()
        return found[1] == "1" or _FIGURE_NUMBERED.match(start) is not None
    if _LETTERED.match(stripped) and stripped[0] in "Aa*_":
        return True
    alike = (_ROW, _LETTERED, _DASHED, *_ALIKE)
    if any(one.match(stripped) and one.match(previous) for one in alike):
        return True
    return (
        _IN_COLUMNS.search(stripped) is not None and _IN_COLUMNS.search(before.strip()) is not None
    )


def _width(line: str) -> int:
    return sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in line.strip())


def is_short(line: str) -> bool:
    """Whether nobody would have wrapped a line here: it has hardly begun, and makes no pause."""
    return _width(line) < _LEAST_WRAP and not line.rstrip().endswith(
        ("，", "、", ",", "（", "(", "“", "《")
    )


def _wrapped_width(lines: Sequence[str]) -> int:
    """The width at which these lines were wrapped; 0 if they were not."""
    broken = [line for line in lines[:-1] if not ends_sentence(line)]
    widest = max(map(_width, lines))
    if widest < _LEAST_WRAP or not broken:
        return 0
    full = sum(_width(line) >= _FULL_LINE * widest for line in broken)
    return widest if full * 2 > len(broken) else 0


def _is_list_of_names(lines: Sequence[str]) -> bool:
    """Three or more short lines without any punctuation: names, titles, verses."""
    return len(lines) >= 3 and all(
        _width(line) <= 40 and not _PUNCTUATION.search(line) for line in lines
    )


def looks_otherwise(
    blocks: Sequence[Sequence[str]], single: int, mode: LineBreaks
) -> Remark | None:
    """What to say of a text whose lines look as if they were broken in another way than ``mode``.

    ``blocks`` and ``single`` see ``sentences_by_line``.
    """
    if mode == "auto" and sentences_by_line(blocks, single):
        message = "这篇多半是一句一行写的，现在每行成了一段；若要连成一段，请在文件头写“换行: 连接”"
    elif mode == "join" and lines_are_paragraphs(blocks):
        message = "这篇多半是一行一段写的，现在连成了一段；若要分段，请在文件头写“换行: 自动”"
    else:
        return None
    return Remark(message, near=blocks[0][0].strip(), level="warning")


def lines_are_paragraphs(blocks: Sequence[Sequence[str]]) -> bool:
    """Whether nearly every line of ``blocks``, those of several lines, looks like a paragraph."""
    joints = sum(len(block) - 1 for block in blocks)
    parted = sum(len(split_lines(block, "auto")) - 1 for block in blocks)
    return joints >= 3 and parted >= 0.9 * joints and not sentences_by_line(blocks, 0)


def sentences_by_line(blocks: Sequence[Sequence[str]], single: int) -> bool:
    """Whether lines look like one sentence each, with paragraphs parted by empty lines.

    ``blocks`` are those of several lines, ``single`` is how many of one line there are besides.
    """
    if len(blocks) < 2 or len(blocks) < single:
        return False
    lines = [line.strip() for block in blocks for line in block]
    one = sum(ends_sentence(line) and not _FULL_STOP.search(line) for line in lines)
    return one >= 0.9 * len(lines) and not any(
        _NUMBERED.match(line) or _ROW.match(line) for line in lines
    )


def split_item(lines: list[str]) -> list[list[str]]:
    """The paragraphs of an item: lines that are set in by two characters begin one."""
    groups = [[lines[0]]]
    for line in lines[1:]:
        if line[0] == "\u3000":
            groups.append([line])
        else:
            groups[-1].append(line)
    return groups
