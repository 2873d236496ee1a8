"""Rows of tables: as Markdown writes them, without their second line, and pasted from Excel."""

from collections.abc import Sequence

from dangjian.common.patterns import regex
from dangjian.text.stars import protect_stars

# Word and WPS make dashes of hyphens.
_DELIMITER = regex(r"\|?[ ]*:?[-—–－]+:?[ ]*(?:\|[ ]*:?[-—–－]+:?[ ]*)*\|?[ ]*")
_DASHES = regex("[—–－]+")
_CELL = regex(r"((?:\\.|`[^`\n]*`|[^|\\]|\\$)*)(\||$)")
_FRAMED = regex(r"\|.*\|[ ]*")


def is_delimiter(line: str) -> bool:
    """Whether a line parts a table's head from its body."""
    stripped = line.strip()
    return "|" in stripped and _DELIMITER.fullmatch(stripped) is not None


def is_framed(line: str) -> bool:
    """Whether a line begins and ends with a bar."""
    return _FRAMED.fullmatch(line.strip()) is not None


def spaced_rows(lines: Sequence[str], at: int) -> list[str]:
    """The rows, from ``at`` on, of a table with an empty line behind each; none if it is none."""
    end = at
    while end + 2 < len(lines) and not lines[end + 1].strip() and is_framed(lines[end + 2]):
        end += 2
    rows = list(lines[at : end + 1 : 2])
    return rows if len(rows) > 2 and is_framed(rows[0]) and is_delimiter(rows[1]) else []


def cells_of(line: str) -> list[str]:
    """The cells of a row; escaped bars, and bars in code, part nothing."""
    row = line.strip()
    row = row.removeprefix("|")
    cells: list[str] = []
    position = 0
    while position <= len(row):
        found = _CELL.match(row, position)
        if found is None:
            break
        cells.append(found[1].strip())
        position = found.end()
        if not found[2]:
            break
    if len(cells) > 1 and not cells[-1]:
        cells.pop()
    return cells


def row_of(cells: Sequence[str]) -> str:
    """A row as the parser reads it."""
    return "| " + " | ".join([protect_stars(cell)[0] for cell in cells]) + " |"


def table_of(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """A Markdown table's lines in one form, and the rows that had more cells than its head.

    Cells that are too many go into the last one, so that no word is lost.
    """
    head = cells_of(lines[0])
    count = len(head)
    marks = cells_of(_DASHES.sub("---", lines[1]))
    marks = (marks + ["---"] * count)[:count]
    made = [row_of(head), "| " + " | ".join(marks) + " |"]
    too_long: list[str] = []
    for line in lines[2:]:
        cells = cells_of(line)
        if len(cells) > count:
            too_long.append(line)
            cells = [*cells[: count - 1], r" \| ".join(cells[count - 1 :])]
        made.append(row_of(cells + [""] * (count - len(cells))))
    return made, too_long


def is_tabbed(lines: Sequence[str], at: int) -> int:
    """How many lines from ``at`` on are rows of cells parted by tabs (none, or two and more)."""
    head = lines[at].rstrip().split("\t")
    count = len(head) - 1
    if not count or not all(cell.strip() for cell in head[1:]):
        return 0
    end = at + 1
    while end < len(lines) and _is_row(lines[end], count):
        end += 1
    return end - at if end - at >= 2 else 0


def _is_row(line: str, count: int) -> bool:
    """Whether a line has as many tabs as the head; those behind the last words may be missing."""
    return 0 < line.rstrip().count("\t") <= count and line.rstrip("\n ").count("\t") <= count


def tabbed_table(lines: Sequence[str]) -> list[str]:
    """Rows pasted from Excel as a Markdown table, the first of them its head."""
    rows = [
        [cell.strip().replace("|", r"\|") for cell in line.rstrip().split("\t")] for line in lines
    ]
    count = len(rows[0])
    filled = [row_of(row + [""] * (count - len(row))) for row in rows]
    return [filled[0], "|---" * count + "|", *filled[1:]]


def framed_table(lines: Sequence[str]) -> list[str]:
    """Rows between bars that lack the second line, which is put in."""
    marks = "|---" * len(cells_of(lines[0])) + "|"
    return table_of([lines[0], marks, *lines[1:]])[0]
