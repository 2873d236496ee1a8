"""An object store: files are replaced one by one, in an order that never misleads a reader.

A store can't switch a whole site, so what holds is weaker than for a folder: at every moment each
object is whole, each page has all its files, and no list leads to a page that is not there. What is
about to change is noted in ``.dangjian/state.json`` before, and that it has changed after; both
notes are conditional writes, so that of two publishers one is refused. A run that was killed is
made good by the next one, which sends again, or deletes, what was noted and is not as planned.

The bytes of earlier releases, for rollback, stay on this machine: in a bucket that readers reach
they would show what was withdrawn.
"""

import gzip
import os
import shutil
import socket
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from dangjian.common.digests import digest
from dangjian.common.files import write_whole
from dangjian.common.report import Stage
from dangjian.common.timezone import SHANGHAI
from dangjian.publishing import KEEP
from dangjian.publishing.assembly import PACKED_ENDINGS, Comparison, Plan, source_of
from dangjian.publishing.delivery import Kept, plan_delivery
from dangjian.publishing.errors import OtherSiteError, PublishError
from dangjian.publishing.manifest import (
    Article,
    Manifest,
    Record,
    content_digest,
    decode_record,
    mark_of,
)
from dangjian.publishing.marks import compare_marks, marks_of
from dangjian.publishing.state import State, new_name
from dangjian.publishing.system import reason
from dangjian.publishing.targets.bucket import CONNECTIONS, Bucket
from dangjian.settings.workspace import Progress, no_progress

ABANDONED: Final = timedelta(hours=1)
"""After so long a publish of another machine that has not ended is taken for dead."""

_STATE: Final = ".dangjian/state.json"


class Claim(Struct, frozen=True):
    """A publish under way: by whom, since when, and the paths whose state is unknown."""

    who: str
    time: datetime
    paths: list[str]


class S3State(State, omit_defaults=True):
    """The state of a bucket, with files that stay for a while, some to delete, and a claim."""

    kept: dict[str, Kept] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    claim: Claim | None = None


class S3Site(Struct):
    """A site in a bucket; ``folder`` has this machine's records and the bytes of its releases."""

    bucket: Bucket
    folder: Path
    keep: int = KEEP
    progress: Progress = no_progress
    state: S3State = field(default_factory=S3State)
    version: str = ""

    @property
    def name(self) -> str:
        """What messages call the target."""
        return str(self.bucket.at)

    @property
    def served(self) -> Path | None:
        """No web server of ours serves it."""
        return None

    @property
    def names(self) -> list[str]:
        """The releases stored on this machine but for the live one, oldest first."""
        found = [file.name.removesuffix(".json.gz") for file in self.folder.glob("*.json.gz")]
        return sorted(name for name in found if name != self.state.live)

    @property
    def _me(self) -> str:
        """What tells this machine's site from others."""
        return f"{socket.gethostname()}-{digest(str(self.folder.resolve())).hex()[:8]}"

    def connect(self) -> None:
        """Learn what is there. Raises PublishError."""
        found = self.bucket.get(_STATE)
        if found is None:
            return
        data, self.version = found
        try:
            self.state = msgspec.json.decode(data, type=S3State)
        except msgspec.MsgspecError as error:
            raise PublishError(
                f"{self.name} 的 {_STATE} 读不懂。请核对网站，再删去这个对象，加 --take-over 发布。"
            ) from error

    def record(self, name: str = "") -> Record | None:
        """What a release consists of; without articles if another machine published it."""
        name = name or self.state.live
        if not name:
            return None
        with suppress(FileNotFoundError):
            return decode_record(self._record_file(name).read_bytes())
        found = self.bucket.get(_record_path(name)) if name == self.state.live else None
        return decode_record(found[0]) if found else None

    def check_ours(self) -> None:
        """Raise OtherSiteError if there is a site that was not published from here."""
        if not self.version and (found := self.bucket.some()):
            raise OtherSiteError(
                f"{self.name} 里已有别的对象（{'、'.join(found)}），不是由本程序发布的。",
                "同名的对象会被盖掉，不能退回；其余的留着",
            )

    def compare(self, built: Path, plan: Plan) -> Comparison:
        """How the site in ``built`` differs from what is there, as far as that is sure."""
        return self._compare(self._marks(built, plan))

    def publish(
        self,
        built: Path,
        plan: Plan,
        articles: dict[str, Article] | None = None,
        now: datetime | None = None,
        moment: datetime | None = None,
    ) -> Comparison:
        """Bring the bucket to the planned files of ``built`` if it is not."""
        new = self._marks(built, plan)
        found = self._compare(new)
        if found.is_same and self.state.live:
            return found
        now = now or datetime.now(SHANGHAI)
        name = new_name(now, [*self.names, self.state.live])
        try:
            self._store_bytes(new, lambda path: source_of(built, path))
            after = S3State(live=name, published=moment or now)
            self._deliver(Record(new, articles), found, after, now)
            self._discard_old()
        except OSError as error:
            raise PublishError(
                f"{self.name} 没有发布完，再发布一次即可：{reason(error)}"
            ) from error
        return found

    def settle(self) -> list[str]:
        """Delete what has stayed long enough, and end a rollback's hold; say who may read what."""
        now = datetime.now(SHANGHAI)
        due = sorted(path for path, kept in self.state.kept.items() if kept.until <= now)
        if due or self.state.gone or self.state.held:
            kept = {path: one for path, one in self.state.kept.items() if path not in due}
            self._note(replace(self.state, held="", kept=kept, gone=[*self.state.gone, *due]))
            self._delete_gone()
        messages = []
        if self.bucket.is_public(_STATE):
            messages.append(
                f"{self.name} 的 .dangjian/ 谁都读得到，里面有全部文件（含隐藏文章）的清单。"
                "请在桶的策略里禁止匿名读取 .dangjian/*"
            )
        if not self.bucket.conditional:
            messages.append(f"{self.name} 不支持有条件的写入，请不要让两台机器同时发布到那里")
        return messages

    def roll_back(self, name: str = "", held: str = "") -> str:
        """Bring the bucket back to a release that this machine has the bytes of."""
        earlier = [one for one in self.names if not self.state.live or one < self.state.live]
        if not name and not earlier:
            raise PublishError(f"{self.name} 没有更早的版本可以恢复（旧版本在发布的那台机器上）。")
        name = name or earlier[-1]
        record = self.record(name) if name in self.names else None
        if record is None:
            kept = "、".join(self.names) or "无"
            raise PublishError(f"{self.name} 没有保留名为 {name} 的版本。现有：{kept}。")
        found = self._compare(record.files)
        for path in (*found.new, *found.changed):
            if not self._blob(record.files[path].sha256).is_file():
                raise PublishError(f"{self.name} 退不回 {name}：这台机器上缺 {path} 的内容。")
        after = S3State(live=name, published=self.state.published, held=held)
        try:
            self._deliver(record, found, after, datetime.now(SHANGHAI))
        except OSError as error:
            raise PublishError(
                f"{self.name} 没有退回完，再运行一次即可：{reason(error)}"
            ) from error
        return name

    @property
    def _unsure(self) -> set[str]:
        return set(self.state.claim.paths) if self.state.claim else set()

    def _compare(self, new: Manifest) -> Comparison:
        record = self.record()
        old = record.files if record else {}
        found = compare_marks(new, old)
        unsure = self._unsure
        found.changed = sorted({*found.changed, *(unsure & set(found.same))})
        found.same = [path for path in found.same if path not in unsure]
        found.removed = sorted({*found.removed, *(unsure - new.keys())})
        return found

    def _deliver(self, record: Record, found: Comparison, after: S3State, now: datetime) -> None:
        """Make the bucket that of ``record``, whose bytes are stored here; then it is ``after``."""
        new, before = record.files, self.record()
        old = before.files if before else {}
        delivery = plan_delivery(found, old, new, self.state.kept, now)
        unsure = self._unsure
        self._claim(delivery.sent, now)
        total, done = len(delivery.sent), 0

        def send(path: str) -> None:
            mark = new[path]
            if path in unsure and self.bucket.digest_of(path) == mark.sha256:
                return
            file = self._blob(mark.sha256)
            if mark_of(file) != mark:
                file.unlink()
                raise PublishError(f"{path} 在 {file} 里的内容坏了，已删去。请再发布一次。")
            self.bucket.send(path, file, mark.sha256)

        with ThreadPoolExecutor(CONNECTIONS) as pool:
            for turn in delivery.turns:
                for _ in pool.map(send, turn):
                    done += 1
                    self.progress(Stage.SEND, done, total)
        packed = gzip.compress(msgspec.json.encode(Record(new)), mtime=0)
        self.bucket.put_private(_record_path(after.live), packed)
        # What an earlier run did not come to delete is still to go.
        left = [path for path in self.state.gone if path not in new]
        gone = [*delivery.removed, *(path for path in left if path != _record_path(after.live))]
        if self.state.live and self.state.live != after.live:
            gone.append(_record_path(self.state.live))
        whole = gzip.compress(msgspec.json.encode(record), mtime=0)
        write_whole(self._record_file(after.live), whole)
        self._note(replace(after, kept=delivery.kept, gone=gone))
        self._delete_gone()

    def _claim(self, paths: list[str], now: datetime) -> None:
        """Note what is about to change. Raises PublishError while another machine is at it."""
        claim = self.state.claim
        if claim and claim.who != self._me and now - claim.time < ABANDONED:
            raise PublishError(
                f"{self.name} 正在被 {claim.who} 发布（{claim.time:%H:%M:%S} 开始）。"
                "请等它结束；它中途断了的，一小时以后可以再发布。"
            )
        unsure = sorted({*paths, *self._unsure})
        self._note(replace(self.state, claim=Claim(self._me, now, unsure)))

    def _note(self, state: S3State) -> None:
        self.version = self.bucket.replace(_STATE, msgspec.json.encode(state), self.version)
        self.state = state

    def _delete_gone(self) -> None:
        if not self.state.gone:
            return
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(self.bucket.delete, self.state.gone))
        self._note(replace(self.state, gone=[]))

    def _marks(self, built: Path, plan: Plan) -> Manifest:
        """The files for the bucket: without compressed copies, which a store would not choose."""
        marks = marks_of(built, plan)
        return {path: one for path, one in marks.items() if not path.endswith(PACKED_ENDINGS)}

    def _record_file(self, name: str) -> Path:
        return self.folder / f"{name}.json.gz"

    def _blob(self, sha256: str) -> Path:
        return self.folder / "bytes" / sha256[:2] / sha256

    def _store_bytes(self, files: Manifest, source: Callable[[str], Path]) -> None:
        """Store the content of files under its digest; the builder never writes into one."""
        for path, mark in files.items():
            target = self._blob(mark.sha256)
            if target.exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(source(path), target)
            except OSError:
                part = target.with_name(f"{target.name}.part")
                shutil.copyfile(source(path), part)
                part.replace(target)

    def _discard_old(self) -> None:
        """Keep the newest releases that differ from one another and from the live one."""
        live = self.record()
        kept = {content_digest(live.files)} if live else set()
        records = [live] if live else []
        for name in reversed(self.names):
            record = self.record(name)
            mark = content_digest(record.files) if record else b""
            if record is None or mark in kept or len(kept) > self.keep:
                self._record_file(name).unlink(missing_ok=True)
            else:
                kept.add(mark)
                records.append(record)
        self._forget_bytes(mark.sha256 for one in records for mark in one.files.values())

    def _forget_bytes(self, used: Iterable[str]) -> None:
        wanted = set(used)
        for file in (self.folder / "bytes").glob("*/*"):
            if file.name not in wanted:
                file.unlink(missing_ok=True)


def _record_path(name: str) -> str:
    return f".dangjian/{name}.json.gz"
