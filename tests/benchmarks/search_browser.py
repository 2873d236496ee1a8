"""Ours and Pagefind asked in the same Chromium: what they find, how long, how many bytes."""

import gzip
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page

from dangjian.search.format.documents import SearchDoc
from tests.benchmarks.search_server import Sender
from tests.browser import search_worker

MAX_COUNTED = 400
SLOWDOWN = 4
_SEGMENTS = """
texts => texts.map(text => Array.from(
  new Intl.Segmenter('zh', {granularity: 'word'}).segment(text), part => part.segment))
"""
_TYPE = """
query => new Promise(resolve => {
  const app = document.getElementById('search-app');
  const box = document.getElementById('search-q');
  let first = 0;
  app.addEventListener('search-shown', () => {
    first = performance.now() - pressed;
  }, {once: true});
  app.addEventListener('search-complete', () => {
    resolve([first, performance.now() - pressed]);
  }, {once: true});
  const pressed = performance.now();
  box.value = query;
  box.dispatchEvent(new InputEvent('input', {bubbles: true}));
})
"""
_PAGEFIND = """
async query => {
  if (!window.pagefind) {
    window.pagefind = await import('/pagefind/pagefind.js');
    await window.pagefind.init();
  }
  const asked = performance.now();
  const search = await window.pagefind.search(query);
  await Promise.all(search.results.slice(0, 10).map(result => result.data()));
  return [performance.now() - asked, search.results.map(result => result.id)];
}
"""


class Answer(NamedTuple):
    """How many articles a query has, the addresses of the first, and whether that is "about" so."""

    total: int
    results: list[str]
    about: bool = False


@dataclass
class Found:
    """Of queries of one length: how much of the truth was found, how much found is true."""

    recall: list[float] = field(default_factory=list)
    precision: list[float] = field(default_factory=list)
    wrong_counts: int = 0
    about_counts: int = 0

    def add(self, truth: set[str], answer: Answer) -> None:
        """Compare an answer with the truth; "about so many" is wrong only if there are more."""
        first = answer.results[:MAX_COUNTED]
        self.about_counts += answer.about
        allowed = answer.total >= len(truth) if answer.about else answer.total == len(truth)
        self.wrong_counts += not allowed
        right = len(truth.intersection(first))
        self.recall.append(right / min(len(truth), MAX_COUNTED))
        self.precision.append(right / len(first) if first else 1.0 if not truth else 0.0)


def cut_queries(
    page: Page, docs: list[SearchDoc], lengths: Iterable[int], each: int, random: Random
) -> dict[int, list[str]]:
    """Words of some lengths at word borders of the texts, as the browser's segmenter sees them."""
    sample = random.sample(docs, min(len(docs), 600))
    sentences = [s for doc in sample for s in re.split(r"[。！？\n]", doc.text) if len(s) > 12]
    random.shuffle(sentences)
    parted: list[list[str]] = page.evaluate(_SEGMENTS, sentences[:4000])
    return {length: list(_of_length(parted, length, each, random)) for length in lengths}


def _of_length(parted: list[list[str]], length: int, each: int, random: Random) -> Iterator[str]:
    found: set[str] = set()
    for parts in random.sample(parted, len(parted)):
        start = random.randrange(len(parts))
        word = ""
        for part in parts[start:]:
            word += part
            if len(word) >= length:
                break
        if len(word) == length and re.fullmatch(r"[\u4e00-\u9fff]+", word) and word not in found:
            found.add(word)
            yield word
        if len(found) == each:
            return


def cut_phrases(docs: list[SearchDoc], each: int, random: Random) -> list[str]:
    """Stretches of 8 to 12 characters, punctuation and all, without quotes in them."""
    found: list[str] = []
    while len(found) < each:
        text = random.choice(docs).text
        size = random.randrange(8, 13)
        start = random.randrange(max(1, len(text) - size))
        phrase = text[start : start + size]
        if not re.search(r"[\s\"“”„＂|]", phrase) and re.match(r"\w", phrase):
            found.append(phrase)
    return found


class Ours:
    """Our search page, in a browser."""

    def __init__(self, browser: Browser, address: str, sender: Sender) -> None:
        self.browser = browser
        self.address = address
        self.sender = sender
        self.requests: list[int] = []
        """How many requests the last two queries took, what every query needs not counted."""

    def finder(self) -> Callable[[str], Answer]:
        """A function from a query to its answer."""
        page = self.browser.new_page()
        search_worker.open_worker(page, self.address)

        def find(query: str) -> Answer:
            answer = search_worker.ask(page, query)
            found = [result["url"] for result in answer["results"]]
            pages = min(-(-answer["total"] // 10), MAX_COUNTED // 10)
            for number in range(2, pages + 1):
                more = search_worker.ask(page, query, page=number)
                found += [result["url"] for result in more["results"]]
            return Answer(answer["total"], found, "about" in answer["notes"])

        return find

    def _searched(self, before: int = 0) -> int:
        sent = [size for path, size in self.sender.take() if _is_search(path)]
        self.requests.append(len(sent))
        return before + sum(sent)

    def open(self, slow: bool = False, here: bool = False) -> tuple[BrowserContext, Page]:
        """The search page in a fresh profile; ``here``: no worker, all on the slowed thread."""
        context = self.browser.new_context()
        if here:
            context.add_init_script("delete window.Worker")
        page = context.new_page()
        page.goto(self.address + "search.html")
        page.wait_for_load_state("networkidle")
        if slow:
            session = context.new_cdp_session(page)
            session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
        return context, page

    def bytes_of(self, first: str, second: str) -> tuple[int, int]:
        """What a fresh browser loads for a first query and then for a second one."""
        self.sender.take()
        context, page = self.open()
        opened = self._searched()
        self.requests.clear()
        page.evaluate(_TYPE, first)
        page.wait_for_load_state("networkidle")
        before = self._searched(opened)
        page.evaluate(_TYPE, second)
        page.wait_for_load_state("networkidle")
        after = self._searched()
        context.close()
        return before, after

    def times(self, queries: list[str], here: bool) -> tuple[list[float], list[float]]:
        """Milliseconds from key press to the results of the first screen, and to all ten."""
        context, page = self.open(slow=True, here=here)
        first, complete = [], []
        for query in queries:
            taken = page.evaluate(_TYPE, query)
            first.append(float(taken[0]))
            complete.append(float(taken[1]))
            page.wait_for_timeout(300)
        context.close()
        return first, complete


def _is_search(path: str) -> bool:
    name = path.rpartition("/")[2]
    script = name.startswith(("search.", "search-worker.")) and name.endswith(".js")
    return script or path.startswith("search/")


class Theirs:
    """Pagefind's own script, in a browser."""

    def __init__(self, browser: Browser, address: str, sender: Sender) -> None:
        self.browser = browser
        self.address = address
        self.sender = sender
        self.urls = _fragment_urls(sender.folder / "pagefind" / "fragment")

    def _open(self) -> tuple[BrowserContext, Page]:
        context = self.browser.new_context()
        page = context.new_page()
        page.goto(self.address + "ask.html")
        return context, page

    def finder(self) -> Callable[[str], Answer]:
        """A function from a query to its answer."""
        _, page = self._open()

        def find(query: str) -> Answer:
            ids: list[str] = page.evaluate(_PAGEFIND, query)[1]
            return Answer(len(ids), [self.urls[name] for name in ids[:MAX_COUNTED]])

        return find

    def bytes_of(self, first: str, second: str) -> tuple[int, int]:
        """What a fresh browser loads for a first query with ten results, and for a second one."""
        context, page = self._open()
        sizes = []
        self.sender.take()
        for query in (first, second):
            page.evaluate(_PAGEFIND, query)
            sizes.append(sum(size for _, size in self.sender.take()))
        context.close()
        return sizes[0], sizes[1]

    def times(self, queries: list[str]) -> list[float]:
        """Milliseconds from asking to ten results, under the slowdown."""
        context, page = self._open()
        session = context.new_cdp_session(page)
        page.evaluate(_PAGEFIND, queries[0])
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
        taken = [float(page.evaluate(_PAGEFIND, query)[0]) for query in queries]
        context.close()
        return taken


def _fragment_urls(folder: Path) -> dict[str, str]:
    urls = {}
    for file in folder.glob("*.pf_fragment"):
        raw = gzip.decompress(file.read_bytes())
        record: dict[str, Any] = json.loads(raw[raw.index(b"{") :])
        urls[file.stem] = str(record["url"]).lstrip("/")
    return urls
