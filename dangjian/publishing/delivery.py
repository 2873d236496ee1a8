"""What is sent to a place elsewhere, in which order, and what goes there, and when.

A reader must never meet a page whose files are missing, nor a link to a page that is not there yet.
So the files that pages use go first, then new pages, then changed ones, then what leads to pages:
the home page, lists, feeds, site maps. What is withdrawn goes right after the last of these. Only
the theme's own files, which hold nothing that an editor wrote, stay for a while: a page that was
opened before may still ask for them.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from msgspec import Struct, field

from dangjian.common.http_headers import (
    ASKED_AGAIN,
    UNCHANGING,
    UNCHANGING_FOLDERS,
    UNCHANGING_PATH,
)
from dangjian.publishing.assembly import PACKED_ENDINGS, Comparison
from dangjian.publishing.changes import ARTICLE_PAGE
from dangjian.publishing.manifest import Manifest

GRACE: Final = timedelta(hours=1)
"""So long the theme's files stay after no page uses them any more."""

_NAMED: Final = re.compile(UNCHANGING_PATH)
_FILES: Final = tuple(f"{folder}/" for folder in UNCHANGING_FOLDERS)


class Turn(IntEnum):
    """When a file is sent: after all of an earlier turn have arrived."""

    ASSET = 1
    NEW = 2
    PAGE = 3
    LIST = 4


def plain_path(path: str) -> str:
    """A compressed copy's path without its ending: what the copy is of."""
    for ending in PACKED_ENDINGS:
        path = path.removesuffix(ending)
    return path


def turn_of(path: str, *, new: bool) -> Turn:
    """When a file is sent, which is ``new`` there or replaces another."""
    plain = plain_path(path)
    if _NAMED.fullmatch(plain) or plain.startswith(_FILES):
        return Turn.ASSET
    if new:
        return Turn.NEW
    return Turn.PAGE if ARTICLE_PAGE.fullmatch(plain) else Turn.LIST


def cache_control(path: str) -> str:
    """The ``Cache-Control`` a file is served with."""
    return UNCHANGING if _NAMED.fullmatch(plain_path(path)) else ASKED_AGAIN


class Kept(Struct, frozen=True, array_like=True):
    """A file that no page uses any more: from when on it may go, and its size (bytes)."""

    until: datetime
    size: int


class Delivery(Struct):
    """Files to send, each list after the one before has arrived; to remove at once; to keep."""

    turns: list[list[str]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    kept: dict[str, Kept] = field(default_factory=dict)

    @property
    def sent(self) -> list[str]:
        """All files to send, in order."""
        return [path for turn in self.turns for path in turn]


def plan_delivery(
    found: Comparison, old: Manifest, new: Manifest, kept: Mapping[str, Kept], now: datetime
) -> Delivery:
    """What is to be done to make the release ``old`` into ``new``, from which it differs as found.

    ``kept`` are the files that earlier publishes left for a while.
    """
    order: dict[Turn, list[str]] = {turn: [] for turn in Turn}
    for paths, is_new in ((found.new, True), (found.changed, False)):
        for path in paths:
            order[turn_of(path, new=is_new)].append(path)
    delivery = Delivery([order[turn] for turn in Turn])
    left = {path: one for path, one in kept.items() if path not in new}
    for path in found.removed:
        if path.startswith("static/") and path in old:
            left[path] = Kept(now + GRACE, old[path].size)
        else:
            delivery.removed.append(path)
    delivery.kept = {path: one for path, one in sorted(left.items()) if one.until > now}
    delivery.removed += sorted(left.keys() - delivery.kept.keys())
    return delivery
