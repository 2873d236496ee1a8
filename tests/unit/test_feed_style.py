"""A feed opened in a browser is a page that says what it is."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone

import pytest
from lxml import etree, html

from dangjian.assets import build_assets
from dangjian.feeds import Channel, FeedItem, render_atom, render_rss
from dangjian.paths import theme_path

CHINA = timezone(timedelta(hours=8))
SITE = "https://www.example.com"
CHANNEL = Channel(
    name="all",
    title="示例市党建网",
    description="组织工作",
    home_url=f"{SITE}/",
    base_url=SITE,
    stylesheet="../static/feed.xsl",
)
ITEM = FeedItem(
    id="tag:www.example.com,2020-06-16:a",
    url=f"{SITE}/a.html",
    title="标题 <一> & 二",
    html="<p>正文</p>",
    summary="摘要 <b> & “引号”",
    published=datetime(2020, 6, 16, 12, 24, tzinfo=CHINA),
    source="《平凉组工》",
)

Render = Callable[[Channel, Sequence[FeedItem]], bytes]


@pytest.fixture(scope="module")
def style() -> etree.XSLT:
    assets = build_assets(theme_path() / "static")
    asset = assets["feed.xsl"]
    assert asset.url.endswith(".xsl")
    assert assets["feed.css"].url.encode() in asset.data
    return etree.XSLT(etree.fromstring(asset.data))


def shown(style: etree.XSLT, document: bytes) -> html.HtmlElement:
    return html.fromstring(str(style(etree.fromstring(document))))


@pytest.mark.parametrize("render", [render_rss, render_atom])
def test_a_feed_reads_as_a_page(style: etree.XSLT, render: Render) -> None:
    page = shown(style, render(CHANNEL, [ITEM]))
    assert page.get("lang") == "zh-CN"
    assert page.findtext(".//h1") == "示例市党建网"
    kind = "rss" if render is render_rss else "atom"
    assert page.find_class("address")[0].text == f"{SITE}/feeds/all.{kind}.xml"
    (item,) = page.findall(".//li")
    link = item.find("a")
    assert link is not None
    assert link.get("href") == f"{SITE}/a.html"
    assert link.text == "标题 <一> & 二"
    assert item.findtext(".//time") == "2020-06-16"
    assert "来源：《平凉组工》" in item.text_content()
    assert item.findall("p")[-1].text == "摘要 <b> & “引号”"


@pytest.mark.parametrize("render", [render_rss, render_atom])
def test_the_page_obeys_the_sites_policy(style: etree.XSLT, render: Render) -> None:
    page = shown(style, render(CHANNEL, [ITEM]))
    assert not page.findall(".//script")
    assert not page.findall(".//style")
    assert not [element for element in page.iter() if element.get("style")]
    sheets = [link.get("href") or "" for link in page.findall(".//link")]
    assert all(sheet.startswith("../static/feed.") for sheet in sheets)


@pytest.mark.parametrize("render", [render_rss, render_atom])
def test_an_empty_feed_says_so(style: etree.XSLT, render: Render) -> None:
    page = shown(style, render(CHANNEL, []))
    assert "还没有文章" in page.text_content()


@pytest.mark.parametrize("month", range(1, 13))
def test_rss_days_of_every_month(style: etree.XSLT, month: int) -> None:
    moment = datetime(2021, month, 5, tzinfo=CHINA)
    item = FeedItem(id="tag:e,2021:a", url=SITE, title="a", html="", published=moment)
    page = shown(style, render_rss(CHANNEL, [item]))
    assert page.findtext(".//time") == f"2021-{month:02}-05"
