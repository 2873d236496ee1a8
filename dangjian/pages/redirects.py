"""Old addresses that still answer: redirect pages, and the same as a map for nginx."""

import re
from collections.abc import Iterable
from urllib.parse import unquote

from msgspec import Struct

from dangjian.common.filenames import can_be_file
from dangjian.content.archive import Archive, Item

NGINX_MAP = "redirects.map"
_PAGE = re.compile(r"(?:.*/)?[^/?#]+\.html?|(?:.*/)?")


class Aliases(Struct, frozen=True):
    """Redirects: ``pages`` by output path (target, title, source), ``addresses`` all of them."""

    pages: dict[str, tuple[str, str, str]]
    addresses: dict[str, str]


def gather_aliases(archive: Archive, taken: Iterable[str]) -> Aliases:
    """All aliases of public articles.

    An alias that is a page already (``taken`` has the planned output paths), or that two articles
    claim, is an error that names both. An old address that no folder of files can answer (with a
    query, another ending, a name that some system refuses) is in the nginx map only.
    """
    pages: dict[str, tuple[str, str, str]] = {}
    addresses: dict[str, str] = {}
    owners: dict[str, Item] = {}
    present = {path.casefold() for path in taken}
    for item in archive.by_path.values():
        for alias in item.entry.aliases:
            target = item.address or item.entry.external_url
            path = unquote(alias).lstrip("/")
            other = owners.setdefault(alias, item)
            if other is not item:
                archive.problems.add(
                    item.path, 0, f"旧地址“{alias}”已由“{other.path}”使用，请去掉其中一处"
                )
                continue
            if path.endswith("/") or not path:
                path += "index.html"
            if path.casefold() in present:
                archive.problems.add(
                    item.path, 0, f"旧地址“{alias}”现在是本站的一个页面，不能再转向，请去掉这一行"
                )
                continue
            addresses[alias] = target
            if _PAGE.fullmatch(path) and can_be_file(path):
                pages[path] = (target, item.entry.title, item.path)
    return Aliases(pages, addresses)


def render_nginx_map(addresses: dict[str, str], prefix: str) -> bytes:
    """The redirects as the inside of an nginx ``map $request_uri $portal_new_address``.

    ``prefix`` is put before targets on this site. Values are quoted as nginx reads them.
    """
    lines = []
    for alias, target in sorted(addresses.items()):
        leads = target if target.startswith(("http:", "https:")) else f"{prefix}{target}"
        lines.append(f"{_quoted(alias)} {_quoted(leads)};\n")
    return "".join(lines).encode()


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "${dollar}")
    return f'"{escaped}"'
