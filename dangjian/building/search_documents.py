"""What goes into the search index: each public article's words, when they are new."""

import os
from collections.abc import Container, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from dangjian.building.produce import SEARCH_FOLDER
from dangjian.common.digests import digest
from dangjian.common.versions import code_version
from dangjian.content.archive import Item
from dangjian.content.catalogue import Catalogue
from dangjian.content.columns import Column
from dangjian.pages.presenter import Presenter
from dangjian.search.format.documents import HEAD_CELL_END, SearchDoc, minute_of
from dangjian.text.excerpts import plain_text

if TYPE_CHECKING:
    from dangjian.search.builder.state import Edition, IndexReport

_encode = msgspec.msgpack.Encoder().encode


class SearchRequest(Struct):
    """What an index is to hold, or what of it is new; passes quickly to another process.

    ``editions`` tell of each article by its path whether it has changed (see ``Edition``),
    ``articles`` are they themselves but for their texts, packed; ``columns`` are the names of all
    columns by their addresses.
    """

    editions: dict[str, tuple[int, bytes]]
    articles: dict[str, bytes]
    columns: dict[str, str]


def search_request(presenter: Presenter, paths: Container[str] | None = None) -> SearchRequest:
    """What is to be found of an archive, or only of the articles at ``paths``."""
    archive, owner = presenter.archive, presenter.owner
    places = _Places(owner)
    request = SearchRequest(
        {}, {}, {column.address: column.name for column in archive.columns.walk()}
    )
    for item in (*archive.items, *archive.pages):
        if item.address and (paths is None or item.path in paths):
            minute = minute_of(item.entry.date)
            request.editions[item.path] = (minute, places.digest_of(item))
            request.articles[item.path] = _packed(item, owner)
    return request


def update_search(catalogue: Path, output: Path, request: SearchRequest) -> list[str]:
    """Bring the index of a site up to date; returns its files' paths below the output folder.

    Reads texts as committed to the catalogue, so that it can run in another process.
    """
    from dangjian.search.builder.update import update_index  # noqa: PLC0415 - see load_indexer

    _start_few_threads()
    load = partial(_documents, catalogue, request)
    folder, editions = output / SEARCH_FOLDER, _editions(request)
    return _paths(update_index(folder, _cache(catalogue), editions, load, columns=request.columns))


def amend_search(catalogue: Path, output: Path, request: SearchRequest) -> list[str] | None:
    """The same where some articles are all that is new; None if that can't be done."""
    from dangjian.search.builder.update import amend_index  # noqa: PLC0415 - see load_indexer

    _start_few_threads()
    load = partial(_documents, catalogue, request)
    folder, editions = output / SEARCH_FOLDER, _editions(request)
    report = amend_index(folder, _cache(catalogue), editions, load, columns=request.columns)
    return _paths(report) if report else None


def _editions(request: SearchRequest) -> "dict[str, Edition]":
    from dangjian.search.builder.state import Edition  # noqa: PLC0415 - see load_indexer

    return {path: Edition(*one) for path, one in request.editions.items()}


def _cache(catalogue: Path) -> Path:
    """Where the index builder caches: next to the catalogue of the same site and output."""
    return catalogue.with_suffix(".search")


def _paths(report: "IndexReport") -> list[str]:
    return [f"{SEARCH_FOLDER}/{name}" for name in report.files]


def load_indexer() -> None:
    """Load what an update of an index needs: that takes as long as adding an article.

    Only the process that makes the index does, not the one that makes pages.
    """
    _start_few_threads()
    import dangjian.search.builder.index  # noqa: F401, PLC0415


def _start_few_threads() -> None:
    # numpy multiplies no matrices here; the threads it starts for that take their time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _documents(catalogue: Path, request: SearchRequest, keys: Sequence[str]) -> Iterator[SearchDoc]:
    """Articles with their texts."""
    with Catalogue(catalogue, read_only=True) as texts:
        for path, body in texts.bodies(keys):
            article = msgspec.msgpack.decode(request.articles[path], type=SearchDoc)
            yield replace(article, text=plain_text(body, HEAD_CELL_END))


def _packed(item: Item, owner: str) -> bytes:
    entry = item.entry
    article = SearchDoc(
        key=item.path,
        url=item.address,
        title=entry.title,
        summary=entry.summary,
        keywords=tuple(dict.fromkeys((*entry.keywords, *entry.tags))),
        date=entry.date,
        columns=tuple([column.address for column in item.columns]),
        column_name=item.column.name if item.column else "",
        source=entry.source or owner,
        type=entry.type,
    )
    return _encode(article)


class _Places:
    """Covers all that the index holds of an article: its words, address, columns, source.

    The code is a part of it, for it decides which of a text's words are held.
    """

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._columns: dict[tuple[Column, ...], bytes] = {}

    def digest_of(self, item: Item) -> bytes:
        columns = self._columns.get(item.columns)
        if columns is None:
            chain = [f"{column.address}\0{column.name}" for column in item.columns]
            columns = self._columns[item.columns] = digest(*chain, self._owner, code_version())
        return digest(item.record.digest, columns, item.address)
