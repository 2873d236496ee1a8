"""Lines of text on a phone: none torn apart to be justified, no sentence on a single character."""

import json

import pytest
from playwright.sync_api import Browser

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


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("mode", MAX_STRETCHED)
def test_few_lines_of_a_phone_are_stretched(
    browser: Browser, portal: Built, portal_address: str, mode: str
) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 740})
    chosen = json.dumps(json.dumps({"elder": "on"} if mode == "elder" else {}))
    context.add_init_script(f"localStorage.setItem('dangjian-choices', {chosen})")
    page = context.new_page()
    lines: list[tuple[str, float]] = []
    for found in portal.pages():
        if 'id="text"' in found.source:
            page.goto(portal_address + found.address)
            lines += [tuple(line) for line in page.evaluate(STRETCHES)]
    context.close()
    stretched = [line for line in lines if line[1] > MAX_STRETCH]
    assert len(lines) > 1000
    share = len(stretched) / len(lines)
    assert share <= MAX_STRETCHED[mode], f"{share:.2%} of {len(lines)} lines: {stretched}"


@pytest.mark.browser
def test_a_line_before_a_long_word_is_not_torn(browser: Browser, portal_address: str) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 740})
    page = context.new_page()
    page.goto(portal_address + "about.html")
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
    context.close()
