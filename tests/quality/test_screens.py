"""No page of any kind looks other than on its reference picture, in no width and no mode."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.conftest import build_sample
from tests.quality.axe import show
from tests.quality.pages import one_of_each
from tests.quality.screens import (
    BUILT_AT,
    FOLDER,
    MOST,
    difference,
    kinds,
    looks,
    made_with,
    open_page,
    screens,
    small,
    small_and_still,
)
from tests.sites import Built


@pytest.mark.browser
@pytest.mark.long
def test_all_kinds_of_pages_look_as_they_did(
    browser: Browser, tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    drawn_by = (FOLDER / "made-with.txt").read_text(encoding="utf-8")
    if drawn_by != made_with(browser):
        pytest.skip(f"the references were drawn by {drawn_by}, this is {made_with(browser)}")
    portal = build_sample(tmp_path, BUILD_AT=BUILT_AT)
    site, page = serve(portal.output), open_page(browser)
    other: dict[str, float] = {}
    compared = set()
    for kind, path in kinds(one_of_each(portal)).items():
        for name, image in screens(page, site + path):
            file = FOLDER / f"{kind}-{name}.webp"
            compared.add(file)
            apart = difference(Image.open(file).convert("RGB"), image) if file.exists() else 1.0
            if apart > MOST:
                other[file.name] = round(apart, 4)
                image.save(tmp_path / file.name, lossless=True)
    page.context.close()
    assert other == {}, f"as they are now: {tmp_path}; python -m tests.quality.screens renews"
    assert set(FOLDER.glob("*.webp")) == compared


def test_the_references_are_small_and_whole(portal: Built) -> None:
    files = {path.name: path.stat().st_size for path in FOLDER.glob("*.webp")}
    expected = {f"{kind}-{name}.webp" for kind in kinds(one_of_each(portal)) for name, _ in looks()}
    assert set(files) == expected
    assert sum(files.values()) < 3_000_000


MOVED = {
    "nothing": "",
    "a title by half a line": "h1 { translate: 0 12px; }",
    "a hidden line": ".byline { visibility: hidden; }",
    "another red": ".masthead { background: #1b16a6 !important; }",
    "larger text": ".prose { font-size: 1.25rem !important; }",
}


@pytest.mark.browser
def test_what_moves_is_noticed(browser: Browser, portal_address: str, long: bool) -> None:
    page = open_page(browser)
    page.goto(portal_address + "dangjian/jiceng/2020/06/huating-sigesan.html")
    found: dict[tuple[str, str], float] = {}
    for name, look in looks():
        if name not in (("375", "1280") if long else ("375",)):
            continue
        show(page, look)
        page.evaluate("document.adoptedStyleSheets = []")
        before = small_and_still(page)
        for what, css in MOVED.items():
            page.evaluate(
                "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css);"
                " document.adoptedStyleSheets = [sheet]; }",
                css,
            )
            apart = difference(before, small(page))
            found[name, what] = apart
    page.context.close()
    assert {
        key for key, apart in found.items() if (apart > MOST) != bool(MOVED[key[1]])
    } == set(), found
