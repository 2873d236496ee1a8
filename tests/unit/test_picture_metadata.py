"""What never leaves the office: place, camera, comments, and what hides in odd parts of a file."""

import io
import struct
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from dangjian.media.picture_metadata import MalformedPictureError, strip_metadata
from dangjian.media.pictures import make_picture
from dangjian.media.tiff_metadata import strip_tiff
from tests.samples.photos import SECRET, camera_exif, opened, photo, saved


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("width", [200, 1800])
def test_place_camera_and_comments_leave(tmp_path: Path, format_: str, width: int) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    suffix = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}[format_]
    path = saved(
        tmp_path, f"p.{suffix}", photo(width, 90), format_, exif=camera_exif(), icc_profile=profile
    )
    assert b"SecretCamera" in path.read_bytes()
    made = make_picture(path, tmp_path / "cache")
    data = made.path.read_bytes()
    assert not dict(opened(made.path).getexif())
    assert "icc_profile" not in opened(made.path).info
    for trace in (b"SecretCamera", b"Exif", b"EXIF", b"iCCP", b"ICC_PROFILE", b"eXIf"):
        assert trace not in data
    assert opened(made.path).format == format_


def test_what_a_phone_appends_after_the_picture_is_cut(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.jpg", photo(400, 300), "JPEG", quality=60)
    path.write_bytes(path.read_bytes() + b"ftypmp42 a video with GPS" * 50)
    made = make_picture(path, tmp_path / "cache")
    assert b"video" not in made.path.read_bytes()


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
    made = make_picture(path, tmp_path / "cache")
    with Image.open(made.path) as result:
        assert getattr(result, "n_frames", 1) == 3
        assert result.info.get("loop") == 0
    assert b"SecretCamera" not in made.path.read_bytes()


def test_pictures_read_by_other_programs_stay_readable_from_memory(tmp_path: Path) -> None:
    path = saved(tmp_path, "p.gif", photo(50, 40).quantize(16), "GIF", comment=b"note")
    made = make_picture(path, tmp_path / "cache")
    result = Image.open(io.BytesIO(made.path.read_bytes()))
    assert result.size == (50, 40)
    assert "comment" not in result.info


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def riff(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data


def png_with(extra: bytes, mode: str = "RGB") -> bytes:
    """A PNG with chunks put before its pixels."""
    out = io.BytesIO()
    photo(40, 30).convert(mode).save(out, "PNG")
    data = out.getvalue()
    at = data.index(b"IDAT") - 4
    return data[:at] + extra + data[at:]


def jpeg_with(extra: bytes) -> bytes:
    out = io.BytesIO()
    photo(40, 30).save(out, "JPEG")
    return out.getvalue()[:2] + extra + out.getvalue()[2:]


def webp_with(extra: bytes, *, animated: bool = False) -> bytes:
    out = io.BytesIO()
    more = [photo(40, 30, 9)] if animated else []
    photo(40, 30).save(out, "WEBP", save_all=animated, append_images=more)
    data = out.getvalue()
    if animated:  # inside the first frame
        at = data.index(b"ANMF")
        (length,) = struct.unpack_from("<I", data, at + 4)
        end = at + 8 + length
        data = (
            data[: at + 4]
            + struct.pack("<I", length + len(extra))
            + data[at + 8 : end]
            + extra
            + data[end:]
        )
        return data[:4] + struct.pack("<I", len(data) - 8) + data[8:]
    return data[:4] + struct.pack("<I", len(data) + len(extra) - 8) + data[8:] + extra


def gif_with(extra: bytes) -> bytes:
    out = io.BytesIO()
    frames = [photo(40, 30, grain).quantize(16) for grain in (1, 9)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], loop=3, duration=70)
    data = out.getvalue()
    at = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    return data[:at] + extra + data[at:]


ODD_CARRIERS: dict[str, tuple[str, Callable[[bytes], bytes], bytes]] = {
    "JPEG: the tail of APP14": (
        "JPEG",
        jpeg_with,
        b"\xff\xee\0\x1aAdobe\0d\0\0\0\0\1" + SECRET,
    ),
    "JPEG: an APP14 of another": ("JPEG", jpeg_with, b"\xff\xee\0\x14Other\0" + SECRET),
    "JPEG: a reserved segment": ("JPEG", jpeg_with, b"\xff\xf0\0\x0e" + SECRET),
    "JPEG: a thumbnail in APP0": ("JPEG", jpeg_with, b"\xff\xe0\0\x14JFXX\0\x10" + SECRET),
    "PNG: a palette of no use": ("PNG", png_with, chunk(b"PLTE", SECRET)),
    "PNG: frames without animation": ("PNG", png_with, chunk(b"fdAT", b"\0\0\0\1" + SECRET)),
    "PNG: transparency too long": ("PNG", png_with, chunk(b"tRNS", SECRET)),
    "PNG: a second header": ("PNG", png_with, chunk(b"IHDR", SECRET + b"1")),
    "PNG: an unknown chunk": ("PNG", png_with, chunk(b"teSt", SECRET)),
    "PNG: a second palette": (
        "PNG",
        partial(png_with, mode="P"),
        chunk(b"PLTE", SECRET * 100) + chunk(b"tRNS", SECRET * 100),
    ),
    "WebP: an unknown chunk": ("WEBP", webp_with, riff(b"TEST", SECRET)),
    "WebP: a chunk in a frame": (
        "WEBP",
        partial(webp_with, animated=True),
        riff(b"TEST", SECRET),
    ),
    "GIF: plain text": (
        "GIF",
        gif_with,
        b"\x21\x01\x0c" + b"\0" * 12 + b"\x0c" + SECRET + b"\0",
    ),
    "GIF: a tail of NETSCAPE": (
        "GIF",
        gif_with,
        b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x03\0\x0c" + SECRET + b"\0",
    ),
    "GIF: another application": (
        "GIF",
        gif_with,
        b"\x21\xff\x0bSecretCame\x72\x0c" + SECRET + b"\0",
    ),
    "GIF: a long control block": (
        "GIF",
        gif_with,
        b"\x21\xf9\x04\0\0\0\0\x0c" + SECRET + b"\0",
    ),
}


@pytest.mark.parametrize("case", ODD_CARRIERS)
def test_nothing_hides_in_odd_parts_of_a_file(case: str) -> None:
    format_, put, extra = ODD_CARRIERS[case]
    data, plain = put(extra), put(b"")
    assert b"Secret" in data
    made = strip_metadata(data, format_)
    assert b"Secret" not in made
    with Image.open(io.BytesIO(plain)) as before, Image.open(io.BytesIO(made)) as after:
        frames = getattr(after, "n_frames", 1)
        assert frames == getattr(before, "n_frames", 1)
        for number in range(frames):
            before.seek(number)
            after.seek(number)
            assert after.convert("RGBA").tobytes() == before.convert("RGBA").tobytes()


def test_an_animated_png_keeps_its_frames(tmp_path: Path) -> None:
    frames = [photo(40, 30, grain) for grain in (1, 9, 20)]
    path = saved(tmp_path, "a.png", frames[0], "PNG", save_all=True, append_images=frames[1:])
    made = make_picture(path, tmp_path / "cache")
    with Image.open(made.path) as result:
        assert getattr(result, "n_frames", 1) == 3


@pytest.mark.parametrize("how", ["raw", "tiff_lzw", "jpeg", "group4"])
def test_a_scan_of_several_pages_keeps_its_pixels_and_loses_the_rest(
    tmp_path: Path, how: str
) -> None:
    mode = "1" if how == "group4" else "RGB"
    pages = [photo(64, 48, grain).convert(mode) for grain in (1, 30, 60)]
    facts = dict.fromkeys((270, 271, 272, 305, 315), "SecretCamera")
    path = saved(
        tmp_path, "s.tif", pages[0], "TIFF",
        save_all=True, append_images=pages[1:], compression=how, tiffinfo=facts, dpi=(300, 300),
    )  # fmt: skip
    before = path.read_bytes()
    assert SECRET in before
    made = strip_tiff(before)
    assert SECRET not in made
    assert len(made) <= len(before)
    with Image.open(io.BytesIO(before)) as one, Image.open(io.BytesIO(made)) as other:
        assert getattr(other, "n_frames", 1) == getattr(one, "n_frames", 1) == 3
        for number in range(3):
            one.seek(number)
            other.seek(number)
            assert other.tobytes() == one.tobytes()
        assert other.info.get("dpi") == (300, 300)


@pytest.mark.parametrize("part", [0.05, 0.5, 0.95])
def test_a_broken_scan_is_no_traceback(tmp_path: Path, part: float) -> None:
    data = saved(tmp_path, "s.tif", photo(64, 48), "TIFF").read_bytes()
    with pytest.raises(MalformedPictureError):
        strip_tiff(data[: int(len(data) * part)])


def test_pages_that_go_round_in_a_circle_are_refused(tmp_path: Path) -> None:
    data = bytearray(saved(tmp_path, "s.tif", photo(8, 8), "TIFF").read_bytes())
    (first,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, first)
    struct.pack_into("<I", data, first + 2 + 12 * count, first)
    with pytest.raises(MalformedPictureError):
        strip_tiff(bytes(data))
