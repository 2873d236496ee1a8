"""From what is known of the sources to an arranged archive: columns, files, related articles.

What is wrong with any of it becomes problems of the build.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache, partial
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from dangjian.building.outline import Outline
from dangjian.building.scope import Scope
from dangjian.building.snapshot import Doubts
from dangjian.common.problems import Level, Problem
from dangjian.common.report import Stage
from dangjian.common.workers import WorkerPool
from dangjian.content.archive import Archive, Clock, Item, build_archive
from dangjian.content.catalogue import Catalogue, FileFacts, FileRow, SourceRow
from dangjian.content.columns import COLUMN_FILE, ColumnTree, build_tree
from dangjian.content.files import MISSING, inspect, prune_pictures, split_known
from dangjian.content.reader import ReadingRules, line_of
from dangjian.content.related import related_articles, relatedness_key
from dangjian.content.scan import Scan
from dangjian.content.sources import column_by_folder, column_folders, records_of
from dangjian.pages.addresses import SiteAddresses
from dangjian.pages.offered import file_targets
from dangjian.schema.frontmatter import parse_source
from dangjian.settings import Office
from dangjian.settings.model import office_pictures
from dangjian.settings.workspace import Progress, Workplace
from dangjian.text.references import Reference


class Knowledge(Struct, eq=False):
    """What is known of sources and of the files they need, updated by each build."""

    sources: dict[str, SourceRow]
    files: dict[str, FileRow]


def rules_of(office: Office) -> ReadingRules:
    """What an office's settings say of how texts are read."""
    host = urlsplit(office.url).hostname or "" if office.url else ""
    return ReadingRules(office.line_breaks, host, office.archive_date)


def arrange_archive(content: Path, rows: Mapping[str, SourceRow], clock: Clock) -> Archive:
    """Arrange all that is known of the sources below ``content``."""
    folders, bundles = column_folders(rows)
    tree = _columns(content, rows, folders)
    return build_archive(records_of(rows), tree, column_by_folder(rows, tree, bundles), clock)


def arrange_subset(
    content: Path, rows: Mapping[str, SourceRow], clock: Clock, scope: Scope, outline: Outline
) -> Archive:
    """Arrange only what the pages of the articles in ``scope``, and all feeds, show.

    Nothing but their texts may have changed since ``outline`` was made: then the articles are
    arranged as they would be among all.
    """
    wanted = outline.around(scope.unindexed)
    named = [r for path in wanted & rows.keys() for r in rows[path].record.references]
    wanted.update(r.target for r in named if r.kind == "article")
    chosen = {path: rows[path] for path in wanted & rows.keys()}
    tree = _columns(content, rows, outline.columns)
    column_of = {folder: tree.by_folder[name] for folder, name in outline.column_of.items()}
    return build_archive(records_of(chosen, but=outline.shadowed), tree, column_of, clock)


def needed_files(office: Office, rows: Mapping[str, SourceRow], archive: Archive) -> list[str]:
    """The files that articles, columns and the office name, as ``kind:path``."""
    needed = [key for item in archive.by_path.values() for key in file_targets(item)]
    for column in archive.columns.walk():
        row = rows.get(f"{column.folder}/{COLUMN_FILE}")
        if row is not None:
            references = row.record.references
            needed += [f"{r.kind}:{r.target}" for r in references if r.kind in ("media", "file")]
    return needed + [f"media:{picture.src}" for picture in office_pictures(office)]


def gather_files(
    place: Workplace,
    catalogue: Catalogue,
    rows: dict[str, FileRow],
    needed: Iterable[str],
    scan: Scan,
    doubts: Doubts,
    pool: WorkerPool,
    progress: Progress,
) -> dict[str, FileFacts]:
    """The facts of all ``needed`` files, inspected again where the files have changed.

    ``rows`` and the catalogue are brought up to date. Facts that come from an error which may pass
    (no permission, a share that is away) are in neither: the next build looks again. What is built
    to go live may still need the facts of a file that is missing or broken now: those stay.
    """
    sized = place.office.picture_sizes
    facts, unknown = split_known(needed, rows, scan.files, doubts, sized)
    work = partial(inspect, place.content, place.cache / "pictures", sized)
    found: dict[str, FileFacts] = {}
    for results in pool.run(work, unknown, len(unknown) * 20, chunk=8):
        found.update(results)
        progress(Stage.FILES, len(found), len(unknown))
    fresh = {
        key: FileRow(scan.files[key.partition(":")[2]], one)
        for key, one in found.items()
        if not one.passing and not (one.error and _was_good(place, rows, key))
    }
    rows.update(fresh)
    catalogue.put_files(fresh.items())
    facts.update(found)
    gone = [
        key
        for key in rows
        if (key not in facts and scan.complete)
        or (key in facts and facts[key].passing and not _was_good(place, rows, key))
    ]
    catalogue.drop_files(gone)
    for key in gone:
        del rows[key]
    if found:
        prune_pictures(place.cache / "pictures", facts.values())
    return facts


def _was_good(place: Workplace, rows: Mapping[str, FileRow], key: str) -> bool:
    return place.releasing and key in rows and not rows[key].facts.error


def source_problems(
    content: Path,
    rows: Mapping[str, SourceRow],
    archive: Archive,
    facts: Mapping[str, FileFacts],
) -> Iterator[Problem]:
    """All problems of sources as read, of the archive, and of what articles name in vain."""
    for row in rows.values():
        yield from row.record.problems
    yield from archive.problems.sorted()
    for item in archive.by_path.values():
        for key in dict.fromkeys(file_targets(item)):
            found = facts.get(key)
            if found is None:
                continue
            if found.error:
                yield _file_problem(content, item, key, found.error)
            for notice in found.notices:
                yield _file_problem(content, item, key, notice, "warning")
    addresses = SiteAddresses(archive)
    for path, references in _linking(archive, rows):
        for reference, message in addresses.dead(references):
            yield Problem(path, _line(content, path, reference.written), message)


def _linking(
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


def _file_problem(
    content: Path, item: Item, key: str, error: str, level: Level = "error"
) -> Problem:
    kind, _, target = key.partition(":")
    name = target.rpartition("/")[2]
    word = "图片" if kind == "media" else "附件"
    if error == MISSING:
        error = f"在 {target} 找不到。请把文件放到文章旁边，或改正文件名（注意大小写）"
    written = [r.written for r in item.record.references if r.target == target]
    line = _line(content, item.path, name, in_text=written[0] if written else "")
    return Problem(item.path, line, f"{word}“{name}”：{error}", level)


def _line(content: Path, path: str, written: str, in_text: str = "") -> int:
    """The line of a source where ``written`` is, or ``in_text`` in its text."""
    try:
        data = (content / path).read_bytes()
    except OSError:
        return 0
    source = _parsed(data, path)
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


def _columns(content: Path, rows: Mapping[str, SourceRow], folders: Iterable[str]) -> ColumnTree:
    entries = {
        path.rpartition("/")[0]: row.record.column
        for path, row in rows.items()
        if path.rpartition("/")[2] == COLUMN_FILE
    }
    tree = build_tree(folders, entries)
    tree.problems[:] = [_placed(content, problem) for problem in tree.problems]
    return tree


def _placed(content: Path, problem: Problem) -> Problem:
    """A mistake in a column's address, with the line where its file gives the address."""
    try:
        source = _parsed((content / problem.path).read_bytes(), problem.path)
    except OSError:  # the folder alone makes the column
        return problem
    line = next((one.line for one in source.fields if one.key.lower() in ("slug", "网址名")), 1)
    return replace(problem, line=line)


def find_related(archive: Archive, outline: Outline | None) -> Mapping[str, tuple[str, ...]]:
    """Related articles: those of the last build, unless something they depend on has changed."""
    if outline is not None and outline.relatedness_key == relatedness_key(archive.items):
        return outline.related
    return related_articles([i for i in archive.items if i.entry.type not in ("link", "special")])
