"""The portal's own scenarios: a first build, one body edited, nothing changed, the preview."""

import contextlib
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.benchmarks import measure
from tests.benchmarks.archive import write_archive

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = '''"""The benchmark's site: everything on, a fixed clock."""

import dangjian

PATH = "content"
OUTPUT_PATH = "output"
PLUGINS = ["dangjian"]
THEME = dangjian.theme_path()
SITENAME = "示例市党建网"
SITEURL = "https://example.org"
OWNER = "中共示例市委组织部"
SITE_DESCRIPTION = "示例市党的建设信息"
SITE_KEYWORDS = ["党建", "示例市"]
BUILD_AT = "2026-11-24 10:00"
'''
STARTED_SECONDS = 120
SHOWN_SECONDS = 30


class Portal:
    """A portal with ``count`` articles of the archive in ``folder``."""

    def __init__(self, folder: Path, count: int, seed: int) -> None:
        self.folder = folder
        self.count = count
        self.seed = seed
        self.env = {"PYTHONPATH": str(ROOT)}
        self.originals: dict[Path, str] = {}

    def lay_out(self) -> None:
        """Write the articles, once, and the configuration."""
        if not (self.folder / "laid-out").exists():
            shutil.rmtree(self.folder, ignore_errors=True)
            write_archive(self.folder, self.count, self.seed)
            (self.folder / "laid-out").touch()
        (self.folder / "pelicanconf.py").write_text(CONFIGURATION, encoding="utf-8")
        shutil.copy(ROOT / "tasks.py", self.folder)

    def command(self) -> list[str]:
        """What builds the site, in its folder."""
        return [sys.executable, "-m", "dangjian.cli", str(self.folder), "build"]

    def clean(self) -> None:
        """Take away what builds have made, caches included."""
        for name in ("output", "cache", ".cache"):
            measure.put_aside(self.folder / name, self.folder.parent / "away")

    def freshen(self) -> None:
        """Have all content look as if it had been written just now, pictures included."""
        for path in (self.folder / "content").rglob("*"):
            path.touch()

    def edit_body(self, number: int) -> Path:
        """Add a sentence to the body of one article, another one for another number."""
        files = sorted((self.folder / "content").rglob("[0-9]*.md"))
        path = files[number * 7919 % len(files)]
        self.append(path, f"（第{number}次修改：{time.time_ns()}）")
        return path

    def append(self, path: Path, sentence: str) -> None:
        """Add a sentence at the end of an article, in one write, as editors save."""
        text = path.read_text(encoding="utf-8")
        self.originals.setdefault(path, text)
        path.write_text(f"{text.rstrip()}{sentence}\n", encoding="utf-8", newline="\n")

    def restore(self) -> None:
        """Put back every article that was edited."""
        for path, text in self.originals.items():
            path.write_text(text, encoding="utf-8", newline="\n")
        self.originals.clear()

    def files(self) -> tuple[int, int]:
        """How many files a build has made, and their bytes."""
        sizes = [path.stat().st_size for path in self._output().rglob("*") if path.is_file()]
        return len(sizes), sum(sizes)

    def _output(self) -> Path:
        return self.folder / "output"


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def previewing(portal: Portal) -> Iterator[str]:
    """The preview of the portal, running; gives its address."""
    port = free_port()
    program = [sys.executable, "-m", "dangjian.cli", str(portal.folder)]
    command = [*program, "preview", "--port", str(port), "--no-browser"]
    log = portal.folder / "preview.log"
    with log.open("wb") as printed:
        process = subprocess.Popen(
            command,
            cwd=portal.folder,
            env=measure.environment(portal.env),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(port, process, log)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTED_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise TimeoutError("the preview did not start:\n" + log.read_text("utf-8")[-2000:])


def address_of(source: Path) -> str:
    """The end of the address of an article's page (the benchmark's files begin with the date)."""
    return re.sub(r"^(\d{4})(\d{2}).*$", r"\1/\2/", source.stem) + f"{source.stem}.html"


def preview_seconds(portal: Portal, runs: int) -> list[float]:
    """From saving an article's file to the browser showing the change, several times."""
    times = []
    source = portal.edit_body(0)
    page_file = next(portal._output().rglob(f"*/{address_of(source)}"))
    with previewing(portal) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.goto(address + page_file.relative_to(portal._output()).as_posix())
        for number in range(1, runs + 1):
            page.wait_for_timeout(1000)
            mark = f"预览第{number}次{time.time_ns()}"
            started = time.perf_counter()
            portal.append(source, mark)
            page.get_by_text(mark).wait_for(timeout=SHOWN_SECONDS * 1000)
            times.append(time.perf_counter() - started)
        browser.close()
    return sorted(times)
