"""The package's version, and where its own files lie, in a checkout and in an installed wheel."""

from pathlib import Path

VERSION = "1.0.0"

PACKAGE = Path(__file__).parent
"""The folder of the package ``dangjian``."""


def theme_path() -> Path:
    """The theme that comes with the package."""
    packed = PACKAGE / "theme"
    return packed if packed.is_dir() else PACKAGE.parent / "theme"
