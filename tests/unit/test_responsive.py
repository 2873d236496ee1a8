"""Pictures in the sizes that screens show: which are made, which left out, the same each time."""

import io
import os
import time
from pathlib import Path

import pytest
from PIL import Image

from dangjian.media.encoding import encode, resized
from dangjian.media.picture_cache import KEPT_DAYS, prune
from dangjian.media.pictures import decode, make_picture
from dangjian.media.responsive import WIDTHS, make_sizes
from tests.samples.photos import SECRET, camera_exif, opened, photo, saved


def widths(folder: Path, path: Path) -> tuple[list[int], list[int]]:
    _, sizes = make_sizes(path, folder / "cache")
    return [one.width for one in sizes.smaller], [one.width for one in sizes.avif]


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (480, []),
        (560, [480]),
        (800, [480]),
        (801, [480, 800]),
        (1281, [480, 800, 1280]),
        (1900, [480, 800, 1280]),
    ],
)
def test_a_photograph_is_made_in_every_smaller_width(
    tmp_path: Path, width: int, expected: list[int]
) -> None:
    path = saved(tmp_path, "a.jpg", photo(width, 300), "JPEG", quality=92)
    assert widths(tmp_path, path) == (expected, [*expected, min(width, 1600)])


def test_sizes_are_what_they_say_and_tell_nothing(tmp_path: Path) -> None:
    path = saved(
        tmp_path, "a.jpg", photo(900, 1700), "JPEG", quality=92, exif=camera_exif(6)
    )  # turned: 1700 wide, 900 high
    made, sizes = make_sizes(path, tmp_path / "cache")
    assert (made.width, made.height) == (1600, 847)
    for one in (*sizes.smaller, *sizes.avif):
        picture = opened(one.path)
        assert picture.size == (one.width, round(one.width * 900 / 1700))
        assert picture.format == ("AVIF" if one in sizes.avif else "JPEG")
        assert SECRET not in one.path.read_bytes()
        assert not dict(picture.getexif())
    lengths = [one.path.stat().st_size for one in sizes.smaller]
    assert [*lengths, made.bytes] == sorted([*lengths, made.bytes])
    whole = sizes.avif[-1].path.stat().st_size
    assert whole < made.bytes


@pytest.mark.parametrize(("width", "speed"), [(1279, 8), (1280, 9)])
def test_wide_ones_are_written_faster(width: int, speed: int) -> None:
    image = photo(width, 200)
    wanted = {}
    for tried in (8, 9):
        out = io.BytesIO()
        image.save(out, "AVIF", quality=60, speed=tried, codec="aom", max_threads=1)
        wanted[tried] = out.getvalue()
    assert wanted[8] != wanted[9]
    assert encode(image.copy(), "AVIF", 0) == wanted[speed]


@pytest.mark.parametrize("mode", ["RGBA", "L"])
def test_transparent_and_grey_photographs_have_sizes_too(tmp_path: Path, mode: str) -> None:
    path = saved(tmp_path, "a.png", photo(700, 200).convert(mode), "PNG")
    made, sizes = make_sizes(path, tmp_path / "cache")
    assert made.name.endswith(".png")
    assert [one.width for one in sizes.smaller] == [480]
    assert [one.width for one in sizes.avif] == [480, 700]
    assert opened(sizes.smaller[0].path).mode in (mode, "P")


def test_a_drawing_stays_sharp_and_grows_in_no_size(tmp_path: Path) -> None:
    image = Image.new("RGB", (1500, 400), "white")
    for x in range(0, 1500, 60):
        image.paste((160, 20, 20), (x, 100, x + 30, 300))
    path = saved(tmp_path, "a.png", image, "PNG", optimize=True)
    made, sizes = make_sizes(path, tmp_path / "cache")
    assert sizes.avif == ()
    assert all(one.path.stat().st_size < made.bytes for one in sizes.smaller)


def test_moving_pictures_and_drawings_in_svg_have_one_size(tmp_path: Path) -> None:
    frames = [photo(900, 60, grain) for grain in (1, 20)]
    moving = saved(tmp_path, "m.webp", frames[0], "WEBP", save_all=True, append_images=frames[1:])
    assert widths(tmp_path, moving) == ([], [])
    drawn = tmp_path / "d.svg"
    drawn.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2000 9"/>')
    assert widths(tmp_path, drawn) == ([], [])


def test_equal_bytes_whatever_was_cached_before(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.jpg", photo(1800, 500, 9), "JPEG", quality=95)
    first = make_sizes(path, tmp_path / "one")  # decoded once for all
    make_sizes(path, tmp_path / "two")
    record = next(p for p in (tmp_path / "two").rglob("*.json") if b"avif" in p.read_bytes())
    record.unlink()
    again = make_sizes(path, tmp_path / "two")  # decoded again for the sizes
    names = [[one.name for one in (*s.smaller, *s.avif)] for _, s in (first, again)]
    assert len(names[0]) == 2 * len(WIDTHS) + 1
    assert names[0] == names[1]


def test_a_damaged_size_is_made_again(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.jpg", photo(700, 200), "JPEG", quality=95)
    _, sizes = make_sizes(path, tmp_path / "cache")
    good = sizes.avif[0].path.read_bytes()
    sizes.avif[0].path.write_bytes(good[:-9])
    assert make_sizes(path, tmp_path / "cache")[1] == sizes
    assert sizes.avif[0].path.read_bytes() == good


@pytest.mark.parametrize(("days", "gone"), [(KEPT_DAYS - 1, False), (KEPT_DAYS + 1, True)])
def test_pictures_out_of_use_leave_the_cache_in_the_end(
    tmp_path: Path, days: int, gone: bool
) -> None:
    cache = tmp_path / "cache"
    kept, other = (
        make_sizes(saved(tmp_path, f"{n}.jpg", photo(600, n), "JPEG", quality=95), cache)
        for n in (100, 101)
    )
    old = time.time() - days * 86_400
    for file in cache.glob("??/*"):
        os.utime(file, (old, old))
    used = [p.relative_to(cache).as_posix() for p in (kept[0].path, kept[1].smaller[0].path)]
    prune(cache, used)
    assert kept[0].path.exists()
    assert kept[1].smaller[0].path.exists()
    assert other[0].path.exists() != gone
    assert other[1].smaller[0].path.exists() != gone
    assert prune(cache, []) == 0  # once a day
    assert kept[0].path.exists()


def test_sizes_are_the_same_when_the_public_form_is_cached_already(tmp_path: Path) -> None:
    """Then its pixels are decoded and scaled again; a record of sizes may be lost alone."""
    path = saved(tmp_path, "a.jpg", photo(2000, 500), "JPEG", quality=92)
    _, at_once = make_sizes(path, tmp_path / "at-once")
    make_picture(path, tmp_path / "later")
    _, later = make_sizes(path, tmp_path / "later")
    assert [one.name for one in (*later.smaller, *later.avif)] == [
        one.name for one in (*at_once.smaller, *at_once.avif)
    ]
    assert [one.width for one in at_once.avif] == [480, 800, 1280, 1600]


def test_a_small_picture_of_a_large_one_is_not_scaled_by_less_than_a_half(tmp_path: Path) -> None:
    """480 and 800 are made from 1600; 1280 from the pixels of the file."""
    path = saved(tmp_path, "a.jpg", photo(1900, 600), "JPEG", quality=92)
    _, sizes = make_sizes(path, tmp_path / "cache")
    whole = decode(Image.open(path), 1600)
    scaled = {1600: resized(whole, 1600), 1280: resized(whole, 1280)}
    scaled |= {width: resized(scaled[1600], width) for width in (800, 480)}
    for one in sizes.avif:
        assert one.path.read_bytes() == encode(scaled[one.width].copy(), "AVIF", 0)
