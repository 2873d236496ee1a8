"""Draw the sample portal's pictures and films: hills, roofs and lines in quiet palettes.

    python -m tests.samples.draw [NAME ...]

writes each scene (or those whose path contains a NAME) to ``content/``. The films need the
``ffmpeg`` command, they and the mark a Noto CJK font; the pictures need Pillow alone. Nothing here
is used by a build: the results are committed next to the articles that show them.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import segno
from PIL import Image, ImageDraw, ImageFont, ImageOps

from tests.samples.scene import GREEN, RED, WALL, Scene
from tests.samples.scenes import SCENES, hall, street

CONTENT = Path(__file__).resolve().parents[2] / "content"
FONT = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc")


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


class Film(NamedTuple):
    """A film: a scene, lines that stand ``seconds`` each, and the picture shown before it plays."""

    scene: Callable[[], Scene]
    poster: str
    seconds: int
    lines: tuple[str, ...]


FILMS: dict[str, Film] = {
    "jiaoyu/shipin/zhuanjie.mp4": Film(
        hall,
        "jiaoyu/shipin/zhuanjie-fengmian.jpg",
        20,
        ("第一步　向所在党支部提出申请", "第二步　支部核对信息并转出", "第三步　到接收支部报到"),
    ),
    "jiaoyu/shipin/qingshi.mp4": Film(
        lambda: street(GREEN, (6, 5, 4, 6)),
        "jiaoyu/shipin/qingshi-fengmian.jpg",
        5,
        ("清晨　网格员巡查楼院", "上午　窗口集中受理", "傍晚　居民议事会开场"),
    ),
}
RATE, FILM_SIZE, POSTER_SIZE = 12, (960, 540), (1280, 720)


def still(scene: Scene, size: tuple[int, int]) -> Image.Image:
    """A scene in a film's shape, with its ground rather than its sky."""
    return ImageOps.fit(scene.finished(), size, Image.Resampling.LANCZOS, centering=(0.5, 0.9))


def film(path: Path, made: Film) -> None:
    """Write a film, each line on a moving sheet over the scene, and its poster."""
    font = ImageFont.truetype(str(FONT), 44, index=2)
    scene = made.scene()
    still(scene, POSTER_SIZE).save(
        CONTENT / made.poster, quality=84, optimize=True, progressive=True
    )
    ground = still(scene, FILM_SIZE)
    frames = made.seconds * RATE
    with tempfile.TemporaryDirectory() as folder:
        for number in range(len(made.lines) * frames):
            frame = ground.copy()
            pen = ImageDraw.Draw(frame)
            step, within = divmod(number, frames)
            slide = max(0, 8 - within) * 24
            pen.rectangle((0, 400, 960, 510), fill=RED)
            pen.text((60 + slide, 426), made.lines[step], font=font, fill=WALL)
            done = 960 * number // (len(made.lines) * frames)
            pen.rectangle((0, 506, done, 510), fill="#f2d7a6")
            frame.save(Path(folder) / f"{number:04}.png")
        command = ["ffmpeg", "-y", "-loglevel", "error", "-framerate", str(RATE)]
        command += ["-i", f"{folder}/%04d.png", "-c:v", "libx264", "-pix_fmt", "yuv420p"]
        command += ["-crf", "28", "-movflags", "+faststart", "-map_metadata", "-1", str(path)]
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
    for name, made in FILMS.items():
        if asked(name):
            film(CONTENT / name, made)


if __name__ == "__main__":
    main(sys.argv[1:])
