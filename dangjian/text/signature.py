"""落款: the office's name and the date at the end of a text, which stand at the right."""

from typing import Final

from dangjian.common.patterns import regex
from dangjian.text.paragraphs import is_date
from dangjian.text.tokens import BEGIN, END

_RIGHT: Final = f"{BEGIN}.right{END}"
_NOT_A_NAME = regex(r"[，。！？；：,!?;:…]|^[-#>|\[\x0e]|^\d+\.|^[一二三四五六七八九十]+、|^（")
_REMARK = regex(r"[（(].*[）)]")
_MAX_LENGTH = 40
_MAX_NAMES = 6


def set_signature(lines: list[str]) -> None:
    """Put the lines of a signature at the right, in place: names, then a date, at the end.

    Behind it only notes and remarks in brackets may follow.
    """
    at = len(lines) - 1
    while at >= 0 and (not lines[at] or _follows(lines[at])):
        at -= 1
    if at < 0 or not is_date(lines[at]) or (at and lines[at - 1]):
        return
    found = [at]
    before = at - 2
    while before >= 0 and len(found) <= _MAX_NAMES and _is_name(lines, before):
        found.append(before)
        before -= 2
    if len(found) == 1 and before < 0:
        return
    for number in found:
        lines[number] = _RIGHT + lines[number]


def _follows(line: str) -> bool:
    return line.startswith(("[^", "    ")) or _REMARK.fullmatch(line) is not None


def _is_name(lines: list[str], at: int) -> bool:
    line = lines[at]
    alone = bool(line) and not lines[at + 1] and (at == 0 or not lines[at - 1])
    return alone and len(line) <= _MAX_LENGTH and not _NOT_A_NAME.search(line)
