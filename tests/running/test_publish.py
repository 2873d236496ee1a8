"""Publishing: the live folder is the old site or the new one, whole, whatever happens."""

import errno
import os
import stat
from datetime import datetime
from pathlib import Path

import pytest

from dangjian.common.timezone import SHANGHAI
from dangjian.publishing.assembly import Comparison
from dangjian.publishing.errors import OtherSiteError, PublishError
from tests.releases import NEW, OLD, opened, plan_of, publish_folder, read, write

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=SHANGHAI)


def counts(found: Comparison) -> tuple[int, int, int, int]:
    return len(found.new), len(found.changed), len(found.same), len(found.removed)


def test_the_first_publish(tmp_path: Path, built: Path) -> None:
    live = tmp_path / "deep" / "down" / "public"
    assert counts(publish_folder(live, built)) == (len(NEW), 0, 0, 0)
    assert read(live) == NEW


@pytest.mark.usefixtures("way")
def test_a_publish_replaces_all_and_keeps_what_is_the_same(live: Path, built: Path) -> None:
    before = (live / "same.html").stat()
    for file in built.rglob("*.html"):
        os.utime(file)
    assert counts(publish_folder(live, built)) == (1, 1, 2, 1)
    assert read(live) == NEW
    after = (live / "same.html").stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


@pytest.mark.usefixtures("way")
def test_rollback_and_back_again(live: Path, built: Path) -> None:
    publish_folder(live, built)
    with opened(live) as releases:
        releases.roll_back()
    assert read(live) == OLD
    with opened(live) as releases:
        newest = releases.names[-1]
        with pytest.raises(PublishError, match="没有更早的版本"):
            releases.roll_back()
        releases.roll_back(newest)
    assert read(live) == NEW


def test_only_so_many_are_kept(live: Path, tmp_path: Path) -> None:
    for number in range(5):
        publish_folder(
            live, write(tmp_path / f"built{number}", {"index.html": str(number)}), keep=3
        )
    with opened(live) as releases:
        assert [read(releases.folder / name)["index.html"] for name in releases.names] == list(
            "123"
        )
    assert read(live) == {"index.html": "4"}


def test_names_grow_even_when_the_clock_goes_back(live: Path, built: Path, tmp_path: Path) -> None:
    with opened(live) as releases:
        releases.publish(built, plan_of(built), now=NOON)
    with opened(live) as releases:
        later = write(tmp_path / "later", {"index.html": "later"})
        releases.publish(later, plan_of(later), now=NOON.replace(hour=9))
        assert releases.state.live > releases.names[-1]
        releases.roll_back()
    assert read(live) == NEW


def test_what_others_put_there_goes_along(live: Path, built: Path) -> None:
    write(live, {".well-known/x.txt": "x", "MP_verify.txt": "code", "other.txt": "dropped"})
    with opened(live, retain=("MP_verify.txt",)) as releases:
        assert releases.publish(built, plan_of(built)).foreign == ["other.txt"]
        assert read(releases.folder / releases.names[0])["other.txt"] == "dropped"
    assert read(live) == {**NEW, ".well-known/x.txt": "x", "MP_verify.txt": "code"}


def test_what_others_put_among_the_files_is_never_deleted(live: Path, tmp_path: Path) -> None:
    write(live, {"upload/precious.doc": "kept"})
    for number in range(6):
        publish_folder(
            live, write(tmp_path / f"built{number}", {"index.html": str(number)}), keep=1
        )
    with opened(live) as releases:
        assert [read(releases.folder / name) for name in releases.names] == [{"index.html": "4"}]
        kept = read(releases.folder / "others")
    assert list(kept.values()) == ["kept"]
    assert next(iter(kept)).endswith("/upload/precious.doc")


def test_another_site_is_not_taken_over_by_itself_and_kept_for_ever_when_it_is(
    tmp_path: Path,
) -> None:
    live = write(tmp_path / "www" / "public", {"old.html": "by hand"})
    with opened(live) as releases, pytest.raises(OtherSiteError, match=r"1 个文件（old\.html）"):
        releases.check_ours()
    for number in range(5):
        publish_folder(
            live, write(tmp_path / f"built{number}", {"index.html": str(number)}), keep=1
        )
    with opened(live) as releases:
        releases.check_ours()
        releases.roll_back("00000000-000000")
    assert read(live) == {"old.html": "by hand"}


def test_what_has_not_changed_is_no_release(live: Path, built: Path) -> None:
    publish_folder(live, built)
    before = live.stat().st_ino, (live / "same.html").stat().st_ctime_ns
    for _ in range(4):
        assert publish_folder(live, built).is_same
    assert (live.stat().st_ino, (live / "same.html").stat().st_ctime_ns) == before
    with opened(live) as releases:
        assert [read(releases.folder / name) for name in releases.names] == [OLD]


def test_kept_releases_are_different_ones(live: Path, built: Path, tmp_path: Path) -> None:
    publish_folder(live, built)
    publish_folder(live, write(tmp_path / "again", OLD))
    publish_folder(live, write(tmp_path / "third", {"index.html": "third"}))
    with opened(live) as releases:
        assert [read(releases.folder / name) for name in releases.names] == [NEW, OLD]


def test_releases_of_an_earlier_version_are_moved_out_of_reach(tmp_path: Path, built: Path) -> None:
    live = write(tmp_path / "www" / "public", NEW)
    old = live.parent / "releases" / "public"
    write(old / "20260101-000000", OLD)
    write(old / "00000000-000000", {"old.html": "by hand"})
    write(old, {"state.json": '{"live":"20260102-000000","pending":null}', "lock": ""})
    with opened(live) as releases:
        assert not old.parent.exists()
        assert releases.names == ["00000000-000000", "20260101-000000"]
        assert releases.publish(built, plan_of(built)).is_same
        releases.roll_back()
    assert read(live) == OLD


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_whatever_the_umask_the_web_server_can_read_all(live: Path, built: Path) -> None:
    before = os.umask(0o077)
    try:
        publish_folder(live, write(built, {"deep/er/x.html": "x"}))
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in live.rglob("*.html")}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in (live, live / "deep" / "er")}
    assert (modes, folders) == ({0o644}, {0o755})
    (live / "same.html").chmod(0o600)
    live.chmod(0o700)
    with opened(live) as releases:
        assert releases.publish(built, plan_of(built)).is_same
        assert releases.settle() == ["线上有 2 个文件或文件夹的权限不让网页服务器读，已改正"]
        assert releases.settle() == []


@pytest.mark.parametrize("fault", ["missing", "short", "folder"])
def test_a_site_that_is_not_whole_never_goes_live(live: Path, built: Path, fault: str) -> None:
    plan = plan_of(built)
    if fault == "short":
        (built / "more.html").write_text("m", encoding="utf-8")
    else:
        (built / "more.html").unlink()
    if fault == "folder":
        (built / "more.html").mkdir()
    with opened(live) as releases, pytest.raises(PublishError, match=r"more\.html"):
        releases.publish(built, plan)
    assert read(live) == OLD


def test_what_nobody_planned_does_not_go_live(live: Path, built: Path) -> None:
    plan = plan_of(built)
    write(built, {"left/over.html": "withdrawn"})
    with opened(live) as releases:
        releases.publish(built, plan)
    assert read(live) == NEW


@pytest.mark.parametrize("moment", ["comparing", "assembling"])
def test_a_folder_that_can_not_be_listed_stops_it(
    live: Path, built: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    scandir = os.scandir
    denied = str(live if moment == "comparing" else live.parent.parent)

    def scan(folder: str) -> object:
        if str(folder).startswith(denied) and (
            moment == "comparing" or str(folder).endswith("next/a")
        ):
            raise OSError(errno.EIO, "Input/output error", folder)
        return scandir(folder)

    with opened(live) as releases, monkeypatch.context() as patch:
        patch.setattr(os, "scandir", scan)
        with pytest.raises(PublishError, match="磁盘读写出错"):
            releases.publish(built, plan_of(built))
    assert read(live) == OLD
