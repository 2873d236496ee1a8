"""Where the package's own files lie, in a checkout and in an installed wheel."""

from pathlib import Path

PACKAGE = Path(__file__).parent
"""The folder of the package ``dangjian``."""


def theme_path() -> Path:
    """The theme that comes with the package."""
    packed = PACKAGE / "theme"
    return packed if packed.is_dir() else PACKAGE.parent / "theme"
