"""Publishing, from the sources to the live site: what ``python3 tasks.py publish`` does."""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from dangjian.building.kept_redirects import kept_redirects, redirect_pages
from dangjian.building.published import last_articles, note_published, read_plan
from dangjian.building.site import Site, SiteError, as_site_error
from dangjian.common.digests import digest
from dangjian.common.errors import PlaceError
from dangjian.common.problems import Problem
from dangjian.common.report import Report
from dangjian.common.timezone import SHANGHAI
from dangjian.content.columns import COLUMN_FILE
from dangjian.content.scan import scan_content
from dangjian.publishing import KEEP, history
from dangjian.publishing.assembly import Comparison
from dangjian.publishing.changes import Changes, changes_between, needs_permission, with_digests
from dangjian.publishing.compression import compress
from dangjian.publishing.errors import OtherSiteError, PublishError
from dangjian.publishing.hooks import run_hook
from dangjian.publishing.manifest import Article
from dangjian.publishing.place import check_place, releases_folder
from dangjian.publishing.releases import Releases, opened
from dangjian.publishing.servers.files import update_server_files
from dangjian.settings.workspace import Progress, Workplace, no_progress

CLOCK_SLACK = timedelta(minutes=10)
"""So much earlier than the last publish the clock may say it is."""

Result = Literal["published", "unchanged", "rolled back", "dry run"]


class Options(Struct, frozen=True):
    """How to publish: to another folder than the settings', and what somebody says yes to.

    ``confirm`` asks a question and returns whether the answer was yes.
    """

    output: Path | None = None
    keep: int = KEEP
    again: bool = False
    take_over: bool = False
    allow_withdraw: int = 0
    dry_run: bool = False
    strict: bool = False
    confirm: Callable[[str], bool] = lambda _question: False


class Outcome(Struct):
    """What came of it. ``held_back`` are the sources whose last version did not go live.

    Those in ``waiting`` are not live in any version. ``notices`` are sentences on what went wrong
    without stopping anything. ``server_files`` are the configurations for web servers that have
    changed.
    """

    live: Path
    result: Result
    report: Report = field(default_factory=Report)
    found: Comparison = field(default_factory=Comparison)
    changes: Changes = field(default_factory=Changes)
    held_back: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    server_files: list[Path] = field(default_factory=list)


class RefusedError(PublishError):
    """The build has errors and nothing was published; ``report`` names them."""

    def __init__(self, message: str, report: Report) -> None:
        super().__init__(message)
        self.report = report


def publish(site: Site, options: Options, progress: Progress = no_progress) -> Outcome:
    """Build a site and make it live, in one step or not at all.

    Raises PublishError or SiteError with the live site as it was.
    """
    place = site.workplace()
    live = (options.output or place.live).absolute()
    folder = _checked(place, live, site.settings_file)
    with opened(live, folder, options.keep, place.retain) as releases:
        try:
            outcome = _publish(site, place, releases, options, progress)
        except (PublishError, SiteError) as error:
            told = [str(error)]
            if isinstance(error, RefusedError):
                told += _lines(error.report.problems.errors)
            if not options.dry_run:
                _notify(place, releases, told)
            raise
        if options.dry_run or outcome.result == "rolled back":
            return outcome
        errors = [p for p in outcome.report.problems.errors if p.path in outcome.held_back]
        if said := _notify(place, releases, _lines(errors)):
            outcome.notices.append(said)
    return outcome


def _publish(
    site: Site, place: Workplace, releases: Releases, options: Options, progress: Progress
) -> Outcome:
    _check_other_site(releases, options)
    _check_clock(place, releases, options)
    held = releases.state.held
    if held and not options.again and held == content_mark(place):
        return Outcome(releases.live, "rolled back")
    built = build_folder(place, releases.live)
    public = replace_site(site, built, hold_back=not options.strict)
    report = public.build(progress)
    _refuse_errors(report, options)
    at = replace(public.workplace(), output=built)
    with as_site_error():
        plan = compress(built, read_plan(at), redirect_pages(kept_redirects(at.catalogue)))
    found = releases.compare(built, plan)
    outcome = Outcome(releases.live, "unchanged", report, found)
    outcome.held_back = sorted({p.path for p in report.problems.errors})
    outcome.notices += _foreign(found, releases)
    before = releases.record()
    if found.is_same and before is not None:
        outcome.waiting = _not_live(outcome.held_back, before.articles or ())
        if not options.dry_run:
            _note_published(at)
            if corrected := releases.correct_modes():
                outcome.notices.append(
                    f"线上有 {corrected} 个文件或文件夹的权限不让网页服务器读，已改正"
                )
            releases.release()
            _prepare_servers(at, outcome)
        return outcome
    known = before.articles if before else None
    with as_site_error(), last_articles(at) as (articles, digest_of):
        marked = with_digests(articles, known, found, digest_of)
    outcome.changes = changes_between(known, marked, found)
    outcome.waiting = _not_live(outcome.held_back, marked)
    _check_last_published(outcome, known, marked)
    if before is not None:
        _check_withdrawn(place, outcome.changes, known, options)
    if options.dry_run:
        outcome.result = "dry run"
        return outcome
    releases.publish(built, plan, marked, moment=_now(place))
    _note_published(at)
    outcome.result = "published"
    _prepare_servers(at, outcome)
    outcome.notices += _after(place, releases, outcome)
    return outcome


def _not_live(held_back: Iterable[str], live: Iterable[str]) -> list[str]:
    """Those of which nothing is live: no article at the path, or below it if it is a folder."""
    paths = tuple(live)
    tops = {path: path.removesuffix(f"/{COLUMN_FILE}") for path in held_back}
    return [
        path
        for path, top in tops.items()
        if not any(one == path or one.startswith(f"{top}/") for one in paths)
    ]


def _note_published(place: Workplace) -> None:
    # If it can't be noted, the next publish that finds everything live notes it.
    with suppress(SiteError), as_site_error():
        note_published(place)


def _check_last_published(
    outcome: Outcome, known: dict[str, Article] | None, marked: dict[str, Article]
) -> None:
    """After a rollback the version that was published last may be the one that was rolled back."""
    if known is None:
        return
    others = [
        path
        for path in outcome.held_back
        if path in marked and (path not in known or known[path].digest != marked[path].digest)
    ]
    if others:
        raise RefusedError(
            f"没有发布，线上网站未动：{'、'.join(others)} 有错误，而线上是退回的版本，"
            "上次发布的样子正是退回时换下的。请先改正这些错误。",
            outcome.report,
        )


def roll_back(site: Site, to: str, output: Path | None = None) -> tuple[str, list[str]]:
    """Make an earlier release live again; returns its name, and sentences on what went wrong."""
    place = site.workplace()
    live = (output or place.live).absolute()
    folder = _checked(place, live, site.settings_file)
    with opened(live, folder, retain=place.retain) as releases:
        name = releases.roll_back(to, content_mark(place))
        notices = _note(releases, history.entry_of("退回", name))
    return name, notices


def releases_of(site: Site, output: Path | None = None) -> tuple[Path, Path]:
    """The live folder, and the folder of its releases."""
    place = site.workplace()
    live = (output or place.live).absolute()
    try:
        return live, releases_folder(place, live)
    except PlaceError as error:
        raise PublishError(str(error)) from error


def build_folder(place: Workplace, live: Path) -> Path:
    """Where a site is built before it goes live: each live folder has its own."""
    return place.cache / f"publish-{place.key_of(live)}"


def replace_site(site: Site, built: Path, *, hold_back: bool) -> Site:
    """The site as it is built for publishing."""
    return replace(site, output=built, publishing=True, releasing=True, hold_back=hold_back)


def content_mark(place: Workplace) -> str:
    """Covers everything an office writes: articles by their content, other files, settings."""
    scan = scan_content(place.content)
    office = msgspec.structs.replace(place.office, build_at=None, workers=0)
    parts: list[bytes | str] = [msgspec.json.encode(office)]
    for path, stat in sorted(scan.files.items()):
        parts.append(path)
        try:
            text = (place.content / path).read_bytes() if path in scan.sources else b""
        except OSError as error:
            text = str(error.errno).encode()
        parts.append(text or f"{stat.mtime} {stat.size}")
    return digest(*parts).hex()


def _checked(place: Workplace, live: Path, settings_file: Path) -> Path:
    try:
        folder = releases_folder(place, live)
        check_place(place, live, folder, settings_file)
    except PlaceError as error:
        raise PublishError(str(error)) from error
    return folder


def _check_other_site(releases: Releases, options: Options) -> None:
    try:
        releases.check_ours()
    except OtherSiteError as error:
        question = f"{error}发布会把它们整个换下（保存为旧版本，可以退回）。确定吗"
        if options.take_over or options.confirm(question):
            return
        raise PublishError(
            f"没有发布，什么也没有改动：{error}"
            "发布位置写错了的，请改 PUBLISH_TO；确实要整个换下（原来的保存为旧版本，可以退回），"
            "或者这就是以前发布的、记录丢失了，加 --take-over"
        ) from error


def _check_clock(place: Workplace, releases: Releases, options: Options) -> None:
    last = releases.state.published
    now = _now(place)
    if last is None or options.again or now >= last - CLOCK_SLACK:
        return
    raise PublishError(
        f"没有发布：上次发布是 {last:%Y-%m-%d %H:%M}，而现在的时间是 {now:%Y-%m-%d %H:%M}，"
        "这台机器的时钟多半不对，已到时间的文章会被当作未到。请校准时钟；确实要发布，加 --again"
    )


def _now(place: Workplace) -> datetime:
    """The moment that a build now is for."""
    return place.office.build_at or datetime.now(SHANGHAI)


def _refuse_errors(report: Report, options: Options) -> None:
    errors = report.problems.errors
    if options.strict and errors:
        raise RefusedError("有错误，没有发布，线上网站未动。请照上面的提示改正后再发布。", report)
    if any(error.path.endswith(".py") or not error.path for error in errors):
        raise RefusedError(
            "设置有错误，没有发布，线上网站未动。请照上面的提示改正后再发布。", report
        )


def _check_withdrawn(
    place: Workplace, changes: Changes, known: dict[str, Article] | None, options: Options
) -> None:
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


def _foreign(found: Comparison, releases: Releases) -> list[str]:
    if not found.foreign or found.is_same:
        return []
    names = "、".join(found.foreign[:5]) + ("等" if len(found.foreign) > 5 else "")
    told = (
        f"线上文件夹里有 {len(found.foreign)} 个不是本程序放的文件（{names}），"
        f"随旧网站一起换下，保存在 {releases.folder}，不会删除；"
        "要一直留在线上的，请写进 OUTPUT_RETENTION"
    )
    return [told]


def _prepare_servers(at: Workplace, outcome: Outcome) -> None:
    """Bring the web servers' configurations up to date, before the office's command reloads one."""
    try:
        outcome.server_files = update_server_files(at, outcome.live)
    except OSError as error:
        said = f"网页服务器的配置没有写成：{error.strerror}（{error.filename}）"
        outcome.notices.append(said)


def _after(place: Workplace, releases: Releases, outcome: Outcome) -> list[str]:
    """The record, and the office's own command."""
    found, changes, name = outcome.found, outcome.changes, releases.state.live
    count = len(found.new) + len(found.changed) + len(found.removed)
    entry = history.entry_of("发布", name, changes, count)
    entry.held_back = outcome.held_back
    notices = _note(releases, entry)
    told = {
        "event": "published",
        "release": name,
        "live": str(releases.live),
        "new": found.new,
        "changed": found.changed,
        "removed": found.removed,
        "articles": msgspec.to_builtins(changes),
    }
    said = run_hook(place.options.after, told, place.site)
    return [*notices, *([f"AFTER_PUBLISH：{said}"] if said else [])]


def _note(releases: Releases, entry: history.Entry) -> list[str]:
    try:
        history.note(releases.folder, entry)
    except OSError as error:
        return [f"发布记录没有写成：{error.strerror}（{error.filename}）"]
    return []


def _notify(place: Workplace, releases: Releases, lines: list[str]) -> str:
    """Report problems by the office's command, once for the same ones."""
    mark = digest("\n".join(lines)).hex() if lines else ""
    if releases.state.noticed == mark:
        return ""
    said = run_hook(place.options.on_problem, "\n".join(lines), place.site) if lines else ""
    if not said and place.options.on_problem:
        releases.state.noticed = mark
        releases.save()
    return f"ON_PROBLEM：{said}" if said else ""


def _lines(problems: Iterable[Problem]) -> list[str]:
    return [f"{p.path}:{p.line}  {p.message}" for p in problems]
