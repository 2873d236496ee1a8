"""A feed as data: the channel, its items, their files. Every format is made from these."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote, urlsplit

from msgspec import Struct

from dangjian.common.timezone import SHANGHAI
from dangjian.common.xmltext import strip_invalid

ID_SINCE = datetime(2020, 1, 1, tzinfo=SHANGHAI)
"""The day in tag URIs (RFC 4151), and the time of a feed that has never held anything."""


class Enclosure(Struct, frozen=True):
    """A file that belongs to an item: absolute address, media type, length in bytes."""

    url: str
    mime: str
    bytes: int


class FeedItem(Struct, frozen=True, kw_only=True):
    """An article in a feed. Addresses are absolute, also in ``html`` (see ``absolute_html``).

    ``id`` is a tag URI from ``tag_uri``. RSS can hold one enclosure only and takes the first.
    ``source`` is who published it first, ``source_url`` where, for a reprint. ``image_size`` is
    in pixels, zeros where it is not known.
    """

    id: str
    url: str
    title: str
    html: str
    published: datetime
    summary: str = ""
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    source: str = ""
    source_url: str = ""
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image: str = ""
    image_size: tuple[int, int] = (0, 0)

    @property
    def changed(self) -> datetime:
        """When the item last changed."""
        return self.updated or self.published


class Channel(Struct, frozen=True, kw_only=True):
    """A feed's own data. ``name`` makes its addresses: ``{base_url}/feeds/{name}.rss.xml``.

    ``base_url`` has no slash at the end; ``authority`` is the domain in ids, which stays when the
    address of the site changes. ``stylesheet`` is the address of a style sheet (CSS: browsers are
    giving up XSLT) as seen from a feed. ``archived`` is the newest page of the archive, or 0.
    """

    name: str
    title: str
    description: str
    home_url: str
    base_url: str
    authority: str = ""
    owner: str = ""
    language: str = "zh-CN"
    rights: str = ""
    icon: str = ""
    stylesheet: str = ""
    archived: int = 0

    @property
    def id(self) -> str:
        """What Atom knows the channel by, wherever it is."""
        return tag_uri(self.authority, f"feeds/{self.name}") if self.authority else self.atom_url

    @property
    def rss_url(self) -> str:
        """Where the RSS feed answers."""
        return f"{self.base_url}/feeds/{self.name}.rss.xml"

    @property
    def atom_url(self) -> str:
        """Where the Atom feed answers."""
        return f"{self.base_url}/feeds/{self.name}.atom.xml"

    @property
    def json_url(self) -> str:
        """Where the JSON feed answers."""
        return f"{self.base_url}/feeds/{self.name}.json"

    @property
    def previous(self) -> str:
        """Where the newest page of the archive answers; empty if there is none."""
        return self.archive_url(self.archived) if self.archived else ""

    def archive_url(self, number: int) -> str:
        """Where page ``number`` of the archive answers."""
        return f"{self.base_url}/{archive_path(self.name, number)}"


def archive_path(name: str, number: int) -> str:
    """The address below the site of page ``number`` of a channel's archive; 1 is the oldest."""
    return f"feeds/{name}.{number}.xml"


def tag_uri(authority: str, key: str) -> str:
    """A tag URI (RFC 4151): a domain, a day on which its owner held it, and what they named."""
    return f"{_tagged(authority)}:{quote(key, safe='/.-_~')}"


@lru_cache(maxsize=16)
def _tagged(authority: str) -> str:
    host = urlsplit(f"//{authority}").hostname or "localhost"
    # An IPv6 address has signs that neither a tag nor a URI's path may.
    domain = host.replace(":", "-")
    return f"tag:{domain},{ID_SINCE:%Y-%m-%d}"


def newest_first(items: Sequence[FeedItem]) -> list[FeedItem]:
    """Items in the order of feeds; those of one moment by their ids."""
    return sorted(items, key=lambda item: (item.published, item.id), reverse=True)


def feed_updated(items: Sequence[FeedItem]) -> datetime:
    """When a feed last changed: the latest time of any of its items, never that of the build."""
    return max((item.changed for item in items), default=ID_SINCE)


def rfc3339(moment: datetime) -> str:
    """A time as Atom and JSON Feed write it. Raises ValueError without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a feed's times need a time zone")
    return moment.replace(microsecond=0).isoformat()


def shown_title(item: FeedItem) -> str:
    """An item's title; its address where it has none."""
    return strip_invalid(item.title).strip() or item.url


def named(names: Sequence[str]) -> tuple[str, ...]:
    """The names that are more than spaces."""
    return tuple(name for name in (strip_invalid(name).strip() for name in names) if name)
