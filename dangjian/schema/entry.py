"""What an article may say of itself: the one typed model of its front matter.

Validation, the editors' reference table, the JSON Schema and the snippets of ``invoke new`` are
all made from the annotations here; nothing else lists the keys.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

ArticleType = Literal["news", "document", "notice", "photo", "video", "special", "page", "link"]
Status = Literal["draft", "published", "hidden"]
Flag = Literal["headline", "recommend", "slide", "photo", "top"]
Validity = Literal["有效", "失效", "废止"]


class PictureRef(Struct, frozen=True):
    """A picture an article names: ``src`` relative to ``content/``, or an absolute address."""

    src: str
    alt: str
    caption: str = ""
    line: int = 0


class AttachmentRef(Struct, frozen=True):
    """A file offered for download: ``file`` relative to ``content/``."""

    file: str
    title: str = ""
    line: int = 0


class VideoRef(Struct, frozen=True):
    """A film beside the article (paths relative to ``content/``)."""

    src: str
    poster: str = ""
    captions: str = ""
    transcript: str = ""
    line: int = 0


class BlockRef(Struct, frozen=True):
    """A block of a special: the special's articles with one of these keywords, or of a column."""

    title: str
    keywords: tuple[str, ...] = ()
    column: str = ""
    limit: int = 6


class Review(Struct, frozen=True):
    """One review (三审三校): which stage, by whom, when. Never shown to the public."""

    stage: str
    by: str
    at: str = ""


class Entry(Struct, kw_only=True):
    """One article's front matter, checked and typed. Dates are Asia/Shanghai (+08:00)."""

    title: str
    date: datetime
    type: ArticleType = "news"
    id: str = ""
    slug: str = ""
    shoulder_title: str = ""
    subtitle: str = ""
    short_title: str = ""
    updated: datetime | None = None
    source: str = ""
    author: tuple[str, ...] = ()
    editor: tuple[str, ...] = ()
    proofreader: tuple[str, ...] = ()
    reviewer: tuple[str, ...] = ()
    issuer: tuple[str, ...] = ()
    reviews: tuple[Review, ...] = ()
    column: str = ""
    also_in: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    special: tuple[str, ...] = ()
    summary: str = ""
    cover: PictureRef | None = None
    flags: tuple[Flag, ...] = ()
    top_until: datetime | None = None
    weight: int = 0
    status: Status = "published"
    publish_at: datetime | None = None
    expires: datetime | None = None
    reprint: bool = False
    original_title: str = ""
    original_url: str = ""
    external_url: str = ""
    attachments: tuple[AttachmentRef, ...] = ()
    gallery: tuple[PictureRef, ...] = ()
    video: VideoRef | None = None
    doc_number: str = ""
    index_number: str = ""
    issuer_org: str = ""
    issued: datetime | None = None
    topic: str = ""
    publicity: str = ""
    dept: str = ""
    validity: Validity | None = None
    effective: datetime | None = None
    repealed: datetime | None = None
    interprets: tuple[str, ...] = ()
    interpreted_by: tuple[str, ...] = ()
    notice_start: datetime | None = None
    notice_end: datetime | None = None
    contact: str = ""
    report_phone: str = ""
    banner: PictureRef | None = None
    blocks: tuple[BlockRef, ...] = ()
    aliases: tuple[str, ...] = ()


class ColumnEntry(Struct, kw_only=True):
    """A column's ``_column.md``."""

    name: str
    slug: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    type: str = "工作动态"
    freshness: Literal["dynamic", "notice", "other", "static"] = "other"
    order: int = 100
    nav: bool = True
    owner: str = ""
