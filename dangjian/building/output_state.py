"""The files in the output folder, and what the catalogue knows of them."""

from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from dangjian.common.files import Stat
from dangjian.common.output_folder import scan_output
from dangjian.content.catalogue import Catalogue, OutputRow


class OutputState(Struct):
    """The files in the output folder (by path below it), and what the catalogue knows of them.

    ``links`` are the symbolic links there, which are not followed. A build updates it as it goes
    on, so that what was found intact once stays so.
    """

    files: dict[str, Stat]
    rows: dict[str, OutputRow]
    links: frozenset[str] = frozenset()
    found_intact: bool = False

    def is_current(self, path: str, fingerprint: bytes) -> bool:
        """Whether the file at ``path`` is what an output with this ``fingerprint`` would be."""
        row = self.rows.get(path)
        return (
            row is not None and row.fingerprint == fingerprint and self.files.get(path) == row.stat
        )

    def note(self, path: str, row: OutputRow) -> None:
        """Note an output that was just written."""
        self.files[path], self.rows[path] = row.stat, row

    def drop(self, path: str) -> None:
        """Forget an output that was just removed."""
        self.files.pop(path, None)
        self.rows.pop(path, None)

    @property
    def is_intact(self) -> bool:
        """Whether every output file is unmodified. Files that are not ours are ignored."""
        if not self.found_intact:
            files = self.files
            self.found_intact = all(files.get(p) == row.stat for p, row in self.rows.items())
        return self.found_intact


def pack_output_stats(output: Path) -> bytes:
    """All files below the output folder, and its links, packed to pass quickly between processes.

    Raises PlaceError when a folder can't be listed.
    """
    links: list[str] = []
    files = scan_output(output, links)
    return msgspec.msgpack.encode((files, links))


def read_output_state(catalogue: Catalogue, look: Callable[[], bytes]) -> OutputState:
    """The output folder's state, compared with what the catalogue recorded.

    ``look`` returns what ``pack_output_stats`` does, at once or when another process has done it.
    """
    rows = catalogue.outputs()
    files, links = msgspec.msgpack.decode(look(), type=tuple[dict[str, Stat], frozenset[str]])
    return OutputState(files, rows, links)
