"""Other plugins find the portal's articles in Pelican's context, complete as Pelican's own are."""

from pathlib import Path
from typing import Any

import pytest
from pelican.contents import Article
from pelican.readers import Readers
from pelican.settings import Settings, read_settings

from dangjian.plugin.articles import PelicanArticles, PortalArticle
from dangjian.plugin.hooks import PortalReader
from dangjian.plugin.steps import Steps
from tests.conftest import MakeSite
from tests.sites import Site, article, column

OURS = {"catalogue", "override_save_as", "override_url"}
"""What ours have besides: the address is the portal's, not one made of a pattern."""
OTHERWISE = {
    "category": "named as the column is, not as its folder",
    "content": "references in it are still symbolic",
    "override_save_as": "",
    "override_url": "",
    "metadata": "with the address",
    "save_as": "the portal's address",
    "slug": "the end of the portal's address; Pelican makes one of the title",
    "summary": "text, not HTML",
    "url": "the portal's address",
    "url_format": "made of slug, category and metadata",
}
"""What differs on purpose."""


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(
        {
            "content/jcdj/_column.md": column("基层党建"),
            "content/jcdj/a.md": article(
                "标题一",
                body="正文。",
                author=["张三", "李四"],
                tags=["党课", "网格"],
                updated="2020-06-17 09:00",
                summary="摘要。",
            ),
            "content/jcdj/b.md": article("标题二", "2020-06-18 08:00", body="正文。"),
        }
    )


def settings_of(site: Site) -> Settings:
    (site.folder / "pelicanconf.py").write_text(site.settings_text(), encoding="utf-8")
    return read_settings(str(site.folder / "pelicanconf.py"))


def pelicans_own(site: Site, settings: Settings, name: str) -> Article:
    """The article that Pelican itself makes of a source, read by the portal's reader."""
    readers = Readers(settings)
    readers.readers["md"] = PortalReader(settings)
    made: Article = readers.read_file(str(site.content), name, Article, context=dict(settings))
    return made


def public(one: Article) -> dict[str, Any]:
    """All public attributes and properties, but for methods."""
    names = [name for name in dir(one) if not name.startswith("_")]
    values = {name: getattr(one, name) for name in names if name not in DEPRECATED}
    return {name: value for name, value in values.items() if not callable(value)}


DEPRECATED = {"filename"}


@pytest.mark.parametrize("name", ["a", "b"])
def test_an_article_has_all_that_pelicans_own_has(site: Site, name: str) -> None:
    settings = settings_of(site)
    wanted = public(pelicans_own(site, settings, f"jcdj/{name}.md"))
    with site.engine() as engine:
        steps = Steps(engine)
        steps.arrange()
        articles = PelicanArticles(steps, "items", dict(settings))
        assert [one.title for one in articles] == ["标题二", "标题一"]
        (ours,) = [one for one in articles if one.slug == name]
        found = public(ours)
    assert isinstance(ours, PortalArticle)
    assert set(found) - set(wanted) <= OURS
    assert set(wanted) <= set(found)
    same = [attribute for attribute in wanted if attribute not in OTHERWISE | {"settings": ""}]
    assert {one: found[one] for one in same} == {one: wanted[one] for one in same}
    assert found["locale_date"]
    assert found["timezone"].key == "Asia/Shanghai"
    assert (found["url"], found["status"]) == (f"jcdj/2020/06/{name}.html", "published")


def test_a_text_is_taken_from_the_catalogue_when_asked_for(site: Site) -> None:
    settings = settings_of(site)
    with site.engine() as engine:
        steps = Steps(engine)
        steps.arrange()
        found = PelicanArticles(steps, "items", dict(settings))[1]
        assert "<p>正文。</p>" in found.content
        assert found.summary == "摘要。"
        assert Path(found.source_path) == site.content / "jcdj" / "a.md"


def test_where_nothing_has_changed_articles_are_there_for_who_asks(site: Site) -> None:
    settings = settings_of(site)
    site.build()
    with site.engine() as engine:
        steps = Steps(engine)
        steps.arrange()
        articles = PelicanArticles(steps, "items", dict(settings))
        assert len(articles) == 2
        assert articles[0].title == "标题二"
        steps.produce()
        assert not steps.finish(()).production.written
