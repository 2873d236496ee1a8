"""Every wrongly written article gets its one error, on its line, in words that help."""

import pytest

from dangjian.schema.frontmatter import parse_source
from dangjian.schema.reading import read_column, read_entry
from tests.invalid.articles import GROUPS, Case
from tests.invalid.columns import COLUMNS

ARTICLES = [
    pytest.param(case, id=f"{group}-{number}")
    for group, cases in GROUPS.items()
    for number, case in enumerate(cases)
]


def test_there_are_a_hundred_and_no_two_alike() -> None:
    sources = [case.source for cases in GROUPS.values() for case in cases]
    assert len(set(sources)) == len(sources) >= 100


@pytest.mark.parametrize("case", ARTICLES)
def test_a_wrong_article_is_reported_by_line(case: Case) -> None:
    entry, problems = read_entry(parse_source(case.source, case.path))

    assert entry is None
    errors = [problem for problem in problems if problem.level == "error"]
    assert [(error.path, error.line) for error in errors] == [(case.path, case.line)], errors
    assert case.says in errors[0].message
    assert "\n" not in errors[0].message


@pytest.mark.parametrize("case", COLUMNS)
def test_a_wrong_column_is_reported_by_line(case: Case) -> None:
    entry, problems = read_column(parse_source(case.source, case.path))

    assert entry is None
    errors = [problem for problem in problems if problem.level == "error"]
    assert [(error.path, error.line) for error in errors] == [(case.path, case.line)], errors
    assert case.says in errors[0].message
