"""Lighthouse over a built site: ``python -m tests.benchmarks.lighthouse OUTPUT``.

The richest page of each kind, as a phone, the median of several runs. Lighthouse is no part of the
project: ``npm install --no-save lighthouse@12.8.2`` puts it where this looks for it, or
``--lighthouse`` says where it is. Ends with 1 where a page has less than 100 in a category; search
and the page for a wrong address are not to be indexed, which costs them SEO.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from statistics import median

from dangjian.common.report import Report
from dangjian.preview.server import open_server
from tests.conftest import CHROMIUM_FLAGS, ROOT, find_chromium
from tests.quality.pages import one_of_each
from tests.sites import Built

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
UNINDEXED = ("kind-search", "kind-404", "kind-design")
Scores = dict[str, float]


def kinds_of(output: Path) -> dict[str, str]:
    """Addresses by the kind of page."""
    found = one_of_each(Built(Report(), output))
    return {kind: path for kind, path in found.items() if kind.startswith("kind-")}


def score(program: str, address: str) -> tuple[Scores, list[str]]:
    """The scores of one run, of 100, and what is less than whole of that which counts."""
    flags = ["--headless", "--no-sandbox", *CHROMIUM_FLAGS]
    command = [program, address, "--quiet", "--output=json", f"--chrome-flags={' '.join(flags)}"]
    environment = {**os.environ, "CHROME_PATH": find_chromium()}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    told = json.loads(done.stdout)
    scores = {name: 100.0 * float(told["categories"][name]["score"] or 0) for name in CATEGORIES}
    failing = [
        reference["id"]
        for name in CATEGORIES
        for reference in told["categories"][name]["auditRefs"]
        if reference["weight"] and (told["audits"][reference["id"]]["score"] or 0) < 0.9
        and told["audits"][reference["id"]]["scoreDisplayMode"] in {"binary", "numeric"}
    ]  # fmt: skip
    return scores, failing


def main() -> int:
    """Print a line for each page."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.lighthouse")
    parser.add_argument("output", type=Path, help="the folder of a built site")
    parser.add_argument("pages", nargs="*", help="addresses, by default one of each kind")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--lighthouse", default=str(ROOT / "node_modules/.bin/lighthouse"))
    given = parser.parse_args()
    program = shutil.which(given.lighthouse)
    if program is None:
        print("npm install --no-save lighthouse@12.8.2", file=sys.stderr)
        return 2
    server = open_server(given.output, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{server.server_address[1]}/"
    pages = {path: path for path in given.pages} or kinds_of(given.output)
    short = 0
    print(f"{'':48} {' '.join(CATEGORIES)}")
    for kind, path in pages.items():
        runs = [score(program, site + path) for _ in range(given.runs)]
        scores = {name: median(one[name] for one, _ in runs) for name in CATEGORIES}
        counted = [n for n in CATEGORIES if n != "seo" or kind not in UNINDEXED]
        short += any(scores[name] < 100 for name in counted)
        failing = sorted({name for _, names in runs for name in names})
        shown = "  ".join(f"{scores[name]:.0f}" for name in CATEGORIES)
        print(f"{path:48} {shown}  {' '.join(failing)}", flush=True)
    server.shutdown()
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
