"""Pictures: what an editor may put beside an article, and what the public gets of it."""

import hashlib
import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from dangjian.common.filenames import ascii_stem
from dangjian.media.pictures import PictureError, Recipe, inspect_picture, make_picture

GPS = {1: "N", 2: (35.0, 33.0, 1.0), 3: "E", 4: (106.0, 41.0, 2.0)}


def photo(width: int, height: int, noise: float = 4) -> Image.Image:
    """A smooth picture that is red at the left, blue at the bottom, as photographs go."""
    x = np.linspace(255, 0, width)[None, :].repeat(height, 0)
    y = np.linspace(0, 255, height)[:, None].repeat(width, 1)
    grain = np.random.default_rng(1).normal(0, noise, (height, width))
    pixels = np.dstack([x + grain, 0 * x + 80, y + grain]).clip(0, 255).astype(np.uint8)
    return Image.fromarray(pixels)


def saved(folder: Path, name: str, image: Image.Image, format_: str, **how: object) -> Path:
    path = folder / name
    image.save(path, format_, **how)
    return path


def opened(path: Path) -> Image.Image:
    image = Image.open(path)
    image.load()
    return image


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
    assert inspect_picture(path).width == made.width == 120
    assert (made.width, made.height) == opened(made.path).size == (120, 80)
    difference = np.asarray(opened(made.path), int) - np.asarray(upright, int)
    assert abs(difference).mean() < 6


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("width", [200, 1800])
def test_place_camera_and_comments_leave(tmp_path: Path, format_: str, width: int) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x8825] = GPS
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    suffix = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}[format_]
    path = saved(tmp_path, f"p.{suffix}", photo(width, 90), format_, exif=exif, icc_profile=profile)
    assert b"SecretCamera" in path.read_bytes()
    made = make_picture(path, tmp_path / "cache")
    data = made.path.read_bytes()
    assert not dict(opened(made.path).getexif())
    assert "icc_profile" not in opened(made.path).info
    for trace in (b"SecretCamera", b"Exif", b"EXIF", b"iCCP", b"ICC_PROFILE", b"eXIf"):
        assert trace not in data
    assert opened(made.path).format == format_


def test_wide_pictures_are_made_1600_wide(tmp_path: Path) -> None:
    made = make_picture(saved(tmp_path, "a.jpg", photo(4000, 3000), "JPEG"), tmp_path / "cache")
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


def test_what_a_telephone_appends_after_the_picture_is_cut(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.jpg", photo(400, 300), "JPEG", quality=60)
    path.write_bytes(path.read_bytes() + b"ftypmp42 a film with GPS" * 50)
    made = make_picture(path, tmp_path / "cache")
    assert b"film" not in made.path.read_bytes()


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


def test_a_wide_gamut_profile_is_applied_not_dropped(tmp_path: Path) -> None:
    # Swap the primaries of an sRGB profile: applying it must turn red into another colour.
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {}
    (count,) = struct.unpack_from(">I", profile, 128)
    for n in range(count):
        name, start, size = struct.unpack_from(">4sII", profile, 132 + 12 * n)
        tags[name] = (start, size)
    red, green = tags[b"rXYZ"], tags[b"gXYZ"]
    a, b = profile[red[0] : sum(red)], profile[green[0] : sum(green)]
    profile[red[0] : sum(red)], profile[green[0] : sum(green)] = b, a
    swapped = bytes(profile).replace(b"s\0R\0G\0B", b"x\0x\0x\0x")
    path = saved(tmp_path, "r.png", Image.new("RGB", (9, 9), "red"), "PNG", icc_profile=swapped)
    made = make_picture(path, tmp_path / "cache")
    pixel = opened(made.path).getpixel((4, 4))
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
    path = saved(tmp_path, "p.png", image.quantize(8), "PNG", transparency=None)
    made = make_picture(path, tmp_path / "cache")
    result = np.asarray(opened(made.path).convert("RGBA"))
    assert result.shape == (80, 1600, 4)
    assert result[40, 1500, 3] == 0
    assert result[40, 100, 3] == 255


@pytest.mark.parametrize("format_", ["GIF", "WEBP"])
def test_small_animations_keep_moving_without_metadata(tmp_path: Path, format_: str) -> None:
    frames = [Image.new("RGB", (40, 30), color) for color in ("red", "green", "blue")]
    how: dict[str, object] = {"comment": b"SecretCamera"} if format_ == "GIF" else {}
    if format_ == "WEBP":
        how["xmp"] = b"<x:xmpmeta>SecretCamera</x:xmpmeta>"
    path = saved(
        tmp_path, f"m.{format_.lower()}", frames[0], format_,
        save_all=True, append_images=frames[1:], duration=100, loop=0, **how,
    )  # fmt: skip
    assert b"SecretCamera" in path.read_bytes()
    assert inspect_picture(path).frames == 3
    made = make_picture(path, tmp_path / "cache")
    with Image.open(made.path) as result:
        assert getattr(result, "n_frames", 1) == 3
        assert result.info.get("loop") == 0
    assert b"SecretCamera" not in made.path.read_bytes()


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
        ("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        ("photo.svg", b"\x89PNG\r\n\x1a\n", "不是 SVG"),
    ],
)
def test_what_is_no_picture_is_named(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    for work in (inspect_picture, lambda p: make_picture(p, tmp_path / "cache")):
        with pytest.raises(PictureError, match=message) as raised:
            work(path)
        assert name not in str(raised.value)


def test_a_missing_picture_is_named(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="打不开"):
        inspect_picture(tmp_path / "none.jpg")


def test_a_wrong_extension_says_the_right_one(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.jpg", photo(20, 20), "PNG")
    with pytest.raises(PictureError, match=r"改名为 \.png"):
        make_picture(path, tmp_path / "cache")


def test_the_cache_answers_and_heals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path, "a.jpg", photo(1800, 300), "JPEG")
    first = make_picture(path, tmp_path / "cache")
    good = first.path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr("dangjian.media.pictures._make_raster", lambda *_: pytest.fail("made again"))
        assert make_picture(path, tmp_path / "cache") == first
    first.path.write_bytes(good[:100])
    assert make_picture(path, tmp_path / "cache") == first
    assert first.path.read_bytes() == good
    record = first.path.with_suffix(".json")
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


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {}>{}</svg>'
)


def drawing(folder: Path, inside: str, size: str = 'viewBox="0 0 300 200"') -> Path:
    path = folder / "d.svg"
    path.write_text(SVG.format(size, inside), "utf-8")
    return path


def test_a_plain_drawing_passes(tmp_path: Path) -> None:
    inside = (
        "<title>图</title><metadata>SecretCamera</metadata><defs><linearGradient id='g'>"
        "<stop offset='0'/></linearGradient></defs><style>.a{fill:url( '#g' )}</style>"
        "<rect class='a' width='9' height='9'/><use xlink:href='#g'/>"
        "<a href='x.html'><path d='M0 0'/></a>"
    )
    made = make_picture(drawing(tmp_path, inside), tmp_path / "cache")
    data = made.path.read_text("utf-8")
    assert (made.width, made.height) == (300, 200)
    assert made.name.endswith(".svg")
    assert "SecretCamera" not in data
    assert "x.html" not in data
    assert '<use href="#g">' in data
    assert "<path" in data
    assert "图" in data
    assert inspect_picture(made.path).format == "SVG"


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<x:script xmlns:x='http://www.w3.org/2000/svg'>alert(1)</x:script>",
        "<rect onclick='alert(1)'/>",
        "<foreignObject><p/></foreignObject>",
        "<use href='http://example.com/a.svg#b'/>",
        "<use xlink:href='javascript:alert(1)'/>",
        "<image href='data:image/svg+xml;base64,AAAA'/>",
        "<style>@import 'http://example.com/a.css';</style>",
        "<style>.a{fill:url(http://example.com/a)}</style>",
        "<rect style='fill:u\\72l(http://example.com)'/>",
        "<rect fill='url(  \"//example.com\")'/>",
        "<rect><set attributeName='href' to='javascript:alert(1)'/></rect>",
        "<g>" * 200 + "</g>" * 200,
    ],
)
def test_a_drawing_that_could_act_or_fetch_is_refused(tmp_path: Path, inside: str) -> None:
    with pytest.raises(PictureError, match="SVG"):
        make_picture(drawing(tmp_path, inside), tmp_path / "cache")


def test_entities_broken_xml_and_no_size_are_refused(tmp_path: Path) -> None:
    entities = '<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + SVG.format("", "&a;")
    path = tmp_path / "e.svg"
    path.write_text(f"<?xml version='1.0'?>{entities}")
    with pytest.raises(PictureError, match="实体"):
        make_picture(path, tmp_path / "cache")
    path.write_text("<svg><g></svg>")
    with pytest.raises(PictureError, match="写法有错"):
        make_picture(path, tmp_path / "cache")
    with pytest.raises(PictureError, match="尺寸"):
        make_picture(drawing(tmp_path, "", 'width="100%"'), tmp_path / "cache")


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ('width="100" height="50"', (100, 50)),
        ('width="10mm" viewBox="0 0 1 2"', (38, 76)),
        ('height="100px" viewBox="0,0,40,20"', (200, 100)),
        ('width="100%" height="100%" viewBox="0 0 64 48"', (64, 48)),
    ],
)
def test_the_size_of_a_drawing(tmp_path: Path, size: str, expected: tuple[int, int]) -> None:
    info = inspect_picture(drawing(tmp_path, "", size))
    assert (info.width, info.height) == expected


def test_pictures_read_by_other_programs_stay_readable_from_memory(tmp_path: Path) -> None:
    path = saved(tmp_path, "p.gif", photo(50, 40).quantize(16), "GIF", comment=b"note")
    made = make_picture(path, tmp_path / "cache")
    result = Image.open(io.BytesIO(made.path.read_bytes()))
    assert result.size == (50, 40)
    assert "comment" not in result.info


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
    # What is not decoded may be refused for its container; what is put out has been decoded.
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
