"""Asks the search script of the theme questions in a real browser, without the search page."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from dangjian.paths import theme_path
from dangjian.rendering.assets import build_assets

_ASK = """
address => {
  const worker = new Worker('worker.js');
  const waiting = new Map();
  const ready = new Promise(resolve => {
    worker.onmessage = ({data}) => data.ready ? resolve() : waiting.get(data.ask)(data);
  });
  let asked = 0;
  window.ask = async request => {
    await ready;
    asked += 1;
    return new Promise(resolve => {
      waiting.set(asked, resolve);
      worker.postMessage({ask: asked, index: address + 'search/', request});
    });
  };
}
"""


def put_worker(site: Path) -> None:
    """Put an empty page and the theme's search script into a folder with an index."""
    assets = build_assets(theme_path() / "static")
    (site / "worker.js").write_bytes(assets["search-worker.js"].data)
    (site / "ask.html").write_text("<!doctype html><title>ask</title>", encoding="utf-8")


def open_worker(page: Page, address: str) -> None:
    """Start the search script on the index of the site at ``address``."""
    page.goto(address + "ask.html")
    page.evaluate(_ASK, address)


def request(query: str, **more: object) -> dict[str, object]:
    """A request as the search page sends it."""
    names = ("scope", "column", "year", "from", "to", "source", "type", "sort")
    return {"q": query, **dict.fromkeys(names, ""), "page": 1, **more}


def ask(asked: Page, query: str, **more: object) -> dict[str, Any]:
    """The answer to one request: total, results, notes, facets …"""
    given: dict[str, Any] = asked.evaluate("request => ask(request)", request(query, **more))
    assert "failure" not in given, given
    answer: dict[str, Any] = given["answer"]
    return answer


def all_results(asked: Page, query: str, **more: object) -> tuple[dict[str, Any], list[str]]:
    """The first answer, and the addresses of the results of all its pages."""
    answer = ask(asked, query, **more)
    addresses = [result["url"] for result in answer["results"]]
    pages = -(-answer["total"] // answer["pageSize"])
    for number in range(2, pages + 1):
        more_results = ask(asked, query, **more, page=number)["results"]
        addresses += [result["url"] for result in more_results]
    return answer, addresses
