"""Fenced code: taken out of the text before anything else looks at its lines."""

import html
import re

from dangjian.common.patterns import regex
from dangjian.text.remarks import Remark
from dangjian.text.tokens import TICK, Tokens

_FENCE = regex(
    r"(?P<quote>(?:[ ]{0,3}>[ ]?)*)(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})(?P<rest>[^`]*)"
)
_LANGUAGE = regex(
    r"[\w+#.\-/:]*(?:\s*(?:\{[^}]*\}|[\w\-:]+=(?:\"[^\"]*\"|'[^']*'|\S+)),?)*", re.ASCII
)
"""What may follow a fence and is not shown: a language, and what other programs do with it.

Any other words are the first line of the code.
"""
_PARAGRAPH_END = regex(r"\n[ \t]*\n")
_OPEN = "这里的 ``` 没有收尾，已按文字显示；请在代码后面另起一行写上同样的 ```"


def take_out_code(text: str, tokens: Tokens, remarks: list[Remark]) -> str:
    """``text`` with each fenced block as one token, as many lines long as before.

    A fence that is never closed is text, and reported.
    """
    lines = text.split("\n")
    made: list[str] = []
    ends = _ends(lines)
    reported = False
    at = 0
    while at < len(lines):
        end = ends.get(at, -1)
        if end == 0:
            if not reported:
                reported = True
                remarks.append(Remark(_OPEN, line=at))
            made.append(lines[at].replace("`", TICK))
        elif end > 0 and (opened := _FENCE.match(lines[at])):
            inner = [_inner(line, opened) for line in lines[at + 1 : end]]
            if not _LANGUAGE.fullmatch(rest := opened["rest"].strip()):
                inner.insert(0, rest)
            code = html.escape("\n".join(inner), quote=False)
            token = tokens.add(f"<pre><code>{code}\n</code></pre>", block=True)
            made.append(f"{opened['quote']}{opened['indent']}{token}")
            made += [opened["quote"].rstrip()] * (end - at)
            at = end
        else:
            made.append(lines[at])
        at += 1
    return "\n".join(made)


def _ends(lines: list[str]) -> dict[int, int]:
    """For each line that opens a fence the line that closes it, 0 if none does."""
    closing: dict[str, list[tuple[int, int]]] = {"`": [], "~": []}
    found = [(n, m) for n, line in enumerate(lines) if (m := _FENCE.fullmatch(line))]
    for number, match in found:
        if not match["rest"].strip():
            closing[match["fence"][0]].append((number, len(match["fence"])))
    ends: dict[int, int] = {}
    after = 0
    at = {"`": 0, "~": 0}
    for number, match in found:
        if number < after:
            continue
        sign, size = match["fence"][0], len(match["fence"])
        row = closing[sign]
        while at[sign] < len(row) and row[at[sign]][0] <= number:
            at[sign] += 1
        later = (row[index] for index in range(at[sign], len(row)))
        end = next((line for line, length in later if length >= size), 0)
        ends[number] = end
        after = end + 1 if end else after
    return ends


def _inner(line: str, opened: re.Match[str]) -> str:
    """A line of code without the signs of the quotation and the indent that its fence has."""
    for sign in opened["quote"]:
        if sign == ">":
            line = line.lstrip(" ").removeprefix(">").removeprefix(" ")
    width = len(opened["indent"])
    return line[min(width, len(line) - len(line.lstrip(" \t"))) :]


def span_end(text: str, found: re.Match[str]) -> int:
    """Where a code span that begins at ``found`` ends; behind its ticks if it never does."""
    ticks, begin = found["ticks"], found.end()
    limit = _PARAGRAPH_END.search(text, begin)
    end = limit.start() if limit else len(text)
    closing = re.compile(rf"(?<!`){ticks}(?!`)").search(text, begin, end)
    return closing.end() if closing else begin


def is_in_span(text: str, at: int, since: int) -> bool:
    """Whether position ``at`` is in a span of code that begins on its line, behind ``since``."""
    line = max(text.rfind("\n", 0, at) + 1, since)
    return text.count("`", line, at) % 2 == 1
