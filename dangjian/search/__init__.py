"""The search index: built by the engine, read by the browser and by ``invoke search``."""

from dangjian.search.builder.update import amend_index, check_index, update_index
from dangjian.search.format.documents import SearchDoc
from dangjian.search.format.manifest import IndexReport

__all__ = ["IndexReport", "SearchDoc", "amend_index", "check_index", "update_index"]
