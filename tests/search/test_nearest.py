"""A word that nothing has gets the nearest words of titles."""

from pathlib import Path

import pytest

from dangjian.search.format.segment import IndexReader
from dangjian.search.query.engine import search_index
from tests.search import library

TITLES = ["华亭市：采取“四个三”措施", "街道为社区松绑减负", "全市基层党建工作会议", "华亭 市民夜校"]


@pytest.mark.parametrize("counts", [(9,), (1,)], ids=["one segment", "segments"])
@pytest.mark.parametrize(
    ("query", "nearest"),
    [
        ("华停市", ("华亭市",)),
        ("华市亭", ()),
        ("华亭亭市", ("华亭市",)),
        ("街道社区松绑减负", ("街道为社区松绑减负",)),
        ("街道为社区松绑减压", ("街道为社区松绑减负",)),
        ("基层党见", ("基层党建",)),
        ("会议 基层党见", ("基层党建",)),
        ("党见", ()),
        ("基层党建", ()),
        ("-基层党见 华停市", ("华亭市",)),
        ("没有的词语", ()),
    ],
)
def test_nearest_words(
    tmp_path: Path, counts: tuple[int, ...], query: str, nearest: tuple[str, ...]
) -> None:
    """One character wrong, missing or doubled; nothing where something is found."""
    docs = [library.article(n, title) for n, title in enumerate(TITLES)]
    library.build_in_segments(tmp_path / "index", docs, counts)
    answer = search_index(IndexReader(tmp_path / "index"), query, 0)
    assert answer.nearest == nearest
    assert (answer.total == 0) == (query != "基层党建")
