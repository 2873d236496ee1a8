"""One build taken step by step at the moments at which Pelican calls its plugins."""

from collections.abc import Iterable

from dangjian.building.build import Arranged, Build, Produced
from dangjian.building.comparison import Comparison
from dangjian.building.engine import Engine
from dangjian.common.report import Report
from dangjian.content.archive import Archive


class Steps:
    """The steps of one build of ``engine``: ``arrange``, ``produce``, ``finish``, in this order.

    They do nothing where nothing has changed since the last build. All raise ``errors.FATAL``.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._comparison: Comparison | None = None
        self._build: Build | None = None
        self._arranged: Arranged | None = None
        self._produced: Produced | None = None

    @property
    def report(self) -> Report:
        """What the build has found so far."""
        if self._build is not None:
            return self._build.report
        return self._comparison.report if self._comparison is not None else Report()

    @property
    def archive(self) -> Archive:
        """The archive as this build found it; arranged now if the build had nothing to do."""
        if self._arranged is None:
            start = self.engine.start
            self._arranged = self.engine.recovering(lambda: start(self.engine.compare()).arrange())
        return self._arranged.presenter.archive

    def arrange(self) -> None:
        """Compare, and arrange the whole archive if anything has changed."""
        self.engine.recovering(self._arrange)

    def _arrange(self) -> None:
        self._comparison = self.engine.compare()
        if not self._comparison.unchanged:
            self._build = self.engine.start(self._comparison)
            self._arranged = self._build.arrange()

    def produce(self) -> None:
        """Make every output that is new."""
        if self._build is not None:
            self.engine.recovering(self._produce, again=self._produce_all)

    def _produce(self) -> None:
        if self._build is not None and self._arranged is not None:
            self._produced = self._build.produce(self._arranged)

    def _produce_all(self) -> None:
        self._arrange()
        self._produce()

    def finish(self, foreign: Iterable[str]) -> Report:
        """Remove outputs that are no longer planned, but for ``foreign`` ones; the final report."""
        if self._build is None or self._produced is None:
            return self.report
        return self._build.finish(self._produced, foreign).report
