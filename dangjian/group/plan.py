"""``group.toml``: which sites there are, and what they share; mistakes are reported by line.

name = "示例省党建网站群"
owner = "中共示例省委组织部"
url = "https://qun.example.gov.cn"
output = "all"

[shared]
site = "sites/sheng"
column = "tongbao"

[[site]]
folder = "sites/sheng"
host = "sheng.example.gov.cn"
owner = "省委组织部信息处"
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from dangjian.common.errors import DangjianError
from dangjian.common.folders import is_inside
from dangjian.common.problems import Problem, report

FILE = "group.toml"
EXAMPLE = '[[site]]\nfolder = "sites/shi"\nhost = "shi.example.gov.cn"\nowner = "市委组织部"'

_GROUP_KEYS = {
    "name": "网站群的名称",
    "owner": "主办单位",
    "url": "总列表的网址",
    "output": "总列表放在哪个文件夹",
    "shared": "共享的栏目",
    "site": "网站",
}
_SHARED_KEYS = {
    "site": "共享的文章是哪个网站的",
    "column": "那个网站的哪个栏目",
    "into": "放到各网站的哪个栏目",
}
_SITE_KEYS = {
    "folder": "网站文件夹",
    "name": "名称",
    "host": "域名",
    "owner": "责任单位",
    "settings": "设置文件",
}
_HOST = re.compile(r"[^\s/:@]+(:\d+)?")
_FOLDER = re.compile(r"[^/\\.][^\\]*")
_AT = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")


class GroupError(DangjianError):
    """The group can't be used as it is written; the message names file and lines."""


class GroupSite(Struct, frozen=True):
    """One site: its folder (absolute), what it is called, its host, and who answers for it."""

    folder: Path
    label: str
    name: str = ""
    host: str = ""
    owner: str = ""
    settings: str = "publishconf.py"
    line: int = 0


class Shared(Struct, frozen=True):
    """The column (``column`` of the site ``site``) that every site shows, there as ``into``."""

    site: str
    column: str
    into: str


class Group(Struct, frozen=True):
    """A group of sites; ``file`` is its ``group.toml``, ``output`` where its list goes."""

    file: Path
    sites: tuple[GroupSite, ...]
    name: str = ""
    owner: str = ""
    url: str = ""
    output: Path | None = None
    shared: Shared | None = None

    @property
    def records(self) -> Path:
        """Where the group keeps what came of its runs."""
        return self.file.parent / ".dangjian" / "group"


def read_group(file: Path) -> Group:
    """The group that a file describes. Raises GroupError."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise GroupError(
            f"找不到 {file}。请在这个位置建一个 {FILE}，每个网站写一段，例如：\n{EXAMPLE}"
        ) from error
    except UnicodeDecodeError as error:
        raise GroupError(f"{file.name} 的编码不是 UTF-8，请用记事本另存为 UTF-8") from error
    except OSError as error:
        raise GroupError(f"{file} 读不出来：{error.strerror}") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise GroupError(_syntax(file, text, str(error))) from error
    reading = _Reading(file, text)
    group = reading.group(table)
    if reading.problems:
        raise GroupError(report(sorted(reading.problems, key=lambda problem: problem.order)))
    return group


def _syntax(file: Path, text: str, message: str) -> str:
    at = _AT.search(message)
    lines = text.splitlines()
    number = int(at[1]) if at and at[1] else max(len(lines), 1)
    line = lines[number - 1].strip() if number <= len(lines) else ""
    if "overwrite" in message or "twice" in message:
        advice = "同一项写了两次，或名称与前面的重复，请删去一个"
    elif re.search(r"[“”‘’]", line):
        advice = '引号要用英文的 "'
    elif "＝" in line or "：" in line.partition('"')[0]:
        advice = "名称和值之间要用英文的 ="
    else:
        advice = '每行要写成 名称 = "值"，每个网站的前面单独一行 [[site]]'
    return report([Problem(file.name, number, f"“{line}”读不懂：{advice}")])


class _Reading(Struct):
    """The problems of one file, each with its line."""

    file: Path
    text: str
    problems: list[Problem] = field(default_factory=list)

    def group(self, table: Mapping[str, Any]) -> Group:
        top = self._line_of("", 0)
        self._unknown(table, _GROUP_KEYS, "", 0)
        sites = self._sites(table.get("site"))
        shared = self._shared(table.get("shared"), sites)
        url = self._text(table, "url", "", 0)
        if url and not re.match(r"https?://[^\s/]+", url):
            self._note("url", "", 0, f"写的是“{url}”，要以 https:// 或 http:// 开头")
        output = self._text(table, "output", "", 0)
        if (output or url) and not (output and url):
            missing = "url（总列表的网址）" if output else "output（总列表放在哪个文件夹）"
            self.problems.append(
                Problem(self.file.name, top, f"要总列表，还要写 {missing}；不要的两项都不写")
            )
        folder = (self.file.parent / output).resolve() if output else None
        if folder is not None:
            self._check_output(folder, sites)
        return Group(
            self.file.resolve(),
            sites,
            self._text(table, "name", "", 0),
            self._text(table, "owner", "", 0),
            url.rstrip("/"),
            folder,
            shared,
        )

    def _check_output(self, folder: Path, sites: tuple[GroupSite, ...]) -> None:
        here = self.file.resolve().parent
        inside = [s.label for s in sites if is_inside(folder, s.folder)]
        if is_inside(here, folder) or any(is_inside(s.folder, folder) for s in sites):
            self._note("output", "", 0, "里面有网站或 group.toml，请换一个单独的文件夹")
        elif inside:
            self._note("output", "", 0, f"在网站 {inside[0]} 里面，请换一个单独的文件夹")

    def _sites(self, found: object) -> tuple[GroupSite, ...]:
        if not isinstance(found, list) or not found:
            line = self._line_of("site", 0, header=True)
            self.problems.append(
                Problem(
                    self.file.name, line, f"一个网站也没有写。每个网站写一段，例如：\n{EXAMPLE}"
                )
            )
            return ()
        sites: list[GroupSite] = []
        for number, one in enumerate(found):
            self._unknown(one, _SITE_KEYS, "site", number)
            site = self._site(one, number)
            if site is not None:
                self._check_twice(site, sites, number)
                sites.append(site)
        return tuple(sites)

    def _site(self, one: Mapping[str, Any], number: int) -> GroupSite | None:
        label = self._text(one, "folder", "site", number)
        if not label:
            line = self._line_of("site", number, header=True)
            self.problems.append(
                Problem(self.file.name, line, '这个网站没有写 folder，例如 folder = "sites/shi"')
            )
            return None
        folder = (self.file.parent / label).resolve()
        settings = self._text(one, "settings", "site", number) or "publishconf.py"
        if not folder.is_dir():
            self._note("folder", "site", number, f"{label} 不是文件夹，请改正，或先用 start 建站")
        elif not (folder / settings).is_file():
            key = "settings" if "settings" in one else "folder"
            self._note(key, "site", number, f"{label} 里没有设置文件 {settings}")
        host = self._text(one, "host", "site", number)
        if host and not _HOST.fullmatch(host):
            self._note(
                "host", "site", number, f'写的是“{host}”，只写域名，例如 "shi.example.gov.cn"'
            )
        return GroupSite(
            folder,
            label,
            self._text(one, "name", "site", number),
            host,
            self._text(one, "owner", "site", number),
            settings,
            self._line_of("site", number, header=True),
        )

    def _check_twice(self, site: GroupSite, sites: list[GroupSite], number: int) -> None:
        for other in sites:
            if (other.folder, other.settings) == (site.folder, site.settings):
                self._note("folder", "site", number, f"与第 {other.line} 行的网站是同一个")
            elif site.host and other.host.lower() == site.host.lower():
                self._note("host", "site", number, f"与第 {other.line} 行的网站域名相同")

    def _shared(self, found: object, sites: tuple[GroupSite, ...]) -> Shared | None:
        if found is None:
            return None
        if not isinstance(found, dict):
            self._note("shared", "", 0, "要单独一行写 [shared]，下面写 site 和 column")
            return None
        self._unknown(found, _SHARED_KEYS, "shared", 0)
        site = self._text(found, "site", "shared", 0)
        column = self._text(found, "column", "shared", 0).strip("/")
        into = self._text(found, "into", "shared", 0).strip("/") or column
        labels = {one.label.rstrip("/"): one for one in sites}
        if site.rstrip("/") not in labels:
            known = "、".join(labels) or "无"
            self._note("site", "shared", 0, f"写的“{site}”不是下面的网站，要写其中一个：{known}")
            return None
        for key, value in (("column", column), ("into", into)):
            if not value or not all(_FOLDER.fullmatch(p) for p in value.split("/")):
                self._note(key, "shared", 0, f'写的是“{value}”，要写栏目的文件夹，例如 "tongbao"')
                return None
        return Shared(site.rstrip("/"), column, into)

    def _text(self, table: Mapping[str, Any], key: str, section: str, number: int) -> str:
        value = table.get(key, "")
        if not isinstance(value, str):
            self._note(key, section, number, '要写文字，放在英文引号里，例如 "示例"')
            return ""
        return value.strip()

    def _unknown(
        self, table: Mapping[str, Any], keys: Mapping[str, str], section: str, number: int
    ) -> None:
        for key in table:
            if key not in keys:
                near = get_close_matches(key, keys, n=1, cutoff=0.6)
                known = "、".join(f"{name}（{about}）" for name, about in keys.items())
                advice = f"是不是要写 {near[0]}？" if near else f"可以写的有：{known}"
                line = self._line_of(section, number, key=key)
                self.problems.append(Problem(self.file.name, line, f"没有“{key}”这一项，{advice}"))

    def _note(self, key: str, section: str, number: int, message: str) -> None:
        line = self._line_of(section, number, key=key)
        self.problems.append(Problem(self.file.name, line, f"{key}：{message}"))

    def _line_of(self, section: str, number: int, *, key: str = "", header: bool = False) -> int:
        """The line of a key in the ``number``-th section of a name; that of its head if missing."""
        head = 1
        for found, count, at, name in self._keys():
            if (found, count) == (section, number):
                if not name:
                    head = at
                    if header:
                        break
                elif name == key:
                    return at
        return head

    def _keys(self) -> Iterator[tuple[str, int, int, str]]:
        """Every head and key: the section, which one of its name, the line, the key or nothing."""
        section, counts = "", {"": 0}
        yield "", 0, 1, ""
        for at, line in enumerate(self.text.splitlines(), 1):
            if headed := re.match(r'\s*\[\[?\s*"?([\w-]+)"?', line):
                section = headed[1]
                counts[section] = counts.get(section, -1) + 1
                yield section, counts[section], at, ""
            elif named := re.match(r'\s*["\']?([\w-]+)["\']?\s*=', line):
                yield section, counts[section], at, named[1]
