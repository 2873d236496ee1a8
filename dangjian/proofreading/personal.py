"""Numbers of persons that must not be published: identity cards, mobile phones, bank cards.

Each is known by its own check (GB 11643 checksum, numbering plan, Luhn), so that article numbers,
index numbers and amounts of money are none.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Final

_BEFORE: Final = r"(?<![0-9A-Za-z/=._%#-])"
_AFTER: Final = r"(?![0-9A-Za-z]|-\d|\.\d|\.[a-z])"
_IDENTITY: Final = re.compile(
    _BEFORE
    + r"[1-9]\d{5} ?(?:18|19|20)\d{2} ?(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]) ?\d{3}[0-9Xx]"
    + _AFTER
)
_MOBILE: Final = re.compile(
    _BEFORE
    + r"(?:\+?86[- ]?)?1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])(?:[- ]?\d{4}){2}"
    + _AFTER
)
_CARD: Final = re.compile(
    _BEFORE + r"(?:62|4\d|5[1-5]|3[47])\d{2}(?:[ -]?\d{4}){2}(?:[ -]?\d{3,4}){1,2}\d{0,3}" + _AFTER
)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"


def personal_numbers(line: str) -> Iterator[tuple[str, str]]:
    """What kind of number a line of text has, and how to write it so that it tells nobody."""
    if sum(character.isdigit() for character in line) < 11:
        return
    text = unicodedata.normalize("NFKC", line)
    taken: list[tuple[int, int]] = []
    for pattern, kind, holds in (
        (_IDENTITY, "身份证号码", _is_identity),
        (_CARD, "银行卡号", _is_card),
        (_MOBILE, "手机号码", str.isascii),
    ):
        for found in pattern.finditer(text):
            span = found.span()
            digits = re.sub(r"[ -]", "", found.group())
            if holds(digits) and not any(a < span[1] and span[0] < b for a, b in taken):
                taken.append(span)
                yield kind, _masked(digits)


def _is_identity(digits: str) -> bool:
    try:
        date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits[:17], strict=True))
    return _CHECKS[total % 11] == digits[17].upper()


def _is_card(digits: str) -> bool:
    if not 15 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0


def _masked(digits: str) -> str:
    return f"{digits[:3]}{'*' * (len(digits) - 7)}{digits[-4:]}"
