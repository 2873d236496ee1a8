"""Drawings in SVG: what passes, what is refused, how large they are."""

import base64
import io
import re
from pathlib import Path

import pytest
from PIL import Image

from dangjian.media import svg
from dangjian.media.picture_source import PictureError
from dangjian.media.pictures import make_picture
from tests.samples.photos import camera_exif, photo

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {}>{}</svg>'
)


def drawing(folder: Path, inside: str, size: str = 'viewBox="0 0 300 200"') -> Path:
    path = folder / "d.svg"
    path.write_text(SVG.format(size, inside), "utf-8")
    return path


def test_a_plain_drawing_passes(tmp_path: Path) -> None:
    inside = (
        "<title>图</title><metadata>SecretCamera</metadata><defs><linearGradient id='g'>"
        "<stop offset='0'/></linearGradient></defs><style>.a{fill:url( '#g' )}</style>"
        "<rect class='a' width='9' height='9'/><use xlink:href='#g'/>"
        "<a href='x.html'><path d='M0 0'/></a>"
    )
    made = make_picture(drawing(tmp_path, inside), tmp_path / "cache")
    data = made.path.read_text("utf-8")
    assert (made.width, made.height) == (300, 200)
    assert made.name.endswith(".svg")
    assert "SecretCamera" not in data
    assert "x.html" not in data
    assert '<use href="#g"/>' in data
    assert "<path" in data
    assert "图" in data
    assert made.bytes < len(drawing(tmp_path, inside).read_bytes())


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<x:script xmlns:x='http://www.w3.org/2000/svg'>alert(1)</x:script>",
        "<rect onclick='alert(1)'/>",
        "<foreignObject><p/></foreignObject>",
        "<use href='http://example.com/a.svg#b'/>",
        "<use xlink:href='javascript:alert(1)'/>",
        "<image href='data:image/svg+xml;base64,AAAA'/>",
        "<style>@import 'http://example.com/a.css';</style>",
        "<style><title/>@import url(http://example.com/a.css);</style>",
        "<style>.a{fill:red}<desc>x</desc>.b{fill:url(//example.com/a)}</style>",
        "<style>.a{}<a><title/></a>@import 'http://example.com/a.css';</style>",
        "<style>.a{fill:src('http://example.com/a')}</style>",
        "<image href='data:image/jpeg;base64,/9j/4AAQ'/>",
        "<style>.a{fill:url(http://example.com/a)}</style>",
        "<rect style='fill:u\\72l(http://example.com)'/>",
        "<rect fill='url(  \"//example.com\")'/>",
        "<rect><set attributeName='href' to='javascript:alert(1)'/></rect>",
        "<g>" * 200 + "</g>" * 200,
    ],
)
def test_a_drawing_that_could_act_or_fetch_is_refused(tmp_path: Path, inside: str) -> None:
    with pytest.raises(PictureError, match="SVG"):
        make_picture(drawing(tmp_path, inside), tmp_path / "cache")


def test_entities_broken_xml_and_no_size_are_refused(tmp_path: Path) -> None:
    entities = '<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + SVG.format("", "&a;")
    path = tmp_path / "e.svg"
    path.write_text(f"<?xml version='1.0'?>{entities}")
    with pytest.raises(PictureError, match="实体"):
        make_picture(path, tmp_path / "cache")
    path.write_text("<svg><g></svg>")
    with pytest.raises(PictureError, match="写法有错"):
        make_picture(path, tmp_path / "cache")
    with pytest.raises(PictureError, match="尺寸"):
        make_picture(drawing(tmp_path, "", 'width="100%"'), tmp_path / "cache")


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ('width="100" height="50"', (100, 50)),
        ('width="10mm" viewBox="0 0 1 2"', (38, 76)),
        ('height="100px" viewBox="0,0,40,20"', (200, 100)),
        ('width="100%" height="100%" viewBox="0 0 64 48"', (64, 48)),
    ],
)
def test_the_size_of_a_drawing(tmp_path: Path, size: str, expected: tuple[int, int]) -> None:
    made = make_picture(drawing(tmp_path, "", size), tmp_path / "cache")
    assert (made.width, made.height) == expected


def test_attributes_and_comments_that_only_carry_data_leave(tmp_path: Path) -> None:
    inside = (
        "<g data-place='35.55N' author='SecretCamera' serif-id='SecretCamera'>"
        "<style>/* SecretCamera */ .a{fill:red}/* SecretCamera</style>"
        "<path class='a' d='M0 0' stroke-width='2'/></g>"
    )
    data = make_picture(drawing(tmp_path, inside), tmp_path / "cache").path.read_text("utf-8")
    assert "SecretCamera" not in data
    assert "35.55N" not in data
    assert '<path class="a" d="M0 0" stroke-width="2"/>' in data
    assert ".a{fill:red}" in data


def test_a_comment_does_not_join_what_it_parts(tmp_path: Path) -> None:
    inside = "<style>@im/**/port url(#a);</style>"
    data = make_picture(drawing(tmp_path, inside), tmp_path / "cache").path.read_text("utf-8")
    assert "@import" not in data


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_a_picture_inside_a_drawing_loses_place_and_camera(tmp_path: Path, kind: str) -> None:
    out = io.BytesIO()
    photo(40, 30).save(out, kind, exif=camera_exif())
    assert b"SecretCamera" in out.getvalue()
    coded = base64.b64encode(out.getvalue()).decode()
    inside = f"<image width='40' height='30' xlink:href='data:image/{kind};base64,{coded}'/>"
    made = make_picture(drawing(tmp_path, inside), tmp_path / "cache").path.read_text("utf-8")
    found = re.search(r"base64,([^\"]+)", made)
    assert found is not None
    data = base64.b64decode(found[1])
    assert b"SecretCamera" not in data
    assert Image.open(io.BytesIO(data)).size == (40, 30)


def test_copies_of_copies_are_counted(tmp_path: Path) -> None:
    """Each level shows the one below ten times; the fifth one draws 111,111 elements in all."""

    def nested(levels: int) -> str:
        rows = ["<g id='n0'><rect width='1' height='1'/></g>"]
        rows += [
            f"<g id='n{n}'>" + f"<use href='#n{n - 1}'/>" * 10 + "</g>"
            for n in range(1, levels + 1)
        ]
        return f"<defs>{''.join(rows)}</defs><use href='#n{levels}'/>"

    make_picture(drawing(tmp_path, nested(3)), tmp_path / "cache")
    for levels in (6, 30):
        with pytest.raises(PictureError, match="互相套用"):
            make_picture(drawing(tmp_path, nested(levels)), tmp_path / "cache")


def test_the_limit_of_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = "<g id='a'/><use href='#a'/><use href='#none'/>"  # with svg and the copy five
    monkeypatch.setattr(svg, "MAX_DRAWN", 5)
    make_picture(drawing(tmp_path, inside), tmp_path / "cache")
    monkeypatch.setattr(svg, "MAX_DRAWN", 4)
    with pytest.raises(PictureError, match="互相套用"):
        make_picture(drawing(tmp_path, inside + "<!-- -->"), tmp_path / "cache")


def test_copies_in_a_circle_and_in_a_long_row(tmp_path: Path) -> None:
    circle = "<g id='a'><use href='#b'/></g><g id='b'><use href='#a'/></g>"
    row = "".join(f"<g id='r{n}'><use href='#r{n + 1}'/></g>" for n in range(300))
    make_picture(drawing(tmp_path, circle + row), tmp_path / "cache")
