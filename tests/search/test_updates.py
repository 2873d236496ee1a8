"""Updates leave what a clean build would: the same bytes, or the same content in segments."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from dangjian.search import SearchDoc, check_index, update_index
from dangjian.search.builder import index
from dangjian.search.format.container import DamagedIndexError
from dangjian.search.format.folding import simplified
from dangjian.search.format.segment import IndexReader
from dangjian.search.query.engine import search_index
from tests.search import library
from tests.search.dump import dump_index

WORDS = [
    *("党建", "工作", "学习", "服务", "群众", "基层", "组织", "人才", "干部", "2024年", "AI"),
    *("。", "，", "\n"),
]
QUERIES = ["党建", "党", "学习服务", "干部 -人才", '"群众，基层"', "2024", "jiceng", "zz", "组织"]


def some_article(number: int, seed: int) -> SearchDoc:
    """An article made from a number; another seed is another edition of it."""
    random = Random(f"{number} {seed}")
    text = "".join(random.choices(WORDS, k=random.randint(0, 40)))
    title = "".join(random.choices(WORDS[:8], k=random.randint(1, 4)))
    column = random.choice(["a", "b", "b/c"])
    return library.article(
        number,
        title,
        text,
        summary=text[:9],
        columns=(column.split("/")[0], column),
        source=random.choice(["甲", "乙"]),
    )


steps = st.lists(
    st.dictionaries(st.integers(0, 14), st.one_of(st.none(), st.integers(0, 3)), max_size=5),
    min_size=1,
    max_size=6,
)


def content(folder: Path) -> dict[str, bytes]:
    """All files of an index."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def clean(docs: dict[int, SearchDoc], use: Callable[[Path], None]) -> None:
    """Let ``use`` see a clean build."""
    with TemporaryDirectory() as name:
        library.build(Path(name), docs.values(), {"a": "甲栏"})
        use(Path(name))


@settings(max_examples=15, deadline=None)
@given(steps)
def test_a_small_archive_is_what_a_clean_build_writes(edits: list[dict[int, int | None]]) -> None:
    """After any additions, edits and removals: byte for byte, and no file too many."""
    docs: dict[int, SearchDoc] = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        for edit in edits:
            apply(docs, edit)
            library.build(folder, docs.values(), {"a": "甲栏"})
            clean(docs, lambda other: assert_same_files(folder, other))


def assert_same_files(one: Path, other: Path) -> None:
    """The same names and bytes."""
    assert content(one) == content(other)


def apply(docs: dict[int, SearchDoc], edit: dict[int, int | None]) -> None:
    """Add, change or remove articles."""
    for number, seed in edit.items():
        if seed is None:
            docs.pop(number, None)
        else:
            docs[number] = some_article(number, seed)


@settings(max_examples=15, deadline=None)
@given(steps)
def test_segments_say_what_a_clean_build_says(edits: list[dict[int, int | None]]) -> None:
    """With small segments and deletions the index says the same, and so do its answers."""
    docs: dict[int, SearchDoc] = {}
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as name:
        patch.setattr(index, "CANONICAL_DOCS", 0)
        patch.setattr(index, "_LEVELS", (2, 5, 100))
        folder = Path(name)
        for edit in edits:
            apply(docs, edit)
            library.build(folder, docs.values(), {"a": "甲栏"})
            assert len(IndexReader(folder).segments) <= 3
            clean(docs, lambda other: assert_same_content(folder, other))


@pytest.mark.parametrize("canonical", [0, 256], ids=["segments", "one segment"])
@settings(max_examples=15, deadline=None)
@given(
    first=st.dictionaries(st.integers(0, 14), st.integers(0, 3), min_size=1),
    edits=st.lists(st.dictionaries(st.integers(0, 14), st.integers(0, 3)), max_size=4),
)
def test_amending_leaves_what_an_update_leaves(
    canonical: int, first: dict[int, int], edits: list[dict[int, int]]
) -> None:
    """Byte for byte, where only known articles have changed; else nothing is done."""
    columns = {"a": "甲栏"}
    docs: dict[int, SearchDoc] = {}
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as name:
        patch.setattr(index, "CANONICAL_DOCS", canonical)
        patch.setattr(index, "_LEVELS", (2, 5, 100))
        amended, updated = Path(name, "amended"), Path(name, "updated")
        apply(docs, dict(first))
        library.build(amended, docs.values(), columns)
        library.build(updated, docs.values(), columns)
        for edit in edits:
            known = all(number in docs for number in edit)
            before = content(amended)
            changed = [some_article(number, seed) for number, seed in edit.items()]
            assert library.amend(amended, changed, columns) == known
            if not known:
                assert content(amended) == before
                continue
            apply(docs, dict(edit))
            library.build(updated, docs.values(), columns)
            assert_same_files(amended, updated)


def test_a_damaged_index_is_not_amended(tmp_path: Path) -> None:
    docs = {number: some_article(number, 0) for number in range(9)}
    library.build(tmp_path, docs.values(), {})
    other = [some_article(3, 1)]
    for path in sorted(tmp_path.iterdir()):
        whole = path.read_bytes()
        path.write_bytes(whole[:-9])
        assert library.amend(tmp_path, other, {}) == path.name.startswith("fold-"), path.name
        path.write_bytes(whole)
    assert not library.amend(tmp_path / "none", other, {})


def assert_same_content(one: Path, other: Path) -> None:
    """The same documents, terms and answers."""
    assert dump_index(one) == dump_index(other)
    for query in QUERIES:
        for by_date in (False, True):
            here, there = (
                search_index(IndexReader(f), query, 0, by_date=by_date) for f in (one, other)
            )
            assert here == there


def test_an_addition_writes_little(tmp_path: Path) -> None:
    """One article more among many: a small segment and the manifest; the rest stands."""
    docs = {n: some_article(n, 0) for n in range(400)}
    library.build(tmp_path, docs.values())
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    docs[1000] = library.article(1000, "新来的", "新来的一篇")
    known = {doc.key: doc for doc in docs.values()}
    asked: list[str] = []

    def load(keys: list[str]) -> list[SearchDoc]:
        asked.extend(keys)
        return [known[key] for key in keys]

    current = {key: library.doc_digest(doc) for key, doc in known.items()}
    report = update_index(tmp_path, current, load)
    assert asked == ["a/1000.md"]
    assert (report.docs, report.added, report.deleted, report.merged) == (401, 1, 0, 0)
    assert len(report.written) <= 6
    assert set(report.files) == {path.name for path in tmp_path.iterdir()}
    untouched = {n: t for n, t in before.items() if n not in report.written}
    assert untouched == {name: (tmp_path / name).stat().st_mtime_ns for name in untouched}
    again = update_index(tmp_path, current, load)
    assert again.written == again.removed == ()
    assert asked == ["a/1000.md"]
    del current["a/7.md"]
    report = update_index(tmp_path, current, load)
    assert report.written == ("manifest.js",)
    assert (report.docs, report.added, report.deleted) == (400, 0, 1)


def test_column_names_need_no_new_segment(tmp_path: Path) -> None:
    """Another name for a column is written in the manifest alone."""
    docs = [some_article(n, 0) for n in range(5)]
    library.build(tmp_path, docs, {"b": "旧名"})
    before = content(tmp_path)
    library.build(tmp_path, docs, {"b": "新名"})
    changed = [name for name, data in content(tmp_path).items() if before.get(name) != data]
    assert changed == ["manifest.js"]


@pytest.mark.parametrize("count", [40, 700])
def test_order_and_hash_seed_do_not_matter(tmp_path: Path, count: int) -> None:
    """Documents may come in any order, even if only some are looked at for the tokens."""
    docs = [some_article(n, 0) for n in range(count)]
    library.build(tmp_path / "a", docs)
    library.build(tmp_path / "b", docs[::-1])
    library.build(tmp_path / "c", docs[100:] + docs[:100])
    assert content(tmp_path / "a") == content(tmp_path / "b") == content(tmp_path / "c")


def test_segments_merged_are_what_one_would_be(tmp_path: Path) -> None:
    """Merging takes the same sample of documents from segments as from the articles."""
    docs = [some_article(n, 0) for n in range(1200)]
    library.build(tmp_path / "a", docs)
    for end in (500, 530, 1200):
        library.build(tmp_path / "b", docs[:end])
    assert content(tmp_path / "a").keys() - {"manifest.js"} <= content(tmp_path / "b").keys()
    assert dump_index(tmp_path / "a") == dump_index(tmp_path / "b")


def test_what_a_killed_build_left_is_removed(tmp_path: Path) -> None:
    """Half an index under way is no part of the next one, and an error leaves none behind."""
    docs = [some_article(n, 0) for n in range(5)]
    (tmp_path / ".building").mkdir()
    (tmp_path / ".building" / "p0.js").write_bytes(b"half")
    library.build(tmp_path, docs)
    good = content(tmp_path)
    assert ".building" not in good

    def load(_: list[str]) -> list[SearchDoc]:
        raise OSError("the catalogue is gone")

    with pytest.raises(OSError, match="gone"):
        update_index(tmp_path, {"new": b"12345678"}, load)
    assert content(tmp_path) == good


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
def test_damage_is_noticed_and_mended(tmp_path: Path, how: str) -> None:
    """Each file in turn: reading says so or answers, and the next build is as a clean one."""
    docs = [some_article(n, 0) for n in range(60)]
    library.build(tmp_path / "clean", docs)
    good = content(tmp_path / "clean")
    for number, name in enumerate(sorted(good)):
        folder = tmp_path / str(number)
        library.build(folder, docs)
        damage(folder / name, how)
        try_all(folder)
        library.build(folder, docs, verify=True)
        assert content(folder) == good
        assert check_index(folder) == []


def try_all(folder: Path) -> None:
    """Read what can be read; only one kind of error may come of it."""
    try:
        check_index(folder)
        reader = IndexReader(folder)
    except DamagedIndexError:
        return
    for query in QUERIES:
        with suppress(DamagedIndexError):
            search_index(reader, query, 0)


flips = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=4
)


@settings(max_examples=40, deadline=None)
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
    """An index to spoil, and its files as they were."""
    folder = tmp_path_factory.mktemp("spoiled")
    library.build(folder, [some_article(n, 0) for n in range(60)])
    return folder, content(folder)


def test_an_index_of_another_format_is_built_again(tmp_path: Path) -> None:
    """Another version's manifest, or one made with other tables, is not trusted."""
    docs = [some_article(n, 0) for n in range(5)]
    library.build(tmp_path, docs)
    good = content(tmp_path)
    manifest = tmp_path / "manifest.js"
    for old, new in (
        (b'"format":1', b'"format":2'),
        (b"layout 2", b"layout 1"),
        (b'"per_file":', b'"per_shard":'),
    ):
        assert old in good["manifest.js"]
        manifest.write_bytes(good["manifest.js"].replace(old, new))
        library.build(tmp_path, docs)
        assert content(tmp_path) == good
    assert msgspec.json.decode(good["manifest.js"][28:-6])["docs"] == 5
