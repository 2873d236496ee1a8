"""Answering a query from an index, as the browser does (docs/search-format.md)."""
