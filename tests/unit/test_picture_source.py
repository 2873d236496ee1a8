"""Picture files as they come: what is refused, and in which words."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dangjian.media.picture_source import PictureError
from dangjian.media.pictures import make_picture
from tests.samples.photos import photo, saved


def png_of_claimed_size(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("side", [9_000, 10_000, 20_000, 65_000])
def test_a_bomb_is_refused_before_decoding(tmp_path: Path, side: int) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_of_claimed_size(side, side))
    with pytest.raises(PictureError, match="图片太大"):
        make_picture(path, tmp_path / "cache")


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize("part", [0.02, 0.3, 0.9, 0.995])
def test_a_cut_off_picture_is_refused(tmp_path: Path, format_: str, part: float) -> None:
    suffix = {"JPEG": ".jpg"}.get(format_, f".{format_.lower()}")
    whole = saved(tmp_path, f"whole{suffix}", photo(300, 200), format_).read_bytes()
    path = tmp_path / f"cut{suffix}"
    path.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(PictureError):
        make_picture(path, tmp_path / "cache")
    assert not list((tmp_path / "cache").rglob("*.*"))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty.jpg", b"", "空文件"),
        ("text.jpg", b"not a picture", "不是图片"),
        ("phone.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
    ],
)
def test_what_is_no_picture_is_named(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(PictureError, match=message) as raised:
        make_picture(path, tmp_path / "cache")
    assert name not in str(raised.value)


def test_a_missing_picture_is_named(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="打不开"):
        make_picture(tmp_path / "none.jpg", tmp_path / "cache")


@pytest.mark.parametrize(
    ("name", "format_", "right"),
    [
        ("a.jpg", "PNG", "png"),
        ("a.png", "JPEG", "jpg"),
        ("a.gif", "WEBP", "webp"),
        ("a.svg", "JPEG", "jpg"),
        ("a", "PNG", "png"),
    ],
)
def test_a_wrong_ending_is_repaired_and_reported(
    tmp_path: Path, name: str, format_: str, right: str
) -> None:
    made = make_picture(saved(tmp_path, name, photo(20, 20), format_), tmp_path / "cache")
    assert made.name.endswith(f".{right}")
    assert [f"改名为 .{right}" in notice for notice in made.notices] == [True]


def test_a_drawing_named_as_a_photograph_is_a_drawing(tmp_path: Path) -> None:
    path = tmp_path / "d.png"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2"><path d="M0 0"/></svg>'
    )
    made = make_picture(path, tmp_path / "cache")
    assert made.name.endswith(".svg")
    assert "改名为 .svg" in made.notices[0]


@pytest.mark.parametrize(
    ("name", "format_"),
    [("a.JPG", "JPEG"), ("a.jpeg", "JPEG"), ("a.PNG", "PNG"), ("a.tif", "TIFF")],
)
def test_a_right_ending_is_not_mentioned(tmp_path: Path, name: str, format_: str) -> None:
    made = make_picture(saved(tmp_path, name, photo(20, 20), format_), tmp_path / "cache")
    assert made.notices == ()


def test_of_several_pages_the_first_is_shown_and_the_rest_reported(tmp_path: Path) -> None:
    pages = [Image.new("L", (30, 20), shade) for shade in (0, 255)]
    path = saved(tmp_path, "s.tif", pages[0], "TIFF", save_all=True, append_images=pages[1:])
    made = make_picture(path, tmp_path / "cache")
    assert Image.open(made.path).convert("L").getpixel((3, 3)) == 0
    assert "2 页" in made.notices[0]


@pytest.mark.parametrize("progressive", [False, True])
def test_a_damaged_picture_is_refused_if_it_cannot_be_decoded(
    tmp_path: Path, progressive: bool
) -> None:
    path = saved(tmp_path, "a.jpg", photo(96, 64), "JPEG", quality=20, progressive=progressive)
    data = path.read_bytes()
    rng = np.random.default_rng(7)
    verdicts = set()
    for number in range(150):
        broken = bytearray(data)
        for at in rng.integers(2, len(data), 1 + number % 3):
            broken[at] = rng.integers(0, 256)
        del broken[rng.integers(2, len(data)) if number % 2 else len(data) :]
        path.write_bytes(broken)
        verdicts.add((_decodes(bytes(broken)), _is_made(path, tmp_path / "cache")))
    # What is not decoded may be refused for its container; what is published has been decoded.
    assert (False, True) not in verdicts
    assert {(True, True), (False, False)} <= verdicts


def _decodes(data: bytes) -> bool:
    try:
        Image.open(io.BytesIO(data)).load()
    except (OSError, SyntaxError, ValueError):
        return False
    return True


def _is_made(path: Path, cache: Path) -> bool:
    try:
        make_picture(path, cache)
    except PictureError:
        return False
    return True
