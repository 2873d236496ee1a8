"""Addresses of links that are written apart from them: ``[name]: banfa.md``."""

import re
from collections.abc import Sequence
from typing import Final

from dangjian.common.patterns import regex
from dangjian.text.remarks import Remark

_DEFINITION = regex(
    r"\[([^\]^\n][^\]\n]*)\][:：](?=[ \t]*(?:<[^<>\n]+>|(?:https?://|mailto:|[./#{|])\S*"
    r"|[^\s，。；]+\.[A-Za-z0-9]{1,5}(?:#\S*)?|[\w.\-]+\.[a-z]{2,}/\S*)"
    r"(?:[ \t]+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?[ \t]*$)"
)
_LIKE_ONE = regex(r"^[ ]{0,3}\[[^\[\]]*\]:", re.MULTILINE)
_IN_BRACKETS = regex(r"\[([^\[\]]+)\](?!:)")
_MAX_REMARKS: Final = 20


class Definitions:
    """Those of one text."""

    def __init__(self, remarks: list[Remark]) -> None:
        self._remarks = remarks
        self._lines: dict[str, str] = {}
        self._told = 0

    def take(self, line: str) -> str:
        """A line as the parser reads it if it defines an address; empty otherwise."""
        found = _DEFINITION.match(line)
        if found is None:
            return ""
        name = found[1].lower()
        if name in self._lines:
            self._tell(f"[{found[1]}]: 写了两次，只有最后一次起作用，请删去其余的", line)
        self._lines[name] = line
        return f"[{found[1]}]: {line[found.end() :].strip()}"

    def finish(self, lines: Sequence[str]) -> None:
        """Report addresses that no link in the laid-out ``lines`` uses."""
        if not self._lines:
            return
        used = {name.lower() for line in lines for name in _IN_BRACKETS.findall(line)}
        for name, line in self._lines.items():
            if name not in used:
                self._tell(f"[{name}]: 后面的地址没有用到，页面上没有这一行", line)

    def _tell(self, message: str, line: str) -> None:
        self._told += 1
        if self._told <= _MAX_REMARKS:
            self._remarks.append(Remark(message, near=line.strip(), level="warning"))


def as_words(text: str) -> str:
    """Lines like ``[编者按]: 下文`` so that the parser does not take them for definitions."""
    return _LIKE_ONE.sub(r"\\\g<0>", text) if "]:" in text else text
