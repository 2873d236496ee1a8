"""One hostile string in every field that an editor or an office can write: it stays text."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree, html as lxml_html

from tests.hostile.test_files import JPEG
from tests.sites import Built, Page, Site, article, column

BAD = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}{%x%}]]>&amp;<!--"
PICTURE = {"src": "p.jpg", "alt": BAD, "caption": BAD}
SETTINGS: dict[str, Any] = {
    "SITENAME": f"站{BAD}",
    "OWNER": BAD,
    "ORGANIZER": BAD,
    "SITE_DESCRIPTION": BAD,
    "SITE_KEYWORDS": [BAD],
    "ADDRESS": BAD,
    "TECH_SUPPORT": BAD,
    "HOT_WORDS": [BAD],
    "LINK_GROUPS": {BAD: [[BAD, "https://a.cn/?a=1&b=%22"]]},
    "TOP_LINKS": [[BAD, "https://a.cn/"]],
    "FOOTER_LINKS": [[BAD, "https://a.cn/"]],
    "BREADCRUMB_LABEL": BAD,
}
NEWS: dict[str, Any] = {
    "shoulder_title": BAD,
    "subtitle": BAD,
    "short_title": BAD[:60],
    "source": BAD,
    "author": [BAD],
    "editor": [BAD],
    "proofreader": [BAD],
    "reviewer": [BAD],
    "issuer": [BAD],
    "keywords": [BAD],
    "tags": [BAD, "__import__('os')"],
    "summary": BAD,
    "cover": PICTURE,
    "attachments": [{"file": "x.csv", "title": BAD}],
    "flags": ["头条", "推荐", "轮播", "图片", "置顶"],
    "special": ["zt"],
    "reprint": True,
    "original_title": BAD,
    "original_url": "https://a.cn/?a=%22%3E&b=1",
    "aliases": ["/old/x.html", "/old/y.html?a=$b&c=d;e", "/old/$uri"],
}
DOCUMENT: dict[str, Any] = {
    "type": "document",
    "issuer_org": BAD,
    "topic": BAD,
    "dept": BAD,
    "issued": "2020-01-01",
    "interpreted_by": ["a"],
}
BLOCKS = [{"title": BAD[:30], "keywords": [BAD[:30]], "limit": 3}]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    body = f"文{BAD.replace('src=x', 'src=p.jpg alt=a')}\n\n![{BAD.replace(']]', '')}](p.jpg)"
    notice = {"type": "notice", "notice_start": "2020-01-01", "notice_end": "2027-01-01"}
    files: dict[str, str | bytes] = {
        "content/jcdj/_column.md": column(BAD[:60], description=BAD, keywords=[BAD]),
        "content/jcdj/a.md": article(f"题{BAD}", body=body, **NEWS),
        "content/jcdj/doc.md": article(f"文件{BAD}", **DOCUMENT),
        "content/jcdj/notice.md": article(f"公示{BAD}", contact=BAD, **notice),
        "content/jcdj/photo.md": article(f"图集{BAD}", type="photo", gallery=[PICTURE]),
        "content/jcdj/link.md": article(
            f"链{BAD}", type="link", external_url="https://a.cn/?x=%22%3E&b=1"
        ),
        "content/jcdj/zt.md": article(
            f"专题{BAD}", type="special", banner=PICTURE, blocks=BLOCKS, summary=BAD
        ),
        "content/about.md": article(f"页{BAD}", type="page", body="{{7*7}}{% include 'x' %}"),
        "content/jcdj/p.jpg": JPEG,
        "content/jcdj/x.csv": "a,b\n",
    }
    return Site(tmp_path_factory.mktemp("scripts"), files, SETTINGS).build()


def harmful(tree: Any) -> Iterator[str]:
    """What could run, or load something, in a tree of HTML."""
    for element in tree.iter(etree.Element):
        if element.tag in {"iframe", "object", "embed", "base", "style", "math"}:
            yield f"<{element.tag}>"
        for name, value in element.attrib.items():
            if str(name).startswith("on") or name == "style":
                yield f"{element.tag} {name}"
            if re.match(r"\s*(javascript|data|vbscript):", value, re.IGNORECASE):
                yield f"{element.tag} {name}={value}"
        if element.tag == "img" and element.get("src") == "x":
            yield "the hostile picture"


def foreign_scripts(page: Page) -> Iterator[str]:
    for script in page.all("//script"):
        if script.get("type") == "application/ld+json":
            json.loads(script.text)
        elif not re.fullmatch(r"(\.\./)*/?static/[\w.-]+\.js", script.get("src") or ""):
            yield etree.tostring(script).decode()


def test_what_a_text_may_not_hold_is_reported_and_all_else_is_sound(built: Built) -> None:
    assert built.errors
    assert {error.partition(":")[0] for error in built.errors} == {"jcdj/a.md"}
    assert any("脚本 <script> 不能放进正文，已略去" in error for error in built.errors)


def test_no_page_holds_what_would_run(built: Built) -> None:
    for page in built.pages():
        assert list(foreign_scripts(page)) == [], page.address
        assert list(harmful(page.tree)) == [], page.address


def test_what_was_written_is_shown_as_written(built: Built) -> None:
    page = built.page("jcdj/2020/06/a.html")
    assert page.text("//h1") == f"题{BAD}"
    assert page.meta("ArticleTitle") == f"题{BAD}"
    assert page.meta("ContentSource") == BAD
    assert "{{7*7}}" in page.text("//div[@id='text']")
    data = [json.loads(script.text) for script in page.all("//script[@type]")]
    assert f"题{BAD}" in json.dumps(data, ensure_ascii=False).replace('\\"', '"')
    assert "{{7*7}}{% include 'x' %}" in built.page("about.html").text("//main")


def test_nothing_is_evaluated(built: Built) -> None:
    for name, data in built.files().items():
        assert b"onerror=alert(1)>49" not in data, name
        assert b"onerror=alert(1)&gt;49" not in data, name


def test_feeds_hold_it_as_text(built: Built) -> None:
    names = [name for name in built.files() if name.startswith("feeds/") and name.endswith(".xml")]
    assert names
    html_places = ("encoded", "description", "content")
    for name in names:
        for element in etree.fromstring(built.files()[name]).iter(etree.Element):
            if element.text and str(element.tag).endswith(html_places):
                for part in lxml_html.fragments_fromstring(element.text):
                    if not isinstance(part, str):
                        assert list(harmful(part)) == [], name
                        assert part.xpath(".//script") == [], name
                        assert part.tag != "script", name


def test_site_maps_are_well_formed_and_redirects_lead_to_the_article(built: Built) -> None:
    for name, data in built.files().items():
        if name.startswith("sitemap") and name.endswith(".xml"):
            etree.fromstring(data)
    assert len(built.redirects) == 3
    assert set(built.redirects.values()) == {"jcdj/2020/06/a.html"}
