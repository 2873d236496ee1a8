"""Whatever is typed, however fast, by whatever means: the search page answers it or says so."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.searching import (
    asked,
    found,
    open_search,
    status,
)

pytestmark = pytest.mark.browser

HOSTILE = [
    '"',
    "“没有完",
    "甲" * 10_000,
    "😀👨‍👩‍👧",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    '- -- -" title: : ：',
    "\ud800社区",
    "社\u200b区",
    "javascript:alert(1)",
    "%E7%A4",
    "a" * 40,
    "() [] {} * + ? . ^ $ | \\",
    "年:99999 至:2020-02-31",
    "\u202e社区\x00\x1f",
]


def test_any_string_is_safe(page: Page, address: str) -> None:
    """Results or a kind sentence, no exception, nothing run, nothing shown as markup."""
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    open_search(page, address)
    for query in HOSTILE:
        page.evaluate(
            "q => { const box = document.getElementById('search-q'); box.value = q;"
            " document.querySelector('form.search-form').requestSubmit(); }",
            query,
        )
        expect(status(page)).to_have_text(re.compile("找到|请输入"))
        assert page.locator("#search-app img, #search-app script").count() == 0
        page.fill("#search-q", "")
        page.keyboard.press("Enter")
        expect(status(page)).to_have_text("")


def test_hostile_address(page: Page, http: str) -> None:
    """Nonsense in the address is left out."""
    open_search(page, http, "?q=社区&page=-3&year=abc&from=99&sort=x&type=%3Cb%3E&scope=all")
    expect(status(page)).to_have_text("没有找到符合条件的文章。")
    open_search(page, http, "?q=社区&page=99999999999&sort=%00")
    found(page, 3)


def test_fast_typing_shows_the_last_words_only(page: Page, http: str) -> None:
    """Answers to earlier words never overwrite later ones, however they are timed."""
    open_search(page, http)
    box = page.locator("#search-q")
    for word in ("例", "例会", "会议", "汇报", "水", "水渠", "社", "社区"):
        box.fill(word)
    found(page, 3)
    page.wait_for_timeout(500)
    found(page, 3)
    assert page.locator("mark").first.inner_text() == "社区"


def test_a_slow_answer_is_not_overwritten(page: Page, http: str) -> None:
    """The word that it takes long belongs to the question still open, not to one overtaken."""

    def late(route: Route) -> None:
        page.wait_for_timeout(150)
        route.continue_()

    page.route("**/search/shards-*.js", late)
    open_search(page, http)
    page.locator("#search-q").press_sequentially("社区减负", delay=120)
    found(page, 1)
    page.wait_for_timeout(600)
    found(page, 1)


def test_composing_is_waited_for(page: Page, http: str) -> None:
    """Letters of an input method are no words yet."""
    open_search(page, http)
    page.focus("#search-q")
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "she", "selectionStart": 3, "selectionEnd": 3})
    page.wait_for_timeout(300)
    assert asked(page) == {}
    session.send("Input.insertText", {"text": "社区"})
    found(page, 3)
