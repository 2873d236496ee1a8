"""What lies below ``content/``: sources, other files, their stats, and what is unreadable."""

from functools import cache
from pathlib import Path

from msgspec import Struct

from dangjian.common.files import SkipReason, Stat, scan_files
from dangjian.common.problems import Problem
from dangjian.content.columns import COLUMN_FILE, is_column_folder


class Scan(Struct, frozen=True):
    """All files below content/ with their stats; ``sources`` are the articles and columns.

    ``changed`` says when each file last changed (ns). ``problems`` name what looks like an article,
    or may hold some, and can't be read. ``complete`` is False where a folder can't be listed.
    """

    files: dict[str, Stat]
    sources: dict[str, Stat]
    changed: dict[str, int]
    problems: tuple[Problem, ...] = ()
    complete: bool = True


def scan_content(content: Path) -> Scan:
    """Find every file below ``content``.

    Hidden folders, and those set aside with ``_``, hold no articles, but pictures in them can be
    used.
    """
    files: dict[str, Stat] = {}
    sources: dict[str, Stat] = {}
    changed: dict[str, int] = {}
    problems: list[Problem] = []
    complete = True

    def pass_over(path: str, oddity: SkipReason) -> None:
        nonlocal complete
        complete &= oddity != "unreadable"
        if is_column_folder(path) or path.endswith(f"/{COLUMN_FILE}"):
            problems.append(Problem(path, 0, _ODDITIES[oddity]))

    holds_articles = cache(is_column_folder)
    for path, stat, when in scan_files(content, pass_over):
        files[path], changed[path] = stat, when
        folder, _, name = path.rpartition("/")
        if not name.lower().endswith(_ENDINGS) or not holds_articles(folder):
            continue
        if name.startswith(("_", ".")) and name != COLUMN_FILE:
            continue
        if name.endswith(".md"):
            sources[path] = stat
        else:
            problems.append(Problem(path, 0, "扩展名要用小写的 .md，这个文件没有读取，请改名"))
    problems.sort(key=lambda problem: problem.order)
    return Scan(files, sources, changed, tuple(problems), complete)


_ENDINGS = (".md", ".markdown")
_ODDITIES: dict[SkipReason, str] = {
    "link": "这是快捷方式（符号链接），没有读取。请把文件或文件夹本身放到这里",
    "device": "这不是普通文件（是管道或设备），没有读取，请删去",
    "unreadable": "文件夹打不开，里面的稿件没有读取，请检查文件夹的权限",
    "name": "文件名不是文字（可能出自旧的压缩包），没有读取，请改名",
}
