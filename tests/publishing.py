"""Small sites that are published in this process, and what is live then."""

from collections.abc import Mapping
from pathlib import Path

from dangjian.building.site import Site as SettingsSite
from dangjian.publishing.assembly import PACKED_ENDINGS
from dangjian.publishing.outcome import Options, Outcome
from dangjian.publishing.publish import publish, roll_back
from tests.sites import Site, folder_bytes

PUBLISHCONF = """import sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parent))
from pelicanconf import *
"""


def published_bytes(folder: Path) -> dict[str, bytes]:
    """Every file of a live site or of a release with its bytes, but for compressed copies."""
    found = folder_bytes(folder)
    return {name: data for name, data in found.items() if not name.endswith(PACKED_ENDINGS)}


class Office:
    """A site in a folder with its two settings files; ``more`` are further lines of publishconf."""

    def __init__(self, folder: Path, files: Mapping[str, str | bytes], more: str = "") -> None:
        self.site = Site(folder, files, {"BUILD_AT": "2026-11-24 10:00"})
        self.site.write("pelicanconf.py", self.site.settings_text() + 'CACHE_PATH = "cache"\n')
        self.site.write("publishconf.py", PUBLISHCONF + more)
        self.settings = SettingsSite(folder / "publishconf.py")

    def publish(self, **options: object) -> Outcome:
        return publish(self.settings, Options(**options))  # type: ignore[arg-type]

    def roll_back(self, to: str = "") -> str:
        return roll_back(self.settings, to)[0][0][1]

    @property
    def live(self) -> Path:
        return self.site.folder / "public"

    def files(self) -> dict[str, bytes]:
        """Every file that is live with its bytes, but for compressed copies."""
        return published_bytes(self.live)

    def text(self, address: str) -> str:
        return (self.live / address).read_text(encoding="utf-8")
