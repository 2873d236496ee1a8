"""What a build leaves for the next: a digest of all that it read, and what it reported.

If everything that a build reads is as the last one found it, no article's time has come since, and
every output is as it was left, the output is what another build would make. It costs one stat a
file to know that.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec import Struct

from dangjian.building.snapshot import Doubts, Snapshot
from dangjian.common.digests import digest
from dangjian.common.problems import Problem, Problems
from dangjian.common.report import Production, Report, Stage, Withheld
from dangjian.content.catalogue import Catalogue
from dangjian.settings.workspace import Workplace

MAX_RECHECKED = 500
"""Up to this many recently changed sources are compared by content; beyond it a build runs."""


class LastBuild(Struct, frozen=True):
    """What a build leaves for the next: what it read, when, and what it reported.

    ``unindexed`` are the articles whose new texts are not in the search index yet.
    """

    basis: bytes
    sources: bytes
    built: datetime
    next_change: datetime | None
    problems: tuple[Problem, ...]
    articles: int
    pages: int
    withheld: tuple[Withheld, ...]
    left_out: tuple[str, ...]
    outputs: int
    unindexed: tuple[str, ...] = ()

    def report(self, seconds: dict[Stage, float]) -> Report:
        """The report of a build that had nothing to do; ``seconds`` are what that took."""
        return Report(
            problems=Problems(self.problems),
            production=Production(kept=self.outputs),
            articles=self.articles,
            pages=self.pages,
            withheld=list(self.withheld),
            left_out=list(self.left_out),
            next_change=self.next_change,
            seconds=seconds,
        )


def last_build(catalogue: Catalogue, snapshot: Snapshot, doubts: Doubts) -> LastBuild | None:
    """The last build, if nothing but sources can have changed since."""
    stored = catalogue.meta("last")
    if not stored:
        return None
    last = msgspec.json.decode(stored, type=LastBuild)
    if last.basis != snapshot.basis or doubts.others:
        return None
    now = snapshot.now
    if now < last.built or (last.next_change is not None and now >= last.next_change):
        return None
    return last


def has_same_sources(
    place: Workplace, last: LastBuild, catalogue: Catalogue, snapshot: Snapshot, doubts: Doubts
) -> bool:
    """Whether the sources are certainly those of the last build; a few in doubt are read."""
    if last.sources != snapshot.sources or last.unindexed or len(doubts.sources) > MAX_RECHECKED:
        return False
    try:
        return all(
            catalogue.digest(path) == digest((place.content / path).read_bytes())
            for path in doubts.sources
        )
    except OSError:  # a build reports what is wrong with it
        return False


def forget_last(catalogue: Catalogue) -> None:
    """Let no later build trust the outputs that are there now as a whole."""
    catalogue.set_meta("last", b"")


def remember(
    catalogue: Catalogue,
    snapshot: Snapshot,
    report: Report,
    outputs: int,
    unindexed: Iterable[str],
) -> LastBuild:
    """Store what a build of so many ``outputs`` leaves for the next to compare with."""
    last = LastBuild(
        snapshot.basis,
        snapshot.sources,
        snapshot.now,
        report.next_change,
        report.problems.sorted(),
        report.articles,
        report.pages,
        tuple(report.withheld),
        tuple(report.left_out),
        outputs,
        tuple(sorted(unindexed)),
    )
    catalogue.set_meta("last", msgspec.json.encode(last))
    return last
