"""What lies below ``content/``: sources, other files, their stats, and what is unreadable."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from msgspec import Struct

from dangjian.common.files import SkipReason, Stat, scan_files
from dangjian.common.patterns import regex
from dangjian.common.problems import Problem
from dangjian.content.columns import COLUMN_FILE, is_column_folder
from dangjian.content.root_files import ROOT_FOLDER


class Scan(Struct, frozen=True):
    """All files below content/ with their stats; ``sources`` are the articles and columns.

    ``changed`` says when each file last changed (ns). ``problems`` name what looks like an article,
    or may hold some, and can't be read. ``complete`` is False where a folder can't be listed.
    ``unread`` are files that may be articles in the wrong form, unless an article refers to them.
    """

    files: dict[str, Stat]
    sources: dict[str, Stat]
    changed: dict[str, int]
    problems: tuple[Problem, ...] = ()
    complete: bool = True
    unread: tuple[str, ...] = ()


def scan_content(content: Path) -> Scan:
    """Find every file below ``content``.

    Hidden folders, and those whose names begin with ``_``, hold no articles, but pictures in them
    can be used.
    """
    files: dict[str, Stat] = {}
    sources: dict[str, Stat] = {}
    changed: dict[str, int] = {}
    problems: list[Problem] = []
    complete = True
    unread: list[str] = []
    set_aside: Counter[str] = Counter()

    def pass_over(path: str, reason: SkipReason) -> None:
        nonlocal complete
        complete &= reason != "unreadable"
        first = path.partition("/")[0]
        if first == ROOT_FOLDER or is_column_folder(path) or path.endswith(f"/{COLUMN_FILE}"):
            problems.append(Problem(path, 0, _SKIPPED[reason]))

    holds_articles = cache(is_column_folder)
    for path, stat, when in scan_files(content, pass_over):
        files[path], changed[path] = stat, when
        folder, _, name = path.rpartition("/")
        if name.endswith(".md"):
            if not holds_articles(folder):
                if path.partition("/")[0] != ROOT_FOLDER:
                    set_aside[folder] += 1
            elif name == COLUMN_FILE or not (why := _passed_over(name)):
                sources[path] = stat
            elif why is not _HIDDEN:
                problems.append(Problem(path, 0, why, "warning"))
        elif (ending := name.rpartition(".")[2]) not in _USUAL and holds_articles(folder):
            if name.lower().endswith(_ENDINGS):
                message = "扩展名要用小写的 .md，这个文件没有读取，请改名"
                problems.append(Problem(path, 0, message))
            elif _COLUMN_LIKE.match(name):
                problems.append(Problem(path, 0, _COLUMN_NAME, "warning"))
            elif ending.lower() in _PLAIN and not _NOT_READ.search(name):
                unread.append(path)
            elif _NOT_READ.search(name) and not name.startswith((".", "_", "~")):
                problems.append(Problem(path, 0, _RENAME, "warning"))
    problems += _folders_set_aside(set_aside)
    problems.sort(key=lambda problem: problem.order)
    return Scan(files, sources, changed, tuple(problems), complete, tuple(unread))


def _passed_over(name: str) -> str:
    """Why a Markdown file in a column is no article; empty for most."""
    if _ORDINARY.fullmatch(name) and "conflict" not in name:
        return ""
    if name.startswith("."):
        return _HIDDEN
    if _COLUMN_LIKE.match(name):
        return _COLUMN_NAME
    if name.startswith("_"):
        return "以 _ 开头的文件不是文章，没有读取；是文章的请去掉开头的 _"
    if name.startswith("~$"):
        return "这是别的程序打开文件时留下的临时文件，没有读取，可以删去"
    if _COPY.search(name):
        return (
            "看名字是一份副本（复制出来的，或同步软件因冲突留下的），没有读取；"
            "不要的请删去，是另一篇文章的请改名"
        )
    return ""


def _folders_set_aside(counts: Counter[str]) -> Iterator[Problem]:
    """Articles in folders whose name begins with ``_``: those of other programs (``_posts``)."""
    tops: Counter[str] = Counter()
    for folder, count in counts.items():
        parts = folder.split("/")
        first = next(at for at, part in enumerate(parts, 1) if part.startswith(("_", ".")))
        if parts[first - 1].startswith("_"):
            tops["/".join(parts[:first])] += count
    for top, count in sorted(tops.items()):
        message = (
            f"以 _ 开头的文件夹不是栏目，里面的 {count} 个 .md 文件没有读取；"
            "是稿件的，请把文件夹改名，去掉开头的 _"
        )
        yield Problem(top, 0, message, "warning")


_ENDINGS = (".md", ".markdown")
_USUAL = frozenset(("jpg", "jpeg", "png", "webp", "gif", "svg", "pdf", "xlsx", "mp4", "vtt"))
"""Endings of what lies next to articles, so that nothing else need be asked of most files."""
_PLAIN = frozenset(("txt", "html", "htm", "docx", "doc", "wps", "rtf", "odt", "pages"))
"""Endings of what may be a download, or an article saved in the wrong form."""
_NOT_READ = regex(
    r"\.(?:md(?:\W+\w*)?|mdx|mkd|mkdn|mkdown|mdown|mdwn|mdtxt|mdtext|rst|rest|adoc|asciidoc|textile|org"
    r"|wiki|text)\s*$|[．。﹒·][mM][dD]$|\.[mM][dD][．。\s]*$",
    re.IGNORECASE,
)
"""Names that were most likely meant to end in ``.md``, or other programs' articles."""
_ORDINARY = regex(r"[a-z0-9-]+\.md")
"""Most names; of what is passed over only a copy with ``conflict`` in its name can look so."""
_COPY = regex(
    r"\.sync-conflict-\d|[(（ _-]冲突(?:的)?副本|冲突文件|conflicted copy|[ _-]+conflict[ _.-]"
    r"|(?: -|-| |_|的)\s*副本\s*(?:[(（]?\d+[)）]?)?\.md$|^副本 ?(?:-|_)|^复件(?: |[(（]|\.md$)"
    r"|(?: - Copy| copy)\s*(?:[(（]?\d+[)）]?)?\.md$"
    r"|\.(?:orig|bak)\.md$"
)
_HIDDEN = "hidden"
_COLUMN_LIKE = regex(r"_(?:columns?|栏目)\.", re.IGNORECASE)
_COLUMN_NAME = "这个文件没有读取：栏目的说明文件要叫 _column.md（全用小写），请改名"
_RENAME = "这个文件没有读取：文章的文件名要以 .md 结尾（记事本可能多加了 .txt）；是文章的请改名"
UNREAD = "这个文件没有读取，也没有文章引用它：文章的文件名要以 .md 结尾；是文章的请改名"
UNREAD_OFFICE = (
    "这个文件没有登出，也没有文章引用它：是附件的，请在文章里写 附件；"
    "是稿子的，请把文字复制到 .md 文件里（只改扩展名不行）"
)
OFFICE_ENDINGS = (".docx", ".doc", ".wps", ".rtf", ".odt", ".pages")
"""Endings of texts of office programs, which are attachments, or articles in the wrong form."""
_SKIPPED: dict[SkipReason, str] = {
    "link": "这是快捷方式（符号链接），没有读取。请把文件或文件夹本身放到这里",
    "device": "这不是普通文件（是管道或设备），没有读取，请删去",
    "unreadable": "文件夹打不开，里面的文件没有读取，请检查文件夹的权限",
    "name": "文件名不是文字（可能出自旧的压缩包），没有读取，请改名",
}
