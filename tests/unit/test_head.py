"""Heads of pages: the official tags by name and order, and data that can't break the page."""

import json
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, strategies as st

from dangjian.pages.head_tags import (
    article_tags,
    breadcrumb_list,
    column_tags,
    json_ld,
    list_tags,
    news_article,
    open_graph,
    page_title,
    site_tags,
    web_site,
)
from dangjian.rendering.views import Picture

AT = datetime(2020, 6, 16, 12, 24, tzinfo=timezone(timedelta(hours=8)))
URL = "https://dj.example.gov.cn/pldj/jcdj/2020/06/a.html"


def test_site_tags() -> None:
    assert site_tags("示例市党建网", "dj.example.gov.cn", "bm14000002") == (
        ("SiteName", "示例市党建网"),
        ("SiteDomain", "dj.example.gov.cn"),
        ("SiteIDCode", "bm14000002"),
    )
    assert [name for name, _ in site_tags("a", "b")] == ["SiteName", "SiteDomain"]


def test_column_tags_are_never_empty() -> None:
    assert column_tags("基层党建", "工作动态", "做法和经验", ("党建", "基层")) == (
        ("ColumnName", "基层党建"),
        ("ColumnDescription", "做法和经验"),
        ("ColumnKeywords", "党建,基层"),
        ("ColumnType", "工作动态"),
    )
    assert all(value for _, value in column_tags("基层党建", "工作动态"))


def test_article_tags() -> None:
    full = article_tags(
        "华亭市：采取“四个三”措施构建城市基层党建新格局",
        AT,
        "《平凉组工》",
        URL,
        keywords=("城市党建", "华亭"),
        author="段志刚",
        description="摘要",
        image="https://dj.example.gov.cn/media/a.jpg",
    )
    assert full == (
        ("ArticleTitle", "华亭市：采取“四个三”措施构建城市基层党建新格局"),
        ("PubDate", "2020-06-16 12:24"),
        ("ContentSource", "《平凉组工》"),
        ("Keywords", "城市党建,华亭"),
        ("Author", "段志刚"),
        ("Description", "摘要"),
        ("Image", "https://dj.example.gov.cn/media/a.jpg"),
        ("Url", URL),
    )
    assert [name for name, _ in article_tags("t", AT, "s", URL)] == [
        "ArticleTitle",
        "PubDate",
        "ContentSource",
        "Url",
    ]


def test_titles_of_pages() -> None:
    assert page_title("标题", "基层党建", "示例市党建网") == "标题_基层党建_示例市党建网"
    assert page_title("标题", "", "站") == "标题_站"


def test_open_graph() -> None:
    image = Picture("https://dj.example.gov.cn/media/a.jpg", 800, 600, "会场")
    tags = open_graph(
        "article",
        "标题",
        URL,
        "示例市党建网",
        description="摘要",
        image=image,
        published=AT,
        updated=AT + timedelta(days=1),
        section="基层党建",
        labels=("党建", "基层"),
    )
    assert ("og:locale", "zh_CN") in tags
    assert ("og:image:width", "800") in tags
    assert ("article:published_time", "2020-06-16T12:24:00+08:00") in tags
    assert ("article:modified_time", "2020-06-17T12:24:00+08:00") in tags
    assert [value for name, value in tags if name == "article:tag"] == ["党建", "基层"]
    assert len(open_graph("website", "a", URL, "b")) == 5


def graph(markup: str) -> list[dict[str, Any]]:
    document = json.loads(markup)
    assert document["@context"] == "https://schema.org"
    things: list[dict[str, Any]] = document["@graph"]
    return things


def test_structured_data_of_an_article() -> None:
    crumbs = [("首页", "https://dj.example.gov.cn/"), ("基层党建", "https://dj.example.gov.cn/jc/")]
    article = news_article(
        "标" * 200, URL, AT, "中共示例市委组织部", authors=("段志刚",), based_on="https://e.org/1"
    )
    found, trail = graph(json_ld(article, breadcrumb_list(crumbs)))
    assert found["@type"] == "NewsArticle"
    assert found["headline"] == "标" * 110
    assert found["datePublished"] == found["dateModified"] == "2020-06-16T12:24:00+08:00"
    assert found["author"] == [{"@type": "Person", "name": "段志刚"}]
    assert found["isBasedOn"] == "https://e.org/1"
    assert "image" not in found
    assert [item["position"] for item in trail["itemListElement"]] == [1, 2]
    assert trail["itemListElement"][1]["item"] == "https://dj.example.gov.cn/jc/"
    unsigned = news_article("t", URL, AT, "组织部")
    assert unsigned["author"] == {"@type": "Organization", "name": "组织部"}
    logo = Picture("https://e.cn/e.png", 60, 60, "标志")
    reported = news_article(
        "t", URL, AT, "组织部", authors=("青石街道", "局部长", "市融媒体中心"), logo=logo
    )
    assert [one["@type"] for one in reported["author"]] == [
        "Organization",
        "Person",
        "Organization",
    ]
    assert reported["publisher"]["logo"]["url"] == logo.url


def test_the_site_can_be_searched() -> None:
    (site,) = graph(json_ld(web_site("站", "https://e.cn/", "o", "https://e.cn/search.html")))
    assert site["potentialAction"]["target"] == "https://e.cn/search.html?q={search_term_string}"


class Scripts(HTMLParser):
    """The text of each script element, as an HTML parser sees it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.found.append(data)


@pytest.mark.parametrize(
    "title", ["</script><script>alert(1)</script>", "<!--<script>", "a\u2028b\u2029c", "]]>&amp;"]
)
def test_no_title_ends_the_script(title: str) -> None:
    markup = json_ld(news_article(title, URL, AT, "o"))
    parser = Scripts()
    parser.feed(f'<script type="application/ld+json">{markup}</script>')
    parser.close()
    assert parser.tags == ["script"]
    assert graph("".join(parser.found))[0]["headline"] == title
    assert not set(markup) & set("<>&\u2028\u2029")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_structured_data_keeps_any_text(text: str) -> None:
    (found,) = graph(json_ld({"name": text}))
    assert found["name"] == text


def test_a_list_says_what_it_has() -> None:
    assert list_tags("说明", ("a", "b")) == (("Description", "说明"), ("Keywords", "a,b"))
    assert list_tags("") == ()
