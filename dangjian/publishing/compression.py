"""Compressed copies of text files, made once at publish instead of for every reader.

Next to each text file goes one by gzip and one by Brotli, with the time of the file; web servers
send what the browser takes (``gzip_static``). A page that only leads to another has none: by that
nginx tells it from a page that is there (see ``servers.nginx``).
"""

import gzip
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import brotli

from dangjian.common.files import write_whole
from dangjian.common.mime_types import COMPRESSIBLE
from dangjian.publishing.assembly import ADDED, PACKED_ENDINGS, STATUS, Plan

LEAST = 512
"""Smaller files (bytes) travel in one packet anyway; pages are compressed whatever their size."""

_GZIP_LEVEL = 9
_BROTLI_QUALITY = 7  # from 9 on it takes eighteen times as long, for 0.2 % less
_ALWAYS = (".html", ".htm")


def compress(built: Path, plan: Plan, but: Iterable[str] = ()) -> Plan:
    """The plan with the compressed copies of its text files, ``but`` for some.

    Copies are cached below ``built``, and made again only for files that have changed.
    """
    left_out = set(but)
    texts = [path for path in plan if _is_text(path) and path not in left_out]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        made = list(pool.map(partial(_compress_file, built), texts, chunksize=16))
    copies = {copy: size for found in made for copy, size in found}
    _forget_others(built / ADDED, {*copies, STATUS})
    return {**plan, **copies}


def _is_text(path: str) -> bool:
    return path.rpartition(".")[2].lower() in COMPRESSIBLE


def _compress_file(built: Path, path: str) -> list[tuple[str, int]]:
    """Bring the copies of one file up to date; returns their paths and sizes (bytes)."""
    source = built / path
    found = source.stat()
    if found.st_size < LEAST and not path.endswith(_ALWAYS):
        return []
    copies = [f"{path}{ending}" for ending in PACKED_ENDINGS]
    targets = [built / ADDED / copy for copy in copies]
    if not all(_is_current(target, found.st_mtime_ns) for target in targets):
        data = source.read_bytes()
        packed = (
            gzip.compress(data, _GZIP_LEVEL, mtime=0),
            brotli.compress(data, quality=_BROTLI_QUALITY),
        )
        for target, content in zip(targets, packed, strict=True):
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, content, shared=True, mtime=found.st_mtime_ns)
    return [(copy, target.stat().st_size) for copy, target in zip(copies, targets, strict=True)]


def _is_current(target: Path, mtime: int) -> bool:
    try:
        return target.stat().st_mtime_ns == mtime
    except OSError:
        return False


def _forget_others(folder: Path, copies: Iterable[str]) -> None:
    """Remove the copies of files that are no more."""
    current = set(copies)
    for path in list(_files_below(folder)):
        if path not in current:
            (folder / path).unlink()


def _files_below(folder: Path) -> Iterator[str]:
    for top, _, names in os.walk(folder):
        for name in names:
            yield Path(top, name).relative_to(folder).as_posix()
