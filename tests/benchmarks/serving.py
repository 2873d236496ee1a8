"""What nginx serves by the made configuration: ``python -m tests.benchmarks.serving``.

A page with its ``.gz`` against a bare file of the compressed size under an nginx that has no other
setting, in turn, by wrk; the ratio is of the medians. Then what compressed copies cost a publish:
processor seconds of compressing against those of the first build and of the whole publish.
"""

import argparse
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

from dangjian.building.kept_redirects import kept_redirects, redirect_pages
from dangjian.building.published import read_plan
from dangjian.building.site import Site
from dangjian.publishing.assembly import PACKED
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
    shutil.rmtree(built / PACKED)
    pages = redirect_pages(kept_redirects(at.catalogue))
    copies = timed(lambda: compress(built, read_plan(at), pages))
    print("| | seconds | processor seconds |")
    print("|---|---|---|")
    print(f"| first publish | {whole[0]:.1f} | {whole[1]:.1f} |")
    print(f"| of it compressed copies | {copies[0]:.1f} | {copies[1]:.1f} |")
    grown = [a / (b - a) for a, b in zip(copies, whole, strict=True)]
    print(f"| grown by | {grown[0]:.0%} | {grown[1]:.0%} |\n")


def requests(url: str, seconds: int) -> float:
    """Requests a second that wrk counts. Exits where an answer was none."""
    done = subprocess.run(
        ["wrk", "-t2", "-c50", f"-d{seconds}s", "-H", "Accept-Encoding: gzip", url],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    if "Non-2xx" in done.stdout:
        sys.exit(done.stdout)
    found = re.search(r"Requests/sec:\s*([\d.]+)", done.stdout)
    return float(found[1]) if found else 0.0


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
            ours, bare = [], []
            for _ in range(rounds):
                ours.append(requests(f"http://127.0.0.1:{PORT}/", seconds))
                bare.append(requests(f"http://127.0.0.1:{BARE}/", seconds))
            process.terminate()
    print(f"| front page, {len(packed):,} bytes compressed | requests a second |")
    print("|---|---|")
    print(f"| made configuration, .gz | {statistics.median(ours):,.0f} |")
    print(f"| bare file of that size | {statistics.median(bare):,.0f} |")
    print(f"| ratio | {statistics.median(ours) / statistics.median(bare):.0%} |")
    pairs = [round(a / b, 2) for a, b in zip(ours, bare, strict=True)]
    print(f"\nRatios by round: {pairs}")


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.serving", description=__doc__)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=CACHE / "serving")
    options = parser.parse_args(arguments)
    say(f"laying out {options.articles} articles")
    site = lay_out(options.folder / f"{options.articles}", options.articles)
    print(f"{options.articles} articles, {machine()}\n")
    cost_of_copies(site)
    serve(site, options.rounds, options.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
