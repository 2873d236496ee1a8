"""What is done for one site of a group, in a process of its own: ``python -m dangjian.group.task``.

A settings file is a program: it changes ``sys.path``, and the ``pelicanconf`` that it imports stays
in ``sys.modules``, so two sites in one process would mix. A process also keeps its memory, its
signals and its crashes to itself. The task and its result are JSON.
"""

import subprocess
import sys
import time
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct, field

from dangjian.building.engine import Engine
from dangjian.building.site import Site, SiteError, as_site_error
from dangjian.common.errors import DangjianError
from dangjian.common.output_folder import write_output
from dangjian.common.problems import Problem, report as problems_report
from dangjian.group.listing import LIST_FEED
from dangjian.group.shared import SharedColumn, find_shared, mirror, remove_copies
from dangjian.paths import PACKAGE
from dangjian.publishing import history
from dangjian.publishing.outcome import Options, Outcome, PlaceOutcome, RefusedError
from dangjian.publishing.publish import build_folder, folders_of, publish, replace_site
from dangjian.publishing.targets.opening import destinations_of
from dangjian.settings.destinations import Destination, LocalFolder
from dangjian.settings.workspace import Workplace

Action = Literal["build", "publish", "check", "status"]
State = Literal["done", "attention", "failed"]

PATIENCE = 3600
"""Seconds after which a site is taken to hang."""
_SHOWN = 20


class SiteTask(Struct, frozen=True):
    """What to do for the site in ``folder``.

    ``host`` is what its SITEURL has to name. ``share`` is the column to share and its name in other
    sites; ``shared`` what another site shares, None if that is not known now; ``unshared`` says
    that the group shares nothing. ``workers`` is how many processes it may use.
    """

    action: Action
    folder: str
    settings: str
    host: str = ""
    share: tuple[str, str] | None = None
    shared: SharedColumn | None = None
    unshared: bool = False
    workers: int = 0
    allow_withdraw: int = 0
    patience: int = PATIENCE


class SiteResult(Struct, omit_defaults=True):
    """What came of it: ``summary`` is a sentence, ``messages`` are further lines.

    ``where`` is the folder that has the site as it is now. ``shared`` is what the site shares.
    """

    state: State
    summary: str
    messages: list[str] = field(default_factory=list)
    name: str = ""
    where: str = ""
    articles: int = 0
    seconds: float = 0.0
    published: str = ""
    shared: SharedColumn | None = None


def run_site(task: SiteTask) -> SiteResult:
    """Do a task in a process of its own, and wait for it. Any executor can run this anywhere.

    Where that is another machine, it needs the sites' folders at the same place.
    """
    begun = time.monotonic()
    command = [sys.executable, "-m", "dangjian.group.task"]
    try:
        done = subprocess.run(  # noqa: S603 - our own Python and module
            command,
            cwd=PACKAGE.parent,
            input=msgspec.json.encode(task),
            capture_output=True,
            check=False,
            timeout=task.patience,
        )
    except subprocess.TimeoutExpired:
        minutes = max(task.patience // 60, 1)
        return SiteResult("failed", f"超过 {minutes} 分钟没有结束，已停止")
    except OSError as error:
        return SiteResult("failed", f"没有运行起来：{error.strerror}")
    try:
        result = msgspec.json.decode(done.stdout.rpartition(b"\n")[2], type=SiteResult)
    except msgspec.MsgspecError:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        how = f"信号 {-done.returncode}" if done.returncode < 0 else f"状态 {done.returncode}"
        return SiteResult("failed", f"进程中途结束（{how}）", lines[-3:])
    result.seconds = round(time.monotonic() - begun, 2)
    return result


def do_site(task: SiteTask) -> SiteResult:
    """Do a task in this process."""
    site = Site(
        Path(task.folder) / task.settings,
        workers=task.workers or None,
        publishing=task.action == "publish",
    )
    try:
        place = site.workplace()
        messages: list[str] = []
        if task.action != "status":
            messages = _prepare(task, place)
        result = _ACTIONS[task.action](task, site, place)
    except RefusedError as error:
        lines = _lines(error.report.problems.errors, "content")
        return SiteResult("failed", str(error), lines)
    except DangjianError as error:
        return SiteResult("failed", str(error))
    result.messages = [*messages, *result.messages]
    if messages and result.state == "done":
        result.state = "attention"
    result.name = place.office.name
    return result


def _prepare(task: SiteTask, place: Workplace) -> list[str]:
    messages = []
    url = place.office.url
    host = url.partition("://")[2].partition("/")[0]
    if task.host and host.lower() != task.host.lower():
        messages.append(f"group.toml 里的域名是 {task.host}，{task.settings} 的 SITEURL 是“{url}”")
    with as_site_error():
        if task.unshared:
            remove_copies(place.content, place.records)
        if task.shared is not None:
            messages += mirror(task.shared, place.content, place.records)
    return messages


def _build(task: SiteTask, site: Site, place: Workplace) -> SiteResult:
    report = site.build()
    errors = report.problems.errors
    changed = len(report.production.written) + report.production.removed
    summary = f"{report.articles} 篇文章，更新 {changed} 个文件"
    result = SiteResult("done", summary, where=str(place.output), articles=report.articles)
    if errors:
        result.state = "attention"
        result.summary += f"，{len(errors)} 处错误"
        result.messages = _lines(errors, place.content.name)
    return _with_shared(task, place, result)


def _publish(task: SiteTask, site: Site, place: Workplace) -> SiteResult:
    outcome = publish(site, Options(allow_withdraw=task.allow_withdraw))
    to = destinations_of(place)
    built = build_folder(place, to)
    result = SiteResult("done", "", list(outcome.notices), articles=outcome.report.articles)
    result.where = str(_local_folder(place, to[0]) or _sent(place, built, outcome.places[0]))
    said = [_said(one) for one in outcome.places]
    result.summary = "；".join(dict.fromkeys(said)) if len(to) == 1 else _by_place(outcome)
    if outcome.failed:
        result.state = "failed"
        result.messages += [one.error for one in outcome.failed]
    if outcome.held_back:
        result.state = "failed" if outcome.failed else "attention"
        result.summary += f"；{len(outcome.held_back)} 个文件有错误，没有更新"
        errors = [p for p in outcome.report.problems.errors if p.path in outcome.held_back]
        result.messages += _lines(errors, place.content.name)
    at = replace_site(site, built, hold_back=True)
    return _with_shared(task, at.workplace(), result)


def _said(one: PlaceOutcome) -> str:
    return {
        "published": f"已发布，{one.found}",
        "unchanged": "没有变化",
        "rolled back": "是退回的版本，内容没有变化，没有发布",
        "dry run": "",
        "failed": "没有发布成",
    }[one.result]


def _by_place(outcome: Outcome) -> str:
    return "；".join(f"{one.name}：{_said(one)}" for one in outcome.places)


def _local_folder(place: Workplace, to: Destination) -> Path | None:
    return (place.site / to.folder).absolute() if isinstance(to, LocalFolder) else None


def _sent(place: Workplace, built: Path, at_one: PlaceOutcome) -> Path:
    """The folder with the feed of what is live elsewhere: what was last built may not be."""
    folder = place.records / "sent"
    feed = built / LIST_FEED
    if at_one.result in {"published", "unchanged"} and feed.is_file():
        write_output(folder, LIST_FEED, feed.read_bytes())
    return folder


def _check(task: SiteTask, site: Site, place: Workplace) -> SiteResult:
    report = site.check()
    problems = report.problems.sorted()
    errors = report.problems.errors
    warnings = len(problems) - len(errors)
    summary = f"{report.articles} 篇文章，{len(errors)} 处错误，{warnings} 处提醒"
    result = SiteResult("attention" if errors else "done", summary, articles=report.articles)
    result.messages = _lines(errors, place.content.name)
    return _with_shared(task, place, result)


def _status(_task: SiteTask, site: Site, place: Workplace) -> SiteResult:
    result = SiteResult("done", "")
    said = []
    for to, folder in folders_of(site):
        local = _local_folder(place, to)
        result.where = result.where or str(local or "")
        found = [entry for entry in history.entries(folder)[0] if entry.what in ("发布", "退回")]
        if not found:
            result.state = "attention"
            said.append(f"{to}：还没有发布过")
            continue
        last = found[-1]
        result.published = result.published or last.time
        said.append(f"{to}：上次{last.what} {last.time}，{last.who}，版本 {last.release}")
        if last.held_back:
            result.state = "attention"
            result.messages.append(f"有错误，没有更新：{'、'.join(last.held_back[:_SHOWN])}")
        if local is not None and not local.is_dir():
            result.state = "failed"
            result.messages.append(f"线上文件夹 {local} 不在了")
    result.summary = "；".join(said)
    errors = [problem for problem in place.problems if problem.level == "error"]
    if errors:
        result.state = "failed"
        result.messages += _lines(errors, place.content.name)
    return result


_ACTIONS = {"build": _build, "publish": _publish, "check": _check, "status": _status}


def _with_shared(task: SiteTask, place: Workplace, result: SiteResult) -> SiteResult:
    if task.share is None:
        return result
    column, into = task.share
    with as_site_error(), Engine(place) as engine:
        archive = engine.arrange()
    if not place.office.url:
        result.messages.append("没有写 SITEURL，共享的文章没有原文地址，没有共享")
        result.state = "attention"
        return result
    result.shared, messages = find_shared(archive, place.content, column, into, place.office.url)
    if messages:
        result.messages += messages
        result.state = "attention"
    return result


def _lines(problems: tuple[Problem, ...] | list[Problem], folder: str) -> list[str]:
    lines = [problems_report([one], folder) for one in problems[:_SHOWN]]
    more = len(problems) - len(lines)
    return [*lines, f"另有 {more} 处"] if more > 0 else lines


def main() -> None:
    """Read a task from standard input, and write its result as the last line of the output."""
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=SiteTask)
    try:
        result = do_site(task)
    except (OSError, SiteError) as error:
        result = SiteResult("failed", str(error))
    sys.stdout.flush()
    sys.stdout.buffer.write(b"\n" + msgspec.json.encode(result))


if __name__ == "__main__":
    main()
