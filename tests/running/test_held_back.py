"""One wrong article never holds up the others: it stays as published, and a new one waits."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from dangjian.building import snapshot
from dangjian.publishing.outcome import RefusedError
from tests.publishing import Office
from tests.refused_reads import refuse_reading
from tests.sites import article, column

WORDS = "不该公开的新字句"


def picture() -> bytes:
    """A small PNG."""
    made = BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, "PNG")
    return made.getvalue()


FILES: dict[str, str | bytes] = {
    "content/yw/_column.md": column("要闻"),
    **{f"content/yw/n{n}.md": article(f"稿件{n}", body=f"第{n}篇。") for n in range(4)},
    "content/yw/tu.md": article("有图", body="![会场](a.png)\n\n[名单](b.txt)\n"),
    "content/yw/a.png": picture(),
    "content/yw/b.txt": "名单",
}
PAGE = "yw/2020/06/n1.html"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path / "site", FILES)
    made.publish()
    return made


def spoil(office: Office, name: str = "n1", **fields: object) -> None:
    """Let an article have new words and a mistake."""
    office.site.write(
        f"content/yw/{name}.md", article(WORDS, date="11月29日", body=WORDS, **fields)
    )


def mentions(office: Office, words: str) -> list[str]:
    return [name for name, data in office.files().items() if words.encode() in data]


def test_a_wrong_article_stays_and_the_others_go_out(office: Office) -> None:
    before = office.files()
    spoil(office)
    office.site.edit("content/yw/n2.md", "第2篇", "改过了")
    outcome = office.publish()
    assert (outcome.result, outcome.held_back, outcome.places[0].waiting) == (
        "published",
        ["yw/n1.md"],
        [],
    )
    assert office.files()[PAGE] == before[PAGE]
    assert "改过了" in office.text("yw/2020/06/n2.html")
    assert mentions(office, WORDS) == []
    for _ in range(2):
        again = office.publish()
        assert (again.result, again.held_back) == ("unchanged", ["yw/n1.md"])
    spoil(office, summary="又改了一遍")
    assert office.publish().result == "unchanged"
    office.site.write("content/yw/n1.md", article("改好了", body="第1篇。"))
    good = office.publish()
    assert (good.held_back, good.changes.changed) == ([], ["改好了"])
    assert "改好了" in office.text("feeds/all.rss.xml")


def test_a_new_wrong_article_waits(office: Office) -> None:
    before = office.files()
    spoil(office, "neu")
    outcome = office.publish()
    assert (outcome.result, outcome.places[0].waiting) == ("unchanged", ["yw/neu.md"])
    assert office.files() == before
    office.site.write("content/yw/neu.md", article("新的"))
    assert office.publish().changes.appeared == ["新的"]


@pytest.mark.parametrize(
    "head",
    [
        "标题: 甲\n时间: 11月29日\n状态: 草稿\n",
        "title：甲\nstatus: draft\n  - x: [\n",
        "标题: 甲\n时间: 11月29日\n有效期至: 2026-11-01\n",
        "标题: 甲\n\t坏: [\n有效期至: 2026年11月1日\n",
        "标题: 甲\n时间: 11月29日\ndraft: true\n",
    ],
)
def test_withdrawing_works_whatever_else_is_wrong(office: Office, head: str) -> None:
    office.site.write("content/yw/n1.md", f"---\n{head}---\n\n{WORDS}\n")
    outcome = office.publish()
    assert outcome.changes.withdrawn == ["稿件1"]
    assert outcome.held_back == []
    assert PAGE not in office.files()
    assert mentions(office, "第1篇。") == []


def test_a_wrong_file_that_is_deleted_is_withdrawn(office: Office) -> None:
    spoil(office)
    office.publish()
    office.site.delete("content/yw/n1.md")
    outcome = office.publish()
    assert (outcome.changes.withdrawn, outcome.held_back) == (["稿件1"], [])
    assert mentions(office, "第1篇。") == []


def test_what_expires_goes_although_another_article_is_wrong(office: Office) -> None:
    office.site.write("content/yw/n3.md", article("到期", expires="2026-11-24 11:00"))
    office.site.write("content/yw/due.md", article("到时", date="2026-11-24 11:00"))
    office.publish()
    spoil(office)
    settings = (office.site.folder / "pelicanconf.py").read_text(encoding="utf-8")
    office.site.write("pelicanconf.py", settings.replace("11-24 10:00", "11-24 12:00"))
    outcome = office.publish()
    assert (outcome.changes.withdrawn, outcome.changes.appeared) == (["到期"], ["到时"])
    assert PAGE in office.files()


def test_wrong_drafts_never_count(office: Office) -> None:
    spoil(office, "cao", status="draft")
    outcome = office.publish()
    assert (outcome.result, outcome.held_back) == ("unchanged", [])
    assert outcome.report.problems.warnings
    assert office.publish(strict=True).held_back == []


def test_strict_refuses(office: Office) -> None:
    spoil(office)
    office.site.edit("content/yw/n2.md", "第2篇", "改过了")
    with pytest.raises(RefusedError):
        office.publish(strict=True)
    assert mentions(office, "改过了") == []
    assert office.publish().held_back == ["yw/n1.md"]
    assert mentions(office, WORDS) == []
    assert PAGE in office.files()


def lose_picture(office: Office) -> None:
    office.site.delete("content/yw/a.png")


def break_picture(office: Office) -> None:
    office.site.write("content/yw/a.png", b"no picture")


def lose_file(office: Office) -> None:
    office.site.delete("content/yw/b.txt")


@pytest.mark.parametrize("act", [lose_picture, break_picture, lose_file])
def test_a_picture_that_is_gone_or_broken_stays_as_published(
    office: Office, act: Callable[[Office], None]
) -> None:
    before = office.files()
    act(office)
    for _ in range(3):
        assert office.publish().held_back == ["yw/tu.md"]
        office.site.edit("content/yw/n2.md", "第2篇", "第2篇第2篇")
    assert office.files()["yw/2020/06/tu.html"] == before["yw/2020/06/tu.html"]
    kept = [name for name in before if name.startswith(("media/", "files/"))]
    assert kept
    assert [name for name in kept if name not in office.files()] == []
    office.site.write("content/yw/a.png", FILES["content/yw/a.png"])
    office.site.write("content/yw/b.txt", "名单")
    assert office.publish().held_back == []


def test_an_article_that_leads_to_one_that_waits_stays_too(office: Office) -> None:
    before = office.files()
    spoil(office, "neu")
    office.site.write("content/yw/n2.md", article("稿件2", body=f"{WORDS}[见](neu.md)"))
    assert office.publish().held_back == ["yw/n2.md", "yw/neu.md"]
    assert office.files() == before


def test_an_article_does_not_lose_its_address_to_a_new_one(office: Office) -> None:
    before = office.files()
    office.site.write("content/yw/a.md", article("抢网址", slug="n1"))
    outcome = office.publish()
    assert outcome.held_back == ["yw/a.md", "yw/n1.md"]
    assert office.files()[PAGE] == before[PAGE]
    assert mentions(office, "抢网址") == []


def test_doubled_old_addresses_hold_back_what_is_new(office: Office) -> None:
    office.site.write("content/yw/o1.md", article("甲甲", aliases=["/old/1.html"]))
    office.publish()
    office.site.write("content/yw/o2.md", article(WORDS, aliases=["/old/1.html"]))
    outcome = office.publish()
    assert "yw/o2.md" in outcome.held_back
    assert mentions(office, WORDS) == []
    assert "yw/2020/06/o1.html" in office.files()


def test_a_wrong_column_file_stays_as_published(office: Office) -> None:
    before = office.files()
    office.site.write("content/yw/_column.md", f"---\n名称: {WORDS}\n次序: 十\n---\n")
    assert office.publish().held_back == ["yw/_column.md"]
    assert office.files() == before


def test_a_folder_that_can_not_be_read_stays_as_published(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.site.write("content/zc/_column.md", column("政策"))
    office.site.write("content/zc/x.md", article("政策一", body="![会场](a.png)"))
    office.site.write("content/zc/a.png", FILES["content/yw/a.png"])
    office.publish()
    before = office.files()
    scandir = os.scandir

    def scan(folder: str) -> object:
        if str(folder).endswith("content/zc"):
            raise PermissionError(13, "denied", folder)
        return scandir(folder)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", scan)
        for _ in range(2):
            assert office.publish().held_back == ["zc"]
    assert office.files() == before
    assert office.publish().held_back == []
    assert office.files() == before


@pytest.mark.parametrize(("name", "held"), [("a.png", "yw/tu.md"), ("n2.md", "yw/n2.md")])
def test_what_could_not_be_read_once_is_read_the_next_time(
    office: Office, monkeypatch: pytest.MonkeyPatch, name: str, held: str
) -> None:
    """A disk that fails for a moment: neither the size nor the times of the file tell of it."""
    monkeypatch.setattr(snapshot, "MTIME_GRACE_NS", 0)
    before = office.files()
    file = office.site.content / "yw" / name
    file.touch()
    failure = OSError(errno.EIO, "Input/output error", str(file))
    with monkeypatch.context() as patch:
        refuse_reading(patch, lambda path: path == file, failure)
        for _ in range(2):
            assert office.publish().held_back == [held]
    assert office.publish().held_back == []
    assert office.files() == before


def test_without_the_cache_a_wrong_article_is_missing_and_named(office: Office) -> None:
    spoil(office)
    shutil.rmtree(office.site.cache)
    outcome = office.publish()
    assert outcome.places[0].waiting == ["yw/n1.md"]
    assert outcome.changes.withdrawn == ["稿件1"]
    assert mentions(office, WORDS) == []


def test_what_was_rolled_back_does_not_come_back_by_a_mistake(office: Office) -> None:
    office.site.edit("content/yw/n1.md", "第1篇", "发错了")
    office.publish()
    office.roll_back()
    good = office.files()
    spoil(office)
    with pytest.raises(RefusedError, match=r"yw/n1\.md 有错误，而线上是退回的版本"):
        office.publish()
    assert office.files() == good
    office.site.write("content/yw/n1.md", article("稿件1", body="改好了。"))
    assert office.publish().result == "published"
    assert mentions(office, "发错了") == []


def test_wrong_settings_refuse(office: Office) -> None:
    settings = (office.site.folder / "pelicanconf.py").read_text(encoding="utf-8")
    office.site.write("pelicanconf.py", settings + 'PAGE_SIZE = "abc"\n')
    with pytest.raises(RefusedError, match="设置有错误"):
        office.publish()


def test_a_publish_that_is_refused_does_not_count_as_published(office: Office) -> None:
    for n in (0, 2, 3):
        (office.site.content / f"yw/n{n}.md").rename(office.site.folder / f"n{n}.md")
    office.site.edit("content/yw/n1.md", "第1篇", WORDS)
    with pytest.raises(Exception, match="--allow-withdraw 3"):
        office.publish()
    for n in (0, 2, 3):
        (office.site.folder / f"n{n}.md").rename(office.site.content / f"yw/n{n}.md")
    spoil(office)
    assert office.publish().held_back == ["yw/n1.md"]
    assert "第1篇" in office.text(PAGE)
    assert mentions(office, WORDS) == []


@pytest.mark.skipif(shutil.which("strace") is None, reason="no strace")
def test_a_folder_for_the_root_that_can_not_be_listed_stops_it(tmp_path: Path) -> None:
    """Its files can't stay as they were: nobody knows which they are."""
    office = Office(tmp_path / "site", FILES)
    office.site.write("content/_root/yz/a.txt", "验证")
    office.publish()
    before = office.files()
    office.site.edit("content/yw/n1.md", "第1篇", "改过")
    closed = str(office.site.content / "_root/yz")
    inject = ["-f", "-P", closed, "-e", "inject=openat:error=EACCES", "-o", os.devnull]
    script = (
        "from pathlib import Path; from dangjian.building.site import Site; "
        "from dangjian.publishing.outcome import Options; "
        "from dangjian.publishing.publish import publish; "
        "publish(Site(Path('publishconf.py')), Options())"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    words = ["strace", *inject, sys.executable, "-c", script]
    done = subprocess.run(
        words, cwd=office.site.folder, env=environment, capture_output=True, text=True, check=False
    )
    assert f"没有发布，线上网站未动：{closed} 打不开" in done.stderr, done.stderr
    assert office.files() == before
    office.publish()
    assert office.files()["yz/a.txt"] == "验证".encode()
    assert office.files() != before
