"""Old addresses that still answer: redirect pages, and what web servers get of them all."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from urllib.parse import unquote

from msgspec import Struct

from dangjian.common.filenames import can_be_file
from dangjian.content.archive import Archive
from dangjian.content.columns import COLUMN_FILE, Column

_PAGE = re.compile(r"(?:.*/)?[^/?#]+\.html?|(?:.*/)?")


class Aliases(Struct, frozen=True):
    """Redirects: ``pages`` by output path (target, title, source), ``addresses`` all of them."""

    pages: dict[str, tuple[str, str, str]]
    addresses: dict[str, str]


class _Claim(Struct, frozen=True):
    """An old address that a source claims, and where it leads.

    One that only ``follows`` from that of a column gives way to everything else.
    """

    alias: str
    target: str
    title: str
    source: str
    follows: bool = False


def gather_aliases(archive: Archive, taken: Iterable[str], prefix: str = "/") -> Aliases:
    """All aliases of public articles and of columns; the site is at ``prefix`` of its host.

    An alias that is a page already (``taken`` has the planned output paths), or that two sources
    claim, is an error that names both; servers do not distinguish case. An old address that no
    folder of files can answer (with a query, another ending, a name that some system refuses) is
    for web servers only.
    """
    pages: dict[str, tuple[str, str, str]] = {}
    addresses: dict[str, str] = {}
    owners: dict[str, _Claim] = {}
    present = {path.casefold() for path in taken}
    for claim in chain(_of_articles(archive), _of_columns(archive)):
        alias = f"/{claim.alias.removeprefix(prefix).lstrip('/')}"
        path = unquote(alias).lstrip("/")
        other = owners.setdefault(path.casefold(), claim)
        if path.endswith("/") or not path:
            path += "index.html"
        if path.casefold() in present:
            if not claim.follows:
                message = f"旧地址“{claim.alias}”现在是本站的一个页面，不能再转向，请去掉这一行"
                archive.note_at(claim.source, "旧地址", claim.alias, message)
            continue
        if other.source != claim.source:
            if not claim.follows:
                archive.note_at(claim.source, "旧地址", claim.alias, _conflict(claim, other))
            continue
        addresses[alias] = claim.target
        if other is claim and _PAGE.fullmatch(path) and can_be_file(path):
            pages[path] = (claim.target, claim.title, claim.source)
    return Aliases(pages, addresses)


def _conflict(claim: _Claim, other: _Claim) -> str:
    if claim.alias == other.alias:
        return f"旧地址“{claim.alias}”已由“{other.source}”使用，请去掉其中一处"
    return (
        f"旧地址“{claim.alias}”与“{other.source}”的“{other.alias}”只是写法或大小写不同，"
        "网页服务器分不清，请去掉其中一处"
    )


def _of_articles(archive: Archive) -> Iterator[_Claim]:
    for item in archive.by_path.values():
        for alias in item.entry.aliases:
            target = item.address or item.entry.external_url
            yield _Claim(alias, target, item.entry.title, item.path)


def _of_columns(archive: Archive) -> Iterator[_Claim]:
    """The old addresses of columns, and those of the articles in them that follow."""
    moved = [column for column in archive.columns.walk() if column.entry.aliases]
    for column in moved:
        for alias in column.entry.aliases:
            yield _Claim(alias, column.url, column.name, source_of(column))
    for column in moved:
        base = f"{column.address}/"
        below = [i for i in archive.by_path.values() if i.address.startswith(base)]
        for old in former_addresses(column):
            for child in islice(column.walk(), 1, None):
                alias = f"/{old}/{child.address.removeprefix(base)}/"
                yield _Claim(alias, child.url, child.name, source_of(child), follows=True)
            for item in below:
                alias = f"/{old}/{item.address.removeprefix(base)}"
                yield _Claim(alias, item.address, item.entry.title, item.path, follows=True)


def source_of(column: Column) -> str:
    """The file that describes a column."""
    return f"{column.folder}/{COLUMN_FILE}"


def former_addresses(column: Column) -> Iterator[str]:
    """The addresses a column had, as parts of others': ``a/b`` for ``/a/b/`` and its index.html."""
    for alias in column.entry.aliases:
        path = unquote(alias).removesuffix("index.html")
        if path.endswith("/") and path.strip("/"):
            yield path.strip("/")
