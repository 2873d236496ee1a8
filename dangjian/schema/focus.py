"""The focal point of a picture: what has to stay when it is cropped (焦点)."""

import re
from typing import Final

from dangjian.common.errors import DangjianError
from dangjian.common.patterns import regex

_ACROSS: Final = {"左": 0, "": 50, "右": 100}
_DOWN: Final = {"上": 0, "": 50, "下": 100}
_POINTS: Final = {
    words: f"{x} {y}"
    for across, x in _ACROSS.items()
    for down, y in _DOWN.items()
    for words in (across + down or "中", down + across or "正中")
}
_PERCENTS: Final = regex(r"(\d{1,3})%?[\s,，、×x]+(\d{1,3})%?")
_STEP: Final = 10

FOCUS_FORMS: Final = (
    "上、下、左、右、中、左上、右上、左下、右下，或离左边和上边的百分数，例如 30% 20%"
)


class FocusError(DangjianError):
    """Words that name no point of a picture; the message says what can be written."""


def read_focus(text: str) -> str:
    """A focal point as two figures, ``30 20``: per cent from the left and from the top, in tens.

    Raises FocusError.
    """
    plain = text.strip().replace("％", "%")
    point = _POINTS.get(re.sub("[部边方角]", "", plain))
    if point:
        return point
    numbers = _PERCENTS.fullmatch(plain)
    if numbers and max(int(numbers[1]), int(numbers[2])) <= 100:
        return f"{_rounded(int(numbers[1]))} {_rounded(int(numbers[2]))}"
    raise FocusError(f"只能写 {FOCUS_FORMS}")


def _rounded(value: int) -> int:
    return (value + _STEP // 2) // _STEP * _STEP
