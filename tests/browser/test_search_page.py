"""The search page in Chromium: what is found, shown first, and done by the keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.search_site import MANY
from tests.browser.searching import (
    found,
    open_search,
    status,
    titles,
    wait_for_address,
)
from tests.conftest import Watched

pytestmark = pytest.mark.browser


def test_results_while_typing(page: Page, address: str) -> None:
    """Nothing has to be pressed; the address takes the words over and is no new entry."""
    open_search(page, address)
    entries = page.evaluate("history.length")
    page.locator("#search-q").press_sequentially("社区", delay=5)
    found(page, 3)
    assert titles(page)[0] == "社区减负"
    wait_for_address(page, {"q": "社区"})
    assert page.evaluate("history.length") == entries


def test_exact_title_first_and_marks(page: Page, site: str) -> None:
    """The title typed is the first result; hits are marked in title and text."""
    open_search(page, site, "?q=老旧小区装上电梯")
    found(page, 1)
    open_search(page, site, "?q=电梯")
    found(page, 1)
    assert page.locator(".result h2 mark").all_inner_texts() == ["电梯"]
    assert set(page.locator(".result-snippet mark").all_inner_texts()) == {"电梯"}
    assert "楼道党小组" in page.locator(".result-snippet").inner_text()


@pytest.fixture(scope="module")
def asking(visitor: BrowserContext, http: str) -> Iterator[Page]:
    """The search page, for one question after another."""
    watched = Watched(visitor)
    open_search(watched.page, http)
    yield watched.page
    watched.leave()
    assert not watched.faults


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("“四个三”机制", 1),
        ("社区 -公示", 2),
        ("标题:社区", 1),
        ("title:例会 3", 3),
        ("来源:示例日报", 2),
        ("栏目:基层党建", 2),
        ("类型:公告", 1),
        ("年:2020 例会", MANY),
        ("ＰＡＲＴＹ", 1),
        ("社區", 3),
        ("dianti", 1),
        ("rqgs", 1),
    ],
)
def test_query_language(asking: Page, query: str, count: int) -> None:
    """What the page says of its query language holds."""
    asking.fill("#search-q", "")
    expect(status(asking)).to_have_text("")
    asking.fill("#search-q", query)
    found(asking, count)


def test_keyboard(page: Page, site: str) -> None:
    """Slash to the box, arrows through the results, Escape back, Enter opens."""
    open_search(page, site, "?q=社区")
    found(page, 3)
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("#search-q")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".result-link").nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".result-link").nth(2)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    expect(page.locator("#search-q")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/shequ.html*")


def test_nothing_found_says_what_to_try(page: Page, site: str) -> None:
    """Dropping a filter (with what that gives), fewer words, columns and archive."""
    open_search(page, site, "?q=社区&column=gg&year=2022")
    expect(status(page)).to_have_text("没有找到符合条件的文章。")
    advice = page.locator(".search-advice")
    expect(advice).to_contain_text("去掉筛选“公告公示”，可得 1 篇")
    advice.get_by_role("link", name="“2022年”").click()
    found(page, 1)
    open_search(page, site, "?q=社区 火星探测")
    page.locator(".search-advice").get_by_role("link", name="社区").click()
    found(page, 3)
    assert page.input_value("#search-q") == "社区"
    open_search(page, site, "?q=火星探测")
    expect(page.locator(".search-browse")).to_be_visible()
    assert page.locator(".browse-tree a", has_text="基层党建").is_visible()
    assert page.locator(".search-browse a", has_text="往期文章").is_visible()


def test_a_misspelt_word_gets_the_nearest_that_exist(page: Page, site: str) -> None:
    """A word of a title, one character of it wrong: offered, and a click asks for it."""
    open_search(page, site, "?q=社区减付 -会议")
    advice = page.locator(".search-advice")
    expect(advice).to_contain_text("是不是要找：社区减负")
    advice.get_by_role("link", name="社区减负").click()
    found(page, 1)
    assert page.input_value("#search-q") == "社区减负 -会议"
