"""The cache folder: who may work in it, and removing what was made there and nothing else.

Whoever builds holds the lock of its catalogue, taken while it holds ``cache.lock`` for a moment.
Whoever cleans holds ``cache.lock`` all the while: it waits for those at work, and new ones for it.
"""

import fnmatch
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from dangjian.building.output_list import OutputList, foreign_files, list_file, read_list
from dangjian.common.errors import LockedError, PlaceError
from dangjian.common.files import remove_tree
from dangjian.common.locks import acquire
from dangjian.common.output_folder import remove_outputs, scan_output
from dangjian.content.catalogue import Catalogue
from dangjian.settings.places import check_cache, check_output
from dangjian.settings.workspace import Workplace

PATIENCE = 60.0
"""How long (seconds) to wait for another build of the same site to end."""

_GATE = "cache.lock"
_TAG = "CACHEDIR.TAG"
_TAG_TEXT = b"""Signature: 8a477f597d28d172789f06886806bc55
# This folder was made by Dangjian and can be made again; see https://bford.info/cachedir/
"""
_OURS = (
    "catalogue-????????????.*",
    "assets-*.msgpack", "pictures", "templates", "preview", "preview.lock", "publish", "publish-*",
    _GATE, _TAG,
)  # fmt: skip
"""All that is ever made at the top of a cache folder."""


class Cleaned(Struct):
    """The folders that were cleaned, and what is left in each because it was not made by us."""

    folders: list[Path]
    left: list[Path]


@contextmanager
def at_work(catalogue: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock of a catalogue. Raises LockedError if another holds it for too long."""
    _begin(catalogue.parent)
    end = time.monotonic() + patience
    gate, lock = catalogue.with_name(_GATE), catalogue.with_suffix(".lock")
    note = str(os.getpid())
    with ExitStack() as held:
        while True:
            with acquire(gate, note, max(end - time.monotonic(), 0)):
                try:
                    held.enter_context(acquire(lock, note))
                    break
                except LockedError:
                    if time.monotonic() >= end:
                        raise
            time.sleep(0.1)
        yield


def _begin(cache: Path) -> None:
    """Mark a cache folder that is new as one that is ours."""
    if not (cache / _TAG).exists():
        cache.mkdir(parents=True, exist_ok=True)
        if not any(cache.iterdir()):
            (cache / _TAG).write_bytes(_TAG_TEXT)


def clean(place: Workplace, *, output: bool, patience: float = PATIENCE) -> Cleaned:
    """Remove what was made in the cache, and with ``output`` what was generated there.

    Raises PlaceError when a folder is not one to clean, LockedError when somebody is still at work
    after ``patience`` seconds.
    """
    check_cache(place)
    if output:
        check_output(place)
    cleaned = Cleaned([], [])
    if not place.cache.is_dir():
        if output:
            _clean_output(place, cleaned)
        return cleaned
    with acquire(place.cache / _GATE, str(os.getpid()), patience), ExitStack() as held:
        for lock in sorted(place.cache.glob("*.lock")):
            if lock.name != _GATE:
                held.enter_context(acquire(lock, str(os.getpid()), patience))
        if output:
            _clean_output(place, cleaned)
        _clean_cache(place.cache, cleaned)
    with suppress(OSError):
        place.cache.rmdir()
    return cleaned


def _clean_cache(cache: Path, cleaned: Cleaned) -> None:
    strange = [entry for entry in cache.iterdir() if not _is_ours(entry.name)]
    if strange and not (cache / _TAG).is_file():
        names = "、".join(sorted(entry.name for entry in strange)[:5])
        raise PlaceError(
            f"没有清理：{cache} 里还有别的东西（{names}），分不清哪些是缓存。什么也没有删除。"
            '请自己删去其中的缓存，再把 CACHE_PATH 改成单独的文件夹，例如 "cache"'
        )
    # The locks last: on Windows an open file can't go, and stays.
    for entry in sorted(cache.iterdir(), key=lambda one: one.name.endswith(".lock")):
        if not _is_ours(entry.name):
            cleaned.left.append(entry)
        elif entry.is_dir() and not entry.is_symlink():
            remove_tree(entry)
        elif entry.suffix == ".lock":
            with suppress(PermissionError):
                entry.unlink(missing_ok=True)
        else:
            entry.unlink(missing_ok=True)
    cleaned.folders.append(cache)


def _is_ours(name: str) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in _OURS)


def _clean_output(place: Workplace, cleaned: Cleaned) -> None:
    output, file = place.output, list_file(place)
    if not output.is_dir():
        file.unlink(missing_ok=True)
        return
    known = read_list(file)
    if known is None:
        known = _recorded(place.catalogue)
    found = scan_output(output)
    listed = OutputList(file, output, known)
    if not known and foreign_files(found, listed, place.retain):
        raise PlaceError(
            f"没有清理：没有 {output} 里哪些文件是本程序生成的记录。什么也没有删除。"
            "如果确实都是生成的，请自己删去这个文件夹"
        )
    remove_outputs(output, [path for path in found if listed.owns(path)])
    cleaned.left += [output / path for path in foreign_files(found, listed)]
    with suppress(OSError):
        output.rmdir()
    file.unlink(missing_ok=True)
    cleaned.folders.append(output)


def _recorded(catalogue: Path) -> set[str]:
    """What a catalogue of an older version knows of the output."""
    if not catalogue.is_file():
        return set()
    with Catalogue(catalogue, read_only=True) as opened:
        return set(opened.outputs())
