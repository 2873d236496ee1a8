"""Article pages, and the pages that stand by themselves (关于本站 …)."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from msgspec.structs import replace

from dangjian.content.archive import Item
from dangjian.pages.design import design_view
from dangjian.pages.plan import Page
from dangjian.pages.portal import Portal, page_context, section_of
from dangjian.pages.presenter import breadcrumb
from dangjian.rendering import views

TEMPLATES = {
    "news": "article.html",
    "document": "document.html",
    "notice": "notice.html",
    "photo": "photo.html",
    "video": "video.html",
    "page": "page.html",
}
DESIGN = "design.html"


def has_page(item: Item) -> bool:
    """Whether an item has a page like an article's."""
    return item.entry.type in TEMPLATES and bool(item.address)


def plan_articles(portal: Portal, items: Iterable[Item]) -> Iterator[Page]:
    """A page for each of some articles and pages, unless it has none or another kind."""
    presenter = portal.presenter
    for item in filter(has_page, items):
        yield Page(
            item.address,
            DESIGN if _shows_design(item) else TEMPLATES[item.entry.type],
            presenter.article_parts(item),
            partial(_article, portal, item),
            texts=(item.path,),
            origin=item.path,
        )


def _shows_design(item: Item) -> bool:
    return item.entry.page_template == "design" and item.entry.type == "page"


def _article(portal: Portal, item: Item) -> dict[str, Any]:
    article = portal.presenter.article(item)
    kind = item.entry.type
    if kind == "page":
        crumbs = breadcrumb(item.column, views.Link(item.entry.title, item.address))
    else:
        crumbs = breadcrumb(item.column)
    head = portal.heads.article(article, item, crumbs)
    if item.entry.status == "hidden":
        head = replace(head, robots="noindex")
    if _shows_design(item):
        design = design_view(portal.style, portal.presenter.cover(item))
        return page_context("design", head, crumbs, article=article, design=design)
    return page_context(
        "article" if kind == "news" else kind,
        head,
        crumbs,
        section_of(item.column),
        article=article,
    )
