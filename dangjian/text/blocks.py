"""From the lines of a text to blocks that the Markdown parser reads as a person would.

Offices paste from Word, WPS, Excel and web pages. What they paste means what it looks like: a list
straight behind a line, an item two blanks in, a heading without its space. This module writes all
that in the one form in which Python-Markdown understands it, and decides where paragraphs end.
"""

from typing import Final

from dangjian.common.patterns import regex
from dangjian.text import lists, tables
from dangjian.text.braces import with_class, with_id
from dangjian.text.definitions import Definitions, as_words
from dangjian.text.elements import PARAGRAPH_CLASSES
from dangjian.text.limits import MAX_DEPTH, TOO_DEEP, TooExpensiveError, WorkLimit
from dangjian.text.lists import STEP, Item, indent_of, marker_of
from dangjian.text.paragraphs import (
    INDENTED,
    LineBreaks,
    begins_words,
    ends_sentence,
    is_short,
    looks_otherwise,
    split_item,
    split_lines,
)
from dangjian.text.remarks import Remark
from dangjian.text.signature import set_signature
from dangjian.text.stars import is_plainly_bold, protect_stars
from dangjian.text.tokens import BEGIN

_BLANK: Final = regex(r"[\s\u3000\u00a0\u200b\ufeff\u2060]*")
_HEADING = regex(r"(#{1,6})[ \t\u3000]+(.*?)(?:[ \t]+#+)?[ \t]*|(#{2,6})([^#\s].*?)[ \t]*")
_WIDE_HEADING = regex(r"＃{2,6}[ \u3000]*(?=\S)|＃[ \u3000]+(?=\S)")
_QUOTE = regex(r">(?![\d=＝])[ \t]?")
_DEFINITION = regex(r":[ \t]{1,3}\S")
_UNDERLINE = regex(r"=+|-{2,}")
_BLOCK_TOKEN = regex(r"(?:\x0e\d+\x0f\s*)+")
_TITLE_END = regex(r"[。！？；，、,;!?]$")
_OWN_ATTRIBUTES = regex(r"\{:?[ \t]*\.([\w\-]+)[ \t]*\}")
_NOT_PLAIN_ENDS: Final = frozenset("} \t\\\u3000\u00a0\u2003")
_MAX_TITLE_LENGTH = 30
_EDGE = " \t\u3000\u00a0\u2003"


class Blocks:
    """Lays out one text. ``remarks`` get what an editor should know."""

    def __init__(self, mode: LineBreaks, meter: WorkLimit, remarks: list[Remark]) -> None:
        self._mode: LineBreaks = mode
        self._meter = meter
        self._remarks = remarks
        self._out: list[str] = []
        self._last = ""
        self._items: list[Item] = []
        self._paragraph: list[str] = []
        self._lead = ""
        self._lead_gap = False
        self._gap = False
        self._texts: list[list[str]] = []
        self._single = 0
        self._definitions = Definitions(remarks)

    def lay_out(self, text: str) -> str:
        """The text in the one form."""
        lines = self._laid_out(text.split("\n"))
        set_signature(lines)
        self._definitions.finish(lines)
        if other := looks_otherwise(self._texts, self._single, self._mode):
            self._remarks.append(other)
        return "\n".join(lines)

    def _laid_out(self, lines: list[str]) -> list[str]:
        at, end, out = 0, len(lines), self._out
        while at < end:
            line = lines[at]
            if not line or (not line[0].isalnum() and _BLANK.fullmatch(line)):
                if self._paragraph:
                    self._flush()
                self._gap = True
                at += 1
                continue
            if self._items or not begins_words(line):
                at += self._block(lines, at)
                continue
            at += 1
            alone = not self._paragraph and (at == end or not lines[at])
            if (
                alone
                and line[-1] not in _NOT_PLAIN_ENDS
                and ("*" not in line or is_plainly_bold(line))
            ):
                # A line that is a paragraph, as nearly all are, needs nothing.
                if out and out[-1]:
                    out.append("")
                out.append(lists.no_marker(line) if line[0].isdigit() else line)
                self._last, self._gap = "text", False
                self._single += 1
            else:
                self._text(line, 0)
        self._flush()
        return out

    def _block(self, lines: list[str], at: int) -> int:
        """Lay out what begins at line ``at``; returns how many lines that was."""
        line = lines[at]
        indent, rest = indent_of(line)
        if INDENTED.match(line) and not (self._items and line[0] in " \t") and "\t" not in rest:
            self._text(line, indent)
            return 1
        if "\t" in rest and (count := tables.is_tabbed(lines, at)):
            self._leave(indent)
            self._emit("table", tables.tabbed_table(lines[at : at + count]))
            return count
        if "|" in rest and (count := self._table(lines, at, indent)):
            return count
        first = rest[0]
        if first in "#＃":
            if self._heading(rest, indent):
                return 1
            line = f"\\{line.strip()}" if not rest.strip("#＃ \t\u3000") else line
        if first in "-*_=" and self._rule_or_underline(rest, indent):
            return 1
        if first in "-*+0123456789" and (found := marker_of(rest)) and self._item(indent, *found):
            return 1
        if first == ">" and _QUOTE.match(rest):
            return self._quote(lines, at, indent)
        if first == "[" and self._note_or_reference(rest):
            return 1
        if first == BEGIN and _BLOCK_TOKEN.fullmatch(rest) and rest[1].isdigit():
            self._leave(indent)
            self._emit("token", [rest.rstrip()])
            return 1
        if first == "{" and (found_class := _OWN_ATTRIBUTES.fullmatch(rest.rstrip())):
            return self._class_behind(found_class[1], line, indent)
        self._text(line, indent)
        return 1

    # Paragraphs -----------------------------------------------------------------------------

    def _text(self, line: str, indent: int) -> None:
        """A line of text: it goes on the paragraph, or begins one in or behind the list."""
        if self._paragraph:
            if self._items and indent < self._items[-1].content and self._steps_out(line):
                self._flush()
                self._items.clear()
            else:
                self._paragraph.append(line)
                return
        elif self._items:
            self._leave(indent)
        self._paragraph = [line]
        self._gap = False

    def _steps_out(self, line: str) -> bool:
        """Whether a line at the margin is a paragraph of its own, and not the item's next line."""
        before = self._paragraph[-1]
        if before.endswith(("  ", "\\")):
            return False
        return (self._mode == "auto" and is_short(before)) or len(
            split_lines([before, line], self._mode)
        ) > 1

    def _flush(self) -> None:
        lines, lead, self._paragraph, self._lead = self._paragraph, self._lead, [], ""
        if not lines:
            return
        if len(lines) > 1 and any(_DEFINITION.match(line) for line in lines):
            self._write([line.rstrip() for line in lines], lead, "text")
            return
        if self._items:
            groups = split_item(lines)
        else:
            groups = split_lines(lines, self._mode)
            if len(lines) > 1:
                self._texts.append(lines)
            else:
                self._single += 1
        for number, group in enumerate(groups):
            words = [one.strip(_EDGE) if one[-2:] != "  " else one.lstrip(_EDGE) for one in group]
            words[0] = lists.no_marker(words[0], behind_text=number > 0)
            if not lead:
                words = with_class(words)
            self._write(words, lead if number == 0 else "", "text")

    def _class_behind(self, name: str, line: str, indent: int) -> int:
        if name in PARAGRAPH_CLASSES and self._paragraph:
            self._paragraph[-1] += f" {{.{name}}}"
        else:
            self._text(line, indent)
        return 1

    def _write(self, words: list[str], lead: str, kind: str) -> None:
        """Write a paragraph at its depth, with asterisks that are no mark-up protected."""
        text = "\n".join(words).lstrip("\n")
        if not text:
            # A note without words: its mark is shown, which is all that was written.
            text, lead = f"\\{lead.strip()}", ""
            message = f"注释 {text[1:-1]} 没有内容，已按文字显示；请在冒号后面写上"
            self._remarks.append(Remark(message, near=text[1:-1]))
        if "*" in text:
            text, open_words = protect_stars(text)
            if open_words:
                self._remarks.append(
                    Remark(
                        "加粗的 ** 没有收尾，已按文字显示；请在要加粗的文字后面补上 **",
                        near=f"**{open_words}".partition("\n")[0],
                        level="warning",
                    )
                )
        text = as_words(text)
        if text[0] == "=" or (text[0] == ">" and not (lead and _QUOTE.match(text))):
            text = f"\\{text}"
        depth = len(self._items) - (1 if lead else 0)
        prefix = STEP * depth
        if lead:
            lines = text.split("\n")
            made = [f"{prefix}{lead}{lines[0]}", *(f"{prefix}{one}" for one in lines[1:])]
            self._gap = self._lead_gap
            self._emit("note" if lead[0] == "[" else "item", made, indented=True)
        else:
            made = [prefix + one for one in text.split("\n")] if prefix else text.split("\n")
            self._emit(kind, made, indented=True)

    def _emit(self, kind: str, made: list[str], indented: bool = False) -> None:
        """Write a block's lines, an empty line before it where the parser wants or had one."""
        if not indented:
            self._flush()
            prefix = STEP * len(self._items)
            made = [f"{prefix}{line}" if line else "" for line in made]
        together = kind in ("item", "note", "reference") and self._last == kind and not self._gap
        if self._out and self._out[-1] and not together:
            self._out.append("")
        self._out += made
        self._last, self._gap = kind, False

    # Lists ----------------------------------------------------------------------------------

    def _leave(self, indent: int) -> Item | None:
        """Close the items that a line ``indent`` columns in does not belong to; the outermost."""
        self._flush()
        closed: Item | None = None
        while self._items and indent < self._items[-1].marker + 2:
            closed = self._items.pop()
        return closed

    def _item(self, indent: int, kind: str, marker: str, words: str) -> bool:
        """Begin an item; False if the line is text that only looks like one."""
        behind_text = bool(self._paragraph) and not self._items
        unlikely = behind_text and kind == "ol" and marker != "1. "
        if unlikely and not ends_sentence(self._paragraph[-1]):
            return False
        gap = self._gap
        closed = self._leave(indent)
        other_kind = closed is not None and closed.kind != kind
        self._items.append(Item(kind, indent, indent + len(marker)))
        if len(self._items) > MAX_DEPTH:
            raise TooExpensiveError(TOO_DEEP, words[:20])
        self._begin(marker, words, gap or other_kind)
        return True

    def _begin(self, lead: str, words: str, gap: bool) -> None:
        self._lead, self._lead_gap, self._gap = lead, gap, False
        self._paragraph = [words]

    def _quote(self, lines: list[str], at: int, indent: int) -> int:
        self._leave(indent)
        inner: list[str] = []
        number = at
        while number < len(lines):
            rest = lines[number].lstrip(" \t")
            if found := _QUOTE.match(rest):
                inner.append(rest[found.end() :])
            elif inner[-1].strip() and rest.strip(_EDGE) and not _is_block(rest):
                if INDENTED.match(lines[number]) or ends_sentence(inner[-1]):
                    break
                inner.append(rest)
            else:
                break
            number += 1
        self._meter.enter(inner[0])
        within = Blocks(self._mode, self._meter, self._remarks)
        made = within._laid_out(inner)
        self._meter.leave()
        self._emit("quote", [f"> {line}".rstrip() for line in made])
        return number - at

    # Headings, rules, tables, notes ---------------------------------------------------------

    def _heading(self, rest: str, indent: int) -> bool:
        if wide := _WIDE_HEADING.match(rest):
            rest = "#" * wide[0].count("＃") + " " + rest[wide.end() :]
        found = _HEADING.fullmatch(rest)
        if found is None:
            return False
        level, words = found[1] or found[3], (found[2] if found[1] else found[4]).strip(_EDGE)
        if not words.strip("#＃ \t"):
            return False
        self._leave(indent)
        self._emit("heading", [f"{level} {with_id(words)}"])
        return True

    def _rule_or_underline(self, rest: str, indent: int) -> bool:
        line = rest.rstrip()
        under = self._paragraph and not self._items and _UNDERLINE.fullmatch(line)
        if under and (line[0] == "=" or self._is_title()):
            words = self._paragraph.pop().strip(_EDGE)
            self._flush()
            self._emit("heading", [f"{'#' if line[0] == '=' else '##'} {with_id(words)}"])
            return True
        if lists.RULE.fullmatch(line):
            self._leave(indent)
            self._emit("rule", ["* * *" if "*" not in line else "- - -"])
            return True
        return False

    def _is_title(self) -> bool:
        last = self._paragraph[-1].strip(_EDGE)
        return (
            len(self._paragraph) == 1
            and len(last) <= _MAX_TITLE_LENGTH
            and not _TITLE_END.search(last)
            and not ends_sentence(last)
        )

    def _table(self, lines: list[str], at: int, indent: int) -> int:
        following = lines[at + 1] if at + 1 < len(lines) else ""
        if not following.strip() and (rows := tables.spaced_rows(lines, at)):
            return self._table(rows, 0, indent) * 2 - 1
        end = at + 1
        if tables.is_delimiter(following):
            end = at + 2
            while end < len(lines) and "|" in lines[end]:
                end += 1
            self._leave(indent)
            made, too_long = tables.table_of(lines[at:end])
            for row in too_long:
                self._remarks.append(
                    Remark(
                        f"这一行有 {len(tables.cells_of(row))} 格，表头只有 "
                        f"{len(tables.cells_of(lines[at]))} 格，多出的已并入最后一格，请核对",
                        near=row.strip(),
                        level="warning",
                    )
                )
            self._emit("table", made)
            return end - at
        if not tables.is_framed(lines[at]):
            return 0
        count = len(tables.cells_of(lines[at]))
        while end < len(lines) and tables.is_framed(lines[end]):
            if len(tables.cells_of(lines[end])) != count:
                break
            end += 1
        if end - at < 2:
            if count >= 2:
                self._remarks.append(
                    Remark(
                        "这一行有竖线，可是排不成表格；表格的第二行要写 |---|---|，各行格数要一样",
                        near=lines[at].strip(),
                        level="warning",
                    )
                )
            return 0
        self._leave(indent)
        self._emit("table", tables.framed_table(lines[at:end]))
        return end - at

    def _note_or_reference(self, rest: str) -> bool:
        if found := lists.NOTE.match(rest):
            self._flush()
            self._items.clear()
            words = rest[found.end() :]
            self._items = [Item("note", 0, 4)]
            self._begin(f"[^{found[1]}]: ", words, gap=False)
            return True
        if definition := self._definitions.take(rest):
            self._flush()
            self._items.clear()
            self._emit("reference", [definition])
            return True
        return False


def _is_block(rest: str) -> bool:
    """Whether a line behind a quotation is something other than more of its text."""
    return (
        rest[0] in "#>|[\x0e`~" or marker_of(rest) is not None or lists.RULE.match(rest) is not None
    )
