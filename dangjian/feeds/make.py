"""The files of all feeds, each made only when what it shows has changed."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cache, partial
from itertools import chain
from typing import TYPE_CHECKING

import msgspec

from dangjian.common.digests import digest
from dangjian.content.archive import Item
from dangjian.content.catalogue import Catalogue
from dangjian.feeds.channels import ChannelPlan, feed_keys
from dangjian.pages.plan import GeneratedFile
from dangjian.pages.portal import Portal
from dangjian.pages.presenter import Presenter
from dangjian.rendering import views

if TYPE_CHECKING:
    from dangjian.feeds.items import FeedRenderer

OPML_PATH = "feeds/opml.xml"


def make_feeds(
    portal: Portal, channels: Sequence[ChannelPlan], catalogue: Catalogue, stylesheet: str
) -> Iterator[GeneratedFile]:
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
            yield GeneratedFile(path, mark, partial(_feed, renderer, channel, form))
    listed = tuple((channel.link, channel.url, channel.description) for channel in channels)
    opml_mark = digest(msgspec.msgpack.encode(listed), office.name)
    yield GeneratedFile(OPML_PATH, opml_mark, lambda: renderer().opml(channels))


def _feed(renderer: Callable[[], "FeedRenderer"], channel: ChannelPlan, form: str) -> bytes:
    return renderer().feed(channel, form)


def _renderer(
    portal: Portal, catalogue: Catalogue, keys: dict[str, tuple[datetime, str]], stylesheet: str
) -> "FeedRenderer":
    from dangjian.feeds.items import FeedRenderer  # noqa: PLC0415 - slow to load, and seldom needed

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
