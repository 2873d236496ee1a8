"""``preview``, run as people run it: saved files show, mistakes show, drafts stay here."""

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Self

import pytest
from playwright.sync_api import Page, expect

from dangjian.preview import session
from dangjian.preview.session import Preview
from tests.commands import run
from tests.conftest import MakeSite, Watched
from tests.waiting import PATIENCE, wait_until

SETTINGS = """SITENAME = "测试网"
SITEURL = ""
OWNER = "测试单位"
PLUGINS = ["dangjian"]
PATH = "content"
"""
COLUMN = "---\n名称: 基层党建\n说明: 基层党建\n关键词: 党建\n栏目类型: 工作动态\n---\n"
ARTICLE = "---\n标题: {title}\n时间: 2026-06-16 12:24\n{more}---\n{body}\n"


def save(file: Path, text: str) -> None:
    """As many editors save: a new file in the place of the old one."""
    part = file.with_name(f".{file.name}.tmp")
    part.write_text(text, encoding="utf-8")
    part.replace(file)


class Running:
    """A preview of a small site in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        settings = (
            'SITENAME = "测试网"\nOWNER = "测试单位"\nPLUGINS = ["dangjian"]\nPATH = "content"\n'
        )
        (folder / "pelicanconf.py").write_text(settings, encoding="utf-8")
        self.write("jcdj/_column.md", COLUMN)
        self.article("one", "第一篇", "正文一。" * 40)
        self.process = self.start()
        self.lines: Queue[str | None] = Queue()
        self.listener = Thread(target=self._listen, daemon=True)
        self.listener.start()
        self.address = ""

    def __enter__(self) -> Self:
        self.address = self.until(r"(http://127\.0\.0\.1:\d+/)")
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()
        self.listener.join()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def start(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "dangjian.cli", str(self.folder), "preview", "--no-browser"],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"},
        )

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            self.lines.put(line.rstrip())
        self.lines.put(None)

    def until(self, pattern: str) -> str:
        """What the terminal says that matches ``pattern``, soon."""
        reported = []
        with suppress(Empty):
            while (line := self.lines.get(timeout=PATIENCE)) is not None:
                reported.append(line)
                if found := re.search(pattern, line):
                    return found[1] if found.groups() else found[0]
        pytest.fail(f"never said {pattern!r}, but:\n" + "\n".join(reported))

    def write(self, path: str, text: str) -> None:
        file = self.folder / "content" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        save(file, text)

    def article(self, name: str, title: str, body: str, more: str = "") -> None:
        self.write(f"jcdj/{name}.md", ARTICLE.format(title=title, body=body, more=more))

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.address + path, timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def stop(self) -> int:
        if os.name == "nt":
            self.process.terminate()
        else:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=PATIENCE)


@pytest.fixture(scope="module")
def previewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that has been previewed: what is made of the theme is in its cache."""
    folder = tmp_path_factory.mktemp("previewed")
    with Running(folder):
        return folder


@pytest.fixture
def running(previewed: Path, tmp_path: Path) -> Iterator[Running]:
    shutil.copytree(previewed, tmp_path, dirs_exist_ok=True)
    with Running(tmp_path) as preview:
        yield preview


PAGE = "jcdj/2026/06/one.html"


def test_a_saved_article_is_served_at_once(running: Running) -> None:
    assert "第一篇" in running.get(PAGE)
    running.article("one", "改过的标题", "改过的正文。")
    running.until("已生成.*更新")
    assert "改过的标题" in running.get(PAGE)
    running.article("two", "第二篇", "新的文章。")
    running.until("已生成.*更新")
    assert "第二篇" in running.get("jcdj/index.html")


def test_drafts_show_here_and_nowhere_else(running: Running) -> None:
    running.article("secret", "任前草稿", "不公开。", "状态: 草稿\n")
    running.until("已生成.*更新")
    assert "任前草稿" in running.get("jcdj/index.html")
    built = run(running.folder, "build")
    assert built.returncode == 0, built.stdout + built.stderr
    for file in (running.folder / "output").rglob("*"):
        if file.is_file():
            assert "任前草稿".encode() not in file.read_bytes()


def test_mistakes_are_reported_with_their_place_and_repaired(running: Running) -> None:
    good = running.get(PAGE)
    running.article("two", "第二篇", "正文", "时间安排: 明天\n")
    running.until(r"content/jcdj/two\.md:4")
    assert running.get(PAGE).split("<script")[0] == good.split("<script")[0]
    running.article("two", "第二篇", "正文")
    running.until(r"已生成((?!错误).)*$")
    assert "第二篇" in running.get("jcdj/index.html")


def test_settings_are_read_again(running: Running) -> None:
    settings = running.folder / "pelicanconf.py"
    text = settings.read_text(encoding="utf-8")
    save(settings, text.replace("测试网", "改名网"))
    running.until("已生成.*更新")
    assert "改名网" in running.get("index.html")
    save(settings, text.replace('"测试网"', '"测试网'))
    running.until(r"pelicanconf\.py:1")
    save(settings, text)
    running.until("已生成.*更新")
    assert "测试网" in running.get("index.html")


def test_what_a_quiet_moment_finds_is_shown_too(make_site: MakeSite) -> None:
    """A file saved while search catches up is not left to an event that finds it made already."""
    site = make_site({"content/jcdj/_column.md": COLUMN})
    for name in ("one", "two"):
        site.write(f"content/jcdj/{name}.md", ARTICLE.format(title=name, body="旧。" * 90, more=""))
    for file in site.content.rglob("*"):
        os.utime(file, (1_600_000_000, 1_600_000_000))
    with Preview(site.workplace, ()) as preview:
        preview.build()
        preview.preload()
        site.edit("content/jcdj/one.md", "旧。\n", "新。\n")
        quick = preview.build([site.content / "jcdj/one.md"])
        assert preview.search_is_stale
        site.edit("content/jcdj/two.md", "旧。\n", "新。\n")
        caught_up = preview.build()
        assert not preview.search_is_stale
        assert caught_up["build"] != quick["build"]
        assert preview.build([site.content / "jcdj/two.md"])["build"] == caught_up["build"]


def test_what_is_deleted_while_it_runs_is_made_again(running: Running) -> None:
    """By ``clean``, say: the preview doesn't wait for the next edit."""
    before = running.get(PAGE)
    # It may have noticed before all is gone, and removes some of it itself.
    shutil.rmtree(running.folder / "cache" / "preview", ignore_errors=True)
    for part in [*(running.folder / "cache").glob("catalogue-*")]:
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)
    running.until("已生成.*更新")
    assert running.get(PAGE).split("<script")[0] == before.split("<script")[0]


def test_one_preview_of_a_site_at_a_time(running: Running) -> None:
    second = running.start()
    reported, _ = second.communicate(timeout=PATIENCE)
    assert second.returncode == 1
    assert f"已经在预览：{running.address}" in reported


@pytest.mark.skipif(os.name == "nt", reason="SIGSTOP is POSIX")
@pytest.mark.parametrize(("seconds", "stopped"), [(PATIENCE, False), (0.1, True)])
def test_a_server_that_does_not_end_in_time_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, stopped: bool
) -> None:
    """Whoever presses Ctrl+C has the terminal back, and no traceback on it."""
    monkeypatch.setattr(session, "END_SECONDS", seconds)
    with session.serving(tmp_path) as server:
        if stopped:
            server.process.send_signal(signal.SIGSTOP)
    assert server.process.returncode == (-signal.SIGKILL if stopped else 0)


@pytest.mark.skipif(os.name == "nt", reason="Ctrl+C is sent as SIGINT")
def test_ctrl_c_ends_it_quietly(running: Running) -> None:
    assert running.stop() == 0
    assert running.until("预览已结束")
    with pytest.raises(urllib.error.URLError):
        running.get(PAGE)


@pytest.mark.browser
def test_the_page_follows_and_keeps_its_place(running: Running, watched: Watched) -> None:
    running.article("one", "第一篇", "\n\n".join(f"第 {n} 段。" * 30 for n in range(60)))
    running.until("已生成.*更新")
    page = open_page(watched, running.address + PAGE)
    page.evaluate("scrollTo({top: 900, behavior: 'instant'})")
    running.article("one", "改过的标题", "\n\n".join(f"第 {n} 段。" * 30 for n in range(60)))
    page.get_by_role("heading", name="改过的标题", level=1).wait_for()
    wait_until(
        lambda: abs(page.evaluate("scrollY") - 900) <= 40, "the page did not go back to its place"
    )


@pytest.mark.browser
def test_the_page_shows_what_is_wrong_until_it_is_repaired(
    running: Running, watched: Watched
) -> None:
    page = open_page(watched, running.address + PAGE)
    running.article("two", "第二篇", "正文", "时间安排: 明天\n")
    bar = page.locator("dangjian-preview")
    bar.get_by_text("content/jcdj/two.md:4").wait_for()
    bar.get_by_text("1 处错误").wait_for()
    running.article("two", "第二篇", "正文")
    bar.wait_for(state="detached")


@pytest.mark.browser
def test_the_panel_folds_and_puts_the_pages_own_article_first(
    running: Running, watched: Watched
) -> None:
    page = open_page(watched, running.address + PAGE)
    running.article("aaa", "另一篇", "正文", "时间安排: 明天\n")
    running.article("one", "第一篇", "正文", "推荐位: [图片]\n")
    bar = page.locator("dangjian-preview")
    bar.get_by_text("本页：提醒（1）").wait_for()
    bar.get_by_text("错误（1）", exact=True).wait_for()
    heads = bar.locator("h3").all_text_contents()
    assert heads[0] == "本页：提醒（1）"
    bar.get_by_role("button", name="收起").click()
    expect(bar.locator(".lists")).to_be_hidden()
    page.reload()
    bar.get_by_role("button", name="展开").wait_for()
    expect(bar.locator(".lists")).to_be_hidden()


@pytest.mark.browser
def test_a_page_whose_address_changed_is_followed(running: Running, watched: Watched) -> None:
    page = open_page(watched, running.address + PAGE)
    running.article("one", "第一篇", "正文", "网址名: xin\n")
    page.wait_for_url("**/xin.html")
    expect(page.get_by_role("heading", name="第一篇", level=1)).to_be_visible()


def open_page(watched: Watched, address: str) -> Page:
    """A page that fails the test when the policy of the real site forbids something in it."""
    watched.page.set_viewport_size({"width": 1000, "height": 700})
    watched.page.goto(address)
    watched.page.wait_for_load_state("load")
    assert watched.faults == []
    return watched.page
