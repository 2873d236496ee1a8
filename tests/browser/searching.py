"""What a visitor of the search page does and sees."""

import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, Route, expect

from tests.waiting import PATIENCE


def status(page: Page) -> Locator:
    """The sentence that says what was found."""
    return page.locator("[data-part=status]")


def titles(page: Page) -> list[str]:
    """The titles of the results shown."""
    return page.locator(".result-link").all_inner_texts()


def open_search(page: Page, address: str, query: str = "") -> None:
    """Open the search page."""
    page.goto(f"{address}search.html{query}")


def asked(page: Page) -> dict[str, str]:
    """What the address of the page asks."""
    return {name: value[0] for name, value in parse_qs(urlsplit(page.url).query).items()}


def until(page: Page, holds: Callable[[], object], what: object) -> None:
    """Wait until ``holds`` gives something true, while what is heard of the page goes on."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, what
        page.wait_for_timeout(20)


class Held:
    """Requests of a page that wait until they are let go."""

    def __init__(self, page: Page, pattern: str) -> None:
        self.page = page
        self.routes: list[Route] = []
        page.route(pattern, self._hold)

    def _hold(self, route: Route) -> None:
        self.routes.append(route)

    def wait(self) -> None:
        """Wait until one has come."""
        until(self.page, lambda: self.routes, "nothing was asked for")

    def let_go(self) -> None:
        """Let those go that have come, one at least."""
        self.wait()
        while self.routes:
            self.routes.pop().continue_()


def wait_for_address(page: Page, wanted: dict[str, str]) -> None:
    """Wait until the address asks just that: it is written a moment after the question went out."""
    until(page, lambda: asked(page) == wanted, wanted)


def found(page: Page, count: int) -> None:
    """Wait for the sentence with this number of articles."""
    expect(status(page)).to_contain_text(f"找到 {count} 篇")
