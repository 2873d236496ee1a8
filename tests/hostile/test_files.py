"""Pictures and attachments of every bad kind: shown safely, or refused with a line."""

import io
import struct
import zlib
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image

from tests.hostile.crowd import Case, assert_good_stands, assert_outcome, crowd
from tests.sites import Built, article

PLACE = "机密地点"


def saved(
    form: str, mode: str = "RGB", size: tuple[int, int] = (60, 40), **options: object
) -> bytes:
    data = io.BytesIO()
    Image.new(mode, size).save(data, form, **options)
    return data.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def claiming(width: int, height: int) -> bytes:
    """A small PNG that claims to be a large one."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + body + _chunk(b"IEND", b"")


def svg(inside: str, before: str = "") -> bytes:
    space = 'xmlns="http://www.w3.org/2000/svg" width="10" height="10"'
    return f"{before}<svg {space}>{inside}</svg>".encode()


def located(form: str) -> bytes:
    """A picture that says in its metadata where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = PLACE
    exif[0x0112] = 6
    return saved(form, exif=exif)


ENTITIES = '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
JPEG, PNG = saved("JPEG"), saved("PNG")
FRAMES: dict[str, Any] = {
    "save_all": True,
    "append_images": [Image.new("RGB", (60, 40), (9, 9, 9))],
}
SHOWN = {
    "cmyk.jpg": saved("JPEG", "CMYK"),
    "sixteen.png": saved("PNG", "I;16"),
    "palette.png": saved("PNG", "P", transparency=0),
    "one-pixel.png": saved("PNG", "1", (1, 1)),
    "tall.png": saved("PNG", "L", (2, 30_000)),
    "wide.jpg": saved("JPEG", "L", (5000, 20)),
    "moving.gif": saved("GIF", **FRAMES),
    "moving.webp": saved("WEBP", **FRAMES),
    "located.jpg": located("JPEG"),
    "located.webp": located("WEBP"),
    "drawn.bmp": saved("BMP"),
    "scanned.tif": saved("TIFF"),
    "UPPER.JPG": JPEG,
    "中文图片.png": PNG,
    "a b%#&'.jpg": JPEG,
    "con.jpg": JPEG,
    "bad-exif.jpg": JPEG[:2] + b"\xff\xe1\x00\x20Exif\0\0" + b"\xff" * 24 + JPEG[2:],
    "no-profile.png": saved("PNG", icc_profile=b"x" * 100_000),
    "renamed.png": JPEG,
    "plain.svg": svg('<rect width="5" height="5"/>'),
}
UNSHOWN = {
    "cut-off.jpg": (JPEG[: len(JPEG) // 2], "已损坏"),
    "hole.png": (PNG[:50] + PNG[60:], "已损坏"),
    "giant.png": (claiming(20_000, 20_000), "图片太大"),
    "claiming.png": (claiming(8000, 7900), "已损坏"),
    "empty.jpg": (b"", "空文件"),
    "text.jpg": (b"hello", "不是图片"),
    "page.png": (b"<html><script>alert(1)</script>", "不是图片"),
    "phone.heic": (b"\0\0\0\x18ftypheic" + b"\0" * 50, "HEIC"),
    "icon.ico": (saved("ICO"), "不是图片"),
    "script.svg": (svg("<script>alert(1)</script>"), "脚本"),
    "handler.svg": (svg('<rect onclick="alert(1)"/>'), "SVG"),
    "entity.svg": (svg("<text>&a;</text>", ENTITIES), "实体定义"),
    "deep.svg": (svg("<g>" * 20_000 + "</g>" * 20_000), "套得太深"),
    "foreign.svg": (svg("<foreignObject><p>x</p></foreignObject>"), "网页片段"),
    "outside.svg": (svg('<image href="http://a.cn/x.png"/>'), "引用了别的文件"),
    "style.svg": (svg("<style>@import 'http://a.cn/x.css'</style>"), "引用了别的文件"),
}
OFFERED = {
    "report.pdf": b"%PDF-1.4 x",
    "UPPER.PDF": b"%PDF-1.4 y",
    "table.csv": b"a,b\n",
    "a b#&%.csv": b"a\n",
    f"{'长' * 80}.csv": b"b\n",
    "markup.txt": b"<html><script>alert(1)</script>",
}
UNOFFERED = {
    "run.exe": (b"MZ00", "不能作附件"),
    "page.html": (b"<script>", "在读者的浏览器里运行"),
    "code.js": (b"a", "在读者的浏览器里运行"),
    "drawn.svg": (svg(""), "在读者的浏览器里运行"),
    "server.php": (b"<?php", "不能作附件"),
    "empty.pdf": (b"", "空文件"),
    "program.txt": (b"#!/bin/sh", "内容是程序"),
    "macro.docm": (b"PK", "带有宏"),
    "no-ending": (b"a", "没有扩展名的文件不能作附件"),
    "renamed.docx": (b"hello", "内容却不是 Word"),
    "draft.md": (b"a", "不能作附件"),
}


def showing(number: int, name: str, says: str = "") -> Case:
    source = article(f"图{number}", body=f"第一行\n\n![说明]({quote(name)})")
    address = f"jcdj/2020/06/p{number}.html"
    return Case(f"jcdj/p{number}.md", source, address, says, 8 if says else 0)


def offering(number: int, name: str, says: str = "") -> Case:
    source = article(
        f"附{number}", attachments=[{"file": f"/_files/{name}", "title": f"附件{number}"}]
    )
    address = f"jcdj/2020/06/f{number}.html"
    return Case(f"jcdj/f{number}.md", source, address, says, 4 if says else 0)


GOOD_PICTURES = [showing(n, name) for n, name in enumerate(SHOWN)]
BAD_PICTURES = [showing(100 + n, name, says) for n, (name, (_, says)) in enumerate(UNSHOWN.items())]
GOOD_FILES = [offering(n, name) for n, name in enumerate(OFFERED)]
BAD_FILES = [offering(100 + n, name, says) for n, (name, (_, says)) in enumerate(UNOFFERED.items())]
CASES = [*GOOD_PICTURES, *BAD_PICTURES, *GOOD_FILES, *BAD_FILES]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    pictures = SHOWN | {name: data for name, (data, _) in UNSHOWN.items()}
    files = OFFERED | {name: data for name, (data, _) in UNOFFERED.items()}
    others: dict[str, str | bytes] = {f"content/jcdj/{n}": data for n, data in pictures.items()}
    others |= {f"content/_files/{name}": data for name, data in files.items()}
    return crowd(tmp_path_factory.mktemp("files"), CASES, others).build()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_file_is_published_or_named(built: Built, case: Case) -> None:
    assert_outcome(built, case)


@pytest.mark.parametrize("case", GOOD_PICTURES, ids=list(SHOWN))
def test_a_picture_is_shown(built: Built, case: Case) -> None:
    (image,) = built.page(case.page).all("//div[@id='text']//img")
    data = (built.output / case.page).parent / image.get("src")
    assert data.is_file()
    if data.suffix != ".svg":
        with Image.open(data) as picture:
            assert picture.size == (int(image.get("width")), int(image.get("height")))
            assert picture.width <= 1600
            assert not picture.getexif()


@pytest.mark.parametrize("case", BAD_PICTURES, ids=list(UNSHOWN))
def test_a_bad_picture_leaves_no_broken_image(built: Built, case: Case) -> None:
    assert built.page(case.page).all("//div[@id='text']//img[@src]") == []


@pytest.mark.parametrize("case", GOOD_FILES, ids=[name[:12] for name in OFFERED])
def test_a_file_is_offered(built: Built, case: Case) -> None:
    links = [link for link in built.page(case.page).links() if "/files/" in link]
    assert len(links) == 1
    assert ((built.output / case.page).parent / links[0]).is_file()


def test_nothing_else_is_published(built: Built) -> None:
    names = built.files()
    assert all(name.isascii() for name in names)
    kinds = {name.rpartition(".")[2] for name in names if name.startswith(("media/", "files/"))}
    assert kinds <= {"jpg", "png", "gif", "webp", "svg", "pdf", "csv", "txt"}
    assert built.mentions(PLACE) == built.mentions("root:x:") == []
    assert_good_stands(built)
