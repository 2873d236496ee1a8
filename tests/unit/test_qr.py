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
    "".join(map(chr, range(0x20, 0x7F))),
    # Put together up to 106 characters, made by the library from 107 on.
    "https://e.cn/".ljust(106, "7"),
    "https://e.cn/".ljust(107, "7"),
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


@pytest.mark.parametrize("length", [1, 7, 8, 9, 14, 15, 26, 27, 42, 43, 62, 63, 84, 85, 106, 107])
def test_a_code_put_together_is_the_library_s(length: int) -> None:
    # Without figures in a row, for which the library has a shorter code.
    text = ("https://e.cn/Jc_dj/?x=%E5#~-" * 4)[:length]
    code = zxingcpp.create_barcode(
        text, zxingcpp.BarcodeFormat.QRCode, ec_level="M", data_mask=3
    ).to_image(add_quiet_zones=False)
    path, side = qr_path(text)
    assert np.array_equal(drawn(path, side)[4:-4, 4:-4], np.asarray(code) == 0)


@pytest.mark.parametrize(
    ("length", "side"), [(14, 21), (26, 25), (42, 29), (62, 33), (84, 37), (1125, 125)]
)
def test_it_is_as_small_as_the_standard_allows(length: int, side: int) -> None:
    # ISO/IEC 18004, table 7: characters in bytes that a version holds at level M.
    assert qr_path("a" * length)[1] == side
    assert qr_path("a" * (length + 1))[1] == side + 4


def test_the_first_row_starts_with_a_finder_pattern() -> None:
    assert qr_path(TEXTS[0])[0].startswith("M0 0h7m")
