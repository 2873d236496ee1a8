"""The search page in Chromium: under the recommended headers, from a folder, without a script."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.search_site import MANY, build_search_site
from tests.conftest import Watched
from tests.search import library

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    return build_search_site(tmp_path_factory.mktemp("search"))


@pytest.fixture(scope="module")
def http(output: Path, serve: Callable[[Path], str]) -> str:
    """Where the site is served."""
    return serve(output)


@pytest.fixture(params=["http", "file"])
def address(request: pytest.FixtureRequest, output: Path, http: str) -> str:
    """The site over http, and as a folder opened from disk."""
    return http if request.param == "http" else output.as_uri() + "/"


@pytest.fixture
def page(watched: Watched) -> Page:
    """A page on which nothing may go wrong."""
    return watched.page


def status(page: Page) -> Locator:
    """The sentence that says what was found."""
    return page.locator("[data-part=status]")


def titles(page: Page) -> list[str]:
    """The titles of the results shown."""
    return page.locator(".result-link").all_inner_texts()


def open_search(page: Page, address: str, query: str = "") -> None:
    """Open the search page."""
    page.goto(f"{address}search.html{query}")


def asked(page: Page) -> dict[str, str]:
    """What the address of the page asks."""
    return {name: value[0] for name, value in parse_qs(urlsplit(page.url).query).items()}


def wait_for_address(page: Page, wanted: dict[str, str]) -> None:
    """Wait until the address asks just that: it is written a moment after the question went out."""
    for _ in range(100):
        if asked(page) == wanted:
            return
        page.wait_for_timeout(50)
    assert asked(page) == wanted


def found(page: Page, count: int) -> None:
    """Wait for the sentence with this number of articles."""
    expect(status(page)).to_contain_text(f"找到 {count} 篇")


def test_results_while_typing(page: Page, address: str) -> None:
    """Nothing has to be pressed; the address takes the words over and is no new entry."""
    open_search(page, address)
    entries = page.evaluate("history.length")
    page.locator("#search-q").press_sequentially("社区", delay=5)
    found(page, 3)
    assert titles(page)[0] == "社区减负"
    wait_for_address(page, {"q": "社区"})
    assert page.evaluate("history.length") == entries


@pytest.mark.parametrize(
    ("query", "count", "most"), [("电梯修到了心坎上", 1, 3), ("例会", MANY, 6)]
)
def test_parts_that_lie_together_are_one_request(
    page: Page, http: str, query: str, count: int, most: int
) -> None:
    """What every query needs is there before it; its own parts come in few requests."""
    open_search(page, http)
    page.wait_for_load_state("networkidle")
    asked_for: list[str] = []
    page.context.on("request", lambda request: asked_for.append(request.url))
    page.locator("#search-q").fill(query)
    found(page, count)
    assert 1 < len(asked_for) <= most, asked_for


def test_first_results_do_not_wait_for_the_others(page: Page, http: str) -> None:
    """What fills a screen is shown, and all are counted, while further texts are on their way."""
    open_search(page, http)
    page.wait_for_load_state("networkidle")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/search/*-t*.js", hold)

    def release() -> None:
        page.wait_for_timeout(300)
        assert held
        while held:
            held.pop().continue_()

    links = page.locator(".result-link")
    page.locator("#search-q").fill("例会")
    release()
    expect(links).to_have_count(5)
    found(page, MANY)
    expect(page.locator("[data-part=results]")).to_have_attribute("aria-busy", "true")
    first = titles(page)
    release()
    expect(links).to_have_count(10)
    assert titles(page)[:5] == first
    expect(page.locator("[data-part=results]")).not_to_have_attribute("aria-busy", "true")


def test_address_is_written_before_the_page_is_left(page: Page, http: str) -> None:
    """Whoever goes on before the answer is there comes back to the question."""
    open_search(page, http)
    page.wait_for_load_state("networkidle")
    page.route("**/search/*-t*.js", lambda _: None)
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
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/search/*-t*.js", hold)
    page.locator("#search-q").fill("电梯")
    expect(status(page)).to_have_text("正在搜索…")
    wait_for_address(page, {"q": "电梯"})
    assert titles(page)[0] == "社区减负"
    # The first change says that an answer is awaited, the next that it is late.
    assert page.evaluate("dimmed.slice(0, 2)") == ["1", "0.6"]
    held.pop().continue_()
    found(page, 1)
    assert page.evaluate("dimmed[dimmed.length - 1]") == "1"


def test_exact_title_first_and_marks(page: Page, address: str) -> None:
    """The title typed is the first result; hits are marked in title and text."""
    open_search(page, address, "?q=老旧小区装上电梯")
    found(page, 1)
    open_search(page, address, "?q=电梯")
    found(page, 1)
    assert page.locator(".result h2 mark").all_inner_texts() == ["电梯"]
    assert set(page.locator(".result-snippet mark").all_inner_texts()) == {"电梯"}
    assert "楼道党小组" in page.locator(".result-snippet").inner_text()


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
def test_query_language(page: Page, http: str, query: str, count: int) -> None:
    """What the page says of its query language holds."""
    open_search(page, http)
    page.fill("#search-q", query)
    found(page, count)


def test_filter_by_column_with_its_children(page: Page, address: str) -> None:
    """A column counts what is below it; chosen, it stands in the address and can be taken away."""
    open_search(page, address, "?q=社区")
    found(page, 3)
    column = page.locator("a.choice", has_text="党建工作")
    assert column.locator(".choice-count").inner_text() == "2"
    column.click()
    found(page, 2)
    wait_for_address(page, {"q": "社区", "column": "dj"})
    expect(page.locator("a.choice", has_text="公告公示").locator(".choice-count")).to_have_text("1")
    page.locator("a.choice", has_text="农村党建").click()
    found(page, 1)
    page.go_back()
    found(page, 2)
    page.go_back()
    found(page, 3)
    page.go_forward()
    found(page, 2)
    page.locator("a.active-filter").click()
    found(page, 3)


def test_filter_by_time_source_and_type(page: Page, address: str) -> None:
    """Years, a span of days, sources and types."""
    open_search(page, address, "?q=社区")
    page.locator("a.choice", has_text="2022年").click()
    found(page, 1)
    page.locator("a.active-filter").click()
    page.get_by_text("自选起止日期").click()
    page.fill("input[name=from]", "2023-01-01")
    page.fill("input[name=to]", "2024-01-10")
    page.get_by_role("button", name="按日期筛选").click()
    found(page, 2)
    wait_for_address(page, {"q": "社区", "from": "2023-01-01", "to": "2024-01-10"})
    page.locator("a.choice", has_text="公告").last.click()
    found(page, 1)
    open_search(page, address, "?q=社区&source=示例日报")
    found(page, 1)
    open_search(page, address, "?type=notice")
    found(page, 1)


def test_a_count_that_is_not_exact(
    page: Page, output: Path, serve: Callable[[Path], str], tmp_path: Path
) -> None:
    """About so many, why, and never that there are some when all that was looked at is wrong."""
    site = Path(shutil.copytree(output, tmp_path / "site"))
    shutil.rmtree(site / "search")
    docs = [library.article(number, f"之{number}", "学习，贯彻。甲乙") for number in range(130)]
    library.build(site / "search", docs)
    address = serve(site)
    open_search(page, address, "?q=学习，贯彻")
    expect(status(page)).to_have_text(
        "找到约 130 篇文章，第 1 页，共 13 页。"
        "词里有标点或空格，只核对了一部分文章，实际篇数不会更多。"
    )
    open_search(page, address, "?q=甲，乙")
    expect(status(page)).to_contain_text("可能有约")
    assert titles(page) == []


def test_titles_only(page: Page, http: str) -> None:
    """The words are looked for in titles only."""
    open_search(page, http, "?q=社区")
    page.locator("a.choice", has_text="只看标题").click()
    found(page, 1)
    wait_for_address(page, {"q": "社区", "scope": "title"})


def test_pages_and_order(page: Page, address: str) -> None:
    """Ten results a page, newest or oldest first, numbers in the address."""
    open_search(page, address, "?q=例会")
    found(page, MANY)
    page.get_by_role("link", name="最新在前").click()
    expect(page.locator(".result-link").first).to_have_text("第24次工作例会")
    page.locator(".search-pages").get_by_role("link", name="下一页").click()
    expect(status(page)).to_contain_text("第 2 页，共 3 页")
    assert len(titles(page)) == 10
    page.locator(".search-pages").get_by_role("link", name="3", exact=True).click()
    expect(status(page)).to_contain_text("第 3 页")
    assert len(titles(page)) == MANY - 20
    wait_for_address(page, {"q": "例会", "sort": "new", "page": "3"})
    page.go_back()
    expect(status(page)).to_contain_text("第 2 页")
    page.get_by_role("link", name="最早在前").click()
    expect(page.locator(".result-link").first).to_have_text("第1次工作例会")


def test_keyboard(page: Page, address: str) -> None:
    """Slash to the box, arrows through the results, Escape back, Enter opens."""
    open_search(page, address, "?q=社区")
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


def test_chosen_filter_keeps_the_keyboard(page: Page, http: str) -> None:
    """Whoever chooses a filter with the keyboard stays on it."""
    open_search(page, http, "?q=社区")
    found(page, 3)
    page.locator("a.choice", has_text="党建工作").focus()
    page.keyboard.press("Enter")
    found(page, 2)
    expect(page.locator("a.choice[aria-current]")).to_be_focused()


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


def test_nothing_found_says_what_to_try(page: Page, address: str) -> None:
    """Dropping a filter (with what that gives), fewer words, columns and archive."""
    open_search(page, address, "?q=社区&column=gg&year=2022")
    expect(status(page)).to_have_text("没有找到符合条件的文章。")
    advice = page.locator(".search-advice")
    expect(advice).to_contain_text("去掉筛选“公告公示”，可得 1 篇")
    advice.get_by_role("link", name="“2022年”").click()
    found(page, 1)
    open_search(page, address, "?q=社区 火星探测")
    page.locator(".search-advice").get_by_role("link", name="社区").click()
    found(page, 3)
    assert page.input_value("#search-q") == "社区"
    open_search(page, address, "?q=火星探测")
    expect(page.locator(".search-browse")).to_be_visible()
    assert page.locator(".browse-tree a", has_text="基层党建").is_visible()
    assert page.locator(".search-browse a", has_text="全部归档").is_visible()


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
        expect(status(page)).to_have_text(re.compile("找到|请输入"), timeout=15_000)
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
        assert button.get_attribute("aria-expanded") == "true"
    assert filters.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_slow_answer_is_not_overwritten(page: Page, http: str) -> None:
    """The word that it takes long belongs to the question still open, not to one overtaken."""

    def late(route: Route) -> None:
        page.wait_for_timeout(150)
        route.continue_()

    page.route("**/search/*-p*.js", late)
    open_search(page, http)
    page.locator("#search-q").press_sequentially("社区减负", delay=120)
    found(page, 1)
    page.wait_for_timeout(600)
    found(page, 1)
