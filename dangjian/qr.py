"""The QR code of a page's address, as a path for an SVG drawn in the page itself."""

import re
from math import isqrt
from typing import Any

import zxingcpp

# A row of dark modules is a run of NULs in the picture, one byte a module.
_DARK = re.compile(rb"\0+")
_QUIET = 4
# Any of the eight masks is read by any reader (ISO/IEC 18004, 7.8); trying all for the most even
# picture takes six times as long as all the rest.
_MASK = 3
_LARGEST = 177
_BARS = tuple(f"h{length}v1h-{length}z" for length in range(_LARGEST + 1))


def qr_path(text: str) -> tuple[str, int]:
    """The dark modules of ``text``'s QR code as an SVG path to fill, and the side of its square.

    Error correction is M (15 %). Whoever draws it leaves a quiet zone of four modules around.
    """
    code = zxingcpp.create_barcode(
        text, zxingcpp.BarcodeFormat.QRCode, ec_level="M", data_mask=_MASK
    )
    # With its quiet zone a row ends in light modules, so that no run goes on in the next row.
    picture: Any = code.to_image(add_quiet_zones=True)
    pixels = bytes(memoryview(picture))
    width = isqrt(len(pixels))
    path: list[str] = []
    for run in _DARK.finditer(pixels):
        start, end = run.span()
        y, x = divmod(start, width)
        path.append(f"M{x - _QUIET} {y - _QUIET}{_BARS[end - start]}")
    return "".join(path), width - 2 * _QUIET
