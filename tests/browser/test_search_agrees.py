"""The browser and Python give the same answers on archives and queries nobody thought of."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace
from playwright.sync_api import BrowserContext, Page

from dangjian.search.format.documents import CHINA, SearchDoc
from dangjian.search.format.folding import fold_text
from dangjian.search.format.segment import IndexReader
from dangjian.search.query.engine import search_index
from tests.browser import search_worker
from tests.search import library

pytestmark = pytest.mark.browser
# Few letters, so that everything occurs everywhere: plain, traditional, wide, combined, astral.
LETTERS = "党建会议服务区社國国為为ａAéE12　 ，。“”\n-:：1＋𠀀😀㎏\u200b中共"
DOUBTFUL = 230
WORDS = ("dangjian", "jc", "shehui", "党建", "服务", "社区", "国", "title", "年")

# What titles are made of that read as queries.
PARTS = (
    "党建",
    "会议",
    "国",
    " ",
    " -",
    "－",
    "—",
    "“",
    "”",
    "：",
    "标题:",
    "来源：",
    "类型:公告",
    "年:2020",
)


def _text(random: Random, longest: int) -> str:
    pieces = [
        random.choice(WORDS) if random.random() < 0.3 else random.choice(LETTERS)
        for _ in range(random.randrange(longest))
    ]
    return "".join(pieces)


def _document(random: Random, number: int) -> SearchDoc:
    return SearchDoc(
        key=f"{number}.md",
        url=f"{number}.html",
        title=_text(random, 8) or "题",
        date=datetime(2020, 1, 1, tzinfo=CHINA) + timedelta(hours=random.randrange(60) * 12),
        summary=_text(random, 6),
        keywords=tuple(_text(random, 3) for _ in range(random.randrange(3))),
        text=_text(random, random.choice((3, 30, 300))),
        columns=random.choice((("a",), ("a", "a/b"), ("c",))),
        source=random.choice(("甲报", "乙报")),
        type=random.choice(("news", "notice")),
    )


def _query(random: Random, docs: list[SearchDoc]) -> str:
    text = random.choice(docs).text or "党"
    start = random.randrange(len(text))
    part = text[start : start + random.choice((1, 2, 2, 3, 4, 6, 9))]
    form = random.choice(('"{}"', "{}", "{} {}", "{} -{}", "title:{}", "正文:{}", '"{}" {}'))
    return form.format(part, random.choice(WORDS))


@pytest.mark.parametrize("segments", [1, 4])
def test_same_answers(
    segments: int, visitor: BrowserContext, serve: Callable[[Path], str], tmp_path: Path, long: bool
) -> None:
    """Total and order of random queries; single words against plain substring."""
    random = Random(segments)
    docs = [_document(random, number) for number in range(120)]
    library.build_in_segments(tmp_path / "search", docs, (len(docs) // segments,))
    search_worker.put_worker(tmp_path)
    index = IndexReader(tmp_path / "search")
    folded = {doc.url: [_folded(doc.title), _folded(doc.text)] for doc in docs}
    page = visitor.new_page()
    search_worker.open_worker(page, serve(tmp_path))
    for _ in range(400 if long else 50):
        query = _query(random, docs)
        expected = search_index(index, query, 0)
        answer, addresses = search_worker.all_results(page, query)
        assert len(set(addresses)) == len(addresses), query
        assert answer["total"] >= expected.total, query
        if "about" not in answer["notes"]:
            assert (query, addresses) == (query, [result.url for result in expected.results])
            assert answer["total"] == expected.total, query
        word = _folded(query.strip('"'))
        if query.count('"') == 2 and query[0] == query[-1] == '"' and word:
            found = {url for url, texts in folded.items() if any(word in text for text in texts)}
            assert found <= set(addresses), query
    page.close()


def test_same_answers_to_titles(
    visitor: BrowserContext, serve: Callable[[Path], str], tmp_path: Path
) -> None:
    """Titles that read as queries, among them many that differ in their signs only."""
    random = Random(3)
    docs = [_document(random, number) for number in range(30)]
    signs = ["，"] * 60 + [" -", "：", " - ", "—"]
    titles = [f"通知{sign}公告" for sign in signs] + [
        "".join(random.choice(PARTS) for _ in range(random.randrange(2, 9))) for _ in range(60)
    ]
    docs += [
        library.article(100 + number, title, "党建工作通知") for number, title in enumerate(titles)
    ]
    library.build_in_segments(tmp_path / "search", docs, (40, 50))
    search_worker.put_worker(tmp_path)
    index = IndexReader(tmp_path / "search")
    page = visitor.new_page()
    search_worker.open_worker(page, serve(tmp_path))
    for title in dict.fromkeys(titles):
        expected = search_index(index, title, 0)
        answer, addresses = search_worker.all_results(page, title)
        assert (title, addresses) == (title, [result.url for result in expected.results])
        assert answer["total"] == expected.total
    page.close()


@pytest.mark.parametrize("holders", [3, 10, 11])
@pytest.mark.parametrize("rarest", [100, 101])
def test_a_long_word_of_which_a_part_is_seldom(
    visitor: BrowserContext,
    serve: Callable[[Path], str],
    tmp_path: Path,
    holders: int,
    rarest: int,
) -> None:
    """Up to 100 articles with the rarest pair, the two rarest may be enough: the same is found."""
    texts = ["我们建设电梯修水渠。"] * holders + ["电梯。建设，我们，梯修。"] * (rarest - holders)
    texts += ["我们建设，修水渠"] * (230 - len(texts))
    docs = [library.article(number, f"之{number}", text) for number, text in enumerate(texts)]
    library.build(tmp_path / "search", docs)
    search_worker.put_worker(tmp_path)
    page = visitor.new_page()
    search_worker.open_worker(page, serve(tmp_path))
    expected = search_index(IndexReader(tmp_path / "search"), "我们建设电梯修水渠", 0)
    answer, addresses = search_worker.all_results(page, "我们建设电梯修水渠")
    assert answer["total"] == expected.total == holders
    assert addresses == [result.url for result in expected.results]
    page.close()


@pytest.mark.parametrize("kinds", [256, 257])
def test_many_sources(
    visitor: BrowserContext, serve: Callable[[Path], str], tmp_path: Path, kinds: int
) -> None:
    """Up to 256 sources their numbers take one byte, then two; the first segment lacks one."""
    docs = [
        replace(library.article(number, f"之{number}", "党建工作"), source=f"{number % kinds}号报")
        for number in range(kinds * 2 + 60)
    ]
    library.build_in_segments(tmp_path / "search", docs, (100, kinds * 2))
    search_worker.put_worker(tmp_path)
    page = visitor.new_page()
    search_worker.open_worker(page, serve(tmp_path))
    index = IndexReader(tmp_path / "search")
    for source in ("0号报", "99号报", f"{kinds - 1}号报"):
        expected = search_index(index, f"党建 来源:{source}", 0)
        answer, addresses = search_worker.all_results(page, "党建", source=source)
        assert answer["total"] == len(addresses) >= 2
        assert set(addresses) <= {result.url for result in expected.results}
        assert [source, len(addresses)] in answer["facets"]["sources"]
    page.close()


@pytest.fixture(scope="module")
def doubtful(
    tmp_path_factory: pytest.TempPathFactory, visitor: BrowserContext, serve: Callable[[Path], str]
) -> Iterator[tuple[Page, IndexReader]]:
    """Articles with a sign between two words or a letter, more than are looked up; who is asked."""
    random = Random(4)
    texts = [
        f"要学习{random.choice('，、 和并')}贯彻。{random.choice(('', '党建、人才', '党建与人才'))}"
        for _ in range(DOUBTFUL)
    ]
    docs = [library.article(number, f"之{number}", text) for number, text in enumerate(texts)]
    site = tmp_path_factory.mktemp("doubtful")
    library.build_in_segments(site / "search", docs, (80, 150))
    search_worker.put_worker(site)
    page = visitor.new_page()
    search_worker.open_worker(page, serve(site))
    yield page, IndexReader(site / "search")
    page.close()


@pytest.mark.parametrize(
    "query",
    [
        "学习，贯",
        "“学习、贯” 党建",
        "学习，贯 -党建、人",
        "-学习，贯",
        "学习、贯 党建、人",
    ],
)
@pytest.mark.parametrize("sort", ["", "new"])
def test_what_is_not_looked_up_is_counted_and_shown_once(
    doubtful: tuple[Page, IndexReader], query: str, sort: str
) -> None:
    """The count is never too low; each answer is on one of the pages, and no other."""
    page, index = doubtful
    truth = {result.url for result in search_index(index, query, 0).results}
    assert 0 < len(truth) < DOUBTFUL
    answer, addresses = search_worker.all_results(page, query, sort=sort)
    assert answer["notes"] == ["about"]
    assert len(truth) <= answer["total"] <= DOUBTFUL
    assert sorted(addresses) == sorted(truth)


@pytest.mark.parametrize(
    ("query", "total", "notes"), [("试点，乙", 24, []), ("示范，乙", 25, ["about"])]
)
def test_so_many_texts_are_looked_up(
    visitor: BrowserContext,
    serve: Callable[[Path], str],
    tmp_path: Path,
    query: str,
    total: int,
    notes: list[str],
) -> None:
    """On both sides of MOST_TEXTS in finding.js."""
    texts = ["试点，乙类。"] * 24 + ["示范，乙类。"] * 25
    docs = [library.article(number, f"之{number}", text) for number, text in enumerate(texts)]
    library.build(tmp_path / "search", docs)
    search_worker.put_worker(tmp_path)
    page = visitor.new_page()
    search_worker.open_worker(page, serve(tmp_path))
    answer = search_worker.ask(page, query)
    assert (answer["total"], answer["notes"]) == (total, notes)
    page.close()


@pytest.mark.parametrize(
    "query", ["学习，贯彻", "“学习、贯彻” 党建", "学习，贯彻 -党建、人才", "-要学习，贯彻。党建"]
)
def test_positions_tell_a_break_from_a_character(
    doubtful: tuple[Page, IndexReader], query: str
) -> None:
    """Where no character stands alone between signs, all is counted without a look at the texts."""
    page, index = doubtful
    truth = {result.url for result in search_index(index, query, 0).results}
    assert 0 < len(truth) < DOUBTFUL
    answer, addresses = search_worker.all_results(page, query)
    assert (answer["notes"], answer["total"]) == ([], len(truth))
    assert sorted(addresses) == sorted(truth)


def _folded(text: str) -> str:
    return "".join(map(chr, fold_text(text)))
