"""Limits of pictures: the last value on one side, the first on the other."""

import io
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.annotations import Text

from dangjian.media import responsive
from dangjian.media.document_facts import document_notices
from dangjian.media.encoding import encode, is_drawn, is_flat, with_palette
from dangjian.media.picture_metadata import strip_metadata
from dangjian.media.picture_source import PictureError, open_picture
from dangjian.media.pictures import make_picture
from dangjian.media.svg import SvgError, clean_svg
from tests.samples.photos import photo, saved


def coloured(count: int) -> Image.Image:
    """A picture of so many colours."""
    values = np.arange(count, dtype=np.uint32)
    pixels = np.stack([values & 255, values >> 8, values * 0], axis=1).astype(np.uint8)
    return Image.fromarray(pixels.reshape(1, count, 3), "RGB")


def grey(count: int) -> Image.Image:
    return Image.fromarray(np.arange(count, dtype=np.uint8).reshape(1, count), "L")


@pytest.mark.parametrize(("count", "few"), [(256, True), (257, False)])
def test_a_palette_holds_256_colours(count: int, few: bool) -> None:
    assert is_flat(coloured(count)) is few
    assert (with_palette(coloured(count)) is not None) is few


@pytest.mark.parametrize(("count", "drawn"), [(4096, True), (4097, False)])
def test_a_picture_of_4096_colours_is_drawn(count: int, drawn: bool) -> None:
    assert is_drawn(coloured(count)) is drawn


@pytest.mark.parametrize(
    ("count", "flat", "drawn"), [(16, True, True), (17, False, True), (65, False, False)]
)
def test_grey_pictures_have_few_shades(count: int, flat: bool, drawn: bool) -> None:
    """16 shades are writing, 64 a drawing."""
    assert (is_flat(grey(count)), is_drawn(grey(count))) == (flat, drawn)
    made = with_palette(grey(count))
    assert made is not None
    assert made.mode == ("P" if flat else "L")
    assert is_drawn(grey(64))


@pytest.mark.parametrize(("height", "opened"), [(8000, True), (8001, False)])
def test_a_picture_has_64_million_pixels_at_most(height: int, opened: bool) -> None:
    header = io.BytesIO()
    Image.new("1", (8000, 1)).save(header, "PNG")
    data = bytearray(header.getvalue())
    data[20:24] = height.to_bytes(4, "big")
    # Pillow checks the sum of the header.

    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    if opened:
        assert open_picture(bytes(data)).size == (8000, height)
        return
    with pytest.raises(PictureError, match="上限 64 百万像素"):
        open_picture(bytes(data))


def test_a_jpeg_of_a_fifth_of_a_byte_a_pixel_is_published_as_it_is(tmp_path: Path) -> None:
    """However much smaller it would be if it was compressed as we do."""
    shares: dict[bool, list[float]] = {True: [], False: []}
    for step in range(30):
        picture = photo(160, 120, 0.5 + step / 30)
        path = saved(tmp_path, f"{step}.jpg", picture, "JPEG", quality=97)
        own = strip_metadata(path.read_bytes(), "JPEG")
        kept = make_picture(path, tmp_path / "cache").path.read_bytes() == own
        shares[kept].append(len(own) / (160 * 120))
    assert 0.197 < max(shares[True]) <= 0.2 < min(shares[False]) < 0.203


@pytest.mark.parametrize(("more", "taken"), [(0, True), (1, False)])
def test_an_animation_has_8_mb_at_most(tmp_path: Path, more: int, taken: bool) -> None:
    frames = io.BytesIO()
    first, second = Image.new("RGB", (2, 2), "red"), Image.new("RGB", (2, 2), "blue")
    first.save(frames, "GIF", save_all=True, append_images=[second])
    data = frames.getvalue()
    comments = (8_000_000 + more - len(data)) - 3
    blocks = b"\xff" + b"a" * 255
    whole, rest = divmod(comments, 256)
    filling = blocks * whole + (bytes([rest - 1]) + b"a" * (rest - 1) if rest else b"")
    path = tmp_path / "a.gif"
    path.write_bytes(data[:-1] + b"\x21\xfe" + filling + b"\0" + data[-1:])
    assert path.stat().st_size == 8_000_000 + more
    if taken:
        assert make_picture(path, tmp_path / "cache").width == 2
        return
    with pytest.raises(PictureError, match="8 MB 以内"):
        make_picture(path, tmp_path / "cache")


@pytest.mark.parametrize(("more", "offered"), [(0, True), (1, False)])
def test_avif_is_offered_where_it_saves_a_tenth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int, offered: bool
) -> None:
    path = saved(tmp_path, "a.jpg", photo(300, 200), "JPEG", quality=92)
    size = make_picture(path, tmp_path / "cache").bytes

    def sized(image: Image.Image, form: str, quality: int, **more_: Any) -> bytes:
        if form == "AVIF":
            return b"x" * (size * 9 // 10 + more)
        return encode(image, form, quality, **more_)

    monkeypatch.setattr(responsive, "encode", sized)
    _, sizes = responsive.make_sizes(path, tmp_path / "cache")
    assert bool(sizes.avif) is offered


def drawing(inside: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{inside}</svg>'.encode()


def test_a_drawing_has_2_mb_and_100_levels_at_most() -> None:
    empty = len(drawing("<!---->"))
    assert clean_svg(drawing(f"<!--{'a' * (2_000_000 - empty)}-->"))
    with pytest.raises(SvgError, match="超过 2 MB"):
        clean_svg(drawing(f"<!--{'a' * (2_000_001 - empty)}-->"))
    assert clean_svg(drawing("<g>" * 99 + "<path/>" + "</g>" * 99))
    with pytest.raises(SvgError, match="套得太深"):
        clean_svg(drawing("<g>" * 100 + "<path/>" + "</g>" * 100))


def test_comments_are_looked_for_on_300_pages_of_a_pdf(tmp_path: Path) -> None:
    found = []
    for page in (299, 300):
        writer = PdfWriter()
        for _ in range(301):
            writer.add_blank_page(9, 9)
        writer.add_annotation(page, Text(rect=(1, 1, 2, 2), text="批注"))
        path = tmp_path / f"{page}.pdf"
        writer.write(path)
        found.append("批注" in "".join(document_notices(path, "pdf")))
    assert found == [True, False]
