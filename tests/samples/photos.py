"""Pictures for tests: photographs made of gradients and grain, saved as a camera would."""

from pathlib import Path

import numpy as np
from PIL import Image

GPS = {1: "N", 2: (35.0, 33.0, 1.0), 3: "E", 4: (106.0, 41.0, 2.0)}
SECRET = b"SecretCamera"


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


def camera_exif(orientation: int = 1) -> Image.Exif:
    """What a phone writes: its make, the place, and which side is up."""
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    exif[0x8825] = GPS
    exif[0x0112] = orientation
    return exif
