"""Limits of queries, results and what is looked through for them: both sides of each value."""

from pathlib import Path

import pytest

from dangjian.search.format.segment import IndexReader
from dangjian.search.query.engine import SearchAnswer, search_index
from dangjian.search.query.language import Word, parse_query
from dangjian.search.query.ranking import has_nearness
from tests.search import library


def search(folder: Path, titles: list[str], query: str, text: str = "") -> SearchAnswer:
    docs = [library.article(n, title, text) for n, title in enumerate(titles)]
    library.build_in_segments(folder / "index", docs, (len(docs),))
    return search_index(IndexReader(folder / "index"), query, 100)


@pytest.mark.parametrize(
    ("query", "notes"),
    [
        ("党" * 500, ()),
        ("党" * 501, ("long",)),
        (" ".join("党建 " for _ in range(16)), ()),
        (" ".join("党建 " for _ in range(17)), ("many",)),
    ],
)
def test_so_much_of_a_query_is_read(query: str, notes: tuple[str, ...]) -> None:
    assert tuple(parse_query(query).notes) == notes


def words(query: str) -> list[Word]:
    return list(parse_query(query).words)


@pytest.mark.parametrize(
    ("query", "counts", "counted"),
    [
        ("党建 夜校", (8192, 8192), True),
        ("党建 夜校", (8192, 8193), False),
        ("党建 夜校 街道 社区", (1, 1, 1, 1), True),
        ("党建 夜校 街道 社区 会议", (1, 1, 1, 1, 1), False),
        ("党建", (1,), False),
    ],
)
def test_nearness_counts_for_few_words_in_few_documents(
    query: str, counts: tuple[int, ...], counted: bool
) -> None:
    assert has_nearness(words(query), counts) is counted


def test_a_snippet_has_80_characters_from_20_before_the_word(tmp_path: Path) -> None:
    text = "前" * 21 + "夜校" + "后" * 100
    (result,) = search(tmp_path, ["甲"], "夜校", text).results
    assert result.snippet == f"…{'前' * 20}夜校{'后' * 58}…"


def test_a_word_as_far_as_a_snippet_reaches_is_in_it(tmp_path: Path) -> None:
    near, far = ("社区" + "中" * 100 + "街道" + "间" * gap + "社区" for gap in (58, 59))
    for name, made, both in (("near", near, True), ("far", far, False)):
        (result,) = search(tmp_path / name, ["甲"], "社区 街道", made).results
        assert result.snippet.startswith("…中") is both


@pytest.mark.parametrize(("length", "found"), [(3, True), (2, False), (16, True), (17, False)])
def test_the_nearest_words_are_looked_for_words_of_3_to_16_characters(
    tmp_path: Path, length: int, found: bool
) -> None:
    title = "一二三四五六七八九十百千万亿甲乙丙"[:length]
    answer = search(tmp_path, [title], f"{title[:-1]}丁")
    assert bool(answer.nearest) is found


def test_three_nearest_words_are_offered(tmp_path: Path) -> None:
    titles = [f"基层党{last}" for last in "甲乙丙丁"]
    assert len(search(tmp_path, titles, "基层党建").nearest) == 3


@pytest.mark.parametrize(("newer", "offered"), [(11, True), (12, False)])
def test_of_titles_that_are_nearly_a_word_the_newest_12_are_read(
    tmp_path: Path, newer: int, offered: bool
) -> None:
    """Those that have the characters far apart are no nearest word, but are read."""
    titles = ["基层党甲", *["基和层和党"] * newer]
    assert bool(search(tmp_path, titles, "基层党建").nearest) is offered


@pytest.mark.parametrize(("newer", "found"), [(47, True), (48, False)])
def test_of_titles_that_differ_in_breaks_the_newest_48_are_read(
    tmp_path: Path, newer: int, found: bool
) -> None:
    """A title with a dash is found by itself, although a word of it is excluded then."""
    titles = ["党建 -夜校", *["党建，夜校"] * newer]
    shown = [result.title for result in search(tmp_path, titles, "党建 -夜校").results]
    assert shown == ["党建 -夜校"] * found
