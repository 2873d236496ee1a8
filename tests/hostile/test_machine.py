"""A machine that refuses: a file where a folder should be, a full or read-only disk, a kill."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from dangjian.building import engine
from dangjian.common.errors import DangjianError, LockedError, describe
from tests.commands import run
from tests.mounts import mount
from tests.refused_reads import refuse_reading
from tests.sites import Site, article, assert_same, column, folder_bytes

ROOT = Path(__file__).resolve().parents[2]
FILES: dict[str, str | bytes] = {
    "content/jcdj/_column.md": column("基层党建"),
    **{f"content/jcdj/n{n}.md": article(f"稿件{n}", body=f"第{n}篇。") for n in range(12)},
}
Run = subprocess.CompletedProcess[str]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path / "site", FILES)
    made.write("pelicanconf.py", made.settings_text() + 'CACHE_PATH = "cache"\n')
    return made


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "pelican", "-s", "pelicanconf.py", *words]


def pelican(site: Site, *words: str, before: Callable[[], None] | None = None) -> Run:
    """Build by Pelican's own command; whatever happens, it shows no traceback."""
    done = subprocess.run(
        command(*words),
        cwd=site.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=before,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


def refused(site: Site, says: str, *words: str, before: Callable[[], None] | None = None) -> None:
    done = pelican(site, *words, before=before)
    assert done.returncode == 1
    assert says in done.stderr


def test_no_article_at_all(tmp_path: Path) -> None:
    built = Site(tmp_path, {}).build()
    assert built.exit == 0
    assert {"index.html", "search.html", "feeds/all.rss.xml", "sitemap.xml"} <= set(built.files())


def test_an_empty_column_and_only_drafts(tmp_path: Path) -> None:
    files = {"content/jcdj/_column.md": column("空栏目"), "content/a/x.md": article(status="draft")}
    built = Site(tmp_path, files).build()
    assert built.exit == 0
    assert built.page("jcdj/index.html").text("//h1") == "空栏目"


def test_a_file_where_the_output_should_be_is_left_alone(site: Site) -> None:
    site.output.write_text("别人的文件", encoding="utf-8")
    refused(site, "该是文件夹的地方是一个文件")
    assert site.output.read_text(encoding="utf-8") == "别人的文件"


def test_a_file_where_the_cache_should_be(site: Site) -> None:
    site.cache.write_text("x", encoding="utf-8")
    refused(site, "该是文件夹的地方是一个文件")


TEMPLATES: dict[str, tuple[str | bytes, str]] = {
    "syntax": ('{% extends "base.html" %}\n{% block main %}\n{{ article.title }\n', ":3  "),
    "missing": ("\n{{ article.nosuch.x }}\n", ":2  "),
    "division": ("\n\n{{ 1 / 0 }}\n", ":3  division by zero"),
    "include": ('{% include "nosuch.html" %}', ":1  找不到模板 nosuch.html"),
    "filter": ("{{ article.title | nosuch }}", ":1  "),
    "encoding": (b"\xff\xfe{{ x }}", "不是 UTF-8 编码"),
}


@pytest.mark.parametrize(("source", "says"), TEMPLATES.values(), ids=TEMPLATES)
def test_a_fault_in_an_offices_template_is_reported_by_file_and_line(
    site: Site, source: str | bytes, says: str
) -> None:
    file = site.write("templates/article.html", source)
    for _ in range(2):
        with pytest.raises(DangjianError) as caught:
            site.build()
        assert "article.html" in describe(caught.value)
        assert says in describe(caught.value)
    file.unlink()
    assert site.build().exit == 0


def test_a_fault_in_a_template_is_reported_by_pelican_too(site: Site) -> None:
    source, says = TEMPLATES["syntax"]
    file = site.write("templates/article.html", source)
    settings = (site.folder / "pelicanconf.py").read_text(encoding="utf-8")
    site.write("pelicanconf.py", settings + 'THEME_TEMPLATES_OVERRIDES = ["templates"]\n')
    for _ in range(2):
        refused(site, f"article.html{says.rstrip()}")
    file.unlink()
    assert pelican(site).returncode == 0


@pytest.mark.parametrize("kilobytes", [16, 100, 300])
def test_a_full_disk(site: Site, kilobytes: int) -> None:
    disk = ("-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs")
    with mount(site.folder / "disk", *disk):
        done = run(site.folder, "build", "--output", "disk")
        assert (done.returncode, "磁盘满了" in done.stderr) == (1, True)
    # The same folder, on a disk that has room: nothing of the failed build is taken for done.
    assert run(site.folder, "build", "--output", "disk").returncode == 0
    assert_same(folder_bytes(site.folder / "disk"), site.clean_build())


@pytest.mark.parametrize("kilobytes", [16, 64])
def test_a_full_disk_under_the_cache(site: Site, kilobytes: int) -> None:
    with mount(site.cache, "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs"):
        done = run(site.folder, "build")
        assert done.returncode == 1
        assert "缓存读写不了" in done.stderr or "磁盘满了" in done.stderr
    assert run(site.folder, "build").returncode == 0
    assert_same(folder_bytes(site.output), site.clean_build())


def test_a_read_only_output(site: Site) -> None:
    assert run(site.folder, "build").returncode == 0
    before = folder_bytes(site.output)
    site.edit("content/jcdj/n1.md", "第1篇。", "改过了。")
    with mount(site.output, "--bind", "-o", "ro", str(site.output)):
        if os.access(site.output, os.W_OK):
            pytest.skip("this kernel binds no read-only folder in one step")
        refused(site, "磁盘是只读的")
        assert folder_bytes(site.output) == before
    assert run(site.folder, "build").returncode == 0
    assert "改过了" in (site.output / "jcdj/2020/06/n1.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("what", ["jcdj/n1.md", "jcdj"])
def test_what_can_not_be_read_is_named(
    site: Site, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Refused by a patch and not by the file's mode, because root may read everything."""
    site.write("content/zc/_column.md", column("正常栏目"))
    site.write("content/zc/good.md", article("正常的稿件"))
    locked = str(site.content / what)
    scandir = os.scandir
    denied = PermissionError(errno.EACCES, "denied", locked)

    def scan(folder: str) -> Any:
        if str(folder) == locked:
            raise denied
        return scandir(folder)

    with monkeypatch.context() as patch:
        refuse_reading(patch, lambda path: str(path) == locked, denied)
        patch.setattr(os, "scandir", scan)
        built = site.build()
    assert built.exit == 1
    assert [e for e in built.errors if e.startswith(f"{what}:0 ") and "权限" in e]
    assert built.page("zc/2020/06/good.html").text("//h1") == "正常的稿件"
    assert site.build().errors == []


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file handles are POSIX")
def test_few_file_handles(site: Site) -> None:
    import resource  # noqa: PLC0415 - POSIX only

    limit = (24, 24)
    done = pelican(site, before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, limit))
    assert done.returncode == 0
    assert_same(folder_bytes(site.output), site.clean_build())


@pytest.mark.skipif(sys.platform == "win32", reason="kills are POSIX")
@pytest.mark.parametrize(
    "wanted",
    [1, pytest.param(5, marks=pytest.mark.long), 12, pytest.param(20, marks=pytest.mark.long), 28],
)
def test_a_killed_build_is_made_good_by_the_next(site: Site, wanted: int) -> None:
    """Killed when so many files have been written, in no place of our choosing."""
    running = subprocess.Popen(
        command(), cwd=site.folder, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    end = time.monotonic() + 60
    while running.poll() is None and time.monotonic() < end:
        if sum(1 for _ in site.output.rglob("*.*")) >= wanted:
            break
        time.sleep(0.001)
    with suppress(ProcessLookupError):
        running.send_signal(signal.SIGKILL)
    running.wait()
    site.delete("content/jcdj/n5.md")
    assert run(site.folder, "build").returncode == 0
    assert_same(folder_bytes(site.output), site.clean_build())


def test_what_a_kill_leaves_half_written_is_cleared_away(site: Site) -> None:
    site.write("content/jcdj/gone.md", article("撤下的稿件"))
    site.build()
    site.delete("content/jcdj/gone.md")
    left = site.write("output/jcdj/2020/06/gone.html.dangjian-new", "撤下的稿件")
    strange = site.write("output/jcdj/notes.txt", "别人的文件")
    site.edit("content/jcdj/n1.md", "第1篇。", "改过了。")
    site.build()
    assert not left.exists()
    assert strange.exists()


def test_two_builds_at_once_take_turns(site: Site) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    both = [
        subprocess.Popen(command(), cwd=site.folder, env=environment, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    reported = [running.communicate(timeout=120)[1] for running in both]
    assert [running.returncode for running in both] == [0, 0], reported
    assert_same(folder_bytes(site.output), site.clean_build())


def test_a_site_that_is_being_built_for_long_is_reported(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "PATIENCE", 0.2)
    with site.engine() as first:
        first.build()
        with site.engine() as second, pytest.raises(LockedError) as caught:
            second.build()
        assert f"进程 {os.getpid()}" in describe(caught.value)
    assert site.build().exit == 0


def test_a_lost_file_between_looking_and_reading(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor's program that replaces a file while it is read costs that article alone."""
    gone = FileNotFoundError(errno.ENOENT, "gone")
    with monkeypatch.context() as patch:
        refuse_reading(patch, lambda path: path.name == "n3.md", gone)
        built = site.build()
    assert [error.partition(" ")[0] for error in built.errors] == ["jcdj/n3.md:0"]
    assert "jcdj/2020/06/n4.html" in built.files()
    assert site.build().errors == []
