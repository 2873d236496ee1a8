"""Every page of the sample portal is valid HTML, and every address in it leads somewhere."""

import gzip
import json
import posixpath
import re
import subprocess
from urllib.parse import unquote, urlsplit

import pytest

from tests.quality.tools import java, module_file
from tests.sites import Built, Page


@pytest.mark.tools
@pytest.mark.slow
def test_the_nu_checker_finds_no_error(portal: Built) -> None:
    jar = module_file("vnu-jar/build/dist/vnu.jar")
    done = subprocess.run(
        [java(), "-jar", jar, "--format", "json", "--skip-non-html", "--stdout", portal.output],
        capture_output=True,
        check=False,
    )
    messages = json.loads(done.stdout)["messages"]
    reported = sorted(
        {f"{m.get('url', '').rpartition('/output/')[2]}: {m['message']}" for m in messages}
    )
    assert reported == []


def test_no_page_has_a_script_or_style_of_its_own(portal: Built) -> None:
    for page in portal.pages():
        scripts = page.all("//script[not(@src)][not(@type='application/ld+json')]")
        assert scripts == [], page.address
        assert page.all("//style | //@style") == [], page.address
        names = {str(name) for element in page.tree.iter() for name in element.attrib}
        assert not [name for name in names if name.startswith("on")], page.address


def test_nothing_is_asked_of_another_host(portal: Built) -> None:
    asked = "//script/@src | //link[@rel='stylesheet' or @rel='icon' or @rel='preload']/@href"
    asked += " | //img/@src | //img/@srcset | //source/@src | //video/@src | //video/@poster"
    asked += " | //track/@src | //use/@href | //form/@action"
    for page in portal.pages():
        for link in page.all(asked):
            assert not urlsplit(str(link)).netloc, f"{page.address}: {link}"
    for name, data in portal.files().items():
        if name.endswith(".css"):
            assert not re.search(rb"url\(['\"]?(https?:)?//", data), name


def _broken(page: Page, files: set[str], anchors: dict[str, set[str]]) -> list[str]:
    broken = []
    for link in page.links():
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        path = unquote(parts.path)
        target = page.address
        if page.address == "404.html":
            target = path.lstrip("/") if path else target
        elif path:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(page.address), path))
        if target not in files:
            broken.append(f"{page.address} → {link}")
        elif parts.fragment and unquote(parts.fragment) not in anchors.get(
            target, {parts.fragment}
        ):
            broken.append(f"{page.address} → {link} (no such place)")
    return broken


def test_every_address_leads_somewhere(portal: Built) -> None:
    pages = list(portal.pages())
    files = set(portal.files())
    anchors = {page.address: {str(name) for name in page.all("//@id")} for page in pages}
    broken = [line for page in pages for line in _broken(page, files, anchors)]
    assert broken == []
    assert len(files) > 200


def test_every_page_can_be_reached_from_the_home_page(portal: Built) -> None:
    links = {page.address: set(page.links()) for page in portal.pages()}
    reached, waiting = set(), ["index.html"]
    while waiting:
        address = waiting.pop()
        if address in reached or address not in links:
            continue
        reached.add(address)
        for link in links[address]:
            parts = urlsplit(link)
            if not parts.scheme and parts.path:
                base = posixpath.dirname(address)
                waiting.append(posixpath.normpath(posixpath.join(base, unquote(parts.path))))
    redirects = {page.address for page in portal.pages() if "http-equiv" in page.source}
    unlisted = {"404.html", "yangshi.html"}
    assert set(links) - reached - redirects == unlisted


def test_pages_say_what_they_are(portal: Built) -> None:
    titles: dict[str, str] = {}
    for page in portal.pages():
        if "http-equiv" in page.source:
            continue
        assert page.all("/html/@lang") == ["zh-CN"], page.address
        assert len(page.all("//h1")) == 1, page.address
        assert page.meta("SiteName"), page.address
        assert page.meta("SiteDomain"), page.address
        title = page.text("//title")
        assert title not in titles, f"{page.address} and {titles.get(title)}: {title}"
        titles[title] = page.address
        levels = [int(e.tag[1]) for e in page.all("//h1|//h2|//h3|//h4|//h5|//h6")]
        jumps = [b for a, b in zip([0, *levels], levels, strict=False) if b > a + 1 and a]
        assert jumps == [], f"{page.address}: headings {levels}"


def test_article_pages_carry_the_official_tags(portal: Built) -> None:
    articles = [page for page in portal.pages() if page.meta("ArticleTitle")]
    assert len(articles) >= 40
    for page in articles:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", page.meta("PubDate") or ""), page.address
        for name in ("ContentSource", "ColumnName", "ColumnType", "Description", "Url"):
            assert page.meta(name), f"{page.address}: {name}"
        data = [json.loads(e.text_content()) for e in page.all("//script[@type]")]
        assert "NewsArticle" in json.dumps(data)
        assert "BreadcrumbList" in json.dumps(data)


def test_pictures_have_words_and_sizes(portal: Built) -> None:
    for page in portal.pages():
        for image in page.all("//img"):
            assert image.get("alt") is not None, page.address
            assert image.get("width"), page.address
            assert image.get("height"), page.address


def test_footers_are_all_alike(portal: Built) -> None:
    footers = {page.text("//footer[last()]") for page in portal.pages() if page.all("//footer")}
    assert len(footers) == 1


# What a first visit loads, compressed: the page, its style, its scripts (bytes). Pictures come on
# top of it on the home page.
MAX_COMPRESSED = {
    "index.html": 60_000,
    "dangjian/jiceng/2020/06/huating-sigesan.html": 38_000,
}


@pytest.mark.parametrize("address", MAX_COMPRESSED)
def test_a_first_visit_is_light(portal: Built, address: str) -> None:
    page = portal.page(address)
    wanted = page.all("//head/link[@rel='stylesheet' or @rel='icon']/@href | //head/script/@src")
    folder = (portal.output / address).parent
    files = [portal.output / address, *(folder / one for one in wanted)]
    sizes = {file.name: len(gzip.compress(file.read_bytes(), 6)) for file in files}
    assert sum(sizes.values()) <= MAX_COMPRESSED[address], sizes
