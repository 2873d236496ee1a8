"""The manifest: the one file of the index whose name never changes (1.2)."""

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct, field

from dangjian.search.format.container import (
    HEAD,
    TAIL,
    DamagedIndexError,
    content_digest,
    keys_of,
    unwrap,
    write_whole,
)

FORMAT = 6

MANIFEST = "manifest.js"
MAX_DOCS = 1 << 26

_Byte = Annotated[int, Meta(ge=0, le=255)]
_Step = Annotated[int, Meta(ge=1)]
_T = TypeVar("_T")


class Info(Struct, frozen=True):
    """What the documents of a segment share: ``sets`` are sets of columns, by their numbers.

    Columns are addresses.
    """

    columns: list[str]
    sets: list[list[int]]
    types: list[str]
    sources: list[str]


class SharedNames(Struct, frozen=True):
    """The same in the manifest, as :func:`steps_to` writes names that all segments share."""

    columns: list[_Step]
    sets: list[list[int]]
    types: list[_Step]
    sources: list[_Step]


class SegmentEntry(Struct, frozen=True, kw_only=True):
    """A segment in the manifest; ``chunks`` are the numbers of documents of its chunks."""

    id: Annotated[str, Meta(pattern="^[0-9a-f]{12}$")]
    docs: Annotated[int, Meta(ge=0, le=MAX_DOCS)]
    chunks: list[Annotated[int, Meta(ge=1, le=MAX_DOCS)]]
    shards: Annotated[int, Meta(ge=1, le=65_536)]
    per_file: Annotated[int, Meta(ge=1)]
    texts: Annotated[int, Meta(ge=0, le=MAX_DOCS)]
    keys: list[_Byte]
    length: Annotated[int, Meta(ge=0)]
    titles: list[Annotated[int, Meta(ge=0)]]
    sections: dict[str, tuple[int, int]]
    names: SharedNames = field(default_factory=lambda: SharedNames([], [], [], []))

    def section(self, name: str) -> tuple[int, int]:
        """Offset and length of a section of the head."""
        try:
            return self.sections[name]
        except KeyError:
            raise DamagedIndexError("索引的目录不完整") from None


class FoldEntry(Struct, frozen=True):
    """The fold file in the manifest; ``exceptions`` as in section 2.2."""

    file: Annotated[str, Meta(pattern="^fold-[0-9a-f]+[.]js$")]
    length: Annotated[int, Meta(ge=0)]
    keys: list[_Byte]
    exceptions: str


class TokensEntry(Struct, frozen=True):
    """The file of tokens in the manifest."""

    file: Annotated[str, Meta(pattern="^tokens-[0-9a-f]+[.]js$")]
    length: Annotated[int, Meta(ge=0)]
    keys: list[_Byte]


class Manifest(Struct, frozen=True, kw_only=True):
    """What the index consists of; segments with older documents come first.

    ``columns`` are address and name of each; these, types and sources are what segments name.
    """

    format: int
    fold: FoldEntry
    tokens: TokensEntry
    columns: list[tuple[str, str]]
    types: list[str]
    sources: list[str]
    docs: int
    units: int
    segments: list[SegmentEntry]

    def info(self, entry: SegmentEntry) -> Info:
        """What the documents of a segment share."""
        try:
            return Info(
                [address for address, _ in _stepped(self.columns, entry.names.columns)],
                entry.names.sets,
                _stepped(self.types, entry.names.types),
                _stepped(self.sources, entry.names.sources),
            )
        except IndexError:
            raise DamagedIndexError("索引的目录不完整") from None


def steps_to(names: Iterable[str], shared: Sequence[str]) -> list[int]:
    """Where ``names`` are in ``shared``, both in the same order: steps, the first from -1."""
    places = {name: place for place, name in enumerate(shared)}
    return [place - before for before, place in pairwise([-1, *(places[name] for name in names)])]


def _stepped(shared: Sequence[_T], steps: Iterable[int]) -> list[_T]:
    return [shared[place - 1] for place in accumulate(steps)]


def head_name(segment: str) -> str:
    """File name of a segment's head."""
    return f"head-{segment}.js"


def shards_name(digest: bytes) -> str:
    """Name of a file of posting shards."""
    return f"shards-{digest.hex()}.js"


def text_name(digest: bytes) -> str:
    """Name of a text file."""
    return f"text-{digest.hex()}.js"


class _AnyFormat(Struct, frozen=True):
    format: int


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
        manifest = msgspec.json.decode(payload, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DamagedIndexError("检索索引的目录不完整") from error
    if any(sum(entry.chunks) != entry.docs for entry in manifest.segments):
        raise DamagedIndexError("检索索引的目录不完整")
    return manifest


def manifest_bytes(manifest: Manifest) -> bytes:
    """The file of a manifest."""
    text = msgspec.json.encode(manifest, order="deterministic").decode()
    ascii_text = "".join(c if c < "\x7f" else _escape(c) for c in text).replace("*/", "*\\/")
    return HEAD + ascii_text.encode("ascii") + TAIL


def _escape(char: str) -> str:
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[n]:02x}{units[n + 1]:02x}" for n in range(0, len(units), 2))


def write_manifest(folder: Path, manifest: Manifest) -> bool:
    """Write a manifest unless the file has its very bytes already; whether it was written."""
    data = manifest_bytes(manifest)
    path = folder / MANIFEST
    if path.is_file() and path.read_bytes() == data:
        return False
    write_whole(path, data)
    return True


def named_by_content(kind: str, data: bytes) -> str:
    """The name of a file such as that of tokens: its kind, and the digest of its bytes."""
    return f"{kind}-{content_digest(data).hex()}.js"
