"""What templates see: small, plain values made from the archive, and nothing else.

A page is rendered from these values only. Whoever plans a page digests exactly what it hands
over, so a template can read nothing that the page's fingerprint does not cover. Addresses in
``url`` are relative to the site's root (``jcdj/2020/06/huating.html``) or absolute for other
sites; templates put them through the ``href`` filter.
"""

from datetime import datetime

from markupsafe import Markup
from msgspec import Struct

from dangjian.common.timezone import day_of, minute_of


class Link(Struct, frozen=True):
    """A name that leads somewhere; ``current`` marks the place the reader is at."""

    name: str
    url: str
    current: bool = False
    children: tuple["Link", ...] = ()


class LinkGroup(Struct, frozen=True):
    """A titled group of links (友情链接)."""

    title: str
    links: tuple[Link, ...]


class Picture(Struct, frozen=True):
    """A picture as published: address, size in pixels, alternative text, caption.

    ``smaller`` and ``avif`` are further sizes as address and width. ``focus`` is the point that has
    to stay when it is cropped: ``30 20``, per cent from the left and from the top.
    """

    url: str
    width: int
    height: int
    alt: str
    caption: str = ""
    smaller: tuple[tuple[str, int], ...] = ()
    avif: tuple[tuple[str, int], ...] = ()
    focus: str = ""


class Attachment(Struct, frozen=True):
    """A file to download: ``kind`` as readers know it (PDF, Word), ``size`` for people (312 KB).

    ``file_name`` is what a reader's machine saves it as.
    """

    url: str
    title: str
    kind: str
    size: str
    bytes: int
    mime: str
    file_name: str = ""


class Video(Struct, frozen=True):
    """A video with native controls; ``captions`` and ``transcript`` are addresses or empty.

    ``file_name`` is what a reader's machine saves it as.
    """

    url: str
    mime: str
    poster: Picture | None = None
    captions: str = ""
    transcript: str = ""
    file_name: str = ""


class Card(Struct, frozen=True):
    """What a list, a block or a neighbour shows of an article.

    ``label`` is a word about its state, ``status`` that of a notice (as ``Notice`` has it), and
    ``due`` the day on which that will change (12月18日截止).
    """

    url: str
    title: str
    date: datetime
    type: str
    short_title: str = ""
    summary: str = ""
    column: Link | None = None
    cover: Picture | None = None
    external: bool = False
    top: bool = False
    label: str = ""
    draft: str = ""
    untimed: bool = False
    status: str = ""
    due: str = ""

    @property
    def name(self) -> str:
        """The title for narrow places."""
        return self.short_title or self.title

    @property
    def day(self) -> str:
        """2020-06-16."""
        return day_of(self.date)

    def day_in(self, year: str) -> str:
        """06-16 within ``year``, 2020-06-16 in any other; always whole if ``year`` is empty.

        Without its year, news of another one would seem to be new.
        """
        return self.day[5:] if self.day[:4] == year else self.day

    @property
    def minute(self) -> str:
        """2020-06-16 12:24, the form the official page rules ask for; without a time the day."""
        return self.day if self.untimed else minute_of(self.date)

    @property
    def moment(self) -> str:
        """The date for machines (HTML's ``datetime``): a day, or a moment with its zone."""
        return self.day if self.untimed else self.date.isoformat()


class Notice(Struct, frozen=True):
    """A notice's period; ``status`` is upcoming, open, closed, or empty when there is no period."""

    start: str
    end: str
    status: str
    label: str
    contact: str = ""
    report_phone: str = ""


class Validity(Struct, frozen=True):
    """Whether a document is in force: ``state`` is 有效, 失效 or 废止; ``text`` is the banner."""

    state: str
    text: str


class ArticleView(Struct, frozen=True):
    """An article on its own page."""

    card: Card
    body: Markup
    shoulder_title: str = ""
    subtitle: str = ""
    source: str = ""
    author: tuple[str, ...] = ()
    editor: tuple[str, ...] = ()
    proofreader: tuple[str, ...] = ()
    reviewer: tuple[str, ...] = ()
    issuer: tuple[str, ...] = ()
    updated: str = ""
    original_title: str = ""
    original_url: str = ""
    reprint: bool = False
    tags: tuple[Link, ...] = ()
    specials: tuple[Link, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    gallery: tuple[Picture, ...] = ()
    video: Video | None = None
    document: tuple[tuple[str, str], ...] = ()
    validity: Validity | None = None
    notice: Notice | None = None
    previous: Card | None = None
    next: Card | None = None
    related: tuple[Card, ...] = ()
    earlier: tuple[Card, ...] = ()
    interprets: tuple[Card, ...] = ()
    interpreted_by: tuple[Card, ...] = ()
    qr: str = ""
    qr_size: int = 0


class Listing(Struct, frozen=True):
    """One page of a list, newest first. Pages are numbered from the oldest.

    ``number`` is 0 on the front, which shows the newest; page 1 is the oldest and never changes.
    ``total`` counts the whole list on the front and is 0 on numbered pages. A ``pinned`` list says
    which of its articles are put on top.
    """

    items: tuple[Card, ...]
    number: int = 0
    total: int = 0
    newest: str = ""
    newer: str = ""
    older: str = ""
    oldest: str = ""
    pinned: bool = False


class Block(Struct, frozen=True):
    """A titled block of a page: a lead item (with picture or summary) over a list."""

    title: str
    url: str
    items: tuple[Card, ...]
    lead: Card | None = None


class SpecialCard(Struct, frozen=True):
    """A special (专题) as home and the specials page show it."""

    title: str
    url: str
    summary: str = ""
    cover: Picture | None = None


class Home(Struct, frozen=True):
    """The home page's blocks; empty ones are empty tuples or None and collapse.

    ``year`` is that of the newest article, whose days need not name it.
    """

    headline: Card | None
    slides: tuple[Card, ...]
    latest: Block
    recommended: Block
    notices: Block
    photos: Block
    videos: Block
    blocks: tuple[Block, ...]
    specials: tuple[SpecialCard, ...]
    specials_url: str = ""
    year: str = ""


class ColumnView(Struct, frozen=True):
    """A column (栏目) on its own page. ``children`` has a block for each sub-column."""

    name: str
    url: str
    description: str
    introduction: Markup
    section: tuple[Link, ...] = ()
    children: tuple[Block, ...] = ()


class SpecialView(Struct, frozen=True):
    """A special page: banner, introduction, blocks, and its own list (as ``listing``)."""

    title: str
    url: str
    summary: str
    introduction: Markup
    banner: Picture | None = None
    blocks: tuple[Block, ...] = ()


class Period(Struct, frozen=True):
    """A year or a month in the archive, with how many articles it has."""

    name: str
    url: str
    count: int
    months: tuple["Period", ...] = ()


class TagCount(Struct, frozen=True):
    """A tag with how many articles carry it."""

    name: str
    url: str
    count: int


class MapColumn(Struct, frozen=True):
    """A column in the site map page, with its newest articles."""

    link: Link
    articles: tuple[Card, ...] = ()
    children: tuple["MapColumn", ...] = ()


class FeedLink(Struct, frozen=True):
    """The addresses of one channel's feeds (root-relative)."""

    title: str
    rss: str
    atom: str
    json: str


class FeedNode(Struct, frozen=True):
    """What can be subscribed to, as the page of feeds shows it: a name, its feed, what is below."""

    name: str
    feed: FeedLink
    children: tuple["FeedNode", ...] = ()


class Head(Struct, frozen=True):
    """What ``<head>`` of one page holds.

    ``meta`` are name/content pairs in the order of 国办发〔2017〕47号; ``properties`` are Open
    Graph property/content pairs; ``jsonld`` is JSON that is safe inside ``<script>``.
    """

    title: str
    canonical: str
    meta: tuple[tuple[str, str], ...]
    properties: tuple[tuple[str, str], ...] = ()
    jsonld: Markup = Markup("")
    feeds: tuple[FeedLink, ...] = ()
    robots: str = ""
    previous: str = ""
    next: str = ""


class FooterItem(Struct, frozen=True):
    """A line of the footer: a label, its text, where it leads, and a picture for badges."""

    label: str
    text: str
    url: str = ""
    picture: Picture | None = None


class Site(Struct, frozen=True):
    """What every page knows of the site. Made once a build; part of every page's fingerprint.

    ``breadcrumb_label`` ends with a colon.
    """

    name: str
    url: str
    owner: str
    organizer: str
    description: str
    nav: tuple[Link, ...]
    top_links: tuple[Link, ...]
    footer: tuple[FooterItem, ...]
    footer_links: tuple[Link, ...]
    link_groups: tuple[LinkGroup, ...]
    emblem: Picture | None
    masthead: str
    grayscale: bool
    breadcrumb_label: str
    external_mode: str
    external_allow: tuple[str, ...]
    hot_words: tuple[str, ...]
    assets: dict[str, str]
    feed: FeedLink
    icon: str = ""
    preview: bool = False
