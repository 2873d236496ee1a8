"""Pictures offered as files (``[查看大图](da.jpg)``, 附件): whole size, without metadata."""

from pathlib import Path

import msgspec
from PIL import Image

from dangjian.media.encoding import encode, encode_within
from dangjian.media.picture_cache import CacheRecord, file_path, recall, record_path, store
from dangjian.media.picture_metadata import MalformedPictureError, strip_metadata, trim_jpeg
from dangjian.media.picture_source import (
    DECODING_ERRORS,
    SUFFIX,
    PictureError,
    format_of,
    is_srgb,
    open_picture,
    orientation_of,
    plain_pixels,
    too_big,
)
from dangjian.media.tiff_metadata import strip_tiff

_QUALITY = 90


class _Recipe(msgspec.Struct, frozen=True):
    """How picture files are cleaned; a new ``version`` cleans all of them again."""

    quality: int = _QUALITY
    version: int = 2


def clean_picture_file(data: bytes, cache: Path) -> tuple[Path, CacheRecord]:
    """A picture file without place, camera and comments: where it is cached, and its record.

    Pixels stay as they are, unless they have to be turned or brought to sRGB, because what said so
    goes too. Raises PictureError.
    """
    path = record_path(cache, data, _Recipe())
    record = recall(path)
    if record is None:
        image = open_picture(data)
        found = format_of(image)
        try:
            made, format_ = _cleaned(data, image, found)
        except Image.DecompressionBombError as error:
            raise PictureError(too_big()) from error
        except MalformedPictureError as error:
            raise PictureError(_BROKEN_TIFF if found == "TIFF" else _BROKEN) from error
        except DECODING_ERRORS as error:
            raise PictureError(_BROKEN) from error
        record = store(path, [(SUFFIX[format_], *image.size, made)], found)
    return file_path(path, 0, record.files[0].suffix), record


_BROKEN = "图片不完整或已损坏。请从原处重新拷贝，或用看图软件打开后另存。"
_BROKEN_TIFF = "这种 TIFF 去不掉拍摄地点、设备等信息，不能发布。请另存为 JPG、PNG 或 PDF。"


def _cleaned(data: bytes, image: Image.Image, format_: str) -> tuple[bytes, str]:
    if format_ == "TIFF":
        return strip_tiff(data), format_
    if orientation_of(image) == 1 and is_srgb(image.info.get("icc_profile")):
        return strip_metadata(trim_jpeg(data) if format_ == "JPEG" else data, format_), format_
    if format_ == "PNG":
        return encode(plain_pixels(image), format_, _QUALITY), format_
    lossless = format_ == "WEBP" and b"VP8L" in data[:64]
    return encode_within(plain_pixels(image), format_, _QUALITY, len(data), lossless=lossless)
