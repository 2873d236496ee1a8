"""The files of all feeds, each made only when what it shows has changed."""

from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

import msgspec

from dangjian.common.digests import digest
from dangjian.content.archive import Item
from dangjian.content.catalogue import Catalogue
from dangjian.feeds.channels import ChannelPlan, archive_pages, feed_link
from dangjian.feeds.ids import feed_keys
from dangjian.feeds.model import archive_path
from dangjian.pages.plan import GeneratedFile
from dangjian.pages.portal import Portal
from dangjian.rendering import views

if TYPE_CHECKING:
    from dangjian.feeds.items import FeedRenderer

OPML_PATH = "feeds/opml.xml"
_ARCHIVED = "feeds archived"


class FeedMaker:
    """Plans the files of all channels of one build."""

    def __init__(
        self,
        portal: Portal,
        channels: Sequence[ChannelPlan],
        catalogue: Catalogue,
        stylesheet: str,
    ) -> None:
        self.portal = portal
        self.channels = channels
        self.catalogue = catalogue
        self.stylesheet = stylesheet
        self.keys = feed_keys(portal.archive.items)
        self._renderer = cache(self._load_renderer)
        self._outlined = cache(self._outline_mark)

    def files(self, *, whole: bool) -> Iterator[GeneratedFile]:
        """Every file: feeds, their archives, and the OPML that lists the channels.

        The feeds alone if not ``whole``: nothing but words has changed since all were made, which
        archives do not show, and only a part of the archive need be arranged.
        """
        archived = self._archived(whole)
        names = {channel.name for channel in self.channels}
        for channel in self.channels:
            yield from self._feeds(channel, channel.name, archived.get(channel.name, 0))
            # Programs of subscribers go on asking at the old address, and few follow a page.
            for name in channel.former:
                if name not in names:
                    names.add(name)
                    yield from self._feeds(channel, name, archived.get(channel.name, 0))
        if whole:
            for channel in self.channels:
                yield from self._archive(channel, archived[channel.name])
            yield self._opml()

    def _archived(self, whole: bool) -> dict[str, int]:
        """The pages that each channel's archive has."""
        if not whole:
            stored = self.catalogue.meta(_ARCHIVED)
            return msgspec.msgpack.decode(stored, type=dict[str, int]) if stored else {}
        size = self.portal.office.feed_size
        archived = {channel.name: archive_pages(channel, size) for channel in self.channels}
        self.catalogue.set_meta(_ARCHIVED, msgspec.msgpack.encode(archived))
        return archived

    def _feeds(self, channel: ChannelPlan, name: str, archived: int) -> Iterator[GeneratedFile]:
        shown = [part for item in channel.items for part in self._shown(item)]
        mark = digest(self._about(channel), f"{archived}", *shown)
        for path, form in zip(_paths(feed_link(name, "")), ("rss", "atom", "json"), strict=True):
            yield GeneratedFile(path, mark, partial(self._feed, channel, form, archived))

    def _archive(self, channel: ChannelPlan, pages: int) -> Iterator[GeneratedFile]:
        size = self.portal.office.feed_size
        for number in range(1, pages + 1):
            items = channel.listed[(number - 1) * size : number * size]
            mark = digest(self._about(channel), *map(self._outlined, items))
            path = archive_path(channel.name, number)
            yield GeneratedFile(path, mark, partial(self._page, channel, number, items))

    def _opml(self) -> GeneratedFile:
        listed = tuple((one.link, one.url, one.description) for one in self.channels)
        mark = digest(msgspec.msgpack.encode(listed), self.portal.office.name)
        return GeneratedFile(OPML_PATH, mark, lambda: self._renderer().opml(self.channels))

    def _about(self, channel: ChannelPlan) -> bytes:
        shown = (channel.title, channel.description, channel.url, self.stylesheet, self._icon)
        return msgspec.msgpack.encode(shown)

    @property
    def _icon(self) -> str:
        office, presenter = self.portal.office, self.portal.presenter
        emblem = presenter.picture(office.emblem) if office.emblem else None
        return emblem.url if emblem else ""

    def _shown(self, item: Item) -> tuple[bytes | str, ...]:
        """Covers what a feed shows of an item."""
        columns = "\0".join(column.name for column in item.columns)
        parts = self.portal.presenter.text_parts(item)
        return (*parts, f"{item.entry.date}", self.keys[item.path], columns)

    def _outline_mark(self, item: Item) -> bytes:
        """Covers what an archive shows of an item."""
        entry = item.entry
        shown = (
            entry.title,
            entry.date,
            entry.updated,
            entry.summary or item.record.excerpt,
            item.address or entry.external_url,
            self.keys[item.path],
        )
        return msgspec.msgpack.encode(shown)

    def _feed(self, channel: ChannelPlan, form: str, archived: int) -> bytes:
        return self._renderer().feed(channel, form, archived)

    def _page(self, channel: ChannelPlan, number: int, items: Sequence[Item]) -> bytes:
        return self._renderer().archive(channel, number, items)

    def _load_renderer(self) -> "FeedRenderer":
        from dangjian.feeds.items import FeedRenderer  # noqa: PLC0415 - slow to load, seldom needed

        return FeedRenderer(self.portal, self.catalogue, self.keys, self.stylesheet)


def _paths(link: views.FeedLink) -> tuple[str, str, str]:
    return link.rss, link.atom, link.json
