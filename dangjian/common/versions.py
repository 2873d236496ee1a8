"""Which code made something: what is stored between builds is trusted only by the same code."""

import os
import platform
from functools import cache
from importlib.metadata import distribution

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
    parts += [f"{name}={_version(name)}" for name in SHAPING]
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


def _version(name: str) -> str:
    """As ``importlib.metadata.version``, which parses all that a distribution says of itself."""
    found = distribution(name)
    head, _, rest = (found.read_text("METADATA") or "").partition("\nVersion: ")
    # An empty line ends the head; what follows is a description.
    return rest.partition("\n")[0] if rest and "\n\n" not in head else found.version
