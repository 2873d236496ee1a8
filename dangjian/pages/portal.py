"""What all page plans share: the archive, its presenter, the office, and how a page is framed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from dangjian.common.digests import digest
from dangjian.content.archive import Archive, Item
from dangjian.content.catalogue import SourceRow
from dangjian.content.columns import COLUMN_FILE, Column
from dangjian.pages.heads import Heads
from dangjian.pages.plan import Page, page_address, paginate
from dangjian.pages.presenter import Presenter
from dangjian.rendering import views
from dangjian.settings import Office
from dangjian.text.references import Reference, Target


class Portal(Struct, eq=False):
    """One build's view of the whole site, from which page plans are made."""

    archive: Archive
    presenter: Presenter
    office: Office
    heads: Heads
    sources: Mapping[str, SourceRow]

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

    def targets(self, references: Sequence[Reference]) -> dict[str, Target]:
        """Where symbolic references lead; those that lead nowhere are left out."""
        found: dict[str, Target] = {}
        for reference in references:
            key = f"{reference.kind}:{reference.target}"
            if reference.kind == "article":
                other = self.archive.by_path.get(reference.target)
                if other is not None:
                    found[key] = Target(other.address or other.entry.external_url)
                continue
            facts = self.presenter.files.get(key)
            if facts is not None and not facts.error:
                found[key] = Target(facts.name, facts.width, facts.height)
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
) -> Iterator[Page]:
    """The pages of one list (oldest first): its front, and the numbered ones that never change.

    ``parts`` cover what the front shows besides its list, the first of them what all pages show.
    ``context`` makes a page's context from its listing and address; ``texts`` are shown by all.
    A ``rich`` list has summaries and pictures. Articles put on top (置顶) stand first on the front,
    wherever they are in the list.
    """
    presenter = portal.presenter
    show = presenter.cards if rich else presenter.mentions
    cover = presenter.digests if rich else presenter.mention_digests
    top = [item for item in reversed(items) if presenter.is_top(item)]
    on_top = {item.path for item in top}
    for piece in paginate(items, portal.office.page_size):
        shown = list(piece.items)
        if piece.number == 0 and top:
            shown = top + [item for item in shown if item.path not in on_top]
        path = page_address(front, piece.number)
        total = len(items) if piece.number == 0 else 0

        def make(
            shown: list[Item] = shown,
            path: str = path,
            number: int = piece.number,
            total: int = total,
            newer: int | None = piece.newer,
            older: int | None = piece.older,
        ) -> dict[str, Any]:
            listing = views.Listing(
                items=show(shown),
                number=number,
                total=total,
                newest=front if number else "",
                newer=page_address(front, newer) if newer is not None else "",
                older=page_address(front, older) if older is not None else "",
                oldest=page_address(front, 1) if older is not None else "",
            )
            return context(listing, path)

        numbers = f"{piece.number} {total} {piece.newer} {piece.older}"
        own = parts if piece.number == 0 else parts[:1]
        yield Page(path, template, (*own, cover(shown), numbers.encode()), make, texts)


def block(
    portal: Portal, title: str, url: str, items: Sequence[Item], limit: int, *, lead: bool = False
) -> views.Block:
    """A block of the newest ``limit`` of ``items`` (oldest first), the first leading if wanted."""
    newest = list(reversed(items[-limit:] if limit else items[:0]))
    presenter = portal.presenter
    if lead and newest:
        return views.Block(title, url, presenter.mentions(newest[1:]), presenter.card(newest[0]))
    return views.Block(title, url, presenter.mentions(newest))


def block_digest(portal: Portal, items: Sequence[Item], limit: int, *, lead: bool = False) -> bytes:
    """Covers what ``block`` shows of its items."""
    presenter = portal.presenter
    shown = items[-limit:] if limit else ()
    first = presenter.card_digest(shown[-1]) if lead and shown else b""
    return first + presenter.mention_digests(shown)
