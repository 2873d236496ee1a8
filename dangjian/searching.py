"""What the search index is told: each public article's words, when they are new."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from dangjian.archive import Item
from dangjian.catalogue import Catalogue
from dangjian.columns import Column
from dangjian.digests import digest
from dangjian.markup import plain_text
from dangjian.present import Presenter

SEARCH_FOLDER = "search"


def update_search(presenter: Presenter, catalogue: Catalogue, output: Path) -> list[str]:
    """Bring the index below ``output`` up to date; returns its files' paths below ``output``."""
    from dangjian.search import SearchDoc, update_index  # noqa: PLC0415 - numpy is slow to load

    archive = presenter.archive
    searched: dict[str, Item] = {
        item.path: item for item in (*archive.items, *archive.pages) if item.address
    }

    def load(keys: Sequence[str]) -> Iterator[SearchDoc]:
        for key, body in catalogue.bodies(keys):
            item = searched[key]
            entry = item.entry
            yield SearchDoc(
                key=key,
                url=item.address,
                title=entry.title,
                summary=entry.summary,
                keywords=tuple(dict.fromkeys((*entry.keywords, *entry.tags))),
                text=plain_text(body),
                date=entry.date,
                columns=tuple(column.address for column in item.columns),
                column_name=item.column.name if item.column else "",
                source=entry.source or presenter.owner,
                type=entry.type,
            )

    places = _Places(presenter.owner)
    current = {path: places.digest_of(item) for path, item in searched.items()}
    names = {column.address: column.name for column in archive.columns.walk()}
    report = update_index(output / SEARCH_FOLDER, current, load, columns=names)
    return [f"{SEARCH_FOLDER}/{name}" for name in report.files]


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
