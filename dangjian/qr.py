"""The QR code of a page's address, as a path for an SVG drawn in the page itself."""

from functools import lru_cache
from itertools import groupby
from math import isqrt
from typing import Any

import zxingcpp

# A byte a module: dark ones are NUL.
_LETTERS = bytes([ord("d"), *b"w" * 255])
# Any of the eight masks is read by any reader (ISO/IEC 18004, 7.8); trying all for the most even
# picture takes six times as long as all the rest.
_MASK = 3
_PIECE = 11


def qr_path(text: str) -> tuple[str, int]:
    """The dark modules of ``text``'s QR code as an SVG path to stroke, and the side of its square.

    The line of a row runs along its upper edge, one module wide. Error correction is M (15 %).
    Whoever draws it leaves a quiet zone of four modules around.
    """
    code = zxingcpp.create_barcode(
        text, zxingcpp.BarcodeFormat.QRCode, ec_level="M", data_mask=_MASK
    )
    picture: Any = code.to_image(add_quiet_zones=False)
    modules = bytes(memoryview(picture)).translate(_LETTERS).decode("ascii")
    side = isqrt(len(modules))
    drawn: list[str] = []
    for y in range(side):
        row = modules[y * side : y * side + side].rstrip("w")
        if row:
            drawn.append(f"M0 {y}")
            drawn += [_strokes(row[x : x + _PIECE]) for x in range(0, len(row), _PIECE)]
    return "".join(drawn), side


# Pieces of this length are few enough to be kept, and long enough to cut few runs.
@lru_cache(maxsize=2 << _PIECE)
def _strokes(piece: str) -> str:
    """What draws a piece of a row, beginning where the last one ended."""
    runs = ((letter, len(list(same))) for letter, same in groupby(piece))
    return "".join(f"h{length}" if letter == "d" else f"m{length} 0" for letter, length in runs)
