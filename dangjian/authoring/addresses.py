"""``check`` beyond the report: the addresses of files with Chinese names, and writing them.

A file whose name is not ASCII and that has no slug gets an address from its day and a digest of
its name. Written into the file, that address stays when the file is renamed or its date corrected.
"""

import re
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from dangjian.common.filenames import is_address_stem
from dangjian.common.files import write_whole
from dangjian.common.report import Unnumbered
from dangjian.content.addresses import article_slug, article_stem
from dangjian.content.columns import COLUMN_FILE, Column, build_tree
from dangjian.content.scan import scan_content
from dangjian.content.sources import column_folders
from dangjian.schema.column_entry import ColumnEntry
from dangjian.schema.entry import Entry
from dangjian.schema.export import yaml_text
from dangjian.schema.frontmatter import Source, parse_source
from dangjian.schema.reading import line_of_value, read_column, read_entry

_CHINESE = re.compile(r"[㐀-鿿]")


class Address(Struct, frozen=True):
    """The last part of an article's address that its file does not say itself."""

    path: str
    slug: str


def made_addresses(content: Path) -> list[Address]:
    """Articles whose address is made from a digest of their file's name, by path."""
    found = []
    for path in sorted(scan_content(content).sources):
        if path.endswith(COLUMN_FILE) or is_address_stem(article_stem(path)):
            continue
        try:
            raw = (content / path).read_bytes()
        except OSError:  # reported by the check itself
            continue
        entry, _ = read_entry(parse_source(raw, path))
        if entry is not None and not entry.slug and not entry.id and entry.type != "link":
            found.append(Address(path, article_slug(path, entry)))
    return found


def write_address(content: Path, address: Address) -> bool:
    """Write the slug into the file's front matter, before its title; nothing else changes.

    Returns False, and leaves the file, when it can't be done so that it reads back as meant.
    """
    file = content / address.path
    raw = file.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    source = parse_source(raw, address.path)
    line = _title_line(source)
    lines = text.splitlines(keepends=True)
    if source.broken or not 0 < line <= len(lines):
        return False
    title = lines[line - 1]
    end = "\r\n" if title.endswith("\r\n") else "\n"
    key = "网址名" if _CHINESE.match(title.lstrip()) else "slug"
    lines.insert(line - 1, f"{key}: {address.slug}{end}")
    return _replace(file, "".join(lines).encode(), lambda found: found.slug == address.slug)


def add_id(content: Path, one: Unnumbered) -> bool:
    """Write an article's id (编号) into its file, with the slug that keeps its address.

    Returns False, and leaves the file, when it can't be done so that it reads back as meant.
    """
    file = content / one.source
    raw = file.read_bytes()
    try:
        lines = raw.decode("utf-8").splitlines(keepends=True)
    except UnicodeDecodeError:
        return False
    source = parse_source(raw, one.source)
    entry, _ = read_entry(source)
    line = _title_line(source)
    if entry is None or entry.id or source.broken or not 0 < line <= len(lines):
        return False
    title = lines[line - 1]
    end = "\r\n" if title.endswith("\r\n") else "\n"
    keys = ("编号", "网址名") if _CHINESE.match(title.lstrip()) else ("id", "slug")
    rows = [f"{keys[0]}: {one.id}{end}"]
    if not entry.slug:
        rows.append(f"{keys[1]}: {one.slug}{end}")
    lines[line - 1 : line - 1] = rows

    def meant(found: Entry) -> bool:
        return (found.id, found.slug) == (one.id, entry.slug or one.slug)

    return _replace(file, "".join(lines).encode(), meant)


def add_old_address(content: Path, path: str, old: str) -> bool:
    """Register ``old`` (below the site's root) as 旧地址 in an article's file.

    Returns False, and leaves the file, when it can't be done so that it reads back as meant.
    """
    file = content / path
    raw = file.read_bytes()
    try:
        lines = raw.decode("utf-8").splitlines(keepends=True)
    except UnicodeDecodeError:
        return False
    source = parse_source(raw, path)
    entry, _ = read_entry(source)
    if entry is None or source.broken:
        return False
    wanted = (*entry.aliases, f"/{old}")
    at = line_of_value(source.fields, "旧地址", "") or _title_line(source)
    if not 0 < at <= len(lines):
        return False
    end = "\r\n" if lines[at - 1].endswith("\r\n") else "\n"
    row = f"旧地址: [{', '.join(yaml_text(one) for one in wanted)}]{end}"
    if entry.aliases:
        lines[at - 1] = row
    else:
        lines.insert(at - 1, row)
    return _replace(file, "".join(lines).encode(), lambda found: found.aliases == wanted)


def _replace(file: Path, changed: bytes, meant: Callable[[Entry], bool]) -> bool:
    """Rewrite a file if it then reads as it is meant to."""
    entry, _ = read_entry(parse_source(changed, file.name))
    if entry is None or not meant(entry):
        return False
    write_whole(file, changed)
    return True


def made_columns(content: Path) -> list[Address]:
    """Columns whose address is made from a digest of their folder's name, by ``_column.md``."""
    tree = build_tree(*columns_of(content))
    return [
        Address(f"{column.folder}/{COLUMN_FILE}", column.address.rpartition("/")[2])
        for column in tree.walk()
        if not column.entry.slug and column.address.rpartition("/")[2] != _own(column).lower()
    ]


def _own(column: Column) -> str:
    return column.folder.rpartition("/")[2]


def columns_of(content: Path) -> tuple[set[str], dict[str, ColumnEntry | None]]:
    """The folders of ``content`` that are columns, and what each ``_column.md`` says."""
    sources = scan_content(content).sources
    entries: dict[str, ColumnEntry | None] = {}
    for path in sources:
        folder, _, name = path.rpartition("/")
        if name == COLUMN_FILE:
            entries[folder] = read_column(parse_source((content / path).read_bytes(), path))[0]
    return column_folders(sources)[0], entries


def write_column_address(content: Path, address: Address) -> bool:
    """Write the slug into a column's file, behind its first key; False where that can't be."""
    file = content / address.path
    if not file.is_file():
        return False
    raw = file.read_bytes()
    source = parse_source(raw, address.path)
    try:
        lines = raw.decode("utf-8").splitlines(keepends=True)
    except UnicodeDecodeError:
        return False
    if source.broken or not source.fields or not 0 < source.fields[0].line <= len(lines):
        return False
    at = source.fields[0].line
    end = "\r\n" if lines[at - 1].endswith("\r\n") else "\n"
    lines.insert(at - 1, f"网址名: {address.slug}{end}")
    changed = "".join(lines).encode()
    column, _ = read_column(parse_source(changed, address.path))
    if column is None or column.slug != address.slug:
        return False
    write_whole(file, changed)
    return True


def _title_line(source: Source) -> int:
    """The line of the title's key; 0 when there is none."""
    for field in source.fields:
        if field.key.lower() in {"title", "标题"}:
            return field.line
    return 0
