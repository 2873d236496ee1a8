"""axe finds nothing on any page type in any display mode, and every type works everywhere."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.conftest import Watched
from tests.quality.pages import one_of_each
from tests.quality.tools import module_file
from tests.sites import Built

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 740}
MODES: dict[str, tuple[dict[str, str], dict[str, int]]] = {
    "standard": ({}, DESKTOP),
    "phone": ({}, PHONE),
    "dark": ({"theme": "dark"}, DESKTOP),
    "high contrast": ({"contrast": "high"}, DESKTOP),
    "elder": ({"elder": "on"}, DESKTOP),
    "elder on a phone": ({"elder": "on"}, PHONE),
    "elder in the dark": ({"elder": "on", "theme": "dark"}, DESKTOP),
    "large type": ({"fontscale": "large"}, DESKTOP),
}
FRAMES: dict[str, dict[str, str]] = {
    "festive": {"masthead": "festive"},
    "grey": {"gray": ""},
    "grey in the dark": {"gray": "", "theme": "dark"},
}


def violations(context: BrowserContext, address: str, axe: str, root: dict[str, str]) -> list[str]:
    """What axe says of one page; ``root`` is put on its root element first."""
    page = context.new_page()
    page.goto(address)
    page.evaluate("given => Object.assign(document.documentElement.dataset, given)", root)
    page.evaluate(axe)
    result: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", RULES
    )
    page.close()
    return [
        f"{found['id']}: {node['target']} {node['failureSummary']}"
        for found in result["violations"]
        for node in found["nodes"]
    ]


def check_all(
    browser: Browser,
    portal: Built,
    address: str,
    choices: dict[str, str],
    viewport: dict[str, int],
    root: dict[str, str],
) -> None:
    axe = module_file("axe-core/axe.min.js").read_text(encoding="utf-8")
    context = browser.new_context(viewport=viewport, locale="zh-CN", reduced_motion="reduce")  # type: ignore[arg-type]
    kept = json.dumps(json.dumps(choices))
    context.add_init_script(f"localStorage.setItem('dangjian-choices', {kept})")
    found: dict[str, list[str]] = {}
    for kind, path in one_of_each(portal).items():
        told = violations(context, address + path, axe, root)
        if told:
            found[f"{kind} {path}"] = told
    context.close()
    assert found == {}


@pytest.mark.browser
@pytest.mark.tools
@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
def test_axe_in_every_mode(browser: Browser, portal: Built, portal_address: str, mode: str) -> None:
    choices, viewport = MODES[mode]
    check_all(browser, portal, portal_address, choices, viewport, {})


@pytest.mark.browser
@pytest.mark.tools
@pytest.mark.slow
@pytest.mark.parametrize("frame", FRAMES)
def test_axe_in_what_the_office_can_set(
    browser: Browser, portal: Built, portal_address: str, frame: str
) -> None:
    check_all(browser, portal, portal_address, {}, DESKTOP, FRAMES[frame])


@pytest.mark.browser
def test_every_page_type_works_under_the_headers(
    watched: Watched, portal: Built, portal_address: str
) -> None:
    types = one_of_each(portal)
    assert len(types) >= 18
    for path in types.values():
        response = watched.page.goto(portal_address + path, wait_until="load")
        assert response is not None
        policy = response.headers["content-security-policy"]
        assert "unsafe-inline" not in policy
        assert "unsafe-eval" not in policy
        assert watched.page.evaluate("document.documentElement.hasAttribute('data-js')")


@pytest.mark.browser
def test_every_page_type_works_from_a_folder(watched: Watched, portal: Built) -> None:
    for path in one_of_each(portal).values():
        if path != "404.html":  # it stands for any address, so that its links begin at the root
            watched.page.goto((portal.output / path).as_uri(), wait_until="load")
            assert watched.page.evaluate("document.documentElement.hasAttribute('data-js')")
    # Chromium lets no file have captions from a file beside it; the transcript is there.
    watched.faults[:] = [fault for fault in watched.faults if ".vtt" not in fault]


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 375, 768, 1280, 1920])
def test_nothing_is_wider_than_the_screen(
    browser: Browser, portal: Built, portal_address: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    too_wide = []
    for path in one_of_each(portal).values():
        page.goto(portal_address + path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            too_wide.append(path)
    context.close()
    assert too_wide == []


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
