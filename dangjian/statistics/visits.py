"""Visits counted: what a site's pages are called, and how often each was opened.

A visit is a page that was sent to a browser, or that it had still (status 200 or 304). Programs
(search engines, monitors) are counted apart. Readers are not distinguished from one another: no
address, cookie or number of a reader is stored, so there is no count of persons.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from msgspec import Struct, field

from dangjian.common.errors import describe
from dangjian.content.archive import Archive
from dangjian.statistics.access_log import BrokenLogError, Request, path_of, read_log

HOME = "index.html"
MAX_MISSING = 100_000
"""At most this many addresses not found are counted one by one: scanners try many."""

_SHOWN = frozenset((200, 304))
_GONE = frozenset((404, 410))
_PAGED = re.compile(r"/page/\d+\.html$")


class PageName(Struct, frozen=True):
    """What a page is: an article's title, or the name of a column's front (``is_front``).

    ``columns`` are the addresses of the columns it is in, from the top.
    """

    title: str
    columns: tuple[str, ...] = ()
    is_front: bool = False


class ColumnVisits(Struct):
    """Visits of a column: of its own lists, and of the articles in it and below."""

    name: str
    address: str
    lists: int = 0
    articles: int = 0


class Visits(Struct):
    """What was counted. Articles and other pages are by address, days by date.

    ``missing`` are addresses that were not found, as they were asked for. ``without_browser``
    counts lines that do not say who asked: programs are among the visits then. ``unread`` are the
    first lines of each file that are in another format, ``notices`` sentences on files.
    """

    articles: Counter[str] = field(default_factory=Counter)
    columns: dict[str, ColumnVisits] = field(default_factory=dict)
    days: Counter[date] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    home: int = 0
    robots: int = 0
    without_browser: int = 0
    lines: int = 0
    unread: dict[str, tuple[int, int]] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All pages that readers opened."""
        return sum(self.days.values())


def page_names(archive: Archive) -> dict[str, PageName]:
    """What each article and column front of a site is called, by its address below the root."""
    names: dict[str, PageName] = {}
    for column in archive.columns.walk():
        chain = tuple(one.url for one in column.chain())
        names[column.url] = PageName("/".join(one.name for one in column.chain()), chain, True)
    for item in archive.by_path.values():
        if item.address:
            chain = tuple(one.url for one in item.column.chain()) if item.column else ()
            names[item.address] = PageName(item.entry.title, chain)
    return names


def count_visits(
    logs: Iterable[Path],
    names: Mapping[str, PageName],
    root: str = "/",
    since: date | None = None,
    until: date | None = None,
) -> Visits:
    """Count the visits in ``logs`` of the site below ``root`` (``/``, ``/dangjian/``).

    ``since`` and ``until`` are the first and the last day. A file that can't be read, or not to its
    end, is reported in ``notices``.
    """
    visits = Visits()
    visits.columns = {
        address: ColumnVisits(page.title, address)
        for address, page in names.items()
        if page.is_front
    }
    counter = _Counter(visits, names, root)
    for file in logs:
        wrong = first = 0
        number = 0
        try:
            for number, request in enumerate(read_log(file), 1):
                if request is None:
                    wrong, first = wrong + 1, first or number
                elif (since is None or request.day >= since) and (
                    until is None or request.day <= until
                ):
                    counter.count(request)
        except BrokenLogError as error:
            visits.notices.append(f"{file}：{error}")
        except OSError as error:
            visits.notices.append(f"{file} 读不出来：{describe(error)}")
        visits.lines += number
        if wrong:
            visits.unread[str(file)] = (wrong, first)
    return visits


class _Counter:
    def __init__(self, visits: Visits, names: Mapping[str, PageName], root: str) -> None:
        self._visits = visits
        self._names = names
        self._root = root
        self._addresses: dict[str, str | None] = {}

    def count(self, request: Request) -> None:
        visits = self._visits
        if request.method != "GET":
            return
        if request.status in _GONE and not request.robot:
            if len(visits.missing) < MAX_MISSING or request.target in visits.missing:
                visits.missing[request.target] += 1
            return
        if request.status not in _SHOWN:
            return
        address = self._address(request.target)
        if address is None:
            return
        if request.robot:
            visits.robots += 1
            return
        visits.without_browser += request.robot is None
        visits.days[request.day] += 1
        self._count_page(address)

    def _count_page(self, address: str) -> None:
        visits, page = self._visits, self._names.get(address)
        if page is None:
            if address == HOME:
                visits.home += 1
            else:
                visits.others[address] += 1
        elif page.is_front:
            visits.columns[address].lists += 1
        else:
            visits.articles[address] += 1
            for column in page.columns:
                if column in visits.columns:
                    visits.columns[column].articles += 1

    def _address(self, target: str) -> str | None:
        """The page that was asked for, by its address below the root; None for other files."""
        known = self._addresses.get(target, "")
        if known != "":
            return known
        path = path_of(target)
        found: str | None = None
        if path.startswith(self._root):
            found = path[len(self._root) :]
            if not found or found.endswith("/"):
                found += HOME
            front = _PAGED.sub(f"/{HOME}", found)
            found = front if front in self._names else found
            if not found.endswith((".html", ".htm")):
                found = None
        if len(self._addresses) < MAX_MISSING:
            self._addresses[target] = found
        return found
