"""Taking metadata out of picture files without touching their pixels.

Works on the containers: JPEG segments (ITU T.81 annex B), PNG chunks, GIF89a blocks, RIFF chunks of
WebP. What is needed to draw the picture stays, everything else goes.
"""

import struct
from collections.abc import Iterator

from dangjian.common.errors import DangjianError

_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT"})
_WEBP_DROPPED = frozenset({b"EXIF", b"XMP ", b"ICCP"})
_WEBP_METADATA_FLAGS = 0x20 | 0x08 | 0x04
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class MalformedPictureError(DangjianError, ValueError):
    """The container breaks off or is not built as its format says."""


def strip_metadata(data: bytes, format_: str) -> bytes:
    """The same picture without metadata; ``format_`` is JPEG, PNG, GIF or WEBP."""
    strippers = {"JPEG": _strip_jpeg, "PNG": _strip_png, "GIF": _strip_gif, "WEBP": _strip_webp}
    try:
        return strippers[format_](data)
    except (IndexError, struct.error) as error:
        raise MalformedPictureError("the file breaks off") from error


def trim_jpeg(data: bytes) -> bytes:
    """The first picture of a JPEG file, without what telephones append (films, second views)."""
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
    kept = bytearray()
    for marker, start, stop in _jpeg_segments(data):
        # APP0 is JFIF (APP0 also holds thumbnails as JFXX); APP14 says how colours are coded.
        metadata = (0xE1 <= marker <= 0xEF and marker != 0xEE) or marker == 0xFE
        if marker == 0xE0:
            kept += _plain_jfif(data[start:stop])
        elif not metadata:
            kept += data[start:stop]
    if not kept.endswith(b"\xff\xd9"):
        raise MalformedPictureError("a JPEG without an end")
    return bytes(kept)


def _plain_jfif(segment: bytes) -> bytes:
    if segment[4:9] != b"JFIF\0" or len(segment) < 18:
        return b""
    return b"\xff\xe0\x00\x10" + segment[4:16] + b"\0\0"


def _strip_png(data: bytes) -> bytes:
    if not data.startswith(_PNG_SIGNATURE):
        raise MalformedPictureError("no PNG")
    kept = bytearray(_PNG_SIGNATURE)
    position = len(_PNG_SIGNATURE)
    while True:
        length, kind = struct.unpack_from(">I4s", data, position)
        stop = position + 12 + length
        if stop > len(data):
            raise MalformedPictureError("a PNG chunk breaks off")
        if kind in _PNG_KEPT:
            kept += data[position:stop]
        if kind == b"IEND":
            return bytes(kept)
        position = stop


def _strip_gif(data: bytes) -> bytes:
    if data[:4] != b"GIF8":
        raise MalformedPictureError("no GIF")
    position = 13 + _color_table_bytes(data[10])
    kept = bytearray(data[:position])
    while data[position] != 0x3B:
        start = position
        introducer = data[position]
        if introducer == 0x21:
            label = data[position + 1]
            position = _after_sub_blocks(data, position + 2)
            looping = label == 0xFF and data[start + 3 : start + 11] == b"NETSCAPE"
            if label in (0xF9, 0x01) or looping:
                kept += data[start:position]
        elif introducer == 0x2C:
            table = _color_table_bytes(data[position + 9])
            position = _after_sub_blocks(data, position + 10 + table + 1)
            kept += data[start:position]
        else:
            raise MalformedPictureError("an unknown GIF block")
    return bytes(kept) + b"\x3b"


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
    kept = bytearray(b"WEBP")
    position = 12
    while position + 8 <= end:
        kind, length = struct.unpack_from("<4sI", data, position)
        stop = position + 8 + length + (length & 1)
        if kind == b"VP8X":
            flags = data[position + 8] & ~_WEBP_METADATA_FLAGS
            kept += data[position : position + 8] + bytes([flags]) + data[position + 9 : stop]
        elif kind not in _WEBP_DROPPED:
            kept += data[position:stop]
        position = stop
    return b"RIFF" + struct.pack("<I", len(kept)) + bytes(kept)
