"""Shards in which some lists of some chunks changed are those that all lists would make."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from dangjian.search.builder import segments
from dangjian.search.builder.changed_shards import (
    ChangedLists,
    changed_shards,
    shards_of_terms,
    terms_of,
)
from dangjian.search.builder.chunks import lists_of
from dangjian.search.builder.shards import shards_of
from dangjian.search.format.lists import Lists
from tests.examples import examples
from tests.search import library
from tests.search.test_edits import editions, large_archive, parts_from, patched_from
from tests.search.test_updates import content

CHUNK = 3
chunks_of_documents = st.lists(
    st.lists(editions, min_size=CHUNK, max_size=CHUNK), min_size=1, max_size=4
)
edits = st.dictionaries(st.integers(0, 3), st.tuples(st.integers(0, CHUNK - 1), editions))


@examples(40, 800)
@given(chunks_of_documents, edits, st.integers(1, 6))
def test_changed_shards_are_those_of_all_lists(
    chunks: list[list[tuple[str, str]]],
    changed: dict[int, tuple[int, tuple[str, str]]],
    shards: int,
) -> None:
    """Byte for byte, with one chunk or several; shards that are not named have not changed."""
    before = [parts_from(documents) for documents in chunks]
    lists = [lists_of(parts) for parts in before]
    old = dict(enumerate(shards_of(lists, shards)))
    changes: list[ChangedLists] = []
    for number, (row, edition) in changed.items():
        if number < len(chunks):
            chunks[number][row] = edition
            patched = patched_from(before[number], parts_from(chunks[number]))
            lists[number] = patched.lists
            changes.append(ChangedLists(number, patched.terms, patched.made))
    numbers = shards_of_terms(terms_of(changes), shards).tolist()
    made = changed_shards({n: old[n] for n in numbers}, changes, shards, len(chunks))
    assert sorted(made) == numbers
    assert old | made == dict(enumerate(shards_of(lists, shards)))


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Of each segment that is made of all its lists, how many chunks it has."""
    asked: list[int] = []

    def noted(chunks: Sequence[Lists], shards: int) -> object:
        asked.append(len(chunks))
        return shards_of(chunks, shards)

    monkeypatch.setattr(segments, "shards_of", noted)
    return asked


@pytest.mark.parametrize("fewer", [0, 1])
def test_few_terms_are_changed_in_their_shards(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, whole: list[int], fewer: int
) -> None:
    """On both sides of the most that are: with more, all lists are put together."""
    terms: list[int] = []

    def noted(changes: Sequence[ChangedLists]) -> object:
        terms.append(len(terms_of(changes)))
        return terms_of(changes)

    monkeypatch.setattr(segments, "terms_of", noted)
    docs = [library.article(n, "题", f"工作{n}") for n in range(9)]
    library.build(tmp_path / "index", docs)
    whole.clear()
    docs[4] = library.article(4, "题", "学习")
    library.build(tmp_path / "index", docs)
    assert terms and not whole
    monkeypatch.setattr(segments, "MOST_CHANGED", terms[0] - fewer)
    docs[4] = library.article(4, "题", "工作4")
    library.build(tmp_path / "index", docs)
    assert whole == [1] * fewer
    library.build(tmp_path / "clean", docs)
    assert content(tmp_path / "index") == content(tmp_path / "clean")


def test_shards_that_can_not_be_read_are_made_of_all_lists(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, whole: list[int]
) -> None:
    """A file of the size and the time that it should have is looked into only here."""
    docs = large_archive()
    folder = tmp_path / "index"
    library.build(folder, docs.values())
    whole.clear()
    known = segments._known_shards

    def spoiled(before: segments.Before, file: int) -> dict[int, bytes]:
        shards = known(before, file)
        return {n: bytes(len(shard)) for n, shard in shards.items()}

    monkeypatch.setattr(segments, "_known_shards", spoiled)
    doc = docs["a/70.md"]
    docs[doc.key] = library.article(70, doc.title, f"{doc.text}（完）", key=doc.key, url=doc.url)
    library.build(folder, docs.values())
    assert whole == [1]
    library.build(tmp_path / "clean", docs.values())
    assert content(folder) == content(tmp_path / "clean")
