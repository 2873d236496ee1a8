"""Publishing to a folder of another machine, through a real sshd and rsync."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dangjian.publishing.errors import PublishError
from dangjian.publishing.manifest import Manifest, mark_of
from dangjian.publishing.marks import marks_of
from dangjian.publishing.publish import roll_back
from dangjian.publishing.targets.scripts import _ABANDONED
from dangjian.publishing.targets.shell import RemoteShell
from dangjian.publishing.targets.ssh import SshSite
from dangjian.settings.destinations import SshFolder
from tests.publishing import Office
from tests.releases import plan_of, read, write
from tests.sites import article, assert_same, column, folder_bytes
from tests.sshd import Sshd, running_sshd

OLD = {"index.html": "old", "same.html": "same", "a/b/gone.html": "gone", "static/o.css": "o"}
NEW = {"index.html": "new", "same.html": "same", "a/more ' 新.html": "more", "static/n.css": "n"}


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with running_sshd(tmp_path_factory.mktemp("sshd") / "server") as server:
        yield server


class Far:
    """A folder that is reached by ssh, and what is published there from this test's folder."""

    def __init__(self, sshd: Sshd, top: Path, live: Path, mine: str = "mine") -> None:
        self.live, self.top, self.mine = live, top, top / mine
        self.shell = RemoteShell(
            SshFolder("127.0.0.1", str(live), port=sshd.port), (*sshd.command,)
        )

    def open(self, retain: tuple[str, ...] = ()) -> SshSite:
        site = SshSite(self.shell, self.mine / "records", self.mine / "outgoing", retain=retain)
        site.folder.mkdir(parents=True, exist_ok=True)
        site.connect()
        return site

    def publish(self, files: dict[str, str], retain: tuple[str, ...] = ()) -> SshSite:
        built = self.mine / "built"
        shutil.rmtree(built, ignore_errors=True)
        write(built, files)
        site = self.open(retain)
        site.publish(built, plan_of(built))
        return site


@pytest.fixture
def far(sshd: Sshd, tmp_path: Path) -> Far:
    return Far(sshd, tmp_path, tmp_path / "a server's www" / "portal")


def without_grace(files: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in files.items() if name != "static/o.css"}


def test_a_publish_replaces_all_in_one_step_and_sends_what_changed(far: Far) -> None:
    far.publish(OLD)
    assert read(far.live) == OLD
    before = (far.live / "same.html").stat()
    site = far.publish(NEW)
    # A page that was opened before may still ask for the theme's old file.
    assert read(far.live) == {**NEW, "static/o.css": "o"}
    assert list(site.state.kept) == ["static/o.css"]
    after = (far.live / "same.html").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert oct(far.live.stat().st_mode)[-3:] == "755"
    assert os.readlink(far.live).startswith(".portal.releases/")
    assert not list(far.live.parent.glob(".portal.releases/*.part"))


def test_nothing_changed_is_no_release(far: Far) -> None:
    far.publish(NEW)
    before = sorted(path.name for path in (far.live.parent / ".portal.releases").iterdir())
    leads = os.readlink(far.live)
    far.publish(NEW)
    assert os.readlink(far.live) == leads
    after = sorted(path.name for path in (far.live.parent / ".portal.releases").iterdir())
    assert after == before


def test_what_has_stayed_long_enough_goes_at_the_next_publish(
    far: Far, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta  # noqa: PLC0415

    from dangjian.publishing import delivery  # noqa: PLC0415

    monkeypatch.setattr(delivery, "GRACE", timedelta(seconds=0))
    far.publish(OLD)
    site = far.publish(NEW)
    assert read(far.live) == NEW
    assert site.state.kept == {}


def test_rollback_and_back_again(far: Far) -> None:
    far.publish(OLD)
    newest = far.publish(NEW).state.live
    site = far.open()
    site.roll_back(held="mark")
    assert read(far.live) == OLD
    site = far.open()
    assert site.state.held == "mark"
    with pytest.raises(PublishError, match="没有更早的版本"):
        site.roll_back()
    site.roll_back(newest)
    assert without_grace(read(far.live)) == NEW
    assert far.open().state.held == ""


def test_only_so_many_are_kept(far: Far) -> None:
    for number in range(6):
        far.publish({"index.html": str(number)})
    site = far.open()
    assert len(site.names) == 3
    site.roll_back(site.names[0])
    assert read(far.live) == {"index.html": "2"}


def test_what_others_put_there_goes_along(far: Far) -> None:
    far.publish(OLD)
    write(far.live, {".well-known/x.txt": "x", "MP_verify.txt": "code", "upload/x.doc": "x"})
    far.publish(NEW, ("MP_verify.txt",))
    others = {".well-known/x.txt": "x", "MP_verify.txt": "code", "upload/x.doc": "x"}
    assert without_grace(read(far.live)) == {**NEW, **others}


def test_another_site_is_named_and_kept_when_it_is_taken_over(far: Far) -> None:
    write(far.live, {"old.html": "by hand", ".well-known/x.txt": "x"})
    with pytest.raises(PublishError, match="已有别的网站"):
        far.open().check_ours()
    far.publish(NEW)
    assert read(far.live) == {**NEW, ".well-known/x.txt": "x"}
    far.open().check_ours()
    far.open().roll_back("00000000-000000")
    assert read(far.live)["old.html"] == "by hand"
    far.publish(OLD)
    assert read(far.live) == {**OLD, ".well-known/x.txt": "x"}


def test_two_machines_never_overwrite_each_other(sshd: Sshd, far: Far) -> None:
    other = Far(sshd, far.top, far.live, "other")
    far.publish(OLD)
    slow = far.open()
    other.publish(NEW)
    built = write(far.mine / "late", {"index.html": "late"})
    with pytest.raises(PublishError, match="在此期间换了版本"):
        slow.publish(built, plan_of(built))
    assert without_grace(read(far.live)) == NEW
    far.publish({"index.html": "late"})
    assert read(far.live)["index.html"] == "late"


@pytest.mark.parametrize("late", [-3600, 3600])
def test_what_a_machine_began_to_send_is_removed_after_a_week(far: Far, late: int) -> None:
    far.publish(OLD)
    left = far.live.parent / ".portal.releases" / "incoming-another"
    (left / "files").mkdir(parents=True)
    began = time.time() - _ABANDONED * 86_400 - late
    os.utime(left, (began, began))
    far.publish(NEW)
    assert left.exists() == (late < 0)


def test_a_live_release_without_its_record_is_made_again(far: Far) -> None:
    far.publish(OLD)
    for file in (far.live.parent / ".portal.releases").glob("*.json.gz"):
        file.unlink()
    far.publish(NEW)
    assert read(far.live) == NEW


def test_what_did_not_arrive_whole_never_goes_live(
    far: Far, monkeypatch: pytest.MonkeyPatch
) -> None:
    far.publish(OLD)
    send = RemoteShell.send

    def lose(shell: RemoteShell, folder: Path, to: str, hear: object) -> None:
        (folder / "files" / "index.html").write_text("n", encoding="utf-8")
        send(shell, folder, to, hear)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(RemoteShell, "send", lose)
        patch.setattr(os, "link", shutil.copy2)
        with pytest.raises(PublishError, match=r"index\.html 没有到"):
            far.publish(NEW)
    assert read(far.live) == OLD
    far.publish(NEW)
    assert without_grace(read(far.live)) == NEW


def test_marks_are_read_again_only_for_what_changed(tmp_path: Path) -> None:
    built = write(tmp_path / "built", NEW)
    plan = plan_of(built)

    def marks() -> Manifest:
        return marks_of(built, plan)

    first = marks()
    assert first == {path: mark_of(built / path) for path in plan}
    fresh = built / "fresh"
    fresh.write_text("NEW", encoding="utf-8")
    stamp = (built / "index.html").stat()
    os.utime(fresh, ns=(stamp.st_mtime_ns, stamp.st_mtime_ns))
    fresh.replace(built / "index.html")  # as the builder writes: same size, same time, a new file
    assert marks()["index.html"] == mark_of(built / "index.html") != first["index.html"]


FILES: dict[str, str | bytes] = {
    "content/yw/_column.md": column("要闻"),
    **{f"content/yw/n{n}.md": article(f"稿件{n}", body=f"第{n}篇。") for n in range(4)},
}
PAGE = "yw/2020/06/n1.html"


def test_a_whole_site_to_two_places_of_which_one_fails(sshd: Sshd, tmp_path: Path) -> None:
    live = tmp_path / "www" / "portal"
    wrong = f"ssh://127.0.0.1:1{tmp_path}/x"
    to = ["public", sshd.address(live), wrong]
    more = f"PUBLISH_TO = {to!r}\nSSH_COMMAND = {sshd.command!r}\n"
    office = Office(tmp_path / "site", FILES, more)
    outcome = office.publish()
    assert [one.result for one in outcome.places] == ["published", "published", "failed"]
    assert "连不上" in outcome.places[2].error
    assert_same(folder_bytes(live), folder_bytes(office.live))
    servers = live.parent / ".portal.releases" / "server"
    assert outcome.places[1].server_files[0].parent == servers
    main = (servers / "nginx.conf").read_text(encoding="utf-8")
    assert f'include "{servers}/nginx-site.conf"' in main
    assert f'root "{live}"' in (servers / "nginx-site.conf").read_text(encoding="utf-8")
    office.site.edit("content/yw/n1.md", "第1篇", "改过了")
    outcome = office.publish()
    assert outcome.places[1].changes.changed == ["稿件1"]
    assert "改过了" in (live / PAGE).read_text(encoding="utf-8")
    assert [one.result for one in office.publish().places[:2]] == ["unchanged", "unchanged"]
    done, failed, _ = roll_back(office.settings, "")
    assert len(done) == 2
    assert [one for one in failed if "连不上" in one] == failed != []
    assert "改过了" not in (live / PAGE).read_text(encoding="utf-8")
    assert [one.result for one in office.publish().places[:2]] == ["rolled back", "rolled back"]


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("ssh://h", "单独的一个文件夹"),
        ("ssh://h/srv", "至少两级"),
        ("ssh://h/srv/../etc", "至少两级"),
        ("ssh://-oProxyCommand=x/srv/www", "写得不对"),
        ("ssh://a:b@h/srv/www", "不要写密码"),
        ("ssh://h:port/srv/www", "写得不对"),
        ("ftp://h/srv/www", "不认得 ftp"),
    ],
)
def test_a_wrong_address_is_reported(tmp_path: Path, address: str, says: str) -> None:
    office = Office(tmp_path / "site", FILES, f"PUBLISH_TO = {address!r}\n")
    with pytest.raises(PublishError) as refused:
        office.publish()
    problems = getattr(refused.value, "report").problems.errors  # noqa: B009
    assert any(says in problem.message for problem in problems)
