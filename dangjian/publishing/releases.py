"""The live site and the releases stored for rollback: the switch in one step, and taking it back.

The releases of a live folder lie in a folder of their own, on the same disk and out of reach of the
web server: each named by the time it went live, with a manifest next to it; ``next`` while one is
being put together; and ``state.json``, which says what is live and, during a switch, what was about
to happen, so that the next run can complete or roll back.
"""

import errno
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct, field

from dangjian.common.errors import LockedError
from dangjian.common.files import remove_tree, write_whole
from dangjian.common.locks import acquire
from dangjian.common.output_folder import remove_outputs
from dangjian.common.timezone import SHANGHAI
from dangjian.publishing import KEEP
from dangjian.publishing.assembly import (
    Comparison,
    Plan,
    assemble,
    compare,
    correct_modes,
    files_below,
    goes_along,
    make_parents,
)
from dangjian.publishing.errors import OtherSiteError, PublishError
from dangjian.publishing.manifest import (
    Article,
    Manifest,
    Record,
    content_digest,
    read_record,
    write_record,
)
from dangjian.publishing.migration import FOREIGN, has_old_releases, move_releases, old_releases
from dangjian.publishing.state import State, new_name
from dangjian.publishing.system import exchange, identity, reason

_NEXT = "next"
_DISCARDED = "discarded"
_OTHERS = "others"
_RELEASE = re.compile(r"[0-9]{8}-[0-9]{6}(?:_[0-9]+)?")
"""The name of a release (``new_name``); other folders next to them are somebody else's."""


class Pending(Struct):
    """A switch under way: release ``name``, now at ``source``, is the folder ``identity``."""

    name: str
    source: str
    identity: int


class FolderState(State, omit_defaults=True):
    """The state of a live folder, with the switch under way."""

    pending: Pending | None = None


class Releases(Struct):
    """The live folder ``live``, and its releases in ``folder``.

    Files at the top of the live folder whose names are in ``retain`` or begin with a dot
    (``.well-known``) were put there by others and go along.
    """

    live: Path
    folder: Path
    keep: int = KEEP
    retain: tuple[str, ...] = ()
    state: FolderState = field(default_factory=FolderState)

    @property
    def name(self) -> str:
        """What messages call the target."""
        return str(self.live)

    @property
    def served(self) -> Path:
        """The folder that the web server serves."""
        return self.live

    @property
    def names(self) -> list[str]:
        """The stored releases, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(
            entry.name
            for entry in self.folder.iterdir()
            if _RELEASE.fullmatch(entry.name) and entry.is_dir()
        )

    @property
    def _state_file(self) -> Path:
        return self.folder / "state.json"

    def record(self, name: str = "") -> Record | None:
        """What the release ``name`` (or the live one) consists of.

        None if it was not published from here.
        """
        name = name or self.state.live
        return read_record(self.folder / f"{name}.json") if name else None

    @property
    def live_files(self) -> Manifest:
        """The published files of the live folder."""
        record = self.record()
        return record.files if record else {}

    def compare(self, built: Path, plan: Plan) -> Comparison:
        """How the site in ``built`` differs from the live one. Raises PublishError."""
        try:
            return compare(built, plan, self.live, self.live_files, self.retain)
        except OSError as error:
            raise PublishError(f"新网站没有备好，线上网站未动：{reason(error)}") from error

    def check_ours(self) -> None:
        """Raise OtherSiteError if the live folder holds a site that was not published from here."""
        if self.state.live:
            return
        foreign = [path for path in files_below(self.live) if not goes_along(path, self.retain)]
        if foreign:
            names = "、".join(sorted(foreign)[:5]) + ("等" if len(foreign) > 5 else "")
            raise OtherSiteError(
                f"{self.live} 里已有 {len(foreign)} 个文件（{names}），不是从这里发布的。"
            )

    def publish(
        self,
        built: Path,
        plan: Plan,
        articles: dict[str, Article] | None = None,
        now: datetime | None = None,
        moment: datetime | None = None,
    ) -> Comparison:
        """Make the planned files in ``built``, which show ``articles``, live if they are not.

        The release is named by ``now``; ``moment`` is when the site was built for, usually the
        same.

        Raises PublishError, with the live site untouched.
        """
        found = self.compare(built, plan)
        now = now or datetime.now(SHANGHAI)
        if found.is_same and self.state.live and self.live.is_dir():
            return found
        staging = self.folder / _NEXT
        name = new_name(now, [*self.names, self.state.live])
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if staging.exists():
                remove_tree(staging)
            marks = assemble(built, plan, self.live, self.live_files, staging, found, self.retain)
            if hasattr(os, "sync"):
                os.sync()
            write_record(self.folder / f"{name}.json", Record(marks, articles))
        except OSError as error:
            self._drop_staging(staging)
            raise PublishError(f"新网站没有备好，线上网站未动：{reason(error)}") from error
        except PublishError:
            self._drop_staging(staging)
            raise
        self._switch(staging, name, FolderState(published=moment or now))
        self._discard_old(marks)
        return found

    def settle(self) -> list[str]:
        """Let the web server read the whole live site, and end a rollback's hold."""
        try:
            corrected = correct_modes(self.live, self.live_files)
        except OSError as error:
            raise PublishError(f"线上网站的文件权限改不了：{reason(error)}") from error
        if self.state.held:
            self.state.held = ""
            self.save()
        if not corrected:
            return []
        return [f"线上有 {corrected} 个文件或文件夹的权限不让网页服务器读，已改正"]

    def roll_back(self, name: str = "", held: str = "") -> str:
        """Make the release ``name``, or the one before the live one, live again; return its name.

        The one that was live is stored under its own name, so this can be taken back as well.
        ``held`` covers the content as it is now, for the next publish to compare.
        """
        earlier = [one for one in self.names if not self.state.live or one < self.state.live]
        if not name and not earlier:
            raise PublishError("没有更早的版本可以恢复。")
        name = name or earlier[-1]
        if name not in self.names:
            kept = "、".join(self.names) or "无"
            raise PublishError(f"没有保留名为 {name} 的版本。现有：{kept}。")
        state = msgspec.structs.replace(self.state, held=held)
        self._switch(self.folder / name, name, state)
        return name

    def recover(self) -> None:
        """Read the state; complete, or roll back, a switch that was cut short."""
        try:
            self.state = msgspec.json.decode(self._state_file.read_bytes(), type=FolderState)
        except FileNotFoundError:
            return
        except msgspec.MsgspecError as error:
            raise PublishError(
                f"{self._state_file} 读不懂。请核对线上网站是否完整，再删除这个文件。"
            ) from error
        pending = self.state.pending
        if pending is None:
            return
        source = self.folder / pending.source
        if not self.live.exists():
            # Cut between two renames: the live one is moved away, the new one not yet in place.
            if not source.exists():
                raise PublishError(f"线上网站 {self.live} 和新版本都不见了，请从备份恢复。")
            source.rename(self.live)
        if identity(self.live) == pending.identity:
            if source.exists():
                source.rename(self.folder / self.state.live)
            self.state.live = pending.name
        self.state.pending = None
        self.save()

    def recovered(self) -> tuple[list[str], str]:
        """``recover``; the names of the releases and of the live one then."""
        self.recover()
        return self.names, self.state.live

    def save(self) -> None:
        """Keep the state. A reserve is given up for it when the disk is full."""
        self.folder.mkdir(parents=True, exist_ok=True)
        data = msgspec.json.encode(self.state)
        reserve = self.folder / "reserve"
        try:
            write_whole(self._state_file, data, durable=True)
            if not reserve.exists():
                reserve.write_bytes(bytes(_RESERVE))
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT} or not reserve.exists():
                raise
            reserve.unlink()
            write_whole(self._state_file, data, durable=True)

    def _switch(self, source: Path, name: str, after: FolderState) -> None:
        """Put the folder ``source`` in the place of the live one, which is stored as a release.

        ``after`` is the state to be in then. Raises PublishError if it did not come to it.
        """
        before = self.state
        old = self._free_name(self.state.live or FOREIGN)
        pending = Pending(name, source.name, identity(source))
        self.state = msgspec.structs.replace(after, live=old, pending=pending)
        try:
            self.save()
            if not self.live.exists():
                make_parents(self.live)
                source.rename(self.live)
            elif exchange(source, self.live):
                source.rename(self.folder / old)
            else:
                self._swap(source, self.folder / old)
        except OSError as error:
            if identity(self.live) != pending.identity:
                self.state = before
                with suppress(OSError):
                    self.save()
                raise PublishError(f"没有切换成，线上网站未动：{reason(error)}") from error
            message = f"新网站已上线，但旧版本没有收好，下次运行会收好：{reason(error)}"
            raise PublishError(message) from error
        # From here on the new site is live. What is not noted now, the next run completes.
        self.state = msgspec.structs.replace(after, live=name, pending=None)
        with suppress(OSError):
            self.save()

    def _swap(self, source: Path, old: Path) -> None:
        """Two renames, where folders can't be exchanged; ``state.json`` covers the time between."""
        self.live.rename(old)
        try:
            source.rename(self.live)
        except OSError:
            old.rename(self.live)
            raise

    def _drop_staging(self, staging: Path) -> None:
        with suppress(OSError):
            remove_tree(staging)

    def _discard_old(self, live: Manifest) -> None:
        """Keep the newest releases that differ from one another and from the live one."""
        kept = {content_digest(live)}
        for name in reversed(self.names):
            record = self.record(name)
            if record is None:
                continue  # somebody else's: never deleted by us
            mark = content_digest(record.files)
            if mark in kept or len(kept) > self.keep:
                self._discard(name, record.files)
            else:
                kept.add(mark)
        known = {*self.names, self.state.live, "state"}
        for file in self.folder.glob("*.json"):
            if file.stem not in known:
                file.unlink(missing_ok=True)

    def _discard(self, name: str, manifest: Manifest) -> None:
        """Delete the published files of a release; what others had put among them stays.

        Taken out of the list first, so that half of one is never rolled back to.
        """
        discarded = self.folder / _DISCARDED
        with suppress(OSError):
            if discarded.exists():
                discarded.rename(self._free_other(f"{_DISCARDED}-{name}"))
            (self.folder / name).rename(discarded)
            remove_outputs(discarded, [*manifest])
            for path in [*files_below(discarded)]:
                if goes_along(path, self.retain):
                    (discarded / path).unlink()
            _remove_empty_folders(discarded)
            if discarded.exists():
                discarded.rename(self._free_other(name))
            (self.folder / f"{name}.json").unlink()

    def _free_other(self, name: str) -> Path:
        others = self.folder / _OTHERS
        others.mkdir(exist_ok=True)
        number, free = 1, others / name
        while free.exists():
            number += 1
            free = others / f"{name}_{number}"
        return free

    def _free_name(self, name: str) -> str:
        """``name``, or the next like it that no release has (``state.json`` may have been lost)."""
        number = 1
        free = name
        while free in self.names:
            number += 1
            free = f"{name}_{number:04d}"
        return free


_RESERVE = 4096
"""Bytes reserved so that a rollback can be noted on a full disk."""


@contextmanager
def opened(
    live: Path, folder: Path, keep: int = KEEP, retain: tuple[str, ...] = ()
) -> Iterator[Releases]:
    """The releases of ``live`` in ``folder``, held for this process alone and recovered.

    Raises PublishError when another process is publishing.
    """
    releases = Releases(live.resolve(), folder, keep, retain)
    try:
        with acquire(folder.with_name(f"{folder.name}.lock"), lock_note()):
            if has_old_releases(releases.live) and not folder.exists():
                before = Releases(releases.live, old_releases(releases.live))
                move_releases(before.live, folder, before.recovered)
            releases.recover()
            yield releases
    except LockedError as error:
        raise busy(error) from None
    except OSError as error:
        raise PublishError(f"{releases.folder} 用不了：{reason(error)}") from error


def lock_note() -> str:
    """What others read in a lock that this process holds."""
    return json.dumps({"pid": os.getpid(), "time": f"{datetime.now(SHANGHAI):%H:%M:%S}"})


def busy(error: LockedError) -> PublishError:
    """Why nothing is published while another process of this machine does."""
    try:
        who = json.loads(error.note)
        message = f"进程 {who['pid']}，{who['time']} 开始"
    except (ValueError, KeyError, TypeError):
        message = "另一进程"
    return PublishError(f"正在发布（{message}），请等它结束后再试。")


def _remove_empty_folders(top: Path) -> None:
    for folder, _, _ in os.walk(top, topdown=False):
        with suppress(OSError):
            os.rmdir(folder)
