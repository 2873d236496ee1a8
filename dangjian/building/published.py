"""What a build for publishing leaves for the publisher: its files, and the public articles."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from dangjian.building.cache_folder import at_work
from dangjian.building.output_list import list_file, read_list
from dangjian.content.addresses import is_dated
from dangjian.content.catalogue import Catalogue
from dangjian.settings.workspace import Workplace

if TYPE_CHECKING:
    from dangjian.pages.presenter import Presenter

_NAME = "articles"
_NEWEST = "newest"


class Newest(Struct, frozen=True):
    """When the newest listed article was published or changed (empty if none has a date), and how
    many there are.
    """

    moment: str = ""
    articles: int = 0


Articles = dict[str, tuple[str, str]]
"""The title and the address (empty for a link) of each public article, by its source."""


def note_articles(catalogue: Catalogue, presenter: "Presenter") -> None:
    """Store the list of public articles."""
    archive = presenter.archive
    listed = {item.path: item for item in (*archive.items, *archive.pages, *archive.specials)}
    listed |= {item.path: item for item in archive.hidden}
    articles = {path: (item.entry.title, item.address) for path, item in sorted(listed.items())}
    catalogue.set_meta(_NAME, msgspec.msgpack.encode(articles))
    shown = [item.entry for item in (*archive.items, *archive.pages, *archive.specials)]
    moments = [entry.updated or entry.date for entry in shown if is_dated(entry)]
    newest = Newest(max(moments).isoformat() if moments else "", len(shown))
    catalogue.set_meta(_NEWEST, msgspec.msgpack.encode(newest))


def last_newest(place: Workplace) -> Newest:
    """What the last build noted of its newest article."""
    with Catalogue(place.catalogue, read_only=True) as catalogue:
        noted = catalogue.meta(_NEWEST)
    return msgspec.msgpack.decode(noted, type=Newest) if noted else Newest()


@contextmanager
def last_articles(place: Workplace) -> Iterator[tuple[Articles, Callable[[str], bytes]]]:
    """The articles of the last build, and what gives the digest of a source by its path."""
    with Catalogue(place.catalogue, read_only=True) as catalogue:
        yield noted_articles(catalogue), catalogue.digest


def noted_articles(catalogue: Catalogue) -> Articles:
    """The public articles of the last build."""
    noted = catalogue.meta(_NAME)
    return msgspec.msgpack.decode(noted, type=Articles) if noted else {}


def note_published(place: Workplace) -> None:
    """Note that what the last build made is live now."""
    with at_work(place.catalogue), Catalogue(place.catalogue) as catalogue:
        if catalogue.has_set_aside():
            catalogue.note_published()
            catalogue.commit()


def read_plan(place: Workplace) -> dict[str, int | None]:
    """The files that the last build left, with their sizes (bytes) where known."""
    with Catalogue(place.catalogue, read_only=True) as catalogue:
        rows = catalogue.outputs()
    paths = (read_list(list_file(place)) or set()) | rows.keys()
    return {path: rows[path].stat.size if path in rows else None for path in sorted(paths)}
