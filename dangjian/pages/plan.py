"""What is to be made: every output with the digest of exactly what it may read.

A page's context is only built when its fingerprint differs from that of the existing file;
so planning must stay cheap, and ``parts`` must cover whatever ``context`` reads.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Page(Struct, eq=False):
    """A page to be rendered: where, by which template, and from what.

    ``texts`` are the sources whose bodies its template shows; ``origin`` is the source that an
    editor would look at when the page can't be made.
    """

    path: str
    template: str
    parts: tuple[bytes, ...]
    context: Callable[[], dict[str, Any]]
    texts: tuple[str, ...] = ()
    origin: str = ""


class GeneratedFile(Struct, eq=False):
    """An output that is made without a template: a feed, a site map, a redirect map."""

    path: str
    fingerprint: bytes
    make: Callable[[], bytes]


class CopiedFile(Struct, frozen=True):
    """An output that is a file as it is, under an address that tells its content.

    ``source`` finds the file, and is asked only when it has to be copied.
    """

    path: str
    source: Callable[[], Path]


class Slice(Struct, Generic[T], frozen=True):
    """One page of a long list: its items newest first, and the numbers of its neighbours.

    ``number`` 0 is the front. ``newer`` and ``older`` are page numbers (0 for the front), or None.
    """

    number: int
    items: tuple[T, ...]
    newer: int | None
    older: int | None


def paginate(items: Sequence[T], size: int) -> Iterator[Slice[T]]:
    """Cut a list (oldest first) into numbered pages, counted from the oldest, and a front.

    The front shows the newest full page and what has come since, between ``size`` and
    ``2 * size - 1`` items. A page gets its number when the next one is full; from then on it never
    changes, but once for its link to the next newer.
    """
    last = max(len(items) // size - 1, 0)
    yield Slice(0, tuple(reversed(items[last * size :])), None, last or None)
    for number in range(1, last + 1):
        page = tuple(reversed(items[(number - 1) * size : number * size]))
        yield Slice(number, page, number + 1 if number < last else 0, number - 1 or None)


def page_address(front: str, number: int) -> str:
    """The address of page ``number`` of the list whose front is ``front`` (``…/index.html``)."""
    return front if number == 0 else f"{front.removesuffix('index.html')}page/{number}.html"
