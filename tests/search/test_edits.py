"""An edit in its place makes only the lists again that change with it, and only their files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from dangjian.search.builder import making, patching, postings
from dangjian.search.builder.cache import GROUP
from dangjian.search.builder.chunks import (
    Part,
    Prepared,
    Texts,
    facts_of,
    lists_of,
    parts_of,
    texts_of,
)
from dangjian.search.builder.folder import Folder
from dangjian.search.builder.members import Change
from dangjian.search.builder.patching import Patched, patched_lists
from dangjian.search.builder.shards import ListsSize
from dangjian.search.format.bits import Numbers
from dangjian.search.format.documents import SearchDoc, record_of
from dangjian.search.format.folding import simplified
from dangjian.search.format.lists import Lists
from tests.examples import examples
from tests.search import library
from tests.search.test_updates import content, some_article

texts = st.text(alphabet="党建工作，学\n2a 𠮷", max_size=70)
# The terms for how a title's first letters are read are the largest: 轻装上阵 is one above 2^61.
titles = st.text(alphabet="党建工，学", max_size=4) | st.just("轻装上阵")
editions = st.tuples(titles, texts)


def parts_from(documents: list[tuple[str, str]]) -> list[Part]:
    """What a chunk takes of documents: title and text of each."""
    docs = [library.article(n, title, text) for n, (title, text) in enumerate(documents)]
    prepared = [Prepared(record_of(doc), doc.columns) for doc in docs]
    return list(parts_of(prepared, Folder(simplified())))


def rows_of(lists: Lists) -> dict[tuple[int, int], tuple[bytes, bytes]]:
    """The bytes of each list, by term and field."""
    found: dict[tuple[int, int], tuple[bytes, bytes]] = {}
    docs, positions = lists.doc_blob.tobytes(), lists.pos_blob.tobytes()
    ends = np.cumsum(lists.doc_bytes).tolist(), np.cumsum(lists.pos_bytes).tolist()
    starts = [[0, *column[:-1]] for column in ends]
    for n, key in enumerate(zip(lists.term.tolist(), lists.field.tolist(), strict=True)):
        found[key] = docs[starts[0][n] : ends[0][n]], positions[starts[1][n] : ends[1][n]]
    return found


def patched_from(before: list[Part], after: list[Part]) -> Patched:
    """The lists of documents made of those before."""
    pairs = enumerate(zip(before, after, strict=True))
    changes = [Change(row, old, new) for row, (old, new) in pairs if old != new]
    size = ListsSize(0, 0)
    classes = facts_of(before, [], size).classes, facts_of(after, [], size).classes
    return patched_lists(lists_of(before), changes, classes, lambda: after)


@examples(30, 600)
@given(st.lists(editions, min_size=8, max_size=8), st.integers(0, 7), editions, st.booleans())
def test_patched_lists_are_those_made_of_all_documents(
    documents: list[tuple[str, str]], number: int, edition: tuple[str, str], decoded: bool
) -> None:
    """Byte for byte, from the lists before or from all documents; others are not named."""
    before = parts_from(documents)
    documents[number] = edition
    after = parts_from(documents)
    old, whole = rows_of(lists_of(before)), rows_of(lists_of(after))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patching, "MOST_DECODED", 1 << 20 if decoded else 0)
        patched = patched_from(before, after)
    assert rows_of(patched.lists) == whole
    assert {term for (term, _), _ in old.items() ^ whole.items()} <= set(patched.terms.tolist())


@pytest.mark.parametrize("more", [0, 1])
def test_few_lists_are_decoded(monkeypatch: pytest.MonkeyPatch, more: int) -> None:
    """On both sides of the most that are: the others are made of all documents."""
    before, after = (parts_from([("题", text), *[("题", "学")] * 7]) for text in ("学", "学习，建"))
    asked: list[int] = []
    made = patching._made_of_all

    def noted(texts: Texts, terms: Numbers, *, titles: bool) -> Iterator[Lists]:
        asked.append(len(terms))
        return made(texts, terms, titles=titles)

    monkeypatch.setattr(patching, "_made_of_all", noted)
    terms = len(patched_from(before, after).terms)
    assert not asked
    monkeypatch.setattr(patching, "MOST_DECODED", terms - more)
    patched_from(before, after)
    assert asked == [terms] * more


def test_a_title_is_changed_whatever_its_letters_are() -> None:
    before, after = (parts_from([(one, "学"), *[("题", "学")] * 7]) for one in ("题", "轻装上阵"))
    patched = patched_from(before, after)
    assert rows_of(patched.lists) == rows_of(lists_of(after))


def test_positions_of_another_width_are_made_again() -> None:
    """Position 2 in five bits and position 4 in six are the same byte."""
    short, long = "工作党建" + "学" * 24, "工作学学党建" + "学" * 40
    before = parts_from([("题", short), *[("题", "学")] * 7])
    after = parts_from([("题", long), *[("题", "学")] * 7])
    patched = patched_from(before, after)
    assert rows_of(patched.lists) == rows_of(lists_of(after))
    assert (ord("党") << 32 | ord("建")) in patched.terms


@pytest.mark.parametrize(("changed", "in_part"), [(0, False), (1, True), (2, False)])
def test_of_many_changes_all_lists_are_made_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, changed: int, in_part: bool
) -> None:
    """On both sides of one document in eight."""
    asked: list[int] = []

    def noted(lists: Lists, changes: list[Change], *others: Any) -> Patched:
        asked.append(len(changes))
        return patched_lists(lists, changes, *others)

    monkeypatch.setattr(making, "patched_lists", noted)
    docs = [library.article(n, "题", f"工作{n}") for n in range(8)]
    library.build(tmp_path / "index", docs)
    docs[:changed] = [library.article(n, "题", f"学习{n}") for n in range(changed)]
    library.build(tmp_path / "index", docs)
    assert asked == ([changed] if in_part else [])
    library.build(tmp_path / "clean", docs)
    assert content(tmp_path / "index") == content(tmp_path / "clean")


@pytest.mark.parametrize("rows", [(0,), (GROUP - 1,), (GROUP,), (0, GROUP - 1, GROUP)])
def test_an_edit_reads_and_writes_the_groups_of_its_articles(
    tmp_path: Path, rows: tuple[int, ...]
) -> None:
    """On both sides of a group's border; of the other groups nothing is needed."""
    folder, cache = tmp_path / "index", library.cache_of(tmp_path / "index")
    docs = [library.article(n, "题", f"工作{n}") for n in range(GROUP + 20)]
    library.build(folder, docs)
    before = {path.name for path in cache.glob("*.parts")}
    assert len(before) == 2
    for row in rows:
        docs[row] = library.article(row, "题", f"学习{row}")
    library.build(folder, docs)
    after = {path.name for path in cache.glob("*.parts")}
    assert len(after) == 2
    assert len(after - before) == len({row // GROUP for row in rows})
    library.build(tmp_path / "clean", docs)
    assert content(folder) == content(tmp_path / "clean")


def large_archive() -> dict[str, SearchDoc]:
    """Articles enough for some hundred shards."""
    docs = {}
    for number in range(300):
        doc = some_article(number, 0)
        words = "".join(chr(0x4E00 + (number * 977 + n * n * 13) % 20000) for n in range(1500))
        docs[doc.key] = library.article(number, doc.title, words, key=doc.key, url=doc.url)
    return docs


def test_an_edit_writes_the_shards_of_its_terms_alone(tmp_path: Path) -> None:
    """A sentence at the end: few files; others are untouched, and all are as in a clean build."""
    folder = tmp_path / "index"
    docs = large_archive()
    library.build(folder, docs.values())
    times = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    kinds = [name.partition("-")[0] for name in times]
    assert kinds.count("shards") > 20
    doc = docs["a/70.md"]
    docs[doc.key] = library.article(70, doc.title, f"{doc.text}（完）", key=doc.key, url=doc.url)
    report = library.build(folder, docs.values())
    written = [name.partition("-")[0] for name in report.written]
    assert 1 <= written.count("shards") <= 4
    assert sorted(set(written)) == ["head", "manifest.js", "shards", "text"]
    assert written.count("head") == written.count("text") == 1
    left = {name: time for name, time in times.items() if name in report.files}
    del left["manifest.js"]
    assert left == {name: (folder / name).stat().st_mtime_ns for name in left}
    library.build(tmp_path / "clean", docs.values())
    assert content(folder) == content(tmp_path / "clean")


@examples(10, 200)
@given(st.lists(editions, max_size=8), st.integers(1, 40))
def test_slices_make_the_same_lists(documents: list[tuple[str, str]], size: int) -> None:
    """Texts that are taken in several slices, and pairs in several batches, give the same lists."""
    parts = parts_from([("党建", "党建工作"), *documents])
    lists = lists_of(parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "_SLICE", size)
        others = lists_of(parts)
    assert rows_of(lists) == rows_of(others)


@pytest.mark.parametrize("narrow", ["_KEY_BITS", "_SMALL_KEY_BITS"])
def test_places_too_large_for_one_number_make_the_same_lists(narrow: str) -> None:
    parts = parts_from([("党建", "党建工作，党建。"), ("党", "工作党建"), ("工作", "")])
    lists = lists_of(parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, narrow, 0)
        others = lists_of(parts)
    assert rows_of(lists) == rows_of(others)


@pytest.mark.parametrize(("position", "fits"), [(15, True), (16, False)])
def test_a_number_holds_62_bits_of_a_place(position: int, fits: bool) -> None:
    """The largest place of all is in order behind the others, and in a batch with its like."""
    bits = postings._Bits(16, 15, position)
    assert bits.fit is fits
    largest = [(1 << width) - 1 for width in (16, 16, *bits[1:])]
    unit, after = (np.array([7, 7, most], np.uint16) for most in largest[:2])
    field, at = (np.array([7, 7, most], np.int32) for most in largest[2:])
    columns = postings._Columns(unit, after, field, at)
    keys = bits.joined(columns) if fits else np.array([0, 0, 1])
    assert list(postings._batches(keys, bits.below if fits else 0)) == [(0, 3)]
    places = bits.places(keys, np.dtype(np.int32)) if fits else postings._in_order([columns])
    assert places.position is not None
    assert [column.tolist()[-1] for column in (places.term, places.field, places.position)] == [
        (largest[0] << 32) | largest[1],
        *largest[2:],
    ]


@pytest.mark.parametrize("count", [65_535, 65_536])
def test_more_characters_than_16_bits_number(count: int) -> None:
    """Units and the break have numbers of 16 bits, or larger ones: all lists are there."""
    codes = np.arange(0x20000, 0x20000 + count, dtype=np.uint32)
    part = Part("", (), "", "", (0, 0, count), codes.tobytes(), b"")
    texts = texts_of([part])
    assert texts.numbers.dtype.itemsize == (2 if count < 65_536 else 4)
    first, second = codes[:-1].astype(np.int64), codes[1:].astype(np.int64)
    terms = {*(codes.astype(np.int64) << 32).tolist(), *((first << 32) | second).tolist()}
    assert {term for term, _ in rows_of(lists_of([part]))} == terms
