"""The search page in Chromium: under the recommended headers, from a folder, without a script."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.search_site import MANY
from tests.browser.searching import (
    Held,
    asked,
    found,
    open_search,
    status,
    titles,
    until,
    wait_for_address,
)
from tests.conftest import Watched

pytestmark = pytest.mark.browser

PAINTED = "performance.getEntriesByName('first-contentful-paint').length"


def test_results_while_typing(page: Page, address: str) -> None:
    """Nothing has to be pressed; the address takes the words over and is no new entry."""
    open_search(page, address)
    entries = page.evaluate("history.length")
    page.locator("#search-q").press_sequentially("社区", delay=5)
    found(page, 3)
    assert titles(page)[0] == "社区减负"
    wait_for_address(page, {"q": "社区"})
    assert page.evaluate("history.length") == entries


def test_address_is_written_before_the_page_is_left(page: Page, http: str) -> None:
    """Whoever goes on before the answer is there comes back to the question."""
    open_search(page, http)
    page.wait_for_load_state("networkidle")
    page.route("**/search/text-*.js", lambda _: None)
    # In one task, so that no clock can have written the address before the click.
    page.evaluate(
        """() => {
          const box = document.getElementById('search-q');
          box.value = '例会';
          box.dispatchEvent(new InputEvent('input', {bubbles: true}));
          document.querySelector('.browse-tree a').click();
        }"""
    )
    page.wait_for_url("**/dj/index.html")
    page.unroute_all(behavior="ignoreErrors")
    page.go_back()
    found(page, MANY)
    assert asked(page) == {"q": "例会"}


def test_only_a_late_answer_dims_the_old_one(page: Page, http: str) -> None:
    """Results stay as they are until an answer takes long; the address does not wait for it."""
    open_search(page, http, "?q=社区")
    found(page, 3)
    expect(page.locator("[data-part=results]")).not_to_have_attribute("aria-busy", "true")
    page.wait_for_load_state("networkidle")
    page.evaluate(
        """() => {
          window.dimmed = [];
          const results = document.querySelector('[data-part=results]');
          const note = () => dimmed.push(getComputedStyle(results).opacity);
          const app = document.getElementById('search-app');
          new MutationObserver(note).observe(app, {attributes: true, subtree: true});
        }"""
    )
    held = Held(page, "**/search/text-*.js")
    page.locator("#search-q").fill("电梯")
    expect(status(page)).to_have_text("正在搜索…")
    wait_for_address(page, {"q": "电梯"})
    assert titles(page)[0] == "社区减负"
    # The first change says that an answer is awaited, the next that it is late.
    assert page.evaluate("dimmed.slice(0, 2)") == ["1", "0.6"]
    held.let_go()
    found(page, 1)
    assert page.evaluate("dimmed[dimmed.length - 1]") == "1"


@pytest.mark.parametrize(
    ("width", "query"),
    [
        *((width, query) for width in (375, 1280) for query in ("", "?q=社区", "?year=2020")),
        (375, "?q=没有这样的词"),
    ],
)
def test_nothing_moves_when_a_late_answer_comes(
    page: Page, http: str, width: int, query: str
) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    page.add_init_script(
        """window.moved = [];
        new PerformanceObserver((list) => {
          for (const {sources} of list.getEntries()) {
            for (const {node} of sources) moved.push(node?.className || node?.nodeName || '?');
          }
        }).observe({type: 'layout-shift', buffered: true});"""
    )
    held = Held(page, "**/search/manifest.js")
    open_search(page, http, query)
    until(page, lambda: page.evaluate(PAINTED), "nothing is painted")
    if query:
        expect(status(page)).to_have_text("正在搜索…")  # it says so only where it takes long
    held.let_go()
    page.locator("#search-app[data-state]").wait_for()
    page.wait_for_timeout(300)
    assert page.evaluate("window.moved") == []


def test_exact_title_first_and_marks(page: Page, site: str) -> None:
    """The title typed is the first result; hits are marked in title and text."""
    open_search(page, site, "?q=老旧小区装上电梯")
    found(page, 1)
    open_search(page, site, "?q=电梯")
    found(page, 1)
    assert page.locator(".result h2 mark").all_inner_texts() == ["电梯"]
    assert set(page.locator(".result-snippet mark").all_inner_texts()) == {"电梯"}
    assert "楼道党小组" in page.locator(".result-snippet").inner_text()


def test_heads_of_tables_are_found_but_not_shown_beside_other_words(page: Page, site: str) -> None:
    open_search(page, site, "?q=心坎")
    found(page, 1)
    assert (
        "心坎上。\u3000三号\u3000六\u3000一楼住户" in page.locator(".result-snippet").inner_text()
    )
    assert "层数" not in page.locator(".result-snippet").inner_text()
    open_search(page, site, "?q=层数")
    found(page, 1)
    assert "层数\u3000三号" in page.locator(".result-snippet").inner_text()
    assert "楼栋" not in page.locator(".result-snippet").inner_text()


@pytest.fixture(scope="module")
def asking(visitor: BrowserContext, http: str) -> Iterator[Page]:
    """The search page, for one question after another."""
    watched = Watched(visitor)
    open_search(watched.page, http)
    yield watched.page
    watched.leave()
    assert not watched.faults


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("“四个三”机制", 1),
        ("社区 -公示", 2),
        ("标题:社区", 1),
        ("title:例会 3", 3),
        ("来源:示例日报", 2),
        ("栏目:基层党建", 2),
        ("类型:公告", 1),
        ("年:2020 例会", MANY),
        ("ＰＡＲＴＹ", 1),
        ("社區", 3),
        ("dianti", 1),
        ("rqgs", 1),
    ],
)
def test_query_language(asking: Page, query: str, count: int) -> None:
    """What the page says of its query language holds."""
    asking.fill("#search-q", "")
    expect(status(asking)).to_have_text("")
    asking.fill("#search-q", query)
    found(asking, count)


def test_keyboard(page: Page, site: str) -> None:
    """Slash to the box, arrows through the results, Escape back, Enter opens."""
    open_search(page, site, "?q=社区")
    found(page, 3)
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("#search-q")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".result-link").nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".result-link").nth(2)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    expect(page.locator("#search-q")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/shequ.html*")


def test_arrival(page: Page, address: str) -> None:
    """The words are marked in the article, can be stepped through, and go at a button."""
    open_search(page, address, "?q=水渠")
    page.locator(".result-link").first.click()
    page.wait_for_url("**/shuiqu.html*")
    marks = page.locator("mark.found")
    count = marks.count()
    assert count >= 2
    assert set(marks.all_inner_texts()) == {"水渠"}
    before = page.locator("#text").inner_text()
    page.get_by_role("button", name="下一处").click()
    expect(page.locator(".found-place")).to_have_text(f"第 1 处，共 {count} 处")
    expect(page.locator("mark.found.current")).to_have_count(1)
    page.get_by_role("button", name="清除标记").click()
    expect(marks).to_have_count(0)
    assert "#" not in page.url
    assert "春耕以前，水渠修好了" in before
    assert page.evaluate("document.querySelector('#text').innerHTML.includes('<mark')") is False


def test_arrival_ends_with_escape(page: Page, http: str) -> None:
    """Escape takes the marks away; an odd fragment marks nothing and breaks nothing."""
    article = http + "dj/nc/2020/04/shuiqu.html"
    page.goto(article + "#find=" + "%E6%B0%B4%E6%B8%A0")
    expect(page.locator("mark.found").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("mark.found")).to_have_count(0)
    for odd in ("#find=%E6%B", "#find=", "#find=" + "(+[", "#find=%3Cb%3E", "#text"):
        page.goto("about:blank")
        page.goto(article + odd)
        assert page.locator("h1").inner_text() == "修好水渠，浇上春水"
        assert page.locator(".found-bar").count() == 0


def test_nothing_found_says_what_to_try(page: Page, site: str) -> None:
    """Dropping a filter (with what that gives), fewer words, columns and archive."""
    open_search(page, site, "?q=社区&column=gg&year=2022")
    expect(status(page)).to_have_text("没有找到符合条件的文章。")
    advice = page.locator(".search-advice")
    expect(advice).to_contain_text("去掉筛选“公告公示”，可得 1 篇")
    advice.get_by_role("link", name="“2022年”").click()
    found(page, 1)
    open_search(page, site, "?q=社区 火星探测")
    page.locator(".search-advice").get_by_role("link", name="社区").click()
    found(page, 3)
    assert page.input_value("#search-q") == "社区"
    open_search(page, site, "?q=火星探测")
    expect(page.locator(".search-browse")).to_be_visible()
    assert page.locator(".browse-tree a", has_text="基层党建").is_visible()
    assert page.locator(".search-browse a", has_text="往期文章").is_visible()


def test_a_misspelt_word_gets_the_nearest_that_exist(page: Page, site: str) -> None:
    """A word of a title, one character of it wrong: offered, and a click asks for it."""
    open_search(page, site, "?q=社区减付 -会议")
    advice = page.locator(".search-advice")
    expect(advice).to_contain_text("是不是要找：社区减负")
    advice.get_by_role("link", name="社区减负").click()
    found(page, 1)
    assert page.input_value("#search-q") == "社区减负 -会议"


def test_back_leads_to_where_the_reader_was(page: Page, address: str) -> None:
    """Also when the page is loaded again, as some browsers do: after the results are drawn."""
    open_search(page, address, "?q=例会")
    found(page, MANY)
    page.locator(".result-link").nth(7).scroll_into_view_if_needed()
    noted = "window.scrollY > 100 && history.state?.place === window.scrollY"
    until(page, lambda: page.evaluate(noted), "the place is not noted")
    before = page.evaluate("window.scrollY")
    page.reload()
    found(page, MANY)
    until(page, lambda: abs(page.evaluate("window.scrollY") - before) < 3, "another place")


HOSTILE = [
    '"',
    "“没有完",
    "甲" * 10_000,
    "😀👨‍👩‍👧",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    '- -- -" title: : ：',
    "\ud800社区",
    "社\u200b区",
    "javascript:alert(1)",
    "%E7%A4",
    "a" * 40,
    "() [] {} * + ? . ^ $ | \\",
    "年:99999 至:2020-02-31",
    "\u202e社区\x00\x1f",
]


def test_any_string_is_safe(page: Page, address: str) -> None:
    """Results or a kind sentence, no exception, nothing run, nothing shown as markup."""
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    open_search(page, address)
    for query in HOSTILE:
        page.evaluate(
            "q => { const box = document.getElementById('search-q'); box.value = q;"
            " document.querySelector('form.search-form').requestSubmit(); }",
            query,
        )
        expect(status(page)).to_have_text(re.compile("找到|请输入"))
        assert page.locator("#search-app img, #search-app script").count() == 0
        page.fill("#search-q", "")
        page.keyboard.press("Enter")
        expect(status(page)).to_have_text("")


def test_hostile_address(page: Page, http: str) -> None:
    """Nonsense in the address is left out."""
    open_search(page, http, "?q=社区&page=-3&year=abc&from=99&sort=x&type=%3Cb%3E&scope=all")
    expect(status(page)).to_have_text("没有找到符合条件的文章。")
    open_search(page, http, "?q=社区&page=99999999999&sort=%00")
    found(page, 3)


def test_fast_typing_shows_the_last_words_only(page: Page, http: str) -> None:
    """Answers to earlier words never overwrite later ones, however they are timed."""
    open_search(page, http)
    box = page.locator("#search-q")
    for word in ("例", "例会", "会议", "汇报", "水", "水渠", "社", "社区"):
        box.fill(word)
    found(page, 3)
    page.wait_for_timeout(500)
    found(page, 3)
    assert page.locator("mark").first.inner_text() == "社区"


def test_composing_is_waited_for(page: Page, http: str) -> None:
    """Letters of an input method are no words yet."""
    open_search(page, http)
    page.focus("#search-q")
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "she", "selectionStart": 3, "selectionEnd": 3})
    page.wait_for_timeout(300)
    assert asked(page) == {}
    session.send("Input.insertText", {"text": "社区"})
    found(page, 3)


def test_printed_it_is_the_list_of_what_was_found(page: Page, http: str) -> None:
    open_search(page, http, "?q=社区")
    found(page, 3)
    page.emulate_media(media="print")
    expect(page.locator(".result-link").first).to_be_visible()
    expect(page.locator("#search-q")).to_be_visible()
    for left_out in (".search-side", ".search-sort", ".search-form button"):
        expect(page.locator(left_out).first).to_be_hidden()


def test_announced(page: Page, http: str) -> None:
    """The count is in a live region, the list is named, choices say which is current."""
    open_search(page, http, "?q=社区")
    found(page, 3)
    assert status(page).get_attribute("role") == "status"
    assert page.get_by_role("search", name="本站文章").count() == 1
    assert page.get_by_role("region", name="搜索结果").count() == 1
    assert page.locator(".search-sort [aria-current=true]").inner_text() == "按相关度"


def test_without_script(browser: Browser, http: str) -> None:
    """The form is there and leads here; columns and archive can be walked instead."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(http)
    page.fill("#masthead-q", "社区")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=*")
    assert page.get_by_text("浏览器没有启用脚本").is_visible()
    assert not page.locator(".search-columns").is_visible()
    assert not page.get_by_text("常搜的词").is_visible()
    page.locator(".browse-tree a", has_text="基层党建").click()
    page.wait_for_url("**/dj/jc/index.html")
    page.go_back()
    page.locator(".search-browse a", has_text="2022年").click()
    page.wait_for_url("**/archive/2022/index.html")
    context.close()


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_fits_every_width(page: Page, http: str, width: int) -> None:
    """Nothing is wider than the window, filters fold away on a phone."""
    page.set_viewport_size({"width": width, "height": 800})
    open_search(page, http, "?q=社区")
    found(page, 3)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    filters = page.locator(".search-filters")
    button = page.locator("[data-part=filter-button]")
    if width < 1024:
        assert not filters.is_visible()
        button.click()
        expect(button).to_have_attribute("aria-expanded", "true")
    expect(filters).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_slow_answer_is_not_overwritten(page: Page, http: str) -> None:
    """The word that it takes long belongs to the question still open, not to one overtaken."""

    def late(route: Route) -> None:
        page.wait_for_timeout(150)
        route.continue_()

    page.route("**/search/shards-*.js", late)
    open_search(page, http)
    page.locator("#search-q").press_sequentially("社区减负", delay=120)
    found(page, 1)
    page.wait_for_timeout(600)
    found(page, 1)
