"""Draw the sample portal's pictures and films: hills, roofs and lines in quiet palettes.

    python tests/samples/draw.py [NAME ...]

writes each scene below (or those whose path contains a NAME) to ``content/``. The films need the
``ffmpeg`` command, they and the mark a Noto CJK font; the pictures need Pillow alone. Nothing here
is used by a build: the results are committed beside the articles that show them.
"""

import math
import subprocess
import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import segno
from PIL import Image, ImageDraw, ImageFont

CONTENT = Path(__file__).resolve().parents[2] / "content"
FONT = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc")
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

    def person(self, x: float, floor: float, colour: str = RED, h: float = 92) -> None:
        """A figure seen from afar."""
        self.disc(x, floor - h * 0.84, h * 0.15, "#e2c4a4")
        self.box(x - h * 0.19, floor - h * 0.68, h * 0.38, h * 0.68, colour, h * 0.17)

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


def village(palette: Palette, phase: float) -> Scene:
    """Houses among hills."""
    scene = Scene(palette)
    scene.sun()
    scene.hills(phase)
    for x, floor, w in ((430, 640, 140), (610, 665, 190), (860, 650, 120)):
        scene.house(x, floor, w)
    return scene


def valley(palette: Palette, phase: float) -> Scene:
    """Empty hills with a path."""
    scene = Scene(palette)
    scene.sun(0.3, 0.26)
    scene.hills(phase, 0.5)
    path = [(200 + t * 7.2, 800 - t * 2.3 + 34 * math.sin(t / 11)) for t in range(0, 120, 3)]
    scene.line(path, WALL, 9)
    return scene


def street(palette: Palette, blocks: tuple[int, ...]) -> Scene:
    """A street of flats with trees and lamps."""
    scene = Scene(palette)
    scene.sun(0.86, 0.2, 54)
    scene.land(0.6, 36, 1.0, palette.far)
    x = 70.0
    for floors in blocks:
        w = 170 + 14 * (floors % 3)
        scene.block(x, 640, w, floors)
        x += w + 34
    scene.box(0, 640, 1280, 160, "#cfc8bd")
    scene.box(0, 640, 1280, 10, palette.near)
    for x in range(60, 1280, 230):
        scene.tree(x, 650, 128)
    return scene


def lift() -> Scene:
    """An old block with a new lift shaft."""
    scene = street(BLUE, (6, 6, 5, 6))
    scene.box(432, 330, 70, 310, "#e9eef2")
    for y in range(346, 640, 44):
        scene.box(442, y, 50, 30, "#9fb6c6")
    scene.box(426, 318, 82, 14, RED)
    for x in (540, 590):
        scene.person(x, 712, BLUE.near)
    return scene


def park() -> Scene:
    """A park with a pavilion and people around a table."""
    scene = Scene(GREEN)
    scene.sun(0.82, 0.2)
    scene.hills(0.6, 0.48)
    scene.shape([(330, 400), (640, 270), (950, 400)], RED)
    for x in (390, 560, 710, 880):
        scene.box(x, 400, 14, 230, "#8d4a38")
    scene.box(340, 626, 600, 16, "#cfc8bd")
    scene.table(480, 626, 320)
    for x, colour in ((450, GREEN.near), (830, "#8d4a38"), (1010, RED), (1080, BLUE.near)):
        scene.person(x, 690 if x > 900 else 640, colour)
    for x in (120, 220, 1180):
        scene.tree(x, 690, 180)
    return scene


def yard(palette: Palette, walled: bool) -> Scene:
    """A courtyard, with its wall or without."""
    scene = Scene(palette)
    scene.sun(0.2, 0.2, 50)
    scene.land(0.55, 40, 2.0, palette.far)
    scene.house(470, 600, 330)
    scene.box(0, 600, 1280, 200, palette.middle)
    if walled:
        scene.box(0, 560, 1280, 170, "#b8a99a")
        for x in range(0, 1280, 80):
            scene.line([(x, 560), (x, 730)], "#a39485", 3)
        scene.box(0, 548, 1280, 16, INK)
        return scene
    for x in (180, 320, 960, 1110):
        scene.tree(x, 680, 170, palette.near)
    for x, colour in ((420, RED), (560, palette.near), (860, INK), (910, "#8d4a38")):
        scene.person(x, 740, colour, 104)
    return scene


def classroom(night: bool) -> Scene:
    """A lesson: a board, a speaker, listeners in rows."""
    scene = Scene(NIGHT if night else SAND)
    scene.box(0, 0, 1280, 800, "#efe4d2")
    scene.box(140, 110, 620, 300, "#3f5a4e", 6)
    for y, w in ((180, 380), (230, 460), (280, 300)):
        scene.line([(190, y), (190 + w, y)], "#dfe9e6", 6)
    scene.box(930, 120, 240, 250, NIGHT.sky if night else BLUE.sky)
    scene.disc(1100, 190, 26, NIGHT.sun if night else SAND.sun)
    scene.box(1046, 120, 8, 250, WALL)
    scene.person(840, 500, RED, 210)
    scene.box(0, 600, 1280, 200, "#cdb898")
    for row, y in enumerate((640, 730)):
        for x in range(130 + row * 70, 1220, 170):
            scene.person(
                x, y + 40, (BLUE.near, GREEN.near, "#8d4a38", INK)[(x // 170 + row) % 4], 130
            )
    return scene


def terraces(palette: Palette) -> Scene:
    """Fields in terraces."""
    scene = Scene(palette)
    scene.sun(0.7, 0.18)
    scene.land(0.34, 50, 0.4, palette.far)
    for step in range(9):
        colour = (palette.middle, palette.near, palette.far)[step % 3]
        scene.land(0.45 + step * 0.065, 34 - step * 2, 0.8 + step * 0.35, colour, 1.1)
    scene.house(240, 520, 110)
    for x, floor in ((760, 640), (820, 660)):
        scene.person(x, floor, RED, 70)
    return scene


def forest() -> Scene:
    """A forest path with a watchman's hut."""
    scene = Scene(GREEN)
    scene.sun(0.24, 0.2, 50)
    scene.hills(2.4, 0.42)
    scene.road((560, 760), (640, 664), 470)
    for x in range(30, 1280, 92):
        if not 540 < x < 760:
            scene.pine(x, 640 + (x * 37) % 110, 190 + (x * 13) % 70)
    scene.house(820, 600, 120)
    scene.person(668, 690, RED, 84)
    return scene


def night_station() -> Scene:
    """A small lit room on a street at night."""
    scene = Scene(NIGHT)
    scene.sun(0.16, 0.18, 40)
    for x, floors in ((60, 7), (300, 9), (860, 8), (1080, 6)):
        scene.block(x, 640, 180, floors, "#46536a")
    scene.box(0, 640, 1280, 160, "#2a3446")
    scene.box(500, 440, 320, 200, "#f2e3bd")
    scene.box(480, 410, 360, 34, RED)
    scene.box(690, 500, 80, 140, "#c9b27c")
    scene.table(530, 640, 130)
    for x in (440, 880):
        scene.lamp(x, 650)
    scene.person(600, 720, "#d8a24a", 110)
    scene.person(790, 720, GREEN.middle, 110)
    return scene


def canal() -> Scene:
    """A water channel through fields."""
    scene = village(SAND, 1.2)
    scene.shape([(560, 800), (690, 650), (730, 650), (800, 800)], "#8fb3c4")
    for x in (500, 860):
        scene.tree(x, 770, 150, SAND.near)
    return scene


def works(palette: Palette) -> Scene:
    """Workshops of an industrial park."""
    scene = Scene(palette)
    scene.sun(0.12, 0.2, 48)
    scene.land(0.58, 30, 1.0, palette.far)
    for x in range(120, 1080, 160):
        scene.shape([(x, 440), (x, 360), (x + 160, 440)], RED)
    scene.box(120, 440, 960, 210, WALL)
    for x in range(160, 1040, 120):
        scene.box(x, 490, 70, 60, palette.middle)
    scene.box(0, 650, 1280, 150, palette.near)
    for x in range(260, 1100, 110):
        scene.person(x, 720, (RED, INK, palette.middle)[x // 110 % 3])
    return scene


def hall() -> Scene:
    """A service counter."""
    scene = Scene(ROSE)
    scene.box(0, 0, 1280, 800, "#f1e9e1")
    for index in range(4):
        left = 130 + index * 270
        scene.box(left, 150, 210, 60, RED, 4)
        scene.line([(left + 50, 180), (left + 160, 180)], WALL, 8)
        scene.person(left + 105, 470, BLUE.near, 180)
    scene.box(80, 420, 1120, 150, "#a98a6c")
    scene.box(80, 410, 1120, 20, "#7a5b4a")
    scene.box(0, 700, 1280, 100, "#d8c8b8")
    for x, colour in ((240, GREEN.near), (510, "#8d4a38"), (1050, INK)):
        scene.person(x, 740, colour, 220)
    return scene


def bridge(palette: Palette) -> Scene:
    """A river with a bridge and a town behind."""
    scene = Scene(palette)
    scene.sun(0.8, 0.2)
    scene.hills(3.3, 0.42)
    scene.box(0, 600, 1280, 200, "#9fbccb")
    scene.box(0, 540, 1280, 26, "#e6ded2")
    for x in range(120, 1280, 260):
        scene.box(x, 560, 34, 130, "#d2c7b8")
    for y in (650, 700, 750):
        scene.line([(160, y), (420, y)], "#b9d0dc", 4)
        scene.line([(700, y + 20), (1020, y + 20)], "#b9d0dc", 4)
    for x in (300, 470, 1000):
        scene.person(x, 542, RED if x == 470 else INK, 76)
    return scene


def books() -> Scene:
    """A desk with books and a lamp."""
    scene = Scene(BLUE)
    scene.box(0, 0, 1280, 800, "#e6e9ec")
    scene.box(0, 560, 1280, 240, "#a98a6c")
    colours = (RED, BLUE.near, GREEN.near, "#c9a266", ROSE.near)
    for index, w in enumerate((360, 330, 350, 300, 320)):
        scene.box(300 - index * 6, 520 - index * 44, w, 40, colours[index], 4)
    scene.shape([(760, 560), (980, 540), (1000, 556), (780, 578)], WALL)
    scene.line([(980, 540), (1060, 300), (960, 210)], INK, 10)
    scene.shape([(900, 250), (960, 180), (1010, 260)], RED)
    return scene


def banner(palette: Palette, town: bool) -> Scene:
    """A wide picture for the head of a special."""
    scene = Scene(palette, 1600, 480)
    scene.sun(0.44 if town else 0.84, 0.3, 58)
    scene.hills(0.9 if town else 2.6, 0.5)
    if town:
        for x, floors in ((820, 4), (1010, 6), (1220, 5)):
            scene.block(x, 440, 150, floors)
    else:
        for x, w in ((900, 110), (1080, 150), (1310, 100)):
            scene.house(x, 430, w)
    return scene


SCENES: dict[str, Callable[[], Scene]] = {
    "yaowen/tuijinhui.jpg": lambda: street(GREEN, (5, 7, 4, 6, 5)),
    "yaowen/zhanbo.jpg": lambda: classroom(night=False),
    "yaowen/xianqu/duidan.jpg": lambda: street(SAND, (4, 5, 6, 5)),
    "yaowen/xianqu/fuwuche.jpg": lambda: valley(ROSE, 1.4),
    "dangjian/jiceng/chuangkou.jpg": hall,
    "dangjian/jiceng/dianti.jpg": lift,
    "dangjian/jiceng/laodangyuan.jpg": lambda: yard(ROSE, walled=False),
    "dangjian/jiceng/dongwan.jpg": lambda: village(ROSE, 0.3),
    "dangjian/chengshi/lutian.jpg": park,
    "dangjian/chengshi/weiqiang.jpg": lambda: yard(SAND, walled=True),
    "dangjian/chengshi/yuanzi.jpg": lambda: yard(GREEN, walled=False),
    "dangjian/nongcun/yexiao.jpg": lambda: classroom(night=True),
    "dangjian/nongcun/chanyelu.jpg": lambda: terraces(GREEN),
    "dangjian/nongcun/shuiqu.jpg": canal,
    "dangjian/nongcun/xinhao.jpg": lambda: valley(BLUE, 0.2),
    "dangjian/nongcun/liuhe-1.jpg": lambda: terraces(SAND),
    "dangjian/nongcun/liuhe-2.jpg": lambda: bridge(SAND),
    "dangjian/nongcun/liuhe-3.jpg": lambda: village(GREEN, 0.0),
    "dangjian/nongcun/liuhe-4.jpg": lambda: valley(SAND, 2.2),
    "dangjian/liangxin/yizhan.jpg": night_station,
    "dangjian/liangxin/yuanqu.jpg": lambda: works(BLUE),
    "ganbu/dundian.jpg": lambda: bridge(BLUE),
    "rencai/tianxiucai.jpg": lambda: terraces(BLUE),
    "rencai/yizhan.jpg": lambda: street(ROSE, (5, 4, 7, 5)),
    "jiaoyu/dushu.jpg": books,
    "jiaoyu/fengcai/hulinyuan.jpg": forest,
    "jiaoyu/fengcai/dangri-1.jpg": lambda: yard(BLUE, walled=False),
    "jiaoyu/fengcai/dangri-2.jpg": lambda: bridge(GREEN),
    "jiaoyu/fengcai/dangri-3.jpg": lambda: works(SAND),
    "jiaoyu/shipin/zhuanjie-fengmian.jpg": hall,
    "jiaoyu/shipin/qingshi-fengmian.jpg": lambda: street(GREEN, (6, 5, 4, 6)),
    "zhuanti/chengshi-shifan.jpg": lambda: banner(ROSE, town=True),
    "zhuanti/zhucun-shouji.jpg": lambda: banner(GREEN, town=False),
}


def emblem() -> Image.Image:
    """The sample office's mark: its name in a seal, white on nothing, for the red masthead."""
    side = 240
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((8, 8, side - 9, side - 9), radius=26, outline="white", width=8)
    font = ImageFont.truetype(str(FONT), 92, index=2)
    for row, character in enumerate("示例"):
        pen.text((side / 2, 70 + row * 100), character, font=font, fill="white", anchor="mm")
    return image


def qr() -> Image.Image:
    """A code that leads to the sample site's address, where an office shows its own account's."""
    out = BytesIO()
    segno.make("https://www.example.gov.cn/", error="m").save(out, kind="png", scale=8, border=4)
    return Image.open(out)


MARKS: dict[str, Callable[[], Image.Image]] = {
    "_site/emblem.png": emblem,
    "_site/weixin.png": qr,
}
FILMS: dict[str, tuple[Callable[[], Scene], tuple[str, ...]]] = {
    "jiaoyu/shipin/zhuanjie.mp4": (
        hall,
        ("第一步　向所在党支部提出申请", "第二步　支部核对信息并转出", "第三步　到接收支部报到"),
    ),
    "jiaoyu/shipin/qingshi.mp4": (
        lambda: street(GREEN, (6, 5, 4, 6)),
        ("清晨　网格员巡查楼院", "上午　窗口集中受理", "傍晚　居民议事会开场"),
    ),
}
SECONDS, RATE, FILM_SIZE = 3, 12, (960, 600)


def film(path: Path, scene: Scene, lines: tuple[str, ...]) -> None:
    """Write a film: each line stands ``SECONDS`` on a moving sheet over the scene."""
    font = ImageFont.truetype(str(FONT), 44, index=2)
    ground = scene.finished().resize(FILM_SIZE, Image.Resampling.LANCZOS)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(len(lines) * SECONDS * RATE):
            frame = ground.copy()
            pen = ImageDraw.Draw(frame)
            step, within = divmod(number, SECONDS * RATE)
            slide = max(0, 8 - within) * 24
            pen.rectangle((0, 440, 960, 560), fill=RED)
            pen.text((60 + slide, 470), lines[step], font=font, fill=WALL)
            pen.rectangle(
                (0, 556, 960 * number // (len(lines) * SECONDS * RATE), 560), fill="#f2d7a6"
            )
            frame.save(Path(folder) / f"{number:04}.png")
        command = ["ffmpeg", "-y", "-loglevel", "error", "-framerate", str(RATE)]
        command += [
            "-i",
            f"{folder}/%04d.png",
            "-c:v",
            "libx264",
            "-pix_fmt",
            "yuv420p",
            "-crf",
            "28",
        ]
        command += ["-movflags", "+faststart", "-map_metadata", "-1", str(path)]
        subprocess.run(command, check=True)


def main(wanted: list[str]) -> None:
    """Draw what was asked for, or everything."""

    def asked(name: str) -> bool:
        return not wanted or any(part in name for part in wanted)

    for name, draw in SCENES.items():
        if asked(name):
            draw().save(CONTENT / name)
    for name, make in MARKS.items():
        if asked(name):
            (CONTENT / name).parent.mkdir(exist_ok=True)
            make().save(CONTENT / name, optimize=True)
    for name, (draw, lines) in FILMS.items():
        if asked(name):
            film(CONTENT / name, draw(), lines)


if __name__ == "__main__":
    main(sys.argv[1:])
