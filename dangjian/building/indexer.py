"""When the search index is brought up to date, and by which process.

numpy and what else makes an index are never loaded where pages are made: the work is done in
parallel, by a process forked off for it.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from dangjian.common.workers import WorkerPool
from dangjian.settings.workspace import Workplace

if TYPE_CHECKING:
    from dangjian.pages.presenter import Presenter

R = TypeVar("R")
Files = Callable[[], list[str]]
"""Waits for the index and tells its files, as paths below the output folder."""
_Begin = Callable[[Callable[[], Any]], Callable[[], Any]]


class Indexer:
    """Begins the index of one workplace."""

    def __init__(self, place: Workplace, pool: WorkerPool) -> None:
        self._place = place
        self._pool = pool
        self._early: _Begin | None = None

    def begin(self, presenter: "Presenter") -> Files:
        """Begin to bring the index to the archive as it is."""
        from dangjian.building.search_documents import search_request, update_search  # noqa: PLC0415 - when needed

        place = self._place
        return self._begin(
            partial(update_search, place.catalogue, place.output, search_request(presenter))
        )

    @contextmanager
    def ready(self) -> Iterator[None]:
        """Have a process load what an index needs while it is not known yet of what."""
        try:
            with self._pool.prewarmed(_load) as self._early:
                yield
        finally:
            self._early = None

    def begin_texts(
        self, presenter: "Presenter", paths: Iterable[str], whole: "Callable[[], Presenter]"
    ) -> Files:
        """Begin to index articles whose text changed; everything else must be unchanged.

        If the index can't be brought up to date with these, it is from the ``whole`` archive.
        """
        from dangjian.building.search_documents import amend_search, search_request  # noqa: PLC0415 - when needed

        place = self._place
        request = search_request(presenter, frozenset(paths))
        done = self._begin(partial(amend_search, place.catalogue, place.output, request))

        def files() -> list[str]:
            given = done()
            return self.begin(whole())() if given is None else given

        return files

    def _begin(self, work: Callable[[], R]) -> Callable[[], R]:
        prewarmed, self._early = self._early, None
        return prewarmed(work) if prewarmed else self._pool.run_in_background(work)


def _load() -> None:
    from dangjian.building.search_documents import load_indexer  # noqa: PLC0415 - by the process that needs it

    load_indexer()
