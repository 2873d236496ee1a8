"""Making the index (docs/search-format.md): one of its three readers."""
