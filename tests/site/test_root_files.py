"""Files for the site's root: ``content/_root/`` goes out as it is, ``favicon.ico`` is made."""

import io
import os

import pytest
from PIL import Image

from tests.conftest import MakeSite
from tests.sites import article, assert_same, column

FILES = {
    "content/jcdj/_column.md": column("基层党建"),
    "content/jcdj/a.md": article(body="[旧站](/old/2009/index.html)"),
    "content/_root/MP_verify_ab12.txt": "ab12",
    "content/_root/.well-known/security.txt": "Contact: mailto:a@example.com",
    "content/_root/old/2009/index.md": "旧站的文件",
    "content/_root/old/2009/index.html": "<p>旧站",
    "content/_root/Thumbs.db": b"x",
}


def test_they_go_out_as_they_are_and_follow_their_files(make_site: MakeSite) -> None:
    site = make_site(FILES)
    built = site.build()
    assert (built.errors, built.warnings) == ([], [])
    assert built.text("MP_verify_ab12.txt") == "ab12"
    assert built.text("old/2009/index.md") == "旧站的文件"
    assert (site.output / ".well-known/security.txt").is_file()
    assert "Thumbs.db" not in built.files()
    assert 'href="../../../old/2009/' in built.text("jcdj/2020/06/a.html")
    assert site.build().written == set()

    site.write("content/_root/MP_verify_ab12.txt", "ab13")
    site.write("content/_root/new.html", "<p>新")
    site.delete("content/_root/.well-known/security.txt")
    built = site.build()
    assert built.written == {"MP_verify_ab12.txt", "new.html"}
    assert_same(built.files(), site.clean_build())
    assert ".well-known/security.txt" not in built.files()


def test_links_and_attachments_lead_to_them(make_site: MakeSite) -> None:
    """As an address of the site's root; a missing one is reported, an article's own goes first."""
    named = "[规则](/shuoming.txt)、[安全](/.well-known/security.txt)、[表](/old/biao.pdf)"
    body = f"{named}\n\n![徽](/hui.png)"
    site = make_site(
        {
            **FILES,
            "content/jcdj/a.md": article(body=body, attachments=["/shuoming.txt"]),
            "content/_root/shuoming.txt": "说明",
            "content/_root/hui.png": _png(),
        }
    )
    built = site.build()
    page = built.page("jcdj/2020/06/a.html")
    assert "../../../shuoming.txt" in page.links()
    assert "../../../.well-known/security.txt" in page.links()
    assert any(link.startswith("../../../media/hui.") for link in page.links())
    assert [error.partition("：")[0] for error in built.errors] == ["jcdj/a.md:7 附件“biao.pdf”"], (
        built.errors
    )
    assert not [name for name in built.files() if name.startswith("files/")]
    assert page.texts("//*[@class='attachments']//a")[0].startswith("shuoming.txt")

    site.write("content/_root/old/biao.pdf", b"%PDF-1.4\n%%EOF\n")
    built = site.build()
    assert built.errors == []
    assert "../../../old/biao.pdf" in built.page("jcdj/2020/06/a.html").links()
    assert_same(built.files(), site.clean_build())

    (site.content / "_root/shuoming.txt").rename(site.content / "shuoming.txt")
    built = site.build()
    links = built.page("jcdj/2020/06/a.html").links()
    assert any(link.startswith("../../../files/shuoming.") for link in links)
    assert_same(built.files(), site.clean_build())


def _png() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(data, "PNG")
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("index.html", "网址“index.html”由本站自己的页面"),
        ("Index.HTML", "由本站自己的页面"),
        ("jcdj", "由本站自己的页面"),
        ("jcdj/2020/06/a.html/x.txt", "由本站自己的页面"),
        ("lao.html", "由本站自己的页面"),
        ("feeds/x.xml", "由本站自己的页面"),
        ("sitemap.xml", "由本站自己的页面"),
        ("a.html.gz", "以 .gz、.br 结尾"),
        (".htaccess", "以点开头"),
        ("a/.git/config", "以点开头"),
    ],
)
def test_what_the_site_makes_itself_is_never_overwritten(
    make_site: MakeSite, name: str, words: str
) -> None:
    pages = {
        "content/jcdj/_column.md": column("基层党建"),
        "content/jcdj/a.md": article(aliases=["/lao.html"]),
    }
    wanted = make_site(pages).build().files()
    site = make_site({**pages, f"content/_root/{name}": "别的"})
    built = site.build()
    assert len(built.errors) == 1
    assert built.errors[0].startswith(f"_root/{name}:0 ")
    assert words in built.errors[0]
    assert_same(built.files(), wanted)
    with site.engine() as engine:
        checked = [problem.message for problem in engine.check().problems.errors]
    assert checked == [built.errors[0].partition(" ")[2]]


def test_a_file_in_the_way_of_a_new_page_gives_way(make_site: MakeSite) -> None:
    site = make_site({**FILES, "content/_root/jcdj/2020/06/b.html": "旧的"})
    assert site.build().text("jcdj/2020/06/b.html") == "旧的"
    site.write("content/jcdj/b.md", article("新的一篇"))
    built = site.build()
    assert [error.partition(":")[0] for error in built.errors] == ["_root/jcdj/2020/06/b.html"]
    assert "新的一篇" in built.text("jcdj/2020/06/b.html")


def test_a_link_is_reported_until_it_is_replaced(make_site: MakeSite) -> None:
    site = make_site({"content/jcdj/_column.md": column("基层党建")})
    site.write("content/_root/b.txt", "b")
    link = site.content / "_root" / "a.txt"
    link.symlink_to("/etc/hostname")
    built = site.build()
    assert [error.partition(" ")[0] for error in built.errors] == ["_root/a.txt:0"]
    assert "符号链接" in built.errors[0]
    link.unlink()
    assert site.build().errors == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_cannot_be_read_now_stays_as_it_was(make_site: MakeSite) -> None:
    site = make_site(FILES)
    site.build()
    site.edit("content/_root/MP_verify_ab12.txt", "ab12", "ab13")
    (site.content / "_root/MP_verify_ab12.txt").chmod(0)
    built = site.build()
    assert built.text("MP_verify_ab12.txt") == "ab12"
    assert [error.partition(":")[0] for error in built.errors] == ["_root/MP_verify_ab12.txt"]
    (site.content / "_root/MP_verify_ab12.txt").chmod(0o644)
    built = site.build()
    assert (built.text("MP_verify_ab12.txt"), built.errors) == ("ab13", [])


def test_rules_are_added_to_robots_txt(make_site: MakeSite) -> None:
    site = make_site(FILES)
    before = site.build().text("robots.txt")
    site.write("content/_root/robots.txt", "\ufeffUser-agent: *\r\nDisallow: /old/\r\n")
    built = site.build()
    assert built.errors == []
    assert built.text("robots.txt") == f"{before}\nUser-agent: *\nDisallow: /old/\n"
    site.write("content/_root/robots.txt", "# 不要看\nDisallow: /old/\n")
    built = site.build()
    assert "第一条规则是“Disallow: /old/”" in built.errors[0]
    assert built.text("robots.txt") == before
    site.write("content/_root/robots.txt", "# 不要看".encode("gb18030"))
    assert "不是 UTF-8" in site.build().errors[0]


def picture(colour: tuple[int, int, int, int]) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGBA", (90, 60), (0, 0, 0, 0))
    image.paste(colour, (20, 10, 70, 50))
    image.save(out, "PNG")
    return out.getvalue()


def sizes(data: bytes) -> set[tuple[int, int]]:
    with Image.open(io.BytesIO(data)) as icon:
        return set(icon.info["sizes"])


def test_the_icon_is_the_emblem_or_the_themes_or_the_offices_own(make_site: MakeSite) -> None:
    every = {(16, 16), (32, 32), (48, 48)}
    plain = make_site({}).build()
    theme = plain.files()["favicon.ico"]
    assert sizes(theme) == every
    assert plain.page("index.html").all("//link[@rel='icon']/@href")[0].endswith(".svg")

    emblem = {"EMBLEM": {"image": "_site/e.png", "alt": "徽标"}}
    site = make_site({"content/_site/e.png": picture((255, 215, 0, 255))}, emblem)
    built = site.build()
    made = built.files()["favicon.ico"]
    assert sizes(made) == every
    with Image.open(io.BytesIO(made)) as icon:
        pixels = icon.convert("RGB").resize((3, 3), Image.Resampling.BOX)
    assert pixels.getpixel((1, 1)) != pixels.getpixel((0, 0))
    assert built.page("index.html").all("//link[@rel='icon']/@href") == ["favicon.ico"]
    assert site.build().written == set()

    site.write("content/_site/e.png", picture((255, 255, 255, 255)))
    assert site.build().files()["favicon.ico"] not in (made, theme)
    site.write("content/_root/favicon.ico", made)
    built = site.build()
    assert built.files()["favicon.ico"] == made
    assert_same(built.files(), site.clean_build())
