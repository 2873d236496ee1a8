"""What stops a publish, or is asked about first: another site, a clock, errors, withdrawals."""

import os
from datetime import timedelta
from urllib.parse import urlsplit

from dangjian.common.output_folder import write_output
from dangjian.common.report import Report
from dangjian.content.root_files import ROOT_FOLDER
from dangjian.publishing.changes import Changes, needs_permission
from dangjian.publishing.errors import OtherSiteError, PublishError
from dangjian.publishing.manifest import Article
from dangjian.publishing.outcome import Options, RefusedError, build_moment
from dangjian.publishing.targets import Target
from dangjian.settings.workspace import Workplace

CLOCK_SLACK = timedelta(minutes=10)
"""So much earlier than the last publish the clock may say it is."""

_AUTHORITY = "feed-authority"
"""The file, next to the releases of a place, with the domain in the ids of its feeds."""


def check_other_site(target: Target, options: Options) -> None:
    """Raise PublishError for another site there, unless it may be replaced."""
    try:
        target.check_ours()
    except OtherSiteError as error:
        question = f"{error}发布以后，{error.replacing}。确定吗"
        if options.take_over or options.confirm(question):
            return
        raise PublishError(
            f"没有发布，什么也没有改动：{error}"
            f"发布位置写错了的，请改 PUBLISH_TO；确实要发布到那里（{error.replacing}），"
            "或者这就是以前发布的、记录丢失了，加 --take-over"
        ) from error


def check_clock(place: Workplace, target: Target, options: Options) -> None:
    """Raise PublishError if the clock is behind the last publish."""
    last = target.state.published
    now = build_moment(place)
    if last is None or options.again or now >= last - CLOCK_SLACK:
        return
    raise PublishError(
        f"没有发布：上次发布是 {last:%Y-%m-%d %H:%M}，而现在的时间是 {now:%Y-%m-%d %H:%M}，"
        "这台机器的时钟多半不对，已到时间的文章会被当作未到。请校准时钟；确实要发布，加 --again"
    )


def check_authority(place: Workplace, target: Target) -> None:
    """Raise PublishError if a new address would give all articles new ids in feeds.

    Subscribers would get every article once more, and nothing takes that back.
    """
    office = place.office
    file = target.folder / _AUTHORITY
    try:
        before = file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return
    now = _authority(place)
    if office.feed_authority or not before or before == now:
        return
    raise PublishError(
        f"没有发布：网站的域名从 {before} 改成了 {now}，订阅的编号会跟着变，"
        "订阅者会把全部文章当作新的再收一遍。请在 pelicanconf.py 里写："
        f'FEED_AUTHORITY = "{before}"，编号就不变。'
        f'还没有人订阅、确实要换成新的，写 FEED_AUTHORITY = "{now}"'
    )


def note_authority(place: Workplace, target: Target) -> None:
    """Remember by which domain the ids of the feeds at a place are made. Raises OSError."""
    write_output(target.folder, _AUTHORITY, f"{_authority(place)}\n".encode())


def _authority(place: Workplace) -> str:
    office = place.office
    return office.feed_authority or urlsplit(office.url).hostname or ""


def refuse_errors(place: Workplace, report: Report, options: Options) -> None:
    """Raise RefusedError for errors with which nothing may go live.

    A folder of ``content/_root/`` that can't be listed is one: which files it held is not known, so
    that they could not stay as they were.
    """
    errors = report.problems.errors
    if options.strict and errors:
        raise RefusedError("有错误，没有发布，线上网站未动。请照上面的提示改正后再发布。", report)
    if any(error.path.endswith(".py") or not error.path for error in errors):
        raise RefusedError(
            "设置有错误，没有发布，线上网站未动。请照上面的提示改正后再发布。", report
        )
    folders = [one.path for one in errors if one.path.partition("/")[0] == ROOT_FOLDER]
    if closed := [path for path in folders if (place.content / path).is_dir()]:
        raise RefusedError(
            f"没有发布，线上网站未动：{place.content / closed[0]} 打不开，"
            "不知道里面有哪些文件，发布了就会把它们撤下。请检查文件夹的权限。",
            report,
        )


def check_withdrawn(
    place: Workplace, changes: Changes, known: dict[str, Article] | None, options: Options
) -> None:
    """Raise PublishError if many articles are withdrawn and nobody said that they may be."""
    count = len(changes.withdrawn)
    before = len(known) if known is not None else 0
    emptied = bool(known) and not any(os.path.lexists(place.content / path) for path in known or ())
    if not needs_permission(count, before, emptied=emptied) or count <= options.allow_withdraw:
        return
    titles = "、".join(changes.withdrawn[:10]) + (f" 等 {count} 篇" if count > 10 else "")
    why = "文章文件夹里线上的文章一篇也没有了" if emptied else f"这次要撤下 {count} 篇文章"
    if options.confirm(f"{why}：{titles}。确定撤下吗"):
        return
    raise PublishError(
        f"没有发布，线上网站未动：{why}（{titles}）。"
        "多半是共享文件夹没有连上，或误删、误移了文件夹，请先核对。"
        f"确实要撤下，加 --allow-withdraw {count}"
    )


def check_last_published(
    report: Report,
    held_back: list[str],
    known: dict[str, Article] | None,
    marked: dict[str, Article],
) -> None:
    """After a rollback the version that was published last may be the one that was rolled back."""
    if known is None:
        return
    others = [
        path
        for path in held_back
        if path in marked and (path not in known or known[path].digest != marked[path].digest)
    ]
    if others:
        raise RefusedError(
            f"没有发布，线上网站未动：{'、'.join(others)} 有错误，而线上是退回的版本，"
            "上次发布的样子正是退回时换下的。请先改正这些错误。",
            report,
        )
