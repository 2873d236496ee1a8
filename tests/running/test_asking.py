"""``new`` at a terminal: it asks, offers, and takes Enter for an answer."""

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.running.test_commands import COLUMN, SETTINGS, files_of, write
from tests.waiting import PATIENCE, wait_until

pty = pytest.importorskip("pty", reason="terminals are POSIX")


class Terminal:
    """A person at a terminal: reads what is asked, types an answer."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.mine, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dangjian.cli", str(folder), *words],
            cwd=folder,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "EDITOR": "true", "VISUAL": ""},
        )
        os.close(theirs)
        self.seen = ""

    def until(self, words: str) -> str:
        """Everything seen, once ``words`` have come."""
        deadline = time.monotonic() + PATIENCE
        raw = b""
        while words not in self.seen:
            assert time.monotonic() < deadline, self.seen
            if not select.select([self.mine], [], [], 1)[0]:
                continue
            try:
                raw += os.read(self.mine, 4096)
            except OSError:
                pytest.fail(f"ended before {words!r}:\n{self.seen}")
            self.seen = raw.decode(errors="replace")
        return self.seen

    def until_it_waits(self) -> None:
        """Readline misses a signal that comes as it begins to wait."""
        if sys.platform != "linux":
            time.sleep(1)
            return
        file = Path(f"/proc/{self.process.pid}/stat")
        wait_until(lambda: file.read_text().rpartition(")")[2].split()[0] == "S", "still at work")

    def say(self, words: str) -> None:
        os.write(self.mine, f"{words}\n".encode())
        self.seen = ""

    def end(self) -> int:
        status = self.process.wait(timeout=PATIENCE)
        os.close(self.mine)
        return status


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write(tmp_path / "pelicanconf.py", SETTINGS)
    write(tmp_path / "content/pldj/_column.md", COLUMN.format("平凉党建", 10))
    write(tmp_path / "content/pldj/jcdj/_column.md", COLUMN.format("基层党建", 10))
    return tmp_path


def test_column_title_and_an_offered_name(site: Path) -> None:
    terminal = Terminal(site, "new")
    assert "1.1  基层党建" in terminal.until("栏目（写编号或名称）：")
    terminal.say("1.1")
    terminal.until("标题：")
    terminal.say("四个三")
    terminal.until("［si-ge-san］")
    terminal.say("")
    terminal.until("已新建")
    assert terminal.end() == 0
    text = (site / "content/pldj/jcdj/si-ge-san.md").read_text(encoding="utf-8")
    assert "标题: 四个三\n" in text


def test_ctrl_c_leaves_everything(site: Path) -> None:
    before = files_of(site / "content")
    terminal = Terminal(site, "new", "--column", "1")
    terminal.until("标题：")
    terminal.until_it_waits()
    terminal.process.send_signal(signal.SIGINT)
    terminal.until("已取消")
    assert terminal.end() == 1
    assert files_of(site / "content") == before
