"""A settings file read without Pelican, which takes a third of a second to load.

Most files set what the portal knows and a few of Pelican's folders, and use no other plugin: that
needs nothing of Pelican. Whatever goes beyond is left to Pelican's own reading.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from dangjian.common.errors import DangjianError
from dangjian.settings.reading import PLAIN

_FOLDERS = ("PATH", "OUTPUT_PATH", "CACHE_PATH", "THEME")
_DEFAULTS = {"PATH": os.curdir, "OUTPUT_PATH": "output", "CACHE_PATH": "cache"}


class NoContentError(DangjianError):
    """There is no folder where articles should be; the argument is its path."""


def is_plain(settings: Mapping[str, Any]) -> bool:
    """Whether settings ask for nothing but the portal."""
    names = {name for name in settings if not name.startswith("_")}
    return names <= PLAIN and settings.get("PLUGINS") == ["dangjian"]


def read_plain(file: Path, override: Mapping[str, Any]) -> dict[str, Any] | None:
    """The settings of a file as Pelican would read them, or None if it takes Pelican to do that.

    Raises NoContentError, and whatever the file, which is a program, raises.
    """
    settings = _assigned(file) | dict(override)
    folders = [name for name in _FOLDERS if name in settings]
    if not is_plain(settings) or not all(isinstance(settings[one], str | Path) for one in folders):
        return None
    for name in folders:
        settings[name] = os.path.abspath(file.parent / settings[name])
    settings = _DEFAULTS | settings
    if not os.path.isdir(settings["PATH"]):
        raise NoContentError(settings["PATH"])
    if isinstance(address := settings.get("SITEURL"), str):
        settings["SITEURL"] = address.removesuffix("/")
    if not os.path.isdir(settings.get("THEME", "")):
        return None
    return settings


@contextmanager
def without_bytecode() -> Iterator[None]:
    """Run settings files without leaving compiled copies of them in the office's folder.

    Python trusts such a copy by size and by second: an edit within the second would not be seen.
    """
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


def _assigned(file: Path) -> dict[str, Any]:
    """What the file assigns to names in capitals, run as Pelican runs it."""
    spec = spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file")
    # publishconf.py imports pelicanconf: drop a cached copy from another site.
    sys.modules.pop("pelicanconf", None)
    module = module_from_spec(spec)
    sys.modules[file.stem] = module
    with without_bytecode():
        spec.loader.exec_module(module)
    return {name: getattr(module, name) for name in dir(module) if name.isupper()}
