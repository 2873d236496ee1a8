"""Asterisks that are no mark-up: they hide figures and names (138****1234, 王*军) or multiply.

Those are replaced by ``STAR`` before the Markdown parser sees the text.
"""

import re
from typing import Final

from dangjian.common.patterns import regex
from dangjian.text.tokens import STAR

_RUN = regex(r"(?<!\\)\*+")
_CODE = regex(r"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_PAUSE: Final = frozenset("、，。；：！？,;:!?）》”’」』】")
_HAN_WORD = regex(r"[\u3400-\u9fff]{2,}")
_MASKED_NAME = regex(r"(?:^|[、，。；：\s（(|和及与])[\u3400-\u9fff]$")
_LOOSE = regex(r"(?<![*\\])\*\*(?!\*)([ \t]*+)([^*\n]*[^*\s])([ \t]*+)\*\*(?!\*)")
_IN_MASK = regex(r"[、，。；\s]")


class _Run:
    __slots__ = ("after", "before", "closes", "end", "opens", "size", "start")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.start, self.end, self.size = start, end, end - start
        self.before = text[start - 1] if start else "\n"
        self.after = text[end] if end < len(text) else "\n"
        self.opens = not self.after.isspace() and self.after not in _PAUSE
        self.closes = not self.before.isspace()


def protect_stars(text: str) -> tuple[str, str]:
    """One paragraph with its literal asterisks replaced, and the words behind a ``**`` left open.

    The words are empty when every ``**`` is closed.
    """
    if is_plainly_bold(text):
        return text, ""
    if "** " in text or " **" in text:
        text = _with_tight_stars(text)
    code = [match.span() for match in _CODE.finditer(text)] if "`" in text else []
    runs = [_Run(text, *match.span()) for match in _RUN.finditer(text)]
    if code:
        runs = [run for run in runs if not any(a <= run.start < b for a, b in code)]
    literal = [run for run in runs if _is_literal(run)]
    single = [run for run in runs if run.size == 1 and not _is_literal(run)]
    double = [run for run in runs if run.size == 2 and not _is_literal(run)]
    if not any(run.size == 3 for run in runs):
        literal += _unpaired_single(text, single)
    more, open_run = _unpaired_double(text, double)
    literal += more
    if not literal:
        return text, text[open_run.end :][:20] if open_run else ""
    parts, position = [], 0
    for run in sorted(literal, key=lambda one: one.start):
        parts += [text[position : run.start], STAR * run.size]
        position = run.end
    parts.append(text[position:])
    return "".join(parts), text[open_run.end :][:20] if open_run else ""


def _with_tight_stars(text: str) -> str:
    """``text`` with the blanks in ``** 加粗 **`` outside of it, if every ``**`` has a mate."""
    if len(re.findall(r"(?<!\*)\*\*(?!\*)", text)) % 2:
        return text
    return _LOOSE.sub(_tight, text)


def _tight(found: re.Match[str]) -> str:
    before, words, after = found.groups()
    masks = _MASKED_NAME.search(found.string[max(found.start() - 2, 0) : found.start()])
    if not (before or after) or words[0] in _PAUSE or (masks and _MASKED_NAME.search(words)):
        return found[0]
    return f"{before}**{words}**{after}"


def is_plainly_bold(text: str) -> bool:
    """Whether every asterisk is of a ``**`` that plainly begins or ends bold words."""
    pieces = text.split("**")
    return (
        len(pieces) % 2 == 1
        and not any(
            not words
            or words[0] in _PAUSE
            or words[0].isspace()
            or words[-1].isspace()
            or words[0].isdigit()
            or words[-1].isdigit()
            or words[-2:-1] in _PAUSE
            or "*" in words
            or "`" in words
            for words in pieces[1::2]
        )
        and not any("*" in rest or "\\" in rest or "`" in rest for rest in pieces[::2])
    )


def _is_literal(run: _Run) -> bool:
    """Four and more, and what is between figures or, alone, between Latin letters."""
    before, after = run.before, run.after
    if run.size >= 4 or (before.isdigit() and after.isdigit()):
        return True
    return (
        run.size == 1
        and before.isascii()
        and after.isascii()
        and (before.isalnum() and after.isalnum())
    )


def _unpaired_single(text: str, runs: list[_Run]) -> list[_Run]:
    literal, number = [], 0
    while number < len(runs):
        run = runs[number]
        mate = runs[number + 1] if number + 1 < len(runs) else None
        if mate is not None and _is_emphasis(text, run, mate):
            number += 2
            continue
        literal.append(run)
        number += 1
    return literal


def _is_emphasis(text: str, run: _Run, mate: _Run) -> bool:
    if not run.opens or not mate.closes or mate.before in "、，；：,;:":
        return False
    words = text[run.end : mate.start]
    if not run.before.isalnum() and not mate.after.isalnum():
        return True
    return bool(_HAN_WORD.fullmatch(words))


def _unpaired_double(text: str, runs: list[_Run]) -> tuple[list[_Run], _Run | None]:
    literal: list[_Run] = []
    opened: _Run | None = None
    for run in runs:
        if opened is None:
            if run.opens:
                opened = run
            else:
                literal.append(run)
        elif run.closes:
            if _hides_names(text, opened, run):
                literal += (opened, run)
            opened = None
        else:
            literal.append(run)
    if opened is not None and _masks_one(text, opened):
        literal.append(opened)
        opened = None
    return literal, opened


def _masks_one(text: str, run: _Run) -> bool:
    """Whether a single ``**`` hides the name behind a surname: 赵**，张**某."""
    return bool(
        _MASKED_NAME.search(text[max(run.start - 2, 0) : run.start])
        and re.match(r"[\u3400-\u9fff]?(?:$|[、，。；：！？\s）)])", text[run.end :])
    )


def _hides_names(text: str, opened: _Run, closing: _Run) -> bool:
    """Whether two ``**`` each follow a surname: 李**，男，王**，女."""
    inside = text[opened.end : closing.start]
    return bool(
        _IN_MASK.search(inside)
        and _MASKED_NAME.search(text[max(opened.start - 2, 0) : opened.start])
        and _MASKED_NAME.search(inside)
    )
