"""Files that have to lie at the site's root: whatever is in ``content/_root/`` goes out as it is.

Verification files of search engines and WeChat, further rules for ``robots.txt``, a site's own
``favicon.ico``, pages of an earlier site. What the site makes itself goes before them.
"""

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from dangjian.common.digests import digest
from dangjian.common.errors import describe
from dangjian.common.files import SkipReason, scan_files
from dangjian.common.problems import Problem, Problems

ROOT_FOLDER = "_root"
ROBOTS = "robots.txt"
ICON = "favicon.ico"

_PUBLIC_HIDDEN = ".well-known"
_SYSTEM_FILES = frozenset({"Thumbs.db", "desktop.ini", ".DS_Store"})
_MADE = ("static/", "media/", "files/", "feeds/", "search/")
_COPIES = (".gz", ".br")


def find_root_files(content: Path, problems: Problems) -> dict[str, bytes]:
    """The files for the root, by their addresses there, each with a digest of its content.

    The digest is empty where a file can't be read now. What can't be published is added to
    ``problems``.
    """
    top = content / ROOT_FOLDER
    if not top.is_dir():
        return {}
    found: dict[str, bytes] = {}
    for path, _, _ in sorted(scan_files(top, _reported)):
        if path.rpartition("/")[2] in _SYSTEM_FILES:
            continue
        if message := _unfit(path):
            problems.add(_source(path), 0, message)
            continue
        try:
            data = (top / path).read_bytes()
        except OSError as error:
            problems.add(_source(path), 0, f"读不出来，没有更新：{describe(error)}")
            found[path] = b""
            continue
        if path == ROBOTS and (message := _wrong_robots(data)):
            problems.add(_source(path), 0, message)
            continue
        found[path] = digest(data)
    return found


def drop_taken(files: dict[str, bytes], taken: Collection[str]) -> Iterator[Problem]:
    """Drop the files whose address the site needs itself; yields what to say of each.

    ``taken`` are the addresses of what is made. Case does not count, for there are disks and
    servers to which ``Index.html`` is ``index.html``.
    """
    if not files:
        return
    made = {path.casefold() for path in taken}
    folders = {path[:at] for path in made for at, sign in enumerate(path) if sign == "/"}
    for path in list(files):
        folded = path.casefold()
        parents = {folded[:at] for at, sign in enumerate(folded) if sign == "/"}
        if folded in made or folded in folders or parents & made or _is_made(folded):
            del files[path]
            yield Problem(
                _source(path),
                0,
                f"网址“{path}”由本站自己的页面或文件使用，这个文件没有发布。请改名，或换一个文件夹",
            )


def read_root_file(content: Path, path: str) -> bytes:
    """The content of one of them. Raises OSError."""
    return (content / ROOT_FOLDER / path).read_bytes()


def _reported(_path: str, _reason: SkipReason) -> None:
    """What is no plain file is reported with the rest of the content (``scan_content``)."""


def _source(path: str) -> str:
    return f"{ROOT_FOLDER}/{path}"


def _is_made(path: str) -> bool:
    inside = path.startswith(_MADE) or f"{path}/" in _MADE
    return inside or (path.startswith("sitemap") and path.endswith(".xml") and "/" not in path)


def _unfit(path: str) -> str:
    """Why a file can't be published under its name; empty when it can."""
    first, *others = path.split("/")
    names = others if first == _PUBLIC_HIDDEN else [first, *others]
    if any(name.startswith(".") for name in names):
        return "以点开头的文件，网页服务器不对外，没有发布；只有 .well-known 文件夹可以"
    if path.lower().endswith(_COPIES):
        return (
            "以 .gz、.br 结尾的文件，网页服务器会当作另一个文件的压缩件发出，没有发布。"
            "供人下载的请作为附件，写在文章里"
        )
    if any(ord(sign) < 32 or sign in '\\:*?"<>|' for sign in path) or os.path.isabs(path):
        return '文件名里有 \\ : * ? " < > | 或控制字符，没有发布，请改名'
    return ""


def _wrong_robots(data: bytes) -> str:
    """Why rules can't be added to ``robots.txt``; empty when they can."""
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return "编码不是 UTF-8，没有并入 robots.txt。请用记事本另存为 UTF-8"
    rules = [line for line in lines if line.partition("#")[0].strip()]
    if rules and rules[0].partition(":")[0].strip().lower() not in ("user-agent", "sitemap"):
        return (
            f"第一条规则是“{rules[0].strip()}”，没有并入 robots.txt。"
            "规则前面要写明对谁，例如 User-agent: *"
        )
    return ""
