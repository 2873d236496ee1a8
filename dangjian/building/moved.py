"""Addresses that were published and no longer answer, although their article is still there.

A build for publishing leaves every address in a file among the site's records, which ``clean``
leaves alone. Whoever builds or checks afterwards compares: an address that is neither a page nor
registered as an old one belongs to an article that was renamed, moved or redated.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from dangjian.common.files import write_whole
from dangjian.common.report import Moved
from dangjian.content.archive import Archive, Item, fold_name
from dangjian.settings.workspace import Workplace


class Published(Struct, frozen=True, array_like=True):
    """The article that had an address: its source, its title, its day (ISO 8601)."""

    source: str
    title: str
    day: str


Addresses = dict[str, Published]


def _file(place: Workplace) -> Path:
    return place.records / "addresses.json"


def read_addresses(place: Workplace) -> Addresses:
    """Every address that was ever published, as far as it is known; empty if it can't be read."""
    try:
        return msgspec.json.decode(_file(place).read_bytes(), type=Addresses)
    except (OSError, msgspec.MsgspecError):
        return {}


def note_addresses(place: Workplace, archive: Archive) -> None:
    """Add the addresses of all public articles to those that are known."""
    known = read_addresses(place)
    found = known | addresses_of(archive.by_path.values())
    if found != known:
        file = _file(place)
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, msgspec.json.encode(dict(sorted(found.items()))))


def addresses_of(items: Iterable[Item]) -> Addresses:
    """The addresses that some articles have now."""
    return {
        item.address: Published(item.path, item.entry.title, f"{item.entry.filed:%Y-%m-%d}")
        for item in items
        if item.address
    }


def find_moved(
    known: Addresses, articles: Mapping[str, Item], answered: Collection[str]
) -> Iterator[Moved]:
    """The ``known`` addresses that none of the ``answered`` paths is, and where they went.

    ``articles`` are those there are now, by path.
    """
    lost = {address: was for address, was in known.items() if address not in answered}
    if not lost:
        return
    by_name: dict[tuple[str, str], list[Item]] = {}
    for item in articles.values():
        name = fold_name(item.entry.title)
        by_name.setdefault((name, f"{item.entry.filed:%Y-%m-%d}"), []).append(item)
        by_name.setdefault((name, ""), []).append(item)
    for address, was in sorted(lost.items()):
        name = fold_name(was.title)
        same = by_name.get((name, was.day)) or by_name.get((name, "")) or []
        now = articles.get(was.source) or (same[0] if len(same) == 1 else None)
        if now is not None and now.address:
            yield Moved(address, now.path, now.address)


def note_moved(found: Iterable[Moved], archive: Archive) -> None:
    """Report for each moved article what to write so that its old address leads on."""
    for one in found:
        title = archive.by_path[one.source].entry.title
        message = (
            f"这篇文章原来的网址 /{one.old} 打不开了，收藏和转发过它的读者会看到“页面不存在”；"
            f"请在文件头写 旧地址: [/{one.old}]，或运行 python3 tasks.py check --fix"
        )
        archive.note_at(one.source, "标题", title, message, "warning")
