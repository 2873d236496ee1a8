"""The search index: built by the engine, read by the browser and by ``invoke search``."""

from dangjian.search.documents import SearchDoc
from dangjian.search.index import IndexReport, update_index

__all__ = ["IndexReport", "SearchDoc", "update_index"]
