"""Taking metadata out of TIFF files (TIFF 6.0), page by page, without touching their pixels.

A scanner or camera writes its make, the place and the names of people as tags between those that
draw the picture. The file is laid out again with the latter only, so that nothing stays behind
in a gap.
"""

import struct

from msgspec import Struct

from dangjian.media.picture_metadata import MalformedPictureError, strip_metadata

_TYPE_BYTES = {1: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_DRAWING_TAGS = frozenset(
    {254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 274, 277, 278, 279, 280, 281}
    | {282, 283, 284, 290, 291, 292, 293, 296, 297, 301, 317, 318, 319, 320, 321, 322, 323, 324}
    | {325, 332, 334, 336, 338, 339, 340, 341, 347, 529, 530, 531, 532}
)
_COMPRESSION, _STRIPS, _STRIP_BYTES, _TILES, _TILE_BYTES = 259, 273, 279, 324, 325
_JPEG_TABLES = 347
_OLD_JPEG, _JPEG = 6, 7
_MAX_PAGES = 5_000


class _Tag(Struct):
    """One entry of a page's directory; ``data`` are its values as they stand in the file."""

    number: int
    type: int
    count: int
    data: bytes


def strip_tiff(data: bytes) -> bytes:
    """The same pages without metadata. Raises MalformedPictureError."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None:
        raise MalformedPictureError("no TIFF, or one of more than 4 GB")
    try:
        return _lay_out(order, data)
    except (struct.error, IndexError, KeyError) as error:
        raise MalformedPictureError("the file breaks off") from error


def _lay_out(order: str, data: bytes) -> bytes:
    out = bytearray(data[:4] + b"\0\0\0\0")
    link = 4
    (offset,) = struct.unpack_from(f"{order}I", data, 4)
    seen: set[int] = set()
    while offset:
        if offset in seen or len(seen) > _MAX_PAGES:
            raise MalformedPictureError("the pages of a TIFF go round in a circle")
        seen.add(offset)
        tags, offset = _directory(order, data, offset)
        _move_pixels(order, data, tags, out)
        place = _write_directory(order, tags, out)
        struct.pack_into(f"{order}I", out, link, place)
        link = place + 2 + 12 * len(tags)
    if link == 4:
        raise MalformedPictureError("a TIFF without a page")
    return bytes(out)


def _directory(order: str, data: bytes, offset: int) -> tuple[dict[int, _Tag], int]:
    """The tags of one page that draw, and where the next page is (0: nowhere)."""
    (count,) = struct.unpack_from(f"{order}H", data, offset)
    tags: dict[int, _Tag] = {}
    for place in range(offset + 2, offset + 2 + 12 * count, 12):
        number, type_, values = struct.unpack_from(f"{order}HHI", data, place)
        if number not in _DRAWING_TAGS or type_ not in _TYPE_BYTES:
            continue
        size = _TYPE_BYTES[type_] * values
        start = place + 8 if size <= 4 else struct.unpack_from(f"{order}I", data, place + 8)[0]
        found = data[start : start + size]
        if len(found) < size:
            raise MalformedPictureError("a TIFF tag breaks off")
        tags[number] = _Tag(number, type_, values, found)
    (following,) = struct.unpack_from(f"{order}I", data, offset + 2 + 12 * count)
    return tags, following


def _move_pixels(order: str, data: bytes, tags: dict[int, _Tag], out: bytearray) -> None:
    """Append a page's strips or tiles to ``out`` and let its tags say where they are now."""
    compression = _numbers(order, tags[_COMPRESSION])[0] if _COMPRESSION in tags else 1
    places, lengths = (_TILES, _TILE_BYTES) if _TILES in tags else (_STRIPS, _STRIP_BYTES)
    if compression == _OLD_JPEG or lengths not in tags:
        raise MalformedPictureError("a TIFF of a kind that is no longer in use")
    if _JPEG_TABLES in tags:
        tables = strip_metadata(tags[_JPEG_TABLES].data, "JPEG")
        tags[_JPEG_TABLES] = _Tag(_JPEG_TABLES, 7, len(tables), tables)
    moved, sizes = [], []
    starts, ends = _numbers(order, tags[places]), _numbers(order, tags[lengths])
    for start, length in zip(starts, ends, strict=False):
        piece = data[start : start + length]
        if len(piece) < length:
            raise MalformedPictureError("a TIFF strip breaks off")
        if compression == _JPEG:
            piece = strip_metadata(piece, "JPEG")
        out += b"\0" * (len(out) & 1)
        moved.append(len(out))
        sizes.append(len(piece))
        out += piece
    for number, values in ((places, moved), (lengths, sizes)):
        packed = struct.pack(f"{order}{len(values)}I", *values)
        tags[number] = _Tag(number, 4, len(values), packed)


def _numbers(order: str, tag: _Tag) -> tuple[int, ...]:
    letter = {1: "B", 3: "H", 4: "I"}[tag.type]
    return struct.unpack(f"{order}{tag.count}{letter}", tag.data)


def _write_directory(order: str, tags: dict[int, _Tag], out: bytearray) -> int:
    """Append a directory and the values that don't fit into it; returns where it begins."""
    out += b"\0" * (len(out) & 1)
    place = len(out)
    after = place + 2 + 12 * len(tags) + 4
    entries, values = bytearray(struct.pack(f"{order}H", len(tags))), bytearray()
    for tag in sorted(tags.values(), key=lambda tag: tag.number):
        entries += struct.pack(f"{order}HHI", tag.number, tag.type, tag.count)
        if len(tag.data) <= 4:
            entries += tag.data.ljust(4, b"\0")
        else:
            entries += struct.pack(f"{order}I", after + len(values))
            values += tag.data + b"\0" * (len(tag.data) & 1)
    out += entries + b"\0\0\0\0" + values
    return place
