"""axe finds nothing on any page type in any display mode, and every type works everywhere."""

import json
from collections.abc import Iterator
from itertools import product

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import Watched
from tests.quality.axe import (
    DESKTOP,
    PHONE,
    Look,
    faults,
    faults_of_colours,
    faults_of_layout,
    load_axe,
    show,
)
from tests.quality.pages import one_of_each
from tests.sites import Built

ELDER, DARK, HIGH = {"elder": "on"}, {"theme": "dark"}, {"contrast": "high"}
# Those in which axe can find something else: larger type needs no more contrast, and it sees no
# filter, which makes grey (judged by tests/site/test_design_page.py). Both are in COMBINED.
LOOKS: dict[str, Look] = {
    "dark": Look(DARK),
    "high contrast": Look(HIGH),
    "festive": Look({"masthead": "festive"}),
    "elder": Look(ELDER, whole=True),
    "elder in the dark": Look(ELDER | DARK),
    "elder on a phone": Look(ELDER, PHONE, whole=True),
    "phone": Look({}, PHONE, whole=True),
}
# All that can be chosen and set, with each other (the long mode).
COMBINED = {
    " ".join(f"{name}={value}" for name, value in root.items()) or "standard": root
    for chosen in product(
        [{}, DARK], [{}, HIGH], [{}, ELDER], [{}, {"fontscale": "large"}, {"fontscale": "small"}],
        [{}, {"masthead": "festive"}, {"gray": ""}],
    )
    for root in [{name: value for part in chosen for name, value in part.items()}]
}  # fmt: skip
# The pages are shared out among this many tests, so that all processes have some.
SHARES = 4
LEAVE = """([main]) => {
  const link = document.createElement('a');
  link.href = 'https://example.com/';
  main.append(link);
  link.click();
  link.remove();
}"""
# How to open what a page opens on demand: the page's elements, the script that opens, a size.
OPENED = {
    "settings": ("[data-open=settings]", "all => all[0].click()", DESKTOP),
    "settings on a phone": ("[data-open=settings]", "all => all[0].click()", PHONE),
    "columns": ("[data-open=nav]", "all => all[0].click()", PHONE),
    "pictures": ("button.zoom, a[data-lightbox]", "all => all[0].click()", DESKTOP),
    "pictures on a phone": ("button.zoom, a[data-lightbox]", "all => all[0].click()", PHONE),
    "leaving": ("main", LEAVE, DESKTOP),
    "all that folds": ("details", "all => all.forEach(e => { e.open = true; })", PHONE),
}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A page of a reader who wants no motion, so that no colour is on its way to another."""
    context = browser.new_context(locale="zh-CN", reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def seen() -> dict[str, set[str]]:
    """The looks of words that were asked about, by mode."""
    return {name: set() for name in LOOKS}


def share_of(portal: Built, share: int) -> list[tuple[str, str]]:
    chosen = list(one_of_each(portal).items())
    assert len(chosen) >= 20
    return chosen[share::SHARES]


@pytest.mark.browser
@pytest.mark.tools
@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_axe_in_every_mode(
    page: Page, portal: Built, portal_address: str, share: int, seen: dict[str, set[str]]
) -> None:
    found: dict[str, list[str]] = {}
    for kind, path in share_of(portal, share):
        page.goto(portal_address + path)
        load_axe(page)
        show(page, Look())
        reported = faults(page)
        if reported:
            found[f"standard, {kind}: {path}"] = reported
        for name, look in LOOKS.items():
            show(page, look)
            reported = faults_of_layout(page) if look.whole else []
            reported += faults_of_colours(page, seen[name])
            if reported:
                found[f"{name}, {kind}: {path}"] = reported
    assert found == {}


@pytest.mark.browser
@pytest.mark.tools
@pytest.mark.long
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("width", [320, 375, 1280])
def test_axe_with_all_rules_in_all_modes_at_once(
    page: Page, portal: Built, portal_address: str, width: int, share: int
) -> None:
    found: dict[str, list[str]] = {}
    for kind, path in share_of(portal, share):
        page.goto(portal_address + path)
        load_axe(page)
        for name, root in COMBINED.items():
            show(page, Look(root, (width, 800)))
            reported = faults(page)
            if reported:
                found[f"{name}, {kind}: {path}"] = reported
    assert found == {}


@pytest.mark.browser
@pytest.mark.tools
@pytest.mark.slow
def test_axe_with_what_opens_on_demand(
    page: Page, portal: Built, portal_address: str, long: bool
) -> None:
    modes = COMBINED if long else {"standard": {}}
    found: dict[str, list[str]] = {}
    for name, (openers, script, size) in OPENED.items():
        opened = 0
        for path in one_of_each(portal).values():
            if opened == (3 if name == "all that folds" else 1):
                break
            page.goto(portal_address + path)
            show(page, Look(size=size))
            if page.locator(openers).count() == 0:
                continue
            page.locator(openers).evaluate_all(script)
            opened += 1
            load_axe(page)
            for mode, root in modes.items():
                show(page, Look(root, size))
                reported = faults(page)
                if reported:
                    found[f"{name}, {mode}, {path}"] = reported
        assert opened, f"no page has anything for {name}"
    assert found == {}


@pytest.mark.browser
@pytest.mark.tools
def test_axe_is_asked(page: Page, portal_address: str) -> None:
    page.goto(portal_address + "about.html")
    load_axe(page)
    show(page, LOOKS["dark"])
    seen: set[str] = set()
    assert faults(page) == faults_of_colours(page, seen) == []
    assert len(seen) >= 10
    page.evaluate("document.querySelector('#text p').style.color = '#444'")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x>')")
    pale, nameless = "violation color-contrast", "violation image-alt"
    assert [line.split(":")[0] for line in faults_of_colours(page, seen)] == [pale]
    assert {line.split(":")[0] for line in faults(page)} == {pale, nameless}
    assert [line.split(":")[0] for line in faults_of_layout(page)] == [nameless]


@pytest.mark.browser
def test_a_look_is_shown_as_a_reader_has_it(
    browser: Browser, page: Page, portal_address: str
) -> None:
    """A look shown in an open page is what a reader sees who chose it on an earlier page."""
    seen = """() => Array.from(document.querySelectorAll('body *'), e => {
      const {color, backgroundColor, fontSize} = getComputedStyle(e);
      const {x, y, width, height} = e.getBoundingClientRect();
      return [color, backgroundColor, fontSize, x, y, width, height].join(' ');
    })"""
    path = portal_address + "dangjian/index.html"
    page.goto(path)
    for chosen, size in ((ELDER | DARK, PHONE), (HIGH, DESKTOP)):
        show(page, Look(chosen, size))
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
        )
        kept = json.dumps(json.dumps(chosen))
        context.add_init_script(f"localStorage.setItem('dangjian-choices', {kept})")
        other = context.new_page()
        other.goto(path)
        assert page.evaluate(seen) == other.evaluate(seen)
        context.close()


@pytest.mark.browser
def test_every_page_type_works_under_the_headers_and_fits_the_screen(
    watched: Watched, portal: Built, portal_address: str, long: bool
) -> None:
    types = one_of_each(portal)
    assert len(types) >= 20
    too_wide = []
    watched.page.emulate_media(reduced_motion="reduce")
    for path in types.values():
        response = watched.page.goto(portal_address + path, wait_until="load")
        assert response is not None
        policy = response.headers["content-security-policy"]
        assert "unsafe-inline" not in policy
        assert "unsafe-eval" not in policy
        assert watched.page.evaluate("document.documentElement.hasAttribute('data-js')")
        for width in (320, 375, 768, 1280, 1920) if long else (320, 768, 1280):
            show(watched.page, Look(size=(width, 800)))
            if watched.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                too_wide.append(f"{path} at {width}")
    assert too_wide == []


@pytest.mark.browser
def test_every_page_type_works_from_a_folder(watched: Watched, portal: Built) -> None:
    for path in one_of_each(portal).values():
        if path != "404.html":  # it stands for any address, so that its links begin at the root
            watched.page.goto((portal.output / path).as_uri(), wait_until="load")
            assert watched.page.evaluate("document.documentElement.hasAttribute('data-js')")
    # Chromium lets no file have captions from another file; the transcript is there.
    watched.faults[:] = [fault for fault in watched.faults if ".vtt" not in fault]


@pytest.mark.browser
def test_every_page_type_reads_without_scripts(
    browser: Browser, portal: Built, portal_address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for path in one_of_each(portal).values():
        page.goto(portal_address + path)
        assert page.locator("h1").is_visible(), path
        assert page.locator(".js-only:visible").count() == 0, path
        assert page.locator("nav a:visible").count() >= 3, path
    context.close()
