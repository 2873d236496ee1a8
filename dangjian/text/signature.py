"""落款: the office's name and the date at the end of a text, which are set at the right."""

from typing import Final

from dangjian.common.patterns import regex
from dangjian.text.paragraphs import is_date
from dangjian.text.tokens import BEGIN, END

_RIGHT: Final = f"{BEGIN}.right{END}"
_NOT_A_NAME = regex(
    r"[，。！？；：,!?;:…]|^[-#>|\[\x0e]|^\d+\.|^[一二三四五六七八九十]+、|^（|^(?:特此|此致|敬礼|附件)"
)
_NAME_AND_DATE = regex(
    r"(?P<name>.*?\S)(?P<gap>[ \u3000\u00a0\u2003]+)(?P<date>[\d〇○零一二三四五六七八九]{4}.*)"
)
_OFFICE = regex(
    r"(?:(?<!干)部|(?<!大)会|代表大会|[局委办厅署室院校所处科组站馆队府社团村镇乡县市区省]|总支|中心|公司|集团"
    r"|机关|大学|中学|小学|街道)$"
)
_SENTENCE = regex(
    r"^(?:自(?!贡)|于(?!都)|在|原载|刊|转自|摘自|选自|截[至止]|发布|公示|时间|施行|修[订改]|印发|联系|报名)"
    r"|了|将(?!乐)|(?<!无)为|召开|举行|举办|通过|定于|赴"
)
_LABEL = regex(r"(?:[期间日起至于自限点人号]|以前|之前|完成)$")
_MAX_PERSON = 4
_REMARK = regex(
    r"[（(].*[）)]|(?:抄送|抄报|联系人|联系电话|附件|信息公开选项|公开属性)[\d一二三四五]?[：:].*|.*日印发"
)
_MAX_LENGTH = 40
_MAX_NAMES = 6


def set_signature(lines: list[str]) -> None:
    """Put the lines of a signature at the right, in place: names, then a date, at the end.

    Behind it only notes, remarks in brackets, and to whom it is sent (抄送) may follow. Name and
    date may share the last line.
    """
    at = len(lines) - 1
    while at >= 0 and (not lines[at] or _follows(lines[at])):
        at -= 1
    if at < 1 or lines[at - 1]:
        return
    if not is_date(lines[at]):
        if _has_both(lines[at]) and not _has_both(lines[at - 2]):
            lines[at] = _RIGHT + lines[at]
        return
    if is_date(lines[at - 2]):
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


def _has_both(line: str) -> bool:
    """Whether a line is an office's name, or a person's, then a gap and a date; no sentence."""
    parts = _NAME_AND_DATE.fullmatch(line)
    if parts is None or not is_date(parts["date"]) or len(line) > _MAX_LENGTH:
        return False
    name = parts["name"]
    if _NOT_A_NAME.search(name) or _SENTENCE.search(name) or _LABEL.search(name):
        return False
    wide = parts["gap"] != " " and len(name) <= _MAX_PERSON
    return wide or _OFFICE.search(name) is not None


def _follows(line: str) -> bool:
    return line.startswith(("[^", "    ")) or _REMARK.fullmatch(line) is not None


def _is_name(lines: list[str], at: int) -> bool:
    line = lines[at]
    alone = bool(line) and not lines[at + 1] and (at == 0 or not lines[at - 1])
    return alone and len(line) <= _MAX_LENGTH and not _NOT_A_NAME.search(line)
