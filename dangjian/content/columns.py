"""The column tree (栏目): the folders of ``content/``, each described by its ``_column.md``."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import blake2b

from msgspec import Struct, field

from dangjian.common.filenames import is_address_stem
from dangjian.common.problems import Problem
from dangjian.schema.column_entry import ColumnEntry

COLUMN_FILE = "_column.md"
RESERVED_SLUGS = frozenset(
    {"static", "media", "files", "feeds", "search", "tags", "archive", "page"}
)


class Column(Struct, eq=False):
    """A column: ``folder`` below content/, ``address`` its slugs joined by ``/``.

    ``digest`` covers what other pages show of it: its name, address and place in the tree.
    """

    folder: str
    entry: ColumnEntry
    address: str
    parent: "Column | None" = None
    children: list["Column"] = field(default_factory=list)
    declared: bool = True

    @property
    def name(self) -> str:
        return self.entry.name

    @property
    def url(self) -> str:
        """Its front page, relative to the site's root."""
        return f"{self.address}/index.html"

    @property
    def is_news(self) -> bool:
        """Whether its articles are among the newest and in the archive by months."""
        return self.entry.news and (self.parent is None or self.parent.is_news)

    def chain(self) -> list["Column"]:
        """From the top column down to this one."""
        chain: list[Column] = []
        column: Column | None = self
        while column is not None:
            chain.append(column)
            column = column.parent
        return chain[::-1]

    def walk(self) -> Iterator["Column"]:
        """This column and all below it, in the order of the tree."""
        yield self
        for child in self.children:
            yield from child.walk()


class ColumnTree(Struct, eq=False):
    """All columns by folder, and the top ones in their order."""

    by_folder: dict[str, Column]
    top: list[Column]
    problems: list[Problem]

    def walk(self) -> Iterator[Column]:
        for column in self.top:
            yield from column.walk()

    def prune(self, shown: Collection[str]) -> None:
        """Take all columns but those whose folders are ``shown`` out of what ``walk`` gives."""
        for siblings in [self.top, *(column.children for column in self.by_folder.values())]:
            siblings[:] = [column for column in siblings if column.folder in shown]

    def find(self, name: str) -> Column | None:
        """The column that an editor's ``name`` means: folder, address, or unique name."""
        wanted = name.strip().strip("/")
        if wanted in self.by_folder:
            return self.by_folder[wanted]
        parts = [part.strip() for part in wanted.split("/")]
        for column in self.walk():
            if column.address == wanted:
                return column
        matches = [c for c in self.walk() if [x.name for x in c.chain()][-len(parts) :] == parts]
        return matches[0] if len(matches) == 1 else None


def is_column_folder(folder: str) -> bool:
    """Whether a folder's own name may be a column's: not hidden, and without ``_`` in front."""
    return not any(part.startswith(("_", ".")) for part in folder.split("/"))


def build_tree(folders: Iterable[str], entries: Mapping[str, ColumnEntry | None]) -> ColumnTree:
    """Make the tree of ``folders`` (those with articles or a ``_column.md``, and their parents).

    ``entries`` has what each ``_column.md`` says, None where it can't be used. A folder without one
    takes its own name and is reported as a warning; two siblings with one address, or a top column
    with a reserved one, are errors.
    """
    wanted: set[str] = set()
    for folder in folders:
        while folder and folder not in wanted:
            wanted.add(folder)
            folder = folder.rpartition("/")[0]
    tree = ColumnTree({}, [], [])
    taken: dict[str, Column] = {}
    for folder in sorted(wanted, key=lambda f: (f.count("/"), f)):
        parent = tree.by_folder.get(folder.rpartition("/")[0])
        column = _make_column(folder, entries.get(folder), parent)
        if folder not in entries:
            tree.problems.append(_undeclared(folder, column.name))
        _settle_address(column, taken, tree.problems)
        tree.by_folder[folder] = column
        (parent.children if parent else tree.top).append(column)
    for siblings in [tree.top, *(column.children for column in tree.by_folder.values())]:
        siblings.sort(key=lambda c: (c.entry.order, c.folder))
    return tree


def _make_column(folder: str, entry: ColumnEntry | None, parent: Column | None) -> Column:
    own = folder.rpartition("/")[2]
    declared = entry is not None
    if entry is None:
        entry = ColumnEntry(name=own)
    plain = "." not in own and is_address_stem(own)
    slug = (entry.slug or (own if plain else digest_slug(own))).lower()
    address = f"{parent.address}/{slug}" if parent else slug
    return Column(folder, entry, address, parent, declared=declared)


def _undeclared(folder: str, name: str) -> Problem:
    return Problem(
        f"{folder}/{COLUMN_FILE}",
        0,
        f"栏目“{name}”没有说明文件，已暂用文件夹名作栏目名。"
        f"请在该文件夹中新建 {COLUMN_FILE}，写明名称、网址名、说明、关键词和栏目类型",
        "warning",
    )


def digest_slug(name: str) -> str:
    """A short stable ASCII name for a name that has none: eight hexadecimal digits."""
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


def _settle_address(column: Column, taken: dict[str, Column], problems: list[Problem]) -> None:
    """Report an address that can't be; the column gets another, so that its articles are built."""
    above, _, slug = column.address.rpartition("/")
    other = taken.get(column.address)
    message = ""
    if other is not None:
        message = (
            f"栏目“{column.name}”与“{other.name}”（{other.folder}/{COLUMN_FILE}）"
            f"的网址同为“{column.address}”，请给其中一个另起网址名"
        )
    elif column.parent is None and slug in RESERVED_SLUGS:
        message = f"栏目网址名“{slug}”由系统使用，请换一个，例如“{slug}-lm”"
    elif "." in slug:
        better = slug.replace(".", "-")
        message = f"栏目网址名“{slug}”里不能有点，请换一个，例如“{better}”"
    if message:
        problems.append(Problem(f"{column.folder}/{COLUMN_FILE}", 0, message))
        slug = digest_slug(column.folder)
        column.address = f"{above}/{slug}" if above else slug
    taken[column.address] = column
