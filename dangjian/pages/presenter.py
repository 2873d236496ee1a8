"""From the archive to what templates see: cards, articles, breadcrumbs, and their digests.

Each value has a digest that covers all it may show, for the fingerprints of pages. Those of cards
and mentions are of the value itself; that of an article covers what it is made from, because to
make it would take too long.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
from markupsafe import Markup

from dangjian.common.digests import digest
from dangjian.content.archive import Archive, Item, tag_slug
from dangjian.content.catalogue import FileFacts
from dangjian.content.columns import Column
from dangjian.pages.addresses import INNER, SiteAddresses
from dangjian.pages.offered import attachments_of, can_be_cover, file_targets, video_of
from dangjian.pages.states import (
    NOTICE_LABELS,
    document_rows,
    held_label,
    notice_due,
    notice_of,
    notice_status,
    validity_of,
)
from dangjian.rendering import views
from dangjian.schema.entry import Entry
from dangjian.schema.refs import PictureRef
from dangjian.schema.terms import TYPE_NAMES

# How many articles of its column before the previous one an article's page may name.
LOOK_BACK = 5
LABELLED_TYPES = ("photo", "video")
_encode = msgspec.msgpack.Encoder().encode
_MAX_CARDS = 12_000


class Presenter:
    """Makes views of one archive at one moment. Cards and mentions made of late are shared."""

    def __init__(
        self,
        archive: Archive,
        files: Mapping[str, FileFacts],
        related: Mapping[str, tuple[str, ...]],
        now: datetime,
        owner: str,
        default_editor: str,
    ) -> None:
        self.archive = archive
        self.addresses = SiteAddresses(archive)
        self.files = files
        self.related = related
        self.now = now
        self.owner = owner
        self.default_editor = default_editor
        self._cards: dict[str, views.Card] = {}
        self._mentions: dict[str, views.Card] = {}
        self._digests: dict[str, bytes] = {}
        self._columns: dict[str, bytes] = {}
        self._marks: dict[str, bytes] = {}
        self._special_of: dict[str, list[Item]] = {}
        for special in archive.specials:
            for item in archive.in_special[special.path]:
                self._special_of.setdefault(item.path, []).append(special)

    def card(self, item: Item) -> views.Card:
        """What rich lists show of an item: with summary and picture."""
        card = self._cards.get(item.path)
        if card is None:
            summary = item.entry.summary or item.record.excerpt
            _make_room(self._cards)
            card = self._cards[item.path] = msgspec.structs.replace(
                self.mention(item), summary=summary, cover=self.cover(item)
            )
        return card

    def mention(self, item: Item) -> views.Card:
        """What lists of titles show of an item: a card without summary and picture."""
        card = self._mentions.get(item.path)
        if card is None:
            entry = item.entry
            _make_room(self._mentions)
            card = self._mentions[item.path] = views.Card(
                url=item.address or entry.external_url,
                title=entry.title,
                date=entry.date,
                type=entry.type,
                short_title=entry.short_title,
                column=column_link(item.column) if item.column else None,
                external=entry.type == "link",
                top=self.is_top(item),
                label=self.label(item),
                draft=held_label(item),
                untimed=entry.untimed,
                status=notice_status(entry, self.now) if entry.type == "notice" else "",
                due=notice_due(entry, self.now) if entry.type == "notice" else "",
            )
        return card

    def cards(self, items: Iterable[Item]) -> tuple[views.Card, ...]:
        return tuple(self.card(item) for item in items)

    def mentions(self, items: Iterable[Item]) -> tuple[views.Card, ...]:
        return tuple(self.mention(item) for item in items)

    def card_digest(self, item: Item) -> bytes:
        """Covers all that ``card`` shows."""
        found = self._digests.get(item.path)
        if found is None:
            found = self._digests[item.path] = digest(_encode(self.card(item)))
        return found

    def mention_digest(self, item: Item) -> bytes:
        """Covers all that ``mention`` shows."""
        found = self._marks.get(item.path)
        if found is None:
            found = self._marks[item.path] = digest(_encode(self.mention(item)))
        return found

    def digests(self, items: Iterable[Item]) -> bytes:
        """Covers the cards of several items, in their order."""
        return b"".join([self.card_digest(item) for item in items])

    def mention_digests(self, items: Iterable[Item]) -> bytes:
        """Covers several items as ``mentions`` shows them, in their order."""
        return b"".join(map(self.mention_digest, items))

    def is_top(self, item: Item) -> bool:
        """Whether an item is above its lists (置顶) at this moment."""
        entry = item.entry
        return "top" in entry.flags and (entry.top_until is None or entry.top_until > self.now)

    def label(self, item: Item) -> str:
        """The word a list puts behind an item's title."""
        entry = item.entry
        if entry.type == "notice":
            return NOTICE_LABELS.get(notice_status(entry, self.now), "")
        if entry.validity in ("失效", "废止"):
            return f"已{entry.validity}"
        return TYPE_NAMES[entry.type] if entry.type in LABELLED_TYPES else ""

    def cover_ref(self, item: Item) -> PictureRef | None:
        """The picture that represents an item: its cover, the first of its gallery or text.

        A video is represented by what its player shows first.

        Of a text's pictures one that can be cropped: a flow chart or a certificate can't.
        """
        entry = item.entry
        found = entry.cover or next(iter(entry.gallery), None) or entry.banner
        if found is None and entry.video and entry.video.poster:
            found = PictureRef(entry.video.poster, entry.title)
        if found is None:
            for reference in item.record.references:
                facts = self.files.get(f"media:{reference.target}")
                if reference.kind == "media" and reference.alt and facts and can_be_cover(facts):
                    found = PictureRef(reference.target, reference.alt)
                    break
        if found is None or found.focus or not entry.focus:
            return found
        return msgspec.structs.replace(found, focus=entry.focus)

    def cover(self, item: Item) -> views.Picture | None:
        found = self.cover_ref(item)
        return self.picture(found) if found else None

    def picture(self, found: PictureRef) -> views.Picture | None:
        """A picture as published; None when it can't be (which is reported elsewhere)."""
        facts = self.files.get(f"media:{found.src}")
        if facts is None or not facts.width:
            return None
        return views.Picture(
            facts.name,
            facts.width,
            facts.height,
            found.alt,
            found.caption,
            tuple((one.name, one.width) for one in facts.smaller),
            tuple((one.name, one.width) for one in facts.avif),
            found.focus,
        )

    def column_digest(self, column: Column | None) -> bytes:
        """Covers what a page below ``column`` shows of it and those above: breadcrumb, tags."""
        if column is None:
            return b""
        found = self._columns.get(column.folder)
        if found is None:
            above = self.column_digest(column.parent)
            entry = column.entry
            found = self._columns[column.folder] = digest(above, column.address, _encode(entry))
        return found

    def text_parts(self, item: Item) -> tuple[bytes, ...]:
        """Cover an item's own words and pictures, wherever they are shown."""
        shown = [item.record.digest, self.mention_digest(item)]
        for key in file_targets(item):
            facts = self.files.get(key)
            shown.append(_encode(facts) if facts else b"!")
        for reference in item.record.references:
            if reference.kind in INNER:
                shown.append((self.addresses.find(reference) or "!").encode())
        return tuple(shown)

    def article_parts(self, item: Item) -> tuple[bytes, ...]:
        """Cover all that ``article`` shows, its text included."""
        archive, path = self.archive, item.path
        previous, following = item.previous, item.next
        linked = (archive.interprets, archive.interpreted_by)
        return (
            *self.text_parts(item),
            b"|",
            self.column_digest(item.column),
            self.mention_digest(previous) if previous else b"-",
            self.mention_digest(following) if following else b"-",
            self.mention_digests(self.related_items(item)),
            self.mention_digests(self.earlier(item)),
            *[self.mention_digests(found[path]) if path in found else b"" for found in linked],
            digest(_encode(self._specials(item))) if path in self._special_of else b"",
        )

    def _specials(self, item: Item) -> tuple[views.Link, ...]:
        """Links to the specials that an item is in."""
        specials = self._special_of.get(item.path, ())
        return tuple(views.Link(one.entry.title, one.address) for one in specials)

    def related_items(self, item: Item) -> list[Item]:
        by_path = self.archive.by_path
        return [by_path[path] for path in self.related.get(item.path, ())]

    def earlier(self, item: Item) -> list[Item]:
        """Articles of the same column from before this one, newest first, unless there is but one.

        None that the page names already. The column's newest would be another list after every new
        article, and with it every page of the column.
        """
        named = set(self.related.get(item.path, ()))
        found: list[Item] = []
        other = item.previous
        for _ in range(LOOK_BACK):
            other = other.previous if other is not None else None
            if other is not None and other.path not in named:
                found.append(other)
        return found if len(found) > 1 else []

    def article(self, item: Item) -> views.ArticleView:
        """An article for its own page; ``body`` is put in when the page is rendered."""
        entry, archive, path = item.entry, self.archive, item.path
        tags = tuple(views.Link(n, f"tags/{tag_slug(n)}/index.html") for n in entry.tags)
        return views.ArticleView(
            card=self.card(item),
            body=Markup(),
            shoulder_title=entry.shoulder_title,
            subtitle=entry.subtitle,
            source=entry.source or ("" if entry.type == "page" else self.owner),
            author=entry.author,
            editor=entry.editor or ((self.default_editor,) if self.default_editor else ()),
            proofreader=entry.proofreader,
            reviewer=entry.reviewer,
            issuer=entry.issuer,
            updated=f"{entry.updated:%Y-%m-%d %H:%M}" if entry.updated else "",
            original_title=entry.original_title,
            original_url=entry.original_url,
            reprint=entry.reprint,
            tags=tags if item.dated else (),
            specials=self._specials(item),
            attachments=attachments_of(entry, self.files),
            gallery=self._pictures(entry.gallery),
            video=self._video(entry),
            document=document_rows(entry),
            validity=validity_of(entry, self.now),
            notice=notice_of(entry, self.now),
            previous=self.mention(item.previous) if item.previous else None,
            next=self.mention(item.next) if item.next else None,
            related=self.mentions(self.related_items(item)),
            earlier=self.mentions(self.earlier(item)),
            interprets=self.mentions(archive.interprets.get(path, ())),
            interpreted_by=self.mentions(archive.interpreted_by.get(path, ())),
        )

    def _pictures(self, found: Iterable[PictureRef]) -> tuple[views.Picture, ...]:
        pictures = (self.picture(one) for one in found)
        return tuple(picture for picture in pictures if picture is not None)

    def _video(self, entry: Entry) -> views.Video | None:
        poster = PictureRef(entry.video.poster, entry.title) if entry.video else None
        shown = self.picture(poster) if poster and poster.src else None
        return video_of(entry, self.files, shown)


def _make_room(cards: dict[str, views.Card]) -> None:
    """Forget cards when there are very many: each process that renders has its own."""
    if len(cards) >= _MAX_CARDS:
        cards.clear()


def column_link(column: Column) -> views.Link:
    return views.Link(column.name, column.url)


def breadcrumb(column: Column | None, *last: views.Link) -> tuple[views.Link, ...]:
    """首页 > columns > …; the last is where the reader is."""
    links = [views.Link("首页", "index.html")]
    if column is not None:
        links += [column_link(one) for one in column.chain()]
    links += last
    end = links[-1]
    return (*links[:-1], views.Link(end.name, end.url, current=True))
