"""What the search benchmark counts as wrong."""

import pytest

from tests.benchmarks.search_browser import Answer, Found


@pytest.mark.parametrize(
    ("total", "about", "wrong"),
    [(2, False, 0), (3, False, 1), (1, False, 1), (2, True, 0), (3, True, 0), (1, True, 1)],
)
def test_about_so_many_is_wrong_only_if_there_are_more(total: int, about: bool, wrong: int) -> None:
    """An exact count is right or wrong; one that is "about" is never too small."""
    found = Found()
    found.add({"a.html", "b.html"}, Answer(total, ["a.html", "b.html"], about))
    assert (found.wrong_counts, found.about_counts) == (wrong, int(about))
