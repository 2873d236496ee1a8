"""The query language (docs/search-format.md, 4.1): any string becomes clauses, or nothing."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from msgspec import Struct

from dangjian.search.format.folding import BREAK, SPACES, fold_text, fold_with_places

MAX_QUERY_LENGTH = 500
MAX_CLAUSES = 16
LAST_DAY = date.max.toordinal()

NOTE_LONG = "long"
NOTE_MANY = "many"

_QUOTES = '"“”„＂'
_MINUS = "-－−"
_FIELDS = {
    "title": "title",
    "标题": "title",
    "body": "body",
    "正文": "body",
    "source": "source",
    "来源": "source",
    "column": "column",
    "栏目": "column",
    "type": "type",
    "类型": "type",
    "year": "year",
    "年": "year",
    "年份": "year",
    "from": "from",
    "自": "from",
    "to": "to",
    "至": "to",
}
TYPES = {
    "新闻": "news",
    "文件": "document",
    "公告": "notice",
    "图集": "photo",
    "视频": "video",
    "专题": "special",
    "页面": "page",
    "链接": "link",
}
_TEXT_FIELDS = ("", "title", "body")
# Of ASCII letters only: Python takes ſ for an s.
_NO_SPACE = f"[^{''.join(sorted(SPACES))}]"
_FIELD = re.compile(rf"((?ai:{'|'.join(_FIELDS)}))[:：](?={_NO_SPACE})")
_VALUE = re.compile(rf"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]?|({_NO_SPACE}+)")
_LETTERS = re.compile(r"[a-z]{2,40}")
_WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_YEARS = re.compile(r"([0-9]{4})(?:[-－–—~～至]([0-9]{4}))?")
_DAY = re.compile(r"([0-9]{4})(?:[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2})日?|月)?|年)?")

Units = tuple[int, ...]


class Word(Struct, frozen=True):
    """Something to find: pieces of units with single breaks between, in one field or any.

    ``letters`` is what may be pinyin, or empty.
    """

    pieces: tuple[Units, ...]
    field: str = ""
    excluded: bool = False
    letters: str = ""

    @property
    def units(self) -> Units:
        """The word as it is in a folded text, breaks included."""
        joined: list[int] = []
        for piece in self.pieces:
            joined.extend((*piece, BREAK))
        return tuple(joined[:-1])


class Filter(Struct, frozen=True):
    """What documents must be: ``value`` of a source, column or type, or ``days`` from and to."""

    field: str
    value: str = ""
    days: tuple[int, int] = (0, LAST_DAY)
    excluded: bool = False


class Query(Struct, frozen=True):
    """A query as read; ``title`` is what a title must be to be the very thing asked for.

    ``typed`` is the query as typed, if operators make it another thing than ``title``: a title
    that is just this, with dashes where ``dashes`` has them, is found whatever they ask.
    """

    words: tuple[Word, ...] = ()
    filters: tuple[Filter, ...] = ()
    title: Units = ()
    typed: Units = ()
    dashes: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()

    @property
    def wanted(self) -> tuple[Word, ...]:
        """The words that must be found."""
        return tuple(word for word in self.words if not word.excluded)

    @property
    def unwanted(self) -> tuple[Word, ...]:
        """The words that must not be found."""
        return tuple(word for word in self.words if word.excluded)

    @property
    def empty(self) -> bool:
        """Whether nothing was asked."""
        return not self.words and not self.filters


class _Clause(Struct, frozen=True):
    field: str
    value: str
    quoted: bool
    excluded: bool


def parse_query(text: str) -> Query:
    """Read a query. No string is an error."""
    notes: list[str] = []
    if len(text) > MAX_QUERY_LENGTH:
        text = text[:MAX_QUERY_LENGTH]
        notes.append(NOTE_LONG)
    text = re.sub(r"[\ud800-\udfff]", " ", text)
    words: list[Word] = []
    filters: list[Filter] = []
    values: list[str] = []
    for number, clause in enumerate(_clauses(text)):
        if number == MAX_CLAUSES:
            notes.append(NOTE_MANY)
            break
        chosen = _filter(clause)
        if chosen is not None:
            filters.append(chosen)
            continue
        word = _word(clause)
        if word is not None:
            words.append(word)
        values.append(clause.value)
    plain = not filters and all(not w.excluded and w.field in ("", "title") for w in words)
    title = tuple(fold_text(" ".join(values))) if plain and words else ()
    typed = tuple(fold_text(text))
    minus = any(word.excluded for word in words) or any(one.excluded for one in filters)
    return Query(
        tuple(words),
        tuple(filters),
        title,
        typed if typed != title else (),
        dashes_in(text) if minus else frozenset(),
        tuple(notes),
    )


def dashes_in(text: str) -> frozenset[int]:
    """Which units of a folded text have a dash before them, nothing but breaks between."""
    found: list[int] = []
    end = 0
    for number, (unit, place) in enumerate(zip(*fold_with_places(text), strict=True)):
        if unit == BREAK:
            continue
        if any(_is_dash(char) for char in text[end:place]):
            found.append(number)
        end = place + 1
    return frozenset(found)


def _is_dash(char: str) -> bool:
    return char in _MINUS or unicodedata.category(char) == "Pd"


def _clauses(text: str) -> Iterator[_Clause]:
    """The clauses of a query whose value has anything to search for, or is a filter."""
    at = 0
    while at < len(text):
        if text[at] in SPACES:
            at += 1
            continue
        excluded = text[at] in _MINUS and at + 1 < len(text) and text[at + 1] not in SPACES
        if excluded:
            at += 1
        found = _FIELD.match(text, at)
        field = _FIELDS[found[1].lower()] if found else ""
        value = _VALUE.match(text, found.end() if found else at)
        if value is None:
            at += 1
            continue
        clause = _Clause(field, value[1] or value[2] or "", value[2] is None, excluded)
        if field and not _understood(clause):
            value = _VALUE.match(text, at)
            if value is None:
                at += 1
                continue
            clause = _Clause("", value[1] or value[2] or "", value[2] is None, excluded)
        at = value.end()
        if any(unit != BREAK for unit in fold_text(clause.value)):
            yield clause


def _word(clause: _Clause) -> Word | None:
    pieces = pieces_of(fold_text(clause.value))
    may_be_pinyin = not (clause.quoted or clause.excluded or clause.field == "body")
    letters = clause.value if may_be_pinyin and _LETTERS.fullmatch(clause.value) else ""
    return Word(pieces, clause.field, clause.excluded, letters) if pieces else None


def pieces_of(folded: Iterable[int]) -> tuple[Units, ...]:
    """A folded text cut at its breaks."""
    pieces: list[Units] = []
    piece: list[int] = []
    for unit in (*folded, BREAK):
        if unit != BREAK:
            piece.append(unit)
        elif piece:
            pieces.append(tuple(piece))
            piece = []
    return tuple(pieces)


def _understood(clause: _Clause) -> bool:
    if clause.field in _TEXT_FIELDS:
        return bool(fold_text(clause.value))
    return _filter(clause) is not None


def _filter(clause: _Clause) -> Filter | None:
    """The filter of a clause, or None if it is text or can't be understood."""
    value = clause.value.strip("".join(SPACES))
    if clause.field in ("source", "column") and fold_text(value):
        return Filter(clause.field, value, excluded=clause.excluded)
    if clause.field == "type":
        kind = TYPES.get(value, value.lower())
        if kind in TYPES.values():
            return Filter("type", kind, excluded=clause.excluded)
    if clause.field == "year" and (years := _YEARS.fullmatch(value.translate(_WIDE_DIGITS))):
        first, last = sorted((int(years[1]), int(years[2] or years[1])))
        if first:
            days = date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal()
            return Filter("year", days=days, excluded=clause.excluded)
    if clause.field in ("from", "to") and (span := days_of(value)):
        days = (span[0], LAST_DAY) if clause.field == "from" else (0, span[1])
        return Filter(clause.field, days=days, excluded=clause.excluded)
    return None


def days_of(text: str) -> tuple[int, int] | None:
    """First and last day of a year, month or day as typed; None if there is none such."""
    found = _DAY.fullmatch(text.translate(_WIDE_DIGITS))
    if found is None:
        return None
    year, month, day = int(found[1]), found[2], found[3]
    try:
        first = date(year, int(month or 1), int(day or 1))
    except ValueError:
        return None
    if day:
        return first.toordinal(), first.toordinal()
    if month:
        after = (
            date(year, 12, 31)
            if int(month) == 12
            else date(year, int(month) + 1, 1) - timedelta(days=1)
        )
        return first.toordinal(), after.toordinal()
    return first.toordinal(), date(year, 12, 31).toordinal()
