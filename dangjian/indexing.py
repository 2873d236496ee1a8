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
    """Begins the index of one workplace; remembers which articles it has been left without."""

    def __init__(self, place: Workplace, crew: Crew) -> None:
        self._place = place
        self._crew = crew
        self._behind: set[str] = set()
        self._early: Callable[[_Attempt], _Attempt] | None = None

    def leave_out(self, paths: Iterable[str]) -> None:
        """Note that the words of these articles are newer than the index, and stay so for now."""
        self._behind.update(paths)

    def begin(self, presenter: "Presenter") -> Files:
        """Begin to bring the index to the archive as it is."""
        done = self._crew.aside(partial(_index, presenter, self._place))

        def files() -> list[str]:
            found = done()
            self._behind.clear()
            return found

        return files

    @contextmanager
    def ready(self) -> Iterator[None]:
        """Have a process load what an index needs while it is not known yet of what."""
        try:
            with self._crew.early(_load) as self._early:
                yield
        finally:
            self._early = None

    def begin_words(self, presenter: "Presenter", paths: Iterable[str]) -> Files:
        """Begin to index articles of which the words have changed, and those left out before.

        An index that lacks more than these is brought up to date from the whole archive.
        """
        from dangjian.searching import (  # noqa: PLC0415 - loaded when needed
            documents,
            update_search_with,
            wanted_of,
        )

        self.leave_out(paths)
        items = [presenter.archive.by_path[path] for path in sorted(self._behind)]
        found = list(documents(self._place.catalogue, items, presenter.owner))
        work: _Attempt = partial(
            update_search_with, self._place.output, wanted_of(presenter), found
        )
        done = self._early(work) if self._early else work

        def files() -> list[str]:
            given = done()
            if given is None:
                return self.begin(presenter)()
            self._behind.clear()
            return given

        return files


def _load() -> None:
    from dangjian.searching import load_indexer  # noqa: PLC0415 - by the process that needs it

    load_indexer()


def _index(presenter: "Presenter", place: Workplace) -> list[str]:
    from dangjian.searching import update_search  # noqa: PLC0415 - by the process that does it

    return update_search(presenter, place)
