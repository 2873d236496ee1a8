"""What the sample's pictures are drawn with: palettes, and a scene with hills, houses and trees."""

import math
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw

OVERSAMPLE = 2
RED, WALL, INK, PINE = "#a61b16", "#f4efe8", "#3b3733", "#456553"
Point = tuple[float, float]


class Palette(NamedTuple):
    """A sky, a sun and three layers of land from far to near."""

    sky: str
    sun: str
    far: str
    middle: str
    near: str


GREEN = Palette("#dfe9e6", "#f2d7a6", "#b8ccbc", "#8fac97", "#5d7f6d")
SAND = Palette("#f5e6d2", "#dd9f72", "#dcb88e", "#b98c5c", "#7c6a45")
BLUE = Palette("#dbe3ef", "#f6f1e6", "#afc1d3", "#8fa3b3", "#56728d")
ROSE = Palette("#efe6e0", "#b9432f", "#d8c0b1", "#b0907b", "#7a5b4a")
NIGHT = Palette("#39465a", "#f2e3bd", "#2f3b4d", "#273243", "#1e2735")


class Scene:
    """A picture in the making; all measures are in pixels of the finished picture."""

    def __init__(self, palette: Palette, width: int = 1280, height: int = 800) -> None:
        self.palette, self.width, self.height = palette, width, height
        size = (width * OVERSAMPLE, height * OVERSAMPLE)
        self.image = Image.new("RGB", size, palette.sky)
        self.pen = ImageDraw.Draw(self.image)

    def shape(self, points: list[Point], colour: str) -> None:
        """Fill a polygon."""
        self.pen.polygon([(x * OVERSAMPLE, y * OVERSAMPLE) for x, y in points], fill=colour)

    def box(self, x: float, y: float, w: float, h: float, colour: str, round_: float = 0) -> None:
        """Fill a rectangle, with rounded corners if asked."""
        corners = [c * OVERSAMPLE for c in (x, y, x + w, y + h)]
        self.pen.rounded_rectangle(corners, radius=round_ * OVERSAMPLE, fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        """Fill a circle around a point."""
        corners = [c * OVERSAMPLE for c in (x - radius, y - radius, x + radius, y + radius)]
        self.pen.ellipse(corners, fill=colour)

    def line(self, points: list[Point], colour: str, width: float) -> None:
        """Draw a line through points."""
        scaled = [(x * OVERSAMPLE, y * OVERSAMPLE) for x, y in points]
        self.pen.line(scaled, fill=colour, width=round(width * OVERSAMPLE), joint="curve")

    def land(
        self, base: float, swing: float, phase: float, colour: str, turns: float = 1.6
    ) -> None:
        """A rolling layer of land whose edge swings around ``base`` (a share of the height)."""
        edge = [
            (x, self.height * base + swing * math.sin(phase + turns * 2 * math.pi * x / self.width))
            for x in range(0, self.width + 1, 8)
        ]
        self.shape([*edge, (self.width, self.height), (0, self.height)], colour)

    def hills(self, phase: float = 0.0, base: float = 0.55) -> None:
        """Three layers of hills."""
        self.land(base, 60, phase, self.palette.far, 1.2)
        self.land(base + 0.12, 45, phase + 2.1, self.palette.middle, 1.5)
        self.land(base + 0.25, 38, phase + 4.0, self.palette.near, 1.1)

    def sun(self, x: float = 0.78, y: float = 0.24, radius: float = 62) -> None:
        """A sun, or a moon."""
        self.disc(x * self.width, y * self.height, radius, self.palette.sun)

    def house(self, x: float, floor: float, w: float = 150, roof: str = RED) -> None:
        """A house with a pitched roof, its floor at ``floor``."""
        h = w * 0.72
        self.box(x, floor - h, w, h, WALL)
        top = floor - h
        self.shape([(x - w * 0.12, top), (x + w / 2, top - w * 0.4), (x + w * 1.12, top)], roof)
        self.box(x + w * 0.4, floor - h * 0.55, w * 0.2, h * 0.55, self.palette.middle)

    def block(self, x: float, floor: float, w: float, floors: int, colour: str = WALL) -> None:
        """A block of flats with a window grid."""
        step = 44.0
        top = floor - floors * step - 18
        self.box(x, top, w, floor - top, colour)
        self.box(x - 6, top - 10, w + 12, 12, RED)
        columns = max(2, int(w // 46))
        gap = w / columns
        for row in range(floors):
            for column in range(columns):
                left = x + column * gap + gap * 0.28
                self.box(left, top + 18 + row * step, gap * 0.44, 22, self.palette.far)

    def tree(self, x: float, floor: float, h: float = 120, colour: str = "") -> None:
        """A round tree."""
        self.box(x - 4, floor - h * 0.55, 8, h * 0.55, "#6d5a45")
        self.disc(x, floor - h * 0.68, h * 0.32, colour or self.palette.middle)

    def pine(self, x: float, floor: float, h: float = 150) -> None:
        """A pine."""
        for share in (0.0, 0.22, 0.44):
            half = h * (0.16 + share * 0.28)
            top = floor - h * (1 - share)
            self.shape([(x - half, top + h * 0.42), (x, top), (x + half, top + h * 0.42)], PINE)
        self.box(x - 4, floor - h * 0.16, 8, h * 0.16, "#6d5a45")

    def person(self, x: float, floor: float, colour: str = RED, h: float = 84) -> None:
        """A figure seen from afar, at most an eighth of the picture's height."""
        w = h * 0.3
        self.box(x - w * 0.36, floor - h * 0.42, w * 0.28, h * 0.42, INK)
        self.box(x + w * 0.08, floor - h * 0.42, w * 0.28, h * 0.42, INK)
        top, waist = floor - h * 0.78, floor - h * 0.36
        self.shape(
            [(x - w * 0.4, top), (x + w * 0.4, top), (x + w * 0.56, waist), (x - w * 0.56, waist)],
            colour,
        )
        self.disc(x, floor - h * 0.87, h * 0.1, "#e2c4a4")

    def lit(self, x: float, floor: float, w: float, windows: int = 3) -> None:
        """A long low house at night with light in its windows."""
        h = w * 0.34
        self.box(x, floor - h, w, h, "#5b6478")
        self.shape(
            [
                (x - 24, floor - h),
                (x + 40, floor - h - w * 0.16),
                (x + w - 40, floor - h - w * 0.16),
                (x + w + 24, floor - h),
            ],
            "#7d2420",
        )
        gap = w / windows
        for index in range(windows):
            left = x + index * gap + gap * 0.25
            self.box(left, floor - h * 0.74, gap * 0.5, h * 0.42, "#f6dfa4")
            self.box(left + gap * 0.24, floor - h * 0.74, 4, h * 0.42, "#5b6478")

    def lamp(self, x: float, floor: float) -> None:
        """A street lamp."""
        self.box(x - 3, floor - 190, 6, 190, INK)
        self.disc(x, floor - 198, 16, "#f2d7a6")

    def road(self, near: tuple[float, float], far: tuple[float, float], top: float) -> None:
        """A road from the lower edge (left, right) up to ``top``."""
        edge = self.height
        self.shape([(near[0], edge), (far[0], top), (far[1], top), (near[1], edge)], "#d9d2c7")
        middle_near, middle_far = sum(near) / 2, sum(far) / 2
        self.line([(middle_near, edge), (middle_far, top)], WALL, 4)

    def table(self, x: float, floor: float, w: float) -> None:
        """A long table."""
        self.box(x, floor - 84, w, 14, "#8a6f52")
        self.box(x + 18, floor - 70, 10, 70, "#6d5a45")
        self.box(x + w - 28, floor - 70, 10, 70, "#6d5a45")

    def save(self, path: Path) -> None:
        """Scale down and write as JPEG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.finished().save(path, quality=84, optimize=True, progressive=True)

    def finished(self) -> Image.Image:
        """The picture at its own size."""
        return self.image.resize((self.width, self.height), Image.Resampling.LANCZOS)
