"""A publish that is cut short, or meets another one: the live folder is the old site or the new."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dangjian.publishing import releases as publishing
from dangjian.publishing.errors import PublishError
from dangjian.publishing.releases import Releases
from dangjian.publishing.system import exchange
from tests.releases import NEW, OLD, opened, plan_of, publish_folder, read, write


def test_when_the_last_note_fails_the_new_site_is_live_and_the_next_run_knows(
    live: Path, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Releases.save

    def save(releases: Releases) -> None:
        if releases.state.pending is None:
            raise OSError(errno.ENOSPC, "No space left on device", "state.json")
        original(releases)

    with opened(live) as releases, monkeypatch.context() as patch:
        patch.setattr(Releases, "save", save)
        releases.publish(built, plan_of(built))
    assert read(live) == NEW
    with opened(live) as releases:
        assert releases.state.pending is None
        assert releases.publish(built, plan_of(built)).is_same
        releases.roll_back()
    assert read(live) == OLD


class Killed(BaseException):
    """The process ends here."""


def kill_at(number: int, monkeypatch: pytest.MonkeyPatch, *, after: bool) -> Callable[[], int]:
    """Let the process end before, or right after, its ``number``-th rename or exchange."""
    count = 0

    def counted(original: Callable[..., object]) -> Callable[..., object]:
        def step(*arguments: object) -> object:
            nonlocal count
            count += 1
            if count == number and not after:
                raise Killed
            result = original(*arguments)
            if count == number:
                raise Killed
            return result

        return step

    monkeypatch.setattr(Path, "rename", counted(Path.rename))
    monkeypatch.setattr(Path, "replace", counted(Path.replace))
    if vars(publishing)["exchange"] is exchange:
        monkeypatch.setattr(publishing, "exchange", counted(exchange))
    return lambda: count


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("number", range(1, 8))
@pytest.mark.parametrize("action", ["publish", "rollback"])
def test_cut_short_at_any_step(
    live: Path,
    built: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    number: int,
    after: bool,
) -> None:
    if action == "rollback":
        publish_folder(live, write(tmp_path / "built-last", NEW))
    before, wanted = read(live), NEW if action == "publish" else OLD
    with monkeypatch.context() as patched:
        kill_at(number, patched, after=after)
        if vars(publishing)["exchange"] is not exchange:
            patched.setattr(publishing, "exchange", lambda *_: False)
        try:
            with opened(live) as releases:
                releases.publish(
                    built, plan_of(built)
                ) if action == "publish" else releases.roll_back()
        except Killed:
            pass
    if live.exists():
        assert read(live) in (before, wanted)
    with opened(live) as releases:
        assert read(live) in (before, wanted)
        assert releases.state.pending is None
        for name in releases.names:
            assert read(releases.folder / name) in (OLD, NEW)
        releases.publish(built, plan_of(built))
    assert read(live) == NEW


def test_a_full_disk_leaves_the_live_site(
    live: Path, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "x")

    monkeypatch.setattr(shutil, "copy2", full)
    with opened(live) as releases, pytest.raises(PublishError, match="磁盘已满"):
        releases.publish(built, plan_of(built))
    assert read(live) == OLD


def test_two_at_once(live: Path) -> None:
    with opened(live), pytest.raises(PublishError, match=f"进程 {os.getpid()}"), opened(live):
        pass


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX")
def test_the_lock_of_a_dead_process_is_free(live: Path, built: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from tests.releases import opened\n"
        "with opened(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(live)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(PublishError, match=f"进程 {process.pid}"), opened(live):
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
    publish_folder(live, built)
    assert read(live) == NEW


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX")
@pytest.mark.slow
def test_killed_at_random_moments(live: Path, tmp_path: Path) -> None:
    """Fifty publishes, each killed after a random while: the live site is always one of them."""
    many = {f"{folder}/{number}.html": "{}" for folder in range(5) for number in range(40)}
    code = (
        "import sys; from pathlib import Path; from tests.releases import publish_folder\n"
        "print('go', flush=True)\n"
        "publish_folder(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    sites = [write(tmp_path / f"built{n}", dict.fromkeys(many, str(n))) for n in range(2)]
    publish_folder(live, sites[1])
    whole = [read(site) for site in sites]
    for number in range(50):
        site = sites[number % 2]
        command = [sys.executable, "-c", code, str(live), str(site)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(number * 0.002)
            process.kill()
        assert read(live) in whole
        with opened(live) as releases:
            assert releases.state.pending is None
    assert read(live) in whole
