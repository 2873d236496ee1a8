"""Addresses in a text: which lead to pictures, articles and files of ours, which are wrong.

What leads to something of ours becomes symbolic (see ``references``); what can't be used is
reported and left out.
"""

import html
import posixpath
import re
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from msgspec import Struct

from dangjian.common.patterns import regex
from dangjian.text.references import Reference
from dangjian.text.remarks import Remark
from dangjian.text.tokens import as_typed

_PELICAN: Final = regex(r"^(?:\{(?:static|attach|filename)\}|\|(?:static|filename)\|)")
_PELICAN_CODED: Final = regex(r"^%7B(static|attach|filename)%7D", re.IGNORECASE)
_DOTTED = regex(r"^(?:\./)+(?=(?:https?://|mailto:|tel:))")
_SCHEME = regex(r"([A-Za-z][A-Za-z0-9+.\-]*):|//")
_DRIVE = regex(r"/?[A-Za-z]:(?:[\\/]|%5C)|\\\\|~/|/(?:Users|home|Volumes)/", re.IGNORECASE)
_ODD_SCHEME = regex(
    r"(h?t{1,3}ps?|mailto|tel)(?:\s*[：:]\s*(?:[/／\\]*)|[/／]{2})(?=[^\s/])", re.IGNORECASE
)
_PHONE = regex(r"\+?\d[\d\- ]{5,}\d")
_SIZE = regex(r"\s+=(?:\d+%?)?x?(?:\d+%?)?$")
_QUERY = regex(
    r"(?:(?<=\.jpg)|(?<=\.jpeg)|(?<=\.png)|(?<=\.gif)|(?<=\.webp)|(?<=\.svg))[?#].*$", re.IGNORECASE
)
_DOWNLOADS = regex(r"\.(?!html?$|md$)[A-Za-z0-9]{1,5}$")
_ENDS_LIKE_FILE = regex(r"\.(?!html?$)[A-Za-z0-9]{1,5}$")
_HOSTNAME = regex(
    r"(?:www\.[\w\-]+|[\w\-]+(?:\.[\w\-]+)*\.(?:cn|com|org|net|gov|edu))(?:[/:?].*|\.[\w.\-]+(?:[/:?].*)?)?$",
    re.IGNORECASE,
)
_MAIL = regex(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")
_FILE = regex(
    r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|dps|ofd|zip|rar|7z|txt|jpe?g|png|gif|mp[34]|md|html?)$",
    re.IGNORECASE,
)
_COLUMN_FILE: Final = "_column.md"
_NO_PICTURES: Final = {
    **dict.fromkeys(
        "mp4 m4v mov avi wmv flv mkv webm rmvb".split(),
        "是视频，不是图片；请用“类型: 视频”登出，或者改成链接",
    ),
    **dict.fromkeys("mp3 wav wma m4a aac ogg".split(), "是录音，不是图片；请改成链接"),
    **dict.fromkeys(
        "pdf doc docx xls xlsx ppt pptx wps et dps ofd zip rar 7z txt htm html md".split(),
        "是文件，不是图片；请改成链接",
    ),
}
"""Endings of what is no picture, and what to say of it."""
_PLAIN_FRAGMENT = regex(r"[\w.:\-]*")
_MEANINGFUL = regex(r"""[%#?\s"'<>&\\]""")
LOCAL_HOSTS: Final = frozenset(("127.0.0.1", "localhost", "::1", "0.0.0.0"))  # noqa: S104
"""Hosts that are the editor's own computer, as the preview's addresses have them."""
_PRIVATE = regex(r"(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}(?![\w.])")
REMOTE_ADVICE: Final = (
    "请运行 python3 tasks.py check --fetch 取到文章旁边，或自己另存到文章旁边，只写文件名"
)


class Address(Struct, frozen=True):
    """What becomes of a picture: ``href`` is empty if it can't be used, ``remote`` a link."""

    href: str = ""
    remote: bool = False


class Links:
    """Takes the addresses of one text. ``folder`` is where relative ones start, below content/.

    ``own`` are the site's own addresses: hosts, each with the path of the site's root.
    """

    def __init__(
        self, folder: str, own: tuple[str, ...], archived: bool, remarks: list[Remark]
    ) -> None:
        self._folder = folder
        self._own = own
        self._archived = archived
        self._remarks = remarks
        self._seen: dict[str, int] = {}
        self.references: list[Reference] = []
        self.inner: dict[str, str] = {}
        """What an editor wrote for the id of each link within the text."""

    def note(self, written: str, message: str, level: str = "error") -> None:
        """Report what is wrong with an address, where it is ``written``."""
        count = self._seen.get(written, 0) - 1
        self._remarks.append(
            Remark(
                message, near=written or "](", count=max(count, 0) if written else 0, level=level
            )
        )

    def _see(self, value: str) -> str:
        value = as_typed(value).strip()
        self._seen[value] = self._seen.get(value, 0) + 1
        return value

    def _wrong(self, address: str, written: str, what: str) -> bool:
        """Report an address of the editor's own computer; True if it was one."""
        if not address:
            advice = "![说明](文件名.jpg)" if what == "图片" else "[文字](地址)"
            self.note(
                written, f"{what}没有写{'文件名' if what == '图片' else '地址'}，请写成 {advice}"
            )
        elif address.lower().startswith("file:") or _DRIVE.match(address):
            self.note(
                written,
                f"{what}“{written}”是电脑上的完整路径，别人打不开；请把文件放到文章旁边，只写文件名",
            )
        elif address.startswith("\\"):
            self.note(
                written,
                f"{what}“{written}”以反斜线开头；在别的电脑上的文件，读者打不开，"
                "请把文件放到文章旁边，只写文件名",
            )
        elif "\\" in address and not address.lower().startswith("http"):
            self.note(
                written,
                f"{what}“{written}”的路径里不能用反斜线，请写成 {address.replace(chr(92), '/')}",
            )
        else:
            return False
        return True

    def picture(self, value: str, alt: str | None) -> Address:
        """What becomes of a picture's address."""
        written = self._see(value)
        address = _bare(written)
        if size := _SIZE.search(address):
            address = address[: size.start()]
            self.note(
                written, f"图片的尺寸“{size[0].strip()}”不起作用，已略去；大小由网站统一", "warning"
            )
        if (query := _QUERY.search(address)) and not _SCHEME.match(address):
            address = address[: query.start()]
            self.note(written, f"图片地址里的“{query[0]}”不起作用，已略去", "warning")
        if address[:5].lower() == "data:":
            self.note(
                written[:40],
                "图片是直接粘贴进来的数据（base64），没有登出；请存成图片文件，放到文章旁边，只写文件名",
            )
            return Address()
        if self._wrong(address, written, "图片"):
            return Address()
        if found := _SCHEME.match(address):
            if found[0] == "//" or found[1].lower() in ("http", "https"):
                return self._remote_picture(address, written)
            self.note(written, f"图片“{written}”的地址用不了，请把图片放到文章旁边，只写文件名")
            return Address()
        if what := _NO_PICTURES.get(address.rpartition(".")[2].lower()):
            words = alt or "文字"
            self.note(written, f"“{written}”{what}，例如 [{words}]({written})")
            return Address()
        target = resolve(address, self._folder)
        if target is None:
            self.note(
                written, f"图片“{written}”指到了 content/ 之外，请把图片放到文章旁边，只写文件名"
            )
            return Address()
        self.references.append(Reference("media", target, alt, written))
        return Address(f"dj-media:{coded(target)}")

    def _is_own(self, url: str) -> bool:
        return _host(url) in LOCAL_HOSTS or path_on_site(url, self._own) is not None

    def _remote_picture(self, address: str, written: str) -> Address:
        url = f"https:{address}" if address.startswith("//") else address
        shown = written if len(written) <= 60 else f"{written[:60]}…"
        self.references.append(Reference("remote", url, written=written))
        if self._is_own(url):
            message = (
                f"图片“{shown}”写的是本站网页上的地址，会随生成改变；"
                "请把图片放到文章旁边，只写文件名"
            )
            self.note(written, message)
            return Address()
        if self._archived:
            self.note(written, f"图片“{shown}”在别的网站上，已改成链接。{REMOTE_ADVICE}", "warning")
            return Address(url, remote=True)
        self.note(written, f"图片“{shown}”在别的网站上，不能登出。{REMOTE_ADVICE}")
        return Address()

    def link(self, value: str) -> str | None:
        """What becomes of a link's address; None if it can't be used."""
        written = self._see(value)
        address = _bare(written)
        if address.startswith("#"):
            fragment = fragment_of(address[1:])
            self.inner.setdefault(fragment, written)
            return f"#{fragment}"
        if self._wrong(address, written, "链接"):
            return None
        if (odd := _ODD_SCHEME.match(address)) and not _SCHEME_FORM.match(address):
            right = _righted(odd[1].lower()) + address[odd.end() :]
            self.note(written, f"链接“{written}”的网址写错了，请写成 {right}")
            return None
        if found := _SCHEME.match(address):
            return self._with_scheme(address, (found[1] or "").lower(), written)
        if _MAIL.fullmatch(address):
            self.note(
                written,
                f"链接“{written}”是邮箱，前面要写 mailto:，即 [{written}](mailto:{written})",
            )
            return None
        if _PHONE.fullmatch(address):
            bare = address.replace(" ", "")
            self.note(written, f"链接“{written}”是电话号码，前面要写 tel:，即 tel:{bare}")
            return None
        path, mark, fragment = address.partition("#")
        if mark and _ENDS_LIKE_FILE.search(fragment) and not _ENDS_LIKE_FILE.search(path):
            path, mark, fragment = address, "", ""
        if not address.startswith(("/", ".")) and _HOSTNAME.match(path) and not _is_file(path):
            self.note(written, f"链接“{written}”是网址，前面要写 https://，即 https://{written}")
            return None
        return self._inside(path, mark + fragment_of(fragment) if mark else "", written)

    def _with_scheme(self, address: str, scheme: str, written: str) -> str | None:
        if scheme in ("mailto", "tel"):
            return address
        if scheme not in ("http", "https", ""):
            self.note(
                written, f"链接“{written}”用不了，请写 https:// 开头的网址，或文章旁边的文件名"
            )
            return None
        url = address if scheme else f"https:{address}"
        host = _host(url)
        if not host:
            self.note(written, f"链接“{written}”不是完整的网址，应当像 https://www.12371.cn/")
            return None
        parts = urlsplit(url)
        if not _has_port(url):
            self.note(written, f"链接“{written}”里的端口不对，只能是 1 到 65535 的数")
            return None
        path = parts.path if host in LOCAL_HOSTS else path_on_site(url, self._own)
        if path is None:
            inside = any(_PRIVATE.match(one) for one in self._own)
            if _PRIVATE.fullmatch(host) and not inside:
                message = f"链接“{written}”是单位内部网络的地址，外面的读者打不开，请改成公开的网址"
                self.note(written, message, "warning")
            return url
        path = path or "/"
        query = f"?{parts.query}" if parts.query else ""
        return self._site(
            path, query + (f"#{fragment_of(parts.fragment)}" if parts.fragment else ""), written
        )

    def _inside(self, path: str, fragment: str, written: str) -> str | None:
        path, mark, query = path.partition("?")
        if path.rpartition("/")[2] == _COLUMN_FILE:
            path = path.removesuffix(_COLUMN_FILE) or "./"
            if path == "/":
                return self._site(path, fragment, written)
            path = path.removesuffix("/") if path.startswith("/") else path
        lower = path.lower()
        if lower.endswith(".md"):
            kind = "article"
        elif _DOWNLOADS.search(path) and (not mark or _FILE.search(path)):
            kind = "file"
        elif path.startswith("/"):
            return self._site(path, f"{mark}{query}{fragment}", written)
        else:
            kind = "page"
        target = resolve(path, self._folder)
        if target is None:
            self.note(written, f"链接“{written}”指到了 content/ 之外，请改正地址")
            return None
        name = fragment[1:] if kind in ("article", "page") else ""
        self.references.append(Reference(kind, target, written=written, fragment=name))
        return f"dj-{kind}:{coded(target)}{mark}{query}{fragment}"

    def _site(self, path: str, rest: str, written: str) -> str | None:
        target = posixpath.normpath(unquote(path)).strip("/")
        target = "index.html" if target in (".", "") else target
        fragment = rest.partition("#")[2]
        self.references.append(
            Reference("site", target, written=written, fragment=unquote(fragment))
        )
        return f"dj-site:{coded(target)}{rest}"


_SCHEME_FORM = regex(r"(?:https?://|mailto:|tel:)[^\s/]", re.IGNORECASE)


def _righted(scheme: str) -> str:
    """What is in front of an address of the scheme that was meant."""
    if scheme in ("mailto", "tel"):
        return f"{scheme}:"
    return "https://" if scheme.endswith("s") else "http://"


def path_on_site(url: str, own: tuple[str, ...]) -> str | None:
    """The path from the root of a site at ``own`` (``Links``) that an address leads to.

    None if the address is another site's. ``www.`` before either host makes no other site.
    """
    host = _host(url).removeprefix("www.")
    for one in own:
        name, _, root = one.partition("/")
        if host == name.removeprefix("www."):
            path = urlsplit(url).path
            if not root:
                return path
            if f"{path}/".startswith(f"/{root}/"):
                return path[len(root) + 1 :]
    return None


def _host(url: str) -> str:
    """The host of an address in lower case; empty if it has none or cannot be read."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _has_port(url: str) -> bool:
    """Whether an address has a port that there can be, or none."""
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _is_file(path: str) -> bool:
    """Whether ``path`` ends like a file that offices have, not like a host's name."""
    return _FILE.search(path) is not None


def _bare(address: str) -> str:
    """An address without the forms in which Pelican marks its own files, or ``./`` before a URL."""
    bare = _PELICAN.sub("", _PELICAN_CODED.sub(r"{\1}", address), count=1).strip()
    return _DOTTED.sub("", bare)


def fragment_of(written: str) -> str:
    """The id that a fragment means, which may be a heading's words as they are."""
    fragment = unquote(written)
    return fragment if _PLAIN_FRAGMENT.fullmatch(fragment) else slug(fragment)


_NOT_IN_SLUG = regex(r"[^\w\s\-]")


def slug(words: str) -> str:
    """The id of a heading: its words, with hyphens for spaces and no other signs."""
    return "-".join(_NOT_IN_SLUG.sub("", html.unescape(words)).split())


def coded(target: str) -> str:
    """A path as part of an address: signs that mean something there are encoded."""
    return _MEANINGFUL.sub(lambda match: quote(match[0]), target)


def resolve(address: str, folder: str) -> str | None:
    """The path below content/ that ``address`` in a file of ``folder`` means; None if outside."""
    address = unquote(address)
    joined = address[1:] if address.startswith("/") else posixpath.join(folder, address)
    path = posixpath.normpath(joined)
    if path.startswith(("../", "/")) or path in ("..", ".") or "\\" in path or "\0" in path:
        return None
    return path
