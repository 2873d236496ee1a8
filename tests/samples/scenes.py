"""The scenes of the sample portal's pictures."""

import math
from collections.abc import Callable

from tests.samples.scene import (
    BLUE,
    GREEN,
    INK,
    NIGHT,
    RED,
    ROSE,
    SAND,
    WALL,
    Palette,
    Scene,
)


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
        scene.person(x, 740, colour)
    return scene


def evening_school() -> Scene:
    """A village school at night: light in all windows, people on the path to it."""
    scene = Scene(NIGHT)
    scene.sun(0.8, 0.2, 44)
    scene.hills(0.7, 0.46)
    for x, floor, w in ((90, 560, 84), (210, 580, 100)):
        scene.house(x, floor, w, "#7d2420")
    scene.road((560, 820), (668, 708), 640)
    scene.lit(410, 640, 540, 5)
    for x in (340, 1010, 1130):
        scene.tree(x, 668, 150, "#2c3a3a")
    for x, floor, h in ((640, 720, 60), (668, 722, 58), (760, 748, 68), (600, 770, 74)):
        scene.person(x, floor, (RED, BLUE.middle, "#c9a266", GREEN.middle)[(x // 20) % 4], h)
    return scene


def open_air_screen() -> Scene:
    """A film shown on a village square: a screen, a beam of light, backs in rows."""
    scene = Scene(NIGHT)
    scene.sun(0.14, 0.18, 40)
    scene.hills(2.6, 0.44)
    for x, floor, w in ((60, 600, 120), (1080, 600, 130)):
        scene.house(x, floor, w, "#7d2420")
    scene.box(0, 620, 1280, 180, "#2a3446")
    for x in (396, 878):
        scene.box(x, 236, 10, 390, "#6d5a45")
    scene.box(390, 230, 504, 284, "#e9e4d6")
    scene.shape([(400, 480), (560, 360), (660, 440), (760, 330), (884, 480)], GREEN.middle)
    scene.disc(790, 290, 24, GREEN.sun)
    scene.box(400, 480, 484, 26, GREEN.near)
    for row, (y, step) in enumerate(((664, 62), (706, 72), (756, 84))):
        for place in range(-4, 5):
            x = 640 + place * step + (row % 2) * step // 2
            scene.disc(x, y - 34, 11 + row, "#131a26")
            scene.shape([(x - 20, y), (x - 13, y - 24), (x + 13, y - 24), (x + 20, y)], "#131a26")
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
    scene.person(600, 720, "#d8a24a")
    scene.person(790, 720, GREEN.middle)
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
    """A service centre seen from the square before it: glass, counters behind it, a ramp."""
    scene = Scene(ROSE)
    scene.sun(0.16, 0.18, 48)
    scene.hills(1.1, 0.42)
    scene.box(180, 250, 920, 390, WALL)
    scene.box(150, 226, 980, 34, RED)
    scene.line([(540, 243), (740, 243)], WALL, 8)
    for index in range(5):
        left = 216 + index * 174
        if index == 2:
            continue
        scene.box(left, 320, 140, 320, "#d9e2e4")
        scene.box(left, 520, 140, 20, "#a98a6c")
        scene.box(left + 34, 376, 72, 22, RED, 3)
        scene.box(left + 68, 320, 4, 320, WALL)
    scene.box(560, 330, 160, 310, "#b9c9cd")
    scene.box(637, 330, 6, 310, WALL)
    scene.box(0, 640, 1280, 160, "#d8cdc0")
    scene.shape([(480, 700), (560, 640), (720, 640), (800, 700)], "#c4b6a6")
    for x in (90, 1180):
        scene.tree(x, 670, 190, GREEN.near)
    for x, floor, colour in (
        (430, 730, RED),
        (690, 690, BLUE.near),
        (930, 740, INK),
        (962, 742, "#8d4a38"),
    ):
        scene.person(x, floor, colour)
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
    "yaowen/zhanbo.jpg": open_air_screen,
    "yaowen/xianqu/duidan.jpg": lambda: street(SAND, (4, 5, 6, 5)),
    "yaowen/xianqu/fuwuche.jpg": lambda: valley(ROSE, 1.4),
    "dangjian/jiceng/chuangkou.jpg": hall,
    "dangjian/jiceng/dianti.jpg": lift,
    "dangjian/jiceng/laodangyuan.jpg": lambda: yard(ROSE, walled=False),
    "dangjian/jiceng/dongwan.jpg": lambda: village(ROSE, 0.3),
    "dangjian/chengshi/lutian.jpg": park,
    "dangjian/chengshi/weiqiang.jpg": lambda: yard(SAND, walled=True),
    "dangjian/chengshi/yuanzi.jpg": lambda: yard(GREEN, walled=False),
    "dangjian/nongcun/yexiao.jpg": evening_school,
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
    "zhuanti/chengshi-shifan.jpg": lambda: banner(ROSE, town=True),
    "zhuanti/zhucun-shouji.jpg": lambda: banner(GREEN, town=False),
}
