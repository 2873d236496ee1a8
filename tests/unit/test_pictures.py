"""Pictures: what the public gets of what an editor put next to an article."""

import hashlib
import io
import random
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw

from dangjian.common.filenames import ascii_stem
from dangjian.media.encoding import encode
from dangjian.media.picture_source import PictureError
from dangjian.media.pictures import Recipe, make_picture
from tests.samples.photos import opened, photo, saved


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_turn_is_undone(tmp_path: Path, orientation: int) -> None:
    upright = photo(120, 80)
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path, "turned.jpg", stored, "JPEG", quality=95, exif=exif)
    made = make_picture(path, tmp_path / "cache")
    assert (made.width, made.height) == opened(made.path).size == (120, 80)
    difference = np.asarray(opened(made.path), int) - np.asarray(upright, int)
    assert abs(difference).mean() < 6


def test_wide_pictures_are_made_1600_wide(tmp_path: Path) -> None:
    made = make_picture(saved(tmp_path, "a.jpg", photo(2400, 1800), "JPEG"), tmp_path / "cache")
    assert (made.width, made.height) == opened(made.path).size == (1600, 1200)
    assert made.bytes == len(made.path.read_bytes()) < 200_000


def test_a_tall_turned_picture_is_measured_after_turning(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = saved(tmp_path, "a.jpg", photo(3200, 2000), "JPEG", exif=exif)
    made = make_picture(path, tmp_path / "cache")
    assert (made.width, made.height) == (1600, 2560)


def test_small_well_compressed_jpeg_keeps_its_pixels(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.jpg", photo(400, 300, 20), "JPEG", quality=70, comment="内部")
    made = make_picture(path, tmp_path / "cache")
    assert np.array_equal(np.asarray(opened(path)), np.asarray(opened(made.path)))
    assert "内部".encode() not in made.path.read_bytes()


def test_other_colour_spaces_become_srgb(tmp_path: Path) -> None:
    lab = ImageCms.createProfile("LAB")
    rgb = photo(60, 40)
    cmyk = make_picture(
        saved(tmp_path, "c.jpg", rgb.convert("CMYK"), "JPEG", quality=95), tmp_path / "cache"
    )
    assert opened(cmyk.path).mode == "RGB"
    assert abs(np.asarray(opened(cmyk.path), int) - np.asarray(rgb, int)).mean() < 8
    wrong = ImageCms.ImageCmsProfile(lab).tobytes()
    made = make_picture(saved(tmp_path, "w.png", rgb, "PNG", icc_profile=wrong), tmp_path / "cache")
    assert opened(made.path).mode == "RGB"


def swapped_profile() -> bytes:
    """An sRGB profile with red and green exchanged: applying it turns red into another colour."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {}
    (count,) = struct.unpack_from(">I", profile, 128)
    for n in range(count):
        name, start, size = struct.unpack_from(">4sII", profile, 132 + 12 * n)
        tags[name] = (start, size)
    red, green = tags[b"rXYZ"], tags[b"gXYZ"]
    a, b = profile[red[0] : sum(red)], profile[green[0] : sum(green)]
    profile[red[0] : sum(red)], profile[green[0] : sum(green)] = b, a
    return bytes(profile).replace(b"s\0R\0G\0B", b"x\0x\0x\0x")


def test_a_wide_gamut_profile_is_applied_not_dropped(tmp_path: Path) -> None:
    swapped = swapped_profile()
    path = saved(tmp_path, "r.png", Image.new("RGB", (9, 9), "red"), "PNG", icc_profile=swapped)
    made = make_picture(path, tmp_path / "cache")
    pixel = opened(made.path).convert("RGB").getpixel((4, 4))
    assert isinstance(pixel, tuple)
    assert pixel[1] > 240
    assert pixel[0] < 15


def test_sixteen_bits_are_scaled_not_clipped(tmp_path: Path) -> None:
    ramp = np.linspace(0, 65535, 100).astype(np.uint16)[None, :].repeat(10, 0)
    path = saved(tmp_path, "deep.png", Image.fromarray(ramp), "PNG")
    made = make_picture(path, tmp_path / "cache")
    values = np.asarray(opened(made.path).convert("L"))[0]
    assert values[0] == 0
    assert values[-1] == 255
    assert 120 < values[50] < 135


def test_transparency_of_a_palette_survives_shrinking(tmp_path: Path) -> None:
    image = Image.new("RGBA", (2000, 100), (0, 0, 0, 0))
    image.paste((200, 0, 0, 255), (0, 0, 1000, 100))
    grain = np.random.default_rng(4).integers(0, 255, (100, 1000, 4)).astype(np.uint8)
    grain[..., 3] = 255
    image.paste(Image.fromarray(grain).resize((250, 25)).resize((500, 100)), (500, 0))
    path = saved(tmp_path, "p.png", image.quantize(256), "PNG", transparency=None)
    made = make_picture(path, tmp_path / "cache")
    result = np.asarray(opened(made.path).convert("RGBA"))
    assert result.shape == (80, 1600, 4)
    assert result[40, 1500, 3] == 0
    assert result[40, 100, 3] == 255


def test_a_large_animation_is_refused(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (1700, 8), color) for color in ("red", "green")]
    path = saved(tmp_path, "m.gif", frames[0], "GIF", save_all=True, append_images=frames[1:])
    with pytest.raises(PictureError, match="动图太大"):
        make_picture(path, tmp_path / "cache")


@pytest.mark.parametrize("format_", ["BMP", "TIFF", "AVIF"])
def test_photographs_in_other_formats_become_jpeg(tmp_path: Path, format_: str) -> None:
    path = saved(tmp_path, f"b.{format_.lower()}", photo(200, 150), format_)
    assert make_picture(path, tmp_path / "cache").name.endswith(".jpg")


def test_a_screenshot_in_bmp_becomes_png(tmp_path: Path) -> None:
    path = saved(tmp_path, "b.bmp", Image.new("RGB", (60, 40), "white"), "BMP")
    assert make_picture(path, tmp_path / "cache").name.endswith(".png")


def test_the_cache_answers_and_heals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path, "a.jpg", photo(1800, 300), "JPEG")
    first = make_picture(path, tmp_path / "cache")
    good = first.path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr("dangjian.media.pictures.make", lambda *_: pytest.fail("made again"))
        assert make_picture(path, tmp_path / "cache") == first
    first.path.write_bytes(good[:100])
    assert make_picture(path, tmp_path / "cache") == first
    assert first.path.read_bytes() == good
    record = next((tmp_path / "cache").rglob("*.json"))
    record.write_bytes(b'{"digest": 3')
    assert make_picture(path, tmp_path / "cache") == first
    smaller = make_picture(path, tmp_path / "cache", Recipe(max_width=800))
    assert smaller.width == 800
    assert smaller.name != first.name


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_equal_bytes_from_two_runs(tmp_path: Path, format_: str) -> None:
    suffix = {"JPEG": "jpg"}.get(format_, format_.lower())
    path = saved(tmp_path, f"a.{suffix}", photo(1900, 700), format_)
    one, two = (make_picture(path, tmp_path / cache) for cache in ("one", "two"))
    assert one.path.read_bytes() == two.path.read_bytes()
    assert one.name == two.name
    digest = hashlib.sha256(one.path.read_bytes()).hexdigest()[:12]
    assert one.name == f"media/a.{digest}.{suffix}"


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("党建活动.jpg", "tu"),
        ("IMG 2020 (1).JPG", "img-2020-1"),
        ("华亭hui场2.png", "hui-2"),
        ("CON.png", "tu"),
        ("a" * 200 + ".png", "a" * 40),
        ("..png", "tu"),
    ],
)
def test_names_are_ascii(name: str, stem: str) -> None:
    assert ascii_stem(Path(name), "tu") == stem


def chart(width: int, height: int) -> Image.Image:
    """A page of a table as a screenshot has it: writing and rules in few colours."""
    image = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(image)
    rng = random.Random(3)
    for y in range(10, height, 24):
        pen.line((0, y, width, y), fill=(200, 200, 210))
        for x in range(8, width - 8, 9):
            pen.rectangle(
                (x, y + 6, x + rng.randrange(7), y + 6 + rng.randrange(12)), fill=rng.choice(INKS)
            )
    return image


INKS = [(20, 20, 30), (160, 30, 30), (90, 90, 110)]


def growing(folder: Path) -> dict[str, Path]:
    """Pictures that are easily made larger: few colours, one bit, or more squeezed than we do."""
    table, scan = chart(1800, 700), chart(1800, 700).convert("1")
    smooth, small = photo(500, 400, 12), photo(300, 200, 25)
    wide = photo(1800, 700, 12)
    profile = swapped_profile()
    turned = Image.Exif()
    turned[0x0112] = 6
    return {
        "palette.png": saved(folder, "palette.png", table.quantize(16), "PNG", optimize=True),
        "screenshot.png": saved(folder, "screenshot.png", table, "PNG", optimize=True),
        "scan.png": saved(folder, "scan.png", scan, "PNG", optimize=True),
        "scan.gif": saved(folder, "scan.gif", scan, "GIF"),
        "turned.png": saved(folder, "turned.png", chart(400, 300).quantize(8), "PNG", exif=turned),
        "gamut.png": saved(folder, "gamut.png", chart(400, 300), "PNG", icc_profile=profile),
        "low.jpg": saved(folder, "low.jpg", smooth, "JPEG", quality=25, exif=turned),
        "low-wide.jpg": saved(folder, "low-wide.jpg", wide, "JPEG", quality=12),
        "gamut.jpg": saved(folder, "gamut.jpg", smooth, "JPEG", quality=30, icc_profile=profile),
        "cmyk.jpg": saved(folder, "cmyk.jpg", smooth.convert("CMYK"), "JPEG", quality=20),
        "low.webp": saved(folder, "low.webp", smooth, "WEBP", quality=20, exif=turned),
        "lossless.webp": saved(folder, "lossless.webp", chart(1700, 400), "WEBP", lossless=True),
        "low.avif": saved(folder, "low.avif", smooth, "AVIF", quality=40),
        "small.png": saved(folder, "small.png", small.quantize(200), "PNG", optimize=True),
    }


def test_no_picture_is_published_larger_than_it_came(tmp_path: Path) -> None:
    sizes = {}
    for name, path in growing(tmp_path).items():
        made = make_picture(path, tmp_path / "cache")
        sizes[name] = (made.bytes, path.stat().st_size)
        with Image.open(made.path) as result:
            result.load()
            assert result.size == (made.width, made.height)
    assert {name: pair for name, pair in sizes.items() if pair[0] > pair[1]} == {}


def test_a_fax_scan_hardly_grows_though_no_browser_shows_its_form(tmp_path: Path) -> None:
    scan = chart(1200, 900).convert("1")
    path = saved(tmp_path, "scan.tif", scan, "TIFF", compression="group4")
    made = make_picture(path, tmp_path / "cache")
    assert made.bytes < 1.1 * path.stat().st_size


def test_few_colours_stay_sharp_when_scaled_down(tmp_path: Path) -> None:
    noisy = Image.fromarray(
        np.random.default_rng(2).integers(0, 3, (300, 2000)).astype(np.uint8), "P"
    )
    noisy.putpalette([0, 0, 0, 255, 0, 0, 255, 255, 255])
    path = saved(tmp_path, "p.png", noisy, "PNG")
    made = make_picture(path, tmp_path / "cache")
    assert made.width in (1600, 2000)
    assert made.bytes <= path.stat().st_size


def test_a_photograph_in_grey_keeps_its_shades(tmp_path: Path) -> None:
    grey = photo(1800, 300).convert("L")
    made = make_picture(saved(tmp_path, "g.png", grey, "PNG"), tmp_path / "cache")
    assert made.width == 1600
    assert len(np.unique(np.asarray(opened(made.path).convert("L")))) > 100


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "1"])
def test_a_palette_loses_no_colour(mode: str) -> None:
    image = chart(60, 50).convert(mode)
    if mode == "RGBA":
        image.putpixel((3, 3), (10, 200, 30, 77))
    made = encode(image, "PNG", 82)
    result = Image.open(io.BytesIO(made))
    assert result.convert("RGBA").tobytes() == image.convert("RGBA").tobytes()
    assert encode(image, "PNG", 82, alone=True) == made
