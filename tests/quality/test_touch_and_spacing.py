"""Every kind of page under a finger, with a reader's own spacing and with a system's colours."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import Watched
from tests.quality.axe import DESKTOP, PHONE, Look, show
from tests.quality.pages import one_of_each
from tests.sites import Built

pytestmark = pytest.mark.browser

ELDER = {"elder": "on"}
TABLET = (768, 900)
RESULTS = "search.html?q=社区"
TARGETS = [
    ({}, 44, PHONE),
    (ELDER, 60, PHONE),
    pytest.param({}, 44, DESKTOP, marks=pytest.mark.long),
    pytest.param(ELDER, 60, DESKTOP, marks=pytest.mark.long),
]
# What takes a tap, but for links within a text: how many pixels above and below its middle do.
LOW = """least => {
  const low = [];
  const within = '.skip, .vh, .prose :is(p, li, td), figcaption, .demo, .track';
  for (const e of document.querySelectorAll('a[href], button, summary, input, select')) {
    if (e.closest(within) || !e.checkVisibility({visibilityProperty: true})) continue;
    e.scrollIntoView({block: 'center', behavior: 'instant'});
    const [box] = e.getClientRects();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const hit = (at) => {
      const found = document.elementFromPoint(x, at);
      return found && (e.contains(found) || found.closest('label')?.contains(e));
    };
    if (!hit(y)) continue;
    let [top, bottom] = [y, y];
    while (hit(top - .5) && y - top < 60) top -= .5;
    while (hit(bottom + .5) && bottom - y < 60) bottom += .5;
    if (bottom - top < least - 1) low.push(`${e.textContent.trim()}: ${bottom - top}`);
  }
  return low;
}"""
# WCAG 1.4.12: what a reader may set, to which no word may be lost.
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""
# Words that their box or the page cuts off; summaries are extracts, and end with an ellipsis.
CUT = """() => {
  const right = (e) => {
    const range = new Range();
    range.selectNodeContents(e);
    return range.getBoundingClientRect().right;
  };
  const cut = Array.from(document.querySelectorAll('main :is(a, button, summary, th, td, h1, h2)'))
    .filter(e => e.checkVisibility({visibilityProperty: true})
      && !e.closest('.vh, .dots, .track, .table-box, .demo')
      && getComputedStyle(e).display !== 'inline'
      && right(e) > e.getBoundingClientRect().right + 2)
    .map(e => e.textContent.trim());
  const wide = document.documentElement.scrollWidth;
  return wide > innerWidth ? [...cut, `the page: ${wide}`] : cut;
}"""


def pages(portal: Built, long: bool) -> list[str]:
    """Pages of all kinds; the long mode has those that other elements are on too."""
    found = one_of_each(portal).items()
    return [path for kind, path in found if long or kind.startswith("kind-")] + [RESULTS]


def open_settled(page: Page, address: str) -> None:
    page.goto(address, wait_until="networkidle")
    if "?q=" in address:
        page.locator(".result").first.wait_for()


@pytest.mark.slow
@pytest.mark.parametrize(("root", "least", "size"), TARGETS)
def test_what_takes_a_tap_is_as_high_as_a_finger(
    watched: Watched,
    portal: Built,
    portal_address: str,
    long: bool,
    root: dict[str, str],
    least: int,
    size: tuple[int, int],
) -> None:
    low: dict[str, Any] = {}
    for path in pages(portal, long):
        open_settled(watched.page, portal_address + path)
        show(watched.page, Look(root, size))
        found = watched.page.evaluate(LOW, least)
        if found:
            low[path] = found
    assert low == {}


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, pytest.param(1280, marks=pytest.mark.long)])
@pytest.mark.parametrize("root", [{}, ELDER], ids=["standard", "elder"])
def test_a_readers_own_spacing_cuts_no_word(
    watched: Watched,
    portal: Built,
    portal_address: str,
    long: bool,
    root: dict[str, str],
    width: int,
) -> None:
    cut: dict[str, Any] = {}
    for path in pages(portal, long):
        open_settled(watched.page, portal_address + path)
        show(watched.page, Look(root, (width, 800)))
        watched.page.evaluate(SPACED)
        found = watched.page.evaluate(CUT)
        if found:
            cut[path] = found
    assert cut == {}


def test_a_systems_colours_keep_what_grounds_and_borders_say(
    browser: Browser, portal_address: str
) -> None:
    """Where a system sets its own colours, grounds are gone and transparent borders are seen."""
    context = browser.new_context(forced_colors="active", reduced_motion="reduce")
    page = context.new_page()
    page.goto(portal_address + RESULTS)
    page.locator(".result").first.wait_for()
    sides = "all => all.map(e => getComputedStyle(e).borderBottomColor)"
    current, other = (
        set(page.locator(f".search-sort a{which}").evaluate_all(sides))
        for which in ("[aria-current]", ":not([aria-current])")
    )
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert other == {ground}
    assert current.isdisjoint(other)
    bars = page.locator(".choice:not([aria-current])")
    bars_seen = bars.evaluate_all("all => all.map(e => getComputedStyle(e).borderLeftColor)")
    assert set(bars_seen) == {ground}
    page.goto(portal_address + "index.html")
    for selector in (".headline .mark", ".searchbox"):
        width = "e => getComputedStyle(e).borderLeftWidth"
        assert page.locator(selector).evaluate(width) == "1px", selector
    context.close()


def test_in_large_type_on_a_phone_a_date_takes_nothing_from_its_title(
    watched: Watched, portal_address: str
) -> None:
    page = watched.page
    page.goto(portal_address + "dangjian/index.html")
    widths = """() => {
      const item = document.querySelector('.lines li');
      const {width, top, bottom} = item.firstElementChild.getBoundingClientRect();
      const date = item.querySelector('time').getBoundingClientRect();
      return [width / item.getBoundingClientRect().width, date.top >= bottom - 2];
    }"""
    show(page, Look(ELDER, PHONE))
    assert page.evaluate(widths) == [1, True]
    show(page, Look(ELDER, TABLET))
    assert page.evaluate(widths)[1] is False
    one_line = "e => e.getClientRects().length === 1 && e.offsetHeight < 80"
    assert page.locator(".site-name").evaluate(one_line)


def test_on_a_phone_an_odd_number_of_pictures_leaves_no_gap(
    watched: Watched, portal_address: str
) -> None:
    page = watched.page
    page.goto(portal_address + "index.html")
    pictures = page.locator(".pictures:has(> :nth-child(3):last-child)").first
    parts = "row => Array.from(row.children, e => e.offsetWidth / row.offsetWidth)"
    show(page, Look({}, PHONE))
    first, *others = pictures.evaluate(parts)
    assert first == 1
    assert all(0.4 < other < 0.5 for other in others)
    show(page, Look({}, DESKTOP))
    assert all(0.3 < part < 0.34 for part in pictures.evaluate(parts))


def test_the_headlines_sentence_is_broken_after_punctuation_where_there_is_room(
    watched: Watched, portal_address: str
) -> None:
    page = watched.page
    page.goto(portal_address + "index.html")
    breaks = page.locator(".headline p wbr").first
    for size, expected in ((PHONE, "inline"), (TABLET, "none"), (DESKTOP, "none")):
        show(page, Look({}, size))
        assert breaks.evaluate("e => getComputedStyle(e).display") == expected


def test_an_opened_picture_is_whole_in_a_low_window(watched: Watched, portal_address: str) -> None:
    page = watched.page
    page.goto(portal_address + "dangjian/jiceng/2026/11/qingshi-qingdan.html")
    show(page, Look(ELDER, (1280, 600)))
    page.locator("button.zoom").first.click()
    picture = page.locator(".lightbox[open] img").first
    picture.wait_for()
    caption_top = page.locator(".lightbox-caption").bounding_box()
    box = picture.bounding_box()
    assert box is not None
    assert caption_top is not None
    assert box["height"] > 200
    assert box["y"] + box["height"] <= caption_top["y"] + 1
