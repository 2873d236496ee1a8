"""``tasks.py bench-search``: what a search finds and costs, side by side with Pagefind."""

import argparse
import html
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from dangjian.search.format.documents import SearchDoc
from tests.benchmarks import measure, peers
from tests.benchmarks.search_browser import Answer, Found, Ours, Theirs, cut_phrases, cut_queries
from tests.benchmarks.search_corpus import Truth, generated, read_folder, write_corpus
from tests.benchmarks.search_server import serving
from tests.browser import search_worker
from tests.browser.search_site import build_search_site
from tests.conftest import CHROMIUM_FLAGS, find_chromium

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "bench"
LENGTHS = (1, 2, 3, 4, 6)
PHRASE = "8–12, quoted"
COMMON = "2, in more than 120 articles"
RAREST, COMMONEST = 1, 120


@dataclass
class Side:
    """Everything measured of one of the two."""

    name: str
    build_seconds: float = 0.0
    memory: int | None = None
    files: int = 0
    size: int = 0
    blocks: int = 0
    changes: dict[str, list[tuple[float, int]]] = field(default_factory=dict)
    requests: list[int] = field(default_factory=list)
    found: dict[str, Found] = field(default_factory=dict)
    titles: tuple[int, int] = (0, 0)
    first_bytes: list[int] = field(default_factory=list)
    second_bytes: list[int] = field(default_factory=list)
    first_times: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    first_times_here: list[float] = field(default_factory=list)
    times_here: list[float] = field(default_factory=list)


def say(text: str) -> None:
    """Tell how far the run is; on standard error, so that the table can be piped."""
    print(text, file=sys.stderr, flush=True)


def _sizes(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}


def _blocks(folder: Path) -> int:
    """What the files take on this disk, where systems tell (others: what they hold)."""
    stats = [path.stat() for path in folder.rglob("*") if path.is_file()]
    return sum(getattr(s, "st_blocks", -(-s.st_size // 512)) * 512 for s in stats)


def build_ours(work: Path, corpus: Path, side: Side, memory: bool) -> Path:
    """Index all articles but the newest, add it, change some; returns the folder of the site."""
    site = build_search_site(work / "page")
    index = site / "search"
    program = [sys.executable, "-m", "tests.benchmarks.search_corpus"]

    def run(kind: str) -> float:
        command = [*program, kind, str(corpus), str(index)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        return float(done.stdout)

    if memory:
        shutil.rmtree(index)
        side.memory = measure.peak_memory([*program, "build", str(corpus), str(index)], ROOT)
    shutil.rmtree(index)
    side.build_seconds = run("build")
    sizes = _sizes(index)
    side.files, side.size, side.blocks = len(sizes), sum(sizes.values()), _blocks(index)
    for name, kinds in _changes(len(corpus.read_bytes().splitlines())).items():
        side.changes[name] = []
        for kind in kinds:
            before = {path: path.stat().st_mtime_ns for path in index.iterdir()}
            seconds = run(kind)
            new = [p for p in index.iterdir() if before.get(p) != p.stat().st_mtime_ns]
            side.changes[name].append((seconds, sum(path.stat().st_size for path in new)))
    search_worker.put_worker(site)
    return site


def _changes(articles: int) -> dict[str, list[str]]:
    """What is changed, and which kinds of ``search_corpus`` these are: one edit undoes the last."""
    newest = [n for n in (1, 20, 60, 150, 400, 700, 990) if n <= articles]
    older = [n for n in (2000, articles // 2, articles * 9 // 10, articles) if 1000 < n <= articles]
    return {
        "one article more": ["add"],
        "one of the newest 1,000 changed": [f"edit:{n}" for n in newest],
        "an older one changed": [f"edit:{n}" for n in older],
    }


def build_theirs(
    work: Path, docs: list[SearchDoc], side: Side, command: list[str], memory: bool
) -> Path:
    """Write the articles as pages and let Pagefind index them; returns the folder."""
    site = work / "pagefind"
    for doc in docs:
        page = site / doc.url
        page.parent.mkdir(parents=True, exist_ok=True)
        parts = [doc.summary, *doc.keywords, *doc.text.split("\n")]
        body = "".join(f"<p>{html.escape(part)}</p>\n" for part in parts if part)
        title = html.escape(doc.title)
        page.write_text(
            f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}'
            f"</title></head><body><main data-pagefind-body><h1>{title}</h1>\n{body}</main>"
            "</body></html>",
            encoding="utf-8",
        )
    whole = [*command, "--site", str(site), "--quiet"]
    if memory:
        side.memory = measure.peak_memory(whole, work)
        shutil.rmtree(site / "pagefind")
    side.build_seconds = measure.run(whole, work).wall
    sizes = _sizes(site / "pagefind")
    side.files, side.size = len(sizes), sum(sizes.values())
    side.blocks = _blocks(site / "pagefind")
    (site / "ask.html").write_text("<!doctype html><html lang='zh-CN'><title>ask</title>", "utf-8")
    return site


def compare(
    truth: Truth, queries: Mapping[str, list[str]], find: Callable[[str], Answer]
) -> dict[str, Found]:
    """Recall and precision against plain substring, by length of query."""
    figures: dict[str, Found] = {}
    for length, words in queries.items():
        figures[length] = Found()
        for word in words:
            figures[length].add(
                truth.holding(word), find(f'"{word}"' if length == PHRASE else word)
            )
    return figures


def title_first(docs: list[SearchDoc], find: Callable[[str], Answer]) -> tuple[int, int]:
    """How many of these titles, typed, bring their article first; and of how many."""
    return sum(find(doc.title).results[:1] == [doc.url] for doc in docs), len(docs)


def pick_queries(
    browser: Browser, docs: list[SearchDoc], truth: Truth, each: int, random: Random
) -> dict[str, list[str]]:
    """Queries of every length; those compared with Pagefind occur in 1 to 120 articles."""
    page = browser.new_page()
    page.goto("about:blank")
    words = cut_queries(page, docs, LENGTHS, each * 8, random)
    page.close()
    words_by_length = {str(length): found for length, found in words.items()}
    words_by_length[PHRASE] = cut_phrases(docs, each, random)
    chosen: dict[str, list[str]] = {}
    for length, found in words_by_length.items():
        fitting = [w for w in found if RAREST <= len(truth.holding(w)) <= COMMONEST]
        chosen[length] = (fitting if len(fitting) >= each // 2 else found)[:each]
    common = [w for w in words_by_length["2"] if len(truth.holding(w)) > COMMONEST]
    if common:
        chosen[COMMON] = common[: max(1, each // 4)]
    return chosen


def measure_sides(options: argparse.Namespace, docs: list[SearchDoc], work: Path) -> list[Side]:
    """Build, ask and time; Pagefind only where it can be installed."""
    corpus = work / "corpus.jsonl"
    write_corpus(corpus, docs)
    random = Random(options.seed)
    ours = Side("Dangjian")
    say("building our index …")
    our_site = build_ours(work, corpus, ours, options.memory)
    sides = [ours]
    their_site = None
    if options.pagefind:
        tools = peers.Tools(CACHE / "tools")
        pagefind = peers.Pagefind(tools)
        pagefind.install()
        theirs = Side(pagefind.version())
        say("building Pagefind's index …")
        command = [tools.program("python"), "-m", "pagefind"]
        their_site = build_theirs(work, docs, theirs, command, options.memory)
        sides.append(theirs)
    say("folding the texts for the truth …")
    truth = Truth(docs)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=find_chromium(), args=[*CHROMIUM_FLAGS, "--no-sandbox"]
        )
        queries = pick_queries(browser, docs, truth, options.each, random)
        everything = [word for words in queries.values() for word in words]
        unique = Counter(doc.title for doc in docs)
        titled = [doc for doc in docs if unique[doc.title] == 1]
        titled = random.sample(titled, min(options.each * 2, len(titled)))
        say("asking ours …")
        with serving(our_site) as (address, sender):
            measure_ours(Ours(browser, address, sender), ours, truth, queries, titled, options)
        if their_site is not None:
            say("asking Pagefind …")
            with serving(their_site) as (address, sender):
                asked = Theirs(browser, address, sender)
                find = asked.finder()
                sides[1].found = compare(truth, queries, find)
                sides[1].titles = title_first(titled, find)
                pairs = _pairs(everything, options.loads, random)
                for first, second in pairs:
                    _add_bytes(sides[1], asked.bytes_of(first, second))
                sides[1].times = asked.times(random.sample(everything, options.timed))
        browser.close()
    return sides


def measure_ours(
    asked: Ours,
    side: Side,
    truth: Truth,
    queries: Mapping[str, list[str]],
    titled: list[SearchDoc],
    options: argparse.Namespace,
) -> None:
    """All figures that need our page."""
    random = Random(options.seed + 1)
    everything = [f'"{w}"' if n == PHRASE else w for n, words in queries.items() for w in words]
    find = asked.finder()
    side.found = compare(truth, queries, find)
    side.titles = title_first(titled, find)
    say("  bytes …")
    for first, second in _pairs(everything, options.loads, random):
        _add_bytes(side, asked.bytes_of(first, second))
        side.requests += asked.requests
    say("  times …")
    sample = random.sample(everything, min(options.timed, len(everything)))
    side.first_times, side.times = asked.times(sample, here=False)
    side.first_times_here, side.times_here = asked.times(sample, here=True)


def _add_bytes(side: Side, pair: tuple[int, int]) -> None:
    side.first_bytes.append(pair[0])
    side.second_bytes.append(pair[1])


def _pairs(words: list[str], count: int, random: Random) -> list[tuple[str, str]]:
    return [tuple(random.sample(words, 2)) for _ in range(count)]  # type: ignore[misc]


def _spread(values: list[float] | list[int], unit: float, name: str) -> str:
    if not values:
        return "–"
    return f"{statistics.median(values) / unit:,.0f} {name}, worst {max(values) / unit:,.0f}"


def _changed(side: Side, name: str) -> str:
    """Median and worst seconds and bytes of new files."""
    taken = side.changes.get(name)
    if not taken:
        return "everything again" if not side.changes else "–"
    seconds, sizes = ([one[n] for one in taken] for n in range(2))
    return (
        f"{statistics.median(seconds):.2f} s, worst {max(seconds):.2f}; "
        f"{statistics.median(sizes) / 1000:,.0f} KB, worst {max(sizes) / 1000:,.0f}"
    )


def _share(values: list[float]) -> str:
    return f"{sum(values) / len(values):.3f}" if values else "–"


def rows(sides: list[Side]) -> list[list[str]]:
    """The table: a name, then a cell for each side."""
    lengths = list(sides[0].found)
    table = [["", *(side.name for side in sides)]]
    for length in lengths:
        label = f"recall / precision, {length} characters"
        cells = [
            f"{_share(side.found[length].recall)} / {_share(side.found[length].precision)}"
            for side in sides
        ]
        table.append([label, *cells])
    queries = sum(len(found.recall) for found in sides[0].found.values())
    table += [
        [
            f"counts that are wrong, of {queries}",
            *(str(sum(f.wrong_counts for f in side.found.values())) for side in sides),
        ],
        [
            f"counts said to be about so many, of {queries}",
            *(str(sum(f.about_counts for f in side.found.values())) for side in sides),
        ],
        ["unique title typed: it comes first", *("{} of {}".format(*s.titles) for s in sides)],
        ["first query, KB", *(_spread(s.first_bytes, 1000, "KB") for s in sides)],
        ["second query, KB", *(_spread(s.second_bytes, 1000, "KB") for s in sides)],
        ["requests a query (first and second)", *(_spread(s.requests, 1, "") for s in sides)],
        [
            "key press to five results and the count, 4× slower page",
            *(_spread(s.first_times, 1, "ms") for s in sides),
        ],
        ["key press to all ten", *(_spread(s.times, 1, "ms") for s in sides)],
        ["five, without a worker", *(_spread(s.first_times_here, 1, "ms") for s in sides)],
        ["all ten, without a worker", *(_spread(s.times_here, 1, "ms") for s in sides)],
        ["building", *(f"{side.build_seconds:.1f} s" for side in sides)],
        ["memory", *(f"{s.memory / 1e6:,.0f} MB" if s.memory else "–" for s in sides)],
        *(
            [f"{name}: time; new files", *(_changed(side, name) for side in sides)]
            for name in sides[0].changes
        ),
        ["bytes of its files", *(f"{s.size / 1e6:.1f} MB, {s.files:,} files" for s in sides)],
        ["on disk, in whole blocks", *(f"{side.blocks / 1e6:.1f} MB" for side in sides)],
    ]
    return table


def markdown(sides: list[Side]) -> str:
    """The table as Markdown."""
    head, *rest = rows(sides)
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rest)])


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.search", description=__doc__)
    parser.add_argument("--articles", type=int, default=10000)
    parser.add_argument("--folder", type=Path, help="a folder of Markdown instead of the archive")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=40, help="queries of each length")
    parser.add_argument("--loads", type=int, default=60, help="fresh browsers to count bytes in")
    parser.add_argument("--timed", type=int, default=60, help="queries to time")
    parser.add_argument("--no-pagefind", dest="pagefind", action="store_false")
    parser.add_argument("--no-memory", dest="memory", action="store_false")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Measure and print the table."""
    options = parse(arguments)
    started = time.perf_counter()
    source = (
        read_folder(options.folder) if options.folder else generated(options.articles, options.seed)
    )
    docs = list(source)
    letters = sum(len(doc.text) for doc in docs)
    say(f"{len(docs):,} articles, {letters:,} characters")
    with tempfile.TemporaryDirectory(prefix="bench-search-") as work:
        try:
            sides = measure_sides(options, docs, Path(work))
        except (measure.CommandError, peers.UnavailableError) as error:
            say(str(error))
            return 1
    print(f"{len(docs):,} articles, {letters:,} characters\n\n{markdown(sides)}")
    if options.json:
        options.json.write_text(json.dumps(sides, default=_plain, ensure_ascii=False, indent=1))
    say(f"{time.perf_counter() - started:.0f} s")
    return 0


def _plain(value: Any) -> Any:
    return value.__dict__


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
