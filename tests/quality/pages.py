"""Pages of the sample portal that show all it is made of, for checks that take their time."""

import re
from functools import cache
from pathlib import Path

from tests.sites import Built, Page

_SAMPLES = "kind-design"
_LINES = re.compile(r' d="[^"]*"')


def one_of_each(portal: Built) -> dict[str, str]:
    """Addresses of pages by what they are there for, in a fixed order.

    The richest page of each kind, and further pages until every element and every class that any
    page's ``main`` has is on one of them. The page of all components is one more kind: it shows
    every class, but not where readers meet it.
    """
    return _one_of_each(portal.output)


@cache
def _one_of_each(output: Path) -> dict[str, str]:
    pages = []
    for path in sorted(output.rglob("*.html")):
        page = Page(path.relative_to(output).as_posix(), path.read_text(encoding="utf-8"))
        if "http-equiv" not in page.source:
            pages.append(page)
    richest: dict[str, Page] = {}
    for page in pages:
        kind = str(page.all("//body/@class")[0])
        if kind not in richest or _written(page) > _written(richest[kind]):
            richest[kind] = page
    chosen = {kind: page.address for kind, page in sorted(richest.items())}
    parts = {page.address: _parts(page) for page in pages if page is not richest.get(_SAMPLES)}
    had = [parts[page] for page in chosen.values() if page in parts]
    missing = set().union(*parts.values()).difference(*had)
    while missing:
        address = max(parts, key=lambda page: len(parts[page] & missing))
        chosen[", ".join(sorted(parts[address] & missing))] = address
        missing -= parts[address]
    return chosen


def _written(page: Page) -> int:
    """How long a page is; the lines of its QR code say nothing."""
    return len(_LINES.sub("", page.source))


def _parts(page: Page) -> frozenset[str]:
    """The elements and classes of a page's main part."""
    elements = {e.tag for e in page.all("//main//*") if isinstance(e.tag, str)}
    classes = {f".{name}" for given in page.all("//main//@class") for name in given.split()}
    return frozenset(elements | classes)
