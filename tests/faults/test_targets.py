"""Publishing elsewhere, killed half-way: what is there is the old site or the new one, whole.

Each kill meets a real server. A few moments are tried; the long mode tries fifty.
"""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running.test_publish_ssh import Far, read
from tests.sshd import Sshd, running_sshd

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
        found = read(far.live)
        assert found in (site_of(now), site_of(meant)), number
        # What the killed one sent must not get into a release of something else.
        now = meant if number % 2 else f"{number}x"
        far.publish(site_of(now))
        assert read(far.live) == site_of(now)
    far.publish(site_of("end"))
    assert read(far.live) == site_of("end")
    assert not list(far.live.parent.glob(".portal.releases/*.part"))
