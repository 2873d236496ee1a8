"""Taking metadata out of picture files without touching their pixels.

Works on the containers: JPEG segments (ITU T.81 annex B), PNG chunks, GIF89a blocks, RIFF chunks of
WebP. Only what is needed to draw the picture stays, at the length that its format gives it:
whatever else a program or a camera can hide in a file goes.
"""

import struct
from collections.abc import Iterator

from dangjian.common.errors import DangjianError

_JPEG_TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDA, 0xDC, 0xDD})
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PNG_ONCE = frozenset({b"IHDR", b"PLTE", b"tRNS", b"acTL"})
_PNG_ANIMATION = frozenset({b"acTL", b"fcTL", b"fdAT"})
_PNG_KEPT = _PNG_ONCE | _PNG_ANIMATION | {b"IDAT", b"IEND"}
_PNG_LENGTHS = {b"IHDR": 13, b"acTL": 8, b"fcTL": 26, b"IEND": 0}
_PNG_PALETTE = 3
_WEBP_KEPT = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"})
_WEBP_LENGTHS = {b"VP8X": 10, b"ANIM": 6}
_WEBP_METADATA_FLAGS = 0x20 | 0x08 | 0x04
_ANMF_HEADER = 16
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class MalformedPictureError(DangjianError, ValueError):
    """The container breaks off or is not built as its format says."""


def strip_metadata(data: bytes, format_: str) -> bytes:
    """The same picture without metadata; ``format_`` is JPEG, PNG, GIF or WEBP.

    Raises MalformedPictureError.
    """
    strippers = {"JPEG": _strip_jpeg, "PNG": _strip_png, "GIF": _strip_gif, "WEBP": _strip_webp}
    try:
        return strippers[format_](data)
    except (IndexError, struct.error) as error:
        raise MalformedPictureError("the file breaks off") from error


def trim_jpeg(data: bytes) -> bytes:
    """The first picture of a JPEG file, without what phones append (videos, second views)."""
    for marker, _start, stop in _jpeg_segments(data):
        if marker == 0xD9:
            return data[:stop]
    raise MalformedPictureError("a JPEG without an end")


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment; a scan's data belong to its SOS segment."""
    if data[:2] != b"\xff\xd8":
        raise MalformedPictureError("no JPEG")
    yield 0xD8, 0, 2
    position = 2
    while position + 2 <= len(data):
        if data[position] != 0xFF:
            raise MalformedPictureError("a JPEG marker is missing")
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        if marker == 0xD9:
            yield marker, position, position + 2
            return
        (length,) = struct.unpack_from(">H", data, position + 2)
        stop = position + 2 + length
        if marker == 0xDA:
            stop = _end_of_scan(data, stop)
        yield marker, position, stop
        position = stop


def _end_of_scan(data: bytes, position: int) -> int:
    while True:
        position = data.find(b"\xff", position)
        if position < 0 or position + 1 >= len(data):
            raise MalformedPictureError("a JPEG scan without an end")
        if data[position + 1] != 0 and not 0xD0 <= data[position + 1] <= 0xD7:
            return position
        position += 2


def _strip_jpeg(data: bytes) -> bytes:
    kept = bytearray(b"\xff\xd8")
    for marker, start, stop in _jpeg_segments(data):
        if marker == 0xE0:
            kept += _plain_jfif(data[start:stop])
        elif marker == 0xEE:
            kept += _plain_adobe(data[start:stop])
        elif marker == 0xD9:
            return bytes(kept) + b"\xff\xd9"
        elif marker in _JPEG_TABLES or marker in _JPEG_FRAMES:
            kept += data[start:stop]
    raise MalformedPictureError("a JPEG without an end")


def _plain_jfif(segment: bytes) -> bytes:
    """APP0 with the resolution only; it may also hold a thumbnail."""
    if segment[4:9] != b"JFIF\0" or len(segment) < 18:
        return b""
    return b"\xff\xe0\x00\x10" + segment[4:16] + b"\0\0"


def _plain_adobe(segment: bytes) -> bytes:
    """APP14, which says how colours are coded, at its own length of 14."""
    if segment[4:9] != b"Adobe" or len(segment) < 16:
        return b""
    return b"\xff\xee\x00\x0e" + segment[4:16]


def _strip_png(data: bytes) -> bytes:
    if not data.startswith(_PNG_SIGNATURE):
        raise MalformedPictureError("no PNG")
    kept = bytearray(_PNG_SIGNATURE)
    position = len(_PNG_SIGNATURE)
    seen: set[bytes] = set()
    while True:
        length, kind = struct.unpack_from(">I4s", data, position)
        stop = position + 12 + length
        if stop > len(data):
            raise MalformedPictureError("a PNG chunk breaks off")
        if not seen and kind != b"IHDR":
            raise MalformedPictureError("a PNG without a header")
        if kind in _PNG_KEPT and length != _PNG_LENGTHS.get(kind, length):
            raise MalformedPictureError("a PNG chunk of a wrong length")
        if _draws(kind, length, seen, data[24:26]):
            kept += data[position:stop]
            seen.add(kind)
        if kind == b"IEND":
            return bytes(kept)
        position = stop


def _draws(kind: bytes, length: int, seen: set[bytes], pixel: bytes) -> bool:
    """Whether a PNG chunk is needed; ``pixel`` is the bit depth and the colour type."""
    if kind not in _PNG_KEPT or (kind in _PNG_ONCE and kind in seen):
        return False
    depth, colour = pixel
    if kind == b"PLTE":
        return colour == _PNG_PALETTE and b"IDAT" not in seen and length <= 3 << depth
    if kind == b"tRNS":
        most = {0: 2, 2: 6, _PNG_PALETTE: 1 << depth}.get(colour, 0)
        return b"IDAT" not in seen and length <= most
    if kind == b"acTL":
        return b"IDAT" not in seen
    if kind in _PNG_ANIMATION:
        return b"acTL" in seen and (kind == b"fcTL" or b"fcTL" in seen)
    return True


def _strip_gif(data: bytes) -> bytes:
    if data[:4] != b"GIF8":
        raise MalformedPictureError("no GIF")
    position = 13 + _color_table_bytes(data[10])
    kept = bytearray(data[:position])
    while data[position] != 0x3B:
        start = position
        introducer = data[position]
        if introducer == 0x21:
            position = _after_sub_blocks(data, position + 2)
            kept += _plain_extension(data[start:position])
        elif introducer == 0x2C:
            table = _color_table_bytes(data[position + 9])
            position = _after_sub_blocks(data, position + 10 + table + 1)
            kept += data[start:position]
        else:
            raise MalformedPictureError("an unknown GIF block")
    return bytes(kept) + b"\x3b"


def _plain_extension(block: bytes) -> bytes:
    """How long a frame is shown, and how often all are; no browser draws any other extension."""
    if block[1] == 0xF9 and block[2] == 4:
        return block[:7] + b"\0"
    if block[1:14] == b"\xff\x0bNETSCAPE2.0" and block[14:16] == b"\x03\x01":
        return block[:18] + b"\0"
    return b""


def _color_table_bytes(flags: int) -> int:
    return int(3 * 2 ** ((flags & 7) + 1)) if flags & 0x80 else 0


def _after_sub_blocks(data: bytes, position: int) -> int:
    while data[position]:
        position += 1 + data[position]
    return position + 1


def _strip_webp(data: bytes) -> bytes:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise MalformedPictureError("no WebP")
    (riff_length,) = struct.unpack_from("<I", data, 4)
    end = 8 + riff_length
    if end > len(data):
        raise MalformedPictureError("a WebP breaks off")
    kept = b"WEBP" + _plain_chunks(data[12:end])
    return b"RIFF" + struct.pack("<I", len(kept)) + kept


def _plain_chunks(chunks: bytes) -> bytes:
    """The RIFF chunks that draw, those inside a frame of an animation included."""
    kept = bytearray()
    position = 0
    while position + 8 <= len(chunks):
        kind, length = struct.unpack_from("<4sI", chunks, position)
        payload = chunks[position + 8 : position + 8 + length]
        if len(payload) < length:
            raise MalformedPictureError("a WebP chunk breaks off")
        position += 8 + length + (length & 1)
        if kind not in _WEBP_KEPT:
            continue
        payload = payload[: _WEBP_LENGTHS.get(kind, length)]
        if kind == b"VP8X":
            payload = bytes([payload[0] & ~_WEBP_METADATA_FLAGS]) + payload[1:]
        elif kind == b"ANMF":
            payload = payload[:_ANMF_HEADER] + _plain_chunks(payload[_ANMF_HEADER:])
        padding = b"\0" * (len(payload) & 1)
        kept += kind + struct.pack("<I", len(payload)) + payload + padding
    return bytes(kept)
