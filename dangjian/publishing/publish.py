"""Publishing, from the sources to every place: what ``python3 tasks.py publish`` does.

A site is built once and then made live at each place of PUBLISH_TO. What fails at one of several
places is reported, and does not hinder the others.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path

import msgspec
from msgspec.structs import replace

from dangjian.building.published import last_articles, last_newest, note_published, read_plan
from dangjian.building.site import Site, SiteError, as_site_error
from dangjian.building.stored_redirects import redirect_pages, stored_redirects
from dangjian.common.digests import digest
from dangjian.common.problems import Problem
from dangjian.content.columns import COLUMN_FILE
from dangjian.content.scan import scan_content
from dangjian.publishing import history
from dangjian.publishing.after import after_publish, note_history, prepare_servers
from dangjian.publishing.assembly import Comparison, Plan
from dangjian.publishing.changes import changes_between, with_digests
from dangjian.publishing.checks import (
    check_authority,
    check_clock,
    check_last_published,
    check_other_site,
    check_withdrawn,
    note_authority,
    refuse_errors,
)
from dangjian.publishing.compression import compress
from dangjian.publishing.errors import PublishError
from dangjian.publishing.notices import notify
from dangjian.publishing.outcome import (
    Options,
    Outcome,
    PlaceOutcome,
    RefusedError,
    build_moment,
)
from dangjian.publishing.status import with_status
from dangjian.publishing.targets import Target
from dangjian.publishing.targets.opening import (
    destinations_of,
    folder_of,
    key_of,
    opened_target,
)
from dangjian.settings.destinations import Destination
from dangjian.settings.workspace import Progress, Workplace, no_progress


def publish(site: Site, options: Options, progress: Progress = no_progress) -> Outcome:
    """Build a site and make it live at every place, at each in one step or not at all.

    Raises PublishError or SiteError, with the live sites as they were, if it is live at none.
    """
    place = site.workplace()
    options = replace(options, confirm=cache(options.confirm))
    to = destinations_of(place, options.output)
    key = _key_of_all(place, to)
    try:
        outcome = _publish(site, place, to, options, progress)
    except (PublishError, SiteError) as error:
        messages = [str(error)]
        if isinstance(error, RefusedError):
            messages += _lines(error.report.problems.errors)
        if not options.dry_run:
            notify(place, key, messages)
        raise
    if options.dry_run or all(one.result == "rolled back" for one in outcome.places):
        return outcome
    errors = [p for p in outcome.report.problems.errors if p.path in outcome.held_back]
    failed = [f"{one.name}：{one.error}" for one in outcome.failed]
    if said := notify(place, key, [*_lines(errors), *failed]):
        outcome.notices.append(said)
    return outcome


def _publish(
    site: Site,
    place: Workplace,
    to: tuple[Destination, ...],
    options: Options,
    progress: Progress,
) -> Outcome:
    outcome = Outcome()
    with ExitStack() as stack:
        ready: list[tuple[Target, PlaceOutcome]] = []
        for one in to:
            at_one = PlaceOutcome(str(one))
            outcome.places.append(at_one)
            with _alone_or_noted(at_one, to):
                opening = opened_target(
                    place, one, site.settings_file, options.keep, progress, whole=options.whole
                )
                target = stack.enter_context(opening)
                at_one.name, at_one.served = target.name, target.served
                check_other_site(target, options)
                check_clock(place, target, options)
                check_authority(place, target)
                held = target.state.held
                if held and not options.again and held == content_mark(place):
                    at_one.result = "rolled back"
                else:
                    ready.append((target, at_one))
        if ready:
            _build_and_publish(site, place, to, ready, outcome, options, progress)
    if len(outcome.failed) == len(to) > 1:
        raise PublishError("\n".join(one.error for one in outcome.failed))
    return outcome


@contextmanager
def _alone_or_noted(at_one: PlaceOutcome, to: tuple[Destination, ...]) -> Iterator[None]:
    """What fails at the only place ends the command; at one of several, it is noted."""
    try:
        yield
    except PublishError as error:
        if len(to) == 1:
            raise
        at_one.result, at_one.error = "failed", str(error)


def _build_and_publish(
    site: Site,
    place: Workplace,
    to: tuple[Destination, ...],
    ready: list[tuple[Target, PlaceOutcome]],
    outcome: Outcome,
    options: Options,
    progress: Progress,
) -> None:
    built = build_folder(place, to)
    public = replace_site(site, built, hold_back=not options.strict)
    report = public.build(progress)
    refuse_errors(place, report, options)
    outcome.report = report
    outcome.held_back = sorted({p.path for p in report.problems.errors})
    at = replace(public.workplace(), output=built)
    with as_site_error():
        plan = compress(built, read_plan(at), redirect_pages(stored_redirects(at.catalogue)))
        plan = with_status(built, plan, last_newest(at))
    for target, at_one in ready:
        with _alone_or_noted(at_one, to):
            _publish_at(at, built, plan, target, at_one, outcome, options)
    if not options.dry_run and any(one.result != "failed" for _, one in ready):
        _note_published(at)
        for target in (one for one, at_one in ready if at_one.result != "failed"):
            with suppress(OSError):  # noted by the next publish
                note_authority(place, target)
    for target, at_one in ready:
        if at_one.result == "published":
            outcome.notices += after_publish(place, target, at_one, outcome)


def _publish_at(
    at: Workplace,
    built: Path,
    plan: Plan,
    target: Target,
    at_one: PlaceOutcome,
    outcome: Outcome,
    options: Options,
) -> None:
    """Make what was built live at one place, unless it is already."""
    found = at_one.found = target.compare(built, plan)
    outcome.notices += _foreign(found, target)
    before = target.record()
    if found.is_same and before is not None and not options.whole:
        at_one.waiting = _not_live(outcome.held_back, before.articles or ())
        if not options.dry_run:
            outcome.notices += target.settle()
            prepare_servers(at, target, at_one, outcome)
        return
    known = before.articles if before else None
    with as_site_error(), last_articles(at) as (articles, digest_of):
        marked = with_digests(articles, known, found, digest_of)
    at_one.changes = changes_between(known, marked, found)
    at_one.waiting = _not_live(outcome.held_back, marked)
    check_last_published(outcome.report, outcome.held_back, known, marked)
    if before is not None:
        check_withdrawn(at, at_one.changes, known, options)
    if options.dry_run:
        at_one.result = "dry run"
        return
    target.publish(built, plan, marked, moment=build_moment(at))
    at_one.result = "published"
    prepare_servers(at, target, at_one, outcome)


def _not_live(held_back: Iterable[str], live: Iterable[str]) -> list[str]:
    """Those that have nothing live: no article at the path, or below it if it is a folder."""
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


def roll_back(
    site: Site, to: str, output: Path | str | None = None
) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    """Make an earlier release live again at every place.

    Returns each place with its release's name, why it failed at others, and sentences on what else
    went wrong. Raises PublishError if it failed at all of them.
    """
    place = site.workplace()
    destinations = destinations_of(place, output)
    done: list[tuple[str, str]] = []
    failed: list[str] = []
    notices: list[str] = []
    mark = content_mark(place)
    for one in destinations:
        try:
            with opened_target(place, one, site.settings_file) as target:
                name = target.roll_back(to, mark)
                notices += note_history(target, history.entry_of("退回", name))
                done.append((target.name, name))
        except PublishError as error:
            failed.append(str(error))
    if not done:
        raise PublishError("\n".join(failed))
    notify(place, _key_of_all(place, destinations), [])
    return done, failed, notices


def folders_of(site: Site, output: Path | str | None = None) -> list[tuple[Destination, Path]]:
    """The places of a site, each with the folder of its record on this machine."""
    place = site.workplace()
    return [(to, folder_of(place, to)) for to in destinations_of(place, output)]


def build_folder(place: Workplace, to: tuple[Destination, ...]) -> Path:
    """Where a site is built before it goes live: each set of places has its own."""
    return place.cache / f"publish-{_key_of_all(place, to)}"


def _key_of_all(place: Workplace, to: tuple[Destination, ...]) -> str:
    first = key_of(place, to[0])
    return first if len(to) == 1 else f"{first}-{digest(*map(str, to)).hex()[:8]}"


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


def _foreign(found: Comparison, target: Target) -> list[str]:
    if not found.foreign or found.is_same:
        return []
    names = "、".join(found.foreign[:5]) + ("等" if len(found.foreign) > 5 else "")
    messages = (
        f"线上文件夹里有 {len(found.foreign)} 个不是本程序放的文件（{names}），"
        f"随旧网站一起换下，保存在 {target.folder}，不会删除；"
        "要一直留在线上的，请写进 OUTPUT_RETENTION"
    )
    return [messages]


def _lines(problems: Iterable[Problem]) -> list[str]:
    return [f"{p.path}:{p.line}  {p.message}" for p in problems]
