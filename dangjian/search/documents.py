"""What the search index is given of an article, and the record it keeps (format, section 3.5)."""

import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from hashlib import blake2b

from msgspec import Struct

CHINA = timezone(timedelta(hours=8))
_SEPARATOR = "\x1f"
_UTF8 = 1
_WITH_DICTIONARY = 2
_TRADITIONAL = 4


class SearchDoc(Struct, frozen=True, kw_only=True):
    """An article as it is searched.

    ``key`` is stable over the article's life (the path of its source); ``url`` is relative to the
    root of the site; ``text`` is plain, with a line feed between paragraphs; ``columns`` are the
    addresses of its columns, ancestors included, and ``column_name`` is that of the column shown
    with it; ``date`` is taken in +08:00 to the minute.
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


def day_and_minute(date: str) -> tuple[int, int]:
    """Day (0001-01-01 is 1) and minute of the day of a record's date."""
    moment = datetime.fromisoformat(date)
    return moment.toordinal(), moment.hour * 60 + moment.minute


def key_hash(key: str) -> bytes:
    """Eight bytes that stand for a document's key."""
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def short_digest(digest: bytes) -> bytes:
    """Eight bytes that stand for the digest of a document's content."""
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
    if _SEPARATOR in text:
        text = text.replace(_SEPARATOR, " ")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def record_text(record: Record) -> str:
    """The text of a record: its fields, separated."""
    return _SEPARATOR.join(
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
        )
    )


class Packer:
    """Makes the bytes of records, with one preset dictionary (or none)."""

    def __init__(self, dictionary: bytes) -> None:
        self._flags = _WITH_DICTIONARY if dictionary else 0
        if dictionary:
            self._primed = zlib.compressobj(6, zlib.DEFLATED, -15, zdict=dictionary)
        else:
            self._primed = zlib.compressobj(6, zlib.DEFLATED, -15)

    def pack(self, text: str, unstable: bool, traditional: bool) -> bytes:
        """The bytes of a record: whether some character is not the same in every GB 18030, and
        whether some is one that the fold file maps, is known to who has folded the text.
        """
        flags = self._flags | (_UTF8 if unstable else 0) | (_TRADITIONAL if traditional else 0)
        packer = self._primed.copy()
        data = text.encode("utf-8" if unstable else "gb18030")
        return bytes((flags,)) + packer.compress(data) + packer.flush()


def unpack_record(data: bytes, dictionary: bytes) -> Record:
    """Read a record; ``ValueError`` (or ``zlib.error``) if it is damaged."""
    if not data:
        raise ValueError("an empty record")
    if data[0] & _WITH_DICTIONARY:
        reader = zlib.decompressobj(-15, zdict=dictionary)
    else:
        reader = zlib.decompressobj(-15)
    raw = reader.decompress(data[1:]) + reader.flush()
    if not reader.eof:
        raise ValueError("a record is cut off")
    fields = raw.decode("utf-8" if data[0] & _UTF8 else "gb18030").split(_SEPARATOR)
    if len(fields) != 9:
        raise ValueError("a record without its nine fields")
    return Record(*fields)


def same_columns(columns: Sequence[str]) -> tuple[str, ...]:
    """Column addresses without surrounding slashes, each once, in order."""
    return tuple(dict.fromkeys(name.strip("/") for name in columns))
