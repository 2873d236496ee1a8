"""Pelican's settings to an ``Office``, with every mistake reported by file and line."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from dangjian.common.problems import Level, Problem
from dangjian.schema.keys import similarity
from dangjian.settings.lines import SettingsFile
from dangjian.settings.model import PUBLISH_SETTINGS, SETTINGS, Office, PublishOptions, Setting
from dangjian.settings.site_address import is_local
from dangjian.settings.values import SettingLocation, as_repr

PELICAN_OPTIONAL: Final = frozenset((
    "AUTHOR", "AUTHOR_FEED_ATOM_URL", "AUTHOR_FEED_RSS_URL", "AUTORELOAD_IGNORE_CACHE",
    "CATEGORY_FEED_ATOM_URL", "CATEGORY_FEED_RSS", "CATEGORY_FEED_RSS_URL", "DEBUG",
    "DEFAULT_DATE", "FEED_ALL_ATOM_URL", "FEED_ALL_RSS", "FEED_ALL_RSS_URL", "FEED_ATOM",
    "FEED_ATOM_URL", "FEED_DOMAIN", "FEED_RSS", "FEED_RSS_URL", "JINJA_EXTENSIONS",
    "PAGINATED_DIRECT_TEMPLATES", "SUMMARY_MAX_PARAGRAPHS", "TAG_FEED_ATOM", "TAG_FEED_ATOM_URL",
    "TAG_FEED_RSS", "TAG_FEED_RSS_URL", "TIMEZONE", "TRANSLATION_FEED_ATOM_URL",
    "TRANSLATION_FEED_RSS", "TRANSLATION_FEED_RSS_URL",
))  # fmt: skip
"""Settings that Pelican reads without having a default for them (its settings.rst and code)."""

_ENGINE: Final = frozenset(("PUBLISHING", "DANGJIAN_RUN"))
"""What ``hooks`` reads besides the office's settings: publishing, and how one run is done."""

_USUAL: Final = frozenset((
    "PATH", "OUTPUT_PATH", "CACHE_PATH", "THEME", "THEME_TEMPLATES_OVERRIDES", "OUTPUT_RETENTION",
    "PLUGINS", "TIMEZONE", "DEFAULT_LANG",
))  # fmt: skip
"""Pelican's own settings that a portal's file usually has."""

_OURS: Final = {one.name: one for one in (*SETTINGS.values(), *PUBLISH_SETTINGS.values())}

PLAIN: Final = _USUAL | _ENGINE | _OURS.keys()
"""The settings that can be read without Pelican."""

_DIRECT: Final = ("_SAVE_AS", "_URL")
_OWN_PLUGIN: Final = "dangjian"
_PELICAN_NAME: Final = "A Pelican Blog"


def read_office(
    settings: Mapping[str, Any], settings_file: Path | None = None, publishing: bool = False
) -> tuple[Office, tuple[Problem, ...]]:
    """The office's settings, and what is wrong with them; a wrong one takes its default.

    ``settings`` is what Pelican read; ``settings_file`` is only read again to point at lines.
    ``publishing`` asks for what a public site needs (SITEURL), and has pictures made in all sizes
    unless the settings say otherwise.
    """
    lines = SettingsFile(settings_file)
    problems = list(lines.problems)
    found = _read(SETTINGS, settings, lines, problems)
    problems.extend(_unknown(settings, lines))
    problems.extend(_without_effect(lines))
    problems.extend(_missing(settings, found, lines))
    found.setdefault("picture_sizes", publishing)
    if publishing:
        problems.extend(_unpublishable(settings, found, lines))
    return Office(**found), tuple(problems)


def read_publishing(
    settings: Mapping[str, Any], settings_file: Path | None = None
) -> tuple[PublishOptions, tuple[str, ...], tuple[Problem, ...]]:
    """Where and how to publish, the names of OUTPUT_RETENTION, and what is wrong with either."""
    lines = SettingsFile(settings_file)
    problems: list[Problem] = []
    found = _read(PUBLISH_SETTINGS, settings, lines, problems)
    retained = settings.get("OUTPUT_RETENTION") or ()
    if not isinstance(retained, list | tuple) or not all(isinstance(n, str) for n in retained):
        example = f'["{retained}"]' if isinstance(retained, str) else '["MP_verify_x.txt"]'
        message = (
            f"OUTPUT_RETENTION（保留的文件）写的是 {as_repr(retained)}，要写列表，例如 {example}"
        )
        problems.append(Problem(*lines.place("OUTPUT_RETENTION"), message))
        retained = ()
    return PublishOptions(**found), tuple(retained), tuple(problems)


def _read(
    table: Mapping[str, Setting],
    settings: Mapping[str, Any],
    lines: SettingsFile,
    problems: list[Problem],
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field, setting in table.items():
        value = settings.get(setting.name)
        if value is None or (setting.name == "SITENAME" and value == _PELICAN_NAME):
            continue
        taken = setting.read(value, SettingLocation(lines, problems, setting.name, setting.zh))
        if taken is not None and taken != "":
            found[field] = taken
    return found


def _missing(
    settings: Mapping[str, Any], found: Mapping[str, Any], lines: SettingsFile
) -> Iterator[Problem]:
    def problem(name: str, message: str, level: Level = "error") -> Problem:
        return Problem(*lines.place(name), message, level)

    if settings.get("SITENAME") in (None, "", _PELICAN_NAME):
        yield problem("SITENAME", '没有写 SITENAME（站名），请加一行 SITENAME = "示例市党建网"')
    if not settings.get("OWNER"):
        yield problem(
            "OWNER",
            '没有写 OWNER（主办单位），文章没有默认来源；请加一行 OWNER = "中共示例市委组织部"',
            "warning",
        )
    if found.get("profile") == "gov" and not settings.get("SITE_ID_CODE"):
        yield problem(
            "PROFILE",
            "PROFILE 是 gov（政府网站），没有写 SITE_ID_CODE（网站标识码），检查会扣分；"
            '请加一行 SITE_ID_CODE = "0000000001"（换成本站的标识码）',
            "warning",
        )
    zone = settings.get("TIMEZONE", "Asia/Shanghai")
    if zone != "Asia/Shanghai":
        yield problem(
            "TIMEZONE",
            f'TIMEZONE 写的是 {as_repr(zone)}，本系统一律用北京时间，请写 "Asia/Shanghai"',
        )


def _unpublishable(
    settings: Mapping[str, Any], found: Mapping[str, Any], lines: SettingsFile
) -> Iterator[Problem]:
    path, line = lines.place("SITEURL")
    example = 'SITEURL = "https://dj.example.gov.cn"'
    if not settings.get("SITEURL"):
        yield Problem(path, line, f"发布时必须写 SITEURL（网站的网址），请写 {example}")
    elif "url" in found and is_local(found["url"]):
        message = (
            f"SITEURL 写的是“{found['url']}”，这是本机地址，读者打不开；"
            f"发布时请写正式网址，例如 {example}"
        )
        yield Problem(path, line, message)


def _unknown(settings: Mapping[str, Any], lines: SettingsFile) -> Iterator[Problem]:
    given = [
        name
        for name in dict.fromkeys((*lines.assigned, *settings))
        if name.isupper() and not name.startswith("_") and name not in PLAIN
    ]
    if not given:
        return
    # Here, as Pelican takes a third of a second to import.
    defaults: Mapping[str, Any] = import_module("pelican.settings").DEFAULT_CONFIG
    theirs = defaults.keys() | PELICAN_OPTIONAL
    templates = _template_names(settings)
    plugins = [getattr(one, "__name__", one) for one in settings.get("PLUGINS") or ()]
    others = [name for name in plugins if name != _OWN_PLUGIN]
    for name in given:
        if name in theirs or name in templates:
            continue
        nearest = max((*_OURS, *theirs), key=lambda known: similarity(name, known))
        if similarity(name, nearest) < 0.5:
            advice = "不需要就删去；自己用的变量请用小写字母命名"
        else:
            about = f"（{_OURS[nearest].zh}）" if nearest in _OURS else ""
            advice = f"是不是要写 {nearest}{about}？"
        path, line = lines.place(name)
        level: Level = "warning" if others else "error"
        yield Problem(path, line, f"没有 {name} 这一项设置，{advice}", level)


def _without_effect(lines: SettingsFile) -> Iterator[Problem]:
    """Names in small letters or Chinese, which no program reads, and values that are replaced."""
    chinese = {one.zh: one.name for one in _OURS.values()}
    for name, assigned in lines.assigned.items():
        meant = chinese.get(name) or (name.upper() if name.upper() in _OURS else "")
        if meant and meant != name and (name in chinese or meant not in lines.assigned):
            message = f"“{name}”不起作用，设置的名称要写 {meant}（全用大写英文字母）"
            yield Problem(assigned.file, assigned.line, message, "warning")
    for name, first, second in lines.repeated:
        if name in _OURS or name in _USUAL:
            message = f"{name} 在第 {first} 行已经写过，那一行不起作用，请删去其中一行"
            yield Problem(lines.assigned[name].file, second, message, "warning")


def _template_names(settings: Mapping[str, Any]) -> set[str]:
    """``X_SAVE_AS`` and ``X_URL`` of direct templates, which Pelican reads by their names."""
    direct = settings.get("DIRECT_TEMPLATES") or ()
    return {f"{str(name).upper()}{end}" for name in direct for end in _DIRECT}
