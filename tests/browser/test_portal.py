"""The portal as a reader meets it: home, lists, articles, large type, and no script."""

import gzip
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.conftest import Watched
from tests.sites import Built

pytestmark = pytest.mark.browser

ARTICLE = "dangjian/jiceng/2020/06/huating-sigesan.html"


def choice(page: Page, name: str) -> str:
    """What the page shows of a reader's choice (``data-…`` on the root element)."""
    return str(page.evaluate(f"document.documentElement.dataset.{name} || ''"))


def test_home_has_headline_pictures_latest_and_blocks(
    watched: Watched, portal_address: str
) -> None:
    page = watched.page
    page.goto(portal_address)
    assert page.locator("h1").count() == 1
    assert page.locator("#slides li").count() >= 3
    latest = page.locator("section").filter(
        has=page.get_by_role("heading", name="最新", exact=True)
    )
    assert latest.locator("li").count() >= 8
    assert page.get_by_role("heading", name="基层党建").is_visible()
    assert page.get_by_role("link", name="乡村振兴驻村手记").first.is_visible()
    expect(page.locator("#today")).to_have_text(re.compile("[一二三四五六日]$"))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-12-31T15:59:59Z", "2026年12月31日　星期四"),
        ("2026-12-31T16:00:00Z", "2027年1月1日　星期五"),
    ],
)
def test_the_date_is_that_of_china(
    browser: Browser, portal_address: str, moment: str, day: str
) -> None:
    # A clock is set for all pages of a visitor, and stays so.
    context = browser.new_context(locale="zh-CN")
    context.clock.set_fixed_time(moment)
    page = context.new_page()
    page.goto(portal_address + "about.html")
    expect(page.locator("#today")).to_have_text(day)
    context.close()


def test_the_carousel_pauses_and_obeys_the_keyboard(watched: Watched, portal_address: str) -> None:
    page = watched.page
    page.goto(portal_address)
    pause = page.locator(".slide-pause")
    expect(pause).to_have_text("暂停", use_inner_text=True)
    pause.click()
    expect(pause).to_have_text("播放", use_inner_text=True)
    current = page.locator("#slides .dots button[aria-current=true]")
    first = current.inner_text()
    page.locator("#slides .dots button").first.focus()
    page.keyboard.press("ArrowRight")
    expect(current).not_to_have_text(first)


def test_the_carousel_stands_still_for_who_wants_less_motion(
    watched: Watched, portal_address: str
) -> None:
    watched.page.emulate_media(reduced_motion="reduce")
    watched.page.goto(portal_address)
    expect(watched.page.locator(".slide-pause")).to_have_text("播放", use_inner_text=True)


def test_an_article_reads_as_the_sample_does(watched: Watched, portal_address: str) -> None:
    page = watched.page
    page.goto(portal_address + ARTICLE)
    crumbs = page.get_by_role("navigation", name="当前位置").inner_text()
    assert [part.strip() for part in crumbs.replace("：", ":").split(":")[0:1]] == [
        "您当前所在位置"
    ]
    for word in ("首页", "示例党建", "基层党建"):
        assert word in crumbs
    byline = page.locator(".byline").text_content() or ""
    places = [byline.index(word) for word in ("时间", "来源", "责任编辑", "选择字号")]
    assert places == sorted(places)


def test_the_chosen_size_of_type_stays_for_the_next_page(
    watched: Watched, portal_address: str
) -> None:
    page = watched.page
    page.goto(portal_address + ARTICLE)
    size = "parseFloat(getComputedStyle(document.querySelector('#text p')).fontSize)"
    before = page.evaluate(size)
    page.get_by_role("button", name="大", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-fontscale", "large")
    assert page.evaluate(size) > before
    page.goto(portal_address + "about.html")
    assert choice(page, "fontscale") == "large"


def test_what_a_page_stored_is_gone_when_it_is_left(
    visitor: BrowserContext, portal_address: str
) -> None:
    """Or one test would find what another has chosen: they share the visitor."""
    for _ in range(2):
        watched = Watched(visitor)
        watched.page.goto(portal_address + ARTICLE)
        assert choice(watched.page, "fontscale") == ""
        watched.page.get_by_role("button", name="大", exact=True).click()
        expect(watched.page.locator("html")).to_have_attribute("data-fontscale", "large")
        watched.page.reload()
        assert choice(watched.page, "fontscale") == "large"
        watched.leave()


def test_large_type_is_large_and_roomy(watched: Watched, portal_address: str) -> None:
    page = watched.page
    page.goto(portal_address + ARTICLE)
    page.get_by_role("button", name="长辈版").click()
    expect(page.locator("html")).to_have_attribute("data-elder", "on")
    small = page.evaluate(
        """Array.from(document.querySelectorAll('main p, main li, main h1, nav a'))
             .filter(e => e.getClientRects().length)
             .filter(e => parseFloat(getComputedStyle(e).fontSize) < 24)
             .map(e => e.textContent.trim().slice(0, 20))"""
    )
    assert small == []
    page.reload()
    assert choice(page, "elder") == "on"


def test_the_address_can_be_copied_and_scanned(watched: Watched, portal_address: str) -> None:
    page = watched.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(portal_address + ARTICLE)
    for place in (".byline", ".tools"):
        button = page.locator(place).get_by_role("button", name="复制链接")
        button.click()
        page.locator(place).get_by_role("button", name="已复制").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").endswith(ARTICLE)
    page.locator("details.qr summary").click()
    expect(page.get_by_role("img", name="本页地址的二维码")).to_be_visible()


@pytest.mark.parametrize("width", [320, 360, 375, 390, 414])
def test_the_code_opens_inside_the_screen_of_a_phone(
    watched: Watched, portal_address: str, width: int
) -> None:
    page = watched.page
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(portal_address + ARTICLE)
    page.locator("details.qr summary").click()
    box = page.locator(".qr-card svg").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["width"] >= 160
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_rest_of_a_page_is_laid_out_after_its_first_screen(
    watched: Watched, portal_address: str
) -> None:
    page = watched.page
    page.goto(portal_address)
    page.wait_for_selector("html.settled")
    skipped = """() => Array.from(document.querySelectorAll('body *'))
      .filter(e => getComputedStyle(e).contentVisibility !== 'visible').length"""
    assert page.evaluate(skipped) == 0
    page.evaluate("document.documentElement.classList.remove('settled')")
    assert page.evaluate(skipped) >= 5


def test_the_first_visit_of_a_phone_is_light(
    browser: Browser, portal: Built, portal_address: str
) -> None:
    # Without the timer that shows the next picture: a slow machine would count it to the visit.
    context = browser.new_context(
        viewport={"width": 375, "height": 740}, device_scale_factor=2, reduced_motion="reduce"
    )
    page = context.new_page()
    # A slow machine lays the page out while half of it is there, and must not load more for it.
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url.removeprefix(portal_address)))
    page.goto(portal_address, wait_until="networkidle")
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    bytes_of = {name: (portal.output / (name or "index.html")).read_bytes() for name in set(loaded)}
    sizes = {
        name: len(data if name.endswith((".jpg", ".png", ".avif")) else gzip.compress(data, 6))
        for name, data in bytes_of.items()
    }
    assert sum(sizes.values()) <= 100_000, sizes
    slides = page.locator("#slides li img")
    assert slides.count() >= 3
    assert slides.evaluate_all("all => all.map(image => image.complete)")[:3] == [
        True,
        False,
        False,
    ]
    page.locator("#slides .dots button").nth(1).click()
    expect(slides.nth(1)).to_have_js_property("complete", True)
    assert slides.nth(1).evaluate("image => image.naturalWidth") > 0
    context.close()


def test_notices_that_are_open_come_first(watched: Watched, portal_address: str) -> None:
    page = watched.page
    page.goto(portal_address + "gonggao/index.html")
    heads = page.locator("main h2").all_inner_texts()
    order = [name for name in ("进行中", "未开始", "其他", "已结束") if name in heads]
    assert heads == order
    assert len(heads) >= 2
    grouped = page.locator("h2 + ol .badge")
    assert grouped.count() == 0, "the heading says it"
    page.goto(portal_address + "archive/2026/11/index.html")
    assert page.locator("main h2").count() == 0, "a list by date is one list"


def test_no_story_is_on_the_home_page_twice(watched: Watched, portal_address: str) -> None:
    page = watched.page
    page.goto(portal_address)
    links = page.evaluate(
        """Array.from(document.querySelectorAll('main a:not(.thumb, .more)'))
             .filter(a => !a.closest('.front > .block') && /\\/[0-9]{4}\\//.test(a.href))
             .map(a => a.href)"""
    )
    assert len(links) >= 40
    assert len(links) == len(set(links))


def test_days_of_other_years_say_their_year(watched: Watched, portal_address: str) -> None:
    page = watched.page
    page.goto(portal_address)
    days = page.evaluate(
        "Array.from(document.querySelectorAll('.lines time')).map(t => [t.dateTime, t.innerText])"
    )
    newest = max(day for day, _ in days)[:4]
    assert {day[:4] for day, _ in days} > {newest}
    assert all(shown == (day[5:] if day[:4] == newest else day) for day, shown in days)


def test_a_column_is_subscribed_to_in_two_clicks(watched: Watched, portal_address: str) -> None:
    page = watched.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(portal_address + "dangjian/index.html")
    page.get_by_text("订阅本栏目").click()
    page.get_by_role("button", name="复制地址").click()
    page.get_by_text("已复制", exact=True).wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == portal_address + "feeds/dangjian.rss.xml"


def test_a_column_lists_its_articles_newest_first(watched: Watched, portal_address: str) -> None:
    page = watched.page
    page.goto(portal_address + "dangjian/index.html")
    blocks = page.locator(".block").all()
    assert len(blocks) == 5
    for block in blocks:
        days = block.locator("time").all_inner_texts()
        assert days == sorted(days, reverse=True)
        assert all(len(day) == len("2026-11-22") for day in days)
    links = page.locator("main :is(.block li, ol) a").all()
    addresses = [link.get_attribute("href") for link in links]
    assert len(addresses) >= 20
    assert len(addresses) == len(set(addresses)), "an article is on the page twice"


def test_the_menu_of_a_phone_opens_and_closes(watched: Watched, portal_address: str) -> None:
    page = watched.page
    page.set_viewport_size({"width": 375, "height": 700})
    page.goto(portal_address)
    assert not page.locator("#nav").is_visible()
    menu = page.get_by_role("button", name="栏目")
    menu.click()
    expect(page.locator("#nav")).to_be_visible()
    expect(menu).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#nav")).to_be_hidden()


def test_a_page_without_a_date_is_found_without_one(watched: Watched, portal_address: str) -> None:
    page = watched.page
    page.goto(f"{portal_address.rstrip('/')}/search.html?q=党建")
    page.locator(".result").first.wait_for()
    page.get_by_text("自选起止日期").wait_for()
    assert "1970" not in page.locator("main").inner_text()


def test_without_script_all_is_there_and_search_leads_on(
    browser: Browser, portal_address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(portal_address)
    assert page.locator("#slides img").first.is_visible()
    page.fill("input[type=search] >> nth=0", "社区")
    page.locator("form[role=search] button, form button[type=submit]").first.click()
    page.wait_for_url("**/search.html?q=*")
    page.get_by_role("link", name="归档").or_(
        page.get_by_role("link", name="往期文章")
    ).first.click()
    page.wait_for_url("**/archive/**")
    context.close()


def test_structured_data_is_json(watched: Watched, portal: Built, portal_address: str) -> None:
    page = watched.page
    page.goto(portal_address + ARTICLE)
    data = json.loads(page.locator("script[type='application/ld+json']").inner_text())
    kinds = [thing["@type"] for thing in data["@graph"]]
    assert kinds == ["NewsArticle", "BreadcrumbList"]
    assert Path(portal.output, ARTICLE).is_file()


@pytest.mark.parametrize("width", [375, 768, 1280])
def test_a_snippet_is_cut_before_the_browser_cuts_it(
    page: Page, portal_address: str, width: int
) -> None:
    """What the browser cuts off may end in a marked word's own dots."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{portal_address.rstrip('/')}/search.html?q=党员")
    snippets = page.locator(".result-snippet")
    page.locator("#search-app[data-state]").wait_for()
    expect(snippets).to_have_count(10)
    shown = snippets.evaluate_all("all => all.map(one => [one.scrollHeight, one.clientHeight])")
    assert [over for over, height in shown if over > height + 1] == []
    assert any(text.endswith("…") for text in snippets.all_inner_texts())


def test_a_title_with_a_hit_is_one_text_in_large_type(page: Page, portal_address: str) -> None:
    """As a row of boxes its words before, in and behind the mark would stand in columns."""
    page.set_viewport_size({"width": 375, "height": 900})
    page.goto(f"{portal_address.rstrip('/')}/search.html?q=党员")
    title = page.locator(".result-link:has(mark)").first
    title.wait_for()
    page.evaluate("document.documentElement.dataset.elder = 'on'")
    assert title.evaluate("one => getComputedStyle(one).display") == "block"
    assert title.evaluate("one => one.getBoundingClientRect().height") >= 44
