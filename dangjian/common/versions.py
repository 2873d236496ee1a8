"""Which code made something: what is stored between builds is trusted only by the same code."""

import os
import platform
import sys
from collections.abc import Iterable
from functools import cache

from dangjian.common.digests import digest
from dangjian.paths import PACKAGE

SHAPING = (
    "feedgen",
    "Jinja2",
    "lxml",
    "Markdown",
    "MarkupSafe",
    "msgspec",
    "nh3",
    "OpenCC",
    "Pelican",
    "pillow",
    "pypinyin",
    "PyYAML",
    "zxing-cpp",
)
"""Distributions whose version shapes the bytes of the output. A test holds the list complete."""


@cache
def code_version() -> bytes:
    """A digest of this package's own code, of Python, and of the libraries in ``SHAPING``.

    Each build begins with it, so that it has to be quick.
    """
    parts: list[str | bytes] = [platform.python_version()]
    versions = installed(sys.path)
    parts += [f"{name}={versions.get(canonical(name)) or _version(name)}" for name in SHAPING]
    package = os.fspath(PACKAGE)
    files = [
        os.path.join(folder, name)
        for folder, _, names in os.walk(package)
        for name in names
        if name.endswith(".py")
    ]
    for path in sorted(files):
        parts.append(path[len(package) :].replace(os.sep, "/"))
        with open(path, "rb", buffering=0) as file:
            parts.append(file.read())
    return digest(*parts)


def installed(folders: Iterable[str]) -> dict[str, str]:
    """The versions of the distributions in these folders, by canonical name; the first one counts.

    As their folders are called, which pip names so. To load ``importlib.metadata`` and have it read
    what each says of itself would take longer than all else that telling "nothing changed" takes.
    """
    found: dict[str, str] = {}
    for folder in folders:
        try:
            names = sorted(os.listdir(folder or os.curdir))
        except OSError:  # an archive, or nothing
            continue
        for name in names:
            if name.endswith(".dist-info"):
                distribution, _, version = name.removesuffix(".dist-info").rpartition("-")
                found.setdefault(canonical(distribution), version)
    return found


def canonical(name: str) -> str:
    """The name of a distribution as all its spellings have it in common."""
    return name.lower().replace("_", "-").replace(".", "-")


def _version(name: str) -> str:
    from importlib.metadata import version  # noqa: PLC0415 - see above

    return version(name)
