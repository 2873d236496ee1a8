"""The addresses in PUBLISH_TO: a folder of this machine, or a place elsewhere.

``ssh://user@host:port/folder`` is a folder of another machine, ``zip:folder`` one for signed files
that are carried, ``s3://bucket/prefix?endpoint=…`` an object store; anything without a known
beginning is a folder of this one.
"""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from msgspec import Struct

from dangjian.common.errors import DangjianError
from dangjian.schema.forms import shortened
from dangjian.settings.path_text import path_mistake
from dangjian.settings.values import SettingLocation, as_repr, text

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):(//)?")
_REMOTE: Final = re.compile(r"((?:[^@/:\\]+@)?[^@/:\\]{2,}):(/.*)")
_WORD: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]*")
"""A host or user as ssh takes it; one that began with ``-`` would be read as an option."""


class DestinationError(DangjianError):
    """An address can't be read; the message says what to write instead, in Chinese."""


class LocalFolder(Struct, frozen=True):
    """A folder of this machine, as written (often relative to the site's)."""

    folder: str

    def __str__(self) -> str:
        return self.folder


class SshFolder(Struct, frozen=True):
    """A folder of another machine, which ssh reaches; port 0 is ssh's own choice."""

    host: str
    path: str
    user: str = ""
    port: int = 0

    @property
    def login(self) -> str:
        """``user@host`` or just the host."""
        return f"{self.user}@{self.host}" if self.user else self.host

    def __str__(self) -> str:
        port = f":{self.port}" if self.port else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        user = f"{self.user}@" if self.user else ""
        return f"ssh://{user}{host}{port}{self.path}"


class ZipFolder(Struct, frozen=True):
    """A folder of this machine that gets a signed file for each publish."""

    folder: str

    def __str__(self) -> str:
        return f"zip:{self.folder}"


class S3Bucket(Struct, frozen=True):
    """A bucket of an S3-compatible store, and the beginning of the keys in it."""

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    profile: str = ""
    style: str = ""

    def __str__(self) -> str:
        return f"s3://{self.bucket}" + (f"/{self.prefix}" if self.prefix else "")


Destination = LocalFolder | SshFolder | ZipFolder | S3Bucket


def read_destination(address: str) -> Destination:
    """What an address of PUBLISH_TO means. Raises DestinationError."""
    found = _SCHEME.match(address)
    scheme = found[1].lower() if found else ""
    if scheme in _READERS:
        return _READERS[scheme](address)
    # One letter before a colon is a disk of Windows, and no scheme.
    if found and (found[2] or len(scheme) > 1):
        known = "、".join(f"{name}:…" for name in _READERS)
        raise DestinationError(
            f"“{address}”不认得 {found[0]}，可以写文件夹，或 {known}{_as_ssh(address)}"
        )
    if said := _as_ssh(address):
        raise DestinationError(f"“{address}”不是文件夹{said}")
    return LocalFolder(_folder(address))


def _as_ssh(address: str) -> str:
    """How what rsync and scp take (``user@host:folder``) is written here; empty for others."""
    found = _REMOTE.fullmatch(address)
    return f"；另一台服务器上的文件夹写成 ssh://{found[1]}{found[2]}" if found else ""


def _folder(text: str) -> str:
    """A folder of this machine without needless parts (``./public/``). Raises DestinationError."""
    if wrong := path_mistake(text):
        raise DestinationError(f"“{shortened(text, 40)}”{wrong}")
    return os.path.normpath(text)


def _ssh(address: str) -> SshFolder:
    example = "ssh://portal@www.example.gov.cn/srv/www/portal"
    parts = _split(address, example)
    host, user = parts.hostname or "", unquote(parts.username or "")
    if parts.password is not None:
        raise DestinationError(
            "PUBLISH_TO 里不要写密码，请用密钥登录：ssh-keygen 生成，ssh-copy-id 放到服务器上"
        )
    path = unquote(parts.path).rstrip("/")
    if not _WORD.fullmatch(host) or (user and not _WORD.fullmatch(user)):
        raise DestinationError(f"“{address}”里的用户或主机写得不对，应当像 {example}")
    if (
        path.count("/") < 2
        or "//" in path
        or any(part in {".", "..", "~"} for part in path.split("/"))
    ):
        raise DestinationError(
            f"“{address}”里要写服务器上单独的一个文件夹，从根写起，至少两级，例如 {example}"
        )
    if any(ord(character) < 32 for character in path):
        raise DestinationError(f"“{address}”里有换行或不能显示的字符")
    return SshFolder(host, path, user, parts.port or 0)


def _zip(address: str) -> ZipFolder:
    folder = address.partition(":")[2].removeprefix("//")
    if not folder:
        raise DestinationError("zip: 后面要写文件夹，例如 zip:/media/usb")
    return ZipFolder(_folder(folder))


def _s3(address: str) -> S3Bucket:
    example = "s3://portal?endpoint=https://s3.oss-cn-beijing.aliyuncs.com&region=cn-beijing"
    parts = _split(address, example)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    if wrong := given.keys() - {"endpoint", "region", "profile", "style"}:
        raise DestinationError(
            f"“{address}”里不认得 {'、'.join(sorted(wrong))}，"
            "可以写 endpoint、region、profile、style；密钥不写在这里"
        )
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,62}", parts.netloc):
        raise DestinationError(f"“{address}”里桶的名称不对，应当像 {example}")
    if given.get("style", "path") not in {"path", "virtual"}:
        raise DestinationError(f"“{address}”里 style 只能写 path 或 virtual")
    endpoint = urlsplit(given.get("endpoint", "https://x"))
    if endpoint.scheme not in {"http", "https"} or not endpoint.netloc:
        raise DestinationError(f"“{address}”里 endpoint 要写 https:// 开头的网址，应当像 {example}")
    prefix = unquote(parts.path).strip("/")
    if "//" in prefix or any(part in {".", ".."} for part in prefix.split("/")):
        raise DestinationError(f"“{address}”里桶后面的文件夹写得不对，应当像 s3://portal/www")
    return S3Bucket(parts.netloc, prefix, **given)


def _split(address: str, example: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        raise DestinationError(f"“{address}”写得不对，应当像 {example}") from None
    if parts.fragment or (parts.query and parts.scheme != "s3"):
        raise DestinationError(f"“{address}”里的 ? 和 # 请写成 %3F 和 %23")
    return parts


_READERS: Final[Mapping[str, Callable[[str], Destination]]] = {"ssh": _ssh, "s3": _s3, "zip": _zip}


def destinations(value: Any, place: SettingLocation) -> tuple[Destination, ...] | None:
    """The reading of PUBLISH_TO: one address, or a list of several."""
    several = isinstance(value, list | tuple)
    if not several and not isinstance(value, str | PurePath):
        place.note(f'{place.label}写的是 {as_repr(value)}，要写一个位置，或列表，例如 ["public"]')
        return None
    found: list[Destination] = []
    for number, one in enumerate(value if several else [value]):
        inside = place.inside(number) if several else place
        written = text(str(one) if isinstance(one, Path) else one, inside)
        if not written:
            continue
        try:
            read = read_destination(written)
        except DestinationError as error:
            inside.note(str(error))
            continue
        if read in found:
            inside.note(f"{place.label}里有两个 {written}，请删去一个")
        found.append(read)
    return tuple(found) or None
