"""A folder of another machine: the site arrives by rsync and is switched there in one step.

The live folder is a symbolic link to a release, which lies next to it in a folder whose name begins
with a dot: ``/srv/www/portal`` leads to ``/srv/www/.portal.releases/20261128-101500``. A new
release is put together from hard links to the live one and from what was sent, and compared with
its plan; then the link is replaced by a rename, under a lock and only if the live release is still
that with which the new one was compared. What was sent before a line was cut is used by the next
run.
"""

import gzip
import hashlib
import os
import re
import shlex
import shutil
from contextlib import suppress
from datetime import datetime
from pathlib import Path, PurePosixPath

import msgspec
from msgspec import Struct, field

from dangjian.common.files import remove_tree, write_whole
from dangjian.common.report import Stage
from dangjian.common.timezone import SHANGHAI
from dangjian.publishing import KEEP
from dangjian.publishing.assembly import Comparison, Plan, source_of
from dangjian.publishing.delivery import Delivery, Kept, plan_delivery
from dangjian.publishing.errors import OtherSiteError, PublishError
from dangjian.publishing.manifest import Article, Manifest, Record, content_digest, decode_record
from dangjian.publishing.marks import compare_marks, marks_of
from dangjian.publishing.state import State, new_name
from dangjian.publishing.system import reason
from dangjian.publishing.targets import scripts
from dangjian.publishing.targets.scripts import FOREIGN, LISTED, Places
from dangjian.publishing.targets.shell import RemoteShell
from dangjian.settings.workspace import Progress, no_progress

_NAME = re.compile(r"\d{8}-\d{6}(_\d+)?")


class SshState(State, omit_defaults=True):
    """The state of a folder elsewhere, with the files that stay in it for a while."""

    kept: dict[str, Kept] = field(default_factory=dict)


class SshSite(Struct):
    """A site in a folder of another machine, and its releases there.

    ``folder`` is that of this machine's own records, ``work`` one for what is about to be sent.
    ``kind`` says what is at the live folder's place: nothing, an empty or other folder, a link.
    """

    shell: RemoteShell
    folder: Path
    work: Path
    keep: int = KEEP
    retain: tuple[str, ...] = ()
    progress: Progress = no_progress
    state: SshState = field(default_factory=SshState)
    kind: str = "none"
    releases: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What messages call the target."""
        return str(self.shell.at)

    @property
    def served(self) -> Path:
        """The folder that the web server there serves."""
        return Path(self.shell.at.path)

    @property
    def names(self) -> list[str]:
        """The releases stored there but for the live one, oldest first."""
        return sorted(self.releases.keys() - {self.state.live})

    @property
    def server_folder(self) -> str:
        """The folder there with the configurations of web servers."""
        return f"{self.places.top}/server"

    def send_server_files(self, folder: Path) -> None:
        """Bring the configurations of web servers there up to date. Raises PublishError."""
        self.shell.send(folder, self.server_folder, lambda _done, _total: None)

    @property
    def places(self) -> Places:
        """The paths there."""
        path = PurePosixPath(self.shell.at.path)
        return Places(str(path), str(path.parent / f".{path.name}.releases"), self._own)

    @property
    def _own(self) -> str:
        """What tells this machine's and site's transfers from those of others."""
        return f"incoming-{hashlib.sha256(os.fsencode(self.folder.resolve())).hexdigest()[:8]}"

    def connect(self) -> None:
        """Learn what is there. Raises PublishError."""
        status, output = self.shell.run(scripts.look(self.places))
        if status == scripts.MISSING:
            raise PublishError(
                f"{self.name} 那边没有 {output.decode().strip()}，请先装上，"
                "例如 apt install rsync util-linux"
            )
        found = output.decode(errors="replace").splitlines()
        live, stored = "", SshState()
        for line in found:
            what, _, rest = line.partition(" ")
            if what == "kind":
                self.kind, _, leads = rest.partition(" ")
                name = leads.rpartition("/")[2]
                if self.kind == "link" and leads == self.places.link_to(name):
                    live = name
            elif what == "release" and _NAME.fullmatch(rest.partition(" ")[0]):
                name, _, mark = rest.partition(" ")
                self.releases[name] = mark
            elif what == "state":
                with suppress(msgspec.MsgspecError):
                    stored = msgspec.json.decode(rest, type=SshState)
        # A switch that was cut short leaves a note for a release that did not go live.
        self.state = stored if live and stored.live == live else SshState(live=live)

    def record(self, name: str = "") -> Record | None:
        """What a release consists of; fetched once and then cached here."""
        name = name or self.state.live
        mark = self.releases.get(name, "")
        if not mark:
            return None
        cached = self.folder / f"{name}.json.gz"
        with suppress(OSError):
            data = cached.read_bytes()
            if hashlib.sha256(data).hexdigest() == mark:
                return decode_record(data)
        _, data = self.shell.run(f"cat {shlex.quote(f'{self.places.top}/{name}.json.gz')}")
        write_whole(cached, data)
        return decode_record(data)

    def check_ours(self) -> None:
        """Raise OtherSiteError if there is a site that was not published from here."""
        if self.state.live or self.kind in {"none", "empty"}:
            return
        raise OtherSiteError(f"{self.name} 已有别的网站，不是由本程序发布的。")

    def compare(self, built: Path, plan: Plan) -> Comparison:
        """How the site in ``built`` differs from the live one."""
        return compare_marks(marks_of(built, plan), self._live_files)

    def publish(
        self,
        built: Path,
        plan: Plan,
        articles: dict[str, Article] | None = None,
        now: datetime | None = None,
        moment: datetime | None = None,
    ) -> Comparison:
        """Make the planned files in ``built`` live if they are not."""
        old, new = self._live_files, marks_of(built, plan)
        found = compare_marks(new, old)
        if found.is_same and self.state.live:
            return found
        now = now or datetime.now(SHANGHAI)
        name = new_name(now, [*self.releases, self.state.live])
        delivery = plan_delivery(found, old, new, self.state.kept, now)
        state = SshState(live=name, published=moment or now, kept=delivery.kept)
        packed = gzip.compress(msgspec.json.encode(Record(new, articles)), mtime=0)
        try:
            self._lay_out(built, delivery, state, packed)
            self._switch(name, new, delivery)
        except OSError as error:
            raise PublishError(f"新网站没有备好，线上网站未动：{reason(error)}") from error
        with suppress(OSError):
            write_whole(self.folder / f"{name}.json.gz", packed)
            remove_tree(self.work)
        self.releases[name] = hashlib.sha256(packed).hexdigest()
        self.state = state
        self._discard_old()
        return found

    def settle(self) -> list[str]:
        """Remove what has stayed long enough, and end a rollback's hold."""
        now = datetime.now(SHANGHAI)
        due = sorted(path for path, kept in self.state.kept.items() if kept.until <= now)
        if due or self.state.held:
            kept = {path: one for path, one in self.state.kept.items() if path not in due}
            self.state = msgspec.structs.replace(self.state, held="", kept=kept)
            names = "".join(f"{path}\0" for path in due).encode()
            data = msgspec.json.encode(self.state) + b"\n" + names
            self._run(scripts.settle(self.places, self.state.live), data)
        return []

    def roll_back(self, name: str = "", held: str = "") -> str:
        """Make the release ``name``, or the one before the live one, live; return its name."""
        earlier = [one for one in self.names if not self.state.live or one < self.state.live]
        if not name and not earlier:
            raise PublishError(f"{self.name} 没有更早的版本可以恢复。")
        name = name or earlier[-1]
        if name not in self.names:
            kept = "、".join(self.names) or "无"
            raise PublishError(f"{self.name} 没有保留名为 {name} 的版本。现有：{kept}。")
        state = SshState(live=name, published=self.state.published, held=held)
        expected = self.state.live
        self._run(scripts.go_back(self.places, expected, name), msgspec.json.encode(state))
        self.state = state
        return name

    @property
    def _live_files(self) -> Manifest:
        record = self.record()
        return record.files if record else {}

    def _lay_out(self, built: Path, delivery: Delivery, state: SshState, record: bytes) -> None:
        """Send what the release needs: its new files, what to remove, its record, the state."""
        if self.work.exists():
            remove_tree(self.work)
        files = self.work / "files"
        files.mkdir(parents=True)
        for path in delivery.sent:
            target = files / path
            target.parent.mkdir(parents=True, exist_ok=True)
            source = source_of(built, path)
            try:
                os.link(source, target)
            except OSError:
                shutil.copy2(source, target)
        # Hard links must not be written through: what changes is removed before it is put there.
        gone = [*delivery.removed, *delivery.sent]
        (self.work / "remove").write_bytes("".join(f"{path}\0" for path in gone).encode())
        (self.work / "record").write_bytes(record)
        (self.work / "state").write_bytes(msgspec.json.encode(state))
        self._run(scripts.prepare(self.places, self._own))
        self.shell.send(
            self.work,
            f"{self.places.top}/{self._own}",
            lambda done, total: self.progress(Stage.SEND, done, total),
        )

    def _switch(self, name: str, new: Manifest, delivery: Delivery) -> None:
        """Put the release together there and make it live, if all of it is there."""
        sizes = {path: mark.size for path, mark in new.items()}
        sizes |= {path: kept.size for path, kept in delivery.kept.items()}
        shown = {path: size for path, size in sizes.items() if not self._is_others(path)}
        lines = sorted(f"{size} ./{path}\n".encode() for path, size in shown.items())
        wanted = hashlib.sha256(b"".join(lines)).hexdigest()
        for _ in range(2):
            script = scripts.switch(
                self.places,
                self.state.live,
                name,
                wanted,
                self.retain,
                from_scratch=self.record() is None,
            )
            listing = self._run(script)
            if listing is None:
                return
            missing = set(lines) - set(listing.splitlines(keepends=True))
            if missing:
                path = min(missing).decode().partition(" ./")[2].strip()
                raise PublishError(
                    f"{self.name} 的新网站不全：{path} 没有到，或大小不对。"
                    "线上网站未动，请再发布一次。"
                )
            # There is more than planned: files of others, which go along.
            wanted = hashlib.sha256(listing).hexdigest()
        raise PublishError(f"{self.name} 的文件正被别人改动，线上网站未动，请再发布一次。")

    def _run(self, script: str, data: bytes = b"") -> bytes | None:
        """Run a script; the listing it answers with if the files are not the planned ones."""
        status, output = self.shell.run(script, data)
        if status == LISTED:
            return output
        if status == scripts.BUSY:
            raise PublishError(f"{self.name} 正在被另一台机器发布，请等它结束后再试。")
        if status == scripts.OTHER:
            raise PublishError(
                f"{self.name} 在此期间换了版本：另一台机器发布或退回过，"
                "或者上一次中断的发布刚刚完成。请再发布一次。"
            )
        return None

    def _is_others(self, path: str) -> bool:
        first = path.partition("/")[0]
        return first.startswith(".") or first in self.retain

    def _discard_old(self) -> None:
        """Keep the newest releases that differ from one another and from the live one."""
        kept, gone = {content_digest(self._live_files)}, []
        for name in reversed(self.names):
            record = self.record(name)
            if record is None or name.startswith(FOREIGN):
                continue
            mark = content_digest(record.files)
            if mark in kept or len(kept) > self.keep:
                gone.append(name)
            else:
                kept.add(mark)
        if gone:
            self._run(scripts.discard(self.places, gone))
        for name in gone:
            del self.releases[name]
            (self.folder / f"{name}.json.gz").unlink(missing_ok=True)
