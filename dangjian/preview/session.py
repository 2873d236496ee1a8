"""The preview: build, serve, watch, build again, and tell the pages that are open.

This process builds, with one engine for all builds; another one serves, so that pages come at once
meanwhile and the engine may start worker processes of its own.
"""

import json
import os
import subprocess
import sys
import time
import webbrowser
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Self

from watchfiles import watch

from dangjian.building.engine import Engine
from dangjian.building.moved import Addresses, addresses_of, find_moved
from dangjian.building.site import SiteError, as_site_error
from dangjian.common.errors import DangjianError, LockedError
from dangjian.common.locks import Lock, acquire
from dangjian.common.problems import Problem
from dangjian.common.report import Report
from dangjian.common.timezone import SHANGHAI
from dangjian.paths import PACKAGE
from dangjian.settings.workspace import Progress, Workplace, no_progress

LOOK_MILLISECONDS = 500
"""How often settings files and the clock are looked at, while no file event comes."""

END_SECONDS = 10
"""How long the server may take to end."""


class PreviewError(DangjianError):
    """The preview can't run; the message is Chinese."""


class Preview:
    """What is shown now: an engine for the settings as they are, and the number of its build.

    ``open_workplace`` reads the settings again; ``settings`` are the files it depends on.
    """

    def __init__(
        self,
        open_workplace: Callable[[], Workplace],
        settings: Iterable[Path],
        progress: Progress = no_progress,
    ) -> None:
        self.open_workplace = open_workplace
        self.settings = tuple(settings)
        self.progress = progress
        self.next_change: datetime | None = None
        self._session = f"{time.time_ns():x}"
        self._number = 0
        self._was_built = False
        self._shown: Addresses = {}
        self._pages: dict[str, str] = {}
        self._moved: dict[str, str] = {}
        self._stamp = self._seen = self._look()
        self._engine = Engine(open_workplace(), progress=progress)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.close()

    @property
    def workplace(self) -> Workplace:
        return self._engine.workplace

    def build(self, seen: Iterable[Path] = ()) -> dict[str, object]:
        """Build, and return what pages show: the number of the build and what is wrong.

        ``seen`` are the files that were seen to change, if nothing else asks for the build: where
        they bring no more than new texts, the search index is left to the next build.
        """
        self._seen = self._look()
        try:
            quick = self._seen == self._stamp and bool(seen) and not self._is_deleted()
            self._renew_engine()
            with as_site_error():
                report = (self._engine.build_seen(seen) if quick else None) or self._engine.build()
        except SiteError as error:
            return self._state(error.problems, "没有生成，网页仍是上一次的")
        self.next_change = report.next_change
        self._was_built = self._exists()
        if report.production.written or report.production.removed:
            self._number += 1
        self._note_addresses()
        return self._state(report.problems.sorted(), summary(report))

    def _note_addresses(self) -> None:
        """Remember where every article was shown, so that an open page can follow it."""
        items = list(self._engine.articles())
        if not items:
            return
        now = addresses_of(items)
        self._shown |= now
        by_path = {item.path: item for item in items}
        self._pages = {path: item.address for path, item in by_path.items()}
        found = find_moved(self._shown, by_path, now)
        self._moved = {f"/{one.old}": f"/{one.new}" for one in found}

    @property
    def search_is_stale(self) -> bool:
        """Whether what was saved can be seen, but not found yet."""
        return self._engine.search_is_stale

    def preload(self) -> None:
        """Do in a quiet moment what the next save need not wait for."""
        with suppress(SiteError), as_site_error():
            self._engine.preload()

    def _exists(self) -> bool:
        """Whether what is built is there: the folder that is served, and what is known of it."""
        return self.workplace.output.is_dir() and self.workplace.catalogue.is_file()

    def _is_deleted(self) -> bool:
        """Whether somebody (``clean``) has deleted what the last build left."""
        return self._was_built and not self._exists()

    def _renew_engine(self) -> None:
        """Start again if the settings have changed, or what the engine knows has been deleted."""
        if self._seen != self._stamp or self._is_deleted():
            place = self.open_workplace()
            self._stamp = self._seen
            self._engine.close()
            self._engine = Engine(place, progress=self.progress)

    def due(self) -> bool:
        """Whether something else than a saved file asks for a build.

        Settings, an article's hour, or that what was built has been deleted (by ``clean``).
        """
        if self._look() != self._seen or self._is_deleted():
            return True
        return self.next_change is not None and datetime.now(SHANGHAI) >= self.next_change

    def _look(self) -> tuple[tuple[int, int], ...]:
        stats = (path.stat() for path in self.settings if path.exists())
        return tuple((stat.st_mtime_ns, stat.st_size) for stat in stats)

    def _state(self, problems: Iterable[Problem], text: str) -> dict[str, object]:
        return {
            "build": f"{self._session}-{self._number}",
            "summary": text,
            "moved": self._moved,
            "problems": [
                {
                    "place": place_of(problem, self.workplace.content.name),
                    "message": problem.message,
                    "level": problem.level,
                    "page": self._pages.get(problem.path, ""),
                }
                for problem in problems
            ],
        }


def place_of(problem: Problem, folder: str) -> str:
    """Where a problem is, as an editor's tool opens it: file and line."""
    if not problem.path:
        return ""
    path = problem.path if problem.path.endswith(".py") else f"{folder}/{problem.path}"
    return f"{path}:{problem.line}" if problem.line else path


def summary(report: Report) -> str:
    """One line for a build: how long, how much, how many mistakes."""
    seconds = sum(report.seconds.values())
    text = f"{datetime.now(SHANGHAI):%H:%M:%S} 已生成，{seconds:.2f} 秒"
    if changed := len(report.production.written) + report.production.removed:
        text += f"，更新 {changed} 个文件"
    errors, warnings = len(report.problems.errors), len(report.problems.warnings)
    counts = [f"{errors} 处错误"] * bool(errors) + [f"{warnings} 处提醒"] * bool(warnings)
    return text + (f"；有 {'、'.join(counts)}" if counts else "")


class ServerProcess:
    """The server's process, and the way to send it a new state."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.process = process
        self.address = f"http://127.0.0.1:{port}/"

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def tell(self, state: dict[str, object]) -> None:
        """Hand a state to the server and so to every open page."""
        if self.process.stdin is not None:
            self.process.stdin.write(json.dumps(state) + "\n")
            self.process.stdin.flush()


@contextmanager
def serving(output: Path, port: int = 0) -> Iterator[ServerProcess]:
    """Serve ``output`` from a process of its own. Raises PreviewError when no port is free."""
    package = str(PACKAGE.parent)
    search = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
    with subprocess.Popen(  # noqa: S603 - our own server
        [sys.executable, "-m", "dangjian.preview.server", str(output), str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": search, "PYTHONIOENCODING": "utf-8"},
    ) as process:
        answer = json.loads((process.stdout.readline() if process.stdout else "") or "{}")
        if "port" not in answer:
            process.kill()
            raise PreviewError(answer.get("error", "预览服务器没有启动。"))
        try:
            yield ServerProcess(process, answer["port"])
        finally:
            # Closing stdin makes the child exit, on every platform.
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def run(
    preview: Preview, say: Callable[[str], None], *, port: int = 0, browser: bool = True
) -> None:
    """Build, serve and watch until interrupted. ``say`` hears what the terminal should show.

    Raises PreviewError when this site is being previewed already, or no port is free.
    """
    output = preview.workplace.output
    try:
        with acquire(output.with_name(f"{output.name}.lock")) as lock:
            _run(preview, say, lock, port, browser)
    except LockedError as error:
        raise PreviewError(f"这个网站已经在预览：{error.note or '正在启动'}") from None


def _run(
    preview: Preview, say: Callable[[str], None], lock: Lock, port: int, browser: bool
) -> None:
    output = preview.workplace.output
    output.mkdir(parents=True, exist_ok=True)
    state = preview.build()
    with serving(output, port) as server:
        server.tell(state)
        lock.note(server.address)
        report(state, say)
        say(f"预览地址：{server.address}  （保存文件后网页自动更新；按 Ctrl+C 结束）")
        if browser and has_browser():
            webbrowser.open(server.address)
        for request in requests(preview):
            if not server.running:
                raise PreviewError("预览服务器意外停止了，请重新运行。")
            before, state = state, preview.build(request.files)
            server.tell(state)
            if request.heard or any(state[part] != before[part] for part in ("build", "problems")):
                report(state, say)


class Request(NamedTuple):
    """What asks for a build: ``files`` that changed, or (none) settings or an article's hour.

    Nothing at all was ``heard`` of when it is just to be sure.
    """

    files: frozenset[Path] = frozenset()
    heard: bool = True


def requests(preview: Preview) -> Iterator[Request]:
    """Yield whenever something asks for a build.

    What changes during a build is seen after it. What changed before anything was watched is not;
    so there is a request in the first quiet moment, too, and in any when search is out of date.
    """
    looked = settled = False
    place = preview.workplace
    folders = [
        folder for folder in (place.content, place.theme, *place.templates) if folder.is_dir()
    ]
    for changed in watch(
        *folders,
        debounce=300,
        step=20,
        rust_timeout=LOOK_MILLISECONDS,
        yield_on_timeout=True,
        raise_interrupt=False,
    ):
        if changed or preview.due():
            yield Request(frozenset(Path(path) for _, path in changed))
            settled = False
        elif not settled:
            if preview.search_is_stale or not looked:
                yield Request(heard=False)
            preview.preload()
            settled = True
        looked = True


def report(state: dict[str, object], say: Callable[[str], None]) -> None:
    """Print the same status as the pages show."""
    say(str(state["summary"]))
    problems = state["problems"]
    for problem in problems if isinstance(problems, list) else ():
        say(f"  {problem['place']}  {problem['message']}")


def has_browser() -> bool:
    """Whether there is a screen to open a browser on; a text browser would take the terminal."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
