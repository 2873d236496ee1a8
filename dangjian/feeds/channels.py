"""Which feeds there are: the whole site, each column, each special; and the list of them all."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from dangjian.common.timezone import SHANGHAI
from dangjian.content.archive import Item
from dangjian.pages.portal import Portal
from dangjian.rendering import views

if TYPE_CHECKING:
    pass

WHOLE_SITE = "all"
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
    days = {ID_SINCE.toordinal(), *(item.entry.filed.toordinal() for item in shown)}
    near = (item for item in items if item.entry.id or item.entry.filed.toordinal() in days)
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
        key = (ID_SINCE, entry.id) if entry.id else (entry.filed, item.stem)
        yield item, key, seen.setdefault((key[1], key[0].toordinal()), item)
