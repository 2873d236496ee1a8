"""The QR code of a page's address, as a path for an SVG drawn in the page itself."""

from math import isqrt
from typing import Any

import zxingcpp

# A byte a module: dark ones are NUL.
_LETTERS = bytes([ord("d"), *b"w" * 255])
# Any of the eight masks is read by any reader (ISO/IEC 18004, 7.8); trying all for the most even
# picture takes six times as long as all the rest.
_MASK = 3
_LARGEST = 177
_RUNS = tuple(
    (letter * length, command.format(length))
    for length in range(_LARGEST, 0, -1)
    for letter, command in (("d", "h{}"), ("w", "m{} 0"))
)


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
    rows = [modules[start : start + side].rstrip("w") for start in range(0, len(modules), side)]
    drawn = "\n".join(rows)
    for run, command in _RUNS[2 * (_LARGEST - side) :]:
        drawn = drawn.replace(run, command)
    return "".join(f"M0 {y}{row}" for y, row in enumerate(drawn.split("\n")) if row), side
