"""Takes the pictures of the READMEs: ``python -m tests.quality.readme_pictures``.

The sample portal, on the day of the reference pictures. Look at each before it is committed.
"""

import sys

from PIL import Image
from playwright.sync_api import Page

from tests.conftest import ROOT
from tests.quality.axe import Look, show
from tests.quality.screens import open_sample

FOLDER = ROOT / "docs" / "images"
DESKTOP, PHONE = (1280, 900), (375, 812)
ARTICLE = "dangjian/jiceng/2020/06/huating-sigesan.html"
SHOTS = {
    "home": ("index.html", Look(size=DESKTOP)),
    "article": (ARTICLE, Look(size=DESKTOP)),
    "elder": (ARTICLE, Look({"elder": "on"}, DESKTOP)),
    "search": ("search.html?q=社区", Look(size=DESKTOP)),
    "document": ("zhengce/wenjian/2026/09/shizufa-2026-12.html", Look(size=DESKTOP)),
    "phone": ("index.html", Look(size=PHONE)),
}
COLOURS = 256
_READY = """() => Promise.all([document.fonts.ready, ...Array.from(document.images, (image) => (
  image.loading === 'lazy' ? null : image.decode().catch(() => null)))]).then(() => null)"""


def take(page: Page, address: str, look: Look) -> bytes:
    """What a reader sees first of a page."""
    page.set_viewport_size({"width": look.size[0], "height": look.size[1]})
    page.goto(address, wait_until="networkidle")
    show(page, look)
    if "search" in address:
        page.locator(".filter-group").first.wait_for()
        page.evaluate("document.activeElement.blur()")
    page.evaluate(_READY)
    return page.screenshot(scale="css", animations="disabled")


def main() -> int:
    """Take all of them again."""
    with open_sample() as sample:
        for name, (path, look) in SHOTS.items():
            file = FOLDER / f"{name}.png"
            file.write_bytes(take(sample.page, sample.site + path, look))
            with Image.open(file) as shot:
                few = shot.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            few.save(file, optimize=True)
            sys.stdout.write(f"{name} {path} {file.stat().st_size // 1000} KB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
