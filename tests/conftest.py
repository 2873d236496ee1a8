"""Fixtures for all tests: small sites, the sample portal, a server, a browser."""

import os
import re
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Any

import hypothesis
import jinja2
import pytest
from msgspec.structs import replace
from pelican.settings import read_settings
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from dangjian.building.engine import Engine
from dangjian.media.share_picture import draw_share_picture
from dangjian.preview.server import open_server
from dangjian.rendering.assets import Asset, build_assets
from dangjian.rendering.dependencies import referred_templates
from dangjian.rendering.environment import make_environment
from dangjian.settings.workspace import Run, workplace_of
from tests.sites import Built, Site
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[1]
MakeSite = Callable[..., Site]
MEMORY = "/dev/shm"  # noqa: S108 - a file system in memory, not a guess at a name in it
MIN_MEMORY = 4 * 2**30
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
CHROMIUM_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# Builds take as long as they take, and the same examples in every run say which change broke one.
hypothesis.settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    suppress_health_check=list(hypothesis.HealthCheck),
    print_blob=True,
)
hypothesis.settings.register_profile(
    "long", hypothesis.settings.get_profile("ci"), derandomize=False
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-browser", action="store_true", help="leave the browser tests out")
    parser.addoption(
        "--long",
        action="store_true",
        default=bool(os.environ.get("DANGJIAN_LONG")),
        help="the long mode: tests marked long too, and random examples instead of the same ones",
    )


def pytest_configure(config: pytest.Config) -> None:
    hypothesis.settings.load_profile("long" if config.getoption("--long") else "ci")
    if "TMPDIR" not in os.environ and _memory_has_room():
        os.environ["TMPDIR"] = tempfile.tempdir = MEMORY
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # Shells start what runs in the background so, and every program that a test interrupts
        # would inherit it.
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _memory_has_room() -> bool:
    """Whether this machine's memory can hold the files of all tests, and run programs from there.

    A small site is built there in two thirds of the processor time that a disk's files ask for.
    """
    try:
        disk = os.statvfs(MEMORY)
        free = re.search(r"MemAvailable:\s*(\d+)", Path("/proc/meminfo").read_text())
    except (AttributeError, OSError):
        return False
    room = min(disk.f_bavail * disk.f_frsize, int(free[1]) * 1024 if free else 0)
    runs = not disk.f_flag & os.ST_NOEXEC
    return runs and os.access(MEMORY, os.W_OK) and room >= MIN_MEMORY


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    unwanted = {
        *(["browser"] if config.getoption("--no-browser") else []),
        *([] if config.getoption("--long") else ["long"]),
    }
    selected: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        chosen = left_out if any(map(item.get_closest_marker, unwanted)) else selected
        chosen.append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = selected


@pytest.fixture(scope="session")
def long(request: pytest.FixtureRequest) -> bool:
    """Whether this is the long mode, in which a test may try many more cases."""
    return bool(request.config.getoption("--long"))


@pytest.fixture(scope="session", autouse=True)
def _share_what_is_slow_to_make(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let all sites of a session share what is made of the theme alone.

    It is cached by content, so that a changed theme is still seen.
    """
    shared = tmp_path_factory.mktemp("shared")
    compiled = jinja2.FileSystemBytecodeCache(str(shared))

    def shared_assets(static: Path, _cache: Path) -> dict[str, Asset]:
        return build_assets(static, shared)

    def environment(*arguments: Any, **options: Any) -> jinja2.Environment:
        made = make_environment(*arguments, **options)
        made.bytecode_cache = compiled
        return made

    of_none = cache(partial(draw_share_picture, None))

    def share_picture(emblem: Path | None, size: tuple[int, int]) -> bytes:
        return of_none(size) if emblem is None else draw_share_picture(emblem, size)

    referred = cache(referred_templates)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dangjian.building.site_plan.build_assets", shared_assets)
        patch.setattr("dangjian.rendering.renderer.make_environment", environment)
        patch.setattr("dangjian.rendering.dependencies.referred_templates", referred)
        patch.setattr("dangjian.media.share_picture.draw_share_picture", share_picture)
        yield


@pytest.fixture
def make_site(tmp_path: Path) -> MakeSite:
    """Make a small site in a folder of its own: ``make_site(files, settings)``."""
    made: list[Site] = []

    def make(
        files: Mapping[str, str | bytes], settings: Mapping[str, Any] | None = None, **options: Any
    ) -> Site:
        site = Site(tmp_path / f"site{len(made)}", files, settings, **options)
        made.append(site)
        return site

    return make


def build_sample(folder: Path, **settings: str) -> Built:
    """The repository's own content, built by its own and further settings into ``folder``."""
    override = settings | {
        "OUTPUT_PATH": str(folder / "output"),
        "CACHE_PATH": str(folder / "cache"),
    }
    file = ROOT / "pelicanconf.py"
    settings = read_settings(str(file), override=override)
    place = workplace_of(settings, Run(settings_file=file, strict=True))
    with Engine(replace(place, folder=folder)) as engine:
        return Built(engine.build(), folder / "output")


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The sample portal, built once a session (in each worker of pytest-xdist)."""
    return build_sample(tmp_path_factory.mktemp("portal"))


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """Serve a folder under the headers recommended for nginx; gives the address."""
    servers = []

    def start(folder: Path) -> str:
        server = open_server(folder, 0)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def portal_address(portal: Built, serve: Callable[[Path], str]) -> str:
    """Where the sample portal is served."""
    return serve(portal.output)


def find_chromium() -> str:
    """A Chromium of this machine. Fails the test when there is none: leaving out is asked for."""
    for name in (os.environ.get("CHROMIUM", ""), *CHROMIUM_NAMES):
        found = shutil.which(name) if name else None
        if found:
            return found
    pytest.fail("no Chromium found: install it, or run with --no-browser", pytrace=False)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    # A busy machine is slow, not wrong.
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium, with a fresh profile."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    flags = [*CHROMIUM_FLAGS, "--no-sandbox"] if root else list(CHROMIUM_FLAGS)
    launched = playwright.chromium.launch(executable_path=find_chromium(), args=flags)
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """The one visitor of all tests that need none of another kind: a new one takes a second."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE * 1000)
    # Without a page that stays, the process that has compiled the scripts ends with each test.
    context.new_page()
    yield context
    context.close()


class Watched:
    """A browser page that remembers what went wrong: errors, refusals, requests elsewhere."""

    def __init__(self, context: BrowserContext) -> None:
        self.others = list(context.pages)
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.origins: set[str] = set()
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("console", self._console)
        self.page.on("request", lambda request: self._request(request.url))

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text}")

    def _request(self, url: str) -> None:
        if url.startswith(("http:", "file:")):
            self.origins.add("/".join(url.split("/")[:3]))
        if not url.startswith(("http://127.0.0.1:", "file:", "data:", "blob:")):
            self.faults.append(f"request to another host: {url}")

    def leave(self) -> None:
        """Close the page, and forget what it stored: the next one of this visitor is the first."""
        mine = [page for page in self.page.context.pages if page not in self.others]
        for page in mine:
            # A process of the browser hears of what is cleared below only after a while.
            with suppress(Error):  # a page of nowhere stores nothing
                page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        session = self.page.context.new_cdp_session(self.page)
        for origin in self.origins:
            session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        self.page.context.clear_permissions()
        for page in mine:
            page.close()


@pytest.fixture
def watched(visitor: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """A page whose faults make the test fail at its end."""
    # Made first and so removed last: a page may ask for its icon until it is closed.
    request.getfixturevalue("tmp_path")
    page = Watched(visitor)
    yield page
    page.leave()
    assert not page.faults


@pytest.fixture
def dask_executor() -> Iterator[Executor]:
    """Two worker processes of a Dask cluster on this machine."""
    distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client.get_executor()
