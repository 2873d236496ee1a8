"""Names of output files that every system and address can carry."""

import re
from pathlib import PurePath

from dangjian.common.patterns import regex

_WINDOWS_DEVICE = regex(r"(con|prn|aux|nul|com\d|lpt\d)")
_ADDRESS_STEM = regex(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?")
_MAX_STEM_LENGTH = 100
_MAX_PART_LENGTH = 200
_LIKE_A_FILE = regex(r"\.[A-Za-z]\w{1,4}$")


def ascii_stem(path: PurePath, fallback: str) -> str:
    """The file's name without ending, reduced to ASCII letters and figures joined by hyphens."""
    stem = "-".join(re.findall(r"[a-z0-9]+", path.stem.lower()))[:40].strip("-")
    return fallback if not stem or _WINDOWS_DEVICE.fullmatch(stem) else stem


def is_address_stem(name: str) -> bool:
    """Whether a name can be the last part of an address as it is, but for its case."""
    if _ADDRESS_STEM.fullmatch(name) is None:
        return False
    return len(name) <= _MAX_STEM_LENGTH and ".." not in name and not _is_device(name)


def can_be_file(path: str) -> bool:
    """Whether every system can hold a file at ``path``, and no folder of it is named like a file.

    Parts that begin with a dot, or end with one, are hidden from some and lost by others.
    """
    *folders, _ = parts = path.split("/")
    return not any(map(_LIKE_A_FILE.search, folders)) and all(map(_is_portable, parts))


def _is_portable(part: str) -> bool:
    return (
        bool(part)
        and len(part.encode()) <= _MAX_PART_LENGTH
        and part[0] != "."
        and part[-1] not in ". "
        and re.search(r'[\x00-\x1f\x7f<>:"|?*\\]', part) is None
        and not _is_device(part)
    )


def _is_device(name: str) -> bool:
    return _WINDOWS_DEVICE.fullmatch(name.partition(".")[0].lower()) is not None
