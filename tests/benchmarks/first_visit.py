"""A first visit to pages of a built site: ``python -m tests.benchmarks.first_visit OUTPUT``.

For a phone and a desktop: bytes (text compressed with gzip as a server sends it, pictures as they
are) until the page is quiet, and the longest task of its main thread on a processor four times
slower: as a clock sees it, and four times the processor time that it takes here, which says the
same and counts on a busy machine too. The reader wants no motion: else the next picture of the home
page comes after six seconds, however long the machine takes for the first. Of several visits the
median counts, and the least is what the machine's own noise leaves.
"""

import argparse
import gzip
import json
import threading
from pathlib import Path
from statistics import median
from typing import NamedTuple

from playwright.sync_api import Browser, Page, Response, sync_playwright

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


_TRACED = ["disabled-by-default-devtools.timeline", "__metadata"]


class Visit(NamedTuple):
    """Bytes on the wire, and the longest task in milliseconds (0 where none was over 50)."""

    bytes: int
    longest: float


def reader(browser: Browser, width: int, height: int, scale: float) -> Page:
    """A page of a reader who has visited nothing yet."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        reduced_motion="reduce",
    )
    context.add_init_script(_WATCH)
    return context.new_page()


def visit(browser: Browser, address: str, width: int, height: int, scale: float) -> Visit:
    """Open a page with nothing cached, and wait until it is quiet."""
    page = reader(browser, width, height, scale)
    throttled = page.context.new_cdp_session(page)
    throttled.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    got: list[Response] = []

    def note(response: Response) -> None:
        got.append(response)

    page.on("response", note)
    page.goto(address, wait_until="networkidle")
    longest = page.evaluate("window.longest")
    sizes = {response.url: _sent(response) for response in got}
    page.context.close()
    return Visit(sum(sizes.values()), float(longest))


def longest_work(browser: Browser, address: str, width: int, height: int, scale: float) -> float:
    """The longest task by the processor time that it took, on a processor so much slower."""
    page = reader(browser, width, height, scale)
    browser.start_tracing(page=page, categories=_TRACED)
    page.goto(address, wait_until="networkidle")
    events = json.loads(browser.stop_tracing())["traceEvents"]
    page.context.close()
    mains = {
        (one["pid"], one["tid"])
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    tasks = (one for one in events if one["name"] == "RunTask" and "tdur" in one)
    took = (one["tdur"] / 1000 for one in tasks if (one["pid"], one["tid"]) in mains)
    return float(SLOWDOWN * max(took))


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
                work = sorted(longest_work(browser, site + page, *size) for _ in range(VISITS))
                print(
                    f"{page:48} {name:8} {visits[0].bytes:8} bytes, longest task "
                    f"{median(tasks):4.0f} ms (least {tasks[0]:.0f}), "
                    f"by processor time {median(work):4.0f} ms (least {work[0]:.0f})",
                    flush=True,
                )
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
