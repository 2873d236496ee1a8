"""Carrying out a plan: render what is new, copy, write, and remove what is no longer planned."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from msgspec.structs import replace

from dangjian.building.output_list import OutputList, foreign_files
from dangjian.building.output_state import OutputState
from dangjian.common.digests import digest
from dangjian.common.files import Stat
from dangjian.common.output_folder import TEMPORARY, WrittenFile, remove_outputs, write_output
from dangjian.common.report import Production, Stage
from dangjian.common.workers import WorkerPool
from dangjian.content.catalogue import Catalogue, OutputRow
from dangjian.pages.plan import CopiedFile, GeneratedFile, Page
from dangjian.rendering.dependencies import TemplateDigests
from dangjian.rendering.renderer import Job, RenderSetup, load_templates, render_jobs
from dangjian.settings.workspace import Progress

SEARCH_FOLDER = "search"
"""Where the search index keeps its files, which it brings up to date by itself."""


class Producer:
    """Makes the outputs of one build: knows the setup, the workers, and what is there already."""

    def __init__(
        self,
        setup: RenderSetup,
        common: bytes,
        catalogue: Catalogue,
        state: OutputState,
        listed: OutputList,
        pool: WorkerPool,
        progress: Progress,
    ) -> None:
        self.output = Path(setup.output)
        self.catalogue = catalogue
        self.state = state
        self.listed = listed
        self.pool = pool
        self.progress = progress
        self.production = Production()
        self.planned: set[str] = set()
        self._setup = replace(setup, empty=not state.files)
        self._common = common
        self._templates = TemplateDigests(setup.templates)

    def render(
        self,
        pages: Iterable[Page],
        job: Callable[[Page], Job],
        prepare: Callable[[Page], None],
    ) -> None:
        """Render those pages whose fingerprint is new; ``job`` makes one's job when needed.

        Before many of them are rendered, ``prepare`` is called with each: what it caches then is
        at hand in all processes.
        """
        due: list[Page] = []
        marks: dict[str, bytes] = {}
        for page in pages:
            self.planned.add(page.path)
            mark = digest(self._common, self._templates.of(page.template), *page.parts)
            if self.state.is_current(page.path, mark):
                self.production.kept += 1
            else:
                page.parts = ()  # a whole archive of them would only take room from now on
                due.append(page)
                marks[page.path] = mark
        if not due:
            return
        self._claim(page.path for page in due)
        done = 0
        for results in self._rendered(due, job, prepare):
            done += len(results)
            self.production.rendered.extend(one.path for one in results)
            self._note(results, marks)
            self.progress(Stage.RENDER, done, len(due))

    def _rendered(
        self, pages: Sequence[Page], job: Callable[[Page], Job], prepare: Callable[[Page], None]
    ) -> Iterator[list[WrittenFile]]:
        packed = self._setup.pack()
        render = partial(render_jobs, packed)
        if self.pool.forks(len(pages)):
            load_templates(packed, sorted(self._templates.known))
            for page in pages:
                prepare(page)
            # Where the pages are known already no job has to be sent.
            found = self.pool.run_forked(lambda some: render(map(job, some)), pages)
            yield from islice(found, 1)
            self.catalogue.checkpoint()  # they go on meanwhile
            yield from found
        else:
            yield from self.pool.run(render, map(job, pages), len(pages))

    def make(self, outputs: Iterable[GeneratedFile]) -> None:
        """Make those outputs whose fingerprint is new."""
        due: list[tuple[GeneratedFile, bytes]] = []
        for made in outputs:
            self.planned.add(made.path)
            mark = digest(self._common, made.fingerprint)
            if self.state.is_current(made.path, mark):
                self.production.kept += 1
            else:
                due.append((made, mark))
        self._claim(made.path for made, _ in due)
        for made, mark in due:
            self._note([write_output(self.output, made.path, made.make())], {made.path: mark})

    def copy(self, outputs: Iterable[CopiedFile]) -> None:
        """Copy files whose address tells their content; one that exists is not read again."""
        due: list[tuple[CopiedFile, bytes]] = []
        for one in outputs:
            if one.path in self.planned:
                continue
            self.planned.add(one.path)
            mark = digest("copied", one.path)
            if self.state.is_current(one.path, mark):
                self.production.kept += 1
            else:
                due.append((one, mark))
        self._claim(one.path for one, _ in due)
        for one, mark in due:
            self._note([copy_output(self.output, one.path, one.source())], {one.path: mark})

    def keep_unplanned(self, except_below: str = "") -> None:
        """Keep every existing output that was not planned, except those below a folder."""
        folder = f"{except_below}/"
        rest = {p for p in self.state.rows if not (except_below and p.startswith(folder))}
        self.production.kept += len(rest - self.planned)
        self.planned |= rest

    def keep_foreign(self, paths: Iterable[str]) -> None:
        """Count files that another part of the build keeps up itself among those planned."""
        self.planned.update(paths)

    def keep(self, paths: Iterable[str]) -> None:
        """Keep files that were made elsewhere, with their stats for the next build to compare."""
        rows = []
        for path in paths:
            self.planned.add(path)
            found = (self.output / path).stat()
            stat = Stat(found.st_mtime_ns, found.st_size)
            row = self.state.rows.get(path)
            if row is None or row.stat != stat:
                rows.append((path, OutputRow(b"", stat)))
        self.listed.claim([path for path, _ in rows], ())
        self._put(rows)

    def remove_stale(self, retain: Sequence[str]) -> None:
        """Remove what is ours and not planned; report what is neither, nor below ``retain``."""
        stale = [
            path
            for path in self.state.files
            if path not in self.planned
            and self.listed.owns(path)
            and path.partition("/")[0] not in retain
        ]
        self.production.removed = remove_outputs(self.output, stale)
        gone = [path for path in self.state.rows if path not in self.planned]
        self.catalogue.drop_outputs(gone)
        for path in (*stale, *gone):
            self.state.drop(path)
        self.listed.keep_only(self.planned)
        others = (path for path in self.state.files if path not in self.planned)
        self.production.foreign = foreign_files(others, self.listed, retain)

    def _claim(self, paths: Iterable[str]) -> None:
        self.listed.claim(paths, self.state.files, self.state.links)

    def _note(self, results: Sequence[WrittenFile], marks: Mapping[str, bytes]) -> None:
        self.production.written.extend(one.path for one in results if one.changed)
        self._put([(one.path, OutputRow(marks[one.path], one.stat)) for one in results])

    def _put(self, rows: Sequence[tuple[str, OutputRow]]) -> None:
        self.catalogue.put_outputs(rows)
        for path, row in rows:
            self.state.note(path, row)


def copy_output(output: Path, path: str, source: Path) -> WrittenFile:
    """Copy ``source`` to ``path`` below ``output`` in one step."""
    target = output / path
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f"{target.name}{TEMPORARY}")
    shutil.copyfile(source, temporary)
    os.replace(temporary, target)
    found = target.stat()
    return WrittenFile(path, Stat(found.st_mtime_ns, found.st_size), True)
