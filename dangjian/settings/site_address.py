"""The site's own address (SITEURL): as browsers send it, and refused where none could follow it."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from unicodedata import category
from urllib.parse import quote, unquote, urlsplit

from dangjian.schema.paths import PathError, web_address
from dangjian.settings.values import SettingLocation, as_repr, text

_LOCAL: Final = re.compile(
    r"localhost|.*\.(?:localhost|local|test|invalid)|127(?:\.\d+){3}|0\.0\.0\.0|\[?::1\]?"
)
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""A part of a host's name (RFC 1123, 2.1)."""
_WRONG_IN_PATH: Final = re.compile(r"//|(?:(?<=/)|^)\.\.?(?:/|$)|[^\w./~+-]")


def site_url(value: Any, place: SettingLocation) -> str | None:
    """The site's own address, without a slash at its end."""
    found = text(value, place)
    if not found:
        return found
    if hidden := _hidden(found):
        place.note(
            f"{place.label}里有看不见的字符 U+{ord(hidden):04X}，可能是粘贴时带来的，"
            "请删去这一行，重新用键盘输入网址"
        )
        return None
    try:
        web_address(found)
    except PathError as wrong:
        place.note(f"{place.label}写的是“{found}”：{wrong}")
        return None
    if found.endswith("/"):
        place.note(f"{place.label}末尾不要斜线，请写成 {found.rstrip('/')}")
        return None
    if "?" in found or "#" in found:
        place.note(
            f"{place.label}写的是“{found}”，不能有 ? 或 #，请写成 {re.split('[?#]', found)[0]}"
        )
        return None
    try:
        host = public_host(urlsplit(found).hostname or "")
    except PathError as wrong:
        place.note(f"{place.label}写的是“{found}”：{wrong}")
        return None
    if wrong_character := _WRONG_IN_PATH.search(unquote(urlsplit(found).path)):
        place.note(
            f"{place.label}写的是“{found}”：路径里不能有 {as_repr(wrong_character[0])}，"
            "只用文字、数字和 - _ . ~ /"
        )
        return None
    if "." not in host and ":" not in host and not is_local(found):
        message = "域名里没有点，只有本单位内网打得开；公开的网站请写完整的域名"
        place.note(f"{place.label}写的是“{found}”：{message}", "warning")
    return _encoded(found, host)


_ASSIGNED: Final = re.compile(r"""^SITEURL\s*=\s*["']([^"'\n]+)["']""", re.MULTILINE)


def own_addresses(url: str, folder: Path | None) -> tuple[str, ...]:
    """Where a site is known to live: hosts, each with the path of the site's root (``a.cn/dj``).

    ``url`` is the SITEURL in use; those of all settings files in ``folder`` count as well, so that
    a check by ``pelicanconf.py`` knows the address that ``publishconf.py`` gives.
    """
    urls = [url] if url else []
    for file in sorted(folder.glob("*conf.py")) if folder is not None else ():
        urls += _ASSIGNED.findall(file.read_text("utf-8", "replace"))
    found = []
    for one in urls:
        parts = urlsplit(one)
        try:
            host = public_host(parts.hostname or "")
        except (PathError, ValueError):  # a wrong address is reported where the setting is read
            continue
        if not is_local(one):
            found.append(f"{host}{parts.path.rstrip('/')}")
    return tuple(dict.fromkeys(found))


def _hidden(url: str) -> str:
    """A character of an address that nobody sees: it hides, joins or turns round others."""
    plain = url + unquote(url)
    return next((one for one in plain if category(one) in {"Cf", "Cc", "Zl", "Zp"}), "")


def _encoded(url: str, host: str) -> str:
    """An address in ASCII: the host as it is looked up, the path percent-encoded (RFC 3987)."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    shown = f"[{host}]" if ":" in host else host
    path = quote(unquote(parts.path), safe="/!$&'()*+,;=:@~-._")
    return f"{parts.scheme}://{shown}{port}{path}"


def public_host(host: str) -> str:
    """A host's name in ASCII. Raises ``PathError`` for one that can't be."""
    if host.endswith("."):
        raise PathError(f"域名末尾不要点，请写成 {host.rstrip('.')}")
    # Browsers read a host whose last part is a number as an IP address (URL Standard,
    # "ends in a number checker"), in every base and with parts left out: 0x7f.1 is 127.0.0.1.
    if _NUMBER.fullmatch(host.rpartition(".")[2]) or ":" in host:
        try:
            return ip_address(host).compressed
        except ValueError:
            raise PathError("IP 地址不完整或不对，应当像 192.0.2.10") from None
    try:
        name = host.encode("idna").decode()
    except UnicodeError:
        raise PathError("域名不对：各段 1 到 63 个字符，中间用点隔开") from None
    labels = name.split(".")
    if len(name) > 253 or any(not _LABEL.fullmatch(label) for label in labels):
        raise PathError(
            "域名不对：只能有字母、数字和连字符（没有下划线），连字符不能在一段的开头或结尾"
        )
    return name


def is_local(url: str) -> bool:
    """Whether an address leads to the machine itself, so that no reader could follow it."""
    return bool(_LOCAL.fullmatch(urlsplit(url).hostname or ""))
