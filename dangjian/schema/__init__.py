"""The content model: what an article and a column may say of themselves, read and checked.

>>> source = parse_source(path.read_bytes(), "pldj/jcdj/huating.md")
>>> entry, problems = read_entry(source)
"""

from dangjian.schema.entry import NO_DATE, SHANGHAI, TYPE_NAMES, ColumnEntry, Entry
from dangjian.schema.frontmatter import Source, parse_source
from dangjian.schema.reading import read_column, read_entry

__all__ = [
    "NO_DATE",
    "SHANGHAI",
    "TYPE_NAMES",
    "ColumnEntry",
    "Entry",
    "Source",
    "parse_source",
    "read_column",
    "read_entry",
]
