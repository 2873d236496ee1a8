"""``check --fetch``: takes pictures at other hosts in next to the articles that show them."""

import html
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote, unquote, urlsplit

from msgspec import Struct

from dangjian.common.digests import digest
from dangjian.common.errors import DangjianError
from dangjian.common.files import write_whole
from dangjian.content.reader import ReadingRules, read_source
from dangjian.content.scan import scan_content

MAX_BYTES: Final = 20_000_000
SECONDS: Final = 20
_SCHEMES: Final = ("http", "https")
_NAME = re.compile(r"[^a-z0-9-]+")
# The first bytes of a picture, by which its kind is known, whatever the server calls it.
_KINDS: Final = (
    (re.compile(rb"\xff\xd8\xff"), "jpg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "png"),
    (re.compile(rb"GIF8[79]a"), "gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "webp"),
)


class FetchError(DangjianError):
    """A picture that can't be taken in; the message is Chinese."""


class Fetched(Struct, frozen=True):
    """What became of one picture: ``name`` is its file now, or ``error`` says why there is none."""

    path: str
    url: str
    name: str = ""
    error: str = ""


def fetch_pictures(content: Path, rules: ReadingRules) -> Iterator[Fetched]:
    """Fetch every picture at another host that a text below ``content`` shows.

    Each is next to its article afterwards, and the article names it; nothing else in the article's
    file changes. A picture that can't be had leaves the file as it is.
    """
    for path in sorted(scan_content(content).sources):
        references = read_source(content, path, rules).record.references
        for url, written in dict.fromkeys(
            (one.target, one.written) for one in references if one.kind == "remote"
        ):
            try:
                name = _take_in(content / path, url, written)
            except FetchError as error:
                yield Fetched(path, url, error=str(error))
            else:
                yield Fetched(path, url, name)


def _take_in(article: Path, url: str, written: str) -> str:
    """Save the picture next to ``article`` and name it there; returns the file's name."""
    data = fetch(url)
    kind = next((ending for start, ending in _KINDS if start.match(data)), "")
    if not kind:
        raise FetchError("取到的不是 JPG、PNG、GIF 或 WebP 图片")
    source = article.read_bytes()
    name = f"{_stem(url)}-{digest(url).hex()[:8]}.{kind}"
    forms = (written, html.escape(written), written.replace("&", "&amp;"))
    found = next((one for one in map(str.encode, forms) if one in source), b"")
    if not found:
        raise FetchError("在文章里找不到这个地址，请手工改")
    try:
        write_whole(article.with_name(name), data)
        write_whole(article, source.replace(found, name.encode()))
    except OSError as error:
        raise FetchError(f"写不进文章所在的文件夹（{error.strerror}）") from None
    return name


def _stem(url: str) -> str:
    """A file name in plain letters from the last part of an address."""
    last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    return _NAME.sub("-", last.rpartition(".")[0].lower()).strip("-")[:40] or "tupian"


class _OnlyWeb(urllib.request.HTTPRedirectHandler):
    """Follows redirects to web addresses only."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message,
        newurl: str,
    ) -> urllib.request.Request | None:  # fmt: skip
        if urlsplit(newurl).scheme not in _SCHEMES:
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def fetch(url: str) -> bytes:
    """The bytes at a web address, ``MAX_BYTES`` at most. Raises FetchError."""
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise FetchError("不是 http 或 https 的网址")
    asked = urllib.request.Request(  # noqa: S310 - the scheme is checked above
        quote(url, safe="%/:=&?~#+!$,;'@()*[]"), headers={"User-Agent": "Mozilla/5.0 Dangjian"}
    )
    opener = urllib.request.build_opener(_OnlyWeb)
    try:
        with opener.open(asked, timeout=SECONDS) as answer:
            data: bytes = answer.read(MAX_BYTES + 1)
    except urllib.error.HTTPError as error:
        error.close()
        raise FetchError(f"对方网站回答 {error.code}") from None
    except (OSError, ValueError):
        raise FetchError("连不上对方网站，或者等得太久") from None
    if len(data) > MAX_BYTES:
        raise FetchError(f"超过 {MAX_BYTES // 1_000_000} MB")
    return data
