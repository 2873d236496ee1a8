"""The cases that the browser runs too, on an index in one piece and on one in three."""

import pytest

from dangjian.search.format.segment import IndexReader
from dangjian.search.query.engine import search_index
from dangjian.search.query.filters import Choice
from dangjian.search.query.language import LAST_DAY, days_of
from tests.search import library


@pytest.fixture(scope="module", params=["whole", "split"])
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> IndexReader:
    """The cases' articles, indexed."""
    folder = tmp_path_factory.mktemp("index")
    if request.param == "split":
        library.split_build(folder)
    else:
        library.build(folder, library.case_documents(), library.case_columns())
    return IndexReader(folder)


def _choice(chosen: dict[str, str]) -> Choice:
    first = days_of(chosen.get("from", chosen.get("year", "0001")))
    last = days_of(chosen.get("to", chosen.get("year", "9999")))
    assert first is not None
    assert last is not None
    return Choice(
        column=chosen.get("column", ""),
        source=chosen.get("source", ""),
        type=chosen.get("type", ""),
        days=(0 if first[0] == 1 else first[0], LAST_DAY if last[1] == LAST_DAY else last[1]),
    )


@pytest.mark.parametrize("case", library.case_list(), ids=lambda case: case.query[:20] or "empty")
def test_case(index: IndexReader, case: library.Case) -> None:
    """Total, order and notes are those of the file."""
    answer = search_index(
        index, case.query, 0, by_date=case.sort == "date", choice=_choice(case.choice)
    )
    assert [result.url for result in answer.results] == case.results
    assert answer.total == case.total
    assert list(answer.notes) == case.notes


def test_the_cases_cover_the_language() -> None:
    """The file has cases of every field, and some that find nothing."""
    cases = library.case_list()
    assert len(cases) > 140
    assert {case.total == 0 for case in cases} == {True, False}
