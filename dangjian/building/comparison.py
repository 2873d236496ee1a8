"""Comparing a site with what its last build left: the first step of every build.

Where nothing has changed it is the only one, so nothing that it needs is slow to import.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING

from msgspec import Struct

from dangjian.building.last_build import LastBuild, has_same_sources, last_build
from dangjian.building.output_state import OutputState, pack_output_stats, read_output_state
from dangjian.building.snapshot import Doubts, Snapshot, find_doubts, read_trust, take
from dangjian.common.report import Report, Stage
from dangjian.common.workers import WorkerPool
from dangjian.content.catalogue import Catalogue
from dangjian.settings.workspace import Workplace

if TYPE_CHECKING:
    from dangjian.pages.presenter import Presenter


class Comparison(Struct, eq=False):
    """All that a build reads, and how it differs from what the last build read.

    ``last`` is the last build if nothing but sources can have changed since; ``unchanged`` says
    that nothing at all has, the output included. ``output`` gives the state of the output folder:
    it may wait for another process that is looking at it. ``report`` has the seconds so far, or,
    where nothing has changed, what the last build reported.
    """

    snapshot: Snapshot
    doubts: Doubts
    last: LastBuild | None
    output: Callable[[], OutputState]
    report: Report
    unchanged: bool = False


class Outcome(Struct, eq=False):
    """What a build leaves: its report, and what the next one in the same process builds on.

    ``last`` is None where the next build may not rely on this one. ``presenter`` is that of the
    whole archive; None where only a part of it was arranged.
    """

    report: Report
    snapshot: Snapshot
    output: OutputState
    last: LastBuild | None
    presenter: "Presenter | None"


def compare(place: Workplace, catalogue: Catalogue, pool: WorkerPool) -> Comparison:
    """Look at everything. Raises what a damaged catalogue raises."""
    report = Report()
    with report.timed(Stage.COMPARE):
        stats = pool.run_in_background(partial(pack_output_stats, place.output))
        snapshot = take(place)
        doubts = find_doubts(place, snapshot, read_trust(catalogue))
        last = last_build(catalogue, snapshot, doubts)
        output = cache(partial(read_output_state, catalogue, stats))
        found = Comparison(snapshot, doubts, last, output, report)
        if last is not None and has_same_sources(place, last, catalogue, snapshot, doubts):
            found.unchanged = output().is_intact
    if last is not None and found.unchanged:
        found.report = last.report(report.seconds)
        found.report.sources = len(snapshot.scan.sources)
    return found
