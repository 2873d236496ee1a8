"""The preset dictionary of a segment's records: phrases that many documents share."""

from collections.abc import Sequence

from dangjian.search.documents import Record


def dictionary_of(records: Sequence[Record]) -> bytes:
    """A preset dictionary for deflate, empty if it would not pay."""
    return b""
