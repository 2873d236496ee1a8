"""Which folders a site may be generated into, published to, or cleaned: only ones of their own."""

import sys
from collections.abc import Mapping
from pathlib import Path

from dangjian.common.errors import PlaceError
from dangjian.common.folders import is_inside, locate, read_mounts
from dangjian.paths import PACKAGE
from dangjian.settings.workspace import Workplace

_CACHE_ADVICE = 'CACHE_PATH 请改成单独的文件夹，例如 "cache"'


def check_output(place: Workplace) -> None:
    """Raise PlaceError unless the output folder may be written to.

    It may neither hold nor lie in what people made or need, nor be (or touch) the live site, which
    only ``publish`` changes; nor may the cache, which a build writes too.
    """
    output = place.output
    protected = _made_by_people(place)
    if reason := _overlap(place.cache, protected, place):
        raise PlaceError(f"不能生成：缓存文件夹 {reason}。什么也没有改动。{_CACHE_ADVICE}")
    if reason := _overlap(output, protected, place) or _holds(output, "缓存", place.cache):
        raise PlaceError(
            f"不能生成到 {output}：{reason}。什么也没有改动。"
            "请把 OUTPUT_PATH（或 --output）改成单独的文件夹，例如 output"
        )
    live = live_folder_at(place, output)
    if live is not None:
        written = live.relative_to(place.site) if live.is_relative_to(place.site) else live
        raise PlaceError(
            f"不能生成到 {output}：{live} 是线上网站，只由 publish 改动。什么也没有改动。"
            'OUTPUT_PATH 请写别的文件夹，例如 "output"；'
            f'发布到哪里由 PUBLISH_TO 决定，例如 PUBLISH_TO = "{written}"'
        )


def check_live(place: Workplace, live: Path) -> None:
    """Raise PlaceError unless a site may be published to ``live``."""
    protected = _made_by_people(place) | {"缓存": place.cache, "发布记录": place.records}
    if reason := _overlap(live, protected, place):
        raise PlaceError(
            f"不能发布到那里：{reason}。什么也没有改动。请改 PUBLISH_TO（或 --output）"
        )


def check_cache(place: Workplace) -> None:
    """Raise PlaceError unless the cache folder may be cleaned."""
    protected = _made_by_people(place)
    if reason := _overlap(place.cache, protected, place):
        raise PlaceError(f"没有清理：缓存文件夹 {reason}。什么也没有删除。{_CACHE_ADVICE}")


def live_folder_at(place: Workplace, folder: Path) -> Path | None:
    """The live folder of the site that ``folder`` is, lies in or holds."""
    for one in place.live_folders:
        if is_inside(one, folder) or is_inside(folder, one):
            return one
    return None


def _made_by_people(place: Workplace) -> dict[str, Path]:
    """What a site is made of, and what makes its programs run, by its name in a message."""
    site = place.site
    found = {
        "文章文件夹": place.content,
        "主题": place.theme,
        "程序本身": PACKAGE,
        "运行环境": site / ".venv",
        "安装包": site / "packages",
        "版本记录": site / ".git",
        **{f"模板文件夹 {folder.name}": folder for folder in place.templates},
    }
    if sys.prefix != sys.base_prefix:
        found["正在使用的运行环境"] = Path(sys.prefix)
    return found


def _overlap(folder: Path, protected: Mapping[str, Path], place: Workplace) -> str:
    """Why ``folder`` is not one of its own; empty when it is."""
    mounts = read_mounts()
    found = locate(folder, mounts)
    for name, path in protected.items():
        other = locate(path, mounts)
        if found.is_same(other):
            return f"{folder} 就是{name}"
        if other.is_inside(found):
            return f"{folder} 里有{name}（{path}）"
        if found.is_inside(other):
            return f"{folder} 在{name}（{path}）里"
    return _holds(folder, "整个网站文件夹", place.site)


def _holds(folder: Path, name: str, path: Path) -> str:
    return f"{folder} 里有{name}（{path}）" if is_inside(path, folder) else ""
