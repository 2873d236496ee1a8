"""Lines of text on a phone: none torn apart to be justified, no sentence on a single character."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.benchmarks.archive import write_archive
from tests.conftest import MakeSite, Watched
from tests.quality.axe import PHONE, Look, show, wait_until_drawn
from tests.sites import Built

MAX_STRETCH = 0.12
MAX_STRETCHED = {"standard": 0.01, "elder": 0.0}
# How far each justified line of the text but the last of a paragraph is stretched: the advance of
# Chinese characters next to each other, over their size. A ragged line is not stretched at all.
STRETCHES = """() => {
  const han = (sign) => /[\\u4e00-\\u9fff]/.test(sign);
  const found = [];
  for (const p of document.querySelectorAll('#text p')) {
    const {fontSize, textAlign} = getComputedStyle(p);
    const size = parseFloat(fontSize);
    const lines = [];
    const walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.parentElement.closest('sup, rt')) continue;
      for (let at = 0; at < node.data.length; at += 1) {
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        const box = Array.from(range.getClientRects()).pop();
        if (!box) continue;
        const last = lines[lines.length - 1];
        if (!last || Math.abs(box.top - last.top) > size * .8) {
          lines.push({top: box.top, signs: [[node.data[at], box.left]]});
        } else last.signs.push([node.data[at], box.left]);
      }
    }
    for (const {signs} of lines.slice(0, -1)) {
      const steps = signs.slice(1)
        .map(([sign, left], place) => (
          han(sign) && han(signs[place][0]) ? left - signs[place][1] : 0))
        .filter(Boolean).sort((a, b) => a - b);
      if (!steps.length) continue;
      const stretch = textAlign === 'justify' ? steps[steps.length >> 1] / size - 1 : 0;
      found.push([signs.map(([sign]) => sign).join(''), stretch]);
    }
  }
  return found;
}"""


def stretches(
    page: Page, built: Built, address: str, step: int
) -> dict[str, list[tuple[str, float]]]:
    """Every justified line of texts on a phone, by mode, and how far it is stretched.

    With a ``step`` of 2, of every second text.
    """
    lines: dict[str, list[tuple[str, float]]] = {mode: [] for mode in MAX_STRETCHED}
    texts = [found.address for found in built.pages() if 'id="text"' in found.source]
    for text in texts[::step]:
        page.goto(address + text)
        for mode, measured in lines.items():
            show(page, Look({"elder": "on"} if mode == "elder" else {}, PHONE))
            measured += [tuple(line) for line in page.evaluate(STRETCHES)]
    return lines


def assert_few_are_stretched(lines: dict[str, list[tuple[str, float]]]) -> None:
    for mode, measured in lines.items():
        assert len(measured) > 500
        stretched = [line for line in measured if line[1] > MAX_STRETCH]
        share = len(stretched) / len(measured)
        assert share <= MAX_STRETCHED[mode], f"{mode}: {share:.2%} of {len(measured)}: {stretched}"


@pytest.mark.browser
@pytest.mark.slow
def test_few_lines_of_a_phone_are_stretched(
    watched: Watched, portal: Built, portal_address: str, long: bool
) -> None:
    step = 1 if long else 2
    assert_few_are_stretched(stretches(watched.page, portal, portal_address, step))


@pytest.mark.browser
@pytest.mark.slow
def test_few_lines_of_generated_articles_are_stretched(
    watched: Watched,
    make_site: MakeSite,
    serve: Callable[[Path], str],
    long: bool,
) -> None:
    site = make_site({})
    write_archive(site.folder, 100 if long else 20, seed=14)
    built = site.build()
    assert built.errors == []
    assert_few_are_stretched(stretches(watched.page, built, serve(built.output), 1))


@pytest.mark.browser
def test_a_line_before_a_long_word_is_not_torn(watched: Watched, portal_address: str) -> None:
    page = watched.page
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.goto(portal_address + "about.html")
    wait_until_drawn(page)
    text = "报名网址为" + "https" + "a" * 60 + "，请在规定的时间以前填写完整并提交。"
    page.evaluate(
        "text => { const p = document.createElement('p'); p.textContent = text.repeat(2);"
        " document.querySelector('#text').replaceChildren(p); }",
        text,
    )
    assert max(stretch for _, stretch in page.evaluate(STRETCHES)) > MAX_STRETCH
    page.set_viewport_size({"width": 374, "height": 740})
    page.wait_for_selector("#text p.ragged")
    assert max(stretch for _, stretch in page.evaluate(STRETCHES)) <= MAX_STRETCH
