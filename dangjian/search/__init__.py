"""The search index: built by the engine, read by the browser and by the command ``search``."""

from dangjian.search.builder.state import Edition, IndexReport
from dangjian.search.builder.update import amend_index, update_index
from dangjian.search.format.documents import HEAD_CELL_END, SearchDoc, minute_of

__all__ = [
    "HEAD_CELL_END",
    "Edition",
    "IndexReport",
    "SearchDoc",
    "amend_index",
    "minute_of",
    "update_index",
]
