"""发文字号 as GB/T 9704-2012 (7.2.5) has it: four digits in 〔〕, no 第, no 0 in front."""

import re
from collections.abc import Iterator
from typing import Final

_OFFICE: Final = r"(?P<office>[一-龥]{1,10}?(?:(?<![印转签下颁制核开研首散分批出])发|[字办函任公]))"
_YEAR: Final = r"\s*[\[【〖(（［〔〈<]\s*(?P<year>(?:19|20)?\d{2})\s*(?:年)?\s*[\]】〗)）］〕〉>]"
_BRACKETED: Final = re.compile(_OFFICE + _YEAR + r"\s*(?P<more>第?\s*)(?P<number>\d{1,5})\s*号")
_BARE: Final = re.compile(
    _OFFICE + r"(?P<year>(?:19|20)\d{2})(?:年|-|－)?(?P<more>第?)(?P<number>\d{1,5})号"
)


def wrong_numbers(text: str) -> Iterator[tuple[str, str]]:
    """Each 文号 in a text that is written otherwise, and as it should be."""
    if "号" not in text:
        return
    for pattern in (_BRACKETED, _BARE):
        for found in pattern.finditer(text):
            year = found["year"] if len(found["year"]) == 4 else f"20{found['year']}"
            number = found["number"].lstrip("0") or "0"
            right = f"{found['office']}〔{year}〕{number}号"
            if found.group() != right:
                yield found.group(), right
