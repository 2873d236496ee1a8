"""Putting a built site in the place of the live one, in one step, and taking it back.

Beside the live folder ``public`` lies ``releases/public``: the releases kept for rollback, each
named by the time it went live; ``next`` while one is being put together; and ``state.json``, which
says what is live and, during a switch, what was about to happen, so that whoever comes next can
finish or undo it. A file that did not change is a hard link to the live one where the file system
has them, and a copy with the same time where not.
"""

import ctypes
import errno
import filecmp
import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct, field

from dangjian.common.errors import DangjianError, LockedError
from dangjian.common.locks import acquire
from dangjian.common.timezone import SHANGHAI

KEEP = 3
_NEXT = "next"
_DISCARDED = "discarded"
_FOREIGN = "00000000-000000"  # a live folder that was not published from here: older than all
_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
_HERE = -100  # AT_FDCWD


class PublishError(DangjianError):
    """Nothing was switched; the message is Chinese."""


class Pending(Struct):
    """A switch under way: release ``name``, now at ``source``, is the folder ``identity``."""

    name: str
    source: str
    identity: int


class State(Struct):
    """What is live (by the name it was published under), and the switch under way."""

    live: str = ""
    pending: Pending | None = None


class Counts(Struct):
    """What a release has of new, changed, unchanged and removed files."""

    new: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0

    def __str__(self) -> str:
        return (
            f"新增 {self.new} 个文件，更新 {self.changed} 个，"
            f"不变 {self.same} 个，撤下 {self.removed} 个"
        )


class Releases(Struct):
    """The live folder ``live`` and the releases kept beside it."""

    live: Path
    keep: int = KEEP
    state: State = field(default_factory=State)

    @property
    def folder(self) -> Path:
        return self.live.parent / "releases" / self.live.name

    @property
    def names(self) -> list[str]:
        """The releases kept, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(
            entry.name
            for entry in self.folder.iterdir()
            if entry.is_dir() and entry.name not in {_NEXT, _DISCARDED}
        )

    @property
    def _state_file(self) -> Path:
        return self.folder / "state.json"

    def publish(
        self, built: Path, now: datetime | None = None, retain: Iterable[str] = ()
    ) -> Counts:
        """Make what stands in ``built`` live. Call inside ``opened``. Raises PublishError.

        What stands at the top of the live folder under a name of ``retain``, or one that begins
        with a dot (``.well-known``), was put there by others and goes along.
        """
        staging = self.folder / _NEXT
        try:
            _remove(staging)
            counts = assemble(built, self.live, staging, set(retain))
            if hasattr(os, "sync"):
                os.sync()
        except OSError as error:
            _remove(staging)
            raise PublishError(f"新网站没有备好，线上网站未动：{_reason(error)}") from error
        self._switch(staging, self._new_name(now))
        for name in self.names[: -self.keep or None]:
            self._discard(name)
        return counts

    def roll_back(self, name: str = "") -> str:
        """Make the release ``name``, or the one before the live one, live again; return its name.

        The one that was live is kept under its own name, so this can be taken back as well.
        """
        earlier = [one for one in self.names if not self.state.live or one < self.state.live]
        if not name and not earlier:
            raise PublishError("没有更早的版本可以恢复。")
        name = name or earlier[-1]
        if name not in self.names:
            kept = "、".join(self.names) or "无"
            raise PublishError(f"没有保留名为 {name} 的版本。现有：{kept}。")
        self._switch(self.folder / name, name)
        return name

    def recover(self) -> None:
        """Read the state; finish, or undo, a switch that was cut short."""
        try:
            self.state = msgspec.json.decode(self._state_file.read_bytes(), type=State)
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
            # Cut between two renames: the live one is put aside, the new one not yet in place.
            if not source.exists():
                raise PublishError(f"线上网站 {self.live} 和新版本都不见了，请从备份恢复。")
            source.rename(self.live)
        if _identity(self.live) == pending.identity:
            if source.exists():
                source.rename(self.folder / self.state.live)
            self.state.live = pending.name
        self.state.pending = None
        self._save()

    def _switch(self, source: Path, name: str) -> None:
        """Put the folder ``source`` in the place of the live one, which is kept as a release."""
        old = self._free_name(self.state.live or _FOREIGN)
        pending = Pending(name, source.name, _identity(source))
        self.state = State(old, pending)
        try:
            self._save()
            if not self.live.exists():
                self.live.parent.mkdir(parents=True, exist_ok=True)
                source.rename(self.live)
            elif exchange(source, self.live):
                source.rename(self.folder / old)
            else:
                self._swap(source, self.folder / old)
        except OSError as error:
            if _identity(self.live) != pending.identity:
                raise PublishError(f"没有切换成，线上网站未动：{_reason(error)}") from error
            raise PublishError(f"已切换，但旧版本没有收好：{_reason(error)}") from error
        self.state = State(name)
        self._save()

    def _swap(self, source: Path, old: Path) -> None:
        """Two renames, for who can't exchange; ``state.json`` covers the moment between."""
        self.live.rename(old)
        try:
            source.rename(self.live)
        except OSError:
            old.rename(self.live)
            raise

    def _discard(self, name: str) -> None:
        """Let a release go. Out of the list first, so that half of one is never rolled back to."""
        discarded = self.folder / _DISCARDED
        shutil.rmtree(discarded, ignore_errors=True)
        with suppress(OSError):
            (self.folder / name).rename(discarded)
            shutil.rmtree(discarded)

    def _new_name(self, now: datetime | None) -> str:
        """A name by the time, later than every other even when the clock went back."""
        name = f"{now or datetime.now(SHANGHAI):%Y%m%d-%H%M%S}"
        latest = max([*self.names, self.state.live])
        if name > latest:
            return name
        stem, _, number = latest.partition("_")
        return f"{stem}_{int(number or 1) + 1:04d}"

    def _free_name(self, name: str) -> str:
        """``name``, or the next like it that no release has (``state.json`` may have been lost)."""
        number = 1
        free = name
        while free in self.names:
            number += 1
            free = f"{name}_{number:04d}"
        return free

    def _save(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self._state_file.with_suffix(".part")
        with part.open("wb") as file:
            file.write(msgspec.json.encode(self.state))
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._state_file)


@contextmanager
def opened(live: Path, keep: int = KEEP) -> Iterator[Releases]:
    """The releases of ``live``, held for this process alone and recovered.

    Raises PublishError when another process is publishing.
    """
    releases = Releases(live.resolve(), keep)
    note = json.dumps({"pid": os.getpid(), "time": f"{datetime.now(SHANGHAI):%H:%M:%S}"})
    try:
        with acquire(releases.folder / "lock", note):
            releases.recover()
            yield releases
    except LockedError as error:
        try:
            who = json.loads(error.note)
            told = f"进程 {who['pid']}，{who['time']} 开始"
        except (ValueError, KeyError, TypeError):
            told = "另一进程"
        raise PublishError(f"正在发布（{told}），请等它结束后再试。") from None
    except OSError as error:
        raise PublishError(f"{releases.folder} 用不了：{_reason(error)}") from error


def assemble(built: Path, live: Path, staging: Path, retain: set[str]) -> Counts:
    """Make ``staging`` equal to ``built``; what is the same in ``live`` keeps its file or time.

    Top entries of ``live`` that ``retain`` names, or that begin with a dot, come along.
    """
    counts = Counts()
    seen = 0
    for folder, _, names in os.walk(built):
        relative = Path(folder).relative_to(built)
        (staging / relative).mkdir(parents=True, exist_ok=True)
        for name in names:
            new, old, target = (top / relative / name for top in (built, live, staging))
            if not old.is_file():
                counts.new += 1
                shutil.copy2(new, target)
            elif _same(new, old):
                counts.same += 1
                seen += 1
                _link(old, target)
            else:
                counts.changed += 1
                seen += 1
                shutil.copy2(new, target)
    for entry in sorted(live.iterdir()) if live.is_dir() else ():
        if (entry.name in retain or entry.name.startswith(".")) and not (
            built / entry.name
        ).exists():
            seen += _carry(entry, staging / entry.name)
    counts.removed = sum(len(names) for _, _, names in os.walk(live)) - seen
    return counts


def _same(new: Path, old: Path) -> bool:
    """Whether two files hold the same; those of one size and time are copies of each other."""
    one, other = new.stat(), old.stat()
    if one.st_size != other.st_size:
        return False
    return one.st_mtime_ns == other.st_mtime_ns or filecmp.cmp(new, old, shallow=False)


def _carry(entry: Path, target: Path) -> int:
    """Take a file or folder along; return how many files that is."""
    if entry.is_dir():
        shutil.copytree(entry, target, copy_function=_link)
        return sum(len(names) for _, _, names in os.walk(target))
    _link(entry, target)
    return 1


def _link(source: str | Path, target: str | Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system can't (then nothing happened)."""
    if sys.platform != "linux":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "renameat2"):
        return False
    if library.renameat2(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}:
        return False
    raise OSError(number, os.strerror(number), str(one), None, str(other))


def _identity(folder: Path) -> int:
    """What tells a folder from another whatever their names: its number in the file system."""
    try:
        return folder.stat().st_ino
    except OSError:
        return -1


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def _reason(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "磁盘已满，请腾出空间后重新发布。"
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"没有权限改动 {error.filename}，或其中的文件正被别的程序使用。"
    if error.errno in {errno.EXDEV, errno.EBUSY}:
        return f"{error.filename} 是单独挂载的，不能改名；请把发布位置设为其中的一个文件夹。"
    return f"{error.strerror}（{error.filename}）。"
