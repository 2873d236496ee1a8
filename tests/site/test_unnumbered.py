"""``check --fix`` gives articles without an id the one by which subscribers know them already."""

import re
from pathlib import Path

import pytest

from dangjian.authoring.addresses import add_id
from dangjian.building.site import Site as CheckedSite
from tests.sites import Site, article, column

FILES = {
    "content/yw/_column.md": column("要闻", aliases=["/old/"]),
    "content/yw/a.md": article("英文文件名", "2026-11-01 08:00"),
    "content/yw/培训班.md": article("中文文件名", "2026-11-02 08:00"),
    "content/yw/b.md": article("有网址名", "2026-11-03 08:00", slug="you"),
    "content/yw/c.md": article("搬来的", "2026-11-04 08:00", aliases=["/gb/2025/01/c.html"]),
    "content/yw/d.md": article("有编号", "2026-11-05 08:00", id="20261105080000-d"),
    "content/yw/e.md": "---\r\n标题: 中文名称\r\n时间: 2026-11-06\r\n---\r\n正文。\r\n",
    "content/yw/f.md": article("草稿", "2026-11-07 08:00", status="draft"),
    "content/guanyu.md": article("页面", None, type="page"),
}


def ids_and_addresses(site: Site) -> tuple[list[str], list[str]]:
    output = site.build().output
    feed = (output / "feeds/all.atom.xml").read_text(encoding="utf-8")
    pages = [file.relative_to(output).as_posix() for file in output.rglob("*.html")]
    return sorted(re.findall(r"<id>([^<]+)</id>", feed)), sorted(pages)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path, FILES)
    made.write("pelicanconf.py", made.settings_text())
    return made


def test_an_id_changes_neither_feed_nor_address(site: Site) -> None:
    before = ids_and_addresses(site)
    checked = CheckedSite(site.folder / "pelicanconf.py")
    found = checked.check().unnumbered
    assert sorted(one.source for one in found) == sorted(
        f"yw/{name}.md" for name in ("a", "培训班", "b", "c", "e")
    )
    assert all(add_id(site.content, one) for one in found)
    assert checked.check().unnumbered == []
    assert ids_and_addresses(site) == before
    assert (
        (site.content / "yw/e.md")
        .read_bytes()
        .startswith("---\r\n编号: old.2026.11.e\r\n网址名: e\r\n标题: 中文名称\r\n".encode())
    )
    assert "id: old.2026.11.you\ntitle:" in (site.content / "yw/b.md").read_text("utf-8")
    # From now on neither its name nor its day makes another article of it.
    site.rename("content/yw/a.md", "content/yw/gaiming.md")
    site.edit("content/yw/培训班.md", "2026-11-02", "2026-11-08")
    assert ids_and_addresses(site)[0] == before[0]


def test_a_file_that_would_not_read_back_as_meant_is_left(site: Site) -> None:
    found = CheckedSite(site.folder / "pelicanconf.py").check().unnumbered
    site.write("content/yw/a.md", "标题没有了\n")
    site.write("content/yw/b.md", FILES["content/yw/b.md"].encode("gbk"))
    for name in ("a", "b"):
        (one,) = [one for one in found if one.source == f"yw/{name}.md"]
        before = (site.content / one.source).read_bytes()
        assert add_id(site.content, one) is False
        assert (site.content / one.source).read_bytes() == before
