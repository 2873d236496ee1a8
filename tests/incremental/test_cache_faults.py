"""A cache that can't be trusted is noticed and rebuilt: never used, never fatal."""

import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dangjian.common.output_folder import write_output
from dangjian.content.catalogue import Catalogue
from dangjian.rendering.assets import build_assets
from dangjian.rendering.environment import make_environment
from tests.conftest import MakeSite
from tests.hostile.test_files import PNG
from tests.incremental.edits import Archive, found
from tests.sites import Site, article, assert_same, folder_bytes

# What a clean build leaves, by all that it is made of: most tests damage the cache alone.
CLEAN: dict[tuple[frozenset[tuple[str, bytes]], str], dict[str, bytes]] = {}


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site({})
    found(site)
    site.build()
    return site


def catalogue(site: Site) -> Path:
    """The one catalogue of the site."""
    (path,) = site.cache.glob("*.sqlite")
    return path


def assert_mended(site: Site) -> None:
    """The next build leaves what a clean one leaves, and the one after has nothing to do."""
    built = site.build()
    assert not built.errors
    made_of = folder_bytes(site.content) | folder_bytes(site.folder / "templates")
    key = frozenset(made_of.items()), repr(site.settings)
    if key not in CLEAN:
        CLEAN[key] = site.clean_build()
    assert_same(built.files(), CLEAN[key])
    again = site.build()
    assert not again.written
    assert not again.rendered


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.7, 0.99])
def test_a_catalogue_cut_off(site: Site, share: float) -> None:
    path = catalogue(site)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert_mended(site)


@pytest.mark.parametrize("at", [0, 100, 4096, 9000, 20000, -3000])
def test_a_catalogue_with_foreign_bytes(site: Site, at: int) -> None:
    path = catalogue(site)
    data = bytearray(path.read_bytes())
    at %= len(data)
    data[at : at + 700] = b"\xa5" * len(data[at : at + 700])
    path.write_bytes(data)
    assert_mended(site)


def test_a_catalogue_that_is_something_else(site: Site) -> None:
    path = catalogue(site)
    path.write_text("这不是数据库。" * 500, encoding="utf-8")
    assert_mended(site)


def test_a_folder_where_the_catalogue_was(site: Site) -> None:
    path = catalogue(site)
    path.unlink()
    (path / "inside").mkdir(parents=True)
    assert_mended(site)


def tables(path: Path) -> list[str]:
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    database.close()
    return [row[0] for row in rows]


def test_a_catalogue_without_one_of_its_tables(site: Site) -> None:
    path = catalogue(site)
    for table in tables(path):
        with sqlite3.connect(path) as database:
            database.execute(f"DROP TABLE {table}")
        database.close()
        assert_mended(site)


def test_a_catalogue_whose_rows_are_garbled(site: Site) -> None:
    """A valid database with values of other programs in every column that holds bytes."""
    path = catalogue(site)
    for table in tables(path):
        database = sqlite3.connect(path)
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        for name in columns[1:]:
            database.execute(f"UPDATE {table} SET {name} = x'c1c1c1'")  # noqa: S608 - our own tables
        database.commit()
        database.close()
        assert_mended(site)


def test_a_catalogue_of_another_version(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("engine", "snapshot", "site_plan"):
        monkeypatch.setattr(f"dangjian.building.{module}.code_version", lambda: b"another version!")
    built = site.build()
    assert len(built.report.read) == 12
    assert_same(built.files(), site.clean_build())
    monkeypatch.undo()
    assert_mended(site)


def test_an_index_of_code_that_took_other_words(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which words of a text are searched is decided by code, not by the text alone."""
    module = "dangjian.building.search_documents"
    monkeypatch.setattr(f"{module}.plain_text", lambda body, _: f"旧版{body}")
    for name in ("engine", "snapshot", "site_plan", "search_documents"):
        monkeypatch.setattr(f"dangjian.building.{name}.code_version", lambda: b"another version!")
    before = site.build().files()
    monkeypatch.undo()
    now = site.build().files()
    assert_same(now, site.clean_build())
    assert {name for name in before if "search/text-" in name}.isdisjoint(now)


def test_a_catalogue_of_another_configuration(site: Site) -> None:
    other = site.build_elsewhere(site.folder / "other")
    site.settings.update(SITENAME="另一个网站", PAGE_SIZE=5)
    shutil.copy(next((other.output.parent / "cache").glob("*.sqlite")), catalogue(site))
    assert_mended(site)


def test_a_catalogue_brought_along_without_its_output(site: Site) -> None:
    shutil.rmtree(site.output)
    assert_mended(site)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_links_where_pages_belong_are_replaced_and_not_written_through(site: Site) -> None:
    """In an output without a plain file, too, where pages are written in their places at once."""
    clean = site.clean_build()
    shutil.rmtree(site.output)
    elsewhere = site.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept.html").write_text("别处的文件", encoding="utf-8")
    site.output.mkdir()
    (site.output / "index.html").symlink_to(elsewhere / "kept.html")
    (site.output / "search.html").symlink_to(elsewhere / "nothing.html")
    (site.output / "sitemap.html").mkdir()
    built = site.build()
    assert not built.errors
    assert_same(built.files(), clean)
    assert [path.name for path in elsewhere.iterdir()] == ["kept.html"]
    assert (elsewhere / "kept.html").read_text(encoding="utf-8") == "别处的文件"


def test_an_output_that_somebody_changed(site: Site) -> None:
    names = sorted(site.build().files())
    (site.output / names[0]).write_bytes(b"changed by hand")
    (site.output / names[-1]).unlink()
    (site.output / "index.html").write_bytes(b"")
    assert_mended(site)


def test_what_somebody_put_next_to_the_pages_stays(site: Site) -> None:
    stray = site.output / "jcdj" / "handmade.html"
    stray.write_bytes(b"not made by us")
    site.build()
    assert stray.read_bytes() == b"not made by us"


@pytest.mark.parametrize("number", range(8))
def test_stale_pages_go_even_when_the_catalogue_is_lost(site: Site, number: int) -> None:
    """What was published is on record elsewhere: a withdrawn article can't stay by accident."""
    sources = sorted(site.content.rglob("a*.md"))
    sources[number].unlink()
    catalogue(site).unlink()
    assert_same(site.build().files(), site.clean_build())


def test_pictures_in_the_cache_cut_off(site: Site) -> None:
    kept = [path for path in (site.cache / "pictures").rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        path.write_bytes(path.read_bytes()[:10])
    shutil.rmtree(site.output)
    assert_mended(site)


def flip(data: bytes, at: int) -> bytes:
    """The same bytes with one bit another, as a failing disk gives them back."""
    return data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]


def test_compiled_templates_with_a_flipped_bit_are_compiled_again(tmp_path: Path) -> None:
    """Whichever byte it is: code that Python runs is never taken unchecked."""
    templates, compiled = tmp_path / "templates", tmp_path / "compiled"
    templates.mkdir()
    compiled.mkdir()
    (templates / "a.html").write_text("{% for x in y %}{{ x }}，{% endfor %}", encoding="utf-8")

    def render() -> str:
        environment = make_environment([str(templates)], compiled=compiled)
        return environment.get_template("a.html").render(y=["甲", "乙"])

    assert render() == "甲，乙，"
    (stored,) = compiled.iterdir()
    whole = stored.read_bytes()
    for at in range(0, len(whole), 37):
        damaged = flip(whole, at)
        stored.write_bytes(damaged)
        assert render() == "甲，乙，"
        assert stored.read_bytes() != damaged, "it is stored again"
    stored.unlink()
    stored.mkdir()
    assert render() == "甲，乙，"
    stored.rmdir()
    stored.write_bytes(whole[: len(whole) // 2])
    assert render() == "甲，乙，"


def test_assets_with_a_flipped_bit_are_made_again(tmp_path: Path) -> None:
    static, cache = tmp_path / "static", tmp_path / "cache"
    (static / "css").mkdir(parents=True)
    (static / "css" / "site.css").write_text("a { color: #123456 }\n" * 20, encoding="utf-8")
    made = build_assets(static, cache)
    (stored,) = cache.iterdir()
    whole = stored.read_bytes()
    for at in range(0, len(whole), 29):
        stored.write_bytes(flip(whole, at))
        assert build_assets(static, cache) == made


@pytest.mark.parametrize("name", ["index.html", "jcdj/index.html", "feeds/all.rss.xml", "search/x"])
def test_a_folder_where_a_file_belongs_in_an_output_of_our_own(site: Site, name: str) -> None:
    """What publish and preview build into lies in the cache: nobody keeps anything there."""
    site.output = site.cache / "publish"
    before = site.build()
    target = before.output / name
    if name == "search/x":
        shutil.rmtree(target.parent)
        target = target.parent
        target.write_bytes(b"a file where a folder belongs")
    else:
        target.unlink()
        (target / "inside").mkdir(parents=True)
        (target / "inside" / "x.txt").write_bytes(b"x")
    assert_mended(site)


WHERE_FILES_BELONG = (
    "cache.lock",
    "catalogue-*.sqlite",
    "catalogue-*.lock",
    "catalogue-*.search",
    "catalogue-*.search/state",
    "templates",
    "pictures",
    "pictures/*/*.json",
    "pictures/*/*.png",
)


@pytest.mark.parametrize("pattern", WHERE_FILES_BELONG)
@pytest.mark.parametrize("kind", ["folder", "file"])
def test_anything_in_the_cache_may_be_a_folder_or_a_file_instead(
    make_site: MakeSite, pattern: str, kind: str
) -> None:
    files: dict[str, str | bytes] = {"content/jcdj/p.png": PNG}
    files["content/jcdj/a.md"] = article(body="正文。\n\n![图](p.png)")
    site = make_site(files)
    site.build()
    target = next(site.cache.glob(pattern))
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink()
    if kind == "folder":
        target.mkdir()
        (target / "x").write_bytes(b"x")
    else:
        target.write_bytes(b"x")
    site.edit("content/jcdj/a.md", "正文。", "改过的正文。")
    assert_mended(site)


def test_a_folder_where_a_file_belongs_elsewhere_stays_and_is_named(site: Site) -> None:
    target = site.output / "index.html"
    target.unlink()
    target.mkdir()
    (target / "precious.txt").write_bytes(b"somebody's")
    with pytest.raises(IsADirectoryError, match=r"index\.html"):
        site.build()
    assert (target / "precious.txt").read_bytes() == b"somebody's"


class Killed(BaseException):
    """The process ends here."""


def kill_at(number: int, patch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Let the process end at its ``number``-th step: before or after a commit or a file written.

    What was not committed is lost then, as in a process that is killed. Gives the count of steps.
    """
    count = 0

    def step() -> None:
        nonlocal count
        count += 1
        if count == number:
            raise Killed

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def between(*arguments: Any, **options: Any) -> Any:
            step()
            result = original(*arguments, **options)
            step()
            return result

        return between

    for name in ("commit", "checkpoint", "put_outputs"):
        patch.setattr(Catalogue, name, counted(getattr(Catalogue, name)))
    for module in ("rendering.renderer", "building.produce"):
        patch.setattr(f"dangjian.{module}.write_output", counted(write_output))
    return lambda: count


def change(site: Site, archive: Archive) -> None:
    """What a build that is cut off should bring: an edit, a new article, one that is withdrawn."""
    archive.add("jcdj", "新来的一篇", "2020-05-06 07:08", "新文。")
    archive.site.edit("content/jcdj/csdj/a2.md", "露天平台", "室内平台")
    site.delete("content/tzgg/a6.md")


@pytest.mark.parametrize("first", [True, False], ids=["a first build", "a later one"])
def test_cut_off_at_any_step(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, long: bool, first: bool
) -> None:
    """A few steps spread over the build; all of them in the long mode."""

    def cut_off(number: int) -> int:
        site = make_site({})
        archive = found(site)
        if not first:
            site.build()
            change(site, archive)
        with monkeypatch.context() as patched:
            steps = kill_at(number, patched)
            try:
                site.build()
            except Killed:
                assert steps() == number
            else:
                assert not number
        assert_mended(site)
        return steps()

    total = cut_off(0)
    assert total > 40
    for number in range(1, total + 1, 1 if long else total // 4):
        cut_off(number)
