"""Making feeds: a channel's articles as feed items, put out as RSS, Atom, JSON Feed, and OPML.

Apart from ``channels``, which every build asks, because feedgen and lxml are slow to load.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from markupsafe import escape

from dangjian.common.mime_types import mime_type
from dangjian.content.archive import Item
from dangjian.content.catalogue import Catalogue
from dangjian.feeds import formats as feeds
from dangjian.feeds.formats import (
    Channel,
    Enclosure,
    FeedItem,
    absolute_html,
    item_id,
)
from dangjian.feeds.opml import render_opml
from dangjian.pages.portal import Portal
from dangjian.rendering.views import Picture
from dangjian.text.references import link_references, text_resolver

if TYPE_CHECKING:
    from dangjian.feeds.channels import ChannelPlan

_FORMS: Mapping[str, Callable[[Channel, Sequence[FeedItem]], bytes]] = {
    "rss": feeds.render_rss,
    "atom": feeds.render_atom,
    "json": feeds.render_json,
}


class FeedRenderer:
    """Renders feeds of one portal; an article's item is made once for all its channels."""

    def __init__(
        self,
        portal: Portal,
        catalogue: Catalogue,
        keys: Mapping[str, tuple[datetime, str]],
        stylesheet: str,
    ) -> None:
        self.portal = portal
        self.catalogue = catalogue
        self.keys = keys
        self.stylesheet = stylesheet
        self._items: dict[str, FeedItem] = {}

    def feed(self, plan: "ChannelPlan", form: str) -> bytes:
        """One channel in one form (rss, atom, json)."""
        return _FORMS[form](self._channel(plan), [self._item(item) for item in plan.items])

    def opml(self, plans: Sequence["ChannelPlan"]) -> bytes:
        """The list of all channels."""
        return render_opml(self.portal.office.name, [self._channel(plan) for plan in plans])

    def _channel(self, plan: "ChannelPlan") -> Channel:
        office = self.portal.office
        return Channel(
            name=plan.name,
            title=plan.title,
            description=plan.description or plan.title,
            home_url=self.portal.heads.canonical(plan.url),
            base_url=self.portal.heads.base_url,
            owner=office.owner,
            rights=office.owner,
            stylesheet=self.stylesheet,
        )

    def _item(self, item: Item) -> FeedItem:
        found = self._items.get(item.path)
        if found is None:
            found = self._items[item.path] = self._make(item)
        return found

    def _make(self, item: Item) -> FeedItem:
        portal, entry = self.portal, item.entry
        heads = portal.heads
        article = portal.presenter.article(item)
        url = heads.canonical(item.address) if item.address else entry.external_url
        body = self.catalogue.body(item.path)
        targets = portal.targets(item.record.references)
        text = link_references(body, text_resolver(targets, f"{heads.base_url}/", feed=True))
        text += "".join(_figure(heads.absolute(one.url), one) for one in article.gallery)
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
            files.append(Enclosure(heads.absolute(cover.url), mime_type(cover.url), size))
        return FeedItem(
            id=item_id(heads.domain, *self.keys[item.path]),
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


def _figure(url: str, picture: Picture) -> str:
    """A picture of a gallery, for readers that see the feed only."""
    caption = f"<figcaption>{escape(picture.caption)}</figcaption>" if picture.caption else ""
    size = f'width="{picture.width}" height="{picture.height}"'
    return f'<figure><img src="{url}" alt="{escape(picture.alt)}" {size}>{caption}</figure>'
