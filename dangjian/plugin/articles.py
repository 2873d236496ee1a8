"""The archive's articles as Pelican knows them, for Pelican's own context and other plugins.

An article is brought back from the catalogue without reading or parsing anything, and only when
somebody asks for it.
"""

import os
from collections.abc import Iterator, Sequence
from typing import Any, Literal, overload

from pelican.contents import Article
from pelican.settings import Settings
from pelican.urlwrappers import Author, Category, Tag

from dangjian.content.archive import Item
from dangjian.content.catalogue import Catalogue
from dangjian.content.reader import pelican_metadata
from dangjian.plugin.steps import Steps
from dangjian.schema import Entry


class PortalArticle(Article):
    """A Pelican ``Article`` whose text is loaded from the catalogue when it is asked for.

    Made by Pelican's own constructor, so that it has whatever attributes the installed Pelican
    gives an article. ``context`` is Pelican's, settings included.
    """

    def __init__(self, item: Item, context: dict[str, Any], catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._path = item.path
        settings: Settings = context
        super().__init__(
            "",
            _metadata(item, settings),
            settings=settings,
            source_path=os.path.join(settings["PATH"], *item.path.split("/")),
            context=context,
        )
        self.status = "draft" if item.withheld else "published"

    def get_content(self, siteurl: str) -> str:
        """The text as HTML; references inside it are still symbolic."""
        return self.catalogue.body(self._path)

    def get_summary(self, siteurl: str) -> str:
        return str(self._summary)


def _metadata(item: Item, settings: Settings) -> dict[str, Any]:
    """What Pelican's readers would find out about an article, and its address."""
    return article_metadata(item.entry, settings) | {
        "reader": "portal",
        "slug": item.stem,
        "url": item.address,
        "save_as": item.address,
        "summary": item.entry.summary or item.record.excerpt,
        "category": Category(item.column.name if item.column else "", settings),
    }


def article_metadata(entry: Entry, settings: Settings) -> dict[str, Any]:
    """What an entry says in Pelican's terms: tags and authors are objects of Pelican's."""
    metadata = pelican_metadata(entry)
    metadata.pop("author", None)
    metadata["tags"] = [Tag(name, settings) for name in entry.tags]
    if entry.author:
        metadata["authors"] = [Author(name, settings) for name in entry.author]
    return metadata


class PelicanArticles(Sequence[PortalArticle]):
    """The archive's articles (or pages), newest first, each made when it is taken.

    A build that had nothing to do has not arranged the archive; ``steps`` does it then, when
    somebody asks for an article.
    """

    def __init__(
        self, steps: Steps, kind: Literal["items", "pages"], context: dict[str, Any]
    ) -> None:
        self._steps = steps
        self._kind = kind
        self._context = context

    def __len__(self) -> int:
        report = self._steps.report
        return report.articles if self._kind == "items" else report.pages

    @overload
    def __getitem__(self, index: int) -> PortalArticle: ...
    @overload
    def __getitem__(self, index: slice) -> list[PortalArticle]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        items: list[Item] = getattr(self._steps.archive, self._kind)
        item = items[len(items) - 1 - range(len(items))[index]]
        return PortalArticle(item, self._context, self._steps.engine.catalogue)

    def __iter__(self) -> Iterator[PortalArticle]:
        return (self[index] for index in range(len(self)))
