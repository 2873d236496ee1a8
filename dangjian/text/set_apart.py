"""Plain blocks, which need no parser: paragraphs, headings and flat lists without mark-up.

Most blocks of such articles are plain, and the parser costs most of a build's time: on 1,000
generated articles it takes four to six times as long as this. They are set apart before it; that
the result is the same is held by a property test.
"""

import re
from typing import NamedTuple

from dangjian.common.patterns import has_mark, regex
from dangjian.text.joining import join_words
from dangjian.text.tokens import BEGIN, END
from dangjian.text.usual_marks import LINE_START, MARKS, has_bare_address, usual_block

# A token replaces a run of plain blocks while the rest is parsed.
_TOKEN = regex("<p>\x0ep([0-9]+)\x0f</p>")
_ONLY_TOKEN = regex("\\s*\x0ep[0-9]+\x0f\\s*")
# What makes blocks depend on each other over blank lines (definition lists), and what a parser
# would see in a line.
_SPANNING_LINE = regex(r"^[ ]{0,3}:", re.MULTILINE)
_PLAIN_LINE = rf"{LINE_START}[^\n{MARKS}]*[^\s{MARKS}]"
_PLAIN_BLOCK = regex(rf"{_PLAIN_LINE}(?:\n{_PLAIN_LINE})*")
_HEADING = regex(rf"(#{{2,5}}) ({_PLAIN_LINE})")
_BULLETS = regex(rf"- {_PLAIN_LINE}(?:\n- {_PLAIN_LINE})*")
_NUMBERS = regex(rf"1\. {_PLAIN_LINE}(?:\n[0-9]+\. {_PLAIN_LINE})*")
_LIST_LIKE = regex(r"[ \-+]|\*(?!\*)|[0-9]+[.)]")
_HTML_TOKEN = regex("\x0e[0-9]")
_BLANK_LINES = regex(r"(\n(?:[ ]*\n)+)")
_EDGE = " \u3000\u00a0"


class Apart(NamedTuple):
    """A text with tokens in place of runs of plain blocks, and the runs as HTML.

    ``unresolved``: not all blocks are plain, but all are usual, and the only run has links and
    pictures whose addresses are as they were written.
    """

    rest: str
    runs: list[str]
    unresolved: bool = False


def set_apart(text: str, *, usual: bool = True) -> Apart:
    """Replace runs of plain blocks by tokens, or, if they are ``usual``, all blocks by one."""
    if ":" in text and _SPANNING_LINE.search(text):
        return Apart(text, [])
    pieces = _BLANK_LINES.split(text.strip("\n"))
    blocks, gaps = ["", *pieces[::2], ""], ["", *pieces[1::2]]
    parts: list[str] = []
    runs: list[list[str]] = []
    open_run = False
    shifted = text.startswith("# ") or has_mark(text, "\n# ", "#")
    addresses = has_bare_address(text)
    whole: list[str] = []
    for gap, before, block, after in zip(gaps, blocks, blocks[1:], blocks[2:], strict=False):
        linked = addresses and has_bare_address(block)
        made = None if linked else _simple(block, before, after, shifted)
        if usual and block:
            html = usual_block(block) if made is None else made
            usual = html is not None
            whole.append(html or "")
        if made is None:
            parts += (gap, block)
        elif open_run:
            runs[-1].append(made)
        else:
            parts += (gap, f"{BEGIN}p{len(runs)}{END}")
            runs.append([made])
        open_run = made is not None
    rest = "".join(parts)
    if usual and whole and not is_all_plain(rest):
        return Apart(f"{BEGIN}p0{END}", ["\n".join(whole)], True)
    return Apart(rest, ["\n".join(run) for run in runs])


def is_all_plain(rest: str) -> bool:
    """Whether nothing but one token is left of a text."""
    return _ONLY_TOKEN.fullmatch(rest) is not None


def put_together(html: str, runs: list[str]) -> str:
    """``html`` with the runs in the places of their tokens."""
    return _TOKEN.sub(lambda match: runs[int(match[1])], html)


def _simple(block: str, before: str, after: str, shifted: bool) -> str | None:
    """A plain paragraph, a plain heading or a flat plain list as HTML; None for anything else.

    Bold words are all the mark-up that a paragraph or list may have. A list is left to the parser
    when a neighbour could belong to it; headings are when a heading of the first level ``shifted``
    them all.
    """
    bare = block
    if "*" in block and "**" in block:
        pieces = block.split("**")
        if not _are_bold(pieces):
            return None
        bare = "".join(pieces)
        bold = zip(pieces[1::2], pieces[2::2], strict=True)
        block = pieces[0] + "".join([f"<strong>{words}</strong>{rest}" for words, rest in bold])
    if _PLAIN_BLOCK.fullmatch(bare):
        if BEGIN in bare and _HTML_TOKEN.search(bare):
            return None
        joined = join_words(block) if "\n" in block else block
        return f"<p>{joined.strip(_EDGE)}</p>"
    if block.startswith("#"):
        heading = None if shifted else _HEADING.fullmatch(block)
        if heading is None or _HTML_TOKEN.search(bare):
            return None
        level = len(heading[1])
        return f"<h{level}>{heading[2].strip(_EDGE)}</h{level}>"
    if any(map(_LIST_LIKE.match, before.split("\n"))) or _LIST_LIKE.match(after):
        return None
    if "]:" in before or "]:" in after or _HTML_TOKEN.search(bare):
        # Link definitions are removed, so the next block becomes the neighbour.
        return None
    tag = "ul" if _BULLETS.fullmatch(bare) else "ol" if _NUMBERS.fullmatch(bare) else ""
    lines = block.split("\n")
    if not tag or not all(map(_LIST_LIKE.match, lines)):
        return None
    items = (line.partition(" ")[2].strip(_EDGE) for line in lines)
    listed = "".join([f"<li>{item}</li>\n" for item in items])
    return f"<{tag}>\n{listed}</{tag}>"


def _are_bold(pieces: list[str]) -> bool:
    """Whether every other piece of a block cut at its ``**`` is a run of bold words in one line."""
    return (
        len(pieces) % 2 == 1
        and all(piece.strip() == piece != "" and "\n" not in piece for piece in pieces[1::2])
        and "" not in pieces[2:-1:2]
    )
