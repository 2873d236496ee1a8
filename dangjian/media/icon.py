"""The icon of a site, drawn from its emblem in the sizes that browsers and systems ask for."""

import io
from pathlib import Path

from PIL import Image, ImageDraw

from dangjian.media.share_picture import RED, emblem_within

_SIDES = (16, 32, 48)
_SIDE, _ROUND, _MARGIN = 192, 24, 20


def draw_icon(emblem: Path) -> bytes:
    """The emblem as ICO; empty when it can't be drawn (SVG, damaged).

    One with a transparent ground is drawn on the red of the masthead: most are white or gold.
    """
    mark = emblem_within(emblem, _SIDE)
    if mark is None:
        return b""
    image = Image.new("RGBA", (_SIDE, _SIDE), (0, 0, 0, 0))
    if min(mark.getchannel("A").tobytes()) < 255:
        ImageDraw.Draw(image).rounded_rectangle((0, 0, _SIDE - 1, _SIDE - 1), _ROUND, fill=RED)
        mark.thumbnail((_SIDE - 2 * _MARGIN, _SIDE - 2 * _MARGIN), Image.Resampling.LANCZOS)
    corner = ((_SIDE - mark.width) // 2, (_SIDE - mark.height) // 2)
    image.alpha_composite(mark, corner)
    out = io.BytesIO()
    image.save(out, "ICO", sizes=[(side, side) for side in _SIDES])
    return out.getvalue()
