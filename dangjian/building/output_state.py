"""What stands in the output folder, and what the catalogue knows of it."""

from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from dangjian.common.files import Stat
from dangjian.common.output_folder import scan_output
from dangjian.content.catalogue import Catalogue, OutputRow


class Standing(Struct):
    """What stands in the output folder, and what the catalogue knows of it.

    A build keeps it up as it goes on, so that what was found ``whole`` stays it.
    """

    files: dict[str, Stat]
    rows: dict[str, OutputRow]
    found_whole: bool = False

    def holds(self, path: str, fingerprint: bytes) -> bool:
        """Whether the file at ``path`` is what ``fingerprint`` would make again."""
        row = self.rows.get(path)
        return (
            row is not None and row.fingerprint == fingerprint and self.files.get(path) == row.stat
        )

    def note(self, path: str, row: OutputRow) -> None:
        """Take over how an output was just left."""
        self.files[path], self.rows[path] = row.stat, row

    def drop(self, path: str) -> None:
        """Forget an output that was just removed."""
        self.files.pop(path, None)
        self.rows.pop(path, None)

    @property
    def whole(self) -> bool:
        """Whether every output stands as it was left. What else is there is not asked."""
        if not self.found_whole:
            files = self.files
            self.found_whole = all(files.get(p) == row.stat for p, row in self.rows.items())
        return self.found_whole


def look_at_output(output: Path) -> bytes:
    """The files below the output folder, in a form that passes quickly to another process."""
    return msgspec.msgpack.encode(scan_output(output))


def read_standing(catalogue: Catalogue, look: Callable[[], bytes]) -> Standing:
    """What ``look_at_output`` (or who waits for it) says, beside what the catalogue knows of it."""
    rows = catalogue.outputs()
    return Standing(msgspec.msgpack.decode(look(), type=dict[str, Stat]), rows)
