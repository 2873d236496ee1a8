"""Which feeds there are: the whole site, each column, each special; and the list of them all."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice

import msgspec
from msgspec import Struct

from dangjian import views
from dangjian.archive import Item
from dangjian.catalogue import Catalogue
from dangjian.digests import digest
from dangjian.markup import link_references
from dangjian.pages.portal import Portal
from dangjian.plan import Made
from dangjian.present import Presenter
from dangjian.render import text_resolver

WHOLE_SITE = "all"
OPML_PATH = "feeds/opml.xml"


class ChannelPlan(Struct, frozen=True):
    """A channel: its name in addresses, its title, its page, and its items, newest first."""

    name: str
    title: str
    description: str
    url: str
    items: tuple[Item, ...]

    @property
    def link(self) -> views.FeedLink:
        return feed_link(self.name, self.title)


def feed_link(name: str, title: str) -> views.FeedLink:
    """The addresses of a channel's feeds."""
    base = f"feeds/{name}"
    return views.FeedLink(title, f"{base}.rss.xml", f"{base}.atom.xml", f"{base}.json")


def column_feed_name(address: str) -> str:
    return address.replace("/", "-")


def plan_channels(portal: Portal) -> list[ChannelPlan]:
    """All channels: the site first, then columns in the order of the tree, then specials."""
    archive, office = portal.archive, portal.office
    size = office.feed_size
    channels = [
        ChannelPlan(
            WHOLE_SITE, office.name, office.description, "index.html", _newest(archive.items, size)
        )
    ]
    taken = {WHOLE_SITE}
    for column in archive.columns.walk():
        items = archive.in_column.get(column.folder, ())
        name = _free(column_feed_name(column.address), taken)
        title = f"{office.name} - {column.name}"
        channels.append(
            ChannelPlan(name, title, column.entry.description, column.url, _newest(items, size))
        )
    for special in archive.specials:
        items = archive.in_special[special.path]
        name = _free(f"zt-{column_feed_name(special.address.removesuffix('/index.html'))}", taken)
        title = f"{office.name} - {special.entry.title}"
        summary = special.entry.summary
        channels.append(ChannelPlan(name, title, summary, special.address, _newest(items, size)))
    return channels


def _free(name: str, taken: set[str]) -> str:
    """A name not used before: ``a/b-c`` and ``a-b/c`` must not share one."""
    while name in taken:
        name += "-2"
    taken.add(name)
    return name


def _newest(items: Sequence[Item], size: int) -> tuple[Item, ...]:
    wanted = (item for item in reversed(items) if item.entry.type != "special")
    return tuple(islice(wanted, size))


def feed_keys(items: Sequence[Item]) -> dict[str, str]:
    """What stays the same of each article for as long as it lives: its id, else its file name.

    A move to another column or a new title keeps it. Files that share name and day are told apart
    by their folder.
    """
    keys: dict[str, str] = {}
    seen: dict[tuple[str, str], Item] = {}
    for item in items:
        key = item.entry.id or item.stem
        other = seen.setdefault((key, f"{item.entry.date:%Y%m%d}"), item)
        keys[item.path] = key if other is item else item.path.removesuffix(".md")
    return keys


def make_feeds(
    portal: Portal, channels: Sequence[ChannelPlan], catalogue: Catalogue, stylesheet: str
) -> Iterator[Made]:
    """The files of all channels, and the OPML that lists them."""
    presenter, office = portal.presenter, portal.office
    keys = feed_keys(portal.archive.items)
    render = _Renderer(portal, catalogue, keys, stylesheet)
    for channel in channels:
        shown = [part for item in channel.items for part in _shown(presenter, item, keys)]
        about = msgspec.msgpack.encode(
            (channel.title, channel.description, channel.url, stylesheet)
        )
        mark = digest(about, *shown)
        for path, form in zip(_paths(channel.link), ("rss", "atom", "json"), strict=True):
            yield Made(path, mark, partial(render.feed, channel, form))
    listed = tuple((channel.link, channel.url) for channel in channels)
    opml_mark = digest(msgspec.msgpack.encode(listed), office.name)
    yield Made(OPML_PATH, opml_mark, partial(_opml, portal, channels))


def _shown(presenter: Presenter, item: Item, keys: dict[str, str]) -> tuple[bytes | str, ...]:
    """Covers what a feed shows of an item."""
    columns = "\0".join(column.name for column in item.columns)
    return (*presenter.text_parts(item), keys[item.path], columns)


def _paths(link: views.FeedLink) -> tuple[str, str, str]:
    return link.rss, link.atom, link.json


def _opml(portal: Portal, channels: Sequence[ChannelPlan]) -> bytes:
    from dangjian.opml import render_opml  # noqa: PLC0415

    return render_opml(portal.office.name, [_channel(portal, one, "") for one in channels])


def _channel(portal: Portal, plan: ChannelPlan, stylesheet: str):  # type: ignore[no-untyped-def]
    from dangjian.feeds import Channel  # noqa: PLC0415 - lxml and feedgen are slow to load

    office, base = portal.office, portal.heads.base_url
    return Channel(
        name=plan.name,
        title=plan.title,
        description=plan.description or plan.title,
        home_url=portal.heads.canonical(plan.url),
        base_url=base,
        owner=office.owner,
        rights=office.owner,
        stylesheet=stylesheet,
    )


class _Renderer:
    """Renders feeds of one portal; an article's item is made once for all its channels."""

    def __init__(
        self, portal: Portal, catalogue: Catalogue, keys: dict[str, str], stylesheet: str
    ) -> None:
        self.portal = portal
        self.catalogue = catalogue
        self.keys = keys
        self.stylesheet = stylesheet
        self._items: dict[str, object] = {}

    def feed(self, plan: ChannelPlan, form: str) -> bytes:
        from dangjian import feeds  # noqa: PLC0415

        render: Callable[..., bytes] = getattr(feeds, f"render_{form}")
        channel = _channel(self.portal, plan, self.stylesheet)
        return render(channel, [self.item(item) for item in plan.items])

    def item(self, item: Item) -> object:
        found = self._items.get(item.path)
        if found is None:
            found = self._items[item.path] = self._make(item)
        return found

    def _make(self, item: Item) -> object:
        from dangjian.feeds import Enclosure, FeedItem, absolute_html, item_id  # noqa: PLC0415

        portal, entry = self.portal, item.entry
        heads = portal.heads
        article = portal.presenter.article(item)
        url = heads.canonical(item.address) if item.address else entry.external_url
        body = self.catalogue.body(item.path)
        targets = portal.targets(item.record.references)
        text = link_references(body, text_resolver(targets, f"{heads.base_url}/"))
        files = [Enclosure(heads.absolute(a.url), a.mime, a.bytes) for a in article.attachments]
        if article.video is not None:
            facts = portal.presenter.files[f"file:{entry.video.src}"] if entry.video else None
            if facts is not None:
                video = Enclosure(heads.absolute(facts.name), facts.mime, facts.bytes)
                files.insert(0, video)
        cover = article.card.cover
        shown = portal.presenter.cover_ref(item)
        if cover is not None and shown is not None:
            size = portal.presenter.files[f"media:{shown.src}"].bytes
            files.append(Enclosure(heads.absolute(cover.url), picture_type(cover.url), size))
        return FeedItem(
            id=item_id(heads.domain, entry.date, self.keys[item.path]),
            url=url,
            title=entry.title,
            html=absolute_html(text, url),
            published=entry.date,
            updated=entry.updated,
            summary=entry.summary or item.record.excerpt,
            authors=entry.author or entry.editor,
            source=article.source,
            source_url=entry.original_url,
            categories=tuple(dict.fromkeys([*(c.name for c in item.columns), *entry.tags])),
            enclosures=tuple(files),
            image=heads.absolute(cover.url) if cover else "",
        )


def picture_type(url: str) -> str:
    """The media type of a picture by its ending."""
    ending = url.rpartition(".")[2]
    return {"jpg": "image/jpeg", "svg": "image/svg+xml"}.get(ending, f"image/{ending}")
