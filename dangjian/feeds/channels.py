"""Which feeds there are: the whole site, each column, each special; and what each of them holds."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import takewhile

from msgspec import Struct

from dangjian.content.archive import Item
from dangjian.pages.portal import Portal
from dangjian.pages.redirects import former_addresses
from dangjian.rendering import views

WHOLE_SITE = "all"
RECENT = timedelta(days=3)
"""How long before its newest article a feed holds all articles, however many."""


class ChannelPlan(Struct, frozen=True):
    """A channel: its name in addresses, its title, its page, and its items, newest first.

    ``listed`` are all its articles, oldest first; where only a part of the archive is arranged,
    those of ``items`` at least. ``former`` are names that its feeds had before the column moved.
    """

    name: str
    title: str
    description: str
    url: str
    items: tuple[Item, ...]
    listed: Sequence[Item] = ()
    former: tuple[str, ...] = ()

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

    def channel(
        name: str,
        title: str,
        description: str,
        url: str,
        items: Sequence[Item],
        former: Iterable[str] = (),
    ) -> ChannelPlan:
        listed = [item for item in items if item.entry.type != "special"]
        return ChannelPlan(
            name, title, description, url, newest(listed, office.feed_size), listed, tuple(former)
        )

    channels = [channel(WHOLE_SITE, office.name, office.description, "index.html", archive.items)]
    taken = {WHOLE_SITE}
    for column in archive.columns.walk():
        items = archive.in_column.get(column.folder, ())
        name = _free(column_feed_name(column.address), taken)
        title = f"{office.name} - {column.name}"
        old = map(column_feed_name, former_addresses(column))
        channels.append(channel(name, title, column.entry.description, column.url, items, old))
    for special in archive.specials:
        items = archive.in_special[special.path]
        name = _free(f"zt-{column_feed_name(special.address.removesuffix('/index.html'))}", taken)
        title = f"{office.name} - {special.entry.title}"
        channels.append(channel(name, title, special.entry.summary, special.address, items))
    return channels


def _free(name: str, taken: set[str]) -> str:
    """A name not used before: ``a/b-c`` and ``a-b/c`` must not share one."""
    while name in taken:
        name += "-2"
    taken.add(name)
    return name


def newest(listed: Sequence[Item], least: int) -> tuple[Item, ...]:
    """The newest ``least`` items, newest first, and all others of the last days.

    Those days end with the newest item, not with the build, so that another day gives the same.
    """
    if not listed:
        return ()
    since = listed[-1].entry.date - RECENT
    recent = sum(1 for _ in takewhile(lambda i: i.entry.date > since, reversed(listed)))
    return tuple(reversed(listed[-max(least, recent) :]))


def archive_pages(channel: ChannelPlan, size: int) -> int:
    """How many pages of ``size`` articles a channel's archive (RFC 5005) has.

    They are counted from the oldest article, and a page is there as soon as it is full, so that it
    never changes again. A channel whose feed holds everything needs none.
    """
    return 0 if len(channel.listed) <= len(channel.items) else len(channel.listed) // size
