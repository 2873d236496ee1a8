"""What is wrong with a site's sources and archive, each problem with its file and line."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from msgspec.structs import replace

from dangjian.common.problems import Level, Problem, Problems, has_error
from dangjian.common.report import Withheld
from dangjian.content.archive import Archive
from dangjian.content.catalogue import FileFacts, Record, SourceRow
from dangjian.content.columns import COLUMN_FILE
from dangjian.content.files import MISSING, missing_reason
from dangjian.content.reader import line_of
from dangjian.content.scan import OFFICE_ENDINGS, UNREAD, UNREAD_OFFICE, Scan
from dangjian.pages.addresses import SiteAddresses
from dangjian.pages.offered import file_targets, files_in
from dangjian.schema.entry import named_files
from dangjian.schema.frontmatter import parse_source
from dangjian.schema.reading import line_of_value
from dangjian.settings.model import named_pictures
from dangjian.settings.workspace import Workplace
from dangjian.text.references import Reference


def source_problems(
    place: Workplace,
    scan: Scan,
    rows: Mapping[str, SourceRow],
    archive: Archive,
    facts: Mapping[str, FileFacts],
) -> Problems:
    """All problems of files, of sources as read, of the archive, and of what is named in vain.

    Those of drafts are warnings: what is not finished keeps nobody from publishing.
    """
    content = place.content
    problems = Problems(scan.problems)
    for row in rows.values():
        if row.record.problems:
            problems.extend(row.record.problems)
    problems.extend(archive_problems(content, archive))
    problems.extend(_unread(scan, rows))
    problems.extend(_office_pictures(place, facts))
    for item in archive.by_path.values():
        problems.extend(_named_in_vain(content, item.path, file_targets(item), item.record, facts))
    for column in archive.columns.walk():
        path = f"{column.folder}/{COLUMN_FILE}"
        source = rows.get(path)
        if source is not None and (found := files_in(source.record.references)):
            problems.extend(_named_in_vain(content, path, found, source.record, facts))
    addresses = SiteAddresses(archive)
    for path, references in linking_texts(archive, rows):
        for reference, message in addresses.dead(references):
            problems.add(path, _line(content, path, reference.written), message)
    problems.soften(
        path
        for path, row in rows.items()
        if row.record.problems and row.record.entry and row.record.entry.status == "draft"
    )
    problems.soften(held.path for held in archive.withheld if held.why == "draft")
    return problems


def renewed_problems(
    content: Path,
    last: Iterable[Problem],
    noticed: Mapping[str, tuple[Problem, ...]],
    rows: Mapping[str, SourceRow],
    archive: Archive,
    facts: Mapping[str, FileFacts],
) -> Problems | None:
    """The problems of the ``last`` build where since then only texts have changed.

    ``noticed`` are what reading those texts found before. None if one of them has another problem
    than such notices and those of its files: then it takes the whole archive to place it again.
    """
    found: dict[str, set[Problem]] = {path: set() for path in noticed}
    renewed = Problems()
    for problem in last:
        if problem.path in found:
            found[problem.path].add(problem)
        else:
            renewed.extend([problem])
    for path, before in noticed.items():
        item = archive.by_path[path]
        of_files = set(_named_in_vain(content, path, file_targets(item), item.record, facts))
        others = found[path].difference(before)
        if has_error(found[path]) or _words_of(others) != _words_of(of_files):
            return None
        renewed.extend(rows[path].record.problems)
        renewed.extend(of_files)
    return renewed


def _words_of(problems: Iterable[Problem]) -> set[str]:
    return {problem.message for problem in problems}


def archive_problems(content: Path, archive: Archive) -> Iterator[Problem]:
    """What the archive, and the plan of its pages, has noted so far."""
    for problem in archive.problems.sorted():
        if problem.line or not problem.message.startswith("编号"):
            yield problem
        else:
            yield replace(problem, line=_line(content, problem.path, "", key="编号"))
    for one in archive.unplaced:
        line = _line(content, one.path, one.written, key=one.key)
        yield Problem(one.path, line, one.message, one.level)


def left_out(scan: Scan, rows: Mapping[str, SourceRow], archive: Archive) -> list[str]:
    """The articles that have no page because something in them, or their address, is wrong.

    Drafts that can't be read yet are added to what the archive withholds instead.
    """
    wrong = {
        path
        for path, row in rows.items()
        if row.record.entry is None and row.record.column is None and row.record.problems
    }
    drafts = {path for path in wrong if not has_error(rows[path].record.problems)}
    archive.withheld += [Withheld(path, "", "draft") for path in sorted(drafts)]
    unread = [problem.path for problem in scan.problems if problem.level == "error"]
    return sorted({*wrong, *archive.shadowed, *unread} - drafts)


def _named_in_vain(
    content: Path, path: str, keys: Iterable[str], record: Record, facts: Mapping[str, FileFacts]
) -> Iterator[Problem]:
    """What is wrong with the files that the source at ``path`` names (``keys``)."""
    for key in dict.fromkeys(keys):
        found = facts.get(key)
        if found is None:
            continue
        if found.error:
            yield _file_problem(content, path, record, key, found.error)
        for notice in found.notices:
            yield _file_problem(content, path, record, key, notice, "warning")


def linking_texts(
    archive: Archive, rows: Mapping[str, SourceRow]
) -> Iterator[tuple[str, tuple[Reference, ...]]]:
    """The texts that refer to anything: of public articles and of columns."""
    for item in archive.by_path.values():
        if item.record.references:
            yield item.path, item.record.references
    for column in archive.columns.walk():
        path = f"{column.folder}/{COLUMN_FILE}"
        row = rows.get(path)
        if row is not None and row.record.references:
            yield path, row.record.references


def _unread(scan: Scan, rows: Mapping[str, SourceRow]) -> Iterator[Problem]:
    """Files that may be articles saved in the wrong form, unless some article offers them."""
    if not scan.unread:
        return
    offered = {
        target
        for row in rows.values()
        for target in (*(r.target for r in row.record.references), *named_files(row.record.entry))
    }
    for path in scan.unread:
        if path not in offered:
            message = UNREAD_OFFICE if path.lower().endswith(OFFICE_ENDINGS) else UNREAD
            yield Problem(path, 0, message, "warning")


def _office_pictures(place: Workplace, facts: Mapping[str, FileFacts]) -> Iterator[Problem]:
    """Pictures that the settings name and that can't be used."""
    for name, picture in named_pictures(place.office):
        found = facts.get(f"media:{picture.src}")
        if found is not None and found.error:
            error = found.error
            if error == MISSING:
                where = f"{place.content.name}/{picture.src}"
                error = f"在 {where} 找不到，请把图片放到那里，或改正文件名"
            path, line = place.lines.place(name, "image")
            message = f"{name} 的图片“{picture.src}”：{error}"
            yield Problem(path, line, message, place.names_level)
        for notice in found.notices if found is not None else ():
            path, line = place.lines.place(name, "image")
            yield Problem(path, line, f"{name} 的图片“{picture.src}”：{notice}", "warning")


def _file_problem(
    content: Path, path: str, record: Record, key: str, error: str, level: Level = "error"
) -> Problem:
    kind, _, target = key.partition(":")
    name = target.rpartition("/")[2]
    word = "图片" if kind == "media" else "附件"
    if error == MISSING:
        error = missing_reason(content, target)
    written = [r.written for r in record.references if r.target == target]
    line = _line(content, path, name, in_text=written[0] if written else "")
    return Problem(path, line, f"{word}“{name}”：{error}", level)


def _line(content: Path, path: str, written: str, in_text: str = "", key: str = "") -> int:
    """The line of an article's file where ``written`` is, or ``in_text`` in its text.

    With a ``key`` (its Chinese name) it is looked for there, and is the key's own line at least.
    """
    try:
        data = (content / path).read_bytes()
    except OSError:
        return 0
    source = _parsed(data, path)
    if key:
        return line_of_value(source.fields, key, written) or 1
    if in_text and in_text in source.body:
        return line_of(source.body, in_text, source.body_line)
    if f"]({written}" in source.body:
        return line_of(source.body, written, source.body_line)
    for one in source.fields:
        if written in str(one.value):
            return one.line
    return line_of(source.body, written, source.body_line)


# An article is parsed again for each of its problems; cache the last one.
_parsed = lru_cache(maxsize=1)(parse_source)
