"""The commands that change what readers see: publish and rollback; and their record, history.

All commands load this module; what publishes is imported by the commands that need it.
"""

import re
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dangjian.building.site import SiteError
from dangjian.cli.asking import ask, progress, site_of
from dangjian.cli.commands import Context, command, refuse
from dangjian.cli.summary import tell
from dangjian.common.timezone import SHANGHAI
from dangjian.publishing import KEEP
from dangjian.publishing.errors import PublishError

if TYPE_CHECKING:
    from dangjian.building.site import Site
    from dangjian.publishing.changes import Changes
    from dangjian.publishing.history import Entry
    from dangjian.publishing.outcome import Options, PlaceOutcome

ATTENTION = 3
"""The exit status when the site is live and there is something to see to."""

PARTLY = 4
"""The exit status when publishing failed at one of several places."""

_SETTINGS = "设置文件，默认 publishconf.py"
_TITLES = 20


@command(
    help={
        "settings": _SETTINGS,
        "output": "发布到哪里，默认照设置的 PUBLISH_TO",
        "keep": f"保留几个旧版本，默认 {KEEP} 个",
        "again": "退回以后内容没有变化，或时钟往回调过，也照样发布",
        "take-over": "发布位置已有别的网站，整个换下（原来的保存为旧版本）",
        "allow-withdraw": "一次撤下许多文章时要写明：最多撤下几篇",
        "dry-run": "只列出会有哪些变化，不改动线上网站",
        "apply": "装上另一个网络做好的、签了名的文件",
        "whole": "发布到 zip: 时做一份完整的，不只是与上次的差别",
        "strict": "有一处错误就不发布（默认只有写错的文章不更新，其余照常发布）",
    }
)
def publish(
    context: Context,
    settings: str = "publishconf.py",
    output: str = "",
    keep: str = str(KEEP),
    again: bool = False,
    take_over: bool = False,
    allow_withdraw: str = "0",
    dry_run: bool = False,
    strict: bool = False,
    apply: str = "",
    whole: bool = False,
) -> None:
    """发布：生成正式网站，整个换上线，保留旧版本；写错的文章保持上次发布的样子"""
    from dangjian.publishing.outcome import Options, RefusedError
    from dangjian.publishing.publish import publish as publish_site

    site = site_of(context, settings)
    options = Options(
        output=output or None,
        keep=_number("--keep", keep),
        again=again,
        take_over=take_over,
        allow_withdraw=_number("--allow-withdraw", allow_withdraw),
        dry_run=dry_run,
        strict=strict,
        whole=whole,
        confirm=_confirm,
    )
    if apply:
        _apply(site, Path(apply), options)
        return
    try:
        outcome = publish_site(site, options, progress())
        name = site.content_name()
    except RefusedError as error:
        tell(error.report, site.content_name())
        refuse(_stamped(str(error)))
    except (SiteError, PublishError) as error:
        refuse(_stamped(str(error)))
    if any(one.result != "rolled back" for one in outcome.places):
        tell(outcome.report, name)
    for note in outcome.notices:
        print(_stamped(note))
    for one in outcome.places:
        _tell_place(one, outcome.held_back)
    sys.stdout.flush()
    if outcome.failed:
        raise SystemExit(PARTLY)
    if outcome.held_back or any(note.startswith("AFTER_") for note in outcome.notices):
        raise SystemExit(ATTENTION)


def _apply(site: "Site", file: Path, options: "Options") -> None:
    from dangjian.publishing.applying import apply_file

    try:
        outcome, signer = apply_file(site, file, options)
    except (SiteError, PublishError) as error:
        refuse(_stamped(str(error)))
    print(_stamped(f"{file.name} 由 {signer} 签名，核对无误。"))
    for note in outcome.notices:
        print(_stamped(note))
    _tell_place(outcome.places[0], [])
    sys.stdout.flush()
    if any(note.startswith("AFTER_") for note in outcome.notices):
        raise SystemExit(ATTENTION)


def _tell_place(outcome: "PlaceOutcome", held_back: list[str]) -> None:
    where = outcome.name
    if outcome.result == "failed":
        print(_stamped(f"没有发布到 {where}：{outcome.error}"))
        return
    if outcome.result == "rolled back":
        print(
            _stamped(
                f"没有发布：{where} 是退回的版本，退回以后内容没有变化。"
                "改好文章后会照常发布；要把现在的内容原样再发布，"
                "运行 python3 tasks.py publish --again"
            )
        )
        return
    nginx = [file for file in outcome.server_files if file.name.startswith("nginx")]
    if nginx:
        print(_stamped(f"nginx 的配置有变化，重新加载后生效：{nginx[0].parent}"))
    if outcome.result == "unchanged":
        print(_stamped(f"没有变化，线上网站未动（{where}）。"))
    else:
        _tell_changes(outcome.changes)
    if outcome.result == "published":
        made = where.startswith("zip:")
        then = (
            "另一边用 publish --apply 装上"
            if made
            else "要退回上一版，用 python3 tasks.py rollback"
        )
        done = "已写到" if made else "已发布到"
        print(_stamped(f"{done} {where}：{outcome.found}。{then}"))
    elif outcome.result == "dry run":
        print(_stamped(f"如果发布到 {where}：{outcome.found}。没有改动线上网站。"))
    kept = [path for path in held_back if path not in outcome.waiting]
    if kept:
        print(_stamped(f"有错误，线上保持上次发布的样子：{_names(kept)}"))
    if outcome.waiting:
        print(_stamped(f"有错误，改好以前线上没有：{_names(outcome.waiting)}"))


def _names(paths: list[str]) -> str:
    more = f" 等 {len(paths)} 个" if len(paths) > _TITLES else ""
    return "、".join(paths[:_TITLES]) + more


def _tell_changes(changes: "Changes") -> None:
    kinds = (
        ("新增", changes.appeared),
        ("修改", changes.changed),
        ("移动", changes.moved),
        ("撤下", changes.withdrawn),
    )
    for kind, titles in kinds:
        if titles:
            more = f" 等 {len(titles)} 篇" if len(titles) > _TITLES else ""
            print(
                _stamped(f"{kind}：{'、'.join(f'《{title}》' for title in titles[:_TITLES])}{more}")
            )


def _stamped(text: str) -> str:
    """A line for a log has the time before it; at a terminal it need not."""
    return text if sys.stdout.isatty() else f"{datetime.now(SHANGHAI):%Y-%m-%d %H:%M:%S}  {text}"


def _number(option: str, value: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", value):
        refuse(f"{option} 后面要写一个整数，不能是负数，现在写的是“{value}”。")
    return int(value)


def _confirm(question: str) -> bool:
    return sys.stdin.isatty() and ask(f"{question}（写“是”或“否”）", "否") in ("是", "y", "yes")


@command(
    help={
        "settings": _SETTINGS,
        "output": "网站在哪里，默认照设置的 PUBLISH_TO 的每一处",
        "to": "退回到哪个版本，默认上一个；写 list 列出",
    }
)
def rollback(
    context: Context, settings: str = "publishconf.py", output: str = "", to: str = ""
) -> None:
    """退回：把线上网站换回上一个版本，内容改动以前不会再自动发布"""
    from dangjian.publishing.publish import roll_back

    site = site_of(context, settings)
    try:
        if to == "list":
            _list_releases(site, output or None)
            return
        done, failed, notices = roll_back(site, to, output or None)
    except (SiteError, PublishError) as error:
        refuse(_stamped(str(error)))
    for note in (*failed, *notices):
        print(_stamped(note))
    for where, name in done:
        print(
            _stamped(
                f"{where} 已换回 {name}。内容改动以前，定时发布也保持这个版本；"
                "要把现在的内容原样再发布，运行 python3 tasks.py publish --again"
            )
        )
    if failed:
        sys.stdout.flush()
        raise SystemExit(PARTLY)


def _list_releases(site: "Site", output: str | None) -> None:
    from dangjian.publishing.publish import folders_of
    from dangjian.publishing.targets.opening import opened_target

    place = site.workplace()
    for to, folder in folders_of(site, output):
        with opened_target(place, to, site.settings_file) as target:
            print(f"{target.name}")
            print(f"  线上：{target.state.live or '（不是由本程序发布的）'}")
            print("  保留：" + ("、".join(target.names) or "无"))
        others = folder / "others"
        if others.is_dir():
            print(f"  随旧网站换下的、不是本程序放的文件在 {others}，没有用处时可以自己删去。")


@command(
    help={
        "settings": _SETTINGS,
        "output": "网站在哪里，默认照设置的 PUBLISH_TO 的每一处",
        "limit": "最多显示几次，默认 20 次",
        "json": "输出 JSON，每次一行",
    }
)
def history(
    context: Context,
    settings: str = "publishconf.py",
    output: str = "",
    limit: str = "20",
    json: bool = False,
) -> None:
    """发布记录：谁、什么时候发布或退回，哪些文章新增、修改、撤下"""
    from dangjian.publishing import history as records
    from dangjian.publishing.publish import folders_of

    most = max(_number("--limit", limit), 1)
    folders = folders_of(site_of(context, settings), output or None)
    for to, folder in folders:
        try:
            every, damaged = records.entries(folder)
        except PublishError as error:
            refuse(str(error))
        found = every[-most:]
        for number in damaged:
            print(f"发布记录 {folder.name} 第 {number} 行已损坏，没有列出", file=sys.stderr)
        if json:
            if found:
                print(records.as_json(found))
            continue
        if len(folders) > 1:
            print(f"{to}")
        _tell_history(found)


def _tell_history(found: "list[Entry]") -> None:
    for entry in found:
        print(f"{entry.time}  {entry.who}  {entry.what}  版本 {entry.release}")
        for kind, titles in (
            ("新增", entry.appeared),
            ("修改", entry.changed),
            ("移动", entry.moved),
            ("撤下", entry.withdrawn),
            ("有错误，没有更新", entry.held_back),
        ):
            if titles:
                print(f"  {kind}：{'、'.join(titles)}")
    if not found:
        print("还没有发布过。")
