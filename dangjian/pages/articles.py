"""Article pages, and the pages that stand by themselves (关于本站 …)."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from dangjian import views
from dangjian.archive import Item
from dangjian.pages.portal import Portal, frame, section_of
from dangjian.plan import Page
from dangjian.present import breadcrumb

TEMPLATES = {
    "news": "article.html",
    "document": "document.html",
    "notice": "notice.html",
    "photo": "photo.html",
    "video": "video.html",
    "page": "page.html",
}


def plan_articles(portal: Portal) -> Iterator[Page]:
    """A page for each article and each page that has an address of its own."""
    presenter = portal.presenter
    for item in (*portal.archive.items, *portal.archive.pages):
        template = TEMPLATES.get(item.entry.type)
        if template is None or not item.address:
            continue
        yield Page(
            item.address,
            template,
            presenter.article_parts(item),
            partial(_article, portal, item),
            texts=(item.path,),
            origin=item.path,
        )


def _article(portal: Portal, item: Item) -> dict[str, Any]:
    article = portal.presenter.article(item)
    kind = item.entry.type
    if kind == "page":
        crumbs = breadcrumb(item.column, views.Link(item.entry.title, item.address))
    else:
        crumbs = breadcrumb(item.column)
    head = portal.heads.article(article, item, crumbs)
    return frame(
        "article" if kind == "news" else kind,
        head,
        crumbs,
        section_of(item.column),
        article=article,
    )
