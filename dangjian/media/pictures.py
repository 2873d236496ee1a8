"""Pictures made fit for the web: upright, in sRGB, without metadata, at most 1600 pixels wide.

A camera's JPEG tells where and when it was taken and by whose phone; none of that may leave the
office. A picture that needs no change of its pixels keeps its own compression and only loses its
metadata; none is published with more bytes than it came with. Results stay in a cache outside the
output, by digest of source and recipe, so that a picture is worked on once however often the site
is built.
"""

from pathlib import Path
from typing import NamedTuple

import msgspec
from PIL import Image

from dangjian.common.filenames import ascii_stem
from dangjian.media.encoding import (
    encode,
    encode_within,
    is_drawn,
    is_flat,
    reduce_colours,
    resized,
)
from dangjian.media.picture_cache import file_path, recall, record_path, store
from dangjian.media.picture_metadata import strip_metadata, trim_jpeg
from dangjian.media.picture_source import (
    DECODING_ERRORS,
    SUFFIX,
    SVG,
    PictureError,
    ending_notice,
    format_of,
    frames_of,
    is_srgb,
    is_svg,
    open_picture,
    orientation_of,
    plain_pixels,
    read_picture,
    too_big,
)
from dangjian.media.svg import SvgError, clean_svg

MAX_ANIMATION_BYTES = 8_000_000
LEAN = 0.2
"""Bytes a pixel up to which a JPEG is not compressed again: there is little to be won."""

_TURNED_SIDEWAYS = frozenset({5, 6, 7, 8})
_ANIMATED = frozenset({"GIF", "WEBP", "PNG"})
_SHOWN_AS_IS = frozenset({"JPEG", "PNG", "GIF", "WEBP"})
_PLAIN_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})


class Recipe(msgspec.Struct, frozen=True):
    """How pictures are made. Any change of a value, or of ``version``, makes all of them again."""

    max_width: int = 1600
    quality: int = 82
    version: int = 3


RECIPE = Recipe()


class MadePicture(msgspec.Struct, frozen=True):
    """A finished picture: output ``name`` (``media/...``), size in pixels, and where its bytes are.

    ``notices`` are Chinese sentences for the editor, without the file's name.
    """

    name: str
    width: int
    height: int
    bytes: int
    path: Path
    notices: tuple[str, ...] = ()


class Pixels(NamedTuple):
    """What a picture was made from (see ``decode``), and that in the width it is shown in."""

    whole: Image.Image
    scaled: Image.Image


class Picture(msgspec.Struct, frozen=True):
    """A picture ready to be published; ``format`` is that of ``data``, ``found`` the source's.

    ``pixels`` are those it was made from, if they had to be decoded.
    """

    data: bytes
    width: int
    height: int
    format: str
    found: str
    notices: tuple[str, ...] = ()
    pixels: Pixels | None = None


def make_picture(source: Path, cache: Path, recipe: Recipe = RECIPE) -> MadePicture:
    """Make the public form of ``source``, or take it from ``cache``. Raises PictureError."""
    return make_from(read_picture(source), source, cache, recipe)[0]


def make_from(
    data: bytes, source: Path, cache: Path, recipe: Recipe = RECIPE
) -> tuple[MadePicture, Pixels | None]:
    """The same from the bytes of ``source``, with the decoded pixels if it had to be made."""
    path = record_path(cache, data, recipe)
    record, pixels = recall(path), None
    if record is None:
        made = make(data, recipe)
        file = (SUFFIX[made.format], made.width, made.height, made.data)
        record, pixels = store(path, [file], made.found, made.notices), made.pixels
    main = record.files[0]
    wrong = ending_notice(source.suffix, record.found)
    picture = MadePicture(
        f"media/{ascii_stem(source, 'tu')}.{main.digest[:12]}.{main.suffix}",
        main.width,
        main.height,
        main.bytes,
        file_path(path, 0, main.suffix),
        (wrong, *record.notices) if wrong else record.notices,
    )
    return picture, pixels


def make(data: bytes, recipe: Recipe = RECIPE) -> Picture:
    """What the public gets of a picture file's bytes. Raises PictureError."""
    if is_svg(data):
        return _make_drawing(data)
    image = open_picture(data)
    format_ = format_of(image)
    try:
        if frames_of(image) > 1 and format_ in _ANIMATED:
            return _keep_animation(data, image, format_, recipe)
        return _make_still(data, image, format_, recipe)
    except Image.DecompressionBombError as error:
        raise PictureError(too_big()) from error
    except DECODING_ERRORS as error:
        raise PictureError(
            "图片不完整或已损坏，只能读出一部分。请从原处重新拷贝，或用看图软件打开后另存。"
        ) from error


def _make_drawing(data: bytes) -> Picture:
    try:
        made, width, height = clean_svg(data)
    except SvgError as error:
        raise PictureError(str(error)) from error
    return Picture(made, width, height, SVG, SVG)


def _keep_animation(data: bytes, image: Image.Image, format_: str, recipe: Recipe) -> Picture:
    width, height = image.size
    if len(data) > MAX_ANIMATION_BYTES or width > recipe.max_width:
        limit = MAX_ANIMATION_BYTES // 1_000_000
        raise PictureError(
            f"动图太大（宽 {width} 像素，{len(data) / 1_000_000:.1f} MB）。"
            f"请缩小到宽 {recipe.max_width} 像素、{limit} MB 以内，或者改用视频。"
        )
    image.load()
    return Picture(strip_metadata(data, format_), width, height, format_, format_)


def _make_still(data: bytes, image: Image.Image, format_: str, recipe: Recipe) -> Picture:
    size = image.size
    width = size[1 if orientation_of(image) in _TURNED_SIDEWAYS else 0]
    own = _own_bytes(data, image, format_)
    if own and width <= recipe.max_width:
        if format_ == "JPEG" and len(own) <= LEAN * size[0] * size[1]:
            _check_whole(image)
            return Picture(own, *size, format_, format_)
        if format_ != "JPEG":
            image.load()
            return Picture(own, *size, format_, format_)
    pages = frames_of(image)
    notices = (f"文件里有 {pages} 页，网页上只显示第 1 页。",) if pages > 1 else ()
    whole = pixels = decode(image, recipe.max_width)
    few = is_flat(pixels)
    if width > recipe.max_width:
        pixels = resized(pixels, recipe.max_width)
    known = Pixels(whole, pixels)
    if width > recipe.max_width and few:
        pixels = reduce_colours(pixels)
    target = _target_format(pixels, format_)
    lossless = format_ == "WEBP" and b"VP8L" in data[:64]
    if not own:
        made, target = encode_within(pixels, target, recipe.quality, len(data), lossless=lossless)
        if few and len(made) > len(data):
            pixels = whole  # grey edges, which scaling down makes, cost more than it saves
            made, target = encode_within(whole, target, recipe.quality, len(data), lossless=True)
        return Picture(made, *pixels.size, target, format_, notices, known)
    made = encode(pixels, target, recipe.quality, lossless=lossless)
    # Compressing again costs quality, scaling down costs sharpness: it must earn that.
    if len(own) <= (1.1 if width <= recipe.max_width else 1) * len(made):
        return Picture(own, *size, format_, format_, notices, known)
    return Picture(made, *pixels.size, target, format_, notices, known)


def _own_bytes(data: bytes, image: Image.Image, format_: str) -> bytes:
    """The picture's own compression without metadata, if it can be shown as it is; else empty."""
    as_is = (
        format_ in _SHOWN_AS_IS
        and image.mode in _PLAIN_MODES
        and orientation_of(image) == 1
        and is_srgb(image.info.get("icc_profile"))
    )
    if not as_is:
        return b""
    return strip_metadata(trim_jpeg(data) if format_ == "JPEG" else data, format_)


def decode(image: Image.Image, width: int) -> Image.Image:
    """An opened picture as plain pixels, at least ``width`` wide if it is in the file.

    A JPEG is decoded at a half, a quarter or an eighth where that is enough.
    """
    upright = image.size[1 if orientation_of(image) in _TURNED_SIDEWAYS else 0]
    if format_of(image) == "JPEG" and upright > width and image.mode in {"RGB", "L"}:
        scale = width / upright
        image.draft(image.mode, (int(image.size[0] * scale), int(image.size[1] * scale)))
    return plain_pixels(image)


def _check_whole(image: Image.Image) -> None:
    """Decode a JPEG at 1/8 scale and without colours, only to check that it is complete.

    All of its data are read all the same; a file that is cut off or damaged raises as ever.
    """
    image.draft("L" if image.mode == "RGB" else image.mode, (1, 1))
    image.load()


def _target_format(image: Image.Image, format_: str) -> str:
    if format_ in {"JPEG", "PNG", "WEBP"}:
        return format_
    if format_ == "GIF" or image.mode in {"1", "RGBA"}:
        return "PNG"
    return "PNG" if is_drawn(image) else "JPEG"
