"""Pictures for the benchmark's articles: hills under a sky, drawn from a number."""

from pathlib import Path
from random import Random

from PIL import Image, ImageDraw

PALETTES = (
    ((214, 226, 233), (126, 155, 150), (78, 110, 104), (47, 71, 70)),
    ((240, 228, 211), (196, 160, 123), (150, 109, 80), (96, 68, 54)),
    ((226, 226, 238), (150, 152, 184), (104, 104, 146), (62, 60, 94)),
)


def _ridge(random: Random, width: int, height: int, base: float) -> list[tuple[float, float]]:
    """A polygon: a rough line at about ``base`` of the height, closed below."""
    steps = 48
    level = base * height
    line: list[tuple[float, float]] = [(0.0, float(height))]
    for step in range(steps + 1):
        level += random.uniform(-1, 1) * height * 0.035
        line.append((width * step / steps, level))
    return [*line, (float(width), float(height))]


def draw(path: Path, number: int, size: tuple[int, int] = (960, 640), camera: bool = False) -> None:
    """Draw picture ``number`` as a JPEG; ``camera`` adds EXIF with an orientation and a place."""
    random = Random(f"picture {number}")
    sky, *hills = random.choice(PALETTES)
    image = Image.new("RGB", size, sky)
    pen = ImageDraw.Draw(image)
    x, y, r = random.uniform(0.1, 0.9) * size[0], random.uniform(0.1, 0.3) * size[1], size[1] / 14
    pen.ellipse((x - r, y - r, x + r, y + r), fill=(247, 240, 222))
    for layer, colour in enumerate(hills):
        pen.polygon(_ridge(random, *size, 0.45 + 0.16 * layer), fill=colour)
    exif = Image.Exif()
    if camera:
        exif[0x0112] = 6
        exif[0x010F] = "Example Camera"
        exif.get_ifd(0x8825)[1] = "N"
    image.save(path, "JPEG", quality=82, exif=exif)
