"""From what is known of the sources to an arranged archive: columns, files, related articles.

What is wrong with any of it becomes problems of the build.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from dangjian.building.outline import Outline
from dangjian.building.scope import Scope
from dangjian.building.snapshot import Doubts
from dangjian.common.files import NEVER
from dangjian.common.problems import Problem
from dangjian.common.report import Stage
from dangjian.common.workers import WorkerPool
from dangjian.content.archive import Archive, Clock, build_archive
from dangjian.content.catalogue import Catalogue, FileFacts, FileRow, SourceRow
from dangjian.content.columns import COLUMN_FILE, ColumnTree, build_tree
from dangjian.content.files import inspect, prune_pictures, source_of, split_known
from dangjian.content.notices import add_notices, drop_empty_columns
from dangjian.content.reader import ReadingRules
from dangjian.content.related import related_articles, relatedness_key
from dangjian.content.root_files import find_root_files
from dangjian.content.scan import Scan
from dangjian.content.sources import column_by_folder, column_folders, records_of
from dangjian.pages.offered import file_targets, files_in
from dangjian.schema.frontmatter import parse_source
from dangjian.schema.keys import normal
from dangjian.settings import Office
from dangjian.settings.model import named_pictures
from dangjian.settings.site_address import own_addresses
from dangjian.settings.workspace import Progress, Workplace


class Knowledge(Struct, eq=False):
    """What is known of sources and of the files they need, updated by each build."""

    sources: dict[str, SourceRow]
    files: dict[str, FileRow]


def rules_of(office: Office, folder: Path | None = None) -> ReadingRules:
    """What an office's settings, those in ``folder``, say of how texts are read."""
    ignored = tuple(normal(name) for name in office.ignored_keys)
    own = own_addresses(office.url, folder)
    return ReadingRules(office.line_breaks, own, office.archive_date, ignored=ignored)


def arrange_archive(content: Path, rows: Mapping[str, SourceRow], clock: Clock) -> Archive:
    """Arrange all that is known of the sources below ``content``."""
    folders, bundles = column_folders(rows)
    tree = _columns(content, rows, folders)
    archive = build_archive(records_of(rows), tree, column_by_folder(rows, tree, bundles), clock)
    if not clock.drafts:
        drop_empty_columns(archive)
    add_notices(archive, clock)
    archive.root_files = find_root_files(content, archive.problems)
    return archive


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
    archive = build_archive(records_of(chosen, but=outline.shadowed), tree, column_of, clock)
    # Last, as for the whole archive: an article may name any column.
    tree.prune(frozenset(outline.listed))
    archive.root_files = find_root_files(content, archive.problems)
    return archive


def needed_files(office: Office, rows: Mapping[str, SourceRow], archive: Archive) -> list[str]:
    """The files that articles, columns and the office name, as ``kind:path``."""
    needed = [key for item in archive.by_path.values() for key in file_targets(item)]
    for column in archive.columns.walk():
        row = rows.get(f"{column.folder}/{COLUMN_FILE}")
        if row is not None:
            needed += files_in(row.record.references)
    return needed + [f"media:{picture.src}" for _, picture in named_pictures(office)]


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
    # What takes longest comes first, so that no process is left with it at the end.
    unknown = sorted(unknown, key=lambda key: -scan.files[source_of(key, scan.files)].size)
    for results in pool.run(work, unknown, len(unknown) * 20, chunk=8):
        found.update(results)
        progress(Stage.FILES, len(found), len(unknown))
    fresh = {
        key: FileRow(scan.files[source_of(key, scan.files)], one)
        for key, one in found.items()
        if not one.passing and not (one.error and _was_good(place, rows, key))
    }
    fresh |= {
        key: FileRow(NEVER, rows[key].facts)
        for key, one in found.items()
        if one.passing and _was_good(place, rows, key)
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
        source = parse_source((content / problem.path).read_bytes(), problem.path)
    except OSError:  # the folder alone makes the column
        return problem
    line = next((one.line for one in source.fields if one.key.lower() in ("slug", "网址名")), 1)
    return replace(problem, line=line)


def find_related(archive: Archive, outline: Outline | None) -> Mapping[str, tuple[str, ...]]:
    """Related articles: those of the last build, unless something they depend on has changed."""
    if outline is not None and outline.relatedness_key == relatedness_key(archive.items):
        return outline.related
    return related_articles([i for i in archive.items if i.entry.type not in ("link", "special")])
