"""What a result shows of a text with a table."""

from pathlib import Path

import pytest

from dangjian.search.format.documents import HEAD_CELL_END
from dangjian.search.format.segment import IndexReader
from dangjian.search.query.engine import search_index
from tests.search import library

_TEXT = f"全镇的岗位如下。\n类别{HEAD_CELL_END}\n保留{HEAD_CELL_END}\n窗口\n六\n名单已公布。"


@pytest.mark.parametrize(
    ("query", "snippet"),
    [
        ("岗位", "全镇的岗位如下。 窗口 六 名单已公布。"),
        ("名单", "全镇的岗位如下。 窗口 六 名单已公布。"),
        ("类别 名单", "全镇的岗位如下。 类别 窗口 六 名单已公布。"),
        ('"类别，保留"', "全镇的岗位如下。 类别 保留 窗口 六 名单已公布。"),
        ("镇岗位的说明", "全镇的岗位如下。 窗口 六 名单已公布。"),
    ],
)
def test_cells_of_a_head_are_shown_if_they_were_found(
    tmp_path: Path, query: str, snippet: str
) -> None:
    doc = library.article(0, "镇岗位的说明", text=_TEXT)
    library.build_in_segments(tmp_path / "index", [doc], (1,))
    answer = search_index(IndexReader(tmp_path / "index"), query, 10)
    assert [result.snippet for result in answer.results] == [snippet]
