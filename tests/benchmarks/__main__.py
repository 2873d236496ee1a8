"""``tasks.py bench``: the same articles built with us and with the peers, in turn, in one run."""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks import measure, ours, peers, report

CACHE = ours.ROOT / ".cache" / "bench"


@dataclass
class Figures:
    """What was measured at one size: seconds by scenario and run, bytes of memory, files.

    ``seconds`` are those that somebody waits, ``cpu`` those that all processors worked.
    """

    articles: int
    seconds: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)
    files: int = 0
    bytes: int = 0

    def note(self, name: str, taken: measure.Time) -> None:
        """Add one run of a scenario."""
        self.seconds.setdefault(name, []).append(taken.wall)
        self.cpu.setdefault(name, []).append(taken.cpu)


@dataclass
class Results:
    """A whole run: the machine, the versions, what was left out and why, and the figures."""

    machine: str
    runs: int
    versions: dict[str, str]
    missing: dict[str, str]
    sizes: list[Figures] = field(default_factory=list)


def say(text: str) -> None:
    """Tell how far the run is; on standard error, so that the table can be piped."""
    print(text, file=sys.stderr, flush=True)


def machine() -> str:
    """What the figures were measured on, without its name."""
    cores = os.cpu_count() or 1
    return (
        f"{cores} cores, {platform.system()} {platform.machine()}, Python {sys.version.split()[0]}"
    )


def available(names: list[str]) -> tuple[dict[str, peers.Peer], Results]:
    """Install the peers asked for; those that can't be are named with the reason."""
    tools = peers.Tools(CACHE / "tools")
    found: dict[str, peers.Peer] = {}
    results = Results(machine(), 0, {}, {})
    for name in names:
        peer = peers.PEERS[name](tools)
        try:
            say(f"installing {peer.name} …")
            peer.install()
        except (peers.UnavailableError, OSError, subprocess.SubprocessError) as error:
            results.missing[name] = str(error)
            continue
        found[name] = peer
        results.versions[name] = peer.version()
    return found, results


def first_builds(portal: ours.Portal, found: dict[str, peers.Peer], runs: int, f: Figures) -> None:
    """First builds of everyone, in turn, so that a busy minute falls on all alike.

    After ours comes an edit: all content is as recent then as that of a folder just unpacked.
    """
    folder = CACHE / str(portal.count)
    for run in range(runs):
        portal.clean()
        portal.freshen()
        f.note("first", measure.run(portal.command(), portal.folder, portal.env))
        # The articles that are edited later too: what an edit costs depends on an article's age.
        portal.edit_body(run + 1)
        f.note("first_edit", measure.run(portal.command(), portal.folder, portal.env))
        for name, peer in found.items():
            site = folder / peer.writer
            peer.clean(site)
            f.note(name, measure.run(peer.command(), site))
        say(f"  {portal.count} articles, run {run + 1} of {runs}: {report.latest(f.seconds)}")


def repeated_builds(portal: ours.Portal, runs: int, f: Figures) -> None:
    """Builds after one body was edited, and with nothing changed, each from a cold process."""
    build, folder, env = portal.command(), portal.folder, portal.env
    measure.run(build, folder, env)
    for run in range(runs):
        portal.edit_body(run + 1)
        f.note("edit", measure.run(build, folder, env))
        f.note("nothing", measure.run(build, folder, env))
    say(f"  {portal.count} articles, again: {report.latest(f.seconds)}")


def memory(portal: ours.Portal, found: dict[str, peers.Peer], f: Figures) -> None:
    """Peak memory of first builds, in runs of their own: sampling costs a little time."""
    portal.clean()
    peak = measure.peak_memory(portal.command(), portal.folder, portal.env)
    if peak is not None:
        f.memory["first"] = peak
    for name, peer in found.items():
        site = CACHE / str(portal.count) / peer.writer
        peer.clean(site)
        peak = measure.peak_memory(peer.command(), site)
        if peak is not None:
            f.memory[name] = peak


def measure_size(count: int, options: argparse.Namespace, found: dict[str, peers.Peer]) -> Figures:
    """Everything at one size. Above ``--peers-up-to`` the peers are left out."""
    f = Figures(count)
    portal = ours.Portal(CACHE / str(count) / "dangjian", count, options.seed)
    say(f"{count} articles: writing them …")
    portal.lay_out()
    taking_part = found if count <= options.peers_up_to else {}
    for peer in taking_part.values():
        peer.lay_out(CACHE / str(count) / peer.writer, count, options.seed)
    try:
        first_builds(portal, taking_part, options.runs, f)
        f.files, f.bytes = portal.files()
        repeated_builds(portal, options.runs * 3, f)
        if options.preview:
            say("  preview …")
            f.seconds["preview"] = ours.preview_seconds(portal, options.runs * 3)
        if options.memory:
            say("  memory …")
            memory(portal, taking_part, f)
    finally:
        portal.restore()
    return f


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--sizes", default="1000,10000", help="numbers of articles")
    parser.add_argument(
        "--runs", type=int, default=3, help="first builds of each; the median counts"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", default=",".join(peers.PEERS), help="or: none")
    parser.add_argument("--peers-up-to", type=int, default=10000, metavar="ARTICLES")
    parser.add_argument("--no-preview", dest="preview", action="store_false")
    parser.add_argument("--no-memory", dest="memory", action="store_false")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Measure, print the tables, and write the figures where asked."""
    options = parse(arguments)
    names = [] if options.peers == "none" else options.peers.split(",")
    found, results = available(names)
    results.runs = options.runs
    sizes = list(map(int, options.sizes.split(",")))
    try:
        for size in sizes:
            results.sizes.append(measure_size(size, options, found))
    except (measure.CommandError, TimeoutError) as error:
        say(str(error))
        return 1
    finally:
        # For minutes after files were deleted some file systems are slow to make new ones.
        for size in sizes:
            shutil.rmtree(CACHE / str(size) / "away", ignore_errors=True)
    figures: dict[str, Any] = asdict(results)
    if options.json:
        options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1), "utf-8")
    print(report.markdown(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
