"""A settings file read without Pelican, which takes a third of a second to load.

Most files set what the portal knows and a few of Pelican's folders, and use no other plugin: that
needs nothing of Pelican. Whatever goes beyond is left to Pelican's own reading.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from dangjian.common.errors import DangjianError
from dangjian.settings.path_text import path_mistake
from dangjian.settings.reading import PLAIN

_FOLDERS = ("PATH", "OUTPUT_PATH", "CACHE_PATH", "THEME")
DEFAULTS = {"PATH": os.curdir, "OUTPUT_PATH": "output", "CACHE_PATH": "cache"}
"""Pelican's own; it takes them from where a command runs, we from where the settings file is."""


class NoContentError(DangjianError):
    """There is no folder where articles should be; the argument is its path."""


class WrongSettingError(DangjianError):
    """A setting of Pelican's own can't be used: its name, and what to write instead."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


_TEXT = ("PATH", "OUTPUT_PATH", "CACHE_PATH", "THEME")
_PELICANS_THEMES = ("notmyidea", "simple")
_LISTS = ("OUTPUT_RETENTION", "THEME_TEMPLATES_OVERRIDES")
_TABLES = ("MARKDOWN", "READERS")


def _is_path(value: object) -> bool:
    return isinstance(value, str | Path) and str(value).isprintable()


def check_pelicans(settings: Mapping[str, Any]) -> None:
    """Raise WrongSettingError for what neither Pelican nor the engine can take."""
    for name in _TEXT:
        if name in settings and not _is_path(settings[name]):
            raise WrongSettingError(
                name, f'{name} 要写文件夹的路径，用英文引号括起来，例如 "content"'
            )
        if wrong := path_mistake(str(settings.get(name, ""))):
            raise WrongSettingError(name, f"{name} 写的路径{wrong}")
    for name in _LISTS:
        value = settings.get(name, ())
        if not isinstance(value, list | tuple) or not all(map(_is_path, value)):
            raise WrongSettingError(name, f'{name} 要写列表，例如 ["MP_verify.txt"]；没有就写 []')
    for name in _TABLES:
        if name in settings and not isinstance(settings[name], Mapping):
            raise WrongSettingError(name, f"{name} 要写字典，例如 {{}}；不需要就删去这一行")
    plugins = settings.get("PLUGINS")
    names = plugins if isinstance(plugins, list | tuple) else ()
    if "dangjian" not in [getattr(one, "__name__", one) for one in names]:
        raise WrongSettingError("PLUGINS", '要有这一行：PLUGINS = ["dangjian"]')


def is_plain(settings: Mapping[str, Any]) -> bool:
    """Whether settings ask for nothing but the portal."""
    names = {name for name in settings if not name.startswith("_")}
    return names <= PLAIN and settings.get("PLUGINS") == ["dangjian"]


def read_plain(file: Path, override: Mapping[str, Any]) -> dict[str, Any] | None:
    """The settings of a file as Pelican would read them, or None if it takes Pelican to do that.

    Raises NoContentError, WrongSettingError, and whatever the file, which is a program, raises.
    """
    settings = _assigned(file) | dict(override)
    check_pelicans(settings)
    folders = [name for name in _FOLDERS if name in settings]
    if not is_plain(settings) or not all(isinstance(settings[one], str | Path) for one in folders):
        return None
    settings = with_folders(file, {**DEFAULTS, **settings}, _FOLDERS)
    if not os.path.isdir(settings["PATH"]):
        raise NoContentError(settings["PATH"])
    if isinstance(address := settings.get("SITEURL"), str):
        settings["SITEURL"] = address.removesuffix("/")
    theme = settings.get("THEME", "")
    if theme and not os.path.isdir(theme) and os.path.basename(theme) not in _PELICANS_THEMES:
        raise WrongSettingError(
            "THEME", f"没有 {theme} 这个主题文件夹，请写 THEME = dangjian.theme_path()"
        )
    if not os.path.isdir(theme):
        return None
    return settings


def with_folders(file: Path, settings: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Settings of which these folders, where they are given, are seen from where the file is."""
    given = {name: settings[name] for name in names if name in settings}
    return {**settings, **{n: os.path.abspath(file.parent / one) for n, one in given.items()}}


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
