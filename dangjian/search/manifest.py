"""The manifest: the one file of the index whose name never changes (1.2)."""

import unicodedata
import zlib
from functools import lru_cache
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from dangjian.search.container import HEAD, TAIL, DamagedIndexError, keys_of, unwrap, write_whole

FORMAT = 1
MANIFEST = "manifest.js"
MOST_DOCS = 1 << 26

_Byte = Annotated[int, Meta(ge=0, le=255)]


class SegmentEntry(Struct, frozen=True, kw_only=True):
    """A segment in the manifest."""

    id: Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
    docs: Annotated[int, Meta(ge=0, le=MOST_DOCS)]
    shards: Annotated[int, Meta(ge=1, le=65_536)]
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
    fold: FoldEntry
    columns: dict[str, str]
    docs: int
    units: int
    segments: list[SegmentEntry]


class _AnyFormat(Struct, frozen=True):
    format: int


@lru_cache(maxsize=1)
def made_with() -> str:
    """The versions that an index depends on: another makes another index."""
    return (
        f"opencc {version('OpenCC')}, pypinyin {version('pypinyin')}, "
        f"unicode {unicodedata.unidata_version}, zlib {zlib.ZLIB_RUNTIME_VERSION}"
    )


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the index in ``folder``, or a :class:`DamagedIndexError` that says why not."""
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
    except msgspec.MsgspecError as error:
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
