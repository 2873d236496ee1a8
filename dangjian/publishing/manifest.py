"""What a release consists of: each file's size and digest, and how two releases differ."""

import gzip
import hashlib
import zlib
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from dangjian.common.digests import digest
from dangjian.common.files import write_whole


class FileMark(Struct, frozen=True, array_like=True):
    """A file's size (bytes) and the SHA-256 of its content, in hexadecimal."""

    size: int
    sha256: str

    @staticmethod
    def of(data: bytes) -> "FileMark":
        """The mark of a file with this content."""
        return FileMark(len(data), hashlib.sha256(data).hexdigest())


Manifest = dict[str, FileMark]
"""The files of a release by their paths (with ``/``)."""


class Article(Struct, frozen=True, array_like=True):
    """A public article: its title, its address (empty for a link), a digest of its source."""

    title: str
    address: str
    digest: str = ""


class Record(Struct):
    """What is recorded of a release: its files, and its articles by the paths of their sources.

    ``articles`` is None for a release made by a version that did not keep them.
    """

    files: Manifest
    articles: dict[str, Article] | None = None


_decode = msgspec.json.Decoder(Record).decode


def mark_of(file: Path) -> FileMark:
    """The mark of a file, which is read for it."""
    with file.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
        return FileMark(opened.tell(), found)


def read_record(file: Path) -> Record | None:
    """A release's record; None if there is none, or it is damaged."""
    try:
        return _decode(file.read_bytes())
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def decode_record(data: bytes) -> Record | None:
    """A record that was compressed with gzip for the way; None if it is damaged."""
    try:
        return _decode(gzip.decompress(data))
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError):
        return None


def write_record(file: Path, record: Record) -> None:
    """Keep a release's record."""
    write_whole(file, msgspec.json.encode(record), durable=True)


def content_digest(manifest: Mapping[str, FileMark]) -> bytes:
    """The same for two releases whose files are the same, whenever they were made."""
    return digest("\n".join(f"{path}\0{mark.sha256}" for path, mark in sorted(manifest.items())))
