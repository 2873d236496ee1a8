"""One build, step by step: read, arrange, plan, produce, finish.

    comparison → readings → archive and presenter → plan → production → outcome

Each step returns what the next one takes. Where nothing but the texts of some articles has changed
(``Scope``), the same steps are taken for these alone.

Only a build that has something to do imports this module, and with it everything that makes pages.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from dangjian.building.arrange import (
    Knowledge,
    arrange_archive,
    arrange_subset,
    find_related,
    gather_files,
    needed_files,
    rules_of,
)
from dangjian.building.comparison import Comparison, Outcome
from dangjian.building.held_back import HeldBack
from dangjian.building.last_build import forget_last, remember
from dangjian.building.moved import note_addresses
from dangjian.building.outline import read_outline, store_outline
from dangjian.building.output_list import open_output_list
from dangjian.building.problems import (
    archive_problems,
    left_out,
    renewed_problems,
    source_problems,
)
from dangjian.building.produce import SEARCH_FOLDER, Producer
from dangjian.building.published import note_articles
from dangjian.building.scope import WHOLE, Scope
from dangjian.building.site_plan import plan_site, settle_pages, write_site
from dangjian.building.snapshot import note_trust
from dangjian.common.collector import without_collector
from dangjian.common.problems import Problems
from dangjian.common.report import Report, Stage
from dangjian.content.archive import Archive, Clock
from dangjian.content.files import split_known
from dangjian.content.sources import Readings, read_changed
from dangjian.pages.articles import has_page
from dangjian.pages.presenter import Presenter

if TYPE_CHECKING:
    from dangjian.building.indexer import Files, Indexer
    from dangjian.common.workers import WorkerPool
    from dangjian.content.catalogue import Catalogue, FileFacts
    from dangjian.settings.workspace import Progress, Workplace


class Arranged(Struct, eq=False):
    """An arranged archive, or as much of it as ``scope`` needs.

    ``whole`` is the presenter of the whole archive, if there is one; ``lasting`` is False if
    something could not be read for a reason that may pass by itself.
    """

    scope: Scope
    presenter: Presenter
    whole: Presenter | None
    lasting: bool = True


class Produced(Struct, eq=False):
    """The outputs of one build, written; ``unindexed`` are the articles left for the index."""

    arranged: Arranged
    producer: Producer
    unindexed: frozenset[str] = frozenset()


class Build:
    """One build of a site, from a comparison that found something to do.

    ``run`` does all of it. Who has something to do in between calls ``arrange``, ``produce`` and
    ``finish``, in this order and each once; ``arrange_texts`` before ``arrange`` tries the
    shorter way. ``check`` reports what is wrong with a site and makes nothing.

    Every step may raise ``errors.FATAL``, and what a damaged catalogue raises (``DAMAGE``): then
    nothing more can be done with this build.

    ``known`` is what is known of sources and files, updated by the build. ``previous`` is the
    presenter that an earlier build in this process left; while only texts change it serves on.
    """

    def __init__(
        self,
        place: "Workplace",
        catalogue: "Catalogue",
        known: Knowledge,
        comparison: Comparison,
        pool: "WorkerPool",
        indexer: "Indexer",
        progress: "Progress",
        previous: Presenter | None = None,
    ) -> None:
        self.report = Report(Problems(place.problems), seconds=comparison.report.seconds)
        self._place = place
        self._catalogue = catalogue
        self._known = known
        self._comparison = comparison
        self._pool = pool
        self._indexer = indexer
        self._progress = progress
        self._previous = previous
        self._readings: Readings | None = None
        self._passing = False
        self._held: HeldBack | None = None
        if place.releasing:
            catalogue.set_aside()
            self._held = HeldBack(catalogue, known.sources, comparison.snapshot.now)

    def run(self) -> Outcome:
        """Bring the output up to date."""
        with self._indexer.ready():
            arranged = self.arrange_texts() or self.arrange()
            produced = self.produce(arranged)
        return self.finish(produced)

    def read(self) -> Readings:
        """Read the sources that changed. Read once, however often asked for."""
        if self._readings is None:
            with self.report.timed(Stage.READ), without_collector():
                self._readings = self._read()
            self.report.read = self._readings.read
        return self._readings

    def _read(self) -> Readings:
        catalogue, comparison = self._catalogue, self._comparison
        readings = read_changed(
            self._place.content,
            comparison.snapshot.scan,
            catalogue,
            self._known.sources,
            comparison.doubts,
            self._pool,
            partial(self._progress, Stage.READ),
            rules_of(self._place.office, self._place.folder),
        )
        self._passing |= any(not readings.rows[path].record.digest for path in readings.read)
        if readings.read or readings.gone:
            # Until this build finishes, the output may not match these sources.
            forget_last(catalogue)
        catalogue.commit()
        return readings

    def arrange(self) -> Arranged:
        """Arrange the whole archive, and report what is wrong with it."""
        self.read()
        with without_collector():
            presenter = self._arrange()
            while self._holds_back(presenter):
                presenter = self._arrange()
        if self._held is not None:
            self.report.problems = self._held.without_drafts(self.report.problems)
        note_trust(self._catalogue, self._comparison.snapshot)
        lasting = self._comparison.snapshot.complete and not self._passing
        return Arranged(WHOLE, presenter, presenter, lasting)

    def _holds_back(self, presenter: Presenter) -> bool:
        """Hold back what has errors; whether the archive is another one then."""
        if self._held is None or not self._place.hold_back:
            return False
        return self._held.hold(self.report.problems, presenter.archive)

    def _arrange(self) -> Presenter:
        place, catalogue, report = self._place, self._catalogue, self.report
        sources, scan = self._known.sources, self._comparison.snapshot.scan
        with report.timed(Stage.COLUMNS):
            archive = arrange_archive(place.content, sources, self._clock)
            related = self._pool.run_in_background(
                partial(find_related, archive, read_outline(catalogue))
            )
        with report.timed(Stage.FILES):
            facts = gather_files(
                place,
                catalogue,
                self._known.files,
                needed_files(place.office, sources, archive),
                scan,
                self._comparison.doubts,
                self._pool,
                self._progress,
            )
        self._passing |= any(one.passing for one in facts.values())
        if self._held is not None:
            rows, output = self._known.files, place.output
            facts = self._held.with_published_files(archive, facts, rows, output)
        with report.timed(Stage.RELATED):
            presenter = self._presenter(archive, facts, related())
        catalogue.commit()
        report.left_out = left_out(scan, sources, archive)
        report.problems.extend(source_problems(place, scan, sources, archive, facts).sorted())
        report.articles, report.pages = len(archive.items), len(archive.pages)
        report.sources, report.files = len(scan.sources), len(facts)
        report.columns = len(archive.columns.by_folder)
        report.withheld, report.next_change = archive.withheld, archive.next_change
        return presenter

    def arrange_texts(self) -> Arranged | None:
        """Arrange only what shows changed texts; None if anything but texts has changed.

        What the last build reported is still so then, but for notices on the texts, and its report
        is taken over.
        """
        last = self._comparison.last
        readings = self.read() if last is not None else None
        if last is None or readings is None or not readings.text_only:
            return None
        scope = Scope(tuple(readings.read), frozenset({*last.unindexed, *readings.read}))
        with without_collector():
            presenter = self._previous or self._arrange_subset(scope)
        if presenter is None or not self._renew_texts(presenter, scope):
            return None
        problems = renewed_problems(
            self._place.content,
            last.problems,
            readings.noticed,
            self._known.sources,
            presenter.archive,
            presenter.files,
        )
        if problems is None or not self._comparison.output().is_intact:
            return None
        note_trust(self._catalogue, self._comparison.snapshot)
        self.report = last.report(self.report.seconds)
        self.report.problems = problems
        self.report.read = readings.read
        self.report.sources = len(self._comparison.snapshot.scan.sources)
        return Arranged(scope, presenter, self._previous)

    def _arrange_subset(self, scope: Scope) -> Presenter | None:
        """A presenter of what ``scope`` shows; None if it can't be known what that is."""
        place, sources = self._place, self._known.sources
        outline = read_outline(self._catalogue)
        if outline is None:
            return None
        with self.report.timed(Stage.COLUMNS):
            archive = arrange_subset(place.content, sources, self._clock, scope, outline)
        facts, unknown = split_known(
            needed_files(place.office, sources, archive),
            self._known.files,
            self._comparison.snapshot.scan.files,
            self._comparison.doubts,
            place.office.picture_sizes,
        )
        related = {path: outline.related.get(path, ()) for path in scope.unindexed}
        return None if unknown else self._presenter(archive, facts, related)

    def _renew_texts(self, presenter: Presenter, scope: Scope) -> bool:
        """Give the articles in ``scope`` their new records; False if one has no page of its own."""
        items = [presenter.archive.by_path.get(path) for path in scope.texts or ()]
        found = [item for item in items if item is not None and has_page(item)]
        for item in found:
            item.record = self._known.sources[item.path].record
        return len(found) == len(items)

    @property
    def _clock(self) -> Clock:
        return Clock(self._comparison.snapshot.now, self._place.drafts)

    def _presenter(
        self,
        archive: Archive,
        facts: "Mapping[str, FileFacts]",
        related: Mapping[str, tuple[str, ...]],
    ) -> Presenter:
        office, now = self._place.office, self._comparison.snapshot.now
        return Presenter(archive, facts, related, now, office.owner, office.default_editor)

    def produce(self, arranged: Arranged, *, indexed: bool = True) -> Produced:
        """Plan every output that ``arranged`` has in its scope, and make those that are new.

        Unless ``indexed``, the search index is left to a later build. That is for a scope of
        texts only. Raises PlaceError when the output folder holds files of others in the way.
        """
        presenter, scope = arranged.presenter, arranged.scope
        indexed &= scope.is_whole or bool(scope.unindexed)
        state = self._comparison.output()
        listed = open_output_list(self._place, state)
        if indexed:
            listed.check_way([f"{SEARCH_FOLDER}/"], state.files, state.links)
        index = self._begin_index(arranged) if indexed else None
        with without_collector():
            with self.report.timed(Stage.PLAN):
                plan = plan_site(self._place, presenter, self._known.sources)
                producer = Producer(
                    plan.setup,
                    plan.common,
                    self._catalogue,
                    state,
                    listed,
                    self._pool,
                    self._progress,
                )
            with self.report.timed(Stage.RENDER):
                if scope.is_whole:
                    store_outline(self._catalogue, presenter, plan.channels)
                    if self._place.releasing:
                        note_articles(self._catalogue, presenter)
                        note_addresses(self._place, presenter.archive)
                write_site(plan, self._catalogue, producer, scope, indexed=indexed)
            if index is not None:
                with self.report.timed(Stage.SEARCH):
                    producer.keep(index())
        if scope.is_whole:
            content = self._place.content
            self.report.problems.extend(archive_problems(content, presenter.archive))
            if self._holds_back(presenter):
                return self.produce(self.arrange())
        return Produced(arranged, producer, frozenset() if indexed else scope.unindexed)

    def check(self) -> Report:
        """Report everything that a build would, and what only a check looks for; make nothing."""
        from dangjian.building.inspect import inspect_site  # noqa: PLC0415 - no build needs it
        from dangjian.feeds.ids import unnumbered  # noqa: PLC0415 - nor this

        presenter = self.arrange().presenter
        with without_collector(), self.report.timed(Stage.PLAN):
            settle_pages(plan_site(self._place, presenter, self._known.sources))
        archive, now = presenter.archive, self._comparison.snapshot.now
        self.report.problems.extend(inspect_site(self._place, archive, now))
        self.report.problems.extend(archive_problems(self._place.content, archive))
        self.report.moved = archive.moved
        self.report.unnumbered = unnumbered(archive.items)
        return self.report

    def _begin_index(self, arranged: Arranged) -> "Files":
        if arranged.scope.is_whole:
            return self._indexer.begin(arranged.presenter)
        return self._indexer.begin_texts(
            arranged.presenter,
            arranged.scope.unindexed,
            lambda: arranged.whole or self.arrange().presenter,
        )

    def finish(self, produced: Produced, foreign: Iterable[str] = ()) -> Outcome:
        """Remove outputs that are no longer planned, and leave what the next build needs.

        ``foreign`` are outputs (by path below the output folder) that others made: they stay.
        """
        producer, comparison, report = produced.producer, self._comparison, self.report
        with report.timed(Stage.CLEAN):
            producer.keep_foreign(foreign)
            producer.remove_stale(self._place.retain)
            report.production = producer.production
            last = None
            if produced.arranged.lasting:
                outputs, unindexed = len(producer.planned), produced.unindexed
                last = remember(self._catalogue, comparison.snapshot, report, outputs, unindexed)
            else:
                forget_last(self._catalogue)
            if produced.unindexed:
                self._catalogue.commit()  # texts are to be shown at once; the disk can wait
            else:
                self._catalogue.checkpoint()
        return Outcome(
            report,
            comparison.snapshot,
            comparison.output(),
            last,
            produced.arranged.whole,
        )
