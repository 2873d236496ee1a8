"""Where links within the site lead: every public address, and what is wrong with others."""

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from dangjian.content.archive import Archive, Item
from dangjian.text.references import Reference

INNER: Final = frozenset(("article", "page", "site"))
"""The kinds of reference that lead to a page of this site."""

_FIXED: Final = frozenset(
    ("index.html", "search.html", "sitemap.html", "feeds.html", "specials.html", "404.html")
)
_MADE: Final = ("feeds/", "search/", "static/", "media/", "files/", "archive/", "tags/")
_CHECKED: Final = ("archive/", "tags/")
"""Where a plan of the whole site knows all that there is."""
_NUMBERED: Final = re.compile(r"/page/\d+\.html$")


class SiteAddresses:
    """The addresses of one archive. Asked only for texts that link to the site itself."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._items: dict[str, Item] | None = None
        self._aliases: dict[str, str] = {}
        self._columns: dict[str, str] = {}

    def find(self, reference: Reference) -> str | None:
        """The address that an inner reference leads to, below the site's root; None for nowhere."""
        item = self._item(reference)
        if item is not None:
            return item.address or item.entry.external_url
        if reference.kind == "article":
            return None
        self._know()
        target = reference.target.strip("/")
        column = self._columns.get(target.removesuffix("/index.html"))
        if column is not None:
            return column
        if reference.kind == "page":
            return None
        front = _NUMBERED.sub("/index.html", target)
        if front != target and front.removesuffix("/index.html") in self._columns:
            return target
        if target in _FIXED or target.startswith(_MADE) or f"/{target}" in self._aliases:
            return target if posixpath.splitext(target)[1] else f"{target}/index.html"
        if target in self._archive.root_files:
            return target
        if target in ("archive", "tags"):
            return f"{target}/index.html"
        return None

    def _item(self, reference: Reference) -> Item | None:
        by_path, target = self._archive.by_path, reference.target
        if reference.kind == "article":
            return by_path.get(target)
        if reference.kind == "page":
            stem = re.sub(r"\.html?$", "", target, flags=re.IGNORECASE)
            return by_path.get(f"{stem}.md") or by_path.get(f"{stem}/index.md")
        known = self._know()
        return known.get(target) or known.get(f"{target}/index.html")

    def _know(self) -> dict[str, Item]:
        if self._items is not None:
            return self._items
        items = self._archive.by_path.values()
        self._items = {item.address: item for item in items if item.address}
        self._aliases = {
            alias.partition("?")[0].rstrip("/"): item.path
            for item in items
            for alias in item.entry.aliases
        }
        for column in self._archive.columns.walk():
            self._columns[column.folder] = self._columns[column.address] = column.url
        return self._items

    def relied_on(self, references: Iterable[Reference]) -> Iterator[str]:
        """The articles (by path) that have to be in an archive for ``find`` to know the way."""
        for reference in references:
            if reference.kind not in INNER:
                continue
            item = self._item(reference)
            if item is not None:
                yield item.path
            elif reference.kind != "article":
                self._know()
                holder = self._aliases.get(f"/{reference.target.strip('/')}")
                if holder is not None:
                    yield holder

    def dead(self, references: tuple[Reference, ...]) -> Iterator[tuple[Reference, str]]:
        """The inner references that lead nowhere, each with what to say of it."""
        for reference in references:
            if reference.kind not in INNER:
                continue
            item = self._item(reference)
            if item is None and self.find(reference) is None:
                yield reference, _nowhere(reference)
            elif item is not None and not self._has(item, reference.fragment):
                yield reference, _no_heading(reference)

    def not_made(
        self, references: Iterable[Reference], made: Collection[str]
    ) -> Iterator[tuple[Reference, str]]:
        """The inner references to lists that a build of the whole site does not make.

        ``made`` are the addresses of what it makes. Whether such an address is in use only the plan
        of all pages tells; ``dead`` takes it for good.
        """
        for reference in references:
            found = self.find(reference) if reference.kind == "site" else None
            if found is not None and found.startswith(_CHECKED) and found not in made:
                yield reference, _nowhere(reference)

    @staticmethod
    def _has(item: Item, fragment: str) -> bool:
        return fragment in ("", "text", "main", "top", *item.record.anchors)


def _no_heading(reference: Reference) -> str:
    return (
        f"链接“{reference.written}”所指的文章里没有“{reference.fragment}”这个小标题，"
        "请照那篇文章里小标题的文字写"
    )


def _nowhere(reference: Reference) -> str:
    written = reference.written
    if reference.kind == "article":
        return f"链接“{written}”所指的文章不存在或未公开，请改正地址或去掉链接"
    if reference.kind == "page":
        return (
            f"链接“{written}”在本站找不到；本站的文章请写它的文件名，例如 tongzhi.md，"
            "栏目请写文件夹，例如 /tzgg/"
        )
    return f"链接“{written}”在本站没有这个地址，请改正地址，或写文章的文件名（.md）"
