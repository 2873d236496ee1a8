"""Which feeds there are: the whole site, each column, each special; and the list of them all."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache, partial
from itertools import chain, islice
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from dangjian import views
from dangjian.archive import Item
from dangjian.catalogue import Catalogue
from dangjian.digests import digest
from dangjian.pages.portal import Portal
from dangjian.plan import Made
from dangjian.present import Presenter
from dangjian.schema import SHANGHAI

if TYPE_CHECKING:
    from dangjian.feeding import FeedRenderer

WHOLE_SITE = "all"
OPML_PATH = "feeds/opml.xml"
ID_SINCE = datetime(2020, 1, 1, tzinfo=SHANGHAI)
"""The day in the tag URI (RFC 4151) of an article that has an id of its own."""


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


def feed_keys(shown: Iterable[Item], items: Iterable[Item]) -> dict[str, tuple[datetime, str]]:
    """What stays the same of each article for as long as it lives, by path: a day and a name.

    It is told of those that are ``shown`` (and some others) among all ``items``.

    An article with an id keeps it whatever else changes, its date too. One without is known by
    its day and file name, so that a new title or another column is no new article. Files that
    share both are told apart by their folder.
    """
    days = {ID_SINCE.toordinal(), *(item.entry.date.toordinal() for item in shown)}
    near = (item for item in items if item.entry.id or item.entry.date.toordinal() in days)
    return {
        item.path: key if first is item else (key[0], item.path.removesuffix(".md"))
        for item, key, first in _known_by(near)
    }


def namesakes(items: Iterable[Item]) -> set[str]:
    """The articles (by path) because of which others are not known by day and name alone."""
    return {first.path for item, _, first in _known_by(items) if first is not item}


def _known_by(items: Iterable[Item]) -> Iterator[tuple[Item, tuple[datetime, str], Item]]:
    """Each article, the day and name it would be known by, and the first that is known so."""
    seen: dict[tuple[str, int], Item] = {}
    for item in items:
        entry = item.entry
        key = (ID_SINCE, entry.id) if entry.id else (entry.date, item.stem)
        yield item, key, seen.setdefault((key[1], key[0].toordinal()), item)


def make_feeds(
    portal: Portal, channels: Sequence[ChannelPlan], catalogue: Catalogue, stylesheet: str
) -> Iterator[Made]:
    """The files of all channels, and the OPML that lists them."""
    presenter, office = portal.presenter, portal.office
    keys = feed_keys(chain.from_iterable(c.items for c in channels), portal.archive.items)
    renderer = cache(partial(_renderer, portal, catalogue, keys, stylesheet))
    for channel in channels:
        shown = [part for item in channel.items for part in _shown(presenter, item, keys)]
        about = msgspec.msgpack.encode(
            (channel.title, channel.description, channel.url, stylesheet)
        )
        mark = digest(about, *shown)
        for path, form in zip(_paths(channel.link), ("rss", "atom", "json"), strict=True):
            yield Made(path, mark, partial(_feed, renderer, channel, form))
    listed = tuple((channel.link, channel.url, channel.description) for channel in channels)
    opml_mark = digest(msgspec.msgpack.encode(listed), office.name)
    yield Made(OPML_PATH, opml_mark, lambda: renderer().opml(channels))


def _feed(renderer: Callable[[], "FeedRenderer"], channel: ChannelPlan, form: str) -> bytes:
    return renderer().feed(channel, form)


def _renderer(
    portal: Portal, catalogue: Catalogue, keys: dict[str, tuple[datetime, str]], stylesheet: str
) -> "FeedRenderer":
    from dangjian.feeding import FeedRenderer  # noqa: PLC0415 - slow to load, and seldom needed

    return FeedRenderer(portal, catalogue, keys, stylesheet)


def _shown(
    presenter: Presenter, item: Item, keys: dict[str, tuple[datetime, str]]
) -> tuple[bytes | str, ...]:
    """Covers what a feed shows of an item."""
    columns = "\0".join(column.name for column in item.columns)
    day, name = keys[item.path]
    return (*presenter.text_parts(item), f"{day:%Y%m%d}", name, columns)


def _paths(link: views.FeedLink) -> tuple[str, str, str]:
    return link.rss, link.atom, link.json
