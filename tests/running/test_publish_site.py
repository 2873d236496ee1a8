"""Publishing a whole site: what goes live, what stays, and what is refused with a sentence."""

import gzip
import json
import os
import re
import sys
from pathlib import Path

import pytest

from dangjian.building.site import Site as SettingsSite, SiteError
from dangjian.publishing.errors import PublishError
from dangjian.publishing.publish import folders_of
from tests.publishing import Office
from tests.sites import article, assert_same, column, folder_bytes

FILES: dict[str, str | bytes] = {
    "content/yw/_column.md": column("要闻"),
    **{f"content/yw/n{n}.md": article(f"稿件{n}", body=f"第{n}篇。") for n in range(4)},
}
PAGE = "yw/2020/06/n1.html"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "site", FILES)


def test_publish_is_the_same_as_pelican_with_the_publishing_settings(office: Office) -> None:
    office.publish()
    site = SettingsSite(office.site.folder / "publishconf.py", publishing=True)
    site.build()
    built = folder_bytes(office.site.output)
    private = [name for name in built if name.endswith("-state.bin")]
    for name in private:
        del built[name]
    live = office.files()
    assert json.loads(live.pop("status.json"))["articles"] == 4  # what publishing adds
    assert_same(live, built)


def test_every_page_has_its_compressed_copies_and_a_redirect_page_has_none(
    office: Office,
) -> None:
    office.site.edit("content/yw/n1.md", "title:", 'aliases: ["/old.html"]\ntitle:')
    office.publish()
    live = folder_bytes(office.live)
    pages = {name for name in live if name.endswith(".html")}
    for ending in (".gz", ".br"):
        assert {name for name in live if name.endswith(f".html{ending}")} == {
            f"{page}{ending}" for page in pages - {"old.html"}
        }
    office.site.edit("content/yw/n1.md", "第1篇", "改过的题目")
    assert office.publish().result == "published"
    for name, data in folder_bytes(office.live).items():
        if name.endswith(".gz"):
            assert gzip.decompress(data) == live_bytes(office, name.removesuffix(".gz")), name


def live_bytes(office: Office, name: str) -> bytes:
    return (office.live / name).read_bytes()


def test_publish_makes_the_configuration_of_nginx(office: Office) -> None:
    folder = office.site.folder / ".dangjian" / "server" / "public"
    assert folder / "nginx.conf" in office.publish().places[0].server_files
    assert "server_name" in (folder / "nginx.conf").read_text(encoding="utf-8")
    assert office.publish().places[0].server_files == []
    office.site.edit("content/yw/n1.md", "title:", 'aliases: ["/old.asp?id=5"]\ntitle:')
    changed = {file.name for file in office.publish().places[0].server_files}
    assert changed == {"nginx-maps.conf", "nginx-site.conf", "Caddyfile", "htaccess", "_redirects"}


def test_nothing_changed_is_no_release_and_touches_nothing(office: Office) -> None:
    office.publish()
    [(_, releases)] = folders_of(office.settings)
    before = sorted(path.name for path in releases.iterdir())
    stamp = office.live.stat().st_ino, office.live.stat().st_mtime_ns
    for _ in range(3):
        assert office.publish().result == "unchanged"
    assert (office.live.stat().st_ino, office.live.stat().st_mtime_ns) == stamp
    assert sorted(path.name for path in releases.iterdir()) == before


def test_a_rolled_back_site_stays_so_until_the_content_changes(office: Office) -> None:
    office.publish()
    good = office.files()
    office.site.edit("content/yw/n1.md", "第1篇", "发错了")
    office.publish()
    office.roll_back()
    for _ in range(2):
        assert office.publish().result == "rolled back"
    (office.site.content / "yw/n2.md").touch()
    assert office.publish().result == "rolled back"
    assert_same(office.files(), good)
    office.site.edit("content/yw/n1.md", "发错了", "改好了")
    assert office.publish().result == "published"
    assert "改好了" in office.text(PAGE)


def test_a_rolled_back_site_is_published_again_when_somebody_says_so(office: Office) -> None:
    office.publish()
    office.site.edit("content/yw/n1.md", "第1篇", "其实没有错")
    office.publish()
    office.roll_back()
    assert office.publish(again=True).result == "published"
    assert office.publish().result == "unchanged"
    assert "其实没有错" in office.text(PAGE)


def test_an_hour_that_comes_does_not_undo_a_rollback(office: Office) -> None:
    office.site.write("content/yw/later.md", article("到时发布", date="2026-11-24 11:00"))
    office.publish()
    office.site.edit("content/yw/n1.md", "第1篇", "发错了")
    office.publish()
    office.roll_back()
    settings = (office.site.folder / "pelicanconf.py").read_text(encoding="utf-8")
    office.site.write("pelicanconf.py", settings.replace("11-24 10:00", "11-24 12:00"))
    assert office.publish().result == "rolled back"


def test_another_site_in_the_live_folder_is_not_taken_over(office: Office) -> None:
    office.site.write("public/oa/index.html", "别人的")
    with pytest.raises(PublishError, match=r"oa/index\.html.*--take-over"):
        office.publish()
    assert office.files() == {"oa/index.html": "别人的".encode()}
    office.publish(take_over=True)
    assert "oa/index.html" not in office.files()
    office.roll_back()
    assert office.files() == {"oa/index.html": "别人的".encode()}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ('PUBLISH_TO = "."', "里有文章文件夹"),
        ('PUBLISH_TO = "content/public"', "在文章文件夹"),
        ('PUBLISH_TO = ".."', "里有"),
        ('PUBLISH_TO = "cache"', "就是缓存"),
        ('PUBLISH_TO = "content"', "就是文章文件夹"),
        ('PUBLISH_TO = ".git/x"', "在版本记录"),
        ('PUBLISH_TO = ".venv"', "就是运行环境"),
        ('RELEASES_PATH = "public/old"', "不能套在一起"),
        ('RELEASES_PATH = "."', "不能套在一起"),
    ],
)
def test_a_place_that_is_not_its_own_is_refused(tmp_path: Path, more: str, says: str) -> None:
    office = Office(tmp_path / "site", FILES, more)
    before = folder_bytes(office.site.folder)
    with pytest.raises(PublishError, match=says):
        office.publish()
    after = folder_bytes(office.site.folder)
    assert {name: after.get(name) for name in before if "pycache" not in name} == {
        name: data for name, data in before.items() if "pycache" not in name
    }


def test_releases_next_to_the_live_folder_must_not_be_served(tmp_path: Path) -> None:
    www = tmp_path / "www"
    www.mkdir()
    more = f"PUBLISH_TO = {str(www / 'dangjian')!r}\n"
    wrong = Office(tmp_path / "a", FILES, f"{more}RELEASES_PATH = {str(www / 'old')!r}\n")
    with pytest.raises(PublishError, match="名称要以点开头"):
        wrong.publish()
    office = Office(tmp_path / "b", FILES, more)
    office.publish()
    office.site.edit("content/yw/n1.md", "第1篇", "改过")
    office.publish()
    assert sorted(path.name for path in www.iterdir()) == ["dangjian"]
    mine = Office(tmp_path / "c", FILES, f"{more}RELEASES_PATH = {str(www / '.old')!r}\n")
    mine.publish(take_over=True)
    assert sorted(path.name for path in www.iterdir()) == [".old", "dangjian"]


def test_nothing_of_the_builders_own_is_live(office: Office) -> None:
    office.publish()
    office.site.edit("content/yw/n1.md", "第1篇", "改过")
    office.publish()
    names = "\n".join(office.files())
    for private in ("state", "lock", "releases", ".part", ".dangjian", "sqlite", "manifest.json"):
        assert private not in names


def test_two_settings_files_of_one_folder_never_mix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(tmp_path / "site", FILES)
    # Settings that are imported by name are those of this site, not of one in another test.
    monkeypatch.syspath_prepend(str(office.site.folder))
    for name in ("publishconf", "pelicanconf"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    office.site.write("other/nw/_column.md", column("内网"))
    office.site.write("other/nw/x.md", article("内网稿件"))
    office.site.write(
        "inner.py",
        "from publishconf import *\n"
        'PATH = "other"\nPUBLISH_TO = "inner"\nSITEURL = "https://nw.example.gov.cn"\n',
    )
    inner = SettingsSite(office.site.folder / "inner.py")
    office.settings, outer = inner, office.settings
    office.publish()
    office.settings = outer
    office.publish()
    assert {"nw/2020/06/x.html"} == {
        name
        for name in folder_bytes(office.site.folder / "inner")
        if "2020/06/" in name and name.endswith(".html")
    } - {"archive/2020/06/index.html"}
    assert PAGE in office.files()
    builds = list((office.site.folder / "cache").glob("publish-*"))
    assert len(builds) == 2


def test_an_office_of_an_earlier_version_hears_where_to_write_its_place(
    tmp_path: Path,
) -> None:
    www = tmp_path / "www"
    office = Office(tmp_path / "site", FILES, f"OUTPUT_PATH = {str(www / 'dj')!r}\n")
    live = www / "releases" / "dj"
    live.mkdir(parents=True)
    (live / "state.json").write_text('{"live":"20260101-000000"}', encoding="utf-8")
    with pytest.raises(PublishError, match=r"publishconf\.py:5 .*PUBLISH_TO"):
        office.publish()
    office.site.write("publishconf.py", (office.site.folder / "publishconf.py").read_text()
                      .replace("OUTPUT_PATH", "PUBLISH_TO"))  # fmt: skip
    (www / "dj").mkdir()
    (www / "dj" / "index.html").write_text("old", encoding="utf-8")
    assert office.publish().result == "published"
    assert not live.exists()


def test_a_build_never_into_the_live_site(tmp_path: Path) -> None:
    office = Office(tmp_path / "site", FILES, 'OUTPUT_PATH = "public"\n')
    office.publish()
    before = office.files()
    office.site.edit("content/yw/n1.md", "第1篇", "改过")
    for site in (
        SettingsSite(office.site.folder / "publishconf.py", publishing=True),
        SettingsSite(office.site.folder / "pelicanconf.py", output=office.live / "deeper"),
    ):
        with pytest.raises(SiteError, match="只由 publish 改动"):
            site.build()
    assert office.files() == before


def test_an_empty_content_folder_is_not_published(office: Office) -> None:
    office.publish()
    before = office.files()
    office.site.content.rename(office.site.folder / "away")
    office.site.content.mkdir()
    with pytest.raises(PublishError, match=r"一篇也没有了.*--allow-withdraw 4"):
        office.publish()
    assert office.files() == before
    assert office.publish(allow_withdraw=4).changes.withdrawn == [f"稿件{n}" for n in range(4)]


@pytest.mark.parametrize(("gone", "asked"), [(2, False), (3, False), (4, True)])
def test_more_than_a_tenth_goes_only_when_somebody_says_so(
    tmp_path: Path, gone: int, asked: bool
) -> None:
    many = {f"content/yw/n{n:02}.md": article(f"稿件{n}") for n in range(30)}
    office = Office(tmp_path / "site", {"content/yw/_column.md": column("要闻"), **many})
    office.publish()
    for n in range(gone):
        office.site.delete(f"content/yw/n{n:02}.md")
    if asked:
        with pytest.raises(PublishError, match=f"--allow-withdraw {gone}"):
            office.publish()
        with pytest.raises(PublishError, match="稿件0、稿件1"):
            office.publish(allow_withdraw=gone - 1)
        assert "yw/2020/06/n00.html" in office.files()
    assert len(office.publish(allow_withdraw=gone * asked).changes.withdrawn) == gone


def test_a_clock_that_was_set_back_is_noticed(office: Office) -> None:
    office.publish()
    [(_, folder)] = folders_of(office.settings)
    state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
    state["published"] = "2038-01-01T00:00:00+08:00"
    (folder / "state.json").write_text(json.dumps(state), encoding="utf-8")
    office.site.edit("content/yw/n1.md", "第1篇", "改过")
    with pytest.raises(PublishError, match="时钟多半不对"):
        office.publish()
    assert office.publish(again=True).result == "published"
    assert office.publish().result == "unchanged"


def test_the_summary_names_articles(office: Office) -> None:
    assert office.publish().changes.appeared == [f"稿件{n}" for n in range(4)]
    office.site.write("content/yw/neu.md", article("新的"))
    office.site.edit("content/yw/n1.md", "第1篇", "改过")
    office.site.delete("content/yw/n2.md")
    office.site.rename("content/yw/n3.md", "content/yw/n3b.md")
    dry = office.publish(dry_run=True)
    assert dry.result == "dry run"
    assert "新的" not in office.text("index.html")
    outcome = office.publish()
    assert outcome.changes == dry.changes
    changes = outcome.changes
    assert (changes.appeared, changes.changed, changes.moved, changes.withdrawn) == (
        ["新的"],
        ["稿件1"],
        ["稿件3"],
        ["稿件2"],
    )


@pytest.mark.skipif(os.name == "nt", reason="users are POSIX")
def test_another_user_than_the_owner_is_reported_before_anything(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.publish()
    before = folder_bytes(office.site.folder)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 4711)
    office.site.edit("content/yw/n1.md", "第1篇", "改过")
    with pytest.raises(PublishError, match=r"属于用户 .*sudo -u"):
        office.publish()
    after = folder_bytes(office.site.folder)
    assert [name for name in after if after[name] != before.get(name)] == ["content/yw/n1.md"]


def test_a_new_domain_never_renames_what_subscribers_have_by_itself(tmp_path: Path) -> None:
    office = Office(tmp_path / "site", FILES)
    file = office.site.folder / "publishconf.py"
    first = file.read_text(encoding="utf-8")
    office.publish()
    feed = office.text("feeds/all.atom.xml")
    ids = re.findall(r"<id>(tag:[^<]+)</id>", feed)
    assert ids

    def moved_to(url: str, more: str = "") -> list[str]:
        file.write_text(f'{first}SITEURL = "{url}"\n{more}', encoding="utf-8")
        office.publish()
        return re.findall(r"<id>(tag:[^<]+)</id>", office.text("feeds/all.atom.xml"))

    live = office.files()
    with pytest.raises(PublishError, match=r'FEED_AUTHORITY = "dj\.example\.gov\.cn"，编号就不变'):
        moved_to("https://new.example.gov.cn")
    assert office.files() == live
    assert moved_to("http://dj.example.gov.cn:8080/dangjian") == ids
    kept = 'FEED_AUTHORITY = "dj.example.gov.cn"\n'
    assert moved_to("https://new.example.gov.cn", kept) == ids
    new = moved_to("https://new.example.gov.cn", 'FEED_AUTHORITY = "new.example.gov.cn"\n')
    assert set(new).isdisjoint(ids)
    assert moved_to("https://new.example.gov.cn") == new


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_folder_that_the_web_server_may_not_enter_is_named_once(open_folder: Path) -> None:
    office = Office(open_folder / "home" / "site", FILES)
    (open_folder / "home").chmod(0o750)
    (said,) = office.publish().notices
    assert f"chmod o+x {open_folder / 'home'}" in said
    office.site.edit("content/yw/n1.md", "第1篇", "改过")
    assert office.publish().notices == []
    open_office = Office(open_folder / "open", FILES)
    assert open_office.publish().notices == []
