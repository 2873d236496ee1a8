"""Writing pixels as JPEG, PNG, WebP or AVIF, in few bytes, and the same bytes each time."""

import io
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from PIL import Image

from dangjian.media.jpeg_tables import tables

FEW_COLOURS: Final = 256
"""Up to this many colours a picture is a drawing or a screenshot, which a palette holds."""
DRAWN_COLOURS: Final = 4096
"""Up to this many colours a picture is drawn rather than photographed: it stays sharp."""
AVIF_QUALITY: Final = 60
AVIF_SPEED: Final = 8
AVIF_WIDE: Final = 1280
"""From this width on, where speed costs most and phones look least, AVIF is written faster."""
AVIF_WIDE_SPEED: Final = 9
_RUN: Final = re.compile(rb"(....)\1*", re.DOTALL)
"""Pixels of one colour, of four bytes each."""
_LOWER: Final = (
    *(("JPEG", quality) for quality in (74, 66, 58, 50)),
    *(("WEBP", quality) for quality in (60, 45, 30, 15, 5)),
)
"""Forms and qualities that a picture which must not grow is tried in, one after another."""
_GREYS: Final = 16
_DRAWN_GREYS: Final = 64
_ALPHA: Final = [0 if value < 8 else 255 if value > 247 else value for value in range(256)]


def encode(
    image: Image.Image, format_: str, quality: int, *, lossless: bool = False, alone: bool = False
) -> bytes:
    """The bytes of an image of mode 1, L, RGB or RGBA; ``quality`` is for JPEG and lossy WebP.

    ``alone`` says that this process encodes no other (see ``with_palette``).
    """
    out = io.BytesIO()
    if format_ == "JPEG":
        image.save(out, "JPEG", qtables=tables(quality), optimize=True, progressive=True)
    elif format_ == "WEBP":
        image.save(out, "WEBP", quality=quality, method=4, lossless=lossless)
    elif format_ == "AVIF":
        speed = AVIF_SPEED if image.size[0] < AVIF_WIDE else AVIF_WIDE_SPEED
        # One thread: with more, the bytes differ from run to run.
        image.save(out, "AVIF", quality=AVIF_QUALITY, speed=speed, codec="aom", max_threads=1)
    else:
        small = with_palette(image, alone=alone)
        image.save(out, "PNG") if small is None else small.save(out, "PNG", optimize=True)
    return out.getvalue()


def encode_within(
    image: Image.Image, format_: str, quality: int, most: int, *, lossless: bool = False
) -> tuple[bytes, str]:
    """Bytes and format, at most ``most`` bytes where any quality gets there.

    A picture that had to be changed (turned, converted) was compressed harder than we do: it gets
    the highest quality at which it does not grow.
    """
    made = encode(image, format_, quality, lossless=lossless)
    if len(made) <= most:
        return made, format_
    if format_ in {"JPEG", "WEBP"} and not lossless:
        for form, lower in _LOWER:
            if form in {format_, "WEBP"}:
                other = encode(image, form, lower)
                if len(other) < len(made):
                    made, format_ = other, form
                if len(made) <= most:
                    break
        return made, format_
    other = encode(image, "WEBP", quality, lossless=True)
    if len(other) < len(made):
        made, format_ = other, "WEBP"
    if len(made) > most:
        fewer = encode(reduce_colours(image), "PNG", quality)
        if len(fewer) < len(made):
            return fewer, "PNG"
    return made, format_


def with_palette(image: Image.Image, *, alone: bool = False) -> Image.Image | None:
    """The same picture with a palette, if it has few enough colours; None if not.

    Colours are numbered by how often they occur, so that the same pixels give the same bytes. For
    one picture ``alone`` it would take longer to load numpy than to do without.
    """
    if image.mode == "1":
        return image
    found = image.getcolors(FEW_COLOURS)
    if found is None:
        return None
    if image.mode == "L" and len(found) > _GREYS:
        return image
    counted = Counter({_channels(colour): count for count, colour in found})
    colours = sorted(counted, key=lambda colour: (-counted[colour], colour))
    packed = [bytes(colour) for colour in colours]
    pixels = image.convert("RGBA").tobytes()
    numbered = _numbered_alone if alone else _numbered
    made = Image.frombytes("P", image.size, numbered(pixels, packed))
    opaque = all(colour[3] == 255 for colour in colours)
    flat = [part for colour in colours for part in (colour[:3] if opaque else colour)]
    made.putpalette(flat, "RGB" if opaque else "RGBA")
    return made


def _numbered_alone(pixels: bytes, colours: Sequence[bytes]) -> bytes:
    """For each pixel, of four bytes, which of the colours it has."""
    numbers = {colour: bytes([number]) for number, colour in enumerate(colours)}
    return b"".join([numbers[run[1]] * (len(run[0]) // 4) for run in _RUN.finditer(pixels)])


def _numbered(pixels: bytes, colours: Sequence[bytes]) -> bytes:
    """The same, much sooner for large pictures of many changes."""
    import numpy as np  # noqa: PLC0415 - slow to load, and most pictures have many colours

    packed = np.frombuffer(b"".join(colours), "<u4")
    values = np.frombuffer(pixels, "<u4")
    order = np.argsort(packed)
    # Flat pictures have few changes of colour: each is looked up once, not each pixel.
    starts = np.flatnonzero(np.append(True, values[1:] != values[:-1]))
    places = order[np.searchsorted(packed[order], values[starts])].astype(np.uint8)
    lengths = np.diff(np.append(starts, len(values)))
    return np.repeat(places, lengths).tobytes()


def _channels(colour: float | tuple[int, ...]) -> tuple[int, int, int, int]:
    """A colour of mode L, RGB or RGBA as red, green, blue, alpha."""
    if isinstance(colour, tuple):
        red, green, blue, *alpha = colour
        return red, green, blue, *(alpha or [255])  # type: ignore[return-value]
    return int(colour), int(colour), int(colour), 255


def reduce_colours(image: Image.Image) -> Image.Image:
    """A picture with a palette's number of colours; of grey, as many as scanned writing needs."""
    if image.mode == "1":
        return image
    if image.mode == "L":
        step = 255 // (_GREYS - 1)
        return image.point([round(value / step) * step for value in range(256)])
    if image.mode == "RGBA":
        few = image.quantize(FEW_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        made = few.convert("RGBA")
        # Its colours are means: what was all but opaque or clear is so again.
        made.putalpha(made.getchannel("A").point(_ALPHA))
        return made
    few = image.quantize(FEW_COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return few.convert("RGB")


def resized(image: Image.Image, width: int) -> Image.Image:
    """The picture scaled down to ``width`` pixels, its height in proportion."""
    height = max(1, round(image.size[1] * width / image.size[0]))
    smooth = image.convert("L") if image.mode == "1" else image
    return smooth.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def is_flat(image: Image.Image) -> bool:
    """Whether a picture has so few colours that a palette holds them: writing, a scan, a chart.

    Of grey there are few shades altogether, so that a photograph in grey has them all.
    """
    most = _GREYS if image.mode == "L" else FEW_COLOURS
    return image.mode == "1" or image.getcolors(most) is not None


def is_drawn(image: Image.Image) -> bool:
    """Whether a picture has so few colours that it was drawn rather than photographed."""
    most = _DRAWN_GREYS if image.mode == "L" else DRAWN_COLOURS
    return image.mode == "1" or image.getcolors(most) is not None
