"""Files that the system refuses to read, whichever way the program asks for them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dangjian.common.files import Stat, read_with_stat


def refuse_reading(
    patch: pytest.MonkeyPatch, refused: Callable[[Path], bool], error: OSError
) -> None:
    """Have every attempt to read some files raise ``error``."""
    read_bytes = Path.read_bytes

    def whole(path: Path) -> bytes:
        if refused(path):
            raise error
        return read_bytes(path)

    def source(path: str | Path) -> tuple[bytes, Stat]:
        if refused(Path(path)):
            raise error
        return read_with_stat(path)

    patch.setattr(Path, "read_bytes", whole)
    patch.setattr("dangjian.content.reader.read_with_stat", source)
