"""QR codes: what a telephone reads from the page is the address that went in."""

import re

import numpy as np
import pytest
import zxingcpp

from dangjian.media.qr import qr_path

TEXTS = [
    "https://www.example.gov.cn/pldj/jcdj/2020/06/20200616122400.html",
    "https://e.cn/",
    "https://www.example.gov.cn/" + "a" * 700,
    "https://例子.中国/党建/",
    "http://127.0.0.1:8000/?q=1&b=2#x",
]


def drawn(path: str, side: int) -> np.ndarray:
    """The path's lines on a white square with a quiet zone, dark where they run."""
    square = np.zeros((side + 8, side + 8), bool)
    assert re.fullmatch(r"(M0 \d+(h\d+|m\d+ 0)+)+", path)
    for row, moves in re.findall(r"M0 (\d+)([^M]+)", path):
        x = 0
        for move, length in re.findall(r"([hm])(\d+)", moves):
            square[int(row) + 4, x + 4 : x + 4 + int(length)] = move == "h"
            x += int(length)
        assert x <= side
    return square


@pytest.mark.parametrize("text", TEXTS)
def test_the_drawn_code_is_read_back(text: str) -> None:
    square = drawn(*qr_path(text))
    pixels = np.kron(np.where(square, 0, 255).astype(np.uint8), np.ones((4, 4), np.uint8))
    (found,) = zxingcpp.read_barcodes(pixels)
    assert found.text == text
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    assert found.ec_level == "M"


@pytest.mark.parametrize(
    ("length", "side"), [(14, 21), (26, 25), (42, 29), (62, 33), (84, 37), (1125, 125)]
)
def test_it_is_as_small_as_the_standard_allows(length: int, side: int) -> None:
    # ISO/IEC 18004, table 7: characters in bytes that a version holds at level M.
    assert qr_path("a" * length)[1] == side
    assert qr_path("a" * (length + 1))[1] == side + 4


def test_the_first_row_starts_with_a_finder_pattern() -> None:
    assert qr_path(TEXTS[0])[0].startswith("M0 0h7m")
