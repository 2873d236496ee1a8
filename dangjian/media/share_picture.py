"""The picture of a page that has none, for when it is passed on: the emblem on paper.

It has no words, for which fonts would be needed that differ from machine to machine; the title is
printed next to it anyway.
"""

import io
from pathlib import Path

from PIL import Image, ImageDraw

from dangjian.media.encoding import encode
from dangjian.media.picture_source import DECODING_ERRORS, plain_pixels

_PAPER = (250, 248, 245)
RED = (166, 27, 22)
_HILLS = (((232, 224, 214), 470, 700, 560), ((214, 203, 191), 540, 320, 640))
"""Colour, height of the top, where it is, and half the width of each hill, from the back."""
_BAND = 20
_SEAL, _ROUND, _RAISED = 300, 12, 30
_EMBLEM = 200
_OVER = 2


def draw_share_picture(emblem: Path | None, size: tuple[int, int]) -> bytes:
    """The picture as PNG of ``size`` pixels.

    An emblem that can't be drawn (SVG, damaged) is left out.
    """
    width, height = size
    image = Image.new("RGB", (width * _OVER, height * _OVER), _PAPER)
    pen = ImageDraw.Draw(image)
    for colour, top, middle, half in _HILLS:
        pen.polygon(
            [(x * _OVER, y * _OVER) for x, y in _hill(size, top, middle, half)], fill=colour
        )
    pen.rectangle((0, 0, width * _OVER, _BAND * _OVER), fill=RED)
    mark = emblem_within(emblem, _EMBLEM) if emblem is not None else None
    if mark is not None:
        # On red, as in the masthead: most emblems are white or gold.
        left, top = (width - _SEAL) // 2, (height + _BAND - _SEAL) // 2 - _RAISED
        box = [side * _OVER for side in (left, top, left + _SEAL, top + _SEAL)]
        pen.rounded_rectangle(box, radius=_ROUND * _OVER, fill=RED)
    image = image.reduce(_OVER)
    if mark is not None:
        inner = ((_SEAL - mark.width) // 2, (_SEAL - mark.height) // 2)
        image.paste(mark, (left + inner[0], top + inner[1]), mark)
    return encode(image, "PNG", 0, alone=True)


def _hill(size: tuple[int, int], top: int, middle: int, half: int) -> list[tuple[int, int]]:
    """A parabola in whole pixels, so that no machine rounds it in another way."""
    width, height = size
    line = [
        (x, min(height, top + (x - middle) ** 2 * (height - top) // half**2))
        for x in range(0, width + 1, 4)
    ]
    return [(0, height), *line, (width, height)]


def emblem_within(path: Path, side: int) -> Image.Image | None:
    """An emblem scaled to a square of ``side`` pixels; None when it can't be drawn."""
    try:
        image = plain_pixels(Image.open(io.BytesIO(path.read_bytes()))).convert("RGBA")
    except DECODING_ERRORS:
        return None
    scale = min(side / image.width, side / image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS)
