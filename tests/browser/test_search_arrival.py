"""From a search result to the article and back: what is marked there, and where one returns to."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.search_site import MANY
from tests.browser.searching import (
    asked,
    found,
    open_search,
    until,
)

pytestmark = pytest.mark.browser


def test_address_is_written_before_the_page_is_left(page: Page, http: str) -> None:
    """Whoever goes on before the answer is there comes back to the question."""
    open_search(page, http)
    page.wait_for_load_state("networkidle")
    page.route("**/search/text-*.js", lambda _: None)
    # In one task, so that no clock can have written the address before the click.
    page.evaluate(
        """() => {
          const box = document.getElementById('search-q');
          box.value = '例会';
          box.dispatchEvent(new InputEvent('input', {bubbles: true}));
          document.querySelector('.browse-tree a').click();
        }"""
    )
    page.wait_for_url("**/dj/index.html")
    page.unroute_all(behavior="ignoreErrors")
    page.go_back()
    found(page, MANY)
    assert asked(page) == {"q": "例会"}


def test_arrival(page: Page, address: str) -> None:
    """The words are marked in the article, can be stepped through, and go at a button."""
    open_search(page, address, "?q=水渠")
    page.locator(".result-link").first.click()
    page.wait_for_url("**/shuiqu.html*")
    marks = page.locator("mark.found")
    count = marks.count()
    assert count >= 2
    assert set(marks.all_inner_texts()) == {"水渠"}
    before = page.locator("#text").inner_text()
    page.get_by_role("button", name="下一处").click()
    expect(page.locator(".found-place")).to_have_text(f"第 1 处，共 {count} 处")
    expect(page.locator("mark.found.current")).to_have_count(1)
    page.get_by_role("button", name="清除标记").click()
    expect(marks).to_have_count(0)
    assert "#" not in page.url
    assert "春耕以前，水渠修好了" in before
    assert page.evaluate("document.querySelector('#text').innerHTML.includes('<mark')") is False


def test_arrival_ends_with_escape(page: Page, http: str) -> None:
    """Escape takes the marks away; an odd fragment marks nothing and breaks nothing."""
    article = http + "dj/nc/2020/04/shuiqu.html"
    page.goto(article + "#find=" + "%E6%B0%B4%E6%B8%A0")
    expect(page.locator("mark.found").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("mark.found")).to_have_count(0)
    for odd in ("#find=%E6%B", "#find=", "#find=" + "(+[", "#find=%3Cb%3E", "#text"):
        page.goto("about:blank")
        page.goto(article + odd)
        assert page.locator("h1").inner_text() == "修好水渠，浇上春水"
        assert page.locator(".found-bar").count() == 0


def test_back_leads_to_where_the_reader_was(page: Page, address: str) -> None:
    """Also when the page is loaded again, as some browsers do: after the results are drawn."""
    open_search(page, address, "?q=例会")
    found(page, MANY)
    page.locator(".result-link").nth(7).scroll_into_view_if_needed()
    noted = "window.scrollY > 100 && history.state?.place === window.scrollY"
    until(page, lambda: page.evaluate(noted), "the place is not noted")
    before = page.evaluate("window.scrollY")
    page.reload()
    found(page, MANY)
    until(page, lambda: abs(page.evaluate("window.scrollY") - before) < 3, "another place")
