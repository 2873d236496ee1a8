"""The cases of tests/search/cases.json, answered by the theme's script in a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser import search_worker
from tests.search import library

pytestmark = pytest.mark.browser
SORTS = {"": "", "date": "new"}


@pytest.fixture(scope="module", params=["whole", "split"])
def asked(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    visitor: BrowserContext,
    serve: Callable[[Path], str],
) -> Iterator[Page]:
    """A page that answers from the cases' articles, in one segment or in three."""
    site = tmp_path_factory.mktemp("cases")
    if request.param == "split":
        library.split_build(site / "search")
    else:
        library.build(site / "search", library.case_documents(), library.case_columns())
    search_worker.put_worker(site)
    page = visitor.new_page()
    search_worker.open_worker(page, serve(site))
    yield page
    page.close()


@pytest.mark.parametrize("case", library.case_list(), ids=lambda case: case.query[:20] or "empty")
def test_case(asked: Page, case: library.Case) -> None:
    """Total, order and notes are those that Python comes to."""
    answer, addresses = search_worker.all_results(
        asked, case.query, sort=SORTS[case.sort], **case.choice
    )
    assert addresses == case.results
    assert answer["total"] == case.total
    notes = ["empty"] if answer["nothingAsked"] else []
    assert sorted(notes + answer["notes"]) == sorted(case.notes)


def test_traditional_texts_are_folded_before_they_are_compared(
    tmp_path: Path, visitor: BrowserContext, serve: Callable[[Path], str]
) -> None:
    """The first question of a page, in simplified characters, decided by a traditional text."""
    library.build(tmp_path / "search", library.case_documents(), library.case_columns())
    search_worker.put_worker(tmp_path)
    page = visitor.new_page()
    search_worker.open_worker(page, serve(tmp_path))
    _, addresses = search_worker.all_results(page, "学习，贯彻")
    assert "djdt/2023/02/a11.html" in addresses
    page.close()
