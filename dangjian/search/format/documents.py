"""What the search index is given of an article, and its record of it (format, section 3.5)."""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from hashlib import blake2b

from msgspec import Struct

CHINA = timezone(timedelta(hours=8))

UNDATED = "1970-01-01"
"""The day under which a page or a special without a date is stored."""

UNDATED_TYPES = ("page", "special")

FIELDS = 9
SEPARATOR = "\x1f"
"""Follows each field of a record."""

HEAD_CELL_END = "\x01"
"""Ends a line of a body that is a cell of a table's head: a word to find, but nothing to read."""

TRADITIONAL = 1
"""Flag of a record: some character of it may be one that the fold file maps."""


class SearchDoc(Struct, frozen=True, kw_only=True):
    """An article as it is searched.

    ``key`` is stable over the article's life (the path of its source); ``url`` is relative to the
    root of the site; ``text`` is plain, with a line feed between paragraphs and
    ``HEAD_CELL_END`` behind each cell of a table's head; ``columns`` are the addresses of its
    columns, ancestors included, and ``column_name`` is that of the column shown with it; ``date``
    is taken in +08:00 to the minute.
    """

    key: str
    url: str
    title: str
    date: datetime
    summary: str = ""
    keywords: tuple[str, ...] = ()
    text: str = ""
    columns: tuple[str, ...] = ()
    column_name: str = ""
    source: str = ""
    type: str = "news"


class Record(Struct, frozen=True):
    """What a text file holds of a document: all that is indexed and all that a result shows."""

    url: str
    title: str
    date: str
    column_name: str
    source: str
    type: str
    summary: str
    keywords: str
    text: str

    @property
    def lead(self) -> str:
        """The field between title and body: the summary, then the keywords."""
        return f"{self.summary}\n{self.keywords}"


def china(date: datetime) -> datetime:
    """A date in +08:00; one without a zone is taken to be there already."""
    return date.replace(tzinfo=CHINA) if date.tzinfo is None else date.astimezone(CHINA)


def shown_date(record: Record) -> str:
    """The day of a record, YYYY-MM-DD; empty for a page or a special that has no date."""
    day = record.date[:10]
    return "" if day == UNDATED and record.type in UNDATED_TYPES else day


def day_of(date: str) -> int:
    """The day of a record's date; 0001-01-01 is day 1."""
    return datetime.fromisoformat(date).toordinal()


def minute_of(date: datetime) -> int:
    """The minute (in +08:00) of a date, counted from the beginning of the day 0."""
    local = china(date)
    return local.toordinal() * 1440 + local.hour * 60 + local.minute


def minute_bytes(minute: int) -> bytes:
    """A minute as eight bytes."""
    return minute.to_bytes(8, "little")


def key_hash(key: str) -> bytes:
    """Eight bytes that identify a document's key."""
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def short_digest(digest: bytes) -> bytes:
    """Eight bytes of the digest of a document's content."""
    return digest[:8].ljust(8, b"\0")


def record_of(doc: SearchDoc) -> Record:
    """The record of an article."""
    return Record(
        url=_clean(doc.url),
        title=_clean(doc.title),
        date=china(doc.date).strftime("%Y-%m-%dT%H:%M").rjust(16, "0"),
        column_name=_clean(doc.column_name),
        source=_clean(doc.source),
        type=_clean(doc.type),
        summary=_clean(doc.summary),
        keywords="\n".join(_clean(word) for word in doc.keywords),
        text=_clean(doc.text),
    )


def _clean(text: str) -> str:
    """A text without what a record can't hold: the separator, and lone surrogates."""
    if SEPARATOR in text:
        text = text.replace(SEPARATOR, " ")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def record_text(record: Record) -> str:
    """The text of a record: its fields, each followed by the separator."""
    return SEPARATOR.join(
        (
            record.url,
            record.title,
            record.date,
            record.column_name,
            record.source,
            record.type,
            record.summary,
            record.keywords,
            record.text,
            "",
        )
    )


def record_from(text: str) -> Record:
    """The record of a text; ``ValueError`` if it is none."""
    fields = text.split(SEPARATOR)
    if len(fields) != FIELDS + 1 or fields[-1]:
        raise ValueError("a record without its nine fields")
    return Record(*fields[:-1])


def same_columns(columns: Sequence[str]) -> tuple[str, ...]:
    """Column addresses without surrounding slashes, each once, in order."""
    return tuple(dict.fromkeys(name.strip("/") for name in columns))
