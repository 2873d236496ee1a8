"""The manifest: the one file of the index whose name never changes (1.2)."""

import os
import unicodedata
import zlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from dangjian.search.format.container import (
    HEAD,
    TAIL,
    DamagedIndexError,
    keys_of,
    unwrap,
    write_whole,
)

FORMAT = 1
LAYOUT = 2
"""Of an index of another layout a build makes nothing: it writes all of it anew."""

MANIFEST = "manifest.js"
MOST_DOCS = 1 << 26

_Byte = Annotated[int, Meta(ge=0, le=255)]


class SegmentEntry(Struct, frozen=True, kw_only=True):
    """A segment in the manifest."""

    id: Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
    docs: Annotated[int, Meta(ge=0, le=MOST_DOCS)]
    shards: Annotated[int, Meta(ge=1, le=65_536)]
    per_file: Annotated[int, Meta(ge=1)]
    texts: Annotated[int, Meta(ge=0, le=65_536)]
    per_text: Annotated[int, Meta(ge=1)]
    keys: list[_Byte]
    length: Annotated[int, Meta(ge=0)]
    sections: dict[str, tuple[int, int]]
    state: tuple[int, int]
    deleted: list[Annotated[int, Meta(ge=0, le=MOST_DOCS)]] = []

    def deleted_docs(self) -> list[int]:
        """Numbers of the deleted documents (the manifest lists differences)."""
        return list(accumulate(self.deleted))

    def section(self, name: str) -> tuple[int, int]:
        """Offset and length of a section of the head."""
        try:
            return self.sections[name]
        except KeyError:
            raise DamagedIndexError("索引的目录不完整") from None


class State(Struct, frozen=True):
    """What the builder keeps of a segment: its documents, and size and CRC of its files."""

    keys: bytes
    digests: bytes
    files: dict[str, tuple[int, int]]

    def key(self, doc: int) -> bytes:
        """The hash of a document's key."""
        return self.keys[doc * 8 : doc * 8 + 8]

    def digest(self, doc: int) -> bytes:
        """The hash of a document's digest."""
        return self.digests[doc * 8 : doc * 8 + 8]


class FoldEntry(Struct, frozen=True):
    """The fold file in the manifest."""

    file: Annotated[str, Meta(pattern="^fold-[0-9a-f]+[.]js$")]
    length: Annotated[int, Meta(ge=0)]
    keys: list[_Byte]
    exceptions: str


class Manifest(Struct, frozen=True, kw_only=True):
    """What the index consists of."""

    format: int
    made: str
    current: str
    fold: FoldEntry
    columns: dict[str, str]
    docs: int
    units: int
    segments: list[SegmentEntry]


def state_name(segment: str) -> str:
    """File name of a segment's state."""
    return f"{segment}-state.bin"


def head_name(segment: str) -> str:
    """File name of a segment's head."""
    return f"{segment}-head.js"


def shard_name(segment: str, number: int) -> str:
    """Name of a file of posting shards."""
    return f"{segment}-p{number}.js"


def text_name(segment: str, number: int) -> str:
    """File name of a text file."""
    return f"{segment}-t{number}.js"


class IndexReport(Struct, frozen=True):
    """What an update did: names of files in the index folder, and counts of documents."""

    files: tuple[str, ...]
    written: tuple[str, ...]
    removed: tuple[str, ...]
    docs: int
    added: int
    deleted: int
    merged: int

    @property
    def kept(self) -> int:
        """How many files stand as they were."""
        return len(self.files) - len(self.written)


class _AnyFormat(Struct, frozen=True):
    format: int


@lru_cache(maxsize=1)
def made_with() -> str:
    """The versions that an index depends on: another makes another index."""
    return (
        f"layout {LAYOUT}, opencc {version('OpenCC')}, pypinyin {version('pypinyin')}, "
        f"unicode {unicodedata.unidata_version}, zlib {zlib.ZLIB_RUNTIME_VERSION}"
    )


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the index in ``folder``; :class:`DamagedIndexError` says why not."""
    path = folder / MANIFEST
    try:
        data = path.read_bytes()
        payload = unwrap(data, bytes(keys_of(len(data) - len(HEAD) - len(TAIL))))
    except FileNotFoundError:
        raise DamagedIndexError("这里没有检索索引") from None
    except OSError as error:
        raise DamagedIndexError("检索索引读不出来") from error
    try:
        if msgspec.json.decode(payload, type=_AnyFormat).format != FORMAT:
            raise DamagedIndexError("检索索引是另一版本的程序生成的")
        return msgspec.json.decode(payload, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DamagedIndexError("检索索引的目录不完整") from error


def manifest_bytes(manifest: Manifest) -> bytes:
    """The file of a manifest."""
    text = msgspec.json.encode(manifest, order="deterministic").decode()
    ascii_text = "".join(c if c < "\x7f" else _escape(c) for c in text).replace("*/", "*\\/")
    return HEAD + ascii_text.encode("ascii") + TAIL


def _escape(char: str) -> str:
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[n]:02x}{units[n + 1]:02x}" for n in range(0, len(units), 2))


def write_manifest(folder: Path, manifest: Manifest) -> bool:
    """Put a manifest in place, unless its very bytes stand there; whether it was written."""
    data = manifest_bytes(manifest)
    path = folder / MANIFEST
    if path.is_file() and path.read_bytes() == data:
        return False
    write_whole(path, data)
    return True


def read_state(folder: Path, entry: SegmentEntry) -> State:
    """A segment's state, checked against the manifest."""
    path = folder / state_name(entry.id)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DamagedIndexError(f"索引文件 {path.name} 读不出来") from error
    if (len(data), zlib.crc32(data)) != tuple(entry.state):
        raise DamagedIndexError(f"索引文件 {path.name} 不完整")
    try:
        return msgspec.msgpack.decode(data, type=State)
    except msgspec.MsgspecError as error:
        raise DamagedIndexError(f"索引文件 {path.name} 不完整") from error


def covered(documents: Iterable[bytes], columns: Mapping[str, str]) -> str:
    """What ``current`` is in a manifest: it covers the documents and the columns' names.

    Of each document come the eight bytes of its key, then those of its digest.
    """
    hasher = blake2b(b"".join(sorted(documents)), digest_size=16)
    hasher.update(msgspec.msgpack.encode(sorted(columns.items())))
    return hasher.hexdigest()


def file_sizes(folder: Path) -> dict[str, int]:
    """Names and sizes of the files in a folder."""
    with os.scandir(folder) as entries:
        return {entry.name: entry.stat().st_size for entry in entries if entry.is_file()}


def segment_files(entry: SegmentEntry, state: State) -> dict[str, int]:
    """Names and sizes of a segment's files."""
    sizes = {f"{entry.id}-{name}": size for name, (size, _) in state.files.items()}
    return sizes | {state_name(entry.id): entry.state[0]}


def damaged_files(folder: Path, entry: SegmentEntry, state: State) -> list[str]:
    """Names of a segment's files that are not as they were written."""
    return [
        f"{entry.id}-{name}"
        for name, expected in state.files.items()
        if _size_and_crc(folder / f"{entry.id}-{name}") != tuple(expected)
    ]


def _size_and_crc(path: Path) -> tuple[int, int]:
    try:
        data = path.read_bytes()
    except OSError:
        return (-1, 0)
    return len(data), zlib.crc32(data)


def fold_name(data: bytes) -> str:
    """The name of a fold file."""
    return f"fold-{blake2b(data, digest_size=8).hexdigest()}.js"


def fold_stands(folder: Path, fold: FoldEntry, verify: bool) -> bool:
    """Whether the fold file is there and whole (by its size, or by its content)."""
    path = folder / fold.file
    if not path.is_file():
        return False
    if verify:
        return fold_name(path.read_bytes()) == fold.file
    return path.stat().st_size == len(HEAD) + fold.length + len(TAIL)
