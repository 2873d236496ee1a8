"""What the search index is told: each public article's words, when they are new."""

from collections.abc import Iterator, Sequence

from dangjian.archive import Item
from dangjian.catalogue import Catalogue
from dangjian.columns import Column
from dangjian.digests import digest
from dangjian.markup import plain_text
from dangjian.present import Presenter
from dangjian.production import SEARCH_FOLDER
from dangjian.search import SearchDoc, update_index
from dangjian.workplace import Workplace


def update_search(presenter: Presenter, place: Workplace) -> list[str]:
    """Bring the index of a site up to date; returns its files' paths below the output folder.

    Reads what has been committed to the catalogue, so that it can run in another process.
    """
    archive = presenter.archive
    searched: dict[str, Item] = {
        item.path: item for item in (*archive.items, *archive.pages) if item.address
    }

    def load(keys: Sequence[str]) -> Iterator[SearchDoc]:
        with Catalogue(place.catalogue, read_only=True) as catalogue:
            for key, body in catalogue.bodies(keys):
                yield _document(searched[key], body, presenter.owner)

    places = _Places(presenter.owner)
    current = {path: places.digest_of(item) for path, item in searched.items()}
    names = {column.address: column.name for column in archive.columns.walk()}
    report = update_index(place.output / SEARCH_FOLDER, current, load, columns=names)
    return [f"{SEARCH_FOLDER}/{name}" for name in report.files]


def _document(item: Item, body: str, owner: str) -> SearchDoc:
    entry = item.entry
    return SearchDoc(
        key=item.path,
        url=item.address,
        title=entry.title,
        summary=entry.summary,
        keywords=tuple(dict.fromkeys((*entry.keywords, *entry.tags))),
        text=plain_text(body),
        date=entry.date,
        columns=tuple(column.address for column in item.columns),
        column_name=item.column.name if item.column else "",
        source=entry.source or owner,
        type=entry.type,
    )


class _Places:
    """Covers all that the index holds of an article: its words, address, columns, source."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._columns: dict[tuple[Column, ...], bytes] = {}

    def digest_of(self, item: Item) -> bytes:
        columns = self._columns.get(item.columns)
        if columns is None:
            chain = [f"{column.address}\0{column.name}" for column in item.columns]
            columns = self._columns[item.columns] = digest(*chain, self._owner)
        return digest(item.record.digest, columns, item.address)
