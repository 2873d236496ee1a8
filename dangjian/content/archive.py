"""The archive: which articles are public, where each is, and in which lists.

Made again in each build from the catalogue's records, in time linear in the articles. Nothing
here reads a file or a text.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct, field

from dangjian.common.filenames import is_address_stem
from dangjian.common.problems import Level, Problems
from dangjian.common.report import Held, Moved, Withheld
from dangjian.content.addresses import address_of, article_stem, is_dated
from dangjian.content.article_ids import shared_ids
from dangjian.content.catalogue import Record
from dangjian.content.columns import Column, ColumnTree, digest_slug
from dangjian.schema.entry import Entry


class Item(Struct, eq=False):
    """An article in the archive: its record, its column, its address (empty for a link)."""

    path: str
    record: Record
    entry: Entry
    column: Column | None
    address: str
    held: Held = ""
    columns: tuple[Column, ...] = ()
    previous: "Item | None" = None
    next: "Item | None" = None

    @property
    def withheld(self) -> bool:
        """Whether it is not public, and only here because the build shows drafts."""
        return bool(self.held)

    @property
    def stem(self) -> str:
        """The file's own name, or its folder's for an ``index.md``."""
        return article_stem(self.path)

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def dated(self) -> bool:
        return is_dated(self.entry)


class Unplaced(Struct, frozen=True):
    """A problem with what an article names under a key; reporting it looks for the line."""

    path: str
    key: str
    written: str
    message: str
    level: Level = "error"


class Tag(Struct, eq=False):
    """A tag (标签) with its address and its articles, oldest first."""

    name: str
    slug: str
    items: list[Item] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"tags/{self.slug}/index.html"


class Archive(Struct, eq=False):
    """All that is public (and, for preview, what is not yet). Lists run from the oldest on.

    ``hidden`` are those with a page that nothing lists, ``shadowed`` the paths of those that have
    none because another article has their address. ``column_of`` gives the column of each folder
    that holds articles. ``root_files`` are those of ``content/_root/``, by their addresses.
    """

    columns: ColumnTree
    column_of: Mapping[str, Column | None] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    pages: list[Item] = field(default_factory=list)
    specials: list[Item] = field(default_factory=list)
    hidden: list[Item] = field(default_factory=list)
    shadowed: list[str] = field(default_factory=list)
    by_path: dict[str, Item] = field(default_factory=dict)
    in_column: dict[str, list[Item]] = field(default_factory=dict)
    own: dict[str, list[Item]] = field(default_factory=dict)
    in_special: dict[str, list[Item]] = field(default_factory=dict)
    tags: dict[str, Tag] = field(default_factory=dict)
    months: dict[tuple[int, int], list[Item]] = field(default_factory=dict)
    interprets: dict[str, list[Item]] = field(default_factory=dict)
    interpreted_by: dict[str, list[Item]] = field(default_factory=dict)
    withheld: list[Withheld] = field(default_factory=list)
    next_change: datetime | None = None
    problems: Problems = field(default_factory=Problems)
    unplaced: list[Unplaced] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    root_files: dict[str, bytes] = field(default_factory=dict)

    def news(self) -> Sequence[Item]:
        """All articles, oldest first, but those of columns that are no news (列入往期: 否)."""
        others = {column.folder for column in self.columns.walk() if not column.is_news}
        if not others:
            return self.items
        return [i for i in self.items if i.column is None or i.column.folder not in others]

    def note(
        self, item: Item, key: str, written: str, message: str, level: Level = "error"
    ) -> None:
        """Note a problem with what an article writes under a key (its Chinese name)."""
        self.note_at(item.path, key, written, message, level)

    def note_at(
        self, path: str, key: str, written: str, message: str, level: Level = "error"
    ) -> None:
        """The same for an article that is not in the archive."""
        self.unplaced.append(Unplaced(path, key, written, message, level))


class Clock(Struct, frozen=True):
    """When the build takes place, and whether withheld articles are shown all the same."""

    now: datetime
    drafts: bool = False


def build_archive(
    records: Mapping[str, Record],
    columns: ColumnTree,
    column_of: Mapping[str, Column | None],
    clock: Clock,
) -> Archive:
    """Arrange ``records`` (by source path) into the archive.

    ``column_of`` gives the column of each folder that holds articles.
    """
    archive = Archive(columns, column_of)
    archive.problems.extend(columns.problems)
    items = _visible(records, clock, archive)
    _settle_addresses(items, archive)
    archive.problems.extend(shared_ids((item.path, item.entry.id) for item in items))
    items = [item for item in items if item.path in archive.by_path]
    items.sort(key=lambda item: (item.entry.date, item.path))
    for item in items:
        if item.entry.status == "hidden":
            archive.hidden.append(item)
            continue
        if item.entry.type == "page":
            archive.pages.append(item)
            continue
        if item.entry.type == "special":
            archive.specials.append(item)
        if item.dated:
            archive.items.append(item)
    _list_by_column(archive)
    _list_by_tag(archive)
    _list_by_month(archive)
    _gather_specials(archive)
    _link_interpretations(archive)
    return archive


def _visible(records: Mapping[str, Record], clock: Clock, archive: Archive) -> list[Item]:
    items: list[Item] = []
    now, drafts = clock.now, clock.drafts
    changes: list[datetime] = []
    for path, record in records.items():
        entry = record.entry
        if entry is None:
            continue
        held = _held(entry, now)
        if entry.date > now:
            changes.append(entry.date)
        if entry.expires is not None and entry.expires > now:
            changes.append(entry.expires)
        for moment in _turning_points(entry):
            if moment is not None and moment > now:
                changes.append(moment)
        if held:
            moment = entry.expires if held == "expired" else entry.date
            archive.withheld.append(
                Withheld(path, entry.title, held, moment, entry.written is not None)
            )
            if not drafts:
                continue
        column = archive.column_of.get(path.rpartition("/")[0])
        if entry.column:
            column = _named_column(path, entry.column, column, archive)
        items.append(Item(path, record, entry, column, address_of(path, entry, column), held))
    archive.next_change = min(changes, default=None)
    return items


def _held(entry: Entry, now: datetime) -> Held:
    """Why an article is not public at a moment; empty when it is."""
    if entry.status == "draft":
        return "draft"
    if entry.expires is not None and entry.expires <= now:
        return "expired"
    return "scheduled" if entry.date > now else ""


def _named_column(path: str, name: str, own: Column | None, archive: Archive) -> Column | None:
    """The column that an article names, instead of that of its folder (``own``)."""
    named = archive.columns.find(name)
    if named is None:
        message = (
            f"栏目“{name}”不存在，已按所在的文件夹列入。"
            "请写栏目文件夹的路径（如 dangjian/jiceng）或唯一的栏目名称，或去掉这一行"
        )
        archive.unplaced.append(Unplaced(path, "栏目", name, message, "warning"))
    return named or own


def _turning_points(entry: Entry) -> tuple[datetime | None, ...]:
    """The moments at which a public article looks different without having been edited."""
    return (
        entry.top_until,
        entry.notice_start,
        entry.notice_end,
        entry.effective,
        entry.repealed,
    )


def _settle_addresses(items: list[Item], archive: Archive) -> None:
    """Enter items by path; where two have one address, the first stays, the other is reported."""
    taken: dict[str, Item] = {}
    for item in sorted(items, key=lambda i: i.path):
        if item.address:
            other = taken.setdefault(item.address, item)
            if other is not item:
                archive.problems.add(
                    item.path,
                    1,
                    f"网址与“{other.path}”相同（{item.address}），本篇未生成。"
                    "请改文件名，或在文件头写上不同的“网址名”",
                )
                archive.shadowed.append(item.path)
                continue
        archive.by_path[item.path] = item


def _list_by_column(archive: Archive) -> None:
    listed: dict[str, list[Item]] = defaultdict(list)
    own: dict[str, list[Item]] = defaultdict(list)
    for item in archive.items:
        targets: dict[str, Column] = {}
        if item.column is not None:
            targets = {c.folder: c for c in item.column.chain()}
            if item.entry.type != "link":
                own[item.column.folder].append(item)
        if item.entry.also_in:
            for other in _also_in(item, archive):
                targets |= {c.folder: c for c in other.chain()}
        item.columns = tuple(targets.values())
        for folder in targets:
            listed[folder].append(item)
    for siblings in own.values():
        for before, after in pairwise(siblings):
            before.next, after.previous = after, before
    archive.in_column, archive.own = dict(listed), dict(own)


def _also_in(item: Item, archive: Archive) -> list[Column]:
    found = []
    for name in item.entry.also_in:
        column = archive.columns.find(name)
        if column is None:
            message = (
                f"“同时列入”所写的栏目“{name}”不存在，"
                "请写栏目文件夹的路径（如 dangjian/jiceng）或唯一的栏目名称"
            )
            archive.note(item, "同时列入", name, message)
        else:
            found.append(column)
    return found


def fold_name(name: str) -> str:
    """A name without what does not make it another: width, case, inner space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).casefold()


def _list_by_tag(archive: Archive) -> None:
    by_slug: dict[str, Tag] = {}
    slugs: dict[str, str] = {}
    first: dict[str, str] = {}
    reported: set[str] = set()
    for item in archive.items:
        for name in item.entry.tags:
            slug = slugs.get(name)
            if slug is None:
                slug = slugs[name] = tag_slug(name)
            tag = by_slug.get(slug)
            if tag is None:
                tag = by_slug[slug] = Tag(name, slug)
                first[slug] = item.path
            elif tag.name != name and name not in reported:
                reported.add(name)
                message = (
                    f"标签“{name}”与“{tag.name}”（见 {first[slug]}）只是大小写、空格不同，"
                    "已并为一个标签，宜统一成一种写法"
                )
                archive.note(item, "标签", name, message, "warning")
            if not tag.items or tag.items[-1] is not item:
                tag.items.append(item)
    archive.tags = {tag.name: tag for tag in by_slug.values()}


@lru_cache(maxsize=4096)
def tag_slug(name: str) -> str:
    """The address part of a tag: itself when plain ASCII, else a digest of its folded name."""
    folded = fold_name(name)
    plain = "." not in folded and is_address_stem(folded)
    return folded if plain else digest_slug(folded)


def _list_by_month(archive: Archive) -> None:
    months: dict[tuple[int, int], list[Item]] = defaultdict(list)
    for item in archive.news():
        months[item.entry.date.year, item.entry.date.month].append(item)
    archive.months = dict(months)


def _names(items: Iterable[Item]) -> dict[str, Item]:
    """Items by every name an editor may call them: path, file name, slug, id, title."""
    names: dict[str, Item] = {}
    for item in items:
        for name in (item.entry.title, item.stem, item.entry.slug, item.entry.id, item.path):
            if name:
                names[name] = item
    return names


def _gather_specials(archive: Archive) -> None:
    names = _names(archive.specials)
    archive.in_special = {item.path: [] for item in archive.specials}
    for item in archive.items:
        for name in item.entry.special:
            special = names.get(name)
            if special is None:
                known = "、".join(s.stem for s in archive.specials) or "无"
                message = f"专题“{name}”不存在；现有专题：{known}。请写专题的文件名或标题"
                archive.note(item, "专题", name, message)
            elif special is not item:
                archive.in_special[special.path].append(item)


def _link_interpretations(archive: Archive) -> None:
    """Link documents and interpretations both ways, whichever names the other; none to a hidden."""
    naming = [i for i in archive.by_path.values() if i.entry.interprets or i.entry.interpreted_by]
    if not naming:
        return
    names = _names(archive.by_path.values())
    forward: dict[str, dict[str, Item]] = defaultdict(dict)
    backward: dict[str, dict[str, Item]] = defaultdict(dict)
    for item in sorted(naming, key=lambda i: i.path):
        pairs = [(name, True) for name in item.entry.interprets]
        pairs += [(name, False) for name in item.entry.interpreted_by]
        for name, interprets in pairs:
            other = names.get(name) or names.get(name.removeprefix("/"))
            if other is None or other is item:
                key = "解读" if interprets else "被解读"
                message = (
                    f"“{key}”所指的“{name}”不存在或未公开，请写对方的文件名（不带 .md）、编号或路径"
                )
                archive.note(item, key, name, message)
                continue
            reading, document = (item, other) if interprets else (other, item)
            if document.entry.status != "hidden":
                forward[reading.path][document.path] = document
            if reading.entry.status != "hidden":
                backward[document.path][reading.path] = reading
    archive.interprets = {path: list(found.values()) for path, found in forward.items()}
    archive.interpreted_by = {path: list(found.values()) for path, found in backward.items()}
