"""The head of each kind of page: title, official meta tags, Open Graph, JSON-LD, feeds."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from dangjian import views
from dangjian.archive import Item
from dangjian.columns import Column
from dangjian.office import Office
from dangjian.present import Presenter

PREVIEW_URL = "http://127.0.0.1:8000"


class Heads:
    """Makes heads for one site; knows its public address and its feeds."""

    def __init__(self, office: Office, presenter: Presenter) -> None:
        self.office = office
        self.presenter = presenter
        self.base_url = office.url or PREVIEW_URL
        self.domain = urlsplit(self.base_url).netloc
        self._feeds: Mapping[str, views.FeedLink] = {}

    def use_channels(self, feeds: Mapping[str, views.FeedLink]) -> None:
        """Learn the feeds of pages, by the pages' addresses."""
        self._feeds = feeds

    def absolute(self, path: str) -> str:
        """The public address of a file of the site."""
        return f"{self.base_url}/{path}"

    def canonical(self, path: str) -> str:
        """The one public address of a page: without ``index.html``."""
        return self.absolute(path.removesuffix("index.html") if _is_index(path) else path)

    def plain(
        self, title: str, path: str, crumbs: tuple[views.Link, ...], robots: str = ""
    ) -> views.Head:
        return views.Head(f"{title}_{self.office.name}", self.canonical(path), (), robots=robots)

    def home(self, crumbs: tuple[views.Link, ...]) -> views.Head:
        return views.Head(
            self.office.name,
            self.canonical("index.html"),
            (),
            feeds=tuple(self._feeds.values())[:1],
        )

    def listing(
        self, title: str, listing: views.Listing, path: str, crumbs: tuple[views.Link, ...]
    ) -> views.Head:
        return self.plain(title, path, crumbs)

    def column(
        self, column: Column, listing: views.Listing, path: str, crumbs: tuple[views.Link, ...]
    ) -> views.Head:
        return self.plain(column.name, path, crumbs)

    def special(
        self, special: Item, listing: views.Listing, path: str, crumbs: tuple[views.Link, ...]
    ) -> views.Head:
        return self.plain(special.entry.title, path, crumbs)

    def article(
        self, article: views.ArticleView, item: Item, crumbs: tuple[views.Link, ...]
    ) -> views.Head:
        return self.plain(item.entry.title, item.address, crumbs)


def _is_index(path: str) -> bool:
    return path == "index.html" or path.endswith("/index.html")
