"""A first visit to pages of a built site: ``python -m tests.benchmarks.first_visit OUTPUT``.

For a phone and a desktop: bytes (text compressed with gzip as a server sends it, pictures as they
are) until the page is quiet, and the longest task of its main thread on a processor four times
slower. The reader wants no motion: else the next picture of the home page comes after six seconds,
however long the machine takes for the first. Of several visits the median counts, and the least is
what the machine's own noise leaves.
"""

import argparse
import gzip
import threading
from pathlib import Path
from statistics import median
from typing import NamedTuple

from playwright.sync_api import Browser, Response, sync_playwright

from dangjian.preview.server import open_server
from tests.conftest import CHROMIUM_FLAGS, find_chromium

SLOWDOWN = 4
VISITS = 5
WIDTHS = {"phone": (375, 740, 2), "desktop": (1280, 900, 1)}
PAGES = ("index.html", "dangjian/jiceng/2020/06/huating-sigesan.html", "search.html")
_WATCH = """
window.longest = 0;
new PerformanceObserver(list => {
  for (const {duration} of list.getEntries()) window.longest = Math.max(window.longest, duration);
}).observe({type: 'longtask', buffered: true});
"""


class Visit(NamedTuple):
    """Bytes on the wire, and the longest task in milliseconds (0 where none was over 50)."""

    bytes: int
    longest: float


def visit(browser: Browser, address: str, width: int, height: int, scale: float) -> Visit:
    """Open a page with nothing cached, and wait until it is quiet."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        reduced_motion="reduce",
    )
    context.add_init_script(_WATCH)
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    got: list[Response] = []

    def note(response: Response) -> None:
        got.append(response)

    page.on("response", note)
    page.goto(address, wait_until="networkidle")
    longest = page.evaluate("window.longest")
    sizes = {response.url: _sent(response) for response in got}
    context.close()
    return Visit(sum(sizes.values()), float(longest))


def _sent(response: Response) -> int:
    """The bytes of an answer's body as a server with gzip sends it."""
    kind = response.headers.get("content-type", "")
    body = response.body()
    packed = kind.startswith(("image/", "video/")) and not kind.startswith("image/svg")
    return len(body) if packed else len(gzip.compress(body, 6))


def main() -> None:
    """Print a line for each page and width."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.first_visit", description=__doc__
    )
    parser.add_argument("output", type=Path, help="the folder of a built site")
    parser.add_argument("pages", nargs="*", default=PAGES)
    given = parser.parse_args()
    server = open_server(given.output, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{server.server_address[1]}/"
    flags = [*CHROMIUM_FLAGS, "--no-sandbox"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=flags)
        for page in given.pages:
            for name, size in WIDTHS.items():
                visits = [visit(browser, site + page, *size) for _ in range(VISITS)]
                tasks = sorted(one.longest for one in visits)
                print(
                    f"{page:48} {name:8} {visits[0].bytes:8} bytes, longest task "
                    f"{median(tasks):4.0f} ms (least {tasks[0]:.0f})"
                )
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
