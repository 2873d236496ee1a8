"""``invoke check`` beyond the report: the addresses of files with Chinese names, and writing them.

A file whose name is not ASCII and that has no slug gets an address from its day and a digest of
its name. Written into the file, that address stays when the file is renamed or its date mended.
"""

import re
from pathlib import Path

from msgspec import Struct

from dangjian.common.filenames import is_address_stem
from dangjian.content.archive import article_slug, article_stem
from dangjian.content.columns import COLUMN_FILE
from dangjian.content.scan import scan_content
from dangjian.schema.frontmatter import Source, parse_source
from dangjian.schema.reading import read_entry

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
        except OSError:  # told by the check itself
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
    changed = "".join(lines).encode()
    entry, _ = read_entry(parse_source(changed, address.path))
    if entry is None or entry.slug != address.slug:
        return False
    part = file.with_name(f".{file.name}.part")
    part.write_bytes(changed)
    part.replace(file)
    return True


def _title_line(source: Source) -> int:
    """The line of the title's key; 0 when there is none."""
    for field in source.fields:
        if field.key.lower() in {"title", "标题"}:
            return field.line
    return 0
