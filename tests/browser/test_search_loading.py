"""What a query loads, in Chromium: few requests, and the first results before the others."""

import shutil
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np
import pytest
from playwright.sync_api import Page, Request, expect

from dangjian.search.builder import shards
from dangjian.search.format.lists import shard_of
from dangjian.search.format.segment import IndexReader
from tests.browser.search_site import MANY
from tests.browser.searching import Held, found, open_search, titles
from tests.search import library

pytestmark = pytest.mark.browser
PATIENCE = 60
FIRST_BYTES, SMALL_SHARD, NEAR_PARTS, MOST_DOCUMENTS = 2000, 4000, 1000, 10_000
"""As in segment.js and files.js."""


def requests_of(page: Page, address: str, query: str, count: int, *before: str) -> Counter[str]:
    """The files of the index that a query asks for, by kind, once those ``before`` are there."""
    loaded: list[str] = []
    asked_for: list[str] = []
    page.context.on("requestfinished", lambda request: loaded.extend(kind_of(request)))
    open_search(page, address)
    deadline = time.monotonic() + PATIENCE
    while not {"tokens", "head", *before} <= set(loaded):
        assert time.monotonic() < deadline, loaded
        page.wait_for_timeout(50)
    page.wait_for_load_state("networkidle")

    def note(request: Request) -> None:
        asked_for.extend(kind_of(request))

    page.context.on("request", note)
    page.locator("#search-q").fill(query)
    found(page, count)
    expect(page.locator("[data-part=results]")).not_to_have_attribute("aria-busy", "true")
    page.context.remove_listener("request", note)
    return Counter(asked_for)


def kind_of(request: Request) -> list[str]:
    """What kind of file of the index is asked for; nothing if it is another file."""
    folder, _, name = request.url.rpartition("/")
    return [name.partition("-")[0]] if folder.endswith("/search") else []


@pytest.mark.parametrize(
    ("query", "count", "most"), [("电梯修到了心坎上", 1, 1), ("例会", MANY, 2)]
)
def test_texts_that_lie_together_are_one_request(
    page: Page, http: str, query: str, count: int, most: int
) -> None:
    """What fills a screen is one, the rest of ten another; a small shard is there before them."""
    asked_for = requests_of(page, http, query, count, "shards")
    assert set(asked_for) == {"text"}
    assert asked_for["text"] <= most


@pytest.fixture(params=[shards.MAX_SHARDS])
def larger(
    output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Path:
    """A site whose index has sixty articles without anything in common but 社区治理.

    Some of them have what the tests ask for. A test may say how many shards there are at most.
    """
    monkeypatch.setattr(shards, "MAX_SHARDS", request.param)
    site = Path(shutil.copytree(output, tmp_path / "site"))
    shutil.rmtree(site / "search")
    usual = bytes(byte for cell in range(0xA1, 0xFF) for byte in (0xB7, cell)).decode("gb2312")
    chance = Random(1)
    bodies = [f"社区治理{''.join(chance.choices(usual, k=370))}" for _ in range(60)]
    bodies[7] += "电梯修到了心坎上"
    bodies[9] += "社区治理鼓浪屿"
    for number, word in ((20, "甲骨"), (22, "甲骨"), (30, "乙烯"), (34, "乙烯")):
        bodies[number] += word
    docs = [
        library.article(number, f"第{number}次例会", body) for number, body in enumerate(bodies)
    ]
    library.build(site / "search", docs)
    return site


@pytest.mark.parametrize("larger", [17], indirect=True)
def test_parts_of_large_shards_are_few_requests(
    page: Page, larger: Path, serve: Callable[[Path], str]
) -> None:
    """Of four pairs the two that should be rarest are looked up; their lists come with that."""
    asked_for = requests_of(page, serve(larger), "电梯修到了心坎上", 1)
    assert asked_for == {"shards": 2, "text": 1}


@pytest.mark.parametrize(
    ("larger", "directory", "shard", "most"),
    [
        (7, range(FIRST_BYTES + 1, 4000), range(SMALL_SHARD + 1, 10_000), 2 + 2 + 2),
        (17, range(1, FIRST_BYTES + 1), range(SMALL_SHARD + 1, 10_000), 2 + 2),
        (29, range(1, FIRST_BYTES + 1), range(1, SMALL_SHARD + 1), 2),
    ],
    indirect=["larger"],
)
def test_a_pair_in_many_articles_is_two_requests_and_one_where_shards_are_small(
    page: Page,
    larger: Path,
    serve: Callable[[Path], str],
    directory: range,
    shard: range,
    most: int,
) -> None:
    """Documents and positions are next to each other; of small shards all comes with the directory.

    Directories longer than what is taken at first take a request more.
    """
    (segment,) = IndexReader(larger / "search").segments
    for term in ("社区", "区治"):
        first, second = (np.array([ord(unit)]) for unit in term)
        number = int(shard_of(first, second, segment.entry.shards)[0])
        places = [span.doc_at for spans in segment.terms(number).values() for span in spans]
        assert min(places) in directory
        assert max(places) in shard
    assert requests_of(page, serve(larger), "社区治", 60)["shards"] == most


@pytest.mark.parametrize("query", ["电梯修到了心坎上", "社区治理鼓浪屿"])
def test_of_small_shards_one_is_often_enough(
    page: Page, larger: Path, serve: Callable[[Path], str], query: str
) -> None:
    """The pair that should be rarest is looked up first, wherever it is; its shard is a request."""
    asked_for = requests_of(page, serve(larger), query, 1)
    assert asked_for == {"shards": 1, "text": 1}


@pytest.mark.parametrize(("word", "between", "requests"), [("甲骨", 1, 1), ("乙烯", 3, 2)])
def test_parts_of_a_file_that_are_near_are_one_request(
    page: Page,
    larger: Path,
    serve: Callable[[Path], str],
    word: str,
    between: int,
    requests: int,
) -> None:
    """On both sides of what a request is worth: NEAR_PARTS in files.js."""
    (segment,) = IndexReader(larger / "search").segments
    first = next(n for n in range(60) if word in segment.record(n).text)
    last = next(n for n in reversed(range(60)) if word in segment.record(n).text)
    assert last - first == between + 1
    lengths = segment._texts.lengths[first + 1 : last]
    assert (int(lengths.sum()) < NEAR_PARTS) == (requests == 1)
    assert requests_of(page, serve(larger), word, 2)["text"] == requests


@pytest.mark.parametrize(
    ("older", "shards"),
    [(MOST_DOCUMENTS, range(4, 9)), (MOST_DOCUMENTS + 1, range(1, 4))],
)
def test_in_many_articles_the_rarest_pair_is_found_by_a_sample(
    page: Page,
    output: Path,
    tmp_path: Path,
    serve: Callable[[Path], str],
    older: int,
    shards: range,
) -> None:
    """On both sides of MOST_DOCUMENTS in segment.js, a word whose rare pair is none of its cover.

    Without a sample the long lists of its cover are loaded, with it none of them.
    """
    chance = Random(1)
    parts = ("振兴", "乡村", "治理", "社区")
    bodies = ["。".join(chance.sample(parts, k=3)) for _ in range(older + 300)]
    bodies[older // 2] = "乡村振兴"
    site = Path(shutil.copytree(output, tmp_path / "site"))
    shutil.rmtree(site / "search")
    docs = [
        library.article(
            number, "例会", body, date=datetime(2000, 1, 1, tzinfo=UTC) + timedelta(number)
        )
        for number, body in enumerate(bodies)
    ]
    library.build_in_segments(site / "search", docs, (older, 300))
    asked_for = requests_of(page, serve(site), "乡村振兴", 1)
    assert asked_for["shards"] in shards
    assert asked_for["text"] == 1


def test_first_results_do_not_wait_for_the_others(page: Page, http: str) -> None:
    """What fills a screen is shown, and all are counted, while further texts are on their way."""
    open_search(page, http)
    page.wait_for_load_state("networkidle")
    held = Held(page, "**/search/text-*.js")
    links = page.locator(".result-link")
    page.locator("#search-q").fill("例会")
    held.let_go()
    expect(links).to_have_count(5)
    found(page, MANY)
    expect(page.locator("[data-part=results]")).to_have_attribute("aria-busy", "true")
    first = titles(page)
    held.let_go()
    expect(links).to_have_count(10)
    assert titles(page)[:5] == first
    expect(page.locator("[data-part=results]")).not_to_have_attribute("aria-busy", "true")
