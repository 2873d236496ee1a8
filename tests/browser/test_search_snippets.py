"""Snippets of search results: what is marked, what is left out, and how long they are cut."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import search_worker
from tests.browser.searching import found, open_search, until
from tests.search import library

pytestmark = pytest.mark.browser

SNIPPETS = ".result-snippet"
BEGINNINGS = [
    ("。", 39, "乙" * 39),
    ("。", 40, "…" + "乙" * 24),
    ("，", 22, "…" + "乙" * 22),
    ("，", 24, "…" + "乙" * 24),
    ("，", 25, "…" + "乙" * 24),
    ("、", 23, "…" + "乙" * 23),
    ("”", 22, "…甲”" + "乙" * 22),
    ("……", 22, "…" + "乙" * 22),
]
"""A sign, how many characters are between it and the word, and what is shown before the word."""
LENGTH = f"[...document.querySelectorAll('{SNIPPETS}')].map(one => one.innerText).join('').length"
CUT_BY_THE_BROWSER = "all => all.filter(one => one.scrollHeight > one.clientHeight + 1).length"
SWITCH = "document.querySelector('[data-mode=elder]').click()"


def test_heads_of_tables_are_found_but_not_shown_beside_other_words(page: Page, site: str) -> None:
    open_search(page, site, "?q=心坎")
    found(page, 1)
    assert (
        "心坎上。\u3000三号\u3000六\u3000一楼住户" in page.locator(".result-snippet").inner_text()
    )
    assert "层数" not in page.locator(".result-snippet").inner_text()
    open_search(page, site, "?q=层数")
    found(page, 1)
    assert "层数\u3000三号" in page.locator(".result-snippet").inner_text()
    assert "楼栋" not in page.locator(".result-snippet").inner_text()


@pytest.fixture(scope="module")
def endless(
    tmp_path_factory: pytest.TempPathFactory, visitor: BrowserContext, serve: Callable[[Path], str]
) -> Iterator[Page]:
    """A page that answers from one text of 300 characters without a place to cut at."""
    site = tmp_path_factory.mktemp("endless")
    text = "".join(chr(0x4E00 + number) for number in range(300))
    library.build_in_segments(site / "search", [library.article(0, "长文", text=text)], (1,))
    search_worker.put_worker(site)
    page = visitor.new_page()
    search_worker.open_worker(page, serve(site))
    yield page
    page.close()


@pytest.mark.parametrize(
    ("room", "length"), [(1, 24), (23, 24), (24, 24), (25, 25), (95, 95), (96, 96), (97, 96)]
)
def test_a_snippet_fills_its_room_between_a_least_and_a_most(
    endless: Page, room: int, length: int
) -> None:
    answer = search_worker.ask(endless, "一丁", room=room)
    snippet = "".join(answer["results"][0]["snippet"])
    assert snippet == "".join(chr(0x4E00 + number) for number in range(length)) + "…"


@pytest.fixture(scope="module")
def cut(
    tmp_path_factory: pytest.TempPathFactory, visitor: BrowserContext, serve: Callable[[Path], str]
) -> Iterator[Page]:
    """A page that answers from texts with one sign each, so far before 灯塔."""
    site = tmp_path_factory.mktemp("cut")
    docs = [
        library.article(number, f"标题{number}", text="甲" * 90 + sign + "乙" * size + "灯塔。")
        for number, (sign, size, _) in enumerate(BEGINNINGS)
    ]
    library.build_in_segments(site / "search", docs, (len(docs),))
    search_worker.put_worker(site)
    page = visitor.new_page()
    search_worker.open_worker(page, serve(site))
    yield page
    page.close()


@pytest.mark.parametrize("number", range(len(BEGINNINGS)))
def test_a_snippet_begins_where_a_clause_does_and_with_no_sign_of_its_end(
    cut: Page, number: int
) -> None:
    answer = search_worker.ask(cut, f"灯塔 标题{number}")
    (found,) = (one for one in answer["results"] if "".join(one["title"]) == f"标题{number}")
    assert found["snippet"][0] == BEGINNINGS[number][2]


def test_the_least_room_still_shows_the_word_that_was_found(endless: Page) -> None:
    word = "".join(chr(0x4E00 + number) for number in range(200, 204))
    answer = search_worker.ask(endless, word, room=24)
    before, hit, behind = answer["results"][0]["snippet"]
    assert (len(before), hit, len(behind)) == (len("…") + 10, word, 10 + len("…"))


@pytest.mark.parametrize("width", [320, 375, 768])
def test_snippets_are_cut_again_for_large_type(page: Page, portal_address: str, width: int) -> None:
    """By sense and not by the browser, and back; the focus stays."""
    page.set_viewport_size({"width": width, "height": 900})
    usual = _opened(page, portal_address)
    marked = page.locator(f"{SNIPPETS}:has(mark)").count()
    page.locator(".result-link").first.focus()
    page.evaluate(SWITCH)
    shorter = len("".join(usual)) - 50
    until(page, lambda: page.evaluate(LENGTH) < shorter, "nothing is cut again")
    assert page.locator(SNIPPETS).evaluate_all(CUT_BY_THE_BROWSER) == 0
    assert page.locator(f"{SNIPPETS}:has(mark)").count() == marked
    expect(page.locator(".result-link").first).to_be_focused()
    page.evaluate(SWITCH)
    expect(page.locator(SNIPPETS)).to_have_text(usual)


def test_snippets_are_cut_again_when_the_phone_is_turned(page: Page, portal_address: str) -> None:
    page.set_viewport_size({"width": 375, "height": 740})
    upright = len("".join(_opened(page, portal_address)))
    page.set_viewport_size({"width": 740, "height": 375})
    until(page, lambda: page.evaluate(LENGTH) > upright + 50, "nothing is cut again")
    assert page.locator(SNIPPETS).evaluate_all(CUT_BY_THE_BROWSER) == 0


def _opened(page: Page, portal_address: str) -> list[str]:
    """The snippets of a search, when everything about its results is shown."""
    open_search(page, portal_address.rstrip("/") + "/", "?q=党员")
    expect(page.locator(SNIPPETS)).to_have_count(10)
    expect(page.locator(".filter-group").first).to_be_attached()
    return page.locator(SNIPPETS).all_inner_texts()
