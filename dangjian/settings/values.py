"""From what ``pelicanconf.py`` says to typed values, one reading for each form of setting.

A reading returns the value, or ``None`` when it noted a problem or there was nothing to read.
"""

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import Struct

from dangjian.common.problems import Level, Problem
from dangjian.common.timezone import SHANGHAI
from dangjian.schema.dates import DAY_END, DateError, read_date
from dangjian.schema.forms import EMAIL, EMAIL_EXAMPLE, PHONE, PHONE_EXAMPLE, SEPARATORS, shortened
from dangjian.schema.keys import similarity
from dangjian.schema.paths import PathError, inside_content, web_address
from dangjian.schema.refs import PictureRef
from dangjian.settings.lines import SettingsFile
from dangjian.settings.path_text import path_mistake

_HOST: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


class NamedLink(Struct, frozen=True):
    """A link an office sets; ``url`` is absolute or relative to the site's root."""

    name: str
    url: str


class NamedLinks(Struct, frozen=True):
    """A titled group of links."""

    title: str
    links: tuple[NamedLink, ...]


class SettingLocation(Struct):
    """The setting being read: its name, the keys inside it, and where problems go."""

    file: SettingsFile
    problems: list[Problem]
    name: str
    zh: str
    keys: tuple[str | int, ...] = ()

    def note(self, message: str, level: Level = "error") -> None:
        """Note a problem with this setting, or with what ``keys`` point at."""
        path, line = self.file.place(self.name, *self.keys)
        self.problems.append(Problem(path, line, message, level))

    def inside(self, *keys: str | int) -> "SettingLocation":
        """The place of something inside this one."""
        return SettingLocation(self.file, self.problems, self.name, self.zh, (*self.keys, *keys))

    @property
    def label(self) -> str:
        """``HOME["latest"]``, with the setting's Chinese name."""
        inner = "".join(f"[{key!r}]" if isinstance(key, str) else "" for key in self.keys)
        where = (
            f" 第 {self.keys[-1] + 1} 项" if self.keys and isinstance(self.keys[-1], int) else ""
        )
        return f"{self.name}{inner}{where}（{self.zh}）".replace("'", '"')


Reading = Callable[[Any, SettingLocation], Any]


def as_repr(value: object) -> str:
    """What was found, as Python writes it, short enough for a message."""
    try:
        return shortened(repr(value), 40)
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        return "位数极多的数"


def text(value: Any, place: SettingLocation) -> str | None:
    """One line of text."""
    if not isinstance(value, str):
        place.note(f'{place.label}写的是 {as_repr(value)}，要写文字，用英文引号括起来，例如 "……"')
        return None
    if any(ord(character) < 32 or 0xD800 <= ord(character) < 0xE000 for character in value):
        place.note(f"{place.label}里有换行或不能显示的字符，请写成一行")
        return None
    return value.strip()


def file_pair(value: Any, place: SettingLocation) -> tuple[str, str] | None:
    """Two files of the server by their whole paths, or nothing."""
    if not value:
        return ("", "")
    if isinstance(value, list | tuple) and len(value) == 2:
        found = [text(one, place.inside(number)) for number, one in enumerate(value)]
        if all(one and one.startswith("/") for one in found):
            return (str(found[0]), str(found[1]))
    place.note(f"{place.label}要写两个文件的完整路径，以 / 开头，先证书后私钥")
    return None


def server_file(value: Any, place: SettingLocation) -> str | None:
    """A file of the server by its whole path, or nothing."""
    found = text(value, place)
    if not found:
        return found
    if found.startswith("/") and not found.endswith("/") and "$" not in found:
        return found
    place.note(f"{place.label}写的是“{found}”，要写文件的完整路径，例如 /var/log/portal/access.log")
    return None


def form(pattern: re.Pattern[str], example: str, level: Level = "error") -> Reading:
    """A text of a given form."""

    def read(value: Any, place: SettingLocation) -> str | None:
        found = text(value, place)
        if not found:
            return found
        if pattern.fullmatch(found):
            return found
        place.note(f"{place.label}写的是“{found}”，格式不对，应当像“{example}”", level)
        return found if level == "warning" else None

    return read


email = form(EMAIL, EMAIL_EXAMPLE)
phone = form(PHONE, PHONE_EXAMPLE)


def choice(*accepted: str) -> Reading:
    """One of a few words."""

    def read(value: Any, place: SettingLocation) -> str | None:
        if isinstance(value, str) and value in accepted:
            return value
        words = "、".join(f'"{word}"' for word in accepted)
        place.note(f"{place.label}写的是 {as_repr(value)}，只能写 {words}")
        return None

    return read


def number(least: int, most: int) -> Reading:
    """A whole number within limits."""

    def read(value: Any, place: SettingLocation) -> int | None:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        place.note(f"{place.label}写的是 {as_repr(value)}，要写 {least} 到 {most} 的整数，不加引号")
        return None

    return read


def read_bool(value: Any, place: SettingLocation) -> bool | None:
    """True or False."""
    if isinstance(value, bool):
        return value
    place.note(f"{place.label}写的是 {as_repr(value)}，只能写 True 或 False，不加引号")
    return None


def words(value: Any, place: SettingLocation) -> tuple[str, ...] | None:
    """A list of texts; one text with 、 ， ； between is one too."""
    if isinstance(value, str):
        value = SEPARATORS.split(value)
    if not isinstance(value, list | tuple):
        place.note(f'{place.label}写的是 {as_repr(value)}，要写列表，例如 ["甲", "乙"]')
        return None
    found = (text(item, place.inside(index)) for index, item in enumerate(value))
    return tuple(dict.fromkeys(item for item in found if item))


def folder(value: Any, place: SettingLocation) -> str | None:
    """A folder or file, as text or as a ``Path``."""
    found = text(str(value) if isinstance(value, PurePath) else value, place)
    if found and (wrong := path_mistake(found)):
        place.note(f"{place.label}写的是“{shortened(found, 40)}”，{wrong}")
        return None
    return found


def command(value: Any, place: SettingLocation) -> tuple[str, ...] | None:
    """A command: a list of its words, or one line that is split as a shell would."""
    if isinstance(value, str):
        try:
            words = tuple(shlex.split(value))
            signs = _shell_signs(value)
        except ValueError:
            place.note(f"{place.label}里的引号不成对：{as_repr(value)}")
            return None
        if signs:
            place.note(
                f"{place.label}里的 {signs} 不起作用，命令不经过 shell。"
                f"要用的，写成 {shortened(str(['sh', '-c', value]), 80)}"
            )
            return None
    elif isinstance(value, list | tuple) and all(isinstance(word, str) for word in value):
        words = tuple(value)
    else:
        place.note(f'{place.label}写的是 {as_repr(value)}，要写列表，例如 ["命令", "参数"]')
        return None
    if wrong := _wrong_words(words):
        place.note(f"{place.label}写的是 {as_repr(value)}：{wrong}")
        return None
    return words


def _shell_signs(line: str) -> str:
    """The first signs outside of quotes by which a shell joins commands; empty if none."""
    if "://" in line.partition(" ")[0]:
        return ""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    return next((word for word in lexer if word and not set(word) - set("();<>|&")), "")


def _wrong_words(words: tuple[str, ...]) -> str:
    """Why nothing can be run, or no address called, by these words; empty if it can."""
    if any("\0" in word for word in words):
        return "里面有 NUL 字符，请删去"
    if len(words) == 1 and "://" in words[0]:
        try:
            web_address(words[0])
        except PathError as wrong:
            return str(wrong)
    return "" if not words or words[0].strip() else "命令是空的，没有就写 []"


def commands(value: Any, place: SettingLocation) -> tuple[tuple[str, ...], ...] | None:
    """One command as for ``command``, or a list of several, each a list of its words."""
    words = value if isinstance(value, list | tuple) else ()
    if words and all(isinstance(one, list | tuple) for one in words):
        found = [command(one, place.inside(number)) for number, one in enumerate(words)]
        return tuple(one for one in found if one)
    single = command(value, place)
    return (single,) if single else None


def moment(value: Any, place: SettingLocation, *, day_end: bool = False) -> datetime | None:
    """A date with or without time, written as text or made by ``datetime``."""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI) if value.tzinfo else value.replace(tzinfo=SHANGHAI)
    if isinstance(value, date):
        return datetime.combine(value, DAY_END if day_end else time(), SHANGHAI)
    if isinstance(value, str):
        try:
            return read_date(value, day_end) if value.strip() else None
        except DateError as wrong:
            why = str(wrong)
    else:
        why = "不是日期"
    place.note(f'{place.label}写的是 {as_repr(value)}：{why}，请写成 "2026-11-24 10:00"')
    return None


def grayscale(value: Any, place: SettingLocation) -> bool | tuple[datetime, datetime] | None:
    """True, False, or the first and the last day of grey."""
    if isinstance(value, bool):
        return value
    if isinstance(value, list | tuple) and len(value) == 2:
        start = moment(value[0], place.inside(0))
        end = moment(value[1], place.inside(1), day_end=True)
        if start is None or end is None:
            return None
        if end >= start:
            return start, end
        place.note(f"{place.label}的结束日期早于开始日期，请对调或改正")
        return None
    place.note(
        f'{place.label}写的是 {as_repr(value)}，要写 True、False 或 ["2026-12-13", "2026-12-13"]'
    )
    return None


def path_or_url(value: Any, place: SettingLocation) -> str | None:
    """Where a link leads: another site, or a path from this site's root."""
    found = text(value, place)
    if not found:
        return None
    try:
        if re.match(r"https?:", found, re.IGNORECASE):
            return web_address(found)
        if re.match(r"mailto:|tel:", found):
            return found
        inside_content(found.rstrip("/") or "index.html", "")
    except PathError:
        place.note(
            f"{place.label}写的是“{found}”，要写 https:// 开头的网址，"
            "或从本站根目录起的路径，例如 about.html"
        )
        return None
    return found.removeprefix("/") or "index.html"


def picture_file(value: Any, place: SettingLocation) -> str | None:
    """A picture in ``content/``."""
    found = text(value, place)
    if not found:
        return None
    try:
        return inside_content(found, "")
    except PathError as wrong:
        place.note(f"{place.label}写的是“{found}”：{wrong}")
        return None


def links(value: Any, place: SettingLocation) -> tuple[NamedLink, ...] | None:
    """A list of pairs of name and address."""
    if not isinstance(value, list | tuple):
        place.note(f'{place.label}写的是 {as_repr(value)}，要写 [["名称", "https://…"], …]')
        return None
    return tuple(_links(value, place))


def _links(value: list[Any] | tuple[Any, ...], place: SettingLocation) -> Iterator[NamedLink]:
    for index, pair in enumerate(value):
        here = place.inside(index)
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            here.note(f'{here.label}写的是 {as_repr(pair)}，要写 ["名称", "https://…"]')
            continue
        name, url = text(pair[0], here), path_or_url(pair[1], here)
        if name == "" or pair[1] == "":
            here.note(f'{here.label}的名称或网址是空的，要写 ["名称", "https://…"]')
        elif name and url:
            yield NamedLink(name, url)


def link_groups(value: Any, place: SettingLocation) -> tuple[NamedLinks, ...] | None:
    """Titled groups of links."""
    if not isinstance(value, Mapping):
        place.note(
            f'{place.label}写的是 {as_repr(value)}，要写 {{"组名": [["名称", "https://…"], …]}}'
        )
        return None
    groups = []
    for title, members in value.items():
        here = place.inside(title) if isinstance(title, str) else place
        name, found = text(title, here), links(members, here)
        if name and found:
            groups.append(NamedLinks(name, found))
    return tuple(groups)


def hosts(value: Any, place: SettingLocation) -> tuple[str, ...] | None:
    """Names of sites, without http://."""
    found = []
    for index, host in enumerate(words(value, place) or ()):
        here = place.inside(index)
        if _HOST.fullmatch(host.lower()):
            found.append(host.lower())
        else:
            better = (urlsplit(host).hostname if "//" in host else "") or "gov.cn"
            here.note(f'{here.label}写的是“{host}”，只写域名，例如 "{better}"')
    return tuple(found)


def members(value: Any, place: SettingLocation, known: Mapping[str, Reading]) -> dict[str, Any]:
    """The values of a dict setting by its known keys; unknown keys are reported."""
    if not isinstance(value, Mapping):
        example = ", ".join(f'"{key}": …' for key in list(known)[:2])
        place.note(f"{place.label}写的是 {as_repr(value)}，要写 {{{example}}}")
        return {}
    found = {}
    for key, item in value.items():
        here = place.inside(key) if isinstance(key, str) else place
        reading = known.get(key) if isinstance(key, str) else None
        if reading is None:
            nearest = max(known, key=lambda name: similarity(str(key), name))
            accepted = "、".join(f'"{name}"' for name in known)
            here.note(
                f'{place.label}里没有“{key}”这一项，是不是要写 "{nearest}"？可用的有 {accepted}'
            )
            continue
        taken = reading(item, here)
        if taken is not None:
            found[key] = taken
    return found


def picture(value: Any, place: SettingLocation) -> PictureRef | None:
    """``{"image": file, "alt": text}``; the text is required."""
    if value in ("", None, {}):
        return None
    noted = len(place.problems)
    found = members(value, place, {"image": picture_file, "alt": text})
    if len(place.problems) > noted:
        return None
    for key, what in (("image", "图片文件"), ("alt", "图片的文字说明")):
        if not found.get(key):
            place.note(f'{place.label}缺少 "{key}"（{what}），要写 {{"image": "…", "alt": "…"}}')
            return None
    return PictureRef(found["image"], found["alt"])
