"""The sources below ``content/``: reading those that changed, and the columns they make."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from dangjian.common.digests import digest
from dangjian.common.patterns import regex
from dangjian.common.problems import Problem, has_error
from dangjian.common.workers import WorkerPool
from dangjian.content.catalogue import Catalogue, Record, SourceRow, StoredSource
from dangjian.content.columns import COLUMN_FILE, Column, ColumnTree
from dangjian.content.reader import ReadingRules, read_sources
from dangjian.content.scan import Scan
from dangjian.text.paragraphs import LineBreaks


class Readings(Struct):
    """What is known of all sources now, and which were read again or are gone.

    ``text_only``: in those read again nothing but the text has changed, and notices on it; none has
    come or gone. ``noticed`` are the problems that the texts read again had before.
    """

    rows: dict[str, SourceRow]
    read: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    text_only: bool = True
    noticed: dict[str, tuple[Problem, ...]] = field(default_factory=dict)


def read_changed(
    content: Path,
    scan: Scan,
    catalogue: Catalogue,
    known: dict[str, SourceRow],
    doubtful: Container[str],
    pool: WorkerPool,
    progress: Callable[[int, int], None],
    rules: ReadingRules,
) -> Readings:
    """Bring ``known`` up to date with ``scan``: read what is new or changed, drop what is gone.

    A row is trusted when the file's stat is the same, unless the file is ``doubtful``: then its
    times can't tell whether it has changed, and it is compared by content. ``progress`` hears how
    many of how many have been read. Columns are read first, for they have a say in how their
    articles are read; when ``rules`` or they say something else than the last time, all articles
    are read again.
    """
    readings = Readings(known)
    readings.gone = [path for path in known if path not in scan.sources]
    readings.text_only = not readings.gone
    for path in readings.gone:
        del known[path]
    catalogue.drop_sources(readings.gone)
    suspects = [
        path
        for path, stat in scan.sources.items()
        if (row := known.get(path)) is None or row.stat != stat or path in doubtful
    ]
    changed = drop_unchanged(content, suspects, scan, known, catalogue)
    columns = [path for path in changed if path.endswith(COLUMN_FILE)]
    for path in columns:
        _store(read_sources(content, [path], rules), catalogue, readings)
    rules = replace(rules, of_columns=_line_breaks(known))
    key = digest(msgspec.msgpack.encode(rules))
    due = set(changed).difference(columns)
    if catalogue.meta(_RULES) != key:
        due = {path for path in scan.sources if not path.endswith(COLUMN_FILE)}
        catalogue.set_meta(_RULES, key)
    for found in pool.run(partial(read_sources, content, rules=rules), sorted(due), len(due)):
        _store(found, catalogue, readings)
        progress(len(readings.read), len(due) + len(columns))
    return readings


_RULES = "reading rules"


def _line_breaks(known: Mapping[str, SourceRow]) -> tuple[tuple[str, LineBreaks], ...]:
    """The columns that say how single line breaks in their articles are read."""
    found = []
    for path, row in known.items():
        if path.endswith(COLUMN_FILE) and (column := row.record.column) and column.line_breaks:
            found.append((path.rpartition("/")[0], column.line_breaks))
    return tuple(sorted(found))


def drop_unchanged(
    content: Path,
    suspects: list[str],
    scan: Scan,
    known: dict[str, SourceRow],
    catalogue: Catalogue,
) -> list[str]:
    """Those of ``suspects`` whose content really differs from what was read."""
    changed: list[str] = []
    for path in suspects:
        row = known.get(path)
        if row is not None and row.stat.size == scan.sources[path].size:
            try:
                same = digest((content / path).read_bytes()) == row.record.digest
            except OSError:
                same = False
            if same:
                known[path] = SourceRow(scan.sources[path], row.stored)
                if row.stat != scan.sources[path]:
                    catalogue.touch_source(path, scan.sources[path])
                continue
        changed.append(path)
    return changed


def _store(found: Sequence[StoredSource], catalogue: Catalogue, readings: Readings) -> None:
    for one in found:
        row = one.row
        before = readings.rows.get(one.path)
        readings.text_only = readings.text_only and _same_but_text(before, row)
        if readings.text_only and before is not None:
            readings.noticed[one.path] = before.record.problems
        readings.rows[one.path] = row
        readings.read.append(one.path)
    catalogue.put_sources(found)


def _same_but_text(before: SourceRow | None, now: SourceRow) -> bool:
    if before is None:
        return False
    was, new = before.record, now.record
    if was.problems != new.problems and has_error((*was.problems, *new.problems)):
        return False  # an error has to do with what is published
    return new == replace(was, digest=new.digest, problems=new.problems)


def column_folders(rows: Iterable[str]) -> tuple[set[str], dict[str, str]]:
    """The folders that are columns, and for each other folder with articles its column's.

    A bundle is a folder that holds one article, ``index.md``, with its pictures, and nothing else
    that is written: the article belongs to the column above. So do the articles of a folder named
    for a year inside a column, or for a month in such a one, that has no ``_column.md``.
    """
    articles: dict[str, list[str]] = {}
    declared: set[str] = set()
    for path in rows:
        folder, _, name = path.rpartition("/")
        if name == COLUMN_FILE:
            declared.add(folder)
        else:
            articles.setdefault(folder, []).append(name)
    written = declared | set(articles)
    parents = {folder.rpartition("/")[0] for folder in written}
    bundles = {
        folder: folder.rpartition("/")[0]
        for folder, names in articles.items()
        if folder and names == ["index.md"] and folder not in declared and folder not in parents
    }
    inner = {
        folder: bundles.get(folder, folder)
        for folder in written
        if folder in bundles or folder not in declared
    }
    belongs = {
        folder: column
        for folder, start in inner.items()
        if (column := _column_above(start, declared)) != folder
    }
    columns = (written | set(belongs.values())) - belongs.keys() - {""}
    return columns, belongs


_YEAR = regex(r"(?:19|20)\d\d年?")
_MONTH = regex(r"(?:(?:19|20)\d\d-)?(?:0?[1-9]|1[0-2])月?")


def _column_above(folder: str, declared: Container[str]) -> str:
    """The folder itself, or the column that it only sorts by years and months."""
    parts = folder.split("/")
    for depth, part in enumerate(parts[1:], 1):
        if _YEAR.fullmatch(part) and "/".join(parts[: depth + 1]) not in declared:
            below = parts[depth + 1 :]
            dated = not below or (len(below) == 1 and _MONTH.fullmatch(below[0]))
            if dated and folder not in declared:
                return "/".join(parts[:depth])
    return folder


def column_by_folder(
    rows: Mapping[str, SourceRow], tree: ColumnTree, bundles: Mapping[str, str]
) -> dict[str, Column | None]:
    """The column of every folder that holds articles."""
    folders = {path.rpartition("/")[0] for path in rows}
    return {folder: tree.by_folder.get(bundles.get(folder, folder)) for folder in folders}


def records_of(rows: Mapping[str, SourceRow], but: Container[str] = ()) -> dict[str, Record]:
    """The records of all articles (not of columns), by path, ``but`` for some."""
    return {
        path: row.record
        for path, row in rows.items()
        if row.record.column is None and path not in but
    }
