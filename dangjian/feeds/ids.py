"""What a subscriber's program knows an article by: an id that outlives titles and addresses.

An article with an id of its own (编号) is known by that, whatever else changes. One without is
known by its oldest address: the first of those that its aliases (旧地址) tell, else its present
one. That depends on no other article, so a namesake takes nobody's id, and a text that is moved
with its old address registered stays the same to subscribers.
"""

from collections.abc import Iterable
from urllib.parse import unquote

from dangjian.common.digests import digest
from dangjian.common.filenames import is_address_stem
from dangjian.common.patterns import regex
from dangjian.common.report import Unnumbered
from dangjian.content.addresses import article_slug
from dangjian.content.archive import Item
from dangjian.content.columns import Column
from dangjian.pages.redirects import former_addresses

_OWN_ADDRESS = regex(r"/((?:[^/?#]+/)*\d{4}/\d{2})/([^/?#]+)\.html")
_DAY_OF_DIGEST = regex(r"\d{2}-(?=[0-9a-f]{8}$)")


def feed_key(item: Item) -> str:
    """The part of an article's tag URI that is its own: its id, else its oldest address.

    An address is written with dots (``yaowen.2026.11.peixun``), so that it can be an id (编号) as
    it is: an article that gets its key as id stays the same article.
    """
    entry = item.entry
    if entry.id:
        return entry.id
    for alias in entry.aliases:
        found = _OWN_ADDRESS.fullmatch(unquote(alias))
        if found is not None:
            return _dotted(*found.groups())
    if item.address:
        above, _, slug = item.address.removesuffix(".html").rpartition("/")
    else:  # a link has no page of its own
        above = f"{item.column.address}/" if item.column else ""
        above, slug = f"{above}{entry.filed:%Y/%m}", article_slug(item.path, entry)
    if item.column is not None:
        above = _before_moves(item.column, above)
    return _dotted(above, slug)


def _before_moves(column: Column, address: str) -> str:
    """An address below a column as it was before that, or one above it, moved."""
    for one in (column, *column.chain()[-2::-1]):
        if one.entry.aliases:
            for old in former_addresses(one):
                return old + address.removeprefix(one.address)
    return address


def _dotted(above: str, slug: str) -> str:
    # The address of a file with a Chinese name begins with the day, which may be corrected.
    slug = _DAY_OF_DIGEST.sub("", slug)
    return f"{above}/{slug}".replace("/", ".")


def unnumbered(items: Iterable[Item]) -> list[Unnumbered]:
    """The articles without an id (编号), each with the id that subscribers know it by already."""
    listed = [item for item in items if item.address]
    keys = feed_keys(listed)
    return [
        Unnumbered(item.path, keys[item.path], article_slug(item.path, item.entry))
        for item in listed
        if not item.entry.id and is_address_stem(keys[item.path])
    ]


def feed_keys(items: Iterable[Item]) -> dict[str, str]:
    """The keys of articles by path, no two of them the same.

    Two articles with one id are reported as a mistake (see ``content.archive``); until that is
    repaired the one whose path comes later is distinguished by its path.
    """
    keys: dict[str, str] = {}
    taken: set[str] = set()
    for item in sorted(items, key=lambda item: item.path):
        key = feed_key(item)
        if key in taken:
            key = f"{key}.{digest(item.path).hex()[:8]}"
        taken.add(key)
        keys[item.path] = key
    return keys
