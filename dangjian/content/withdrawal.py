"""Whether a source says that it is not to be public, even if there are mistakes in it.

To withdraw an article has to work at once; nobody looks for a comma first.
"""

import re
from datetime import datetime

from dangjian.common.patterns import regex
from dangjian.schema.dates import DateError, read_date
from dangjian.schema.entry import Entry
from dangjian.schema.frontmatter import Source
from dangjian.schema.keys import table
from dangjian.schema.texts import SourceLocation
from dangjian.schema.values import read_fields

_DRAFT = regex(
    r"^\s*(?:(?:状态|status)\s*[:：]\s*[\"'“‘]?\s*(?:草稿|draft)"
    r"|draft\s*[:：]\s*(?:true|yes|是)|published\s*[:：]\s*(?:false|no|否))",
    re.IGNORECASE | re.MULTILINE,
)
_EXPIRES = regex(r"^\s*(?:有效期至|expires)\s*[:：]\s*(.+?)\s*$", re.IGNORECASE | re.MULTILINE)
_HEAD_END = regex(r"^(?:---|\.\.\.)\s*$", re.MULTILINE)
_MAX_HEAD_LENGTH = 20_000


def read_withdrawal(source: Source, data: bytes) -> tuple[bool, datetime | None]:
    """Whether a source with mistakes says it is a draft, and when it says that it expires.

    ``data`` is the whole file, for a head that could not be taken apart.
    """
    fields = read_fields(source.fields, table(Entry), SourceLocation(source.path, "", []))
    head = _head(data)
    draft = fields.values.get("status") == "draft" or _DRAFT.search(head) is not None
    expires = fields.values.get("expires")
    if expires is None and source.broken and (written := _EXPIRES.search(head)):
        try:
            expires = read_date(written[1], day_end=True)
        except DateError:
            expires = None
    return draft, expires


def _head(data: bytes) -> str:
    start = data[:_MAX_HEAD_LENGTH]
    try:
        text = start.decode("utf-8-sig", "strict" if len(data) <= _MAX_HEAD_LENGTH else "ignore")
    except UnicodeDecodeError:
        text = start.decode("gb18030", "replace")
    lines = text.lstrip().removeprefix("---")
    end = _HEAD_END.search(lines)
    return lines[: end.start()] if end else lines
