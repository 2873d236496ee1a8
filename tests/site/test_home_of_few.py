"""The home page of a site with nothing yet, or with a single video."""

import io

import pytest
from PIL import Image

from tests.conftest import MakeSite
from tests.sites import article, column

COLUMN = {"content/xw/_column.md": column("新闻")}


@pytest.mark.parametrize("drafts", [False, True])
def test_an_empty_site_says_what_comes_next_in_the_preview_only(
    make_site: MakeSite, drafts: bool
) -> None:
    site = make_site(COLUMN, drafts=drafts)
    page = site.build().page("index.html")
    assert "内容即将上线" in page.text("//main")
    assert ("tasks.py new" in page.text("//main")) is drafts
    site.write("content/xw/a.md", article("甲", "2026-11-01"))
    assert "即将上线" not in site.build().page("index.html").text("//main")


def test_a_video_is_shown_by_its_poster(make_site: MakeSite) -> None:
    file = io.BytesIO()
    Image.new("RGB", (640, 360), (30, 60, 200)).save(file, "JPEG")
    video = {"文件": "a.mp4", "封面": "feng.jpg"}
    site = make_site(
        {
            **COLUMN,
            "content/xw/a.md": article("村里的事", "2026-11-01", "看。", type="video", video=video),
            "content/xw/a.mp4": b"\0\0\0\x18ftypmp42" + b"\0" * 100,
            "content/xw/feng.jpg": file.getvalue(),
        },
        {"HOME": {"videos": 3}},
    )
    pictures = site.build().page("index.html").all("//section[.//h2[.='视频']]//img")
    assert [picture.get("alt") for picture in pictures] == ["村里的事"]
