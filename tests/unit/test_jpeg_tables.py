"""The tables that JPEG is written with: which steps a quality means, and that they save bytes."""

import io

import numpy as np
import pytest
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from dangjian.media.encoding import encode
from dangjian.media.jpeg_tables import tables
from tests.samples.photos import photo


def squared_error(image: Image.Image, data: bytes) -> float:
    with Image.open(io.BytesIO(data)) as shown:
        off = np.asarray(shown, np.float32) - np.asarray(image, np.float32)
    return float((off**2).mean())


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("quality", [50, 82, 90])
def test_jpeg_is_written_with_them(mode: str, quality: int) -> None:
    with Image.open(io.BytesIO(encode(photo(64, 48).convert(mode), "JPEG", quality))) as made:
        assert isinstance(made, JpegImageFile)
        found = made.quantization
        assert made.info["progressive"]
    assert [found[number] for number in sorted(found)] == [*tables(quality)][: len(mode)][:2]


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_photograph_is_as_near_in_fewer_bytes_than_with_those_of_the_standard(mode: str) -> None:
    image = photo(600, 400, 9).convert(mode)
    standard = io.BytesIO()
    image.save(standard, "JPEG", quality=82, optimize=True, progressive=True)
    made = encode(image, "JPEG", 82)
    assert len(made) < 0.8 * len(standard.getvalue())
    assert squared_error(image, made) < 1.15 * squared_error(image, standard.getvalue())


def test_a_lower_quality_is_coarser_and_the_highest_keeps_all() -> None:
    brightness, colour = zip(*(tables(quality) for quality in (50, 66, 82, 99)), strict=True)
    for steps in (brightness, colour):
        sums = [sum(table) for table in steps]
        assert sums == sorted(set(sums), reverse=True)
    assert tables(100) == ([1] * 64, [1] * 64)


@pytest.mark.parametrize(("quality", "coarsest"), [(78, 255), (79, 251)])
def test_no_step_is_more_than_a_byte_holds(quality: int, coarsest: int) -> None:
    assert max(tables(quality)[1]) == coarsest
