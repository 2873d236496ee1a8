"""What downloads are saved as: the last build leaves it in the catalogue, for web servers."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from dangjian.content.catalogue import Catalogue

_NAME = "downloads"


def store_downloads(catalogue: Catalogue, names: Mapping[str, str]) -> None:
    """Store the name of each download of a whole archive, by its address."""
    encoded = msgspec.msgpack.encode(names)
    if encoded != catalogue.meta(_NAME):
        catalogue.set_meta(_NAME, encoded)


def stored_downloads(path: Path) -> dict[str, str]:
    """The names that the last build left in the catalogue at ``path``."""
    with Catalogue(path, read_only=True) as catalogue:
        stored = catalogue.meta(_NAME)
    return msgspec.msgpack.decode(stored, type=dict[str, str]) if stored else {}
