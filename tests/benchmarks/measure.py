"""How long a command takes, and how much memory its processes hold at most."""

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

SAMPLE_SECONDS = 0.1


class CommandError(Exception):
    """A measured command ended with an error; the message has the end of what it printed."""


class Time(NamedTuple):
    """Seconds from start to exit, and seconds of all processors together."""

    wall: float
    cpu: float


def put_aside(folder: Path, away: Path) -> None:
    """Take a folder out of the way without deleting its files yet.

    ext4 does not use the places of files deleted in the last minutes again, and looks at each of
    them for every new file: who builds after a deletion would pay for it.
    """
    if folder.exists():
        away.mkdir(parents=True, exist_ok=True)
        folder.rename(away / str(time.time_ns()))


def _cpu() -> float:
    """Processor time of the child processes that have ended, and of theirs."""
    times = os.times()
    return times.children_user + times.children_system


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment and ``more``; Python keeps what it compiled, as anywhere."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **(more or {})}


def run(command: Sequence[str], folder: Path, env: Mapping[str, str] | None = None) -> Time:
    """Run a command in a folder and time it.

    Raises ``CommandError`` when it fails: a failed build has no time.
    """
    started, used = time.perf_counter(), _cpu()
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    taken = Time(time.perf_counter() - started, _cpu() - used)
    if done.returncode:
        tail = done.stdout.decode("utf-8", "replace")[-2000:]
        raise CommandError(f"{' '.join(command)} exited with {done.returncode}:\n{tail}")
    return taken


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        found = [(task / "children").read_text().split() for task in tasks]
    except OSError:
        return []
    return [int(child) for listed in found for child in listed]


def _tree(pid: int) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        current = waiting.pop()
        found.append(current)
        waiting += _children(current)
    return found


def _proportional_bytes(pid: int) -> int:
    """The memory of one process, with pages shared with others counted by its share of them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def peak_memory(
    command: Sequence[str], folder: Path, env: Mapping[str, str] | None = None
) -> int | None:
    """The most bytes that the command and all its child processes held together.

    Sampled ten times a second as proportional set size, so that pages which forked workers share
    count once. None where the system has no ``/proc`` (only Linux has).
    """
    if not Path("/proc/self/smaps_rollup").exists():
        return None
    peak = 0
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        ended = threading.Event()
        while process.poll() is None:
            peak = max(peak, sum(map(_proportional_bytes, _tree(process.pid))))
            ended.wait(SAMPLE_SECONDS)
    if process.returncode:
        raise CommandError(f"{' '.join(command)} exited with {process.returncode}")
    return peak
