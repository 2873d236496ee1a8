"""The content model: what an article and a column may say of themselves, read and checked.

>>> source = frontmatter.parse_source(path.read_bytes(), "pldj/jcdj/huating.md")
>>> entry, problems = reading.read_entry(source)

Here is the model alone; the reading of files takes YAML, which is slow to load.
"""

from dangjian.common.timezone import SHANGHAI
from dangjian.schema.column_entry import ColumnEntry
from dangjian.schema.entry import Entry
from dangjian.schema.terms import NO_DATE, TYPE_NAMES

__all__ = ["NO_DATE", "SHANGHAI", "TYPE_NAMES", "ColumnEntry", "Entry"]
