"""Pages on paper: what is left out, where they come from, and no sheet for nothing."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Watched

pytestmark = pytest.mark.browser

ARTICLE = "dangjian/jiceng/2020/06/huating-sigesan.html"
SPECIAL = "zhuanti/chengshi-shifan/index.html"
SHEET = re.compile(rb"/Type\s*/Page\b")


def test_print_shows_text_address_and_code_and_nothing_around(
    watched: Watched, portal_address: str
) -> None:
    page = watched.page
    page.goto(portal_address + ARTICLE)
    page.emulate_media(media="print")
    for gone in (".masthead", "#nav", "footer", ".tools", ".side"):
        assert not page.locator(gone).first.is_visible(), gone
    assert page.locator("h1").is_visible()
    address = page.locator(".print-address")
    assert address.is_visible()
    assert address.inner_text().strip().endswith(ARTICLE)


@pytest.mark.parametrize("path", ["index.html", "dangjian/index.html", SPECIAL, "search.html"])
def test_a_page_without_an_address_at_its_end_begins_with_the_sites_name(
    page: Page, portal_address: str, path: str
) -> None:
    page.emulate_media(media="print")
    page.goto(portal_address + path)
    expect(page.locator(".site-name")).to_be_visible()
    for left_out in (".topline", ".nav", "#masthead-q", ".emblem", ".owner"):
        expect(page.locator(left_out).first).to_be_hidden()
    page.goto(portal_address + ARTICLE)
    expect(page.locator(".print-address")).to_be_visible()
    expect(page.locator(".top")).to_be_hidden()


@pytest.mark.parametrize(
    ("path", "most"), [("index.html", 4), ("dangjian/index.html", 1), (SPECIAL, 1)]
)
def test_no_sheet_is_for_nothing(page: Page, portal_address: str, path: str, most: int) -> None:
    """What is as long as a sheet or two is printed on that many."""
    page.goto(portal_address + path)
    sheets = len(SHEET.findall(page.pdf(prefer_css_page_size=True)))
    assert 1 <= sheets <= most


def test_the_mark_of_a_film_is_legible_on_its_picture(page: Page, portal_address: str) -> None:
    """Browsers print no grounds unless they are told to."""
    page.emulate_media(media="print")
    page.goto(portal_address + "index.html")
    style = page.locator(".film").first.evaluate(
        "film => { const {content, color, backgroundColor, printColorAdjust} ="
        " getComputedStyle(film, '::after');"
        " return [content, color, backgroundColor, printColorAdjust]; }"
    )
    assert style == ['"视频"', "rgb(0, 0, 0)", "rgb(255, 255, 255)", "exact"]
