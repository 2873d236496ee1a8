"""Pictures on pages: sizes, what is loaded first, focal points, covers, what is passed on."""

import io
from collections.abc import Callable

import pytest
from PIL import Image

from tests.samples.photos import photo
from tests.sites import Built, Site, article, column

MakeSite = Callable[..., Site]


def jpeg(width: int, height: int, grain: float = 4) -> bytes:
    out = io.BytesIO()
    photo(width, height, grain).save(out, "JPEG", quality=92)
    return out.getvalue()


BODY = "先说一句。\n\n![甲](a.jpg)\n\n再说一句。![乙](b.jpg)\n\n![丙](c.png)\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 200"><path d="M0 0"/></svg>'


def files() -> dict[str, str | bytes]:
    drawing = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(drawing, "PNG")
    return {
        "content/jcdj/_column.md": column("基层党建", "![栏目](b.jpg)"),
        "content/jcdj/a.md": article("甲", body=BODY, focus="左上"),
        "content/jcdj/b.md": article("乙", body="没有图。", flags=["slide"], cover="a.jpg"),
        "content/jcdj/a.jpg": jpeg(900, 600),
        "content/jcdj/b.jpg": jpeg(900, 620),
        "content/jcdj/c.png": drawing.getvalue(),
    }


@pytest.fixture
def full(make_site: MakeSite) -> Built:
    return make_site(files(), {"PICTURE_SIZES": True, "HOME": {"blocks": ["jcdj"]}}).build()


def test_a_text_has_pictures_in_sizes_and_forms(full: Built) -> None:
    page = full.page("jcdj/2020/06/a.html")
    sources = page.all("//div[@id='text']//picture/source")
    assert [one.get("type") for one in sources] == ["image/avif"] * 2
    for one in page.all("//div[@id='text']//picture/img"):
        addresses = [part.split() for part in one.get("srcset").split(",")]
        assert [width for _, width in addresses] == ["480w", "800w", "900w"]
        assert one.get("sizes")
        for address, _ in addresses:
            assert (full.output / "jcdj/2020/06" / address).is_file()
    # A drawing has one form; every picture says its size, so that nothing moves.
    assert page.all("//img[@alt='丙']/ancestor::picture") == []
    assert all(one.get("width") and one.get("height") for one in page.all("//img"))


def test_the_first_picture_of_a_text_is_loaded_first_and_the_others_when_near(full: Built) -> None:
    page = full.page("jcdj/2020/06/a.html")
    found = [(i.get("fetchpriority"), i.get("loading")) for i in page.all("//div[@id='text']//img")]
    assert found == [("high", None), (None, "lazy"), (None, "lazy")]
    introduction = full.page("jcdj/index.html").all("//img[@alt='栏目']")
    assert [i.get("loading") for i in introduction] == ["lazy"]


def test_the_home_page_has_covers_in_sizes_cropped_at_their_focus(full: Built) -> None:
    page = full.page("index.html")
    slide = page.all("//section[@id='slides']//img")[0]
    assert slide.get("fetchpriority") == "high"
    assert "480w" in slide.get("srcset")
    focused = [i.get("class") for i in page.all("//img[contains(@class, 'fx-')]")]
    assert set(focused) <= {"fx-0 fy-0"}


def test_a_video_shows_a_poster_no_wider_than_the_text_needs(make_site: MakeSite) -> None:
    video = {"文件": "a.mp4", "封面": "a.jpg"}
    site = {
        "content/jcdj/_column.md": column("基层党建"),
        "content/jcdj/a.md": article("短片", body="看。", type="video", video=video),
        "content/jcdj/a.mp4": b"\0\0\0\x18ftypmp42" + b"\0" * 100,
        "content/jcdj/a.jpg": jpeg(1500, 900),
    }
    for sizes, width in ((True, 800), (False, 1500)):
        built = make_site(site, {"PICTURE_SIZES": sizes}).build()
        page = built.page("jcdj/2020/06/a.html")
        (image,), (film,) = page.all("//figure/img"), page.all("//video")
        assert image.get("src") == film.get("poster")
        assert (image.get("fetchpriority"), film.get("width")) == ("high", "1500")
        with Image.open(built.output / "jcdj/2020/06" / film.get("poster")) as poster:
            assert poster.width == width


def test_a_plain_build_makes_one_size(make_site: MakeSite) -> None:
    built = make_site(files()).build()
    assert [path for path in built.files() if path.endswith(".avif")] == []
    assert built.page("jcdj/2020/06/a.html").all("//picture | //@srcset") == []
    assert len([path for path in built.files() if path.startswith("media/")]) == 4


def test_sizes_come_and_go_with_the_setting(make_site: MakeSite) -> None:
    site = make_site(files())
    plain = site.build().files()
    site.settings["PICTURE_SIZES"] = True
    assert site.build().files() != plain
    site.settings["PICTURE_SIZES"] = False
    assert site.build().files() == plain


@pytest.mark.parametrize(
    ("name", "data", "taken"),
    [
        ("a.jpg", jpeg(400, 300), True),
        ("a.jpg", jpeg(480, 270), True),
        ("a.jpg", jpeg(300, 400), False),
        ("a.jpg", jpeg(300, 300), False),
        ("a.jpg", jpeg(900, 300), False),
        ("a.svg", SVG.encode(), False),
    ],
)
def test_only_a_photograph_of_a_usual_shape_becomes_the_cover_by_itself(
    make_site: MakeSite, name: str, data: bytes, taken: bool
) -> None:
    built = make_site(
        {
            "content/jcdj/_column.md": column("基层党建"),
            "content/jcdj/a.md": article(body=f"![流程]({name})\n\n字。"),
            f"content/jcdj/{name}": data,
        }
    ).build()
    own = built.page("jcdj/2020/06/a.html").meta("Image") is not None
    assert own == taken
    assert (built.page("jcdj/index.html").all("//a[@class='thumb']") != []) == taken


def test_every_page_has_a_picture_to_be_passed_on_with(full: Built, make_site: MakeSite) -> None:
    pages = [path for path in full.files() if path.endswith(".html") and "redirect" not in path]
    images = {path: full.page(path).all("//meta[@property='og:image']/@content") for path in pages}
    assert {path for path, found in images.items() if len(found) != 1} == set()
    address = str(images["index.html"][0])
    assert address.startswith("https://dj.example.gov.cn/media/share.")
    share = Image.open(io.BytesIO(full.files()[address.partition(".gov.cn/")[2]]))
    assert (share.format, share.size) == ("PNG", (1200, 630))
    emblem = io.BytesIO()
    Image.new("RGBA", (90, 90), "white").save(emblem, "PNG")
    with_emblem = make_site(
        {**files(), "content/_site/e.png": emblem.getvalue()},
        {"EMBLEM": {"image": "_site/e.png", "alt": "标志"}},
    ).build()
    other = str(with_emblem.page("index.html").all("//meta[@property='og:image']/@content")[0])
    assert other != address
    drawn = Image.open(io.BytesIO(with_emblem.files()[other.partition(".gov.cn/")[2]]))
    assert drawn.convert("RGB").tobytes() != share.convert("RGB").tobytes()
