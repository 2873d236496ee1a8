"""Pictures in the widths that screens show them in, as JPEG or PNG and, in fewer bytes, as AVIF.

A phone loads 480 pixels for a list and not 1600. Widths are made from the public form's own pixels;
one that would not save bytes is left out, and so is AVIF where it does not (drawings, screenshots).
AVIF of quality 60 has 40 to 70 % of the bytes of our JPEG, and some four points of SSIMULACRA2 less
(seven photographs). Wide ones are made at speed 9: in a quarter of the time, for about a tenth more
bytes (4 to 24 % of seven photographs).
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import msgspec
from PIL import Image

from dangjian.common.filenames import ascii_stem
from dangjian.media.encoding import (
    AVIF_QUALITY,
    AVIF_SPEED,
    AVIF_WIDE,
    AVIF_WIDE_SPEED,
    encode,
    is_drawn,
    is_flat,
    reduce_colours,
    resized,
)
from dangjian.media.picture_cache import CacheRecord, file_path, recall, record_path, store
from dangjian.media.picture_source import (
    SUFFIX,
    SVG,
    frames_of,
    open_picture,
    read_picture,
)
from dangjian.media.pictures import RECIPE, MadePicture, Pixels, decode, make_from

WIDTHS = (480, 800, 1280)
"""Pixels: a thumbnail on a sharp screen or a phone's width, a phone's sharp width, a column."""
WORTH = 0.9
"""AVIF is offered if its largest has at most this part of the bytes it would replace."""
_AVIF = "avif"
_File = tuple[str, int, int, bytes]
_THREADS = 2


class _Recipe(msgspec.Struct, frozen=True):
    """How sizes are made; any change, or another ``version``, makes all of them again."""

    widths: tuple[int, ...] = WIDTHS
    max_width: int = RECIPE.max_width
    quality: int = RECIPE.quality
    avif: tuple[int, ...] = (AVIF_QUALITY, AVIF_SPEED, AVIF_WIDE, AVIF_WIDE_SPEED)
    version: int = 2


class PictureSize(msgspec.Struct, frozen=True):
    """One more form of a picture: output ``name``, width in pixels, and where its bytes are."""

    name: str
    width: int
    path: Path


class Sizes(msgspec.Struct, frozen=True):
    """The further forms of a picture, ascending in width.

    ``smaller`` are of the kind that every browser shows and narrower than the picture itself;
    ``avif`` are for those that know AVIF, the picture's own width among them.
    """

    smaller: tuple[PictureSize, ...] = ()
    avif: tuple[PictureSize, ...] = ()


def make_sizes(source: Path, cache: Path) -> tuple[MadePicture, Sizes]:
    """Make the public form of ``source`` and its sizes, or take them from ``cache``.

    Raises PictureError.
    """
    data = read_picture(source)
    made, pixels = make_from(data, source, cache)
    path = record_path(cache, data, _Recipe())
    record = recall(path)
    if record is None:
        record = store(path, _sizes(data, made, pixels), "")
    found = _named(record, path, ascii_stem(source, "tu"))
    avif = tuple(one for one in found if one.path.suffix == f".{_AVIF}")
    return made, Sizes(tuple(one for one in found if one not in avif), avif)


def _named(record: CacheRecord, path: Path, stem: str) -> list[PictureSize]:
    return [
        PictureSize(
            f"media/{stem}.{file.digest[:12]}.{file.suffix}",
            file.width,
            file_path(path, number, file.suffix),
        )
        for number, file in enumerate(record.files)
    ]


def _sizes(data: bytes, made: MadePicture, pixels: Pixels | None) -> list[_File]:
    """The sizes of one picture: ending, width, height and content of each."""
    suffix = made.path.suffix.removeprefix(".")
    if suffix == SUFFIX[SVG]:
        return []
    width = min(made.width, RECIPE.max_width)
    if pixels is None:
        image = open_picture(data)
        if frames_of(image) > 1:
            return []  # moving; of pages, the pixels of the first are known
        whole = decode(image, RECIPE.max_width)
        pixels = Pixels(whole, whole if whole.size[0] == width else resized(whole, width))
    few = is_flat(pixels.whole)
    form = {"jpg": "JPEG", "webp": "WEBP"}.get(suffix, "PNG")
    photographed = not is_drawn(pixels.scaled)
    images = {width: pixels.scaled}
    waiting: dict[int, Future[_File]] = {}
    with ThreadPoolExecutor(_THREADS) as pool:  # the encoder of AVIF works without Python's lock
        if photographed:
            waiting[width] = pool.submit(_encoded, pixels.scaled, "AVIF")
        for narrow in sorted((one for one in WIDTHS if one < width), key=_shortest_last):
            # Far smaller ones are as good from what is scaled down already.
            wide = min((one for one in images if one >= narrow * 2), default=0)
            images[narrow] = resized(images[wide] if wide else pixels.whole, narrow)
            if photographed:
                # A copy: Pillow keeps how an image is being saved in the image itself.
                waiting[narrow] = pool.submit(_encoded, images[narrow].copy(), "AVIF")
        smaller = [
            _encoded(reduce_colours(images[one]) if few else images[one], form)
            for one in sorted(images, reverse=True)
            if one != width
        ]
        avif = [waiting[one].result() for one in sorted(waiting, reverse=True)]
    if avif and len(avif[0][3]) > WORTH * made.bytes:
        avif = []
    return [*_saving(smaller, made.bytes), *_saving(avif, made.bytes)]


def _shortest_last(width: int) -> tuple[bool, int]:
    """By how long AVIF of this width takes: wide ones are written faster."""
    return width >= AVIF_WIDE, -width


def _encoded(image: Image.Image, form: str) -> _File:
    suffix = _AVIF if form == "AVIF" else SUFFIX[form]
    return (suffix, *image.size, encode(image, form, RECIPE.quality))


def _saving(files: Sequence[_File], most: int) -> list[_File]:
    """Those of descending ``files`` that have fewer bytes than all wider ones; ascending."""
    kept: list[_File] = []
    for one in files:
        if len(one[3]) < most:
            kept.append(one)
            most = len(one[3])
    return kept[::-1]
