"""The sample content shows every type and feature, and builds without a problem."""

import re

from tests.conftest import ROOT
from tests.sites import Built


def test_it_builds_without_a_complaint(portal: Built) -> None:
    assert portal.errors == []
    assert portal.warnings == []


def test_it_shows_every_type(portal: Built) -> None:
    types = []
    for path in (ROOT / "content").rglob("*.md"):
        named = re.search(r"^(?:type|类型): *(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        types.append(named[1] if named else "news")
    chinese = {"文件": "document", "公告": "notice", "图集": "photo", "视频": "video"}
    chinese |= {"专题": "special", "页面": "page", "链接": "link", "新闻": "news"}
    counted = [chinese.get(name, name) for name in types]
    assert set(counted) == set(chinese.values())
    assert counted.count("special") >= 2
    assert portal.report.articles >= 40
    assert len(list((ROOT / "content").rglob("_column.md"))) >= 10


def test_the_retold_report_says_what_it_was_retold_from(portal: Built) -> None:
    (page,) = [page for page in portal.pages() if "华亭" in (page.meta("ArticleTitle") or "")]
    assert "改写" in page.text("//article")
    assert page.meta("ContentSource")
    assert page.meta("PubDate") == "2020-06-16 12:24"


def test_documents_and_interpretations_lead_to_each_other(portal: Built) -> None:
    pairs = {
        page.address: {
            link.rpartition("/")[2] for link in page.all("//*[@class='linked']//a/@href")
        }
        for page in portal.pages()
        if page.all("//*[@class='linked']")
    }
    assert len(pairs) >= 2
    for address, linked in pairs.items():
        own = address.rpartition("/")[2]
        for other in linked:
            back = [links for page, links in pairs.items() if page.endswith(f"/{other}")]
            assert back, f"{address} → {other} leads one way only"
            assert own in back[0]
