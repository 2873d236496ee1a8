"""Articles as feed items, and channels with their feeds rendered.

Apart from ``channels``, which every build asks, because feedgen and lxml are slow to load.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from markupsafe import escape

from dangjian.common.web_addresses import to_uri
from dangjian.content.archive import Item
from dangjian.content.catalogue import Catalogue
from dangjian.feeds import formats
from dangjian.feeds.absolute import absolute_html
from dangjian.feeds.archives import archive_entry, render_archive
from dangjian.feeds.channels import ChannelPlan
from dangjian.feeds.model import Channel, Enclosure, FeedItem, feed_updated, rfc3339, tag_uri
from dangjian.feeds.opml import render_opml
from dangjian.pages.portal import Portal
from dangjian.rendering import views
from dangjian.text.references import link_references, text_resolver

_FORMS: Mapping[str, Callable[[Channel, Sequence[FeedItem]], bytes]] = {
    "rss": formats.render_rss,
    "atom": formats.render_atom,
    "json": formats.render_json,
}
_MEDIA_FIRST = ("audio/", "video/")


class FeedRenderer:
    """Renders feeds of one portal; an article's item is made once for all its channels."""

    def __init__(
        self, portal: Portal, catalogue: Catalogue, keys: Mapping[str, str], stylesheet: str
    ) -> None:
        self.portal = portal
        self.catalogue = catalogue
        self.keys = keys
        self.stylesheet = stylesheet
        self.authority = portal.office.feed_authority or portal.heads.domain
        self._items: dict[str, FeedItem] = {}
        self._entries: dict[str, tuple[FeedItem, str]] = {}

    def feed(self, plan: ChannelPlan, form: str, archived: int) -> bytes:
        """One channel in one form (rss, atom, json); ``archived`` is its newest archive page."""
        return _FORMS[form](self.channel(plan, archived), [self._item(item) for item in plan.items])

    def archive(self, plan: ChannelPlan, number: int, items: Iterable[Item]) -> bytes:
        """A page of a channel's archive."""
        found = [self._entry(item) for item in items]
        updated = rfc3339(feed_updated([item for item, _ in found]))
        entries = [entry for _, entry in reversed(found)]
        return render_archive(self.channel(plan), number, updated, entries)

    def opml(self, plans: Sequence[ChannelPlan]) -> bytes:
        """The list of all channels."""
        return render_opml(self.portal.office.name, [self.channel(plan) for plan in plans])

    def channel(self, plan: ChannelPlan, archived: int = 0) -> Channel:
        portal, office = self.portal, self.portal.office
        emblem = portal.presenter.picture(office.emblem) if office.emblem else None
        return Channel(
            name=plan.name,
            title=plan.title,
            description=plan.description or plan.title,
            home_url=portal.heads.canonical(plan.url),
            base_url=portal.heads.base_url,
            authority=self.authority,
            owner=office.owner,
            rights=office.owner,
            icon=portal.heads.absolute(emblem.url) if emblem else "",
            stylesheet=self.stylesheet,
            archived=archived,
        )

    def _entry(self, item: Item) -> tuple[FeedItem, str]:
        found = self._entries.get(item.path)
        if found is None:
            outline = self._outline(item)
            found = self._entries[item.path] = outline, archive_entry(outline)
        return found

    def _item(self, item: Item) -> FeedItem:
        found = self._items.get(item.path)
        if found is None:
            found = self._items[item.path] = self._make(item)
        return found

    def _outline(self, item: Item) -> FeedItem:
        """An item without its text and files."""
        entry, heads = item.entry, self.portal.heads
        return FeedItem(
            id=tag_uri(self.authority, self.keys[item.path]),
            url=heads.canonical(item.address) if item.address else to_uri(entry.external_url),
            title=entry.title,
            html="",
            published=entry.date,
            updated=entry.updated,
            summary=entry.summary or item.record.excerpt,
        )

    def _make(self, item: Item) -> FeedItem:
        portal, entry = self.portal, item.entry
        heads, outline = portal.heads, self._outline(item)
        article = portal.presenter.article(item)
        body = self.catalogue.body(item.path)
        targets = portal.targets(item.record.references)
        text = link_references(body, text_resolver(targets, f"{heads.base_url}/", feed=True))
        text += _more(article, heads.absolute)
        if not text.strip():
            text = _pointer(outline)
        files = [Enclosure(heads.absolute(a.url), a.mime, a.bytes) for a in article.attachments]
        facts = portal.presenter.files.get(f"file:{entry.video.src}") if entry.video else None
        if article.video is not None and facts is not None:
            files.insert(0, Enclosure(heads.absolute(facts.name), facts.mime, facts.bytes))
        # RSS programs take the first for the one to play.
        files.sort(key=lambda file: [not file.mime.startswith(kind) for kind in _MEDIA_FIRST])
        cover = article.card.cover
        return FeedItem(
            id=outline.id,
            url=outline.url,
            title=outline.title,
            html=absolute_html(text, outline.url),
            published=outline.published,
            updated=outline.updated,
            summary=outline.summary,
            authors=entry.author or entry.editor,
            source=article.source,
            source_url=to_uri(entry.original_url or entry.canonical_url),
            categories=tuple(dict.fromkeys([*(c.name for c in item.columns), *entry.tags])),
            enclosures=tuple(files),
            image=heads.absolute(cover.url) if cover else "",
            image_size=(cover.width, cover.height) if cover else (0, 0),
        )


def _more(article: views.ArticleView, absolute: Callable[[str], str]) -> str:
    """What an article's page shows besides its text, for readers that see the feed only."""
    parts = [_figure(absolute(one.url), one) for one in article.gallery]
    video = article.video
    if video is not None:
        if video.poster is not None:
            parts.append(_figure(absolute(video.poster.url), video.poster))
        files = [(video.url, "观看视频"), (video.transcript, "文字稿")]
        links = [_link(absolute(url), words) for url, words in files if url]
        parts.append(f"<p>{'　'.join(links)}</p>")
    if article.document:
        rows = (
            f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>"
            for name, value in article.document
        )
        parts.append(f"<table>{''.join(rows)}</table>")
    if article.attachments:
        listed = (
            f"<li>{_link(absolute(file.url), file.title)}（{escape(file.kind)}，{file.size}）</li>"
            for file in article.attachments
        )
        parts.append(f"<p>附件：</p><ul>{''.join(listed)}</ul>")
    return "".join(parts)


def _pointer(item: FeedItem) -> str:
    """The text of an article that has none: a link elsewhere."""
    summary = f"<p>{escape(item.summary)}</p>" if item.summary else ""
    return f"{summary}<p>{_link(item.url, item.title)}</p>"


def _link(url: str, words: str) -> str:
    return f'<a href="{escape(url)}">{escape(words)}</a>'


def _figure(url: str, picture: views.Picture) -> str:
    caption = f"<figcaption>{escape(picture.caption)}</figcaption>" if picture.caption else ""
    size = f'width="{picture.width}" height="{picture.height}"'
    return f'<figure><img src="{url}" alt="{escape(picture.alt)}" {size}>{caption}</figure>'
