"""Signed files for a network without a line: the whole site, or what differs from the last one.

A file is a ZIP with the new files of a release and a description of it: every file's SHA-256, the
articles, the old addresses. The description is signed; so nothing in the file can be changed, and
what is applied on the other side is what was published on this one.
"""

import gzip
import os
import posixpath
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct, field

from dangjian.building.stored_downloads import stored_downloads
from dangjian.building.stored_redirects import stored_redirects
from dangjian.common.files import write_whole
from dangjian.common.report import Stage
from dangjian.common.timezone import SHANGHAI
from dangjian.common.web_addresses import to_uri
from dangjian.publishing.assembly import PACKED_ENDINGS, Comparison, Plan, source_of
from dangjian.publishing.errors import PublishError
from dangjian.publishing.manifest import (
    Article,
    FileMark,
    Manifest,
    Record,
    content_digest,
    decode_record,
)
from dangjian.publishing.marks import compare_marks, marks_of
from dangjian.publishing.signatures import sign, verify
from dangjian.publishing.state import State, new_name
from dangjian.publishing.system import reason
from dangjian.settings.workspace import Progress, Workplace, no_progress

DESCRIPTION = "release.json"
SIGNATURE = "release.json.sig"
FILES = "files/"
_FORMAT = 1
_EARLIEST = (1980, 1, 1, 0, 0, 0)


class Package(Struct):
    """What such a file describes: release ``name`` of the site at ``url``, and its files.

    ``sent`` are the paths that the file has. The others are those of the release whose content
    digest is ``base``; with an empty ``base`` there are none.
    """

    format: int
    url: str
    name: str
    published: datetime
    base: str
    base_name: str
    files: Manifest
    sent: list[str]
    articles: dict[str, Article]
    redirects: dict[str, str]
    downloads: dict[str, str]


class Outbox(Struct):
    """The folder for the files, for example that of a stick; ``own`` is that of the record."""

    to: Path
    folder: Path
    place: Workplace
    whole: bool = False
    progress: Progress = no_progress
    state: State = field(default_factory=State)

    @property
    def name(self) -> str:
        """What messages call the target."""
        return f"zip:{self.to}"

    @property
    def served(self) -> Path | None:
        """No web server serves it."""
        return None

    @property
    def names(self) -> list[str]:
        """Releases are kept on the other side."""
        return []

    def open(self) -> None:
        """Learn what the last file described. Raises PublishError."""
        if not self.to.is_dir():
            raise PublishError(f"没有 {self.to} 这个文件夹。移动盘请先插上，文件夹请先建好。")
        with suppress(FileNotFoundError, msgspec.MsgspecError):
            self.state = msgspec.json.decode(self._state_file.read_bytes(), type=State)

    def record(self, name: str = "") -> Record | None:
        """What the last file described."""
        name = name or self.state.live
        try:
            return decode_record((self.folder / f"{name}.json.gz").read_bytes()) if name else None
        except FileNotFoundError:
            return None

    def check_ours(self) -> None:
        """Files of others are not touched."""

    def compare(self, built: Path, plan: Plan) -> Comparison:
        """How the site in ``built`` differs from that of the last file."""
        return compare_marks(marks_of(built, plan), self._last_files)

    def publish(
        self,
        built: Path,
        plan: Plan,
        articles: dict[str, Article] | None = None,
        now: datetime | None = None,
        moment: datetime | None = None,
    ) -> Comparison:
        """Write a file for the planned files of ``built`` if they are not those of the last one."""
        old, new = self._last_files, marks_of(built, plan)
        found = compare_marks(new, old)
        if found.is_same and not self.whole:
            return found
        now = now or datetime.now(SHANGHAI)
        name = new_name(now, [self.state.live])
        whole = self.whole or not old
        catalogue = msgspec.structs.replace(self.place, output=built).catalogue
        package = Package(
            format=_FORMAT,
            url=self.place.office.url,
            name=name,
            published=moment or now,
            base="" if whole else content_digest(old).hex(),
            base_name="" if whole else self.state.live,
            files=new,
            sent=sorted(new) if whole else sorted([*found.new, *found.changed]),
            articles=articles or {},
            redirects=stored_redirects(catalogue),
            downloads=stored_downloads(catalogue),
        )
        try:
            self._write(built, package)
            packed = gzip.compress(msgspec.json.encode(Record(new, articles)), mtime=0)
            for file in self.folder.glob("*.json.gz"):
                file.unlink()
            write_whole(self.folder / f"{name}.json.gz", packed)
            self.state = State(live=name, published=package.published)
            write_whole(self._state_file, msgspec.json.encode(self.state), durable=True)
        except OSError as error:
            raise PublishError(f"{self.name} 没有写成：{reason(error)}") from error
        return found

    def settle(self) -> list[str]:
        """Nothing is due."""
        return []

    def roll_back(self, name: str = "", held: str = "") -> str:  # noqa: ARG002 - as Target has it
        """Not here. Raises PublishError."""
        raise PublishError(f"{self.name} 是传递用的文件，退回请在另一边运行 rollback。")

    @property
    def _state_file(self) -> Path:
        return self.folder / "state.json"

    @property
    def _last_files(self) -> Manifest:
        record = self.record()
        return record.files if record else {}

    def _write(self, built: Path, package: Package) -> None:
        """Write the file, whole or not at all."""
        key = self.place.options.signing_key
        if not key:
            raise PublishError(
                f"{self.name} 没有写成：要写明签名用的密钥，例如 "
                'SIGNING_KEY = "/home/portal/.ssh/id_ed25519"，另一边用它的公钥核对'
            )
        description = msgspec.json.encode(package)
        signature = sign(description, self.place.site / key)
        host = urlsplit(to_uri(package.url)).hostname or "portal"
        kind = "" if package.base else "-all"
        target = self.to / f"{host}-{package.name}{kind}.zip"
        for left in self.to.glob(f".{host}-*.zip.part"):
            left.unlink()  # of a run that was killed; no other one is at it
        part = target.with_name(f".{target.name}.part")
        try:
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(zipfile.ZipInfo(DESCRIPTION, _EARLIEST), description)
                archive.writestr(zipfile.ZipInfo(SIGNATURE, _EARLIEST), signature)
                for number, path in enumerate(package.sent, 1):
                    entry = zipfile.ZipInfo(f"{FILES}{path}", _EARLIEST)
                    packed = path.endswith(PACKED_ENDINGS)
                    entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
                    archive.writestr(entry, source_of(built, path).read_bytes())
                    self.progress(Stage.SEND, number, len(package.sent))
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)


class OpenPackage(Struct):
    """A file whose signature is right: its description, who signed it, and its archive."""

    package: Package
    signer: str
    archive: zipfile.ZipFile

    def unpack(self, path: str, to: Path) -> None:
        """Write one of the files. Raises PublishError if it is not the one described."""
        wanted = self.package.files[path]
        to.parent.mkdir(parents=True, exist_ok=True)
        try:
            data = self.archive.read(f"{FILES}{path}")
        except (KeyError, zipfile.BadZipFile, EOFError) as error:
            raise PublishError(f"文件不全或已损坏：{path}。请重新拷一份。") from error
        if FileMark.of(data) != wanted:
            raise PublishError(f"文件已损坏：{path} 与签了名的清单不符。请重新拷一份。")
        to.write_bytes(data)


def _opened(file: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except FileNotFoundError as error:
        raise PublishError(f"没有 {file} 这个文件。") from error
    except OSError as error:
        raise PublishError(f"打不开：{reason(error)}") from error


@contextmanager
def opened_package(file: Path, signers: Path) -> Iterator[OpenPackage]:
    """A file that one of the allowed ``signers`` signed. Raises PublishError for any other."""
    try:
        with _opened(file) as archive:
            description, signature = archive.read(DESCRIPTION), archive.read(SIGNATURE)
            who = verify(description, signature, signers)
            package = msgspec.json.decode(description, type=Package)
            if package.format != _FORMAT:
                raise PublishError(f"{file.name} 是别的版本的程序做的，两边请用同一个版本。")
            wrong = next((path for path in package.files if not _is_inside(path)), None)
            if wrong is not None or not set(package.sent) <= package.files.keys():
                raise PublishError(f"{file.name} 里有不该有的路径：{wrong or ''}")
            yield OpenPackage(package, who, archive)
    except (KeyError, zipfile.BadZipFile, EOFError, msgspec.MsgspecError) as error:
        raise PublishError(f"{file} 不是发布时做的文件，或没有拷全。") from error


def _is_inside(path: str) -> bool:
    """Whether a path stays below the site's folder, on every system."""
    plain = posixpath.normpath(path) == path and not path.startswith(("/", "../"))
    return plain and path not in {"", ".", ".."} and not set("\\:\0").intersection(path)
