"""Where old addresses lead: the last build leaves it in the catalogue, for web servers."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote

import msgspec

from dangjian.content.catalogue import Catalogue

_NAME = "redirects"


def store_redirects(catalogue: Catalogue, addresses: Mapping[str, str]) -> None:
    """Store the old addresses of a whole archive, with the page or address each leads to."""
    catalogue.set_meta(_NAME, msgspec.msgpack.encode(addresses))


def stored_redirects(path: Path) -> dict[str, str]:
    """The old addresses that the last build left in the catalogue at ``path``."""
    with Catalogue(path, read_only=True) as catalogue:
        stored = catalogue.meta(_NAME)
    return msgspec.msgpack.decode(stored, type=dict[str, str]) if stored else {}


def redirect_pages(addresses: Iterable[str]) -> set[str]:
    """The files below the output at which pages for old addresses would lie."""
    paths = (unquote(address).lstrip("/") for address in addresses)
    return {f"{path}index.html" if path.endswith("/") or not path else path for path in paths}
