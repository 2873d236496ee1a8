"""The search index: built by the engine, read by the browser and by ``invoke search``."""

from dangjian.search.documents import SearchDoc
from dangjian.search.index import IndexReport, check_index, update_index

__all__ = ["IndexReport", "SearchDoc", "check_index", "update_index"]
