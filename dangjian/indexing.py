"""When the search index is brought up to date, and by which process.

numpy and what else makes an index are never loaded where pages are made: the work goes on beside,
in a process forked off for it.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from dangjian.workers import Crew
from dangjian.workplace import Workplace

if TYPE_CHECKING:
    from dangjian.present import Presenter

Files = Callable[[], list[str]]
"""Waits for the index and tells its files, as paths below the output folder."""
_Attempt = Callable[[], list[str] | None]


class Indexer:
    """Begins the index of one workplace."""

    def __init__(self, place: Workplace, crew: Crew) -> None:
        self._place = place
        self._crew = crew
        self._early: Callable[[_Attempt], _Attempt] | None = None

    def begin(self, presenter: "Presenter") -> Files:
        """Begin to bring the index to the archive as it is."""
        return self._crew.aside(partial(_index, presenter, self._place))

    @contextmanager
    def ready(self) -> Iterator[None]:
        """Have a process load what an index needs while it is not known yet of what."""
        try:
            with self._crew.early(_load) as self._early:
                yield
        finally:
            self._early = None

    def begin_words(
        self, presenter: "Presenter", paths: Iterable[str], whole: "Callable[[], Presenter]"
    ) -> Files:
        """Begin to index articles of which the words have changed, all else being as it was.

        If the index can't be brought up to date with these, it is from the ``whole`` archive.
        """
        from dangjian.searching import amend_search, change_of  # noqa: PLC0415 - when needed

        work: _Attempt = partial(
            amend_search, self._place.output, change_of(presenter, self._place.catalogue, paths)
        )
        done = self._early(work) if self._early else work

        def files() -> list[str]:
            given = done()
            return self.begin(whole())() if given is None else given

        return files


def _load() -> None:
    from dangjian.searching import load_indexer  # noqa: PLC0415 - by the process that needs it

    load_indexer()


def _index(presenter: "Presenter", place: Workplace) -> list[str]:
    from dangjian.searching import update_search  # noqa: PLC0415 - by the process that does it

    return update_search(presenter, place)
