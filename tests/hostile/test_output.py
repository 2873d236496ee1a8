"""An output folder in which others have put what is in the way: nothing of theirs is touched."""

import errno
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from dangjian.common.errors import PlaceError
from tests.sites import Site, article, column, folder_bytes

FILES: dict[str, str | bytes] = {
    "content/jcdj/_column.md": column("基层党建"),
    "content/jcdj/a.md": article("撤下的标题"),
}
NEW = {"content/zt/_column.md": column("专题"), "content/zt/a.md": article("新稿件")}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path / "site", FILES)
    made.build()
    return made


def write_new(site: Site) -> None:
    for name, text in NEW.items():
        site.write(name, text)


def refused(site: Site, says: str) -> None:
    with pytest.raises(PlaceError, match=says):
        site.build()


@pytest.mark.parametrize("name", ["zt", "zt/2020"])
def test_a_file_of_others_where_a_folder_has_to_be_stays(site: Site, name: str) -> None:
    strange = site.write(f"output/{name}", "别人的文件")
    write_new(site)
    refused(site, f"不是本程序生成的 {name}")
    assert strange.read_text(encoding="utf-8") == "别人的文件"
    strange.unlink()
    assert "zt/2020/06/a.html" in site.build().files()


def test_a_page_gives_way_to_a_folder_of_its_name(site: Site) -> None:
    """What is ours is no obstacle: a file of an older plan, say."""
    old = site.write("output/zt", "本程序以前的文件")
    (record,) = (site.folder / ".dangjian" / "outputs").glob("*.txt")
    record.write_text(record.read_text(encoding="utf-8") + "zt\n", encoding="utf-8")
    write_new(site)
    assert "zt/2020/06/a.html" in site.build().files()
    assert old.is_dir()


def test_a_file_of_others_where_the_index_has_to_be_stays(tmp_path: Path) -> None:
    site = Site(tmp_path / "site", FILES)
    with site.engine() as engine:
        engine.build()
    for file in (site.output / "search").iterdir():
        file.unlink()
    (site.output / "search").rmdir()
    (site.output / "search").write_text("别人的文件", encoding="utf-8")
    refused(site, "不是本程序生成的 search")
    assert (site.output / "search").read_text(encoding="utf-8") == "别人的文件"


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("name", ["zt", "jcdj", "search", "static", "jcdj/2020"])
def test_a_link_where_a_folder_has_to_be_is_not_written_through(site: Site, name: str) -> None:
    elsewhere = site.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "index.html").write_text("别人的首页", encoding="utf-8")
    place = site.output / name
    if place.exists():
        place.rename(site.folder / "moved")
    place.symlink_to(elsewhere, target_is_directory=True)
    write_new(site)
    refused(site, f"{name} 是符号链接")
    assert folder_bytes(elsewhere) == {"index.html": "别人的首页".encode()}
    place.unlink()
    assert site.build().errors == []


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_the_output_itself_and_what_is_not_ours_may_be_links(tmp_path: Path) -> None:
    (tmp_path / "disk" / "upload").mkdir(parents=True)
    site = Site(tmp_path / "site", FILES)
    site.output.symlink_to(tmp_path / "disk", target_is_directory=True)
    (tmp_path / "disk" / "upload").rmdir()
    site.build()
    (tmp_path / "elsewhere").mkdir()
    (site.output / "upload").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    write_new(site)
    assert "zt/2020/06/a.html" in site.build().files()
    assert (site.output / "upload").is_symlink()


def test_a_folder_of_the_output_that_cannot_be_listed_stops_the_build(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else what was withdrawn would pass for removed, and stay."""
    site.delete("content/jcdj/a.md")
    scandir = os.scandir

    def scan(folder: Any) -> Any:
        if Path(folder) == site.output / "jcdj":
            raise OSError(errno.EIO, "broken", str(folder))
        return scandir(folder)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", scan)
        refused(site, "打不开")
    assert site.build().mentions("撤下的标题") == []
    assert not (site.output / "jcdj/2020/06/a.html").exists()
