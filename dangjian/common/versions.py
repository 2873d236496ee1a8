"""Which code made something: what is stored between builds is trusted only by the same code."""

import platform
from functools import cache
from importlib.metadata import version

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
    """A digest of this package's own code, of Python, and of the libraries in ``SHAPING``."""
    parts = [platform.python_version(), *(f"{name}={version(name)}" for name in SHAPING)]
    for file in sorted(PACKAGE.rglob("*.py")):
        parts.append(file.relative_to(PACKAGE).as_posix())
        parts.append(file.read_text(encoding="utf-8"))
    return digest(*parts)
