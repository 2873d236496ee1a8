"""What the search index is told: each public article's words, when they are new."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from dangjian.archive import Item
from dangjian.catalogue import Catalogue
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

    current = {path: search_digest(presenter, item) for path, item in searched.items()}
    names = {column.address: column.name for i in searched.values() for column in i.columns}
    report = update_index(output / SEARCH_FOLDER, current, load, columns=names)
    return [f"{SEARCH_FOLDER}/{name}" for name in report.files]


def search_digest(presenter: Presenter, item: Item) -> bytes:
    """Covers all that the index holds of an article."""
    columns = "\0".join(column.address for column in item.columns)
    name = item.column.name if item.column else ""
    return digest(item.record.digest, item.address, columns, name, presenter.owner)
