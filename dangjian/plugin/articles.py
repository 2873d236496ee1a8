"""The archive's articles as Pelican knows them, for Pelican's own context and other plugins.

An article is brought back from the catalogue without reading, parsing or slugifying anything,
and only when somebody asks for it.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, overload

from pelican.contents import Article
from pelican.settings import Settings
from pelican.urlwrappers import Author, Category, Tag

from dangjian.content.archive import Item
from dangjian.content.catalogue import Catalogue
from dangjian.content.reader import pelican_metadata
from dangjian.plugin.steps import Steps


class PortalArticle(Article):
    """A Pelican ``Article`` whose text is loaded from the catalogue when it is asked for."""

    catalogue: Catalogue

    @classmethod
    def restore(cls, item: Item, context: dict[str, Any], catalogue: Catalogue) -> "PortalArticle":
        """The article of an archive's item, as Pelican's reader would have made it.

        ``context`` is Pelican's, settings included.
        """
        settings: Settings = context
        article = cls.__new__(cls)
        entry = item.entry
        metadata = pelican_metadata(entry)
        article.__dict__.update(metadata)
        article.settings = settings
        article._context = context
        article.metadata = metadata
        article.catalogue = catalogue
        article.translations = []
        article.in_default_lang = True
        article.lang = settings["DEFAULT_LANG"]
        article.source_path = article.relative_source_path = item.path
        article.slug = item.stem
        article.override_url = article.override_save_as = item.address
        article.status = "draft" if item.withheld else "published"
        article.category = Category(item.column.name if item.column else "", settings)
        article.tags = [Tag(name, settings) for name in entry.tags]
        article.authors = [Author(name, settings) for name in entry.author]
        if article.authors:
            article.author = article.authors[0]
        article._summary = entry.summary or item.record.excerpt
        return article

    def get_content(self, siteurl: str) -> str:
        """The text as HTML; references inside it are still symbolic."""
        return self.catalogue.body(self.source_path)

    def get_summary(self, siteurl: str) -> str:
        return str(self._summary)


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
        return PortalArticle.restore(item, self._context, self._steps.engine.catalogue)

    def __iter__(self) -> Iterator[PortalArticle]:
        return (self[index] for index in range(len(self)))
