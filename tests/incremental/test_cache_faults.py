"""A cache that can't be trusted is noticed and made anew: never used, never fatal."""

import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, MakeSite
from tests.incremental.edits import found
from tests.sites import Site, assert_same


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
    assert_same(built.files(), site.clean_build())
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


def test_what_somebody_put_beside_the_pages_stays(site: Site) -> None:
    stray = site.output / "jcdj" / "handmade.html"
    stray.write_bytes(b"not made by us")
    site.build()
    assert stray.read_bytes() == b"not made by us"


@pytest.mark.parametrize("number", range(8))
def test_stale_pages_go_even_when_the_catalogue_is_lost(site: Site, number: int) -> None:
    """What was put out is told by itself, so that a withdrawn article can't stay by accident."""
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


BUILD = """
import sys
from pathlib import Path
from tests.incremental.edits import found
from tests.sites import Site
site = Site(Path(sys.argv[1]))
site.build()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("after", [0.5, 0.9, 1.2, 1.6])
def test_killed_while_building(make_site: MakeSite, after: float) -> None:
    site = make_site({})
    archive = found(site)
    for number in range(60):
        archive.add("jcdj", f"第{number}篇", "2020-05-06 07:08", "正文。" * 50, tags=["网格"])
    with subprocess.Popen([sys.executable, "-c", BUILD, site.folder], cwd=ROOT) as process:
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
    assert_mended(site)
