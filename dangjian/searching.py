"""What the search index is told: each public article's words, when they are new."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from dangjian.archive import Item
from dangjian.catalogue import Catalogue
from dangjian.columns import Column
from dangjian.digests import digest
from dangjian.markup import plain_text
from dangjian.present import Presenter
from dangjian.production import SEARCH_FOLDER
from dangjian.search import IndexReport, SearchDoc, amend_index, update_index
from dangjian.workplace import Workplace


class Change(Struct):
    """Articles of which the words have changed: a digest of each by its path, and the words.

    ``columns`` are the names of all columns by their addresses.
    """

    digests: dict[str, bytes]
    documents: list[SearchDoc]
    columns: dict[str, str]


def update_search(presenter: Presenter, place: Workplace) -> list[str]:
    """Bring the index of a site up to date; returns its files' paths below the output folder.

    Reads what has been committed to the catalogue, so that it can run in another process.
    """
    items = {item.path: item for item in _searched(presenter)}

    def load(keys: Sequence[str]) -> Iterator[SearchDoc]:
        return documents(place.catalogue, [items[key] for key in keys], presenter.owner)

    _start_few_threads()
    places = _Places(presenter.owner)
    current = {path: places.digest_of(item) for path, item in items.items()}
    report = update_index(
        place.output / SEARCH_FOLDER, current, load, columns=_column_names(presenter)
    )
    return _paths(report)


def amend_search(output: Path, change: Change) -> list[str] | None:
    """The same where some articles' words are all that is new; None if that can't be done."""
    report = amend_index(
        output / SEARCH_FOLDER, change.digests, change.documents, columns=change.columns
    )
    return _paths(report) if report else None


def change_of(presenter: Presenter, catalogue: Path, paths: Iterable[str]) -> Change:
    """What is new of the articles at ``paths``; ``presenter`` needs to know no others."""
    asked = set(paths)
    items = [item for item in _searched(presenter) if item.path in asked]
    places = _Places(presenter.owner)
    return Change(
        {item.path: places.digest_of(item) for item in items},
        list(documents(catalogue, items, presenter.owner)),
        _column_names(presenter),
    )


def _paths(report: IndexReport) -> list[str]:
    return [f"{SEARCH_FOLDER}/{name}" for name in report.files]


def _column_names(presenter: Presenter) -> dict[str, str]:
    return {column.address: column.name for column in presenter.archive.columns.walk()}


def load_indexer() -> None:
    """Load what an update of an index needs: that takes as long as adding an article."""
    _start_few_threads()
    import dangjian.search.index  # noqa: F401, PLC0415


def _start_few_threads() -> None:
    # numpy multiplies no matrices here; the threads it starts for that take their time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _searched(presenter: Presenter) -> Iterator[Item]:
    archive = presenter.archive
    return (item for item in (*archive.items, *archive.pages) if item.address)


def documents(catalogue: Path, items: Iterable[Item], owner: str) -> Iterator[SearchDoc]:
    """Articles as they are searched, their texts from the catalogue."""
    by_path = {item.path: item for item in items}
    with Catalogue(catalogue, read_only=True) as texts:
        for path, body in texts.bodies(list(by_path)):
            yield _document(by_path[path], body, owner)


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
