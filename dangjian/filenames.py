"""Names of output files that every system and address can carry."""

import re
from pathlib import PurePath

_WINDOWS_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)")


def ascii_stem(path: PurePath, fallback: str) -> str:
    """The file's name without ending, reduced to ASCII letters and figures joined by hyphens."""
    stem = "-".join(re.findall(r"[a-z0-9]+", path.stem.lower()))[:40].strip("-")
    return fallback if not stem or _WINDOWS_DEVICE.fullmatch(stem) else stem
