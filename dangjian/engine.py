"""One build from the sources to the output folder, at the cost of what changed.

The engine scans, reads what changed, arranges the archive, plans every output with its
fingerprint, and carries out what is new. It keeps what it knows between builds of one process
(preview) and, in the catalogue, between processes.
"""

import gc
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from functools import lru_cache, partial
from typing import Self

import msgspec
from msgspec import Struct

from dangjian.archive import Archive, Clock, Item, build_archive
from dangjian.catalogue import (
    Catalogue,
    CatalogueDamagedError,
    FileFacts,
    FileRow,
    Record,
    SourceRow,
    open_catalogue,
    remove_catalogue,
)
from dangjian.columns import COLUMN_FILE, build_tree
from dangjian.digests import digest
from dangjian.locks import held
from dangjian.materials import MISSING, examine, split_known
from dangjian.present import Presenter, file_targets
from dangjian.problems import Problem, Problems
from dangjian.production import Workshop, is_ours, look
from dangjian.quiet import Look, last_build, look_at, remember, trusted_before
from dangjian.reader import line_of
from dangjian.related import related_articles
from dangjian.schema import parse_source
from dangjian.searching import update_search
from dangjian.site import office_pictures, plan_site, put_out
from dangjian.sources import (
    Readings,
    Scan,
    column_by_folder,
    column_folders,
    read_changed,
    records_of,
)
from dangjian.versions import code_version
from dangjian.workers import Crew
from dangjian.workplace import Report, Workplace

_DAMAGE = (sqlite3.DatabaseError, msgspec.MsgspecError, CatalogueDamagedError, UnicodeDecodeError)
PATIENCE = 60.0
"""How long (seconds) to wait for another build of the same site to end."""

Told = Callable[[str, int, int], None]


def silent(stage: str, done: int, total: int) -> None:
    """Progress told to nobody."""


class Arranged(Struct, eq=False):
    """An archive as arranged by one build, ready to be put out."""

    catalogue: Catalogue
    presenter: Presenter


class Engine:
    """Builds one workplace, again and again if wanted. Close it (or use ``with``) at the end."""

    def __init__(
        self, workplace: Workplace, *, executor: Executor | None = None, told: Told = silent
    ) -> None:
        self.workplace = workplace
        self.told = told
        self.crew = Crew(workplace.office.workers, executor)
        self.report = Report()
        self.stands = False
        self._look: Look | None = None
        self._arranged: Arranged | None = None
        self._workshop: Workshop | None = None
        self._alone = ExitStack()
        self._catalogue: Catalogue | None = None
        self._sources: dict[str, SourceRow] | None = None
        self._files: dict[str, FileRow] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of worker processes and the catalogue."""
        self.crew.__exit__(None, None, None)
        self._forget()

    def _forget(self) -> None:
        if self._catalogue is not None:
            self._catalogue.close()
        self._catalogue = self._sources = self._files = self._arranged = None
        self._alone.close()

    def build(self) -> Report:
        """Bring the output up to date: ``arrange``, ``produce`` and ``finish`` in one.

        Where nothing has changed since the last build, none of them is needed.
        """
        if self.unchanged():
            return self.report
        self.arrange()
        self.produce()
        return self.finish()

    def unchanged(self) -> bool:
        """Whether the output stands as the last build left it and nothing calls for another.

        If so the report is that of the last build, with nothing read or rendered.
        """
        self.report = Report()
        with self._timed("比对"):
            try:
                catalogue = self._open()
                self._look = look_at(self.workplace)
                last = last_build(self.workplace, catalogue, self._look)
            except _DAMAGE:
                self._start_anew()
                last = None
        self.stands = last is not None
        if last is not None:
            self.report = last.report(self.report.seconds)
        return self.stands

    def check(self) -> Report:
        """What a build would complain of, without making anything."""
        self._look = None
        self.arrange()
        return self.report

    def arrange(self) -> "Arranged":
        """Read what changed and arrange the archive. A damaged catalogue is made anew, once."""
        try:
            return self._arrange()
        except _DAMAGE:
            self._start_anew()
            return self._arrange()

    def arranged(self) -> "Arranged":
        """The archive as this build found it."""
        return self._arranged or self.arrange()

    def produce(self) -> None:
        """Plan every output and make those that are new."""
        try:
            self._produce(self.arranged())
        except _DAMAGE:
            self._start_anew()
            self._produce(self._arrange())

    def finish(self, others: Iterable[str] = ()) -> Report:
        """Remove outputs that are no longer planned (``others`` are not ours, and stay)."""
        workshop = self._workshop
        if workshop is None:
            return self.report
        with self._timed("清理"):
            workshop.adopt(others)
            workshop.sweep(self._stays)
            self.report.production = workshop.production
            if self._look is not None:
                remember(workshop.catalogue, self._look, self.report)
            workshop.catalogue.commit()
        return self.report

    def _start_anew(self) -> None:
        self._forget()
        remove_catalogue(self.workplace.catalogue)

    def _arrange(self) -> "Arranged":
        self.report = Report(Problems(self.workplace.problems))
        self._workshop = None
        with _without_collector():
            self._arranged = Arranged(*self._prepare(self.report))
        return self._arranged

    def _produce(self, arranged: "Arranged") -> None:
        place, presenter, catalogue = self.workplace, arranged.presenter, arranged.catalogue
        with _without_collector():
            with self._timed("规划"):
                plan = plan_site(place.ground, presenter, catalogue, self._records())
                standing = look(place.output, catalogue)
                self._workshop = workshop = Workshop(
                    plan.setup, plan.common, catalogue, standing, self.crew, self.told
                )
            with self._timed("排版"):
                put_out(plan, catalogue, workshop)
            with self._timed("搜索"):
                workshop.keep(update_search(presenter, catalogue, place.output))
        self.report.problems.extend(presenter.archive.problems.sorted())

    def _records(self) -> dict[str, Record]:
        return {path: row.record for path, row in (self._sources or {}).items()}

    def _stays(self, path: str) -> bool:
        """Whether an output that nobody planned is to be left: kept by settings, or not ours."""
        first = path.partition("/")[0]
        if first in self.workplace.retain or first.startswith("."):
            return True
        known = self._workshop is not None and path in self._workshop.standing.rows
        return not known and not is_ours(self.workplace.output, path)

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        seconds = self.report.seconds
        seconds[stage] = seconds.get(stage, 0.0) + time.perf_counter() - start

    def _prepare(self, report: Report) -> tuple[Catalogue, Presenter]:
        """Everything up to the arranged archive: reading, columns, pictures, related."""
        place = self.workplace
        with self._timed("比对"):
            look = self._look = self._look or look_at(place)
            scan, clock = look.scan, Clock(look.now, place.drafts)
        with self._timed("打开目录"):
            catalogue = self._open()
            before = trusted_before(catalogue)
            sources = self._sources if self._sources is not None else catalogue.sources()
            self._sources = sources
        with self._timed("读取文章"):
            readings = read_changed(
                place.content,
                scan,
                catalogue,
                sources,
                before,
                self.crew,
                partial(self.told, "读取"),
            )
            report.read = readings.read
            catalogue.commit()
        with self._timed("整理栏目"):
            archive = _arrange(readings, clock)
        with self._timed("图片与附件"):
            facts = self._gather_files(archive, scan, catalogue, before)
        with self._timed("相关文章"):
            related = _related(archive, catalogue)
        catalogue.set_meta("looked", look.started.to_bytes(8, "big"))
        catalogue.commit()
        report.problems.extend(scan.problems)
        self._complain(archive, readings, facts, report)
        report.articles, report.pages = len(archive.items), len(archive.pages)
        report.withheld, report.next_change = archive.withheld, archive.next_change
        office = place.office
        presenter = Presenter(
            archive, facts, related, clock.now, office.owner, office.default_editor
        )
        return catalogue, presenter

    def _open(self) -> Catalogue:
        """The catalogue, opened for this engine alone: whoever builds the same site waits."""
        if self._catalogue is None:
            path = self.workplace.catalogue
            lock = held(path.with_suffix(".lock"), str(os.getpid()), PATIENCE)
            self._alone.enter_context(lock)
            self._catalogue = open_catalogue(path, code_version())
        return self._catalogue

    def _gather_files(
        self, archive: Archive, scan: Scan, catalogue: Catalogue, before: int
    ) -> dict[str, FileFacts]:
        """The facts of all files that visible articles need, looked at again where changed."""
        if self._files is None:
            self._files = catalogue.files()
        rows = self._files
        needed = [key for item in archive.by_path.values() for key in file_targets(item)]
        for column in archive.columns.walk():
            row = (self._sources or {}).get(f"{column.folder}/{COLUMN_FILE}")
            if row is not None:
                needed += [
                    f"{r.kind}:{r.target}" for r in row.record.references if r.kind != "article"
                ]
        needed += [f"media:{picture.src}" for picture in office_pictures(self.workplace.office)]
        facts, unknown = split_known(needed, rows, scan.files, before)
        work = partial(examine, self.workplace.content, self.workplace.cache / "pictures")
        looked: dict[str, FileFacts] = {}
        for results in self.crew.run(work, unknown, len(unknown) * 20, chunk=8):
            looked.update(results)
            self.told("图片与附件", len(looked), len(unknown))
        fresh = {
            key: FileRow(scan.files[key.partition(":")[2]], found) for key, found in looked.items()
        }
        rows.update(fresh)
        catalogue.put_files(fresh.items())
        gone = [key for key in rows if key not in facts and key not in looked]
        catalogue.drop_files(gone)
        for key in gone:
            del rows[key]
        facts.update(looked)
        return facts

    def _complain(
        self,
        archive: Archive,
        readings: Readings,
        facts: dict[str, FileFacts],
        report: Report,
    ) -> None:
        """Gather all problems: of sources as read, of the archive, of files that are missing."""
        for row in readings.rows.values():
            if row.record.problems:
                report.problems.extend(row.record.problems)
        report.problems.extend(archive.problems.sorted())
        for item in archive.by_path.values():
            for key in dict.fromkeys(file_targets(item)):
                found = facts.get(key)
                if found is not None and found.error:
                    report.problems.extend([self._file_problem(item, key, found.error)])
            for reference in item.record.references:
                if reference.kind == "article" and reference.target not in archive.by_path:
                    message = (
                        f"链接“{reference.written}”所指的文章不存在或未公开，请改正地址或去掉链接"
                    )
                    line = self._line(item, reference.written)
                    report.problems.add(item.path, line, message)

    def _file_problem(self, item: Item, key: str, error: str) -> Problem:
        kind, _, target = key.partition(":")
        name = target.rpartition("/")[2]
        word = "图片" if kind == "media" else "附件"
        if error == MISSING:
            error = f"在 {target} 找不到。请把文件放到文章旁边，或改正文件名（注意大小写）"
        written = [r.written for r in item.record.references if r.target == target]
        line = self._line(item, name, in_text=written[0] if written else "")
        return Problem(item.path, line, f"{word}“{name}”：{error}")

    def _line(self, item: Item, written: str, in_text: str = "") -> int:
        try:
            data = (self.workplace.content / item.path).read_bytes()
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


def _arrange(readings: Readings, clock: Clock) -> Archive:
    rows = readings.rows
    folders, bundles = column_folders(rows)
    entries = {
        path.rpartition("/")[0]: row.record.column
        for path, row in rows.items()
        if path.rpartition("/")[2] == COLUMN_FILE
    }
    tree = build_tree(folders, entries)
    return build_archive(records_of(rows), tree, column_by_folder(rows, tree, bundles), clock)


def _related(archive: Archive, catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Related articles, remembered as long as nothing they depend on has changed."""
    basis = digest(*(_kinship(item) for item in archive.items))
    kept = catalogue.meta("related")
    if kept is not None and kept[:16] == basis:
        return msgspec.msgpack.decode(kept[16:], type=dict[str, tuple[str, ...]])
    related = related_articles(
        [i for i in archive.items if i.entry.type not in ("link", "special")]
    )
    catalogue.set_meta("related", basis + msgspec.msgpack.encode(related))
    return related


def _kinship(item: Item) -> str:
    """What an article's relations depend on."""
    column = item.column.folder if item.column else ""
    return "\0".join((item.path, column, *item.entry.keywords, "", *item.entry.tags))


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep the cyclic collector from walking a whole archive's objects again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
