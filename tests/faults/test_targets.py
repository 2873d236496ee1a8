"""Publishing elsewhere, killed half-way: what is there is the old site or the new one, whole.

Each kill meets a real server. A few moments are tried; the long mode tries fifty.
"""

import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import pytest

from dangjian.publishing.errors import PublishError
from dangjian.publishing.targets.shell import RemoteShell
from dangjian.publishing.targets.zip_file import opened_package
from dangjian.settings.destinations import SshFolder
from tests.mounts import mount
from tests.releases import read
from tests.running.test_publish_s3 import Cloud
from tests.running.test_publish_ssh import Far
from tests.running.test_publish_zip import Sides
from tests.seaweed import KEYS, Store, running_store
from tests.sshd import Sshd, running_sshd

Published = TypeVar("Published")

ROOT = Path(__file__).resolve().parents[2]
MOMENTS = 4
LONG_MOMENTS = 50

SSH = """
import sys, time
from pathlib import Path
from tests.running.test_publish_ssh import Far
from tests.sshd import Sshd
port, top, live, word, *command = sys.argv[1:]
far = Far(Sshd(int(port), command), Path(top), Path(live))
print("go", flush=True)
far.publish({f"{n % 5}/{n}.html": word * 500 for n in range(40)})
"""
"""A publish in a process of its own, of the site that ``site_of`` gives."""


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with running_sshd(tmp_path_factory.mktemp("sshd") / "server") as server:
        yield server


def site_of(word: str) -> dict[str, str]:
    return {f"{n % 5}/{n}.html": word * 500 for n in range(40)}


def killed(command: list[str], seconds: float) -> None:
    """Run a command, and kill it some time after it began."""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"go\n"
        time.sleep(seconds)
        process.kill()


def published(publish: Callable[[dict[str, str]], Published], files: dict[str, str]) -> Published:
    """Publish, and again if what was killed has just come to its end there, as the message asks."""
    try:
        return publish(files)
    except PublishError as error:
        if not re.search("在此期间换了版本|刚刚发布过", str(error)):
            raise
        return publish(files)


def site_now(far: Far) -> dict[str, str]:
    """The site of one moment: what was killed may switch to another while the files are read."""
    return read(far.live.resolve())


def test_ssh_killed_at_random_moments(sshd: Sshd, tmp_path: Path, long: bool) -> None:
    far = Far(sshd, tmp_path, tmp_path / "www" / "portal")
    start = time.monotonic()
    far.publish(site_of("0"))
    whole = time.monotonic() - start
    chance = random.Random(len(site_of("0")))
    now = "0"
    for number in range(LONG_MOMENTS if long else MOMENTS):
        meant = f"{number} "
        arguments = [str(sshd.port), str(tmp_path), str(far.live), meant, *sshd.command]
        killed([sys.executable, "-c", SSH, *arguments], chance.uniform(0, 1.2 * whole))
        found = site_now(far)
        assert found in (site_of(now), site_of(meant)), number
        # What the killed one sent must not get into a release of something else.
        now = meant if number % 2 else f"{number}x"
        published(far.publish, site_of(now))
        assert read(far.live) == site_of(now)
    far.publish(site_of("end"))
    assert read(far.live) == site_of("end")
    assert not list(far.live.parent.glob(".portal.releases/*.part"))


@pytest.mark.parametrize("seconds", [0.3, 0.6, 1.0])
def test_a_line_that_is_cut(sshd: Sshd, tmp_path: Path, seconds: float) -> None:
    """Every connection ends after a while; then one that holds goes on."""
    far = Far(sshd, tmp_path, tmp_path / "www" / "portal")
    far.publish(site_of("old"))
    good = far.shell
    cut = ("timeout", "-s", "KILL", str(seconds), *good.command)
    far.shell = RemoteShell(good.at, cut)
    with suppress(PublishError):
        far.publish(site_of("new"))
    assert site_now(far) in (site_of("old"), site_of("new"))
    far.shell = good
    published(far.publish, site_of("new"))
    assert read(far.live) == site_of("new")


def test_a_full_disk_at_the_other_end(sshd: Sshd, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with mount(disk, "-t", "tmpfs", "-o", "size=4m", "tmpfs"):
        far = Far(sshd, tmp_path, disk / "www" / "portal")
        far.publish(site_of("old"))
        (disk / "filler").write_bytes(bytes(shutil.disk_usage(disk).free - 30_000))
        with pytest.raises(PublishError, match="那边的磁盘已满"):
            far.publish(site_of("new"))
        assert read(far.live) == site_of("old")
        (disk / "filler").unlink()
        far.publish(site_of("new"))
        assert read(far.live) == site_of("new")


@pytest.mark.parametrize(
    ("status", "said", "message"),
    [
        (11, "", "那边的磁盘已满或写不进去"),
        (11, "rsync: [receiver] mkstemp: Permission denied (13)", "那边没有写的权限"),
        (12, "", "没有成功（状态 12）"),
    ],
)
def test_what_rsync_says_by_its_status_alone(
    tmp_path: Path, status: int, said: str, message: str
) -> None:
    """The reason at the other end is lost where the line ends before it has come."""
    program = tmp_path / "ssh"
    program.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit {status}\n")
    program.chmod(0o755)
    at = SshFolder("example.org", "/srv/www")
    with pytest.raises(PublishError, match=message):
        RemoteShell(at, (str(program),)).run("true")


ZIP = """
import sys
from pathlib import Path
from dangjian.building.site import Site
from dangjian.publishing.targets.zip_file import Outbox
site, stick, folder = map(Path, sys.argv[1:])
place = Site(site / "publishconf.py").workplace()
built = next(one for one in place.cache.glob("publish-*") if one.is_dir())
files = [one for one in built.rglob("*") if one.is_file() and ".packed" not in one.parts]
plan = {one.relative_to(built).as_posix(): one.stat().st_size for one in files}
outbox = Outbox(stick, folder, place, whole=True)
outbox.open()
print("go", flush=True)
outbox.publish(built, plan)
print("done", flush=True)
"""


def test_zip_killed_at_random_moments(tmp_path: Path, long: bool) -> None:
    """Every file on the stick is whole, and the last run leaves nothing half-written."""
    sides = Sides(tmp_path)
    sides.publish()
    site, signers = sides.office.site.folder, sides.far.site.folder / "allowed_signers"
    folder = tmp_path / "records"
    folder.mkdir()
    command = [sys.executable, "-c", ZIP, str(site), str(sides.stick), str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        start = time.monotonic()
        assert process.stdout.readline() == b"done\n"
        whole = time.monotonic() - start
    chance = random.Random(LONG_MOMENTS)
    for _ in range(LONG_MOMENTS if long else MOMENTS):
        killed(command, chance.uniform(0, whole))
        for file in sides.stick.glob("[!.]*"):
            with opened_package(file, signers) as opened:
                for path in opened.package.sent:
                    opened.unpack(path, tmp_path / "unpacked")
                assert opened.package.files
            # The office, which has records of its own, may give its next file the same name.
            file.unlink()
    sides.publish(whole=True)
    assert not list(sides.stick.glob(".*"))


S3 = """
import sys
from pathlib import Path
from tests.faults.test_targets import linked_site
from tests.running.test_publish_s3 import Cloud
from tests.seaweed import Store
port, prefix, mine, word = sys.argv[1:]
cloud = Cloud(Store(int(port)), prefix, Path(mine))
site = cloud.open()
print("go", flush=True)
cloud.publish(linked_site(word), site)
"""


def linked_site(word: str) -> dict[str, str]:
    """A site whose home page names its pages, each of which names the style it needs."""
    style = f"static/app.{word.encode().hex():0>10}.css"
    pages = {f"a/2020/06/{word if n % 4 else 'same'}{n}.html": f"{word}|{style}" for n in range(20)}
    return {style: word, **pages, "index.html": "|".join([word, *pages])}


def needed_by(text: str) -> list[str]:
    """The files that a page of such a site needs, or leads to."""
    return text.split("|")[1:]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        with running_store(tmp_path_factory.mktemp("weed") / "server") as running:
            yield running


def test_s3_killed_at_random_moments(store: Store, tmp_path: Path, long: bool) -> None:
    """Each object is an old or a new one, what a page needs is there, and the next run is right."""
    cloud = Cloud(store, "killed", tmp_path / "mine")
    start = time.monotonic()
    cloud.publish(linked_site("a"))
    whole = time.monotonic() - start
    chance = random.Random(LONG_MOMENTS)
    now = "a"
    for number in range(LONG_MOMENTS if long else MOMENTS):
        meant = f"m{number}"
        port = store.endpoint.rpartition(":")[2]
        arguments = [port, "killed", str(cloud.mine), meant]
        killed([sys.executable, "-c", S3, *arguments], chance.uniform(0, 1.2 * whole))
        found, old, new = cloud.read(), linked_site(now), linked_site(meant)
        for path, text in found.items():
            assert path.startswith("static/") or text in (old.get(path), new.get(path)), path
            if not path.startswith("static/"):
                assert set(needed_by(text)) <= found.keys(), (number, path)
        now = meant if number % 2 else f"x{number}"
        # Settled, as by every run that finds nothing changed.
        published(cloud.publish, linked_site(now)).settle()
        shown = {k: v for k, v in cloud.read().items() if k in linked_site(now) or "html" in k}
        assert shown == linked_site(now)
        assert cloud.open().state.claim is None
