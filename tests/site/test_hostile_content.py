"""Nothing an editor writes can run in the reader's browser, reach outside, or break the build."""

import re
from pathlib import Path

import pytest

from tests.conftest import MakeSite
from tests.sites import Page, article, column

COLUMN = {"content/jcdj/_column.md": column("基层党建")}
PAGE = "jcdj/2020/06/a.html"


def page_of(make_site: MakeSite, body: str, **fields: object) -> Page:
    built = make_site({**COLUMN, "content/jcdj/a.md": article(body=body, **fields)}).build()
    return built.page(PAGE)


def assert_harmless(page: Page) -> None:
    """Only the theme's own scripts; no handler, no script address, no frame, no form of others."""
    for script in page.all("//script[not(@type='application/ld+json')]"):
        assert re.fullmatch(r"(\.\./)*static/[\w.]+\.js", script.get("src") or "")
    names = {str(name) for name in page.all("//@*/..") for name in name.attrib}
    assert not [name for name in names if name.startswith("on") or name == "style"]
    for link in page.links():
        assert not re.match(r"\s*(javascript|data|vbscript):", link, re.IGNORECASE), link
    assert page.all("//iframe | //object | //embed | //base | //style") == []
    assert page.all("//div[@id='text']//form | //div[@id='text']//input") == []


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>文",
        "<img src=x onerror=alert(1)>文",
        "<a href='javascript:alert(1)'>文</a>",
        "[文](javascript:alert(1))",
        "[文](JaVaScRiPt&#58;alert(1))",
        "[文](data:text/html;base64,PHNjcmlwdD4=)",
        "<svg onload=alert(1)><script>alert(1)</script></svg>文",
        "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>文",
        "<iframe src='https://example.com'></iframe>文",
        "<p style='position:fixed' onclick='x()'>文</p>",
        "<form action='https://example.com'><input name=a></form>文",
        "<base href='https://example.com/'>文",
        "<meta http-equiv=refresh content='0;url=https://example.com'>文",
        "<object data=x></object><embed src=x>文",
        "<!--><script>alert(1)</script>-->文",
        "`<script>alert(1)</script>`文",
    ],
)
def test_raw_html_in_a_body(make_site: MakeSite, body: str) -> None:
    page = page_of(make_site, body)
    assert_harmless(page)
    assert "文" in page.text("//div[@id='text']")


@pytest.mark.parametrize(
    "title",
    [
        "</script><script>alert(1)</script>",
        "</title><img src=x onerror=alert(1)>",
        "a\"b'c&d<e>f",
        "]]> & <![CDATA[",
        "{{ site.owner }}{% raw %}",
        "引号‘“『「《〈'\"",
    ],
)
def test_markup_in_a_title_is_text(make_site: MakeSite, title: str) -> None:
    page = page_of(make_site, "文", title=title, summary=title, source=title, editor=title)
    assert_harmless(page)
    assert page.text("//h1") == " ".join(title.split())
    assert page.meta("ArticleTitle") == title


@pytest.mark.parametrize(
    "braces", ["{{ 7 * 7 }}", "{% include 'base.html' %}", "{# 注 #}", "{{ site|pprint }}", "{%"]
)
def test_jinja_in_content_is_text(make_site: MakeSite, braces: str) -> None:
    page = page_of(make_site, f"前{braces}后", summary=f"摘{braces}要")
    assert f"前{braces}后" in page.text("//div[@id='text']")
    assert page.meta("Description") == f"摘{braces}要"


@pytest.mark.parametrize(
    "path", ["../../secret.txt", "/../secret.txt", "..\\..\\secret.txt", "%2e%2e/%2e%2e/secret.txt"]
)
def test_nothing_reaches_outside_content(make_site: MakeSite, path: str) -> None:
    site = make_site({**COLUMN, "secret.txt": "外面的秘密"})
    site.write("content/jcdj/a.md", article(attachments=[{"file": path}]))
    site.write("content/jcdj/b.md", article(cover={"src": path, "alt": "图"}))
    site.write("content/jcdj/c.md", article(body=f"[文]({path}) ![图]({path})"))
    built = site.build()
    assert built.errors
    assert built.mentions("外面的秘密") == []
    assert not [name for name in built.files() if "secret" in name]


@pytest.mark.parametrize("target", ["/etc/passwd", "/etc/hostname"])
def test_absolute_paths_of_the_machine_are_paths_in_content(
    make_site: MakeSite, target: str
) -> None:
    built = make_site(
        {**COLUMN, "content/jcdj/a.md": article(attachments=[{"file": target}])}
    ).build()
    assert built.errors
    assert not [name for name in built.files() if name.startswith("files/")]


def test_a_link_out_of_content_is_not_followed(make_site: MakeSite, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.md").write_text(article("别处的稿件"), encoding="utf-8")
    site = make_site({**COLUMN, "content/jcdj/a.md": article("本处的稿件")})
    try:
        (site.content / "jcdj" / "loop").symlink_to(site.content, target_is_directory=True)
        (site.content / "jcdj" / "out").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    except OSError:
        pytest.skip("no symbolic links here")
    built = site.build()
    assert PAGE in built.files()
    assert built.mentions("别处的稿件") == []


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-16", "utf-8-sig"])
def test_other_encodings_are_read_or_reported(make_site: MakeSite, encoding: str) -> None:
    data = article("编码的标题", body="编码的正文").encode(encoding)
    built = make_site({**COLUMN, "content/jcdj/a.md": data, "content/jcdj/b.md": article()}).build()
    assert "jcdj/2020/06/b.html" in built.files()
    if not built.errors:
        assert built.page(PAGE).text("//h1") == "编码的标题"
    else:
        assert all(error.startswith("jcdj/a.md") for error in built.errors)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 100,
        b"---\n",
        b"---\ntitle: a\n",
        "---\n\ttitle: 制表符\n---\n".encode(),
        b"---\n- a\n- b\n---\n",
        b"---\ntitle: [a\n---\n",
        "---\ntitle: 甲\ntitle: 乙\ndate: 2020-01-01\n---\n".encode(),
        b"---\na: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n---\n",
        "---\ntitle: 甲\ndate: 2020-06-31\n---\n".encode(),
        "---\ntitle: 甲\ndate: 0000-01-01\n---\n".encode(),
        "---\ntitle: 甲\n---\n".encode(),
        "没有任何题头的文字".encode(),
        b"\xff\xfe\x00\xd8",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    ],
)
def test_a_broken_file_is_named_and_costs_no_other(make_site: MakeSite, data: bytes) -> None:
    built = make_site(
        {**COLUMN, "content/jcdj/bad.md": data, "content/jcdj/a.md": article()}
    ).build()
    assert built.exit == 1
    assert all(error.startswith("jcdj/bad.md:") for error in built.errors)
    assert PAGE in built.files()
    assert not [name for name in built.files() if name.endswith("bad.html")]


@pytest.mark.parametrize(
    "body",
    [
        "> " * 300 + "深",
        "- " * 300 + "深",
        "**" * 5000,
        "[" * 3000,
        "```\n没有关上",
        "| a | b |\n|---|---|\n" + "| 一 | 二 |\n" * 2000,
        "[^1]\n\n[^1]: 注[^2]\n[^2]: 注[^1]\n",
        "\u200b\u2028\u202e\ufeff字",
        "😀👨‍👩‍👧‍👦𠮷𪚥",
    ],
    ids=range(9),
)
def test_odd_bodies_build(make_site: MakeSite, body: str) -> None:
    site = make_site(
        {**COLUMN, "content/jcdj/a.md": article(body=body), "content/jcdj/b.md": article()}
    )
    built = site.build()
    assert "jcdj/2020/06/b.html" in built.files()
    assert PAGE in built.files() or built.errors
