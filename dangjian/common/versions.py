"""Which code made something: what is kept between builds is trusted only by the same code."""

from functools import cache
from importlib.metadata import version

from dangjian.common.digests import digest
from dangjian.paths import PACKAGE

_SHAPING = ("Markdown", "nh3", "Jinja2", "pillow", "msgspec", "feedgen")


@cache
def code_version() -> bytes:
    """A digest of this package's own code and of the libraries that shape what it makes."""
    parts = [f"{name}={version(name)}" for name in _SHAPING]
    for file in sorted(PACKAGE.rglob("*.py")):
        parts.append(file.relative_to(PACKAGE).as_posix())
        parts.append(file.read_text(encoding="utf-8"))
    return digest(*parts)
