"""Narrowing what was found: columns, time, source, type, titles only; its order and its pages."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.search_site import MANY
from tests.browser.searching import found, open_search, status, titles, wait_for_address
from tests.search import library

pytestmark = pytest.mark.browser


def test_filter_by_column_with_its_children(page: Page, address: str) -> None:
    """A column counts what is below it; chosen, it is in the address and can be taken away."""
    open_search(page, address, "?q=社区")
    found(page, 3)
    column = page.locator("a.choice", has_text="党建工作")
    assert column.locator(".choice-count").inner_text() == "2"
    column.click()
    found(page, 2)
    wait_for_address(page, {"q": "社区", "column": "dj"})
    expect(page.locator("a.choice", has_text="公告公示").locator(".choice-count")).to_have_text("1")
    page.locator("a.choice", has_text="农村党建").click()
    found(page, 1)
    page.go_back()
    found(page, 2)
    page.go_back()
    found(page, 3)
    page.go_forward()
    found(page, 2)
    page.locator("a.active-filter").click()
    found(page, 3)


def test_filter_by_time_source_and_type(page: Page, site: str) -> None:
    """Years, a span of days, sources and types."""
    open_search(page, site, "?q=社区")
    page.locator("a.choice", has_text="2022年").click()
    found(page, 1)
    page.locator("a.active-filter").click()
    page.get_by_text("自选起止日期").click()
    page.fill("input[name=from]", "2023-01-01")
    page.fill("input[name=to]", "2024-01-10")
    page.get_by_role("button", name="按日期筛选").click()
    found(page, 2)
    wait_for_address(page, {"q": "社区", "from": "2023-01-01", "to": "2024-01-10"})
    page.locator("a.choice", has_text="公告").last.click()
    found(page, 1)
    open_search(page, site, "?q=社区&source=示例日报")
    found(page, 1)
    open_search(page, site, "?type=notice")
    found(page, 1)


def test_a_count_that_is_not_exact(
    page: Page, output: Path, serve: Callable[[Path], str], tmp_path: Path
) -> None:
    """About so many, why, and never that there are some when all that was looked at is wrong.

    The texts of 24 articles of a segment are checked for a word with a character alone at a
    punctuation mark, and of 40 more where all are listed: what is left then is in doubt, and
    where nothing is left nothing is.
    """
    site = Path(shutil.copytree(output, tmp_path / "site"))
    shutil.rmtree(site / "search")
    docs = [
        library.article(number, f"之{number}", "学习，贯彻。甲乙" + "丙丁" * (number % 5 == 0))
        for number in range(300)
    ]
    library.build(site / "search", docs)
    address = serve(site)
    open_search(page, address, "?q=学习，贯")
    expect(status(page)).to_have_text(
        "找到约 300 篇文章，第 1 页，共 30 页。"
        "词里有被标点或空格隔开的单字，只核对了一部分文章，实际篇数不会更多。"
    )
    open_search(page, address, "?q=甲，乙")
    expect(status(page)).to_contain_text("可能有约")
    assert titles(page) == []
    open_search(page, address, "?q=丙，丁")
    expect(status(page)).to_have_text("没有找到符合条件的文章。")


def test_titles_only(page: Page, http: str) -> None:
    """The words are looked for in titles only."""
    open_search(page, http, "?q=社区")
    page.locator("a.choice", has_text="只看标题").click()
    found(page, 1)
    wait_for_address(page, {"q": "社区", "scope": "title"})


def test_pages_and_order(page: Page, address: str) -> None:
    """Ten results a page, newest or oldest first, numbers in the address."""
    open_search(page, address, "?q=例会")
    found(page, MANY)
    page.get_by_role("link", name="最新在前").click()
    expect(page.locator(".result-link").first).to_have_text("第24次工作例会")
    page.locator(".search-pages").get_by_role("link", name="下一页").click()
    expect(status(page)).to_contain_text("第 2 页，共 3 页")
    assert len(titles(page)) == 10
    page.locator(".search-pages").get_by_role("link", name="3", exact=True).click()
    expect(status(page)).to_contain_text("第 3 页")
    assert len(titles(page)) == MANY - 20
    wait_for_address(page, {"q": "例会", "sort": "new", "page": "3"})
    page.go_back()
    expect(status(page)).to_contain_text("第 2 页")
    page.get_by_role("link", name="最早在前").click()
    expect(page.locator(".result-link").first).to_have_text("第1次工作例会")


def test_chosen_filter_keeps_the_keyboard(page: Page, http: str) -> None:
    """Whoever chooses a filter with the keyboard stays on it."""
    open_search(page, http, "?q=社区")
    found(page, 3)
    page.locator("a.choice", has_text="党建工作").focus()
    page.keyboard.press("Enter")
    found(page, 2)
    expect(page.locator("a.choice[aria-current]")).to_be_focused()
