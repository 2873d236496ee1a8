"""Settings against the archive: columns and pages that they name and that are not there."""

from collections.abc import Collection, Iterator
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from dangjian.common.problems import Level, Problem
from dangjian.content.archive import Archive
from dangjian.settings.site_address import own_addresses
from dangjian.settings.values import NamedLink
from dangjian.settings.workspace import Workplace
from dangjian.text.links import path_on_site

_OWN_FOLDERS = ("files/", "media/", "static/", "search/")


def settings_problems(
    place: Workplace, archive: Archive, pages: Collection[str]
) -> Iterator[Problem]:
    """What the settings name and the site does not have; ``pages`` are the planned addresses."""
    found = [*_columns(place, archive), *_links(place, frozenset(pages))]
    if not found:
        return
    lines = place.lines
    for one in found:
        name, *inner = one.keys
        path, line = lines.place(str(name), *inner)
        yield Problem(path, line, f"{_label(one.keys)}{one.message}", one.level)


class _Fault(Struct):
    """Something wrong in a setting: the name and the keys that lead to it."""

    keys: tuple[str | int, ...]
    message: str
    level: Level


def _columns(place: Workplace, archive: Archive) -> Iterator[_Fault]:
    home = place.office.home
    named: list[tuple[tuple[str | int, ...], str]] = [
        (("HOME", "blocks", at), name) for at, name in enumerate(home.blocks)
    ]
    if home.notices:
        named.append((("HOME", "notices"), home.notices))
    if not named:
        return
    shown = {column.folder for column in archive.columns.walk()}
    for keys, name in named:
        column = archive.columns.find(name)
        if column is None:
            known = "、".join(sorted(archive.columns.by_folder)[:12]) or "无"
            message = (
                f"写的栏目“{name}”不存在，首页上没有这一块；请写栏目文件夹的路径，现有：{known}"
            )
            yield _Fault(keys, message, place.names_level)
        elif column.folder not in shown:
            message = f"写的栏目“{name}”里没有公开的文章，首页上暂不显示这一块"
            yield _Fault(keys, message, "warning")


def _links(place: Workplace, pages: Collection[str]) -> Iterator[_Fault]:
    office = place.office
    links: list[tuple[tuple[str | int, ...], NamedLink]] = []
    links += [(("FOOTER_LINKS", at), link) for at, link in enumerate(office.footer_links)]
    links += [(("TOP_LINKS", at), link) for at, link in enumerate(office.top_links)]
    for group in office.link_groups:
        links += [(("LINK_GROUPS", group.title, at), link) for at, link in enumerate(group.links)]
    for keys, link in links:
        if message := _link(link, pages, place):
            yield _Fault(keys, message, place.names_level)


def _label(keys: tuple[str | int, ...]) -> str:
    name, *inner = keys
    words = "".join(f'["{key}"]' if isinstance(key, str) else f" 第 {key + 1} 项" for key in inner)
    return f"{name}{words}"


def _link(link: NamedLink, pages: Collection[str], place: Workplace) -> str:
    """Why a link of the settings leads nowhere; empty when it does, or leads out of the site."""
    parts = urlsplit(link.url)
    if parts.scheme in ("http", "https"):
        own = path_on_site(link.url, own_addresses(place.office.url, place.folder))
        if own is None:
            return ""
        path = own
    elif parts.scheme:
        return ""
    else:
        path = parts.path
    path = unquote(path).lstrip("/")
    if path.endswith("/") or not path:
        path += "index.html"
    if path in pages or path.startswith(_OWN_FOLDERS) or _is_other(path):
        return ""
    if f"{path}/index.html" in pages:
        return ""
    return f"的链接“{link.name}”指向 {link.url}，网站上没有这个页面；请改正地址或去掉这一项"


def _is_other(path: str) -> bool:
    """Whether an address is no page: a feed, a site map, a file put there by the administrator."""
    return not path.endswith((".html", ".htm")) and "." in path.rpartition("/")[2]
