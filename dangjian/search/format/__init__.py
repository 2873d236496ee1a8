"""The index's layout as written and read (docs/search-format.md)."""
