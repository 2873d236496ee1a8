"""What the builder caches between two updates: which files the index has, and what its chunks hold.

It lies in a folder of its own, never in the index. Losing any of it costs time only.
"""

import os
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from dangjian.search.format.container import write_whole
from dangjian.search.format.documents import SearchDoc
from dangjian.search.format.manifest import FORMAT, FoldEntry, Info, SegmentEntry, TokensEntry

LAYOUT = 9
"""Another layout of what is cached, or another way to cut an archive, takes nothing over."""

PHRASES = Path(__file__).with_name("phrases.msgpack")
"""The table of :mod:`~dangjian.search.builder.phrases`."""

Load = Callable[[list[str]], Iterable[SearchDoc]]
"""Gives documents by their keys, in the order asked for."""

_STATE = "state"
_SEAL = 4


class Edition(NamedTuple):
    """What tells whether a document is as it was: its minute (of +08:00, from the year 1 on, see
    :func:`~dangjian.search.format.documents.minute_of`), and a digest of all that is indexed.
    """

    minute: int
    digest: bytes


class IndexReport(Struct, frozen=True):
    """What an update did: names of files in the index folder, and counts of documents.

    ``loaded`` is how many documents were asked for.
    """

    files: tuple[str, ...]
    written: tuple[str, ...]
    removed: tuple[str, ...]
    docs: int
    loaded: int


class FileNote(NamedTuple):
    """A file as it was left: bytes, CRC 32 of its content, and its time in nanoseconds."""

    size: int
    crc: int
    mtime: int


class ShardsNote(Struct, frozen=True):
    """The posting shards of a segment: the bytes of each.

    ``files`` are their files, ``per_file`` shards in each but the last: digest and keys of each.
    """

    per_file: int
    sizes: list[int]
    files: list[tuple[bytes, bytes]]


class SegmentNote(Struct, frozen=True):
    """A segment, and the ids of the chunks it was made of.

    ``entry`` is without the names of the archive, which are no segment's alone.
    """

    chunks: list[str]
    entry: SegmentEntry
    info: Info
    shards: ShardsNote
    files: list[str]
    units: int


class State(Struct, frozen=True):
    """The index as the last update left it; ``made`` is what :func:`made_with` said then.

    ``minutes`` (8 bytes each), ``keys`` and ``digests`` (8 bytes each) are those of all documents,
    in order; ``chunks`` are the ids of their chunks and how many documents each has.
    """

    made: str
    covered: str
    minutes: bytes
    keys: bytes
    digests: bytes
    chunks: list[tuple[str, int]]
    segments: list[SegmentNote]
    fold: FoldEntry
    tokens: TokensEntry
    files: dict[str, FileNote]


@lru_cache(maxsize=1)
def made_with() -> str:
    """The versions that an index depends on: with others it has other bytes."""
    phrases = blake2b(PHRASES.read_bytes(), digest_size=8).hexdigest()
    return (
        f"format {FORMAT}, layout {LAYOUT}, phrases {phrases}, "
        f"opencc {_version('opencc')}, pypinyin {_version('pypinyin')}, "
        f"unicode {unicodedata.unidata_version}, zlib {zlib.ZLIB_RUNTIME_VERSION}"
    )


def _version(package: str) -> str:
    """The version of an installed package, which the folder of its metadata is called by.

    To load ``importlib.metadata`` takes longer than to index a short article.
    """
    spec = find_spec(package)
    if spec is not None and spec.origin is not None:
        for folder in Path(spec.origin).parents[1].glob("*.dist-info"):
            name, _, found = folder.stem.partition("-")
            if name.lower() == package:
                return found
    from importlib.metadata import version  # noqa: PLC0415 - see above

    return version(package)


def covered(documents: Iterable[bytes], columns: Mapping[str, str]) -> str:
    """Identifies documents (24 bytes each: key, digest, minute), names of columns, and versions."""
    hasher = blake2b(b"".join(sorted(documents)), digest_size=16)
    hasher.update(msgspec.msgpack.encode([sorted(columns.items()), made_with()]))
    return hasher.hexdigest()


def read_state(cache: Path) -> State | None:
    """The state in ``cache``; None if there is none, it is damaged, or made with other versions."""
    data = read_sealed(cache / _STATE)
    try:
        state = None if data is None else msgspec.msgpack.decode(data, type=State)
    except msgspec.MsgspecError:
        return None
    return state if state and state.made == made_with() else None


def write_state(cache: Path, state: State) -> None:
    """Replace the state in ``cache``."""
    write_sealed(cache / _STATE, msgspec.msgpack.encode(state))


def read_sealed(path: Path) -> memoryview | None:
    """What :func:`write_sealed` wrote; None if it is not there, or damaged."""
    try:
        data = memoryview(path.read_bytes())
    except OSError:
        return None
    body = data[_SEAL:]
    return body if _seal(body) == data[:_SEAL] else None


def write_sealed(path: Path, *data: bytes | memoryview) -> None:
    """Write data, one piece behind the other, and what tells whether it is damaged."""
    write_whole(path, _seal(*data), *data)


def _seal(*data: bytes | memoryview) -> bytes:
    crc = 0
    for piece in data:
        crc = zlib.crc32(piece, crc)
    return crc.to_bytes(_SEAL, "little")


def note_of(path: Path, data: bytes) -> FileNote:
    """A file with just this content, as it is now."""
    return FileNote(len(data), zlib.crc32(data), path.stat().st_mtime_ns)


def checked(folder: Path, notes: Mapping[str, FileNote]) -> dict[str, FileNote]:
    """Those of some files that are whole, with their times as they are now.

    A file of the noted size and time is taken to be whole; one of another time is read.
    """
    try:
        with os.scandir(folder) as entries:
            stats = {entry.name: entry.stat() for entry in entries if entry.is_file()}
    except OSError:
        return {}
    found: dict[str, FileNote] = {}
    for name, note in notes.items():
        there = stats.get(name)
        if there is None or there.st_size != note.size:
            continue
        if there.st_mtime_ns == note.mtime or _crc(folder / name) == note.crc:
            found[name] = note._replace(mtime=there.st_mtime_ns)
    return found


def _crc(path: Path) -> int | None:
    try:
        return zlib.crc32(path.read_bytes())
    except OSError:
        return None
