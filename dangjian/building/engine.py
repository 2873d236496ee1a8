"""The engine: what outlives a build, and the ways to have a site built.

Each build is an object of its own (``building.build``). The engine holds what several of them
share: the worker processes, the catalogue, what is known of the sources, and what the last build of
this process left. Between processes all of it but the catalogue is lost, which costs time only.
"""

import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

import msgspec

from dangjian.building.cache_folder import PATIENCE, at_work
from dangjian.building.comparison import Comparison, Outcome, compare
from dangjian.building.indexer import Indexer
from dangjian.building.last_build import last_build
from dangjian.building.output_state import pack_output_stats, read_output_state
from dangjian.building.snapshot import Snapshot, find_doubts, read_trust, retake, take
from dangjian.common.errors import InTheWayError
from dangjian.common.files import remove_tree
from dangjian.common.report import Report, Stage
from dangjian.common.versions import code_version
from dangjian.common.workers import WorkerPool
from dangjian.content.catalogue import (
    Catalogue,
    CatalogueDamagedError,
    open_catalogue,
    remove_catalogue,
)
from dangjian.settings.places import check_output
from dangjian.settings.workspace import Progress, Workplace, no_progress

if TYPE_CHECKING:
    from dangjian.building.arrange import Knowledge
    from dangjian.building.build import Build
    from dangjian.content.archive import Archive, Item
    from dangjian.pages.presenter import Presenter

R = TypeVar("R")
DAMAGE = (sqlite3.DatabaseError, msgspec.MsgspecError, CatalogueDamagedError, UnicodeDecodeError)
"""What is raised where the catalogue holds anything but what was put into it."""


class Engine:
    """Builds one workplace, again and again if wanted. Close it (or use ``with``) at the end.

    ``build``, ``build_seen``, ``check`` and ``preload`` may be called in any order. Who has
    something to do between the steps of a build (Pelican) calls ``compare``, then ``start``
    unless nothing has changed, and the steps of the ``Build`` that it gives, each inside
    ``recovering``.

    All raise ``errors.FATAL``: ``LockedError`` when another process builds the same site for more
    than ``PATIENCE``, OSError and sqlite3.Error when a disk fails, ThemeError for the theme's
    faults.
    """

    def __init__(
        self,
        workplace: Workplace,
        *,
        executor: Executor | None = None,
        progress: Progress = no_progress,
    ) -> None:
        self.workplace = workplace
        self.progress = progress
        self.pool = WorkerPool(workplace.office.workers, executor)
        self._indexer = Indexer(workplace, self.pool)
        self._locked = ExitStack()
        self._catalogue: Catalogue | None = None
        self._known: Knowledge | None = None
        self._outcome: Outcome | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the worker processes and close the catalogue."""
        self.pool.__exit__(None, None, None)
        self._forget()

    def _forget(self) -> None:
        if self._catalogue is not None:
            self._catalogue.close()
        self._catalogue = self._known = self._outcome = None
        self._locked.close()

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue, opened for this engine alone: other builds of the same site wait."""
        if self._catalogue is None:
            path = self.workplace.catalogue
            self._locked.enter_context(at_work(path, PATIENCE))
            self._catalogue = open_catalogue(path, code_version())
        return self._catalogue

    def recovering(self, step: Callable[[], R], again: Callable[[], R] | None = None) -> R:
        """What ``step`` returns. If the catalogue is damaged, discard it and retry once.

        ``again`` is done then instead of ``step``, if that begins in the middle of a build: no
        ``Build`` outlives the catalogue that it was started with.
        """
        try:
            return step()
        except DAMAGE:
            self._forget()
            remove_catalogue(self.workplace.catalogue)
            return (again or step)()

    def build(self) -> Report:
        """Bring the output up to date, at the cost of what changed.

        A folder in the place of a file in the cache, or the other way round, is discarded once,
        and with it an output folder there: nobody else keeps anything in the cache.
        """
        try:
            return self.recovering(self._build)
        except (IsADirectoryError, NotADirectoryError, FileExistsError, InTheWayError) as error:
            if not self._discard(error):
                raise
            return self.recovering(self._build)

    def _discard(self, error: OSError | InTheWayError) -> bool:
        """Delete what ``error`` says is in the way, if that is in the cache; whether it is."""
        cache, output = self.workplace.cache.resolve(), self.workplace.output.resolve()
        names = (error.filename2, error.filename) if isinstance(error, OSError) else ()
        named = [Path(name) for name in names if isinstance(name, str)]
        found = [path.parent.resolve() / path.name for path in named]
        inside = [path for path in found if path.is_relative_to(cache) and path != cache]
        if output.is_relative_to(cache) and output != cache:
            inside.append(output)
        self._forget()
        for path in inside:
            above = [
                folder
                for folder in path.parents
                if folder != cache and folder.is_relative_to(cache)
            ]
            for obstacle in (path, *above):
                if obstacle.is_dir() and obstacle == path:
                    remove_tree(obstacle)
                elif obstacle.is_file():
                    obstacle.unlink()
        return bool(inside)

    def _build(self) -> Report:
        comparison = self.compare()
        if comparison.unchanged:
            return comparison.report
        self._outcome = self.start(comparison).run()
        return self._outcome.report

    def compare(self) -> Comparison:
        """Compare everything with what the last build left. Nothing is read or rendered.

        Where nothing has changed the report is that of the last build. Raises PlaceError if the
        output folder is not one to write to.
        """
        check_output(self.workplace)
        found = compare(self.workplace, self.catalogue, self.pool)
        if found.unchanged:
            self._outcome = Outcome(
                found.report,
                found.snapshot,
                found.output(),
                found.last,
                self._presenter,
            )
        return found

    def start(self, comparison: Comparison) -> "Build":
        """The build that does what ``comparison`` found to do."""
        # The one door to all that makes pages: where nothing has changed nobody passes it.
        from dangjian.building.arrange import Knowledge  # noqa: PLC0415
        from dangjian.building.build import Build  # noqa: PLC0415

        with comparison.report.timed(Stage.OPEN):
            catalogue = self.catalogue
            if self._known is None:
                self._known = Knowledge(catalogue.sources(), catalogue.files())
        return Build(
            self.workplace,
            catalogue,
            self._known,
            comparison,
            self.pool,
            self._indexer,
            self.progress,
            self._presenter,
        )

    @property
    def _presenter(self) -> "Presenter | None":
        """The whole archive as the last build of this process left it."""
        return self._outcome.presenter if self._outcome is not None else None

    def build_seen(self, seen: Iterable[Path]) -> Report | None:
        """Show the new texts of sources that were seen to change, if nothing else has changed.

        For a preview: nothing else is looked at, and the search index is left to the next
        ``build``. None if there is more to do than that; what ``build`` or ``preload`` left in
        this process is needed for it.
        """
        return self.recovering(partial(self._build_seen, tuple(seen)))

    def _build_seen(self, seen: Iterable[Path]) -> Report | None:
        before, report = self._outcome, Report()
        if before is None or before.presenter is None:
            return None
        with report.timed(Stage.COMPARE):
            snapshot = retake(self.workplace, before.snapshot, seen)
            if snapshot is None:
                return None
            doubts = find_doubts(self.workplace, snapshot, read_trust(self.catalogue))
            last = last_build(self.catalogue, snapshot, doubts)
        build = self.start(Comparison(snapshot, doubts, last, lambda: before.output, report))
        arranged = build.arrange_texts()
        if arranged is None:
            return None
        self._outcome = build.finish(build.produce(arranged, indexed=False))
        return self._outcome.report

    def articles(self) -> "Iterable[Item]":
        """The articles that have an address, as the last build left them; none if not loaded."""
        return self._presenter.archive.by_path.values() if self._presenter is not None else ()

    @property
    def search_is_stale(self) -> bool:
        """Whether the search index is older than the pages."""
        last = self._outcome.last if self._outcome is not None else None
        return last is not None and bool(last.unindexed)

    def preload(self) -> None:
        """Load the whole archive, which ``build_seen`` needs, unless it is loaded."""
        outcome = self._outcome
        if outcome is not None and outcome.presenter is None:
            arrange = partial(self._start_from, outcome.snapshot)
            outcome.presenter = self.recovering(lambda: arrange().arrange().presenter)

    def arrange(self) -> "Archive":
        """The archive as a build now would arrange it; nothing is made."""
        return self.recovering(
            lambda: self._start_from(take(self.workplace)).arrange().presenter.archive
        )

    def check(self) -> Report:
        """The problems that a build would report, without making anything."""
        return self.recovering(self._check)

    def _check(self) -> Report:
        return self._start_from(take(self.workplace)).check()

    def _start_from(self, snapshot: Snapshot) -> "Build":
        """A build that arranges what ``snapshot`` has, whatever the last one left."""
        doubts = find_doubts(self.workplace, snapshot, read_trust(self.catalogue))
        stats = partial(pack_output_stats, self.workplace.output)
        output = partial(read_output_state, self.catalogue, stats)
        return self.start(Comparison(snapshot, doubts, None, output, Report()))
