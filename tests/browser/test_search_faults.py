"""What a reader sees when files of the index are missing, cut, of another format or renewed."""

import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.search_site import build_search_site
from tests.conftest import Watched
from tests.sites import article

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built site, to be copied."""
    return build_search_site(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def output(built: Path, tmp_path: Path) -> Path:
    """A copy of the site to damage."""
    return Path(shutil.copytree(built, tmp_path / "output"))


@pytest.fixture
def page(visitor: BrowserContext) -> Iterator[Page]:
    """A page on which nothing goes wrong but what the browser says of a file by itself."""
    watched = Watched(visitor)
    yield watched.page
    watched.leave()
    thrown = {fault for fault in watched.faults if not fault.startswith("console: ")}
    # A script that is cut off can't be read by the browser.
    assert thrown <= {"error: Invalid or unexpected token"}


def _manifest(output: Path) -> Path:
    return output / "search" / "manifest.js"


def _remove_manifest(output: Path) -> None:
    _manifest(output).unlink()


def _cut_manifest(output: Path) -> None:
    whole = _manifest(output).read_bytes()
    _manifest(output).write_bytes(whole[: len(whole) // 2])


def _garble_manifest(output: Path) -> None:
    _manifest(output).write_bytes(b"dangjianSearch(function(){/*[1, {}]*/});\n")


def _empty_files(output: Path) -> None:
    for file in (output / "search").glob("*-*.js"):
        file.write_bytes(b"")


def _cut_files(output: Path) -> None:
    for file in (output / "search").glob("*-*.js"):
        whole = file.read_bytes()
        file.write_bytes(whole[: len(whole) // 3])


def _scramble_files(output: Path) -> None:
    for file in (output / "search").glob("*-*.js"):
        whole = file.read_bytes()
        file.write_bytes(whole[:28] + bytes(len(whole) - 34) + whole[-6:])


def _remove_files(output: Path) -> None:
    for file in (output / "search").glob("*-*.js"):
        file.unlink()


def _other_format(output: Path) -> None:
    text = _manifest(output).read_bytes()
    assert b'"format":6' in text
    _manifest(output).write_bytes(text.replace(b'"format":6', b'"format":9'))


DAMAGES: dict[Callable[[Path], None], str] = {
    _remove_manifest: "搜索数据暂时打不开",
    _cut_manifest: "搜索数据不完整",
    _garble_manifest: "请刷新本页",
    _empty_files: "搜索数据不完整",
    _cut_files: "搜索数据不完整",
    _scramble_files: "搜索数据不完整",
    _remove_files: "搜索数据暂时打不开",
    _other_format: "请刷新本页",
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("way", ["http", "file"])
def test_damaged_index(
    page: Page,
    output: Path,
    serve: Callable[[Path], str],
    damage: Callable[[Path], None],
    way: str,
) -> None:
    """A kind sentence, and the way to the archive."""
    damage(output)
    address = serve(output) if way == "http" else output.as_uri() + "/"
    page.goto(address + "search.html?q=社区")
    status = page.locator("[data-part=status]")
    if way == "file" and damage is _empty_files:
        expect(status).to_contain_text("搜索数据")
    else:
        expect(status).to_contain_text(DAMAGES[damage])
    page.locator("[data-part=message]").get_by_role("link", name="查看文章归档").click()
    page.wait_for_url("**/archive/index.html")


def test_a_repaired_index_is_used_again(
    page: Page, output: Path, built: Path, serve: Callable[[Path], str]
) -> None:
    """After a failure the next words are tried again."""
    _remove_manifest(output)
    page.goto(serve(output) + "search.html?q=社区")
    expect(page.locator("[data-part=status]")).to_contain_text("打不开")
    shutil.copy(_manifest(built), _manifest(output))
    page.fill("#search-q", "电梯")
    expect(page.locator("[data-part=status]")).to_contain_text("找到 1 篇")


def test_site_published_again_while_searching(
    page: Page, output: Path, tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    """Files that went with the old index are found in the new one, without a reload."""
    newer = tmp_path / "newer" / "content" / "gg" / "new.md"
    newer.parent.mkdir(parents=True)
    newer.write_text(article("新告示", "2026-01-02 09:00", "告示：例会照常。"), encoding="utf-8")
    renewed = build_search_site(tmp_path / "newer")
    page.goto(serve(output) + "search.html?q=社区")
    status = page.locator("[data-part=status]")
    expect(status).to_contain_text("找到 3 篇")
    shutil.rmtree(output / "search")
    shutil.copytree(renewed / "search", output / "search")
    page.fill("#search-q", "例会")
    expect(status).to_contain_text("找到 25 篇")


class _NoRanges(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Stay quiet."""


def test_server_without_ranges(page: Page, output: Path) -> None:
    """A server that always answers with whole files will do."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_NoRanges, directory=str(output)))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    page.goto(f"http://127.0.0.1:{server.server_address[1]}/search.html?q=社区")
    status = page.locator("[data-part=status]")
    expect(status).to_contain_text("找到 3 篇")
    page.fill("#search-q", "“电梯修到了心坎上”")
    expect(status).to_contain_text("找到 1 篇")
    server.shutdown()
    server.server_close()
