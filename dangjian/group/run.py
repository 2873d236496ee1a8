"""All sites of a group, one task each, through any ``concurrent.futures.Executor``.

By default threads of this process wait for the sites' processes; Dask's ``Client.get_executor()``
takes them to other machines. The site whose column is shared comes first. Whatever happens to a
site, or to the worker that has it, becomes its result and touches no other.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from datetime import datetime

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from dangjian.common.errors import LockedError
from dangjian.common.files import write_whole
from dangjian.common.locks import acquire
from dangjian.common.timezone import SHANGHAI
from dangjian.common.workers import default_workers
from dangjian.group.plan import Group, GroupError, GroupSite
from dangjian.group.shared import SharedColumn
from dangjian.group.task import Action, SiteResult, SiteTask, run_site

_MAKING = frozenset(("build", "publish"))
_STATUS = "status.json"
_SHARED = "shared.json"

Tell = Callable[[GroupSite, SiteResult], None]


class LastRun(Struct, omit_defaults=True):
    """What the group's runs left: when the last one was, and each site's last result by label."""

    time: str = ""
    action: str = ""
    sites: dict[str, SiteResult] = field(default_factory=dict)


def run_group(
    group: Group,
    action: Action,
    tell: Tell,
    *,
    sites: Iterable[GroupSite] = (),
    executor: Executor | None = None,
    workers: int = 0,
    allow_withdraw: int = 0,
) -> dict[str, SiteResult]:
    """Do an action for all sites, or some; ``tell`` hears of each as it is done.

    Returns the results by the sites' labels, in the order of the file. Raises GroupError when
    another process builds or publishes the group. ``workers`` is how many
    sites are done at once here.
    """
    chosen = list(sites) or list(group.sites)
    at_once = workers or default_workers()
    each = 0 if len(chosen) == 1 else 1
    found: dict[str, SiteResult] = {}

    def task_of(site: GroupSite) -> SiteTask:
        return SiteTask(
            action,
            str(site.folder),
            site.settings,
            site.host,
            unshared=group.shared is None and action in _MAKING,
            workers=each,
            allow_withdraw=allow_withdraw,
        )

    with ExitStack() as stack:
        if action in _MAKING:
            stack.enter_context(_alone(group))
        pool = executor
        if pool is None:
            pool = ThreadPoolExecutor(at_once)
            stack.callback(pool.shutdown, cancel_futures=True)
        origin = _origin(group, chosen) if action != "status" else None
        given = read_shared(group) if origin is None and action in _MAKING else None
        if origin is not None and group.shared is not None:
            share = (group.shared.column, group.shared.into)
            found |= _run(pool, {origin: replace(task_of(origin), share=share)}, tell)
            if action in _MAKING:
                # Where the origin failed, the copies stay as they are.
                given = found[origin.label].shared
                _note_shared(group, given)
        others = {one: replace(task_of(one), shared=given) for one in chosen if one is not origin}
        found |= _run(pool, others, tell)
    ordered = {one.label: found[one.label] for one in chosen}
    if action != "status":
        _note(group, action, ordered)
    return ordered


@contextmanager
def _alone(group: Group) -> Iterator[None]:
    """Hold the group for this process. Raises GroupError when another one has it."""
    note = f"进程 {os.getpid()}，{datetime.now(SHANGHAI):%H:%M:%S} 开始"
    try:
        with acquire(group.records / "lock", note):
            yield
    except LockedError as error:
        raise GroupError(
            f"这个网站群正在生成或发布（{error.note or '另一进程'}），请等它结束后再试。"
        ) from None


def _origin(group: Group, chosen: list[GroupSite]) -> GroupSite | None:
    if group.shared is None:
        return None
    wanted = group.shared.site
    return next((one for one in chosen if one.label.rstrip("/") == wanted), None)


def _run(
    executor: Executor, tasks: Mapping[GroupSite, SiteTask], tell: Tell
) -> dict[str, SiteResult]:
    futures: dict[Future[SiteResult], GroupSite] = {
        executor.submit(run_site, task): site for site, task in tasks.items()
    }
    found = {}
    for future in as_completed(futures):
        site = futures[future]
        found[site.label] = _result(future)
        tell(site, found[site.label])
    return found


def _result(future: Future[SiteResult]) -> SiteResult:
    """The result; what an executor raises, a lost machine for one, is that site's fault alone."""
    try:
        error = future.exception()
    except CancelledError:
        return SiteResult("failed", "被取消了")
    if error is not None:
        return SiteResult("failed", f"没有做成：{type(error).__name__}：{error}")
    return future.result()


def last_run(group: Group) -> LastRun:
    """What the group's runs have left; empty if there was none."""
    try:
        return msgspec.json.decode((group.records / _STATUS).read_bytes(), type=LastRun)
    except (FileNotFoundError, msgspec.MsgspecError):
        return LastRun()


def read_shared(group: Group) -> SharedColumn | None:
    """What the origin shared when it was last done, for runs in which it fails."""
    if group.shared is None:
        return None
    try:
        data = (group.records / _SHARED).read_bytes()
        found = msgspec.json.decode(data, type=SharedColumn)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None
    same = (found.column, found.into) == (group.shared.column, group.shared.into)
    return found if same else None


def _note_shared(group: Group, shared: SharedColumn | None) -> None:
    if shared is None:
        return
    group.records.mkdir(parents=True, exist_ok=True)
    write_whole(group.records / _SHARED, msgspec.json.encode(shared))


def _note(group: Group, action: Action, results: Mapping[str, SiteResult]) -> None:
    last = last_run(group)
    last.time, last.action = f"{datetime.now(SHANGHAI):%Y-%m-%d %H:%M:%S}", action
    labels = {one.label for one in group.sites}
    kept = {label: one for label, one in last.sites.items() if label in labels}
    for label, result in results.items():
        before = kept.get(label)
        stored = replace(result, shared=None)
        if not stored.where and before is not None:
            stored = replace(stored, where=before.where, name=before.name)
        kept[label] = stored
    last.sites = kept
    group.records.mkdir(parents=True, exist_ok=True)
    write_whole(group.records / _STATUS, msgspec.json.encode(last))
