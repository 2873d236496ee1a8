"""An index depends on the public articles alone: any update leaves the bytes of a clean build."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, strategies as st

from dangjian.search.builder import index
from dangjian.search.builder.partition import Sizes, partition
from dangjian.search.builder.update import update_index
from dangjian.search.format.documents import SearchDoc
from dangjian.search.format.folding import simplified
from dangjian.search.format.segment import IndexReader
from dangjian.search.query.engine import search_index
from tests.examples import examples
from tests.search import library
from tests.search.dump import dump_index

WORDS = [
    *("党建", "工作", "学习", "服务", "群众", "基层", "组织", "人才", "干部", "2024年", "AI"),
    *("。", "，", "\n"),
]
QUERIES = ["党建", "党", "学习服务", "干部 -人才", '"群众，基层"', "2024", "jiceng", "zz", "组织"]
SMALL = Sizes(small=(2, 4), chunk=(8, 14), segment=(20, 36), recent=10)
COLUMNS = {"a": "甲栏"}

Edit = dict[int, tuple[int, int] | None]
"""Articles by number: None is withdrawn, otherwise an edition, and by how many days it is moved."""


def some_article(number: int, seed: int, days: int = 0) -> SearchDoc:
    """An article made from a number; another seed is another edition of it."""
    random = Random(f"{number} {seed}")
    text = "".join(random.choices(WORDS, k=random.randint(0, 40)))
    title = "".join(random.choices(WORDS[:8], k=random.randint(1, 4)))
    column = random.choice(["a", "b", "b/c"])
    return library.article(
        number + days,
        title,
        text,
        key=f"a/{number}.md",
        url=f"a/{number}.html",
        summary=text[:9],
        columns=(column.split("/")[0], column),
        source=random.choice(["甲", "乙"]),
    )


def content(folder: Path) -> dict[str, bytes]:
    """All files of an index."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@contextmanager
def cut_by(sizes: Sizes) -> Iterator[None]:
    """Archives are cut by other sizes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "partition", partial(partition, sizes=sizes))
        yield


def apply(docs: dict[int, SearchDoc], edit: Edit) -> None:
    """Add, change, move in time or remove articles."""
    for number, edition in edit.items():
        if edition is None:
            docs.pop(number, None)
        else:
            docs[number] = some_article(number, *edition)


def assert_clean(folder: Path, docs: dict[int, SearchDoc]) -> None:
    """An index has just the files, byte for byte, of one that is built of these articles alone."""
    with TemporaryDirectory() as name:
        library.build(Path(name, "clean"), docs.values(), COLUMNS)
        here, there = content(folder), content(Path(name, "clean"))
        assert here.keys() == there.keys()
        assert here == there


some_edits = st.dictionaries(
    st.integers(0, 260),
    st.one_of(st.none(), st.tuples(st.integers(0, 3), st.integers(-40, 40))),
    max_size=6,
)


@examples(6, 60)
@given(st.integers(0, 240), st.lists(some_edits, min_size=1, max_size=5))
def test_any_edits_leave_the_bytes_of_a_clean_build(first: int, many: list[Edit]) -> None:
    """With small sizes, so that few articles have borders of every size."""
    docs = {number: some_article(number, 0) for number in range(first)}
    with cut_by(SMALL), TemporaryDirectory() as name:
        folder = Path(name, "index")
        library.build(folder, docs.values(), COLUMNS)
        for edit in many:
            apply(docs, edit)
            library.build(folder, docs.values(), COLUMNS)
        assert_clean(folder, docs)


def around(sizes: Sizes) -> list[int]:
    """Counts of articles on both sides of where the first border of each size can be."""
    small = sizes.small[1]
    chunk = sizes.chunk[1] + small
    recent = sizes.recent + sizes.chunk[0]
    segment = sizes.segment[1] + chunk
    return sorted({n + d for n in (small, chunk, recent, segment) for d in (-1, 0, 1)})


@pytest.mark.parametrize("count", around(SMALL))
def test_both_sides_of_every_size(tmp_path: Path, count: int) -> None:
    """One article more, one less, the oldest edited: as a clean build would have it."""
    docs = {number: some_article(number, 0) for number in range(count)}
    with cut_by(SMALL):
        library.build(tmp_path / "index", docs.values(), COLUMNS)
        edits: list[Edit] = [{count: (0, 0)}, {0: (1, 0)}, {count: None, 3: None}, {5: (0, 3)}]
        for edit in edits:
            apply(docs, edit)
            library.build(tmp_path / "index", docs.values(), COLUMNS)
            assert_clean(tmp_path / "index", docs)


@pytest.mark.parametrize(
    "count", [300, 1500, pytest.param(10_000, marks=pytest.mark.slow)], ids=str
)
def test_the_sizes_in_use(tmp_path: Path, count: int) -> None:
    """Edits of the newest and the oldest, withdrawals, moves in time, at sizes of real archives."""
    random = Random(count)
    docs = {number: some_article(number, 0) for number in range(count)}
    folder = tmp_path / "index"
    library.build(folder, docs.values(), COLUMNS)
    for _ in range(4):
        edit: Edit = {random.randrange(count): (1, 0), random.randrange(count): None}
        edit |= {random.randrange(count): (2, random.randrange(-99, 99)), count + 5: (0, 0)}
        apply(docs, edit)
        library.build(folder, docs.values(), COLUMNS)
    assert_clean(folder, docs)


@examples(8, 80)
@given(
    first=st.dictionaries(st.integers(0, 70), st.integers(0, 3), min_size=1),
    changes=st.lists(st.dictionaries(st.integers(0, 70), st.integers(0, 3)), max_size=4),
)
def test_amending_leaves_what_an_update_leaves(
    first: dict[int, int], changes: list[dict[int, int]]
) -> None:
    """Byte for byte, where only known articles have changed; else nothing is done."""
    docs: dict[int, SearchDoc] = {}
    with cut_by(SMALL), TemporaryDirectory() as name:
        folder = Path(name, "index")
        apply(docs, {number: (seed, 0) for number, seed in first.items()})
        library.build(folder, docs.values(), COLUMNS)
        for change in changes:
            known = all(number in docs for number in change)
            before = content(folder)
            changed = [some_article(number, seed) for number, seed in change.items()]
            assert library.amend(folder, changed, COLUMNS) == known
            if known:
                apply(docs, {number: (seed, 0) for number, seed in change.items()})
                assert library.build(folder, docs.values(), COLUMNS).written == ()
                assert_clean(folder, docs)
            else:
                assert content(folder) == before


@pytest.mark.parametrize("counts", [(1,), (2, 5), (7,)], ids=str)
def test_however_it_is_cut_it_says_the_same(tmp_path: Path, counts: tuple[int, ...]) -> None:
    """The same documents, terms and answers."""
    docs = [some_article(n, 0) for n in range(20)]
    library.build(tmp_path / "one", docs, COLUMNS)
    library.build_in_segments(tmp_path / "cut", docs, counts, COLUMNS)
    assert len(IndexReader(tmp_path / "cut").segments) > 1
    assert dump_index(tmp_path / "one") == dump_index(tmp_path / "cut")
    readers = [IndexReader(tmp_path / name) for name in ("one", "cut")]
    for query in QUERIES:
        for by_date in (False, True):
            one, cut = (search_index(reader, query, 0, by_date=by_date) for reader in readers)
            assert one == cut


def test_an_addition_writes_little(tmp_path: Path) -> None:
    """One article more among many: one small segment; older files stay untouched."""
    folder = tmp_path / "index"
    docs = {n: some_article(n, 0) for n in range(336)}
    library.build(folder, docs.values())
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    docs[336] = library.article(336, "新来的", "新来的一篇")
    known = {doc.key: doc for doc in docs.values()}
    asked: list[str] = []

    def load(keys: list[str]) -> list[SearchDoc]:
        asked.extend(keys)
        return [known[key] for key in keys]

    current = {key: library.edition(doc) for key, doc in known.items()}
    update = partial(update_index, folder, library.cache_of(folder))
    report = update(current, load)
    assert asked == ["a/336.md"]
    assert (report.docs, report.loaded) == (337, 1)
    kinds = sorted(name.partition("-")[0] for name in report.written)
    assert kinds in (["head", "manifest.js", "shards", *["text"] * n] for n in (1, 2))
    assert set(report.files) == {path.name for path in folder.iterdir()}
    untouched = {n: t for n, t in before.items() if n in report.files and n not in report.written}
    assert untouched == {name: (folder / name).stat().st_mtime_ns for name in untouched}
    again = update(current, load)
    assert again.written == again.removed == ()
    assert asked == ["a/336.md"]
    del current["a/7.md"]
    assert update(current, load).docs == 336
    assert asked == ["a/336.md"]


def test_column_names_need_no_new_segment(tmp_path: Path) -> None:
    """Another name for a column is written in the manifest alone."""
    docs = [some_article(n, 0) for n in range(5)]
    library.build(tmp_path / "index", docs, {"b": "旧名"})
    assert library.build(tmp_path / "index", docs, {"b": "新名"}).written == ("manifest.js",)


@pytest.mark.parametrize("count", [40, 700])
def test_order_and_hash_seed_do_not_matter(tmp_path: Path, count: int) -> None:
    """Documents may come in any order."""
    docs = [some_article(n, 0) for n in range(count)]
    library.build(tmp_path / "a", docs)
    library.build(tmp_path / "b", docs[::-1])
    library.build(tmp_path / "c", docs[100:] + docs[:100])
    assert content(tmp_path / "a") == content(tmp_path / "b") == content(tmp_path / "c")


def test_an_error_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    """The catalogue is gone while documents are loaded."""
    folder = tmp_path / "index"
    docs = [some_article(n, 0) for n in range(5)]
    library.build(folder, docs)
    good = content(folder)

    def load(_: list[str]) -> list[SearchDoc]:
        raise OSError("the catalogue is gone")

    with pytest.raises(OSError, match="gone"):
        update_index(folder, library.cache_of(folder), {"new": library.edition(docs[0])}, load)
    assert content(folder) == good


def test_one_article_more_needs_no_opencc(tmp_path: Path) -> None:
    """The table of traditional characters is that of the fold file, for loading OpenCC is slow."""
    docs = [some_article(n, 0) for n in range(3)]
    library.build(tmp_path / "a", docs)
    more = [*docs, library.article(9, "黨國會議")]
    simplified.cache_clear()
    library.build(tmp_path / "a", more)
    assert simplified.cache_info().misses == 0
    library.build(tmp_path / "b", more)
    assert content(tmp_path / "a") == content(tmp_path / "b")


def test_a_time_alone_is_no_damage(tmp_path: Path) -> None:
    """A file that was copied or touched is not written again, and looked into only once."""
    docs = [some_article(n, 0) for n in range(9)]
    folder = tmp_path / "index"
    library.build(folder, docs)
    for path in folder.iterdir():
        path.touch()
    times = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert library.build(folder, docs).written == ()
    assert library.build(folder, docs).written == ()
    assert times == {path: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_nothing_of_the_builder_is_in_the_index(tmp_path: Path) -> None:
    """Files of earlier versions are removed, those of others are not."""
    folder = tmp_path / "index"
    folder.mkdir()
    old = ("0123456789abcdef-state.bin", "0123456789abcdef-t0.js", "fold-00.js", "text-00.js")
    for name in (*old, "robots.txt"):
        (folder / name).write_bytes(b"old")
    report = library.build(folder, [some_article(n, 0) for n in range(9)])
    assert set(report.removed) == set(old)
    kinds = {"manifest.js", "head", "shards", "fold", "tokens", "text", "robots.txt"}
    names = content(folder)
    assert all(any(kind in name for kind in kinds) for name in names)
    assert "robots.txt" in names
