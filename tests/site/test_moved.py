"""An article that was renamed, moved or redated: its old address is noticed, and can be kept."""

from pathlib import Path

import pytest

from dangjian.authoring.addresses import (
    add_old_address,
    made_columns,
    write_column_address,
)
from dangjian.building.moved import note_addresses
from dangjian.building.site import Site as PortalSite
from tests.sites import Site, article, column

FILES = {
    "content/yw/_column.md": column("要闻"),
    "content/yw/a.md": article("会议召开", "2026-11-01 08:00"),
    "content/gb/_column.md": column("干部"),
    "content/gb/b.md": article("另一篇", "2026-11-02 08:00"),
}


def published(folder: Path) -> Site:
    """A site whose addresses were noted as a build for publishing does."""
    site = Site(folder, FILES)
    site.build()
    with site.engine() as engine:
        engine.build()
        engine.preload()
        presenter = engine._presenter
        assert presenter is not None
        note_addresses(site.workplace(), presenter.archive)
    return site


MOVES = [
    ("content/gb/a.md", None, "gb/a.md"),
    ("content/yw/huiyi.md", None, "yw/huiyi.md"),
    ("content/yw/a.md", ("2026-11-01", "2026-12-01"), "yw/a.md"),
    ("content/gb/huiyi.md", ("会议召开", "会议 召开"), "gb/huiyi.md"),
]


@pytest.mark.parametrize(("target", "edit", "path"), MOVES)
def test_a_moved_article_is_noticed_until_its_old_address_is_registered(
    tmp_path: Path, target: str, edit: tuple[str, str] | None, path: str
) -> None:
    site = published(tmp_path)
    site.settings["BUILD_AT"] = "2026-12-24 10:00"
    if target != "content/yw/a.md":
        site.rename("content/yw/a.md", target)
    if edit:
        site.edit(target, *edit)

    first = [w for w in site.build().warnings if w.startswith(path)]
    again = [w for w in site.build().warnings if w.startswith(path)]
    assert len(first) == 1
    assert again == first
    assert "请在文件头写 旧地址: [/yw/2026/11/a.html]" in first[0]
    assert first[0].startswith(f"{path}:2 ")

    with site.engine() as engine:
        (moved,) = engine.check().moved
    assert add_old_address(site.content, moved.source, moved.old)
    built = site.build()
    assert [w for w in built.warnings if w.startswith(path)] == []
    assert built.errors == []
    assert (built.output / "yw/2026/11/a.html").is_file()


def test_what_was_withdrawn_or_stays_is_no_news(tmp_path: Path) -> None:
    site = published(tmp_path)
    site.edit("content/gb/b.md", "---\n\n", "---\n\n改了字。")
    site.delete("content/yw/a.md")
    assert [w for w in site.build().warnings if "旧地址" in w] == []


def test_an_old_address_joins_those_that_are_there(tmp_path: Path) -> None:
    site = Site(tmp_path, {"content/yw/a.md": article("甲", 旧地址=["/x.html"])})
    assert add_old_address(site.content, "yw/a.md", "yw/b.html")
    text = (site.content / "yw/a.md").read_text("utf-8")
    assert "旧地址: [/x.html, /yw/b.html]" in text
    assert text.count("旧地址") == 1


def test_chinese_folders_get_their_address_written(tmp_path: Path) -> None:
    files = {
        "content/要闻/_column.md": column("要闻"),
        "content/要闻/a.md": article("甲"),
        "content/Gb/_column.md": column("干部"),
        "content/Gb/a.md": article("乙"),
        "content/没有说明/a.md": article("丙"),
    }
    site = Site(tmp_path, files)
    before = site.build().files()
    made = made_columns(site.content)
    assert [one.path for one in made] == ["没有说明/_column.md", "要闻/_column.md"]
    assert [write_column_address(site.content, one) for one in made] == [False, True]
    assert f"网址名: {made[1].slug}" in (site.content / "要闻/_column.md").read_text("utf-8")
    assert site.build().files().keys() == before.keys()


def test_ignored_keys_cost_no_article(tmp_path: Path) -> None:
    files = {**FILES, "content/yw/c.md": article("丙", "2026-11-03", image="x.jpg", myOwn="1")}
    site = Site(tmp_path, files)
    assert len(site.build().errors) == 2
    site.settings["IGNORED_KEYS"] = ["image", "myOwn"]
    assert site.build().errors == []
    file = site.write("pelicanconf.py", site.settings_text())
    assert PortalSite(file).check().problems.errors == ()
