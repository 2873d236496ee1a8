"""Where the package's own files lie, in a checkout and in an installed wheel."""

from pathlib import Path


def theme_path() -> Path:
    """The theme that comes with the package."""
    package = Path(__file__).parent
    packed = package / "theme"
    return packed if packed.is_dir() else package.parent / "theme"
