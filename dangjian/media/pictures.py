"""Pictures made fit for the web: upright, in sRGB, without metadata, at most 1600 pixels wide.

A camera's JPEG tells where and when it was taken and by whose telephone; none of that may leave
the office. A picture that needs no change of its pixels keeps its own compression and only loses
its metadata. Results stay in a cache outside the output, by digest of source and recipe, so that a
picture is worked on once however often the site is built.
"""

import hashlib
import io
import os
import re
import struct
import warnings
from pathlib import Path

import msgspec
from PIL import Image, ImageCms, ImageOps, __version__ as pillow_version, features

from dangjian.common.errors import DangjianError, os_error_reason
from dangjian.common.filenames import ascii_stem
from dangjian.media.picture_metadata import MalformedPictureError, strip_metadata, trim_jpeg
from dangjian.media.svg import SvgError, clean_svg

MAX_PIXELS = 64_000_000
MAX_ANIMATION_BYTES = 8_000_000
LEAN = 0.2
"""Bytes a pixel up to which a JPEG is not compressed again: there is little to be won."""

_ORIENTATION = 0x0112
_TURNED_SIDEWAYS = frozenset({5, 6, 7, 8})
_READABLE = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF")
_EXTENSIONS = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".jpe": "JPEG",
    ".jfif": "JPEG",
    ".png": "PNG",
    ".gif": "GIF",
    ".webp": "WEBP",
    ".bmp": "BMP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".avif": "AVIF",
    ".svg": "SVG",
}
# Memory of a picture is kept for the next (PILLOW_BLOCKS_MAX): to be given it anew costs as much
# as to decode one.
Image.core.set_blocks_max(2)  # type: ignore[attr-defined]
_SUFFIX = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp", "SVG": "svg"}
# What Pillow raises on broken files besides OSError, seen over its decoders.
_DECODING_ERRORS = (OSError, SyntaxError, ValueError, struct.error, EOFError, MalformedPictureError)


class PictureError(DangjianError):
    """A picture that can't be put out; the message is Chinese, without the file's name."""


class PictureInfo(msgspec.Struct, frozen=True):
    """A picture as readers would see it: size after turning; ``format`` as Pillow names it."""

    width: int
    height: int
    format: str
    frames: int


class Recipe(msgspec.Struct, frozen=True):
    """How pictures are made. Any change of a value, or of ``version``, makes all of them again."""

    max_width: int = 1600
    quality: int = 82
    version: int = 1


RECIPE = Recipe()


class MadePicture(msgspec.Struct, frozen=True):
    """A finished picture: output ``name`` (``media/...``), size, and where its bytes lie."""

    name: str
    width: int
    height: int
    bytes: int
    path: Path


class _Record(msgspec.Struct, frozen=True):
    """What the cache remembers of a made picture; ``digest`` is of the made bytes."""

    digest: str
    suffix: str
    width: int
    height: int
    bytes: int


def inspect_picture(path: Path) -> PictureInfo:
    """Read format and size without decoding. Raises PictureError."""
    data = _read(path)
    if _is_svg(path, data):
        _, width, height = _clean_svg(data)
        return PictureInfo(width, height, "SVG", 1)
    image = _open(data, path.suffix)
    width, height = image.size
    if _orientation(image) in _TURNED_SIDEWAYS:
        width, height = height, width
    return PictureInfo(width, height, _format(image), getattr(image, "n_frames", 1))


def make_picture(source: Path, cache: Path, recipe: Recipe = RECIPE) -> MadePicture:
    """Make the public form of ``source``, or take it from ``cache``. Raises PictureError."""
    data = _read(source)
    key = _cache_key(data, source.suffix.lower(), recipe)
    record_path = cache / key[:2] / f"{key}.json"
    record = _recall(record_path)
    if record is None:
        record = _produce(data, source, record_path, recipe)
    name = f"media/{ascii_stem(source, 'tu')}.{record.digest[:12]}.{record.suffix}"
    path = record_path.with_suffix(f".{record.suffix}")
    return MadePicture(name, record.width, record.height, record.bytes, path)


def _read(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PictureError(
            f"图片打不开（{os_error_reason(error)}）。请检查文件是否还在、能否读取。"
        ) from error
    if not data:
        raise PictureError("图片是空文件（0 字节）。请重新保存或重新拷贝这张图片。")
    return data


def _cache_key(data: bytes, suffix: str, recipe: Recipe) -> str:
    codecs = [str(features.version(codec)) for codec in ("libjpeg_turbo", "webp", "zlib")]
    about = f"{recipe}|{pillow_version}|{codecs}|{suffix}".encode()
    return hashlib.sha256(about + b"\0" + data).hexdigest()[:40]


def _recall(record_path: Path) -> _Record | None:
    """The cached record, if its picture is there whole."""
    try:
        record = msgspec.json.decode(record_path.read_bytes(), type=_Record)
        made = record_path.with_suffix(f".{record.suffix}").read_bytes()
    except (OSError, msgspec.DecodeError):
        return None
    return record if hashlib.sha256(made).hexdigest() == record.digest else None


def _produce(data: bytes, source: Path, record_path: Path, recipe: Recipe) -> _Record:
    if _is_svg(source, data):
        made, width, height = _clean_svg(data)
        suffix = "svg"
    else:
        made, width, height, suffix = _make_raster(data, source.suffix, recipe)
    digest = hashlib.sha256(made).hexdigest()
    record = _Record(digest, suffix, width, height, len(made))
    record_path.parent.mkdir(parents=True, exist_ok=True)
    _write_whole(record_path.with_suffix(f".{suffix}"), made)
    _write_whole(record_path, msgspec.json.encode(record))
    return record


def _write_whole(path: Path, data: bytes) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(path)


def _is_svg(path: Path, data: bytes) -> bool:
    looks = re.match(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|!DOCTYPE svg|svg)", data) is not None
    if looks and path.suffix.lower() != ".svg":
        raise PictureError(f"扩展名是 {path.suffix}，内容却是 SVG。请把文件改名为 .svg。")
    if path.suffix.lower() == ".svg" and not looks:
        raise PictureError("扩展名是 .svg，内容却不是 SVG。请换上正确的文件，或改正扩展名。")
    return looks


def _clean_svg(data: bytes) -> tuple[bytes, int, int]:
    try:
        return clean_svg(data)
    except SvgError as error:
        raise PictureError(str(error)) from error


def _open(data: bytes, suffix: str) -> Image.Image:
    """Open and check format, extension and size; nothing is decoded yet."""
    if data[4:8] == b"ftyp" and data[8:12] in {b"heic", b"heix", b"mif1", b"msf1"}:
        raise PictureError("这是手机的 HEIC 格式，浏览器不能显示。请用看图软件另存为 JPG。")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=_READABLE)
    except Image.DecompressionBombError as error:
        raise PictureError(_too_big()) from error
    except _DECODING_ERRORS as error:
        raise PictureError(
            "打不开：文件已损坏，或者不是图片。可用的格式有 JPG、PNG、GIF、WebP、SVG。"
        ) from error
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise PictureError(_too_big(width, height))
    found, named = _format(image), _EXTENSIONS.get(suffix.lower(), "")
    if found != named:
        right = _SUFFIX.get(found, found.lower())
        raise PictureError(
            f"扩展名是 {suffix or '空的'}，内容却是 {found}。请把文件改名为 .{right}。"
        )
    return image


def _too_big(width: int = 0, height: int = 0) -> str:
    size = f"{width}×{height} 像素" if width else "像素极多"
    limit = MAX_PIXELS // 1_000_000
    return f"图片太大（{size}，上限 {limit} 百万像素）。请先缩小到宽 4000 像素以内再用。"


def _format(image: Image.Image) -> str:
    # MPO is a JPEG followed by further ones (telephones with two lenses); we use the first.
    name = image.format or ""
    return "JPEG" if name == "MPO" else name


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except _DECODING_ERRORS:
        return 1
    return value if isinstance(value, int) else 1


def _make_raster(data: bytes, suffix: str, recipe: Recipe) -> tuple[bytes, int, int, str]:
    """Bytes, width, height and suffix of what is put out."""
    image = _open(data, suffix)
    format_ = _format(image)
    try:
        if getattr(image, "n_frames", 1) > 1 and format_ in {"GIF", "WEBP"}:
            return _keep_animation(data, image, format_, recipe)
        return _make_still(data, image, format_, recipe)
    except Image.DecompressionBombError as error:
        raise PictureError(_too_big()) from error
    except _DECODING_ERRORS as error:
        raise PictureError(
            "图片不完整或已损坏，只能读出一部分。请从原处重新拷贝，或用看图软件打开后另存。"
        ) from error


def _keep_animation(
    data: bytes, image: Image.Image, format_: str, recipe: Recipe
) -> tuple[bytes, int, int, str]:
    width, height = image.size
    if len(data) > MAX_ANIMATION_BYTES or width > recipe.max_width:
        limit = MAX_ANIMATION_BYTES // 1_000_000
        raise PictureError(
            f"动图太大（宽 {width} 像素，{len(data) / 1_000_000:.1f} MB）。"
            f"请缩小到宽 {recipe.max_width} 像素、{limit} MB 以内，或者改用视频。"
        )
    image.load()
    return strip_metadata(data, format_), width, height, _SUFFIX[format_]


def _make_still(
    data: bytes, image: Image.Image, format_: str, recipe: Recipe
) -> tuple[bytes, int, int, str]:
    orientation = _orientation(image)
    original_mode = image.mode
    limit = recipe.max_width
    width = image.size[1 if orientation in _TURNED_SIDEWAYS else 0]
    if format_ == "JPEG" and width > limit and original_mode in {"RGB", "L"}:
        scale = limit / width
        image.draft(original_mode, (int(image.size[0] * scale), int(image.size[1] * scale)))
    plain = original_mode in {"1", "L", "LA", "P", "RGB", "RGBA"}
    upright = orientation == 1 and width <= limit and plain
    stripped = b""
    if format_ == "JPEG" and upright and _is_srgb(image.info.get("icc_profile")):
        size = image.size
        stripped = strip_metadata(trim_jpeg(data), "JPEG")
        if len(stripped) <= LEAN * size[0] * size[1]:
            _look_through(image)
            return stripped, *size, "jpg"
    image.load()
    profile = image.info.get("icc_profile")
    same_pixels = upright and _is_srgb(profile)
    if format_ in {"PNG", "GIF", "WEBP"} and same_pixels:
        return strip_metadata(data, format_), *image.size, _SUFFIX[format_]
    if orientation != 1:
        image = ImageOps.exif_transpose(image)
    image = _to_srgb(image, profile)
    if width > limit:
        height = max(1, round(image.size[1] * limit / image.size[0]))
        image = _smooth(image).resize((limit, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    target = _target_format(image, format_)
    made = _encode(image, target, recipe, lossless=b"VP8L" in data[:64])
    if stripped:
        # Compressing again costs quality; it must earn that.
        made = stripped if len(stripped) <= 1.1 * len(made) else made
    return made, *image.size, _SUFFIX[target]


def _look_through(image: Image.Image) -> None:
    """Decode a JPEG of which nothing but its being whole is wanted: with an eighth of the pixels.

    All of its data are read all the same; a file that is cut off or damaged raises as ever.
    """
    image.draft(image.mode, (1, 1))
    image.load()


def _is_srgb(profile: bytes | None) -> bool:
    return profile is None or b"sRGB" in profile or b"s\0R\0G\0B" in profile


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The same picture in 8-bit grey or sRGB, with or without transparency, free of metadata."""
    if image.mode.startswith("I"):
        image = _to_eight_bits(image)
    elif image.mode in {"P", "PA", "LA", "La", "RGBa"} or "transparency" in image.info:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if not _is_srgb(profile) and profile is not None:
        image = _apply_profile(image, profile)
    if image.mode not in {"1", "L", "RGB", "RGBA"}:
        image = image.convert("RGB")
    image.info = {}
    return image


def _to_eight_bits(image: Image.Image) -> Image.Image:
    import numpy as np  # noqa: PLC0415 - slow to load, and few pictures have 16 bits

    values = np.asarray(image).astype(np.int64)
    if values.max(initial=0) > 255:
        values = values >> 8
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))


def _apply_profile(image: Image.Image, profile: bytes) -> Image.Image:
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError):
        # A profile that is broken, or of another kind than the pixels: the pixels alone remain.
        return image
    return made if made is not None else image


def _smooth(image: Image.Image) -> Image.Image:
    return image.convert("L") if image.mode == "1" else image


def _target_format(image: Image.Image, format_: str) -> str:
    if format_ in {"JPEG", "PNG", "WEBP"}:
        return format_
    if format_ == "GIF" or image.mode in {"1", "RGBA"}:
        return "PNG"
    return "PNG" if image.getcolors(4096) is not None else "JPEG"


def _encode(image: Image.Image, format_: str, recipe: Recipe, *, lossless: bool) -> bytes:
    out = io.BytesIO()
    if format_ == "JPEG":
        image.save(out, "JPEG", quality=recipe.quality, optimize=True, progressive=True)
    elif format_ == "WEBP":
        image.save(out, "WEBP", quality=recipe.quality, method=4, lossless=lossless)
    else:
        image.save(out, "PNG")
    return out.getvalue()
