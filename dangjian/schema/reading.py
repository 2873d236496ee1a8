"""A file's head to a checked entry: each key by the model, then the keys with one another."""

import posixpath
from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Any, Final

from msgspec.structs import replace

from dangjian.common.problems import Level, Problem
from dangjian.schema.column_entry import ColumnEntry
from dangjian.schema.dates import DateError, has_clock, read_date
from dangjian.schema.entry import Entry
from dangjian.schema.foreign import FOREIGN, STATES
from dangjian.schema.forms import shortened
from dangjian.schema.frontmatter import Field, Items, Source, Text
from dangjian.schema.keys import Spec, normal, similarity, table
from dangjian.schema.terms import (
    COLUMN_TYPES,
    FLAG_NAMES,
    NEEDED,
    NO_DATE,
    NO_WORDS,
    TYPE_NAMES,
    UNDATED_TYPES,
    YES_WORDS,
)
from dangjian.schema.texts import SourceLocation
from dangjian.schema.values import ParsedFields, read_fields

ENTRY: Final = table(Entry)
COLUMN: Final = table(ColumnEntry)

_ORDERED: Final = (
    ("date", "updated"),
    ("date", "expires"),
    ("publish_at", "expires"),
    ("notice_start", "notice_end"),
    ("effective", "repealed"),
)
"""Pairs of dates whose second cannot be a day before the first."""

_NEVER_HIDDEN: Final = ("special", "link")
_WITH_BODY: Final = ("news", "document", "notice", "page")
_SHOWN_BODY: Final = ("attachments", "video", "gallery", "original_url", "external_url")
"""Keys that give a page something to show where there is no text."""
_USUAL_COLUMN: Final = "工作动态"
_LIKE: Final = 0.6
_NEED_COVER: Final = ("slide", "photo")


def read_entry(
    source: Source, ignored: Collection[str] = (), archive_date: datetime | None = None
) -> tuple[Entry | None, tuple[Problem, ...]]:
    """An article's entry, and every problem of the file (those of ``parse_source`` included).

    There is no entry when one of the problems is an error. ``ignored`` are names of keys
    (``keys.normal``) that the office wants left out in silence. Pictures of articles older than
    ``archive_date`` may lack words.
    """
    if source.broken:
        return None, source.problems
    place = SourceLocation(source.path, posixpath.dirname(source.path), list(source.problems))
    place.archived = archive_date is not None and _is_older(source, archive_date)
    states: list[tuple[str, Field]] = []
    fields = source.fields
    if ignored:
        fields = tuple(field for field in fields if normal(field.key) not in ignored)
    taken = read_fields(fields, ENTRY, place, partial(_other, states))
    _apply_states(states, taken, place)
    _require(ENTRY.by_name["title"], taken, place)
    if taken.values.get("type") in UNDATED_TYPES and "date" not in taken.wrong:
        taken.values.setdefault("date", NO_DATE)
    else:
        _require(ENTRY.by_name["date"], taken, place)
    if "type" not in taken.wrong:
        _check_type(taken, source, place)
    _check_order(taken, place)
    _check_reprint(taken, place)
    _check_cover(taken, place)
    if "top_until" in taken.values and "top" not in taken.values.get("flags", ()):
        message = "写了 置顶至（top_until），推荐位（flags）里没有“置顶”，不会置顶"
        place.note(taken.line("top_until"), message, "warning")
    problems = tuple(place.problems)
    if any(problem.level == "error" for problem in problems):
        draft = taken.values.get("status") == "draft"
        return None, _of_draft(problems) if draft else problems
    times = _times(taken)
    return Entry(**taken.values, **times), problems


def _is_older(source: Source, day: datetime) -> bool:
    """Whether an article's date, which may be written behind its pictures, is before ``day``."""
    for field in source.fields:
        spec = ENTRY.by_name.get(normal(field.key))
        if spec is not None and spec.name == "date" and isinstance(field.value, Text):
            try:
                return read_date(field.value.text) < day
            except DateError:
                return False
    return False


def _of_draft(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """The problems of a draft: what is not finished prevents nobody from publishing."""
    return tuple(replace(problem, level="warning") for problem in problems)


def _times(taken: ParsedFields) -> dict[str, Any]:
    """The article's time: 定时发布 where it is later than 时间, which then is the one written."""
    written, scheduled = taken.values["date"], taken.values.get("publish_at")
    times: dict[str, Any] = {}
    name = "date"
    if scheduled is not None and scheduled > written:
        taken.values["date"] = scheduled
        times["written"] = written
        name = "publish_at"
    field = taken.fields.get(name)
    if field is not None and isinstance(field.value, Text) and not has_clock(field.value.text):
        times["untimed"] = True
    return times


def _other(
    states: list[tuple[str, Field]],
    field: Field,
    place: SourceLocation,
) -> tuple[str, ...] | None:
    """A key of another program: left out, taken for a status, or reported with what to write."""
    name = normal(field.key)
    if (words := STATES.get(name)) is not None and isinstance(field.value, Text):
        word = field.value.text.strip().lower()
        if word in YES_WORDS or word in NO_WORDS:
            states.append((words[word in NO_WORDS], field))
            return ()
    foreign = FOREIGN.get(name)
    if foreign is None:
        return None
    level: Level = "warning" if foreign.harmless else "error"
    place.note(field.line, f"“{shortened(field.key)}”是别的系统的写法：{foreign.advice}", level)
    return ()


def _apply_states(
    states: list[tuple[str, Field]], taken: ParsedFields, place: SourceLocation
) -> None:
    """``draft: true`` and ``published: false`` make a draft; 状态 may not say otherwise."""
    for status, field in states:
        if not status:
            continue
        given = taken.values.setdefault("status", status)
        if given != status:
            message = (
                f"“{field.key}”说这是草稿，状态（status）写的却不是"
                f"（第 {taken.line('status')} 行），请删去其中一行"
            )
            place.note(field.line, message)


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
        if similarity(kind, nearest) < _LIKE:
            nearest = _USUAL_COLUMN
        message = (
            f"栏目类型（type）写的是“{shortened(kind)}”，不在国办发〔2017〕47号的用词里，"
            f"最接近的是“{nearest}”；可用的有：{'、'.join(COLUMN_TYPES)}"
        )
        place.note(taken.line("type"), message, "warning")
    problems = tuple(place.problems)
    if any(problem.level == "error" for problem in problems):
        return None, problems
    return ColumnEntry(**taken.values, has_text=bool(source.body.strip())), problems


def _require(spec: Spec, taken: ParsedFields, place: SourceLocation) -> None:
    """A required key that is absent or empty; one with a wrong value has been reported already."""
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
                f"本文是{_named(kind)}，请改 类型（type）或删去这一项"
            )
            place.note(field.line, message)
    if kind in _NEVER_HIDDEN and taken.values.get("status") == "hidden":
        message = f"{_named(kind)}不能隐藏，暂不公开请写 状态（status）: 草稿"
        place.note(taken.line("status"), message)
    needed = NEEDED.get(kind)
    if needed and needed not in taken.values and needed not in taken.wrong:
        spec = ENTRY.by_name[needed]
        line = taken.line(needed, taken.line("type"))
        message = f"{_named(kind)}类的文章要写 {spec.label}：{spec.key.about}"
        place.note(line, message)
    if kind == "photo" and not {"gallery"} & (taken.values.keys() | taken.wrong):
        message = "图集（photo）类的文章没有写 图集（gallery）的图片"
        place.note(taken.line("gallery", taken.line("type")), message, "warning")
    if kind in _WITH_BODY and not source.body.strip() and not _shows(taken):
        draft = taken.values.get("status") == "draft"
        message = "文件头后面没有正文，请写上；还没有写完的，写 状态: 草稿"
        place.note(max(source.body_line - 1, 1), message, "warning" if draft else "error")


def needs_text(entry: Entry) -> bool:
    """Whether an article's page would show nothing without a text."""
    return entry.type in _WITH_BODY and not any(getattr(entry, name) for name in _SHOWN_BODY)


def _shows(taken: ParsedFields) -> bool:
    return any(name in taken.values or name in taken.wrong for name in _SHOWN_BODY)


def _check_cover(taken: ParsedFields, place: SourceLocation) -> None:
    """图片 and 轮播 show the cover; without one the article is not there."""
    if {"cover", "gallery", "video"} & (taken.values.keys() | taken.wrong):
        return
    named = [flag for flag in taken.values.get("flags", ()) if flag in _NEED_COVER]
    if named:
        words = "、".join(FLAG_NAMES[flag] for flag in named)
        message = (
            f"推荐位写了“{words}”，没有写封面，不会出现在那里；"
            "请写 封面: {图片: 文件名, 说明: 图里是什么}"
        )
        place.note(taken.line("flags"), message, "warning")


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
            example = spec.key.example or shortened(taken.values.get("title", "……"))
            message = f"转载的文章要写 {spec.label}，例如 {spec.key.zh}: {example}"
            place.note(taken.line(name, taken.line("reprint")), message)


def line_of_value(fields: tuple[Field, ...], key: str, written: str) -> int:
    """The line where a key (by its Chinese name) has a value, or the key's own; 0 without it."""
    for field in fields:
        spec = ENTRY.by_name.get(normal(field.key))
        if spec is not None and spec.key.zh == key:
            if isinstance(field.value, Items):
                for item in field.value.items:
                    if isinstance(item, Text) and written in item.text:
                        return item.line
            return field.line
    return 0
