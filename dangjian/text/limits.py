"""How much work a text may ask of the Markdown parser.

Some texts cost the parser time by the square of their length: thousands of brackets that are never
closed, lists in lists in lists. Nobody writes them on purpose, but a broken file can hold them, and
one such file must not hold up a build. The work is counted, not timed, so that a text is refused
on every machine or on none.
"""

import re

from dangjian.common.errors import DangjianError
from dangjian.common.patterns import has_mark, regex

MAX_LENGTH = 2_000_000
MAX_NOTES = 1_000
MAX_DEPTH = 60
TOO_DEEP = "正文的列表或引用嵌套太深，无法排版，请减少层次"
# In characters moved; a slow machine does a hundred million in a second.
MAX_WORK = 400_000_000

_OPEN_TAG_COST = 20
_OPEN_TAG = regex(r"<[A-Za-z/!?]")
_OPEN_NOTE = regex(r"\[\^")
_RUN = 300
_BLANK = regex(rf"[^\S\n]{{{_RUN}}}")
_ANY_BLANK = regex(r"[^\S\n]")
_INDENT = regex(r"^[ \t\u3000]{300}", re.MULTILINE)
_GAP = regex(r"(?<=\S)[^\S\n]{1000}")
_NOTE = regex(r"^[ ]{0,3}\[\^[^\]\n]*\][:：]", re.MULTILINE)


class TooExpensiveError(DangjianError):
    """A text that asks too much; the message is Chinese, ``near`` are words where it happens."""

    def __init__(self, message: str, near: str = "") -> None:
        super().__init__(message)
        self.near = near


class WorkLimit:
    """Counts the work on one text. Raises TooExpensiveError when there is too much of it."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Begin with another text."""
        self._left = MAX_WORK
        self._depth = 0

    def charge(self, amount: int, text: str) -> None:
        """Count work that is done on ``text``."""
        self._left -= amount
        if self._left < 0:
            raise TooExpensiveError(
                "这里的符号太多太密（成千上万个方括号、星号、井号之类），无法排版，"
                "多半是粘贴时带进来的，请删去",
                _first_words(text),
            )

    def enter(self, text: str) -> None:
        """Go one level down, into a list or quotation."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooExpensiveError(TOO_DEEP, _first_words(text))

    def leave(self) -> None:
        self._depth -= 1

    def look(self, text: str) -> None:
        """Refuse what can be seen before parsing."""
        if len(text) > MAX_LENGTH:
            limit = MAX_LENGTH // 10_000
            raise TooExpensiveError(f"正文有 {len(text)} 个字，最多 {limit} 万个，请分成几篇")
        # A run of blanks covers one of these characters.
        if _ANY_BLANK.search(text[::_RUN]) and _BLANK.search(text):
            _look_at_blanks(text)
        if has_mark(text, "[^"):
            notes = len(_NOTE.findall(text))
            if notes > MAX_NOTES:
                raise TooExpensiveError(
                    f"正文有 {notes} 条脚注，最多 {MAX_NOTES} 条，请分成几篇", "[^"
                )
            self._look_at(_OPEN_NOTE, "]", text)
        if "<" in text:
            self._look_at(_OPEN_TAG, ">", text)

    def _look_at(self, opening: re.Pattern[str], closing: str, text: str) -> None:
        """Charge for looking, from every ``opening`` on, for the sign that closes it."""
        end = -1
        for found in opening.finditer(text):
            start = found.start()
            if end < start:
                end = text.find(closing, start)
                end = len(text) if end < 0 else end
            self.charge(_OPEN_TAG_COST * (end - start), text[start : start + 20])


def _look_at_blanks(text: str) -> None:
    if indent := _INDENT.search(text):
        raise TooExpensiveError(TOO_DEEP, text[indent.start() :].partition("\n")[0])
    if gap := _GAP.search(text):
        raise TooExpensiveError("这里有上千个连续的空格，请删去", _line_before(text, gap.start()))


def _first_words(text: str) -> str:
    return text.lstrip()[:20].partition("\n")[0]


def _line_before(text: str, position: int) -> str:
    return text[text.rfind("\n", 0, position) + 1 : position + 1]
