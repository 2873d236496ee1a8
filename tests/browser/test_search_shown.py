"""How the search page looks to everyone: nothing moves, every width, paper, without a script."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.searching import (
    Held,
    found,
    open_search,
    status,
    titles,
    until,
    wait_for_address,
)

pytestmark = pytest.mark.browser

PAINTED = "performance.getEntriesByName('first-contentful-paint').length"


def test_only_a_late_answer_dims_the_old_one(page: Page, http: str) -> None:
    """Results stay as they are until an answer takes long; the address does not wait for it."""
    open_search(page, http, "?q=社区")
    found(page, 3)
    expect(page.locator("[data-part=results]")).not_to_have_attribute("aria-busy", "true")
    page.wait_for_load_state("networkidle")
    page.evaluate(
        """() => {
          window.dimmed = [];
          const results = document.querySelector('[data-part=results]');
          const note = () => dimmed.push(getComputedStyle(results).opacity);
          const app = document.getElementById('search-app');
          new MutationObserver(note).observe(app, {attributes: true, subtree: true});
        }"""
    )
    held = Held(page, "**/search/text-*.js")
    page.locator("#search-q").fill("电梯")
    expect(status(page)).to_have_text("正在搜索…")
    wait_for_address(page, {"q": "电梯"})
    assert titles(page)[0] == "社区减负"
    # The first change says that an answer is awaited, the next that it is late.
    assert page.evaluate("dimmed.slice(0, 2)") == ["1", "0.6"]
    held.let_go()
    found(page, 1)
    assert page.evaluate("dimmed[dimmed.length - 1]") == "1"


@pytest.mark.parametrize(
    ("width", "query"),
    [
        *((width, query) for width in (375, 1280) for query in ("", "?q=社区", "?year=2020")),
        (375, "?q=没有这样的词"),
    ],
)
def test_nothing_moves_when_a_late_answer_comes(
    page: Page, http: str, width: int, query: str
) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    page.add_init_script(
        """window.moved = [];
        new PerformanceObserver((list) => {
          for (const {sources} of list.getEntries()) {
            for (const {node} of sources) moved.push(node?.className || node?.nodeName || '?');
          }
        }).observe({type: 'layout-shift', buffered: true});"""
    )
    held = Held(page, "**/search/manifest.js")
    open_search(page, http, query)
    until(page, lambda: page.evaluate(PAINTED), "nothing is painted")
    if query:
        expect(status(page)).to_have_text("正在搜索…")  # it says so only where it takes long
    held.let_go()
    page.locator("#search-app[data-state]").wait_for()
    page.wait_for_timeout(300)
    assert page.evaluate("window.moved") == []


def test_printed_it_is_the_list_of_what_was_found(page: Page, http: str) -> None:
    open_search(page, http, "?q=社区")
    found(page, 3)
    page.emulate_media(media="print")
    expect(page.locator(".result-link").first).to_be_visible()
    expect(page.locator("#search-q")).to_be_visible()
    for left_out in (".search-side", ".search-sort", ".search-form button"):
        expect(page.locator(left_out).first).to_be_hidden()


def test_announced(page: Page, http: str) -> None:
    """The count is in a live region, the list is named, choices say which is current."""
    open_search(page, http, "?q=社区")
    found(page, 3)
    assert status(page).get_attribute("role") == "status"
    assert page.get_by_role("search", name="本站文章").count() == 1
    assert page.get_by_role("region", name="搜索结果").count() == 1
    assert page.locator(".search-sort [aria-current=true]").inner_text() == "按相关度"


def test_without_script(browser: Browser, http: str) -> None:
    """The form is there and leads here; columns and archive can be walked instead."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(http)
    page.fill("#masthead-q", "社区")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=*")
    assert page.get_by_text("浏览器没有启用脚本").is_visible()
    assert not page.locator(".search-columns").is_visible()
    assert not page.get_by_text("常搜的词").is_visible()
    page.locator(".browse-tree a", has_text="基层党建").click()
    page.wait_for_url("**/dj/jc/index.html")
    page.go_back()
    page.locator(".search-browse a", has_text="2022年").click()
    page.wait_for_url("**/archive/2022/index.html")
    context.close()


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_fits_every_width(page: Page, http: str, width: int) -> None:
    """Nothing is wider than the window, filters fold away on a phone."""
    page.set_viewport_size({"width": width, "height": 800})
    open_search(page, http, "?q=社区")
    found(page, 3)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    filters = page.locator(".search-filters")
    button = page.locator("[data-part=filter-button]")
    if width < 1024:
        assert not filters.is_visible()
        button.click()
        expect(button).to_have_attribute("aria-expanded", "true")
    expect(filters).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_choice_of_order_is_in_one_line_on_the_narrowest_phone(page: Page, http: str) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    open_search(page, http, "?q=社区")
    found(page, 3)
    page.evaluate("document.documentElement.dataset.elder = 'on'")
    lines = page.locator(".search-sort a").evaluate_all(
        """all => all.map((one) => {
          const range = document.createRange();
          range.selectNodeContents(one);
          return range.getClientRects().length;
        })"""
    )
    assert lines == [1, 1, 1]
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
