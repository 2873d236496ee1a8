"""From the sources to an arranged archive: read what changed, columns, pictures, related articles.

What is wrong with any of it goes into the build's report.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache, partial

from msgspec import Struct
from msgspec.structs import replace

from dangjian.building.last_build import LastBuild, Snapshot, forget_last, trusted_before
from dangjian.building.outline import Outline, kept_outline
from dangjian.common.problems import Problem
from dangjian.common.report import Report
from dangjian.common.workers import WorkerPool
from dangjian.content.archive import Archive, Clock, Item, build_archive
from dangjian.content.catalogue import Catalogue, FileFacts, FileRow, SourceRow
from dangjian.content.columns import COLUMN_FILE, ColumnTree, build_tree
from dangjian.content.files import MISSING, inspect, split_known
from dangjian.content.reader import line_of
from dangjian.content.related import related_articles, relatedness_key
from dangjian.content.scan import Scan
from dangjian.content.sources import (
    Readings,
    column_by_folder,
    column_folders,
    read_changed,
    records_of,
)
from dangjian.pages.articles import has_page
from dangjian.pages.presenter import Presenter, file_targets
from dangjian.schema.frontmatter import parse_source
from dangjian.settings.model import office_pictures
from dangjian.settings.workspace import Progress, Workplace


class Knowledge(Struct, eq=False):
    """What is known of sources and of the files they need, brought up to date by each build."""

    sources: dict[str, SourceRow]
    files: dict[str, FileRow]


class Tools(Struct, eq=False):
    """What a build works with."""

    place: Workplace
    catalogue: Catalogue
    known: Knowledge
    pool: WorkerPool
    progress: Progress
    report: Report
    look: Snapshot


def read(tools: Tools) -> Readings:
    """Bring what is known of the sources up to date."""
    with tools.report.timed("读取文章"):
        readings = read_changed(
            tools.place.content,
            tools.look.scan,
            tools.catalogue,
            tools.known.sources,
            trusted_before(tools.catalogue),
            tools.pool,
            partial(tools.progress, "读取"),
        )
        tools.report.read = readings.read
        if readings.read or readings.gone:
            # Until this build is done, no output need be what these sources make.
            forget_last(tools.catalogue)
        tools.catalogue.commit()
    return readings


def arrange(tools: Tools, readings: Readings) -> Presenter:
    """Arrange the archive from what is known of the sources."""
    place, catalogue, report, look = tools.place, tools.catalogue, tools.report, tools.look
    scan, clock = look.scan, Clock(look.now, place.drafts)
    before = trusted_before(catalogue)
    with report.timed("整理栏目"):
        archive = _archive(place, readings, clock)
        find_related = tools.pool.run_in_background(
            partial(_related, archive, kept_outline(catalogue))
        )
    with report.timed("图片与附件"):
        facts = _gather_files(tools, archive, scan, before)
    with report.timed("相关文章"):
        related = find_related()
    catalogue.commit()
    report.problems.extend(scan.problems)
    report_problems(tools, archive, readings, facts)
    report.articles, report.pages = len(archive.items), len(archive.pages)
    report.withheld, report.next_change = archive.withheld, archive.next_change
    return _presenter(tools, archive, facts, related)


def _presenter(
    tools: Tools,
    archive: Archive,
    facts: Mapping[str, FileFacts],
    related: Mapping[str, tuple[str, ...]],
) -> Presenter:
    office = tools.place.office
    return Presenter(archive, facts, related, tools.look.now, office.owner, office.default_editor)


def arrange_subset(tools: Tools, readings: Readings, paths: Iterable[str]) -> Presenter | None:
    """Arrange only what pages of the articles at ``paths``, and feeds, show.

    For when nothing but words has changed since the whole archive was arranged: what is arranged
    stands as it would among all. None if it can't be known who that is.
    """
    place, rows, look = tools.place, readings.rows, tools.look
    outline = kept_outline(tools.catalogue)
    if outline is None:
        return None
    with tools.report.timed("整理栏目"):
        near = {path: outline.related.get(path, ()) for path in paths}
        wanted = outline.around(near)
        named = [r for path in wanted & rows.keys() for r in rows[path].record.references]
        wanted.update(r.target for r in named if r.kind == "article")
        chosen = {path: rows[path] for path in wanted & rows.keys()}
        tree = _columns(place, rows, outline.columns)
        archive = build_archive(
            records_of(chosen, but=outline.shadowed),
            tree,
            {folder: tree.by_folder[name] for folder, name in outline.column_of.items()},
            Clock(look.now, place.drafts),
        )
    files = tools.known.files
    facts, unknown = split_known(
        _needed(tools, archive), files, look.scan.files, trusted_before(tools.catalogue)
    )
    return None if unknown else _presenter(tools, archive, facts, near)


def reworded(presenter: Presenter, readings: Readings, last: LastBuild) -> list[Item] | None:
    """The articles of which nothing but words has changed since the last build of all.

    None if more has to be made again than their own pages, the feeds and the search index: those
    that name places in a file do so too.
    """
    told = {problem.path for problem in last.problems}
    items = [presenter.archive.by_path.get(path) for path in readings.read]
    found = [item for item in items if item is not None and has_page(item)]
    if not readings.text_only or len(found) < len(items) or not told.isdisjoint(readings.read):
        return None
    for item in found:
        item.record = readings.rows[item.path].record
    return found


def _gather_files(tools: Tools, archive: Archive, scan: Scan, before: int) -> dict[str, FileFacts]:
    """The facts of all files that visible articles need, looked at again where changed."""
    place, rows = tools.place, tools.known.files
    facts, unknown = split_known(_needed(tools, archive), rows, scan.files, before)
    work = partial(inspect, place.content, place.cache / "pictures")
    looked: dict[str, FileFacts] = {}
    for results in tools.pool.run(work, unknown, len(unknown) * 20, chunk=8):
        looked.update(results)
        tools.progress("图片与附件", len(looked), len(unknown))
    fresh = {
        key: FileRow(scan.files[key.partition(":")[2]], found) for key, found in looked.items()
    }
    rows.update(fresh)
    tools.catalogue.put_files(fresh.items())
    gone = [key for key in rows if key not in facts and key not in looked]
    tools.catalogue.drop_files(gone)
    for key in gone:
        del rows[key]
    facts.update(looked)
    return facts


def _needed(tools: Tools, archive: Archive) -> list[str]:
    """The files that articles, columns and the office name."""
    needed = [key for item in archive.by_path.values() for key in file_targets(item)]
    for column in archive.columns.walk():
        row = tools.known.sources.get(f"{column.folder}/{COLUMN_FILE}")
        if row is not None:
            needed += [f"{r.kind}:{r.target}" for r in row.record.references if r.kind != "article"]
    return needed + [f"media:{picture.src}" for picture in office_pictures(tools.place.office)]


def report_problems(
    tools: Tools, archive: Archive, readings: Readings, facts: dict[str, FileFacts]
) -> None:
    """Gather all problems: of sources as read, of the archive, of files that are missing."""
    problems = tools.report.problems
    for row in readings.rows.values():
        if row.record.problems:
            problems.extend(row.record.problems)
    problems.extend(archive.problems.sorted())
    for item in archive.by_path.values():
        for key in dict.fromkeys(file_targets(item)):
            found = facts.get(key)
            if found is not None and found.error:
                problems.extend([_file_problem(tools.place, item, key, found.error)])
        for reference in item.record.references:
            if reference.kind == "article" and reference.target not in archive.by_path:
                message = f"链接“{reference.written}”所指的文章不存在或未公开，请改正地址或去掉链接"
                problems.add(item.path, _line(tools.place, item, reference.written), message)


def _file_problem(place: Workplace, item: Item, key: str, error: str) -> Problem:
    kind, _, target = key.partition(":")
    name = target.rpartition("/")[2]
    word = "图片" if kind == "media" else "附件"
    if error == MISSING:
        error = f"在 {target} 找不到。请把文件放到文章旁边，或改正文件名（注意大小写）"
    written = [r.written for r in item.record.references if r.target == target]
    line = _line(place, item, name, in_text=written[0] if written else "")
    return Problem(item.path, line, f"{word}“{name}”：{error}")


def _line(place: Workplace, item: Item, written: str, in_text: str = "") -> int:
    """The line of an article's file where ``written`` stands, or ``in_text`` in its text."""
    try:
        data = (place.content / item.path).read_bytes()
    except OSError:
        return 0
    source = _parsed(data, item.path)
    if in_text and in_text in source.body:
        return line_of(source.body, in_text, source.body_line)
    for one in source.fields:
        if written in str(one.value):
            return one.line
    return line_of(source.body, written, source.body_line)


# An article with many mistakes is looked at for each of them.
_parsed = lru_cache(maxsize=1)(parse_source)


def _archive(place: Workplace, readings: Readings, clock: Clock) -> Archive:
    rows = readings.rows
    folders, bundles = column_folders(rows)
    tree = _columns(place, rows, folders)
    return build_archive(records_of(rows), tree, column_by_folder(rows, tree, bundles), clock)


def _columns(place: Workplace, rows: Mapping[str, SourceRow], folders: Iterable[str]) -> ColumnTree:
    entries = {
        path.rpartition("/")[0]: row.record.column
        for path, row in rows.items()
        if path.rpartition("/")[2] == COLUMN_FILE
    }
    tree = build_tree(folders, entries)
    tree.problems[:] = [_placed(place, problem) for problem in tree.problems]
    return tree


def _placed(place: Workplace, problem: Problem) -> Problem:
    """A mistake in a column's address, with the line where its file gives the address."""
    try:
        source = _parsed((place.content / problem.path).read_bytes(), problem.path)
    except OSError:  # the folder alone makes the column
        return problem
    line = next((one.line for one in source.fields if one.key.lower() in ("slug", "网址名")), 1)
    return replace(problem, line=line)


def _related(archive: Archive, outline: Outline | None) -> Mapping[str, tuple[str, ...]]:
    """Related articles: those of the last build, unless something they depend on has changed."""
    if outline is not None and outline.relatedness_key == relatedness_key(archive.items):
        return outline.related
    return related_articles([i for i in archive.items if i.entry.type not in ("link", "special")])
