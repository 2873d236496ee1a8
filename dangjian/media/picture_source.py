"""Picture files as editors give them: opened, checked, and turned into plain pixels.

Nothing is decoded before format and size are known. A wrong ending is no obstacle: what a file is,
its content says.
"""

import contextlib
import io
import re
import struct
import warnings
from pathlib import Path
from typing import Final

from PIL import Image, ImageCms, ImageOps

from dangjian.common.errors import DangjianError, os_error_reason
from dangjian.media.picture_metadata import MalformedPictureError

MAX_PIXELS: Final = 64_000_000
SVG: Final = "SVG"
EXTENSIONS: Final = {
    "jpg": "JPEG",
    "jpeg": "JPEG",
    "jpe": "JPEG",
    "jfif": "JPEG",
    "png": "PNG",
    "apng": "PNG",
    "gif": "GIF",
    "webp": "WEBP",
    "bmp": "BMP",
    "tif": "TIFF",
    "tiff": "TIFF",
    "avif": "AVIF",
    "svg": SVG,
}
"""The endings of picture files, without dot, and the format that each says."""
SUFFIX: Final = {
    "JPEG": "jpg",
    "PNG": "png",
    "GIF": "gif",
    "WEBP": "webp",
    "TIFF": "tif",
    SVG: "svg",
}
"""The ending of a published picture of each format."""
DECODING_ERRORS: Final = (
    OSError, SyntaxError, ValueError, struct.error, EOFError, MalformedPictureError,
)  # fmt: skip
"""What Pillow raises on broken files besides OSError, seen over its decoders."""

_ORIENTATION = 0x0112
_READABLE = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF")
_HEIC = frozenset({b"heic", b"heix", b"mif1", b"msf1"})
_SVG_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|!DOCTYPE svg|svg)")


class PictureError(DangjianError):
    """A picture that can't be published; the message is Chinese, without the file's name."""


def keep_decoder_memory() -> None:
    """Have Pillow keep a decoded picture's memory for the next one, where it still can.

    To allocate it again takes as long as to decode a picture. ``PILLOW_BLOCKS_MAX`` does the same
    from the environment, but only for those who know of it.
    """
    with contextlib.suppress(AttributeError):
        Image.core.set_blocks_max(2)  # type: ignore[attr-defined]


def read_picture(path: Path) -> bytes:
    """The bytes of a picture file. Raises PictureError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PictureError(
            f"图片打不开（{os_error_reason(error)}）。请检查文件是否还在、能否读取。"
        ) from error
    if not data:
        raise PictureError("图片是空文件（0 字节）。请重新保存或重新拷贝这张图片。")
    return data


def is_svg(data: bytes) -> bool:
    """Whether a file begins as a drawing in SVG does."""
    return _SVG_START.match(data) is not None


def ending_notice(suffix: str, format_: str) -> str:
    """What to report of an ending (``.jpg``) unlike the format found; empty if they agree."""
    if EXTENSIONS.get(suffix.lower().removeprefix(".")) == format_:
        return ""
    right = SUFFIX.get(format_, format_.lower())
    return (
        f"扩展名是 {suffix or '空的'}，内容却是 {format_}，已按 {format_} 发布。"
        f"请把文件改名为 .{right}，稿子里的文件名也跟着改。"
    )


def open_picture(data: bytes) -> Image.Image:
    """Open and check format and size; nothing is decoded yet. Raises PictureError."""
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        raise PictureError("这是手机的 HEIC 格式，浏览器不能显示。请用看图软件另存为 JPG。")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of size and oddities, which are judged here
            image = Image.open(io.BytesIO(data), formats=_READABLE)
    except Image.DecompressionBombError as error:
        raise PictureError(too_big()) from error
    except DECODING_ERRORS as error:
        raise PictureError(
            "打不开：文件已损坏，或者不是图片。可用的格式有 JPG、PNG、GIF、WebP、SVG。"
        ) from error
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise PictureError(too_big(width, height))
    return image


def too_big(width: int = 0, height: int = 0) -> str:
    """The sentence for a picture of too many pixels."""
    size = f"{width}×{height} 像素" if width else "像素极多"
    limit = MAX_PIXELS // 1_000_000
    return f"图片太大（{size}，上限 {limit} 百万像素）。请先缩小到宽 4000 像素以内再用。"


def format_of(image: Image.Image) -> str:
    """The format as Pillow names it."""
    # MPO is a JPEG followed by further ones (phones with two lenses); we use the first.
    name = image.format or ""
    return "JPEG" if name == "MPO" else name


def frames_of(image: Image.Image) -> int:
    """How many frames or pages an opened file has."""
    return 1 if format_of(image) == "JPEG" else getattr(image, "n_frames", 1)


def orientation_of(image: Image.Image) -> int:
    """The EXIF orientation, 1 (upright) to 8."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = image.getexif().get(_ORIENTATION, 1)
    except DECODING_ERRORS:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def is_srgb(profile: bytes | None) -> bool:
    """Whether pixels with this ICC profile can be shown without it."""
    return profile is None or b"sRGB" in profile or b"s\0R\0G\0B" in profile


def plain_pixels(image: Image.Image) -> Image.Image:
    """The picture upright, in 8-bit grey or sRGB, free of metadata.

    The result has mode 1, L, RGB or RGBA.
    """
    image.load()
    profile = image.info.get("icc_profile")
    if orientation_of(image) != 1:
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        image = _to_eight_bits(image)
    elif image.mode in {"P", "PA", "LA", "La", "RGBa"} or "transparency" in image.info:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if not is_srgb(profile) and profile is not None:
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


keep_decoder_memory()
