"""Dates in the usual form are read as those in any other."""

import pytest
from hypothesis import given, strategies as st

from dangjian.schema.dates import DateError, has_clock, read_date
from tests.examples import examples


def _outcome(text: str) -> object:
    try:
        return read_date(text)
    except DateError as error:
        return str(error)


@examples(300, 3000)
@given(
    st.integers(1895, 2105),
    st.integers(0, 14),
    st.integers(0, 32),
    st.integers(0, 25),
    st.integers(0, 61),
)
def test_the_usual_form_is_read_as_with_a_space_before_it(
    year: int, month: int, day: int, hour: int, minute: int
) -> None:
    text = f"{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"
    assert _outcome(text) == _outcome(f" {text}")
    assert has_clock(text) == has_clock(f" {text}")


@pytest.mark.parametrize("text", ["2026-03-02", "2026-3-2 8:30", "２０２６-03-02 08:30"])
def test_forms_near_the_usual_one_are_read_too(text: str) -> None:
    assert read_date(text).date().isoformat() == "2026-03-02"
    assert has_clock(text) == (":" in text)
