"""Take the pictures of the READMEs from a built sample site.

python -m tests.samples.screenshots output
"""

import json
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
HUATING = "dangjian/jiceng/2020/06/huating-sigesan.html"
# Name, page, width, height, what the reader has chosen.
PICTURES: tuple[tuple[str, str, int, int, dict[str, str]], ...] = (
    ("home", "index.html", 1280, 900, {}),
    ("article", HUATING, 1280, 900, {}),
    ("search", "search.html?q=社区", 1280, 900, {}),
    ("elder", "index.html", 1280, 900, {"elder": "on"}),
    ("phone", "index.html", 375, 812, {}),
)


def main(output: Path) -> None:
    """Take every picture; ``output`` is the folder of the built site."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        for name, address, width, height, choices in PICTURES:
            context = browser.new_context(
                viewport={"width": width, "height": height}, reduced_motion="reduce"
            )
            kept = json.dumps(json.dumps(choices))
            context.add_init_script(f"localStorage.setItem('dangjian-choices', {kept})")
            page = context.new_page()
            page.goto(f"{output.resolve().as_uri()}/{address}")
            page.wait_for_timeout(1500)
            page.screenshot(path=IMAGES / f"{name}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
