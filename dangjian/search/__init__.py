"""The search index: built by the engine, read by the browser and by ``invoke search``."""

from dangjian.search.documents import SearchDoc
from dangjian.search.manifest import IndexReport
from dangjian.search.update import amend_index, check_index, update_index

__all__ = ["IndexReport", "SearchDoc", "amend_index", "check_index", "update_index"]
