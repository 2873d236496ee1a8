"""A damaged index or cache is noticed, and a build repairs it; nothing else is ever raised."""

from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, strategies as st

from dangjian.search.builder import state
from dangjian.search.format.container import DamagedIndexError
from dangjian.search.format.segment import IndexReader
from dangjian.search.query.engine import search_index
from tests.examples import examples
from tests.search import library
from tests.search.test_updates import QUERIES, SMALL, content, cut_by, some_article


def test_a_damaged_index_is_not_amended(tmp_path: Path) -> None:
    """Whichever file is cut short."""
    docs = {number: some_article(number, 0) for number in range(9)}
    folder = tmp_path / "index"
    library.build(folder, docs.values(), {})
    other = [some_article(3, 1)]
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        path.write_bytes(whole[:-9])
        assert not library.amend(folder, other, {}), path.name
        path.write_bytes(whole)
    assert not library.amend(tmp_path / "none", other, {})
    assert library.amend(folder, other, {})


def damage(path: Path, how: str) -> None:
    """Spoil a file."""
    data = path.read_bytes()
    if how == "missing":
        path.unlink()
    elif how == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif how == "empty":
        path.write_bytes(b"")
    else:
        path.write_bytes(data[:40] + bytes(b ^ 0x55 for b in data[40:80]) + data[80:])


@pytest.mark.parametrize("how", ["missing", "cut", "empty", "changed"])
@pytest.mark.parametrize("edited", [False, True], ids=["unchanged", "edited"])
def test_damage_is_noticed_and_repaired(tmp_path: Path, how: str, edited: bool) -> None:
    """Each file in turn: reading says so or answers, and the next build is as a clean one.

    A file with changed content has another time, and the same size.
    """
    docs = [some_article(n, 0) for n in range(60)]
    later = [some_article(7, 1), *docs[:7], *docs[8:]] if edited else docs
    folder = tmp_path / "index"
    library.build(tmp_path / "clean", later)
    good = content(tmp_path / "clean")
    library.build(folder, docs)
    for name in sorted(content(folder)):
        library.build(folder, docs)
        damage(folder / name, how)
        try_all(folder)
        library.build(folder, later)
        assert content(folder) == good, name


@pytest.mark.parametrize("how", ["missing", "cut", "empty", "changed"])
def test_a_damaged_cache_costs_time_only(tmp_path: Path, how: str) -> None:
    """Each cached file in turn: the next build is as a clean one all the same."""
    docs = [some_article(n, 0) for n in range(60)]
    later = [some_article(7, 1), *docs[:7], *docs[8:]]
    library.build(tmp_path / "clean", later)
    folder = tmp_path / "index"
    library.build(folder, docs)
    kinds = {path.suffix: path for path in library.cache_of(folder).iterdir()}
    assert sorted(kinds) == ["", ".facts", ".lists", ".parts"]
    for kind in kinds:
        library.build(folder, docs)
        for path in library.cache_of(folder).glob(f"*{kind}" if kind else "state"):
            damage(path, how)
        assert not library.amend(folder, [library.article(999, "新")], {})
        library.build(folder, later)
        assert content(folder) == content(tmp_path / "clean"), kind


def try_all(folder: Path) -> None:
    """Read what can be read; only one kind of error may come of it."""
    try:
        reader = IndexReader(folder)
    except DamagedIndexError:
        return
    for query in QUERIES:
        with suppress(DamagedIndexError):
            search_index(reader, query, 0)


flips = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=4
)


@examples(12, 300)
@given(st.floats(0, 1, exclude_max=True), flips)
def test_flipped_bytes_never_raise_anything_else(
    spoiled: tuple[Path, dict[str, bytes]], which: float, changes: list[tuple[float, int]]
) -> None:
    """Random bytes changed anywhere in the index."""
    folder, good = spoiled
    name = sorted(good)[int(which * len(good))]
    raw = bytearray(good[name])
    for place, value in changes:
        raw[int(place * len(raw))] ^= value
    (folder / name).write_bytes(raw)
    try:
        try_all(folder)
    finally:
        (folder / name).write_bytes(good[name])


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """An index to spoil, of several segments and chunks, and its files as they were."""
    folder = tmp_path_factory.mktemp("spoiled") / "index"
    with cut_by(SMALL):
        library.build(folder, [some_article(n, 0) for n in range(60)])
    return folder, content(folder)


def test_an_index_of_another_format_is_not_read(tmp_path: Path) -> None:
    """The reader gets a message, and a build writes all of it again."""
    folder = tmp_path / "index"
    docs = [some_article(n, 0) for n in range(5)]
    library.build(folder, docs)
    good = content(folder)
    assert msgspec.json.decode(good["manifest.js"][28:-6])["docs"] == 5
    (folder / "manifest.js").write_bytes(good["manifest.js"].replace(b'"format":6', b'"format":7'))
    with pytest.raises(DamagedIndexError, match="另一版本"):
        IndexReader(folder)
    library.build(folder, docs)
    assert content(folder) == good


def test_an_index_is_made_with_the_versions_that_are_installed() -> None:
    assert f"opencc {version('OpenCC')}, pypinyin {version('pypinyin')}, " in state.made_with()


def test_other_versions_take_nothing_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was cached by other versions of what an index depends on is made again."""
    folder = tmp_path / "index"
    docs = [some_article(n, 0) for n in range(9)]
    library.build(folder, docs)
    assert library.build(folder, docs).loaded == 0
    known = state.made_with()
    monkeypatch.setattr(state, "made_with", lambda: f"{known}, opencc 9.9")
    assert library.build(folder, docs).loaded == len(docs)
    assert not library.amend(folder, [library.article(999, "新")], {})
