"""A feed opened in a browser is readable, by its style sheet alone."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dangjian.feeds.formats import render_atom, render_rss
from dangjian.paths import theme_path
from dangjian.rendering.assets import build_assets
from tests.unit.test_feeds import CHANNEL, FULL, SITE, item

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> str:
    folder = tmp_path_factory.mktemp("feeds")
    assets = build_assets(theme_path() / "static")
    sheet = assets["feed.css"]
    for path, data in {
        sheet.url: sheet.data,
        "favicon.ico": b"",
        "feeds/a.rss.xml": render_rss(CHANNEL, [FULL, item("b", 3)]),
        "feeds/a.atom.xml": render_atom(CHANNEL, [FULL, item("b", 3)]),
    }.items():
        (folder / path).parent.mkdir(exist_ok=True)
        named = re.sub(rb"feed\.[0-9a-f]+\.css", Path(sheet.url).name.encode(), data)
        (folder / path).write_bytes(named)
    return serve(folder)


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_a_feed_can_be_read(address: str, watched: Any, kind: str) -> None:
    page = watched.page
    page.goto(f"{address}feeds/a.{kind}.xml")
    text = page.evaluate(
        """() => [...document.querySelectorAll('*')]
             .filter((e) => !e.children.length && e.getBoundingClientRect().height)
             .map((e) => e.textContent).join('\\n')"""
    )
    assert CHANNEL.title in text
    assert FULL.title in text
    assert "《平凉组工》" in text
    assert "2020 " not in text
    assert FULL.html not in text
    top = page.evaluate(
        "getComputedStyle(document.querySelector('channel, feed'), '::before').content"
    )
    assert "这是一个订阅源" in top
    shown_as = page.evaluate("getComputedStyle(document.querySelector('channel, feed')).display")
    assert shown_as == "flex"  # else nothing would be in its order
    own = page.evaluate(
        "getComputedStyle(document.querySelector('link[rel=self]'), '::before').content"
    )
    assert own == f'"{SITE}/feeds/jcdj.{kind}.xml"'


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_the_day_of_an_article_is_shown_and_its_time_is_not(
    address: str, watched: Any, kind: str
) -> None:
    page = watched.page
    page.goto(f"{address}feeds/a.{kind}.xml")
    written, shown = page.evaluate(
        """() => {
          const element = document.querySelector('published');
          const range = document.createRange();
          const signs = [...element.textContent].map((sign, at) => {
            range.setStart(element.firstChild, at);
            range.setEnd(element.firstChild, at + 1);
            return [sign, range.getBoundingClientRect()];
          });
          const {right} = element.getBoundingClientRect();
          return [element.textContent, signs.filter(([, box]) => box.right <= right + 1)
            .map(([sign]) => sign).join('')];
        }"""
    )
    assert (written, shown) == ("2020-06-16T12:00:00+08:00", "2020-06-16")


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_a_feed_is_in_order_and_inside_a_narrow_window(
    address: str, watched: Any, kind: str
) -> None:
    page = watched.page
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{address}feeds/a.{kind}.xml")
    tops = page.evaluate(
        """() => ['title', 'link[rel=self]', 'item, entry']
             .map((name) => document.querySelector(name).getBoundingClientRect().top)"""
    )
    assert tops == sorted(tops)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
