"""A file's head to a checked entry: each key by the model, then the keys with one another."""

import posixpath
from typing import Final

from dangjian.common.problems import Problem
from dangjian.schema.entry import ColumnEntry, Entry
from dangjian.schema.frontmatter import Source
from dangjian.schema.keys import Spec, similarity, table
from dangjian.schema.terms import COLUMN_TYPES, NEEDED, NO_DATE, TYPE_NAMES
from dangjian.schema.values import ParsedFields, SourceLocation, as_repr, read_fields

ENTRY: Final = table(Entry)
COLUMN: Final = table(ColumnEntry)

_UNDATED: Final = ("page", "special")
_ORDERED: Final = (
    ("date", "updated"),
    ("date", "expires"),
    ("publish_at", "expires"),
    ("notice_start", "notice_end"),
    ("effective", "repealed"),
)
"""Pairs of dates of which the second cannot be a day before the first."""

_NEVER_HIDDEN: Final = ("special", "link")
_WITH_BODY: Final = ("news", "document", "notice", "page")


def read_entry(source: Source) -> tuple[Entry | None, tuple[Problem, ...]]:
    """An article's entry, and every problem of the file (those of ``parse_source`` included).

    There is no entry when one of the problems is an error.
    """
    if source.broken:
        return None, source.problems
    place = SourceLocation(source.path, posixpath.dirname(source.path), list(source.problems))
    taken = read_fields(source.fields, ENTRY, place)
    _require(ENTRY.by_name["title"], taken, place)
    if taken.values.get("type") in _UNDATED and "date" not in taken.wrong:
        taken.values.setdefault("date", NO_DATE)
    else:
        _require(ENTRY.by_name["date"], taken, place)
    if "type" not in taken.wrong:
        _check_type(taken, source, place)
    _check_order(taken, place)
    _check_reprint(taken, place)
    if "top_until" in taken.values and "top" not in taken.values.get("flags", ()):
        message = "写了 top_until（置顶至），推荐位（flags）里没有“置顶”，不会置顶"
        place.note(taken.line("top_until"), message, "warning")
    problems = tuple(place.problems)
    if any(problem.level == "error" for problem in problems):
        return None, problems
    return Entry(**taken.values), problems


def read_column(source: Source) -> tuple[ColumnEntry | None, tuple[Problem, ...]]:
    """A column's ``_column.md``, as ``read_entry`` does it for articles."""
    if source.broken:
        return None, source.problems
    place = SourceLocation(source.path, posixpath.dirname(source.path), list(source.problems))
    taken = read_fields(source.fields, COLUMN, place)
    _require(COLUMN.by_name["name"], taken, place)
    kind = taken.values.get("type", COLUMN_TYPES[0])
    if kind not in COLUMN_TYPES:
        nearest = max(COLUMN_TYPES, key=lambda word: similarity(kind, word))
        message = (
            f"type（栏目类型）写的是“{as_repr(kind)}”，不在国办发〔2017〕47号的用词里，"
            f"最接近的是“{nearest}”；可用的有：{'、'.join(COLUMN_TYPES)}"
        )
        place.note(taken.line("type"), message, "warning")
    problems = tuple(place.problems)
    if any(problem.level == "error" for problem in problems):
        return None, problems
    return ColumnEntry(**taken.values), problems


def _require(spec: Spec, taken: ParsedFields, place: SourceLocation) -> None:
    """A required key that is absent or empty; one with a wrong value has been told already."""
    if spec.name in taken.values or spec.name in taken.wrong:
        return
    what = "是空的" if spec.name in taken.fields else "没有写"
    example = f"{spec.key.zh}: {spec.key.example}"
    place.note(taken.line(spec.name), f"{spec.label}{what}，请在文件头里写，例如 {example}")


def _check_type(taken: ParsedFields, source: Source, place: SourceLocation) -> None:
    kind = taken.values.get("type", "news")
    for name, field in taken.fields.items():
        spec = ENTRY.by_name[name]
        types = spec.key.types
        if types and kind not in types and name in taken.values:
            owners = "、".join(_named(owner) for owner in types)
            message = (
                f"{spec.label}只能用在这些类型：{owners}；"
                f"本文是{_named(kind)}，请改 type（类型）或删去这一项"
            )
            place.note(field.line, message)
    if kind in _NEVER_HIDDEN and taken.values.get("status") == "hidden":
        message = f"{_named(kind)}不能隐藏，暂不公开请写 status（状态）: 草稿"
        place.note(taken.line("status"), message)
    needed = NEEDED.get(kind)
    if needed and needed not in taken.values and needed not in taken.wrong:
        spec = ENTRY.by_name[needed]
        line = taken.line(needed, taken.line("type"))
        message = f"{_named(kind)}类的文章要写 {spec.label}：{spec.key.about}"
        place.note(line, message)
    if kind == "photo" and not {"gallery"} & (taken.values.keys() | taken.wrong):
        message = "图集（photo）类的文章没有写 gallery（图集）的图片"
        place.note(taken.line("gallery", taken.line("type")), message, "warning")
    if kind in _WITH_BODY and not source.body.strip() and "attachments" not in taken.values:
        place.note(max(source.body_line - 1, 1), "文件头后面没有正文", "warning")


def _named(kind: str) -> str:
    return f"{TYPE_NAMES[kind]}（{kind}）"


def _check_order(taken: ParsedFields, place: SourceLocation) -> None:
    for first, second in _ORDERED:
        start, end = taken.values.get(first), taken.values.get(second)
        if start is not None and end is not None and end.date() < start.date():
            one, other = ENTRY.by_name[first], ENTRY.by_name[second]
            message = (
                f"{other.label}是 {end:%Y-%m-%d}，早于 {one.label}的 {start:%Y-%m-%d}"
                f"（第 {taken.line(first)} 行），请改正其中一个"
            )
            place.note(taken.line(second), message)


def _check_reprint(taken: ParsedFields, place: SourceLocation) -> None:
    """A reprint names its source and the title it had (互联网新闻信息服务管理规定)."""
    if not taken.values.get("reprint"):
        return
    for name in ("source", "original_title"):
        if name not in taken.values and name not in taken.wrong:
            spec = ENTRY.by_name[name]
            example = spec.key.example or as_repr(taken.values.get("title", "……"))
            message = f"转载的文章要写 {spec.label}，例如 {spec.key.zh}: {example}"
            place.note(taken.line(name, taken.line("reprint")), message)
