"""Pictures and files as a built site has them: what they no longer tell, and how they are saved."""

import io
from collections.abc import Callable

import pytest

from tests.samples.photos import SECRET, camera_exif, photo
from tests.sites import Site, article, column

MakeSite = Callable[..., Site]


def camera_jpeg(width: int = 300) -> bytes:
    out = io.BytesIO()
    photo(width, 200).save(out, "JPEG", exif=camera_exif())
    assert SECRET in out.getvalue()
    return out.getvalue()


PDF = b"%PDF-1.4 x"
BODY = """![红旗](shown.jpg)

[查看大图](linked.jpg)

！[全角叹号的图](mistyped.jpg)

[![缩略图](thumb.jpg)](whole.jpg)

[登记表](biao.docx) [办法](banfa.pdf) [录音](luyin.mp3)
"""


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    names = ("shown", "linked", "mistyped", "thumb", "whole", "attached", "cover")
    return make_site(
        {
            "content/jcdj/_column.md": column(
                "基层党建", "![栏目](column.jpg) [大图](column2.jpg)"
            ),
            "content/jcdj/column.jpg": camera_jpeg(310),
            "content/jcdj/column2.jpg": camera_jpeg(320),
            "content/jcdj/a.md": article(
                body=BODY,
                cover="cover.jpg",
                attachments=[
                    {"file": "attached.jpg", "title": "现场照片"},
                    {"file": "banfa.pdf", "title": "社区工作者管理办法（试行）"},
                ],
            ),
            **{f"content/jcdj/{n}.jpg": camera_jpeg(330 + i) for i, n in enumerate(names)},
            "content/jcdj/banfa.pdf": PDF,
            "content/jcdj/biao.docx": b"PK\x03\x04",
            "content/jcdj/luyin.mp3": b"ID3 x",
        }
    )


def test_no_published_picture_has_a_place_or_a_camera(site: Site) -> None:
    files = site.build().files()
    pictures = [path for path in files if path.endswith(".jpg")]
    assert len(pictures) == 9
    assert [path for path in files if SECRET in files[path] or b"Exif" in files[path]] == []


def test_a_cover_without_words_is_a_notice(site: Site) -> None:
    built = site.build()
    assert built.errors == []
    assert [w for w in built.warnings if "封面: {图片: cover.jpg, 说明: ……}" in w] != []
    assert built.page("jcdj/2020/06/a.html").all("//meta[@property='og:image']") != []


def test_files_are_saved_under_their_titles_wherever_they_are_linked(site: Site) -> None:
    page = site.build().page("jcdj/2020/06/a.html")
    saved = page.all("//a[contains(@href, '.pdf')]/@download")
    assert saved == ["社区工作者管理办法（试行）.pdf"] * 2
    assert page.all("//div[@id='text']//a[contains(@href, '.docx')]/@download") == ["biao.docx"]
    # What a browser shows or plays is not forced to disk; in the list of files everything is.
    assert page.all("//div[@id='text']//a[contains(@href, '.jpg')]/@download") == []
    assert page.all("//div[@id='text']//a[contains(@href, '.mp3')]/@download") == []
    assert page.all("//section[@class='attachments']//a[contains(@href, '.jpg')]/@download") == [
        "现场照片.jpg"
    ]


def test_a_wrong_ending_is_a_notice_with_its_line(make_site: MakeSite) -> None:
    out = io.BytesIO()
    photo(40, 30).save(out, "PNG")
    built = make_site(
        {
            "content/jcdj/_column.md": column("基层党建"),
            "content/jcdj/a.md": article(body="一行\n\n![图](a.jpg) 与 [大图](b.jpg)"),
            "content/jcdj/a.jpg": out.getvalue(),
            "content/jcdj/b.jpg": out.getvalue() + b" ",
        }
    ).build()
    assert built.errors == []
    assert [w for w in built.warnings if w.startswith("jcdj/a.md:8 图片“a.jpg”")] != []
    assert [w for w in built.warnings if w.startswith("jcdj/a.md:8 附件“b.jpg”")] != []
    assert built.page("jcdj/2020/06/a.html").all("//img[contains(@src, '.png')]") != []
