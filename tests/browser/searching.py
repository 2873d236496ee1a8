"""What a visitor of the search page does and sees."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect


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


def wait_for_address(page: Page, wanted: dict[str, str]) -> None:
    """Wait until the address asks just that: it is written a moment after the question went out."""
    for _ in range(100):
        if asked(page) == wanted:
            return
        page.wait_for_timeout(50)
    assert asked(page) == wanted


def found(page: Page, count: int) -> None:
    """Wait for the sentence with this number of articles."""
    expect(status(page)).to_contain_text(f"找到 {count} 篇")
