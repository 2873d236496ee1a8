"""Focal points as editors write them."""

import pytest

from dangjian.schema.focus import FocusError, read_focus


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("上", "50 0"),
        ("下", "50 100"),
        ("左", "0 50"),
        ("右边", "100 50"),
        ("中", "50 50"),
        ("正中", "50 50"),
        ("左上", "0 0"),
        ("上左", "0 0"),
        ("右下角", "100 100"),
        ("30% 20%", "30 20"),
        ("34,26", "30 30"),
        ("100％ 0％", "100 0"),
    ],
)
def test_points(text: str, point: str) -> None:
    assert read_focus(text) == point


@pytest.mark.parametrize("text", ["左右", "上下", "前", "30%", "101% 0%", "30% 20% 10%", "上上"])
def test_what_names_no_point_is_refused_with_what_can_be_written(text: str) -> None:
    with pytest.raises(FocusError, match="左上"):
        read_focus(text)
