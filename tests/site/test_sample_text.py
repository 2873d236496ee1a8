"""The text that the portal was modelled on, pasted into a file with its byline as front matter."""

import re
from pathlib import Path

import pytest

from dangjian.search.query.engine import search_site
from tests.conftest import MakeSite
from tests.sites import Built, column

TEXT = (Path(__file__).parents[1] / "data" / "huating.txt").read_text(encoding="utf-8")
PAGE = "pldj/jcdj/2020/06/huating.html"


def pasted() -> str:
    """The sample as an editor would paste it: byline above, body as it came, indents and all."""
    byline = re.search(r"时间:(\S+ \S+)\s+来源:(\S+)\s+责任编辑:(\S+)", TEXT)
    assert byline is not None
    lines = TEXT.splitlines()
    title = next(line for line in lines if line.startswith("华亭市:"))
    start = next(at for at, line in enumerate(lines) if line.startswith("  近年来"))
    end = next(at for at, line in enumerate(lines) if line.startswith("陇ICP"))
    body = "\n".join(lines[start:end])
    head = [
        f"标题: '{title}'",
        f"时间: {byline[1]}",
        f"来源: {byline[2]}",
        f"责任编辑: {byline[3]}",
    ]
    return "\n".join(["---", *head, "---", body])


@pytest.fixture
def built(make_site: MakeSite) -> Built:
    site = make_site(
        {
            "content/pldj/_column.md": column("平凉党建"),
            "content/pldj/jcdj/_column.md": column("基层党建", type="工作动态", keywords=["基层"]),
            "content/pldj/jcdj/huating.md": pasted(),
        }
    )
    built = site.build()
    assert not built.errors
    return built


def test_breadcrumb_title_and_byline(built: Built) -> None:
    page = built.page(PAGE)
    crumbs = page.texts("//nav[@aria-label='当前位置']//li")
    assert [crumb.strip("> ") for crumb in crumbs][:3] == ["首页", "平凉党建", "基层党建"]
    assert "您当前所在位置" in page.text("//nav[@aria-label='当前位置']/..")
    assert page.text("//h1") == "华亭市:采取“四个三”措施构建城市基层党建新格局"
    byline = page.text("//*[@class='byline']")
    order = [
        "时间：2020-06-16 12:24",
        "来源：《平凉组工》",
        "责任编辑：段志刚",
        "选择字号：【大 中 小】",
    ]
    places = [byline.index(words) for words in order]
    assert places == sorted(places)


def test_five_paragraphs_without_their_indents(built: Built) -> None:
    paragraphs = [
        element.text_content() for element in built.page(PAGE).all("//div[@id='text']//p")
    ]
    assert len(paragraphs) == 5
    assert paragraphs[0].startswith("近年来")
    assert paragraphs[4].startswith("三治融合")
    assert paragraphs[4].rstrip().endswith("促进社区和谐发展。")
    assert built.page(PAGE).all("//div[@id='text']//pre") == []


def test_meta_tags(built: Built) -> None:
    page = built.page(PAGE)
    wanted = {
        "SiteName": "示例市党建网",
        "SiteDomain": "dj.example.gov.cn",
        "ColumnName": "基层党建",
        "ColumnDescription": "基层党建稿件",
        "ColumnKeywords": "基层",
        "ColumnType": "工作动态",
        "ArticleTitle": "华亭市:采取“四个三”措施构建城市基层党建新格局",
        "PubDate": "2020-06-16 12:24",
        "ContentSource": "《平凉组工》",
        "Author": "段志刚",
        "Url": f"https://dj.example.gov.cn/{PAGE}",
    }
    assert {name: page.meta(name) for name in wanted} == wanted
    description = page.meta("Description")
    assert description is not None
    assert description.startswith("近年来")
    assert page.meta("SiteIDCode") is None
    assert page.all("//link[@rel='canonical']/@href") == [f"https://dj.example.gov.cn/{PAGE}"]


def test_listed_in_its_columns_feeds_and_site_map(built: Built) -> None:
    address = "https://dj.example.gov.cn/" + PAGE
    for front in ("pldj/jcdj/index.html", "pldj/index.html", "index.html"):
        assert "华亭市" in built.page(front).text("//main"), front
    for feed in ("all", "pldj-jcdj"):
        for kind in ("rss.xml", "atom.xml", "json"):
            text = built.text(f"feeds/{feed}.{kind}")
            assert address in text
            assert "一人求,众呼应" in text, "feeds carry the full text"
    maps = [built.text(name) for name in built.files() if name.startswith("sitemap")]
    assert any(f"<loc>{address}</loc>" in text for text in maps)
    assert "archive/2020/06/index.html" in built.files()


@pytest.mark.parametrize("words", ["轻装上阵", "露天", "“四个三”措施", "1+3+N", "三维数字社区"])
def test_found_by_searching(built: Built, words: str) -> None:
    found = search_site(built.output, words, 20)
    assert [result.url for result in found.results] == [PAGE]
