"""Reading articles: a Markdown file becomes a checked record and clean HTML.

``read_source`` is plain input to plain output, so that worker processes can run it;
``PortalReader`` is the same for Pelican.
"""

import os
import threading
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from dangjian.common.digests import digest
from dangjian.common.errors import os_error_reason
from dangjian.common.files import Stat
from dangjian.common.problems import Problem
from dangjian.content.catalogue import Record, StoredSource, stored
from dangjian.content.columns import COLUMN_FILE
from dangjian.schema.entry import Entry
from dangjian.schema.frontmatter import Source, parse_source
from dangjian.schema.reading import read_column, read_entry
from dangjian.text.limits import TOO_DEEP, TooExpensiveError
from dangjian.text.markup import MarkdownText, Rendered, excerpt, plain_text
from dangjian.text.references import Reference

EXCERPT_LENGTH = 100


class ReadResult(Struct, frozen=True):
    """A source as read: its stat at that moment, what it says, its text as HTML."""

    path: str
    stat: Stat
    record: Record
    html: str


class _Kept(threading.local):
    """The parser that each thread of a process keeps: it holds the text it is at work on."""

    text: MarkdownText | None = None


_kept = _Kept()


def _markdown() -> MarkdownText:
    if _kept.text is None:
        _kept.text = MarkdownText()
    return _kept.text


def read_sources(content: Path, paths: list[str]) -> list[StoredSource]:
    """Read several sources below ``content``; one that can't be read yields a record saying so."""
    found = (read_source(content, path) for path in paths)
    return [stored(one.path, one.stat, one.record, one.html) for one in found]


def read_source(content: Path, path: str) -> ReadResult:
    """Read the source at ``path`` (relative, with ``/``) below ``content``."""
    file = content / path
    try:
        found = os.stat(file)
        data = file.read_bytes()
    except OSError as error:
        problem = Problem(
            path, 0, f"文件读不出来（{os_error_reason(error)}），请检查文件权限，或重新保存一份"
        )
        return ReadResult(path, Stat(0, 0), Record(digest=b"", problems=(problem,)), "")
    stat = Stat(found.st_mtime_ns, found.st_size)
    source = parse_source(data, path)
    if path.rpartition("/")[2] == COLUMN_FILE:
        record, rendered = _read_column(source, path)
    else:
        record, rendered = _read_article(source, path)
    record.digest = digest(data)
    return ReadResult(path, stat, record, rendered.html)


def _read_column(source: Source, path: str) -> tuple[Record, Rendered]:
    column, problems = read_column(source)
    rendered, faults = _convert(source, path)
    problems = (*problems, *faults)
    record = Record(
        digest=b"", column=column, problems=tuple(problems), references=rendered.references
    )
    return record, rendered


def _read_article(source: Source, path: str) -> tuple[Record, Rendered]:
    entry, problems = read_entry(source)
    rendered, faults = _convert(source, path)
    if rendered is _REFUSED:
        entry = None
    record = Record(
        digest=b"",
        entry=entry,
        problems=(*problems, *faults),
        references=rendered.references,
    )
    if entry is not None:
        if not entry.summary:
            record.excerpt = excerpt(plain_text(rendered.html), EXCERPT_LENGTH)
        record.mention = _mention_digest(entry)
    return record, rendered


_REFUSED = Rendered("")


def _convert(source: Source, path: str) -> tuple[Rendered, list[Problem]]:
    """The text as HTML, and what is wrong with it; ``_REFUSED`` when it can't be parsed."""
    text = source.body
    if not text.strip():
        return Rendered(""), []
    try:
        rendered = _markdown().convert(text, path.rpartition("/")[0])
    except TooExpensiveError as error:
        _kept.text = None
        line = line_of(text, error.near, source.body_line)
        return _REFUSED, [Problem(path, line, str(error))]
    except RecursionError:
        _kept.text = None
        return _REFUSED, [Problem(path, source.body_line, TOO_DEEP)]
    return rendered, _reference_problems(source, path, rendered.references)


def _reference_problems(
    source: Source, path: str, references: tuple[Reference, ...]
) -> list[Problem]:
    return [
        Problem(
            path,
            line_of(source.body, reference.written, source.body_line),
            f"图片“{reference.written}”没有文字说明，盲人读者无从知道画面内容。"
            f"请写成 ![画面里有什么]({reference.written})",
        )
        for reference in references
        if reference.kind == "media" and not (reference.alt or "").strip()
    ]


def line_of(body: str, written: str, first_line: int) -> int:
    """The line in the file where ``written`` first stands in the text."""
    position = body.find(written)
    return first_line + body.count("\n", 0, position) if position >= 0 else first_line


def _mention_digest(entry: Entry) -> bytes:
    """A digest of what other pages may show of an article when they only name it."""
    shown = (
        entry.title,
        entry.short_title,
        entry.date,
        entry.type,
        entry.external_url,
        entry.flags,
        entry.notice_start,
        entry.notice_end,
        entry.validity,
        entry.status,
        entry.untimed,
    )
    return digest(msgspec.msgpack.encode(shown))


def pelican_metadata(entry: Entry) -> dict[str, Any]:
    """An entry under the names that Pelican and its plugins use."""
    fields = {name: value for name, value in msgspec.structs.asdict(entry).items() if value}
    fields["date"] = entry.date
    if entry.updated:
        fields["modified"] = entry.updated
    if entry.author:
        fields["authors"] = list(entry.author)
    return fields
