"""The cache of made pictures: by digest of source and recipe, checked when it is read.

It outlives builds, and builds for several outputs share it. A record (``.json``) names the files
made from one source and their digests; one that is damaged or lost is made again.
"""

import hashlib
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from PIL import __version__ as pillow_version, features

from dangjian.common.files import write_whole

_CODECS = ("libjpeg_turbo", "webp", "avif", "zlib")
_DAY = 86_400
KEPT_DAYS = 30
"""How long a made picture stays in the cache after the last article that shows it has gone."""


class CachedFile(msgspec.Struct, frozen=True):
    """One made file: its ending, its size in pixels and bytes, and the SHA-256 of its content."""

    suffix: str
    width: int
    height: int
    bytes: int
    digest: str


class CacheRecord(msgspec.Struct, frozen=True):
    """What was made from one source. ``found`` is the source's format as its content says.

    ``notices`` are Chinese sentences for the editor.
    """

    files: tuple[CachedFile, ...]
    found: str
    notices: tuple[str, ...] = ()


def record_path(cache: Path, data: bytes, recipe: msgspec.Struct) -> Path:
    """Where the record of what ``recipe`` makes from ``data`` is cached."""
    codecs = [str(features.version(codec)) for codec in _CODECS]
    about = f"{recipe}|{pillow_version}|{codecs}".encode()
    key = hashlib.sha256(about + b"\0" + data).hexdigest()[:40]
    return cache / key[:2] / f"{key}.json"


def file_path(record: Path, number: int, suffix: str) -> Path:
    """Where the file of a record is, by its place among the record's files."""
    return record.with_name(f"{record.stem}.{number}.{suffix}")


def recall(path: Path) -> CacheRecord | None:
    """The cached record, if all of its files are there whole."""
    try:
        record = msgspec.json.decode(path.read_bytes(), type=CacheRecord)
        for number, file in enumerate(record.files):
            made = file_path(path, number, file.suffix).read_bytes()
            if hashlib.sha256(made).hexdigest() != file.digest:
                return None
    except (OSError, msgspec.DecodeError):
        return None
    return record


def store(
    path: Path,
    made: Sequence[tuple[str, int, int, bytes]],
    found: str,
    notices: tuple[str, ...] = (),
) -> CacheRecord:
    """Cache files, each given as ending, width, height and content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    files = []
    for number, (suffix, width, height, data) in enumerate(made):
        write_whole(file_path(path, number, suffix), data, shared=True)
        digest = hashlib.sha256(data).hexdigest()
        files.append(CachedFile(suffix, width, height, len(data), digest))
    record = CacheRecord(tuple(files), found, notices)
    write_whole(path, msgspec.json.encode(record), shared=True)
    return record


def prune(cache: Path, used: Iterable[str], days: int = KEPT_DAYS) -> int:
    """Once a day, remove what belongs to no ``used`` file and was made over ``days`` ago.

    ``used`` are paths relative to the cache. What is young stays: the picture may be back tomorrow,
    or be used by another output of the site. Returns how many files were removed.
    """
    mark, now = cache / "pruned", time.time()
    if not cache.is_dir() or (mark.exists() and now - mark.stat().st_mtime < _DAY):
        return 0
    mark.touch()
    keys = {_key(Path(name)) for name in used}
    removed = 0
    for file in cache.glob("??/*"):
        if _key(file) not in keys and now - file.stat().st_mtime > days * _DAY:
            file.unlink(missing_ok=True)
            removed += 1
    return removed


def _key(file: Path) -> str:
    return file.name.partition(".")[0]
