"""How near pictures are to the photographs they were made of: SSIMULACRA2, 100 is equal."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from tests.benchmarks.peers import Tools

_PROGRAM = "import sys, ssimulacra2; print(ssimulacra2.compute_ssimulacra2(*sys.argv[1:]))"


class Judge:
    """Compares by the Python package of SSIMULACRA2, in the peers' environment."""

    def __init__(self, tools: Tools) -> None:
        """Install it; raises ``UnavailableError``."""
        tools.python_package("ssimulacra2")
        self._command = [tools.program("python"), "-c", _PROGRAM]

    def scores(self, made: Path, photos: Sequence[Path], width: int) -> list[float]:
        """The score of each photograph's AVIF of that width, against it scaled down."""
        found = [path for path in sorted(made.rglob("*.avif")) if _width(path) == width]
        return [self._score(found, photo, width, made.parent) for photo in photos]

    def _score(self, found: list[Path], photo: Path, width: int, folder: Path) -> float:
        with Image.open(photo) as original:
            height = round(width * original.height / original.width)
            wanted = original.resize((width, height), Image.Resampling.LANCZOS)
        shown = min(found, key=lambda path: _distance(path, wanted))
        files = [folder / f"judged-{side}.png" for side in ("wanted", "shown")]
        wanted.save(files[0], compress_level=1)
        with Image.open(shown) as image:
            image.convert("RGB").save(files[1], compress_level=1)
        command = [*self._command, *map(str, files)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return float(done.stdout.split()[-1])


def _width(path: Path) -> int:
    with Image.open(path) as image:
        return image.width


def _distance(path: Path, wanted: Image.Image) -> float:
    """How far two pictures are apart, seen from afar: names say nothing of which is which."""
    with Image.open(path) as image:
        seen = np.asarray(image.convert("RGB").resize((32, 24)), np.float32)
    return float(np.abs(seen - np.asarray(wanted.resize((32, 24)), np.float32)).mean())
