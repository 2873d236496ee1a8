"""The list of channels that readers' programs import."""

from hypothesis import given, strategies as st
from lxml import etree

from dangjian.feeds.model import Channel
from dangjian.feeds.opml import render_opml

SITE = "https://www.example.com"


def channel(title: str, name: str = "all") -> Channel:
    return Channel(name=name, title=title, description="", home_url=f"{SITE}/", base_url=SITE)


def test_each_channel_is_an_outline_with_its_addresses() -> None:
    document = etree.fromstring(
        render_opml("示例市党建网", [channel("全站"), channel("基层", "jc")])
    )
    assert document.get("version") == "2.0"
    assert document.findtext("head/title") == "示例市党建网"
    first, second = document.findall("body/outline")
    assert first.get("text") == "全站"
    assert first.get("type") == "rss"
    assert second.get("xmlUrl") == f"{SITE}/feeds/jc.rss.xml"
    assert second.get("htmlUrl") == f"{SITE}/"


@given(st.text(), st.text())
def test_any_title_gives_well_formed_xml(title: str, name: str) -> None:
    document = etree.fromstring(render_opml(title, [channel(name)]))
    assert len(document.findall("body/outline")) == 1
