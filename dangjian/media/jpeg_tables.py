"""How coarsely a JPEG keeps each frequency of its blocks of 8 × 8 pixels: tables of steps.

With those of the standard (ITU-T T.81, annex K) a photograph as near its original (SSIMULACRA2)
has a seventh more bytes. For brightness ours are the geometric mean of the steps of S. Klein,
A. Silverstein and T. Carney ("Relevance of human vision to JPEG-DCT compression", 1992) and of
jpegli; for colour they are those of Klein, Silverstein and Carney, the three lowest a fifth finer.
"""

from typing import Final

_BRIGHTNESS: Final = (
    *(12, 16, 22, 25, 33, 40, 52, 64),
    *(16, 21, 27, 30, 38, 40, 51, 61),
    *(22, 27, 30, 36, 44, 55, 65, 84),
    *(25, 30, 36, 41, 52, 66, 79, 94),
    *(33, 38, 44, 52, 62, 75, 95, 113),
    *(40, 40, 55, 66, 75, 91, 103, 133),
    *(52, 51, 65, 79, 95, 103, 123, 143),
    *(64, 61, 84, 94, 113, 133, 143, 149),
)
_COLOUR: Final = (
    *(11, 14, 20, 27, 37, 54, 81, 123),
    *(14, 26, 30, 40, 50, 58, 77, 108),
    *(20, 30, 36, 46, 63, 90, 131, 194),
    *(27, 40, 46, 58, 77, 107, 152, 224),
    *(37, 50, 63, 77, 100, 135, 188, 271),
    *(54, 58, 90, 107, 135, 178, 242, 340),
    *(81, 77, 131, 152, 188, 242, 323, 444),
    *(123, 108, 194, 224, 271, 340, 444, 597),
)
"""Both are so scaled that a quality means the same nearness as with the tables of the standard."""
_COARSEST: Final = 255
"""What a byte holds: not all programs read more."""


def tables(quality: int) -> tuple[list[int], list[int]]:
    """The steps of brightness and of colour, row by row; ``quality`` from 50 to 100, the finest."""
    return _scaled(_BRIGHTNESS, quality), _scaled(_COLOUR, quality)


def _scaled(table: tuple[int, ...], quality: int) -> list[int]:
    return [min(max(round(step * (100 - quality) / 50), 1), _COARSEST) for step in table]
