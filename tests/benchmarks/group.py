"""A group of sites, first build and a day's edits: ``python -m tests.benchmarks.group``.

The same group is done by this machine's own processes and by a Dask cluster of as many workers on
this machine, in turn. A day's edits are one article in every tenth site. Seconds that somebody
waits, seconds that all processors worked, and for Dask what it costs beyond the processes.
"""

import argparse
import shutil
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dangjian.common.workers import default_workers
from dangjian.group.plan import Group, read_group
from dangjian.group.run import run_group
from tests.benchmarks.__main__ import CACHE, machine, say
from tests.benchmarks.archive import write_archive
from tests.benchmarks.ours import CONFIGURATION

EDITED = 10
"""One site in so many is edited in a day."""


def lay_out(folder: Path, sites: int, articles: int) -> Group:
    """Write the group; sites of an earlier run with as many articles are taken as they are."""
    lines: list[str] = []
    for number in range(sites):
        site = folder / f"{articles}" / f"{number:04d}"
        if not (site / "laid-out").exists():
            shutil.rmtree(site, ignore_errors=True)
            write_archive(site, articles, seed=number + 1)
            (site / "laid-out").touch()
        text = CONFIGURATION.replace("https://example.org", f"https://s{number}.example.org")
        (site / "pelicanconf.py").write_text(text + 'CACHE_PATH = "cache"\n', encoding="utf-8")
        name = f'folder = "{articles}/{number:04d}"'
        lines += ["[[site]]", name, 'settings = "pelicanconf.py"']
    file = folder / "group.toml"
    file.write_text("\n".join(["", *lines, ""]), encoding="utf-8")
    return read_group(file)


@contextmanager
def executor_of(kind: str, workers: int) -> Iterator[tuple[Executor | None, Any]]:
    """What the sites are done by, and what tells its processor seconds; both None for our own."""
    if kind == "processes":
        yield None, None
        return
    from distributed import Client, LocalCluster  # noqa: PLC0415 - an extra

    cluster: Any = LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
    )
    with cluster, Client(cluster) as client:  # type: ignore[no-untyped-call]
        yield client.get_executor(), client


def children_seconds() -> float:
    """Processor seconds of the processes that this one has waited for."""
    from resource import RUSAGE_CHILDREN, getrusage  # noqa: PLC0415 - sent to other processes

    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(
    group: Group, executor: Executor | None, client: Any, workers: int
) -> tuple[float, float]:
    """Seconds, and processor seconds of all sites, of one build of the group."""

    def used() -> float:
        if client is None:
            return children_seconds()
        return float(sum(client.run(children_seconds).values()))

    started, before = time.perf_counter(), used()
    results = run_group(
        group, "build", lambda _site, _result: None, executor=executor, workers=workers
    )
    wrong = [f"{label}: {one.summary}" for label, one in results.items() if one.state == "failed"]
    if wrong:
        sys.exit("\n".join(wrong[:10]))
    return time.perf_counter() - started, used() - before


def clean(group: Group) -> None:
    """Take away what builds have made."""
    for site in group.sites:
        for name in ("output", "cache", ".dangjian"):
            shutil.rmtree(site.folder / name, ignore_errors=True)


def edit(group: Group, day: int) -> None:
    """Add a sentence to an article of every tenth site."""
    for site in group.sites[::EDITED]:
        files = sorted((site.folder / "content").rglob("[0-9]*.md"))
        path = files[day * 7919 % len(files)]
        text = path.read_text(encoding="utf-8")
        path.write_text(f"{text}\n\n（第{day}天的修改：{time.time_ns()}）\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.group", description=__doc__)
    parser.add_argument("--sites", type=int, default=100)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--workers", type=int, default=default_workers())
    parser.add_argument("--kinds", default="processes,dask")
    parser.add_argument("--folder", type=Path, default=CACHE / "group")
    options = parser.parse_args(arguments)
    say(f"laying out {options.sites} sites of {options.articles} articles")
    group = lay_out(options.folder, options.sites, options.articles)
    print(f"{options.sites} sites of {options.articles} articles, {options.workers} at once,")
    print(f"{machine()}\n")
    print("| | | seconds | processor seconds | a site, processor |")
    print("|---|---|---|---|---|", flush=True)
    for kind in options.kinds.split(","):
        clean(group)
        with executor_of(kind, options.workers) as (executor, client):
            for day, name in enumerate(("first build", "nothing changed", "a day's edits")):
                if day == 2:
                    edit(group, day)
                seconds, used = measure(group, executor, client, options.workers)
                each = f"{used / options.sites:.2f}"
                print(f"| {kind} | {name} | {seconds:.1f} | {used:.1f} | {each} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
