"""From the addresses in the settings to targets that are open: each by what its address says."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import permutations
from pathlib import Path

from dangjian.common.digests import digest
from dangjian.common.errors import LockedError, PlaceError
from dangjian.common.folders import is_inside
from dangjian.common.locks import acquire
from dangjian.publishing import KEEP
from dangjian.publishing.errors import PublishError
from dangjian.publishing.place import check_place, releases_folder
from dangjian.publishing.releases import busy, lock_note, opened
from dangjian.publishing.system import reason
from dangjian.publishing.targets import Target
from dangjian.publishing.targets.bucket import opened_bucket
from dangjian.publishing.targets.s3 import S3Site
from dangjian.publishing.targets.shell import RemoteShell
from dangjian.publishing.targets.ssh import SshSite
from dangjian.publishing.targets.zip_file import Outbox
from dangjian.settings.destinations import (
    Destination,
    DestinationError,
    LocalFolder,
    S3Bucket,
    ZipFolder,
    read_destination,
)
from dangjian.settings.workspace import Progress, Workplace, no_progress


def destinations_of(place: Workplace, given: str | Path | None = None) -> tuple[Destination, ...]:
    """Where a site is published: to the address ``given``, or to those of its settings."""
    if given is None:
        _check_apart(place, place.options.to)
        return place.options.to
    try:
        found = read_destination(str(given))
    except DestinationError as error:
        raise PublishError(str(error)) from error
    # On the command line a folder is one of where the command is run.
    if isinstance(found, LocalFolder | ZipFolder):
        return (type(found)(str(Path(found.folder).absolute())),)
    return (found,)


def _check_apart(place: Workplace, to: tuple[Destination, ...]) -> None:
    """Raise PublishError where a site would be published into a folder of another place."""
    folders = [one.folder for one in to if isinstance(one, LocalFolder)]
    for one, other in permutations(folders, 2):
        if is_inside(place.site / one, place.site / other):
            raise PublishError(
                f"没有发布，什么也没有改动：PUBLISH_TO 里的 {one} 就是 {other}，或者在它里面。"
                "请删去一个，或改成分开的文件夹"
            )


def key_of(place: Workplace, to: Destination) -> str:
    """A short name for a destination; that of a folder stays when the whole site is moved."""
    if isinstance(to, LocalFolder):
        return place.key_of(place.site / to.folder)
    if isinstance(to, S3Bucket):
        return f"{to.bucket}-{digest(to.endpoint, str(to)).hex()[:8]}"
    name = "zip" if isinstance(to, ZipFolder) else to.host
    return f"{name}-{digest(str(to)).hex()[:8]}"


def folder_of(place: Workplace, to: Destination) -> Path:
    """The folder of this machine with the record of publishing to a destination."""
    if isinstance(to, LocalFolder):
        try:
            return releases_folder(place, (place.site / to.folder).absolute())
        except PlaceError as error:
            raise PublishError(str(error)) from error
    return place.records / "releases" / key_of(place, to)


@contextmanager
def opened_target(
    place: Workplace,
    to: Destination,
    settings_file: Path,
    keep: int = KEEP,
    progress: Progress = no_progress,
    *,
    whole: bool = False,
) -> Iterator[Target]:
    """A destination, held for this process alone among those of this machine.

    Raises PublishError when another one is publishing there, or it can't be reached.
    """
    folder = folder_of(place, to)
    if isinstance(to, LocalFolder):
        live = (place.site / to.folder).absolute()
        try:
            check_place(place, live, folder, settings_file)
        except PlaceError as error:
            raise PublishError(str(error)) from error
        with opened(live, folder, keep, place.retain) as releases:
            yield releases
        return
    try:
        with acquire(folder.with_name(f"{folder.name}.lock"), lock_note()):
            folder.mkdir(parents=True, exist_ok=True)
            if isinstance(to, ZipFolder):
                outbox = Outbox(place.site / to.folder, folder, place, whole, progress)
                outbox.open()
                yield outbox
                return
            if isinstance(to, S3Bucket):
                bucket = S3Site(opened_bucket(to), folder, keep, progress)
                bucket.connect()
                yield bucket
                return
            shell = RemoteShell(to, place.options.ssh)
            work = place.cache / f"outgoing-{key_of(place, to)}"
            site = SshSite(shell, folder, work, keep, place.retain, progress)
            site.connect()
            yield site
    except LockedError as error:
        raise busy(error) from None
    except OSError as error:
        raise PublishError(f"{folder} 用不了：{reason(error)}") from error
