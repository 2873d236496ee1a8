"""What nginx serves by the made configuration: ``python -m tests.benchmarks.serving``.

A page with its ``.gz`` against a bare file of the compressed size under an nginx that has no other
setting, in turn, by wrk; the ratios are of the medians. Then what compressed copies cost a publish:
processor seconds of compressing against those of the first build and of the whole publish.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

from dangjian.building.published import read_plan
from dangjian.building.site import Site
from dangjian.building.stored_redirects import redirect_pages, stored_redirects
from dangjian.publishing.assembly import ADDED
from dangjian.publishing.compression import compress
from dangjian.publishing.outcome import Options
from dangjian.publishing.publish import build_folder, publish, replace_site
from dangjian.publishing.servers.files import server_folder
from dangjian.publishing.targets.opening import destinations_of
from tests.benchmarks.__main__ import CACHE, machine, say
from tests.benchmarks.archive import write_archive
from tests.benchmarks.ours import CONFIGURATION

PORT = 18765
BARE = 18766
_AROUND = """
daemon off;
worker_processes auto;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
{user}
events {{ }}
http {{
    access_log off;
    sendfile on;
    include "{site}";
    server {{ listen {bare}; root "{folder}/bare"; default_type text/html; }}
}}
"""


def processor() -> float:
    """Processor seconds of this process and of those it has waited for."""
    return sum(
        used.ru_utime + used.ru_stime for used in map(getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN))
    )


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds and processor seconds of a piece of work."""
    started, used = time.perf_counter(), processor()
    work()
    return time.perf_counter() - started, processor() - used


def lay_out(folder: Path, articles: int) -> Site:
    """The site to publish, as it has never been published."""
    if not (folder / "laid-out").exists():
        shutil.rmtree(folder, ignore_errors=True)
        write_archive(folder, articles)
        (folder / "laid-out").touch()
    for name in ("public", "cache", ".dangjian"):
        shutil.rmtree(folder / name, ignore_errors=True)
    text = CONFIGURATION.replace("https://example.org", f"http://bench.example.org:{PORT}")
    (folder / "pelicanconf.py").write_text(text + 'CACHE_PATH = "cache"\n', encoding="utf-8")
    (folder / "publishconf.py").write_text(
        "import sys\nfrom pathlib import Path\n"
        "sys.path.insert(0, str(Path(__file__).resolve().parent))\n"
        "from pelicanconf import *\n",
        encoding="utf-8",
    )
    return Site(folder / "publishconf.py")


def cost_of_copies(site: Site) -> None:
    """What of a first publish is compressing, by processor time and by waiting."""
    whole = timed(lambda: publish(site, Options()))
    place = site.workplace()
    built = build_folder(place, destinations_of(place))
    at = replace_site(site, built, hold_back=True).workplace()
    shutil.rmtree(built / ADDED)
    pages = redirect_pages(stored_redirects(at.catalogue))
    copies = timed(lambda: compress(built, read_plan(at), pages))
    print("| | seconds | processor seconds |")
    print("|---|---|---|")
    print(f"| first publish | {whole[0]:.1f} | {whole[1]:.1f} |")
    print(f"| of it compressed copies | {copies[0]:.1f} | {copies[1]:.1f} |")
    grown = [a / (b - a) for a, b in zip(copies, whole, strict=True)]
    print(f"| grown by | {grown[0]:.0%} | {grown[1]:.0%} |\n")


def requests(url: str, seconds: int, master: int) -> tuple[float, float]:
    """Requests a second that wrk counts, and requests a processor second of nginx's workers.

    The latter holds on a machine that has other work too. Exits where an answer was none.
    """
    before = workers_seconds(master)
    done = subprocess.run(
        ["wrk", "-t2", "-c50", f"-d{seconds}s", "-H", "Accept-Encoding: gzip", url],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    used = workers_seconds(master) - before
    rate = re.search(r"Requests/sec:\s*([\d.]+)", done.stdout)
    count = re.search(r"(\d+) requests in", done.stdout)
    if "Non-2xx" in done.stdout or rate is None or count is None:
        sys.exit(done.stdout)
    return float(rate[1]), int(count[1]) / used


def workers_seconds(master: int) -> float:
    """Processor seconds of nginx's worker processes so far."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text(encoding="ascii").split()
    ticks = 0
    for child in children:
        stat = Path(f"/proc/{child}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks += int(stat[11]) + int(stat[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def serve(site: Site, rounds: int, seconds: int) -> None:
    """Ask for the front page and a bare file of its compressed size, in turn."""
    place = site.workplace()
    live = place.site / "public"
    packed = (live / "index.html.gz").read_bytes()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "bare").mkdir()
        (folder / "bare" / "index.html").write_bytes(packed)
        nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin") or "nginx"
        text = _AROUND.format(
            folder=folder,
            site=server_folder(place, live) / "nginx.conf",
            bare=BARE,
            user="user root;",
        )
        (folder / "nginx.conf").write_text(text, encoding="utf-8")
        with subprocess.Popen([nginx, "-c", str(folder / "nginx.conf")]) as process:
            time.sleep(1)
            rounds_of: dict[str, list[tuple[float, float]]] = {"ours": [], "bare": []}
            for _ in range(rounds):
                for name, port in (("ours", PORT), ("bare", BARE)):
                    found = requests(f"http://127.0.0.1:{port}/", seconds, process.pid)
                    rounds_of[name].append(found)
            process.terminate()
    ours, bare = (
        [statistics.median(column) for column in zip(*rounds_of[name], strict=True)]
        for name in ("ours", "bare")
    )
    print(f"| front page, {len(packed):,} bytes compressed | a second | a processor second |")
    print("|---|---|---|")
    print(f"| made configuration, .gz | {ours[0]:,.0f} | {ours[1]:,.0f} |")
    print(f"| bare file of that size | {bare[0]:,.0f} | {bare[1]:,.0f} |")
    print(f"| ratio | {ours[0] / bare[0]:.0%} | {ours[1] / bare[1]:.0%} |")


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.serving", description=__doc__)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--serve-only", action="store_true", help="serve what was published last")
    parser.add_argument("--folder", type=Path, default=CACHE / "serving")
    options = parser.parse_args(arguments)
    print(f"{options.articles} articles, {machine()}\n")
    folder = options.folder / f"{options.articles}"
    if options.serve_only:
        site = Site(folder / "publishconf.py")
    else:
        say(f"laying out {options.articles} articles")
        site = lay_out(folder, options.articles)
        cost_of_copies(site)
    serve(site, options.rounds, options.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
