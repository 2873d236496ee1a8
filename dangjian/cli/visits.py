"""The command that counts visits. All commands load this module."""

import glob
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from dangjian.cli.asking import site_of
from dangjian.cli.commands import BETWEEN, Context, command, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dangjian.statistics.visits import PageName, Visits

_PLOTTED = 12


@command(
    several=True,
    help={
        "logs": "nginx 的访问日志，可以写几个，也可以是 .gz",
        "since": "从哪一天起，例如 2026-11-01",
        "until": "到哪一天为止（含）",
        "top": "列出访问最多的几篇",
        "json": "输出 JSON",
        "csv": "把每篇文章的次数存成表格（CSV）",
        "plot": "画成图，存成 SVG",
        "settings": "设置文件，默认 publishconf.py",
    },
)
def visits(
    context: Context,
    logs: str,
    since: str = "",
    until: str = "",
    top: int = 20,
    json: bool = False,
    csv: str = "",
    plot: str = "",
    settings: str = "publishconf.py",
) -> None:
    """访问统计：从网页服务器的日志数出每篇文章、每个栏目的访问次数"""
    from dangjian.building.engine import Engine
    from dangjian.building.site import as_site_error
    from dangjian.publishing.servers.site import served_site
    from dangjian.statistics.visits import count_visits, page_names

    files = _files(logs)
    for option, name, ending in (("--csv", csv, ".csv"), ("--plot", plot, ".svg")):
        _check_made(option, name, ending)
    days = _day("--since", since), _day("--until", until)
    if days[0] and days[1] and days[0] > days[1]:
        refuse(f"--since 写的 {since} 在 --until 写的 {until} 之后，请换过来")
    place = site_of(context, settings).workplace()
    with as_site_error(), Engine(place) as engine:
        names = page_names(engine.arrange())
    root = served_site(place.output, place.office.url).path
    counted = count_visits(files, names, root, *days)
    if csv:
        from dangjian.statistics.tables import as_csv

        _save(csv, as_csv(counted, names))
    if plot:
        _save(plot, _drawn(place.office.name, counted, names).encode())
    if json:
        from json import dumps

        from dangjian.statistics.tables import as_dict

        print(dumps(as_dict(counted, names), ensure_ascii=False, indent=1))
    else:
        _tell(counted, names, top)
    _warn(counted)


def _files(logs: str) -> list[Path]:
    found: dict[Path, None] = {}
    for word in logs.split(BETWEEN):
        paths = sorted(glob.glob(word)) if not Path(word).exists() else [word]
        if not paths:
            refuse(f"找不到 {word}。nginx 的日志多半在 /var/log/nginx 里，设置里是 ACCESS_LOG")
        for path in paths:
            if Path(path).is_dir():
                refuse(f"{path} 是文件夹，请写日志文件，例如 {path.rstrip('/')}/access.log")
            found[Path(path).resolve()] = None
    return list(found)


def _day(option: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse(f"{option} 后面要写日期，例如 2026-11-01，写的是“{text}”")


def _check_made(option: str, name: str, ending: str) -> None:
    """Refuse a name that is not of what is made: it may be that of a log."""
    if name and not name.lower().endswith(ending):
        refuse(f"{option} 后面要写以 {ending} 结尾的文件名，例如 统计{ending}，写的是“{name}”")


def _save(name: str, data: bytes) -> None:
    from dangjian.common.errors import os_error_reason
    from dangjian.common.files import write_whole

    try:
        write_whole(Path(name), data)
    except OSError as error:
        refuse(f"{name} 没有写成：{os_error_reason(error)}")
    print(f"已写入 {name}", file=sys.stderr)


def _drawn(site: str, counted: "Visits", names: "Mapping[str, PageName]") -> str:
    from dangjian.statistics.plot import draw_visits
    from dangjian.statistics.tables import ranked

    columns = {one.name: one.lists + one.articles for one in counted.columns.values()}
    articles = [(names[one].title, count) for one, count in ranked(counted.articles)[:_PLOTTED]]
    shown = [(name, count) for name, count in ranked(columns) if count][:_PLOTTED]
    groups = [("栏目", shown), ("访问最多的文章", articles)]
    return draw_visits(f"{site}：访问 {counted.total} 次", dict(counted.days), groups)


def _tell(counted: "Visits", names: "Mapping[str, PageName]", top: int) -> None:
    from dangjian.statistics.tables import column_name, ranked

    if not counted.total:
        print(f"读了 {counted.lines} 行，没有读者打开本站网页的记录。")
        if counted.robots:
            print(f"搜索引擎和其他程序有 {counted.robots} 次。")
        return
    days = sorted(counted.days)
    print(f"{days[0]} 至 {days[-1]}，读者打开网页 {counted.total} 次，其中首页 {counted.home} 次；")
    print(f"搜索引擎和其他程序另有 {counted.robots} 次，不计在内。")
    print("\n栏目（列表页的次数 + 栏目和子栏目里文章的次数）：")
    columns = sorted(counted.columns.values(), key=lambda one: -one.lists - one.articles)
    for one in columns:
        if one.lists or one.articles:
            print(f"{one.lists:>8} +{one.articles:>8}  {one.name}")
    shown = ranked(counted.articles)[:top]
    print(f"\n访问最多的 {len(shown)} 篇文章（共有 {len(counted.articles)} 篇被打开过）：")
    for address, count in shown:
        column = column_name(names, address)
        print(f"{count:>8}  {names[address].title}" + (f"（{column}）" if column else ""))
    if others := sum(counted.others.values()):
        print(f"\n其他网页（搜索、标签、归档，以及现在已没有的文章）：{others} 次")
    if counted.missing:
        print(f"\n找不到的网址 {sum(counted.missing.values())} 次，最多的是：")
        for target, count in ranked(counted.missing)[:10]:
            plain = "".join(sign if sign.isprintable() else "?" for sign in target)
            print(f"{count:>8}  {plain}")


def _warn(counted: "Visits") -> None:
    for notice in counted.notices:
        print(notice, file=sys.stderr)
    for file, (count, first) in counted.unread.items():
        print(
            f"{file} 有 {count} 行不是 combined 格式，没有计入（第一处在第 {first} 行）。"
            "请用 nginx 默认的 combined 格式，见管理员手册",
            file=sys.stderr,
        )
    if counted.without_browser:
        print(
            f"有 {counted.without_browser} 行没有浏览器名称，分不出搜索引擎，都计在内了",
            file=sys.stderr,
        )
