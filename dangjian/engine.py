"""One build from the sources to the output folder, at the cost of what changed.

The engine looks, reads what changed, arranges the archive, plans every output with its
fingerprint, and carries out what is new. It keeps what it knows between builds of one process
(preview) and, in the catalogue, between processes.
"""

import gc
import os
import sqlite3
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Self

import msgspec

from dangjian.catalogue import (
    Catalogue,
    CatalogueDamagedError,
    open_catalogue,
    remove_catalogue,
)
from dangjian.locks import held
from dangjian.problems import Problems
from dangjian.quiet import Look, last_build, look_at, remember
from dangjian.report import Report
from dangjian.versions import code_version
from dangjian.workers import Crew
from dangjian.workplace import Told, Workplace, silent

if TYPE_CHECKING:
    from dangjian.arranging import Knowledge
    from dangjian.present import Presenter
    from dangjian.production import Workshop

_DAMAGE = (sqlite3.DatabaseError, msgspec.MsgspecError, CatalogueDamagedError, UnicodeDecodeError)
PATIENCE = 60.0
"""How long (seconds) to wait for another build of the same site to end."""


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
        self._alone = ExitStack()
        self._catalogue: Catalogue | None = None
        self._known: Knowledge | None = None
        self._presenter: Presenter | None = None
        self._workshop: Workshop | None = None

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
        self._catalogue = self._known = self._presenter = None
        self._alone.close()

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue, opened for this engine alone: whoever builds the same site waits."""
        if self._catalogue is None:
            path = self.workplace.catalogue
            lock = held(path.with_suffix(".lock"), str(os.getpid()), PATIENCE)
            self._alone.enter_context(lock)
            self._catalogue = open_catalogue(path, code_version())
        return self._catalogue

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
        with self.report.timed("比对"):
            try:
                self._look = look_at(self.workplace)
                last = last_build(self.workplace, self.catalogue, self._look)
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

    def arrange(self) -> "Presenter":
        """Read what changed and arrange the archive. A damaged catalogue is made anew, once."""
        try:
            return self._arrange()
        except _DAMAGE:
            self._start_anew()
            return self._arrange()

    def arranged(self) -> "Presenter":
        """The archive as this build found it."""
        return self._presenter or self.arrange()

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
        with self.report.timed("清理"):
            workshop.adopt(others)
            workshop.sweep(self.workplace.retain)
            self.report.production = workshop.production
            if self._look is not None:
                remember(workshop.catalogue, self._look, self.report)
            workshop.catalogue.commit()
        return self.report

    def _start_anew(self) -> None:
        self._forget()
        remove_catalogue(self.workplace.catalogue)

    # What these two need is loaded in them: a build with nothing to do comes to neither.

    def _arrange(self) -> "Presenter":
        from dangjian.arranging import Knowledge, Tools, arrange  # noqa: PLC0415

        report = self.report = Report(
            Problems(self.workplace.problems), seconds=self.report.seconds
        )
        self._workshop = None
        with _without_collector():
            if self._look is None:
                with report.timed("比对"):
                    self._look = look_at(self.workplace)
            with report.timed("打开目录"):
                catalogue = self.catalogue
                if self._known is None:
                    self._known = Knowledge(catalogue.sources(), catalogue.files())
            tools = Tools(self.workplace, catalogue, self.crew, self.told, report)
            self._presenter = arrange(tools, self._known, self._look)
        return self._presenter

    def _produce(self, presenter: "Presenter") -> None:
        from dangjian.production import Workshop, look  # noqa: PLC0415
        from dangjian.site import plan_site, put_out  # noqa: PLC0415

        place, catalogue, report = self.workplace, self.catalogue, self.report
        records = self._known.records if self._known else {}
        with _without_collector():
            indexed = self.crew.aside(partial(_index, presenter, place))
            with report.timed("规划"):
                plan = plan_site(place, presenter, catalogue, records)
                standing = look(place.output, catalogue)
                self._workshop = workshop = Workshop(
                    plan.setup, plan.common, catalogue, standing, self.crew, self.told
                )
            with report.timed("排版"):
                put_out(plan, catalogue, workshop)
            with report.timed("搜索"):
                workshop.keep(indexed())
        report.problems.extend(presenter.archive.problems.sorted())


def _index(presenter: "Presenter", place: Workplace) -> list[str]:
    from dangjian.searching import update_search  # noqa: PLC0415 - by the process that does it

    return update_search(presenter, place)


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
