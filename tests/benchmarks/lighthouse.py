"""What Lighthouse gives each kind of page: ``python -m tests.benchmarks.lighthouse``.

The sample site is published and served as readers get it: by nginx with the configuration made for
it, compressed, by HTTPS (with a certificate of its own) and HTTP/2. The richest page of each kind,
as a phone, the median of several runs; next to the scores, where the performance comes from. They
are simulated, but from a load on this machine: other work on it makes them worse. Lighthouse is no
part of the project: ``npm install --no-save lighthouse@12.8.2`` puts it where this looks for it, or
``--lighthouse`` says where it is. Ends with 1 where a page has less than 100 in a category; search
and the page for a wrong address are not to be indexed, which costs them SEO.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from dangjian.building.site import Site
from dangjian.common.report import Report
from dangjian.publishing.outcome import Options
from dangjian.publishing.publish import publish
from dangjian.publishing.servers.files import server_folder
from tests.conftest import CHROMIUM_FLAGS, ROOT, find_chromium
from tests.nginx import free_port, served
from tests.quality.pages import one_of_each
from tests.sites import Built

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
TIMES = {
    "FCP": "first-contentful-paint",
    "LCP": "largest-contentful-paint",
    "SI": "speed-index",
    "TBT": "total-blocking-time",
}
UNINDEXED = ("kind-search", "kind-404", "kind-design")
HOST = "dj.example.gov.cn"
FLAGS = (
    "--headless",
    "--no-sandbox",
    f'--host-resolver-rules="MAP {HOST} 127.0.0.1"',
    "--ignore-certificate-errors",
    *CHROMIUM_FLAGS,
)
_SERVER = """include "{maps}";
server {{
    listen {port} ssl http2;
    server_name {host};
    ssl_certificate "{folder}/own.crt";
    ssl_certificate_key "{folder}/own.key";
    include "{body}";
}}
"""


class Run(NamedTuple):
    """Scores of 100 by category, milliseconds by name, and the audits that cost something."""

    scores: dict[str, float]
    times: dict[str, float]
    failing: list[str]


@contextmanager
def published(folder: Path) -> Iterator[tuple[str, Path]]:
    """The sample site as published, served by nginx: its address and its live folder."""
    port = free_port()
    site = f"https://{HOST}:{port}"
    shutil.copytree(ROOT / "content", folder / "content")
    for name in ("pelicanconf.py", "publishconf.py"):
        shutil.copy(ROOT / name, folder)
    with (folder / "publishconf.py").open("a", encoding="utf-8") as file:
        file.write(f'SITEURL = "{site}"\nTHEME = {str(ROOT / "theme")!r}\n')
        file.write(f"CACHE_PATH = {str(folder / 'cache')!r}\n")
    settings = Site(folder / "publishconf.py")
    publish(settings, Options())
    live = folder / "public"
    made = server_folder(settings.workplace(), live)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-keyout",
         folder / "own.key", "-out", folder / "own.crt", "-subj", f"/CN={HOST}"],
        check=True, capture_output=True,
    )  # fmt: skip
    around = folder / "around"
    around.mkdir()
    (around / "site.conf").write_text(
        _SERVER.format(
            maps=made / "nginx-maps.conf",
            body=made / "nginx-site.conf",
            port=port,
            host=HOST,
            folder=folder,
        ),
        encoding="utf-8",
    )
    with served(around, port, [around / "site.conf"]):
        yield f"{site}/", live


def kinds_of(live: Path) -> dict[str, str]:
    """Addresses by the kind of page, as readers have them."""
    found = one_of_each(Built(Report(), live))
    pages = {kind: path for kind, path in found.items() if kind.startswith("kind-")}
    return {kind: re.sub(r"(^|/)index\.html$", r"\1", path) for kind, path in pages.items()}


def run(program: str, address: str, target: Path | None, tries: int = 3) -> Run:
    """One run of Lighthouse; its whole report goes to the file ``target``.

    On a busy machine it loses its browser now and then: so often it is tried.
    """
    flags = f"--chrome-flags={' '.join(FLAGS)}"
    command = [program, address, "--quiet", "--output=json", flags]
    environment = {**os.environ, "CHROME_PATH": find_chromium()}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        print(f"{address}: {done.stderr.strip()[-300:]}", file=sys.stderr)
        if tries == 1:
            raise SystemExit(2)
        return run(program, address, target, tries - 1)
    if target is not None:
        target.write_text(done.stdout, encoding="utf-8")
    report = json.loads(done.stdout)
    audits = report["audits"]
    scores = {name: 100.0 * float(report["categories"][name]["score"] or 0) for name in CATEGORIES}
    times = {name: float(audits[audit]["numericValue"]) for name, audit in TIMES.items()}
    failing = [
        reference["id"]
        for name in CATEGORIES
        for reference in report["categories"][name]["auditRefs"]
        if reference["weight"] and (audits[reference["id"]]["score"] or 0) < 0.9
        and audits[reference["id"]]["scoreDisplayMode"] in {"binary", "numeric"}
    ]  # fmt: skip
    return Run(scores, times, failing)


def line_of(path: str, runs: list[Run]) -> str:
    """The medians of a page's runs, and whatever failed in any of them."""
    scores = (f"{median(one.scores[name] for one in runs):.0f}" for name in CATEGORIES)
    times = (f"{name} {median(one.times[name] for one in runs):.0f}" for name in TIMES)
    failing = sorted({name for one in runs for name in one.failing})
    return f"{path:48} {' '.join(scores):16} {', '.join(times):40} {' '.join(failing)}"


def main() -> int:
    """Print a line for each page."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.lighthouse")
    parser.add_argument("pages", nargs="*", help="addresses, by default one of each kind")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--lighthouse", default=str(ROOT / "node_modules/.bin/lighthouse"))
    parser.add_argument("--keep", type=Path, help="a folder for the whole reports")
    given = parser.parse_args()
    program = shutil.which(given.lighthouse)
    if program is None:
        print("npm install --no-save lighthouse@12.8.2", file=sys.stderr)
        return 2
    short = 0
    with tempfile.TemporaryDirectory() as name, published(Path(name)) as (site, live):
        pages = {path: path for path in given.pages} or kinds_of(live)
        print(f"{'':48} {' '.join(CATEGORIES)}")
        for number, (kind, path) in enumerate(pages.items()):
            target = given.keep and given.keep / f"{number:02} {kind.replace('/', '-')}.json"
            runs = [run(program, site + path, target) for _ in range(given.runs)]
            counted = [one for one in CATEGORIES if one != "seo" or kind not in UNINDEXED]
            short += any(median(one.scores[name] for one in runs) < 100 for name in counted)
            print(line_of(path, runs), flush=True)
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
