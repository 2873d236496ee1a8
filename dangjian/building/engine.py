"""One build from the sources to the output folder, at the cost of what changed.

The engine looks, reads what changed, arranges the archive, plans every output with its
fingerprint, and carries out what is new. It keeps what it knows between builds of one process
(preview) and, in the catalogue, between processes.
"""

import gc
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

import msgspec

from dangjian.building.indexer import Files, Indexer
from dangjian.building.last_build import (
    LastBuild,
    Snapshot,
    has_same_sources,
    last_build,
    remember,
    retake,
    take,
)
from dangjian.building.output_state import OutputState, pack_output_stats, read_output_state
from dangjian.common.locks import acquire
from dangjian.common.problems import Problems
from dangjian.common.report import Report
from dangjian.common.versions import code_version
from dangjian.common.workers import WorkerPool
from dangjian.content.catalogue import (
    Catalogue,
    CatalogueDamagedError,
    open_catalogue,
    remove_catalogue,
)
from dangjian.settings.workspace import Progress, Workplace, no_progress

if TYPE_CHECKING:
    from dangjian.building.arrange import Knowledge, Tools
    from dangjian.building.produce import Producer
    from dangjian.building.site_plan import SitePlan
    from dangjian.content.sources import Readings
    from dangjian.pages.presenter import Presenter

_DAMAGE = (sqlite3.DatabaseError, msgspec.MsgspecError, CatalogueDamagedError, UnicodeDecodeError)
PATIENCE = 60.0
"""How long (seconds) to wait for another build of the same site to end."""


class Engine:
    """Builds one workplace, again and again if wanted. Close it (or use ``with``) at the end."""

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
        self.report = Report()
        self.stands = False
        self._look: Snapshot | None = None
        self._behind: set[str] = set()
        self._indexer = Indexer(workplace, self.pool)
        self._alone = ExitStack()
        self._catalogue: Catalogue | None = None
        self._known: Knowledge | None = None
        self._last: LastBuild | None = None
        self._standing: OutputState | None = None
        self._scanned: Callable[[], bytes] | None = None
        self._reading: tuple[Tools, Readings] | None = None
        self._presenter: Presenter | None = None
        self._previous: Presenter | None = None
        self._producer: Producer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of worker processes and the catalogue."""
        self.pool.__exit__(None, None, None)
        self._forget()

    def _forget(self) -> None:
        if self._catalogue is not None:
            self._catalogue.close()
        self._catalogue = self._known = self._presenter = self._previous = None
        self._last = self._standing = self._scanned = self._reading = None
        self._alone.close()

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue, opened for this engine alone: whoever builds the same site waits."""
        if self._catalogue is None:
            path = self.workplace.catalogue
            lock = acquire(path.with_suffix(".lock"), str(os.getpid()), PATIENCE)
            self._alone.enter_context(lock)
            self._catalogue = open_catalogue(path, code_version())
        return self._catalogue

    def build(self) -> Report:
        """Bring the output up to date: ``arrange``, ``produce`` and ``finish`` in one.

        Where nothing has changed since the last build, none of them is needed; where nothing but
        the words of some texts has, less is.
        """
        if self.unchanged():
            return self.report
        with self._indexer.ready():
            if not self._only_words():
                self.produce()
        return self.finish()

    def _only_words(self) -> bool:
        """Make what shows new words; False if more is to be done, or the catalogue was damaged."""
        try:
            return self._reword()
        except _DAMAGE:
            self._start_anew()
            return False

    def unchanged(self) -> bool:
        """Whether the output stands as the last build left it and nothing calls for another.

        If so the report is that of the last build, with nothing read or rendered.
        """
        self.report = Report()
        with self.report.timed("比对"):
            try:
                self.stands = self._compare()
            except _DAMAGE:
                self._start_anew()
                self.stands = False
        if self.stands and self._last is not None:
            self.report = self._last.report(self.report.seconds)
        return self.stands

    def _compare(self) -> bool:
        """Snapshot at everything, and whether it is as the last build left it."""
        place = self.workplace
        self._reading = self._standing = None
        self._previous, self._presenter = self._presenter or self._previous, None
        self._scanned = self.pool.run_in_background(partial(pack_output_stats, place.output))
        look = self._look = take(place)
        self._last = last_build(self.catalogue, look)
        if self._last is None:
            return False
        if not has_same_sources(place, self._last, self.catalogue, look):
            return False
        return self._stands()

    def _stands(self) -> bool:
        """Whether the output is as the last build left it; if not, that build tells no more.

        Asked as late as can be: another process is looking at the output meanwhile.
        """
        whole = self._output_state().is_intact
        if not whole:
            self._last = None
        return whole

    def _output_state(self) -> OutputState:
        """The output as this build found it, kept up as the build goes on."""
        if self._standing is None:
            look = self._scanned or partial(pack_output_stats, self.workplace.output)
            self._standing, self._scanned = read_output_state(self.catalogue, look), None
        return self._standing

    def build_seen(self, seen: Iterable[Path]) -> Report | None:
        """Show the new words of sources that were seen to change, while nothing else has.

        For a preview: nothing else is looked at, and search stays behind until the next
        ``build``. None if there is more to do than that.
        """
        report = self.report = Report()
        try:
            with report.timed("比对"):
                if not self._compare_seen(seen):
                    return None
            return self.finish() if self._reword(indexed=False) else None
        except _DAMAGE:
            self._start_anew()
            return None

    @property
    def behind(self) -> bool:
        """Whether the search index is older than the pages."""
        return self._last is not None and bool(self._last.behind)

    def preload(self) -> None:
        """Have the archive at hand, which ``build_seen`` needs."""
        if self._presenter is None and self._previous is None:
            self.arrange()

    def _compare_seen(self, seen: Iterable[Path]) -> bool:
        """Take over what was seen to change; whether all that is known from before holds."""
        self._previous, self._presenter = self._presenter or self._previous, None
        if self._look is None or self._standing is None or self._previous is None:
            return False
        look = retake(self.workplace, self._look, seen)
        if look is None:
            return False
        self._look, self._reading = look, None
        self._last = last_build(self.catalogue, look)
        return self._last is not None

    def check(self) -> Report:
        """What a build would complain of, without making anything."""
        self._look = self._reading = None
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
        producer = self._producer
        if producer is None:
            return self.report
        with self.report.timed("清理"):
            producer.keep_foreign(others)
            producer.remove_stale(self.workplace.retain)
            self.report.production = producer.production
            if self._look is not None:
                outputs = len(producer.planned)
                self._last = remember(
                    producer.catalogue, self._look, self.report, outputs, self._behind
                )
            if self._behind:
                producer.catalogue.commit()  # a build that is to show words at once leaves the rest
            else:
                producer.catalogue.checkpoint()
        return self.report

    def _start_anew(self) -> None:
        self._forget()
        remove_catalogue(self.workplace.catalogue)

    # What these need is loaded in them: a build with nothing to do comes to none of them.

    def _read(self) -> "tuple[Tools, Readings]":
        """Read what changed, once a build."""
        from dangjian.building.arrange import Knowledge, Tools, read  # noqa: PLC0415

        if self._reading is None:
            place = self.workplace
            report = self.report = Report(Problems(place.problems), seconds=self.report.seconds)
            self._producer = None
            if self._look is None:
                with report.timed("比对"):
                    self._look = take(place)
            with report.timed("打开目录"):
                catalogue = self.catalogue
                if self._known is None:
                    self._known = Knowledge(catalogue.sources(), catalogue.files())
            tools = Tools(
                place, catalogue, self._known, self.pool, self.progress, report, self._look
            )
            self._reading = tools, read(tools)
        return self._reading

    def _arrange(self) -> "Presenter":
        from dangjian.building.arrange import arrange  # noqa: PLC0415

        with _without_collector():
            tools, readings = self._read()
            self._presenter = arrange(tools, readings)
        self._note_looked(tools)
        return self._presenter

    def _produce(self, presenter: "Presenter") -> None:
        from dangjian.building.outline import keep_outline  # noqa: PLC0415
        from dangjian.building.site_plan import write_site  # noqa: PLC0415

        index = self._indexer.begin(presenter)
        with self._producer_for(presenter, index) as (plan, producer):
            keep_outline(self.catalogue, presenter, plan.channels)
            write_site(plan, self.catalogue, producer)
        self._behind = set()
        self.report.problems.extend(presenter.archive.problems.sorted())

    def _reword(self, *, indexed: bool = True) -> bool:
        """Make again only what shows changed words, if nothing but words has changed at all."""
        from dangjian.building.arrange import arrange_subset, reworded  # noqa: PLC0415
        from dangjian.building.site_plan import write_texts  # noqa: PLC0415

        last = self._last
        if last is None:
            return False
        with _without_collector():
            tools, readings = self._read()
            if not readings.text_only:
                return False
            behind = {*last.behind, *readings.read}
            presenter = self._previous or arrange_subset(tools, readings, behind)
        items = reworded(presenter, readings, last) if presenter else None
        if presenter is None or items is None or not self._stands():
            return False
        self._presenter = self._previous
        self._note_looked(tools)
        self.report = last.report(self.report.seconds)
        self.report.read = readings.read
        index = None
        if indexed:
            index = self._indexer.begin_words(presenter, behind, self.arranged)
        with self._producer_for(presenter, index) as (plan, producer):
            write_texts(plan, self.catalogue, producer, items, indexed)
        self._behind = set() if indexed else behind
        return True

    @contextmanager
    def _producer_for(
        self, presenter: "Presenter", index: Files | None
    ) -> "Iterator[tuple[SitePlan, Producer]]":
        """A plan of the site and a producer; ``index`` tells the index's files at the end."""
        from dangjian.building.produce import Producer  # noqa: PLC0415
        from dangjian.building.site_plan import plan_site  # noqa: PLC0415

        place, catalogue, report = self.workplace, self.catalogue, self.report
        sources = self._read()[0].known.sources
        with _without_collector():
            with report.timed("规划"):
                plan = plan_site(place, presenter, sources)
                standing = self._output_state()
                self._producer = producer = Producer(
                    plan.setup, plan.common, catalogue, standing, self.pool, self.progress
                )
            with report.timed("排版"):
                yield plan, producer
            if index is not None:
                with report.timed("搜索"):
                    producer.keep(index())

    def _note_looked(self, tools: "Tools") -> None:
        """Trust from now on what files older than this build's look were seen to be."""
        tools.catalogue.set_meta("looked", tools.look.started.to_bytes(8, "big"))
        tools.catalogue.commit()


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
