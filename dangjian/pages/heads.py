"""The head of each kind of page: title, official meta tags, Open Graph, JSON-LD, feeds."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from dangjian.common.web_addresses import to_uri
from dangjian.content.archive import Item
from dangjian.content.columns import Column
from dangjian.pages import head_tags as head
from dangjian.pages.presenter import Presenter
from dangjian.pages.share import SIZE, share_address
from dangjian.rendering import views
from dangjian.settings import Office

PREVIEW_URL = "http://127.0.0.1:8000"
HOME_COLUMN = "首页"
SPECIAL_TYPE = "工作动态"

Crumbs = tuple[views.Link, ...]


class Heads:
    """Makes heads for one site; knows its public address and its feeds."""

    def __init__(self, office: Office, presenter: Presenter) -> None:
        self.office = office
        self.presenter = presenter
        self.base_url = office.url or PREVIEW_URL
        self.domain = urlsplit(self.base_url).netloc
        self._site = head.site_tags(office.name, self.domain, office.site_id_code)
        self._share = views.Picture(self.absolute(self.share_path), *SIZE, office.name)
        self._feeds: Mapping[str, views.FeedLink] = {}

    @property
    def share_path(self) -> str:
        """The address of the picture that pages without one of their own are passed on with."""
        emblem = self.presenter.picture(self.office.emblem) if self.office.emblem else None
        return share_address(emblem.url if emblem else "")

    def use_channels(self, feeds: Mapping[str, views.FeedLink]) -> None:
        """Learn the feeds of pages, by the pages' addresses."""
        self._feeds = feeds

    def feed_of(self, path: str) -> views.FeedLink | None:
        """The feed of the page at ``path``, if it has its own."""
        return self._feeds.get(path)

    def absolute(self, path: str) -> str:
        """The public address of a file of the site; one elsewhere stays where it is."""
        return to_uri(path) if path.startswith(("http:", "https:")) else f"{self.base_url}/{path}"

    def canonical(self, path: str) -> str:
        """The one public address of a page: without ``index.html``."""
        return self.absolute(path.removesuffix("index.html") if _is_index(path) else path)

    def home(self) -> views.Head:
        """The home page is a column of its own kind (栏目类型 首页)."""
        office, url = self.office, self.canonical("index.html")
        tags = head.column_tags(HOME_COLUMN, HOME_COLUMN, office.description, office.keywords)
        described = head.list_tags(office.description, office.keywords)
        site = head.web_site(office.name, url, office.owner, self.absolute("search.html"))
        return views.Head(
            office.name,
            url,
            (*self._site, *tags, *described),
            head.open_graph(
                "website",
                office.name,
                url,
                office.name,
                description=office.description,
                image=self._share,
            ),
            head.json_ld(site),
            self._feeds_of("index.html"),
        )

    def plain(
        self, title: str, path: str, crumbs: Crumbs, robots: str = "", description: str = ""
    ) -> views.Head:
        """A page that is neither column nor article."""
        url = self.canonical(path)
        full = head.page_title(title, self.office.name)
        return views.Head(
            full,
            url,
            (*self._site, *head.list_tags(description)),
            head.open_graph(
                "website", full, url, self.office.name, description=description, image=self._share
            ),
            head.json_ld(self._crumbs(crumbs)),
            self._feeds_of("index.html"),
            robots,
        )

    def listing(
        self, title: str, listing: views.Listing, path: str, crumbs: Crumbs, description: str
    ) -> views.Head:
        """One page of a list that is no column: a tag, a month."""
        described = _numbered(description, listing)
        made = self.plain(_numbered(title, listing), path, crumbs, description=described)
        return _paged(made, listing)

    def column(
        self, column: Column, listing: views.Listing, path: str, crumbs: Crumbs
    ) -> views.Head:
        """One page of a column, with the four official column tags."""
        entry, url = column.entry, self.canonical(path)
        tags = head.column_tags(column.name, entry.type, entry.description, entry.keywords)
        title = head.page_title(_numbered(column.name, listing), self.office.name)
        description = _numbered(entry.description, listing)
        made = views.Head(
            title,
            url,
            (*self._site, *tags, *head.list_tags(description, entry.keywords)),
            head.open_graph(
                "website",
                title,
                url,
                self.office.name,
                description=description,
                image=self._share,
            ),
            head.json_ld(self._crumbs(crumbs)),
            self._feeds_of(column.url),
        )
        return _paged(made, listing)

    def special(
        self, special: Item, listing: views.Listing, path: str, crumbs: Crumbs
    ) -> views.Head:
        """One page of a special, a column of its own kind; its banner is its share picture."""
        entry, url = special.entry, self.canonical(path)
        title = head.page_title(_numbered(entry.title, listing), self.office.name)
        summary = entry.summary or special.record.excerpt
        description = _numbered(summary, listing)
        kind = special.column.entry.type if special.column else SPECIAL_TYPE
        tags = head.column_tags(entry.title, kind, summary, entry.keywords)
        made = views.Head(
            title,
            url,
            (*self._site, *tags, *head.list_tags(description, entry.keywords)),
            head.open_graph(
                "website",
                title,
                url,
                self.office.name,
                description=description,
                image=self._absolute_picture(self.presenter.cover(special)) or self._share,
            ),
            head.json_ld(self._crumbs(crumbs)),
            self._feeds_of(special.address),
        )
        return _paged(made, listing)

    def article(self, article: views.ArticleView, item: Item, crumbs: Crumbs) -> views.Head:
        """An article, or a page by itself, which has no date to tell."""
        entry, url = item.entry, self.canonical(item.address)
        description = entry.summary or item.record.excerpt
        if entry.type == "page":
            return self.plain(entry.title, item.address, crumbs, description=description)
        picture = self._absolute_picture(self.presenter.cover(item))
        section = item.column.name if item.column else ""
        tags = head.article_tags(
            entry.title,
            entry.date,
            article.source,
            url,
            keywords=entry.keywords,
            author=" ".join(article.author or article.editor),
            description=description,
            image=picture.url if picture else "",
        )
        graph = head.open_graph(
            "article",
            entry.title,
            url,
            self.office.name,
            description=description,
            image=picture or self._share,
            published=entry.date,
            untimed=entry.untimed,
            updated=entry.updated,
            section=section,
            labels=entry.tags,
        )
        news = head.news_article(
            entry.title,
            url,
            entry.date,
            self.office.owner or self.office.name,
            untimed=entry.untimed,
            authors=article.author,
            updated=entry.updated,
            description=description,
            image=picture.url if picture else "",
            section=section,
            keywords=entry.keywords,
            based_on=entry.original_url,
            logo=self._logo(),
        )
        return views.Head(
            head.page_title(entry.title, section, self.office.name),
            to_uri(entry.canonical_url) or url,
            (*self._site, *self._column_tags(item.column), *tags),
            graph,
            head.json_ld(news, self._crumbs(crumbs)),
            self._feeds_of(item.column.url if item.column else "index.html"),
        )

    def _column_tags(self, column: Column | None) -> head.Tags:
        if column is None:
            return ()
        entry = column.entry
        return head.column_tags(column.name, entry.type, entry.description, entry.keywords)

    def _logo(self) -> views.Picture | None:
        """The office's emblem, as search engines show it for the publisher."""
        emblem = self.office.emblem
        return self._absolute_picture(self.presenter.picture(emblem)) if emblem else None

    def _absolute_picture(self, picture: views.Picture | None) -> views.Picture | None:
        if picture is None or picture.url.endswith(".svg"):  # which no chat program shows
            return None
        return views.Picture(self.absolute(picture.url), picture.width, picture.height, picture.alt)

    def _feeds_of(self, path: str) -> tuple[views.FeedLink, ...]:
        found = (self._feeds.get(path), self._feeds.get("index.html"))
        return tuple(dict.fromkeys(feed for feed in found if feed is not None))

    def _crumbs(self, crumbs: Crumbs) -> dict[str, object]:
        return head.breadcrumb_list([(one.name, self.canonical(one.url)) for one in crumbs])


def _paged(made: views.Head, listing: views.Listing) -> views.Head:
    """The head of a numbered page tells which pages come before and after it."""
    return views.Head(
        made.title, made.canonical, made.meta, made.properties, made.jsonld, made.feeds,
        made.robots, listing.newer, listing.older,
    )  # fmt: skip


def _numbered(title: str, listing: views.Listing) -> str:
    """A title or description of one page of a list, none the same as another's."""
    if not listing.number or not title:
        return title
    return f"{title.rstrip('。')}（第{listing.number}页）"


def _is_index(path: str) -> bool:
    return path == "index.html" or path.endswith("/index.html")
