"""What all page plans share: the archive, its presenter, the office, and how a page is framed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from dangjian.common.digests import digest
from dangjian.content.archive import Archive, Item
from dangjian.content.catalogue import SourceRow
from dangjian.content.columns import COLUMN_FILE, Column
from dangjian.media.attachments import download_name, is_saved
from dangjian.pages.addresses import INNER
from dangjian.pages.heads import Heads
from dangjian.pages.plan import Page, Slice, page_address, paginate
from dangjian.pages.presenter import Presenter
from dangjian.rendering import views
from dangjian.schema.refs import AttachmentRef
from dangjian.settings import Office
from dangjian.text.references import Reference, Target


class Portal(Struct, eq=False):
    """One build's view of the whole site, from which page plans are made.

    ``style`` is the text of the theme's style sheet as published.
    """

    archive: Archive
    presenter: Presenter
    office: Office
    heads: Heads
    sources: Mapping[str, SourceRow]
    style: str = ""

    def references(self, path: str) -> tuple[Reference, ...]:
        """What the text of the source at ``path`` refers to."""
        source = self.sources.get(path)
        return source.record.references if source is not None else ()

    def introduction(self, column: Column) -> tuple[tuple[str, ...], bytes]:
        """The source of a column's introduction, if it has one, and a digest of all it shows."""
        path = f"{column.folder}/{COLUMN_FILE}"
        source = self.sources.get(path)
        if source is None:
            return (), b""
        record = source.record
        shown = sorted(
            (key, f"{target}") for key, target in self.targets(record.references).items()
        )
        return (path,), digest(record.digest, *(part for pair in shown for part in pair))

    def targets(
        self, references: Sequence[Reference], attachments: Sequence[AttachmentRef] = ()
    ) -> dict[str, Target]:
        """Where symbolic references lead; those that lead nowhere are left out.

        A file that is among the text's ``attachments`` too is saved under the title given there.
        """
        titles = {one.file: one.title for one in attachments}
        found: dict[str, Target] = {}
        for reference in references:
            key = f"{reference.kind}:{reference.target}"
            if reference.kind in INNER:
                address = self.presenter.addresses.find(reference)
                if address is not None:
                    found[key] = Target(address)
                continue
            facts = self.presenter.files.get(key)
            if facts is not None and not facts.error:
                saved = ""
                if reference.kind == "file" and is_saved(facts.mime):
                    title = titles.get(reference.target, "")
                    saved = download_name(title, reference.target, facts.name)
                found[key] = Target(
                    facts.name,
                    facts.width,
                    facts.height,
                    saved,
                    tuple((one.name, one.width) for one in facts.smaller),
                    tuple((one.name, one.width) for one in facts.avif),
                )
        return found


def page_context(
    kind: str,
    head: views.Head,
    crumbs: tuple[views.Link, ...],
    section: str = "",
    **own: object,
) -> dict[str, Any]:
    """A page's context: what every template gets, and what this one gets besides."""
    return {"kind": kind, "head": head, "breadcrumb": crumbs, "section": section, **own}


def section_of(column: Column | None) -> str:
    """The front of the top column a page belongs to, which its navigation marks."""
    return column.chain()[0].url if column is not None else ""


def list_pages(
    portal: Portal,
    items: Sequence[Item],
    front: str,
    template: str,
    parts: tuple[bytes, ...],
    context: Callable[[views.Listing, str], dict[str, Any]],
    texts: tuple[str, ...] = (),
    rich: bool = False,
    pinned: bool = False,
) -> Iterator[Page]:
    """The pages of one list (oldest first): its front, and the numbered ones that never change.

    ``parts`` cover what the front shows besides its list, the first of them what all pages show.
    ``context`` makes a page's context from its listing and address; ``texts`` are shown by all.
    A ``rich`` list has summaries and pictures. In a ``pinned`` one, articles put on top (置顶) are
    first on the front, wherever they are in the list.
    """
    presenter = portal.presenter
    show = presenter.cards if rich else presenter.mentions
    cover = presenter.digests if rich else presenter.mention_digests
    top = [item for item in reversed(items) if presenter.is_top(item)] if pinned else []
    on_top = {item.path for item in top}
    for piece in paginate(items, portal.office.page_size):
        shown = list(piece.items)
        if piece.number == 0 and top:
            shown = top + [item for item in shown if item.path not in on_top]
        total = len(items) if piece.number == 0 else 0
        page = _ListPage(front, piece, shown, total, show, context, pinned)
        numbers = f"{piece.number} {total} {piece.newer} {piece.older}"
        own = parts if piece.number == 0 else parts[:1]
        yield Page(page.path, template, (*own, cover(shown), numbers.encode()), page.context, texts)


class _ListPage(Struct, eq=False):
    """One page of the list whose front is at ``front``: its place in it, and the items it shows.

    ``total`` counts the whole list on the front page and is 0 on the others. ``show`` makes the
    views of items, ``frame`` the context from the listing and the page's address.
    """

    front: str
    piece: Slice[Item]
    items: list[Item]
    total: int
    show: Callable[[Iterable[Item]], tuple[views.Card, ...]]
    frame: Callable[[views.Listing, str], dict[str, Any]]
    pinned: bool

    @property
    def path(self) -> str:
        """The page's own address."""
        return page_address(self.front, self.piece.number)

    def context(self) -> dict[str, Any]:
        """What the page's template gets."""
        front, piece = self.front, self.piece
        listing = views.Listing(
            items=self.show(self.items),
            number=piece.number,
            total=self.total,
            newest=front if piece.number else "",
            newer=page_address(front, piece.newer) if piece.newer is not None else "",
            older=page_address(front, piece.older) if piece.older is not None else "",
            oldest=page_address(front, 1) if piece.older is not None else "",
            pinned=self.pinned,
        )
        return self.frame(listing, self.path)


def without_shown(listing: views.Listing, blocks: Iterable[views.Block]) -> views.Listing:
    """The list without what the blocks above it show already."""
    shown = {card.url for one in blocks for card in one.items}
    return replace(listing, items=tuple(card for card in listing.items if card.url not in shown))


def block(
    portal: Portal, title: str, url: str, items: Sequence[Item], *, lead: bool = False
) -> views.Block:
    """A block of ``items`` (newest first), the first leading if wanted."""
    presenter = portal.presenter
    if lead and items:
        return views.Block(title, url, presenter.mentions(items[1:]), presenter.card(items[0]))
    return views.Block(title, url, presenter.mentions(items))


def block_digest(portal: Portal, items: Sequence[Item], *, lead: bool = False) -> bytes:
    """Covers what ``block`` shows of its items."""
    presenter = portal.presenter
    first = presenter.card_digest(items[0]) if lead and items else b""
    return first + presenter.mention_digests(items)
