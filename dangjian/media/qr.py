"""The QR code of a page's address, as a path for an SVG drawn in the page itself."""

from functools import lru_cache
from itertools import chain, groupby
from math import isqrt
from struct import Struct
from typing import Any

import zxingcpp

# Any of the eight masks is read by any reader (ISO/IEC 18004, 7.8); trying all for the most even
# picture takes six times as long as all the rest.
_MASK = 3
# Pieces of rows of this length are few enough to be cached, and long enough to be few in a row.
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
    # A byte a module, row after row: NUL is dark.
    modules = bytes(memoryview(picture))
    side = isqrt(len(modules))
    cut, starts = _rows(side)
    pieces = cut.unpack(modules)
    in_row = len(pieces) // side
    columns = [map(_strokes, pieces[n::in_row]) for n in range(in_row - 1)]
    ends = map(_last_strokes, pieces[in_row - 1 :: in_row])
    return "".join(chain.from_iterable(zip(starts, *columns, ends, strict=True))), side


@lru_cache
def _rows(side: int) -> tuple[Struct, tuple[str, ...]]:
    """What cuts the rows of a code into pieces, and the move to the beginning of each row."""
    whole, rest = divmod(side - 1, _PIECE)
    row = f"{_PIECE}s" * whole + f"{rest + 1}s"
    return Struct(row * side), tuple(f"M0 {y}" for y in range(side))


@lru_cache(maxsize=2 << _PIECE)
def _strokes(piece: bytes) -> str:
    """What draws a piece of a row, beginning where the last one ended."""
    runs = ((module, len(list(same))) for module, same in groupby(piece))
    return "".join(f"m{length} 0" if light else f"h{length}" for light, length in runs)


@lru_cache(maxsize=2 << _PIECE)
def _last_strokes(piece: bytes) -> str:
    """The same at the end of a row, where light modules need no move."""
    return _strokes(piece.rstrip(b"\xff"))
