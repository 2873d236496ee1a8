"""Reference pictures of all kinds of pages, small enough to be in the repository.

A picture is the top of a page, an eighth of its size, in 512 colours: enough to see that something
moved by half a line or changed its colour, and no more. They hold for the Chromium and the fonts
they were made with, which ``made-with.txt`` names.

``python -m tests.quality.screens`` makes them again, or those of the kinds it is given
(``home column``); look at what changed before it is committed.
"""

import io
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, sync_playwright

from dangjian.preview.server import open_server
from tests.conftest import CHROMIUM_FLAGS, build_sample, find_chromium
from tests.quality.axe import Look, show
from tests.quality.pages import one_of_each
from tests.sites import Built
from tests.waiting import PATIENCE

FOLDER = Path(__file__).parent / "screens"
HEIGHT = 1600
WIDTHS = (320, 375, 768, 1280, 1920)
MODES = {
    "1280-dark": Look({"theme": "dark"}, (1280, HEIGHT)),
    "1280-contrast": Look({"contrast": "high"}, (1280, HEIGHT)),
    "1280-grey": Look({"gray": ""}, (1280, HEIGHT)),
    "1280-elder": Look({"elder": "on"}, (1280, HEIGHT)),
    "375-elder": Look({"elder": "on"}, (375, HEIGHT)),
    "375-dark": Look({"theme": "dark"}, (375, HEIGHT)),
}
PAPER = 794
"""CSS pixels: the width of A4."""
SMALLER = 8
STEPS = 8
"""Levels of each colour."""
APART = 32
"""From here on a level counts as another one: one step. Small type is no darker than that."""
MOST = 0.002
"""Up to this part of a picture may be other: a dozen of 6,000 points, or less than a word."""
BUILT_AT = "2026-11-24 10:00"
_LOADED = """() => Promise.all(Array.from(document.images, image => new Promise(done => {
  const {top, left, width} = image.getBoundingClientRect();
  if (image.complete || !width || top > innerHeight || left > innerWidth) done();
  image.onload = image.onerror = done;
  setTimeout(done, 5000);
})))"""


def looks() -> Iterator[tuple[str, Look]]:
    """All looks of a page by name; ``print`` is the last."""
    for width in WIDTHS:
        yield f"{width}", Look(size=(width, HEIGHT))
    yield from MODES.items()
    yield "print", Look(size=(PAPER, HEIGHT))


def small(page: Page) -> Image.Image:
    """What a page shows now, in the size and colours of the references."""
    page.evaluate(_LOADED)
    shot = Image.open(io.BytesIO(page.screenshot(scale="css", animations="disabled")))
    reduced = shot.convert("RGB").reduce(SMALLER)
    step = 256 // STEPS
    return reduced.point([value // step * step + step // 2 for value in range(256)] * 3)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Which part of two pictures is not the same, from 0 to 1."""
    if one.size != other.size:
        return 1.0
    bands = ImageChops.difference(one, other).split()
    most = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    histogram = most.histogram()
    return sum(histogram[APART:]) / sum(histogram)


def small_and_still(page: Page) -> Image.Image:
    """The same, as soon as two of them are alike: what follows from a change has come by then."""
    deadline, last = time.monotonic() + PATIENCE, small(page)
    while difference(last, shown := small(page)):
        assert time.monotonic() < deadline, "the page does not come to rest"
        last = shown
    return shown


def open_page(browser: Browser) -> Page:
    """A page whose clock stands still, in one of the looks' largest windows."""
    context = browser.new_context(
        viewport={"width": WIDTHS[-1], "height": HEIGHT}, reduced_motion="reduce", locale="zh-CN"
    )
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    page.clock.set_fixed_time("2026-11-24T02:00:00Z")
    return page


def screens(page: Page, address: str) -> Iterator[tuple[str, Image.Image]]:
    """Every look of the page at an address, by name."""
    page.emulate_media(media="screen")
    page.goto(address, wait_until="networkidle")
    # The player's bar is the browser's own, and comes when it likes.
    page.evaluate("for (const film of document.querySelectorAll('video')) film.controls = false")
    for name, look in looks():
        page.emulate_media(media="print" if name == "print" else "screen")
        show(page, look)
        yield name, small_and_still(page)


def kinds(portal_pages: dict[str, str]) -> dict[str, str]:
    """Addresses by kind of page (``home``), each kind once."""
    found = portal_pages.items()
    return {kind.removeprefix("kind-"): path for kind, path in found if kind.startswith("kind-")}


def made_with(browser: Browser) -> str:
    """What decides how a page is drawn: the browser, and the fonts for Chinese."""
    listed = ["fc-match", "-f", "%{family[0]} %{fontversion}\n"]
    fonts = [
        subprocess.run([*listed, name], capture_output=True, text=True, check=True).stdout
        for name in ("Noto Sans CJK SC", "Noto Serif CJK SC", "sans-serif:lang=zh-cn")
    ]
    return f"Chromium {browser.version.split('.')[0]}\n{''.join(fonts)}"


@dataclass(frozen=True)
class Sample:
    """The sample portal, served, and a page to look at it."""

    portal: Built
    site: str
    page: Page
    drawn_by: str


@contextmanager
def open_sample() -> Iterator[Sample]:
    """Build the sample portal as of a fixed day and open a browser on it."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        portal = build_sample(Path(folder), BUILD_AT=BUILT_AT)
        server = open_server(portal.output, 0)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        site = f"http://127.0.0.1:{server.server_address[1]}/"
        flags = [*CHROMIUM_FLAGS, "--no-sandbox"]
        browser = driver.chromium.launch(executable_path=find_chromium(), args=flags)
        yield Sample(portal, site, open_page(browser), made_with(browser))
        server.shutdown()


def main(wanted: list[str]) -> int:
    """Make the references of some kinds of pages again, or all."""
    FOLDER.mkdir(exist_ok=True)
    with open_sample() as sample:
        written: set[Path] = set()
        for kind, path in kinds(one_of_each(sample.portal)).items():
            if wanted and kind not in wanted:
                written.update(FOLDER.glob(f"{kind}-*.webp"))
                continue
            for name, image in screens(sample.page, sample.site + path):
                file = FOLDER / f"{kind}-{name}.webp"
                image.save(file, lossless=True, quality=100, method=6)
                written.add(file)
            sys.stdout.write(f"{kind} {path}\n")
            sys.stdout.flush()
        for old in set(FOLDER.glob("*.webp")) - written:
            old.unlink()
        (FOLDER / "made-with.txt").write_text(sample.drawn_by, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
