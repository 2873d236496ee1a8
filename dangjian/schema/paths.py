"""File paths, addresses and address names an editor writes: inside ``content/`` and portable."""

import posixpath
import re
from typing import Final
from urllib.parse import unquote, urlsplit

from dangjian.common.errors import DangjianError
from dangjian.common.patterns import regex

DEVICES: Final = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)))
)
"""Names Windows keeps for devices, with any extension (Win32 "Naming Files")."""

_MACHINE: Final = frozenset(("home", "Users", "root", "tmp", "mnt", "Volumes", "etc"))
_PELICAN: Final = regex(r"\{(?:static|attach|filename)\}")
_SLUG: Final = regex(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9_-])?")
_HOST: Final = regex(r"[\w-]+(?:\.[\w-]+)*\.?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+")


class PathError(DangjianError, ValueError):
    """A text that is no such path or address; the message says why and what to write."""


def inside_content(text: str, folder: str) -> str:
    """The path of a file relative to ``content/``, from one written in an article in ``folder``.

    A leading ``/`` is the root of ``content/``. Raises ``PathError``.
    """
    path = _PELICAN.sub("", text, count=1).strip()
    if "\\" in path:
        raise PathError(f"路径里不能用反斜线，请写成 {path.replace(chr(92), '/')}")
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", path):
        raise PathError("要写 content/ 里的文件，不能是网址或电脑上的完整路径，请写文件名")
    if path.startswith("~") or (path[:1] == "/" and path[1:].partition("/")[0] in _MACHINE):
        raise PathError("这是电脑上的完整路径；请把文件放到文章旁边，只写文件名")
    joined = path[1:] if path.startswith("/") else posixpath.join(folder, path)
    clean = posixpath.normpath(joined)
    if clean.startswith("../") or clean in ("..", ".", ""):
        raise PathError("路径指到了 content/ 之外，请把文件放到文章旁边，只写文件名")
    if path.endswith("/"):
        raise PathError("这是文件夹，请写到文件名")
    for part in clean.split("/"):
        _check_part(part)
    return clean


def _check_part(part: str) -> None:
    if part.partition(".")[0].rstrip().lower() in DEVICES:
        raise PathError(f"“{part}”是 Windows 保留的名称，请换一个文件名")
    if part.endswith((".", " ")):
        raise PathError(f"“{part}”以点或空格结尾，Windows 上打不开，请换一个文件名")
    if len(part.encode()) > 255:
        raise PathError(f"文件名“{part[:20]}……”太长，请改短")


def address_name(text: str) -> str:
    """A part of an address (slug, id). Raises ``PathError``."""
    if _SLUG.fullmatch(text) and ".." not in text and len(text) <= 100:
        if text.partition(".")[0] in DEVICES:
            raise PathError("是 Windows 保留的名称，请换一个")
        return text
    if len(text) > 100:
        raise PathError(f"有 {len(text)} 个字，最多 100 个")
    better = re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-.")
    better = re.sub(r"\.{2,}", ".", better)
    hint = f"，例如 {better}" if _SLUG.fullmatch(better) else "，例如 jiceng-2026"
    raise PathError(f"只能用小写字母、数字和 - _ .，以字母或数字开头{hint}")


def web_address(text: str) -> str:
    """An http(s) address of another site. Raises ``PathError``."""
    if any(character.isspace() or character in "<>\"'\\`" for character in text):
        raise PathError("网址里不能有空格、引号、尖括号或反斜线")
    try:
        parts = urlsplit(text)
        port_fits = parts.port is None or parts.port > 0
    except ValueError:
        raise PathError("不是网址，应当像 https://www.12371.cn/") from None
    if parts.scheme not in ("http", "https"):
        raise PathError("网址要以 https:// 或 http:// 开头，例如 https://www.12371.cn/")
    if parts.username is not None or parts.password is not None:
        raise PathError("网址里不能有用户名和密码")
    if not port_fits or not _HOST.fullmatch(parts.hostname or ""):
        raise PathError("网址里的域名不对，应当像 https://www.12371.cn/")
    if any(part in (".", "..") for part in parts.path.split("/")):
        raise PathError("网址里不能有 . 或 .. 这样的段")
    return text


def site_address(text: str) -> str:
    """An old address of this site (a path from its root). Raises ``PathError``."""
    if re.match(r"https?://", text):
        path = urlsplit(text).path if "[" not in text else "/html/123.html"
        raise PathError(f"旧地址不写域名，只写从 / 开始的部分，例如 {path or '/'}")
    if not text.startswith("/") or text.startswith("//"):
        raise PathError(f"旧地址要以一个 / 开头，例如 /{text.strip('/')}")
    if any(character.isspace() or character in "<>\"'\\`{}" for character in text):
        raise PathError("旧地址里不能有空格、引号、括号或反斜线")
    path = text.partition("?")[0].partition("#")[0]
    plain = re.sub("%2e", ".", path, flags=re.IGNORECASE)
    if any(part in (".", "..") for part in plain.split("/")):
        raise PathError("旧地址里不能有 . 或 .. 这样的段")
    if any(ord(character) < 32 or ord(character) == 127 for character in unquote(text)):
        raise PathError("旧地址里不能有换行之类的控制字符（%0A、%00 等）")
    if "#" in text:
        raise PathError("旧地址里不能有 #")
    if path == "/":
        raise PathError("旧地址不能是首页 /")
    return text
