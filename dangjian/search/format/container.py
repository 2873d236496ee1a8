"""The files of the index: payloads in a script that a page can load from a folder too (1.1)."""

import os
import zlib
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

import numpy as np

HEAD = b"dangjianSearch(function(){/*"
TAIL = b"*/});\n"
BLOCK = 0x10000
_STAR, _SLASH = b"*/"

DIGEST_BYTES = 6
"""Of the digest of its content that a file is named by."""


class DamagedIndexError(Exception):
    """A file of the index is missing, cut, or not of this format; the text is for the reader."""


def wrap(payload: bytes) -> tuple[bytes, bytes]:
    """The bytes of a ``.js`` file, and its keys: one for each ``BLOCK`` bytes of the payload.

    ``*/`` would end the comment that holds the payload, so each block is XORed with the first key
    that avoids it.
    """
    pieces = [HEAD]
    keys = bytearray()
    last = b""
    for start in range(0, max(len(payload), 1), BLOCK):
        block = payload[start : start + BLOCK]
        key = _key_for(block, last)
        masked = _xor(block, key)
        keys.append(key)
        pieces.append(masked)
        last = masked[-1:]
    pieces.append(TAIL)
    return b"".join(pieces), bytes(keys)


def _key_for(block: bytes, last: bytes) -> int:
    """The first key with which a block has no ``*/``, and does not begin with ``/`` behind a ``*``.

    Two neighbours become ``*/`` by one key at most: only if they differ as these do.
    """
    codes = np.frombuffer(block, np.uint8)
    pairs = np.flatnonzero(codes[1:] ^ codes[:-1] == _STAR ^ _SLASH)
    avoided = set((codes[pairs] ^ _STAR).tolist())
    if last == b"*" and block:
        avoided.add(block[0] ^ _SLASH)
    return next(key for key in range(256) if key not in avoided)


def unmask(data: bytes, keys: bytes, start: int = 0) -> bytes:
    """Payload bytes as they were before :func:`wrap`; they begin at ``start`` of the payload."""
    if not any(keys):
        return data
    pieces: list[bytes] = []
    done = 0
    while done < len(data):
        place = start + done
        size = BLOCK - place % BLOCK
        pieces.append(_xor(data[done : done + size], keys[place // BLOCK]))
        done += size
    return b"".join(pieces)


def _xor(data: bytes, key: int) -> bytes:
    return data.translate(_table(key)) if key else data


@lru_cache(maxsize=256)
def _table(key: int) -> bytes:
    """Every byte XORed with a key."""
    return bytes(n ^ key for n in range(256))


def unwrap(data: bytes, keys: bytes) -> bytes:
    """The payload of a whole file."""
    if not (data.startswith(HEAD) and data.endswith(TAIL)):
        raise DamagedIndexError("索引文件不完整")
    payload = data[len(HEAD) : -len(TAIL)]
    if len(keys) != keys_of(len(payload)):
        raise DamagedIndexError("索引文件不完整")
    return unmask(payload, keys)


def keys_of(length: int) -> int:
    """How many keys a payload of this length has."""
    return max(1, -(-length // BLOCK))


def read_payload(path: Path, keys: bytes, start: int = 0, length: int | None = None) -> bytes:
    """A stretch of the payload of a file (all of it without ``length``)."""
    try:
        if length is None:
            return unwrap(path.read_bytes(), keys)[start:]
        with path.open("rb") as file:
            file.seek(len(HEAD) + start)
            data = file.read(length)
    except OSError as error:
        raise DamagedIndexError(f"索引文件 {path.name} 读不出来") from error
    if len(data) != length:
        raise DamagedIndexError(f"索引文件 {path.name} 不完整")
    return unmask(data, keys, start)


def write_whole(path: Path, *data: bytes | memoryview) -> None:
    """Write a file next to its place and move it there, so that it is never seen half written."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.writelines(data)
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def content_digest(data: bytes) -> bytes:
    """The bytes that a file is named by."""
    return blake2b(data, digest_size=DIGEST_BYTES).digest()


def inflate(data: bytes) -> bytes:
    """What was deflated; ``ValueError`` if it is damaged or cut off."""
    reader = zlib.decompressobj(-15)
    try:
        raw = reader.decompress(data) + reader.flush()
    except zlib.error as error:
        raise ValueError("deflated data is damaged") from error
    if not reader.eof:
        raise ValueError("deflated data is cut off")
    return raw
