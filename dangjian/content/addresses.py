"""The address an article has, by its folder's column, its date and its name."""

import unicodedata

from dangjian.common.filenames import is_address_stem
from dangjian.content.columns import Column, digest_slug
from dangjian.schema.entry import Entry
from dangjian.schema.terms import NO_DATE, UNDATED_TYPES


def is_dated(entry: Entry) -> bool:
    """Whether an article has a date of its own; pages and specials need none."""
    return entry.date != NO_DATE or entry.type not in UNDATED_TYPES


def article_stem(path: str) -> str:
    """A source's name without ending; the folder's name for ``index.md``."""
    folder, _, name = path.rpartition("/")
    stem = name.removesuffix(".md")
    return folder.rpartition("/")[2] if stem == "index" and folder else stem


def article_slug(path: str, entry: Entry) -> str:
    """The last part of an article's address: its slug, id, or ASCII file name.

    A file with a Chinese name gets the day and a short digest of its name, which stays the same
    whatever happens to the title.
    """
    named = entry.slug or entry.id
    if named and is_address_stem(named):
        return named.lower()
    stem = article_stem(path)
    if is_address_stem(stem):
        return stem.lower()
    digest = digest_slug(unicodedata.normalize("NFC", stem))
    return f"{entry.filed:%d}-{digest}" if is_dated(entry) else digest


def address_of(path: str, entry: Entry, column: Column | None) -> str:
    """An article's address below the site's root; empty for a link, which has no page."""
    if entry.type == "link":
        return ""
    base = f"{column.address}/" if column else ""
    slug = article_slug(path, entry)
    if entry.type == "special":
        return f"{base}{slug}/index.html"
    if entry.type == "page":
        return f"{base}{slug}.html"
    return f"{base}{entry.filed.year:04}/{entry.filed.month:02}/{slug}.html"
