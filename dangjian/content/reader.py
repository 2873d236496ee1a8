"""Reading articles: a Markdown file becomes a checked record and clean HTML.

``read_source`` is plain input to plain output, so that worker processes can run it;
``PortalReader`` is the same for Pelican.
"""

import os
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from dangjian.common.digests import digest
from dangjian.common.errors import os_error_reason
from dangjian.common.files import NEVER, Stat, read_with_stat
from dangjian.common.problems import Level, Problem, has_error
from dangjian.content.catalogue import Record, StoredSource, stored
from dangjian.content.columns import COLUMN_FILE
from dangjian.content.withdrawal import read_withdrawal
from dangjian.schema.column_entry import ColumnEntry
from dangjian.schema.entry import Entry
from dangjian.schema.frontmatter import Source, parse_source
from dangjian.schema.reading import needs_text, read_column, read_entry
from dangjian.text.excerpts import excerpt, plain_text, prose_of
from dangjian.text.limits import TOO_DEEP, TooExpensiveError
from dangjian.text.markup import Manner, MarkdownText, Rendered
from dangjian.text.paragraphs import LineBreaks
from dangjian.text.references import Reference
from dangjian.text.remarks import Remark
from dangjian.text.tags import MORE

EXCERPT_LENGTH = 100
_SHORT = 300


class ReadingRules(Struct, frozen=True):
    """What the settings and the columns say of how texts are read.

    ``own`` are the site's addresses (see ``Links``). Articles before ``archive_date`` may keep
    pictures of other hosts as links. ``of_columns`` has the line breaks of each folder that gives
    them. ``ignored`` are keys of front matter (``keys.normal``) that are left out in silence.
    """

    line_breaks: LineBreaks = "auto"
    own: tuple[str, ...] = ()
    archive_date: datetime | None = None
    of_columns: tuple[tuple[str, LineBreaks], ...] = ()
    ignored: tuple[str, ...] = ()

    def is_archived(self, entry: Entry | None) -> bool:
        """Whether an article is older than the archive date."""
        return (
            self.archive_date is not None and entry is not None and entry.date < self.archive_date
        )

    def manner(self, path: str, entry: Entry | ColumnEntry | None) -> Manner:
        """How the text of the source at ``path`` is to be read."""
        own = entry.line_breaks if entry is not None else None
        archived = isinstance(entry, Entry) and self.is_archived(entry)
        return Manner(own or self._of_column(path), self.own, archived)

    def _of_column(self, path: str) -> LineBreaks:
        of_columns = dict(self.of_columns)
        folder = path.rpartition("/")[0]
        while of_columns and folder:
            if folder in of_columns:
                return of_columns[folder]
            folder = folder.rpartition("/")[0]
        return self.line_breaks


_NO_RULES = ReadingRules()


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


def read_sources(
    content: Path, paths: list[str], rules: ReadingRules = _NO_RULES
) -> list[StoredSource]:
    """Read several sources below ``content``; one that can't be read yields a record saying so."""
    found = (read_source(content, path, rules) for path in paths)
    return [stored(one.path, one.stat, one.record, one.html) for one in found]


def read_source(content: Path, path: str, rules: ReadingRules = _NO_RULES) -> ReadResult:
    """Read the source at ``path`` (relative, with ``/``) below ``content``."""
    try:
        data, stat = read_with_stat(os.path.join(content, path))
    except OSError as error:
        problem = Problem(
            path, 0, f"文件读不出来（{os_error_reason(error)}），请检查文件权限，或重新保存一份"
        )
        return ReadResult(path, NEVER, Record(digest=b"", problems=(problem,)), "")
    source = parse_source(data, path)
    if path.rpartition("/")[2] == COLUMN_FILE:
        record, rendered = _read_column(source, path, rules)
    else:
        record, rendered = _read_article(source, path, rules)
        if record.entry is None:
            record.draft, record.expires = read_withdrawal(source, data)
    record.digest = digest(data)
    return ReadResult(path, stat, record, rendered.html)


def _read_column(source: Source, path: str, rules: ReadingRules) -> tuple[Record, Rendered]:
    column, problems = read_column(source)
    rendered, faults = _convert(source, path, rules.manner(path, column))
    record = Record(
        digest=b"",
        column=column,
        problems=(*problems, *faults),
        references=rendered.references,
        anchors=rendered.anchors,
    )
    return record, rendered


def _read_article(source: Source, path: str, rules: ReadingRules) -> tuple[Record, Rendered]:
    entry, problems = read_entry(source, rules.ignored, rules.archive_date)
    manner = rules.manner(path, entry)
    rendered, faults = _convert(source, path, manner)
    if rendered is _REFUSED:
        entry = None
    elif entry and not has_error(faults) and _shows_nothing(source, entry, rendered):
        draft = entry.status == "draft"
        level: Level = "warning" if draft else "error"
        faults.append(Problem(path, source.body_line, _NOTHING_TO_SEE, level))
        entry = entry if draft else None
    record = Record(
        digest=b"",
        entry=entry,
        problems=(*problems, *faults),
        references=rendered.references,
        anchors=rendered.anchors,
    )
    if entry is not None and not entry.summary:
        record.excerpt = excerpt(_prose(source, path, manner, rendered), EXCERPT_LENGTH)
    return record, rendered


_NOTHING_TO_SEE = "正文里没有看得见的字和图片，请写上；还没有写完的，写 状态: 草稿"


def _shows_nothing(source: Source, entry: Entry, rendered: Rendered) -> bool:
    """Whether a text that is not empty is so on the page: a comment alone, blanks, a rule."""
    text = rendered.html
    return (
        len(text) < _SHORT
        and "<img" not in text
        and source.body.strip() != ""
        and not plain_text(text)
        and needs_text(entry)
    )


def _prose(source: Source, path: str, manner: Manner, rendered: Rendered) -> str:
    """The words from which an excerpt is taken: none behind ``<!-- more -->``."""
    if "<!--" in source.body and (more := MORE.search(source.body)) and more.start():
        before = source.body[: more.start()]
        rendered = _markdown().convert(before, path.rpartition("/")[0], manner)
    return prose_of(rendered.html, EXCERPT_LENGTH)


_REFUSED = Rendered("")


def _convert(source: Source, path: str, manner: Manner) -> tuple[Rendered, list[Problem]]:
    """The text as HTML, and what is wrong with it; ``_REFUSED`` when it can't be parsed."""
    text = source.body
    if not text.strip():
        return Rendered(""), []
    try:
        rendered = _markdown().convert(text, path.rpartition("/")[0], manner)
    except TooExpensiveError as error:
        _kept.text = None
        line = line_of(text, error.near, source.body_line)
        return _REFUSED, [Problem(path, line, str(error))]
    except RecursionError:
        _kept.text = None
        return _REFUSED, [Problem(path, source.body_line, TOO_DEEP)]
    problems = [_problem(source, path, remark) for remark in rendered.remarks]
    if rendered.references:
        problems += _without_words(source, path, rendered.references, manner)
    return rendered, problems


def _problem(source: Source, path: str, remark: Remark) -> Problem:
    """What the conversion remarked, with its line in the file."""
    body, first = source.body, source.body_line
    if remark.line >= 0:
        line = first + remark.line
    else:
        line = line_of(body, remark.near, first, remark.count)
    return Problem(path, line, remark.message, "warning" if remark.level == "warning" else "error")


def _without_words(
    source: Source, path: str, references: tuple[Reference, ...], manner: Manner
) -> list[Problem]:
    """Pictures whose content no words tell; in archived articles that is no error."""
    seen: dict[str, int] = {}
    problems = []
    for reference in references:
        if reference.kind != "media":
            continue
        count = seen.get(reference.written, 0)
        seen[reference.written] = count + 1
        if (reference.alt or "").strip():
            continue
        problems.append(
            Problem(
                path,
                line_of(source.body, reference.written, source.body_line, count),
                f"图片“{reference.written}”没有文字说明，盲人读者无从知道画面内容。"
                f"请写成 ![画面里有什么]({reference.written})",
                "warning" if manner.archived else "error",
            )
        )
    return problems


def line_of(body: str, written: str, first_line: int, count: int = 0) -> int:
    """The line in the file where ``written`` is in the text.

    ``count`` tells which of several places: 0 the first, -1 the last. The first line of the text if
    it is not there.
    """
    if not written:
        return first_line
    # An address is in brackets or quotation marks; without them it may be part of another.
    forms = (f"]({written}", f'"{written}"', written)
    written = next((form for form in forms if form in body), written)
    position = body.rfind(written) if count < 0 else body.find(written)
    for _ in range(count):
        later = body.find(written, position + 1)
        if later < 0:
            break
        position = later
    return first_line + body.count("\n", 0, position) if position >= 0 else first_line


def pelican_metadata(entry: Entry) -> dict[str, Any]:
    """An entry under the names that Pelican and its plugins use."""
    fields = {name: value for name, value in msgspec.structs.asdict(entry).items() if value}
    fields["date"] = entry.date
    if entry.updated:
        fields["modified"] = entry.updated
    if entry.author:
        fields["authors"] = list(entry.author)
    return fields
