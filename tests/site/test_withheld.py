"""What is not public leaves no trace: not a page, a listing, a feed, the index, a file."""

import io

import pytest
from PIL import Image

from tests.conftest import MakeSite
from tests.sites import Site, article, column

TITLE = "不能外泄的标题"
BODY = "不能外泄的正文"


def png() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (31, 17), (1, 2, 3)).save(data, "PNG")
    return data.getvalue()


def with_hidden(make_site: MakeSite, **fields: object) -> Site:
    """A site with a public article and one that ``fields`` withhold, with all it can carry."""
    hidden: dict[str, object] = {
        "date": "2026-06-01 08:00",
        "tags": ["密签"],
        "keywords": ["密词"],
        "summary": "不能外泄的摘要",
        "cover": {"src": "secret-cover.png", "alt": "不能外泄的图"},
        "attachments": [{"file": "secret-list.csv", "title": "不能外泄的附件"}],
        "aliases": ["/old/secret.html"],
        "also_in": ["gbgz"],
        "special": ["zt"],
        **fields,
    }
    return make_site(
        {
            "content/jcdj/_column.md": column("基层党建"),
            "content/gbgz/_column.md": column("干部工作"),
            "content/jcdj/open.md": article("公开的稿件", keywords=["密词"]),
            "content/jcdj/zt.md": article("专题一", type="special", slug="zt"),
            "content/jcdj/secret.md": article(TITLE, body=BODY + "\n\n![图](secret.png)", **hidden),
            "content/jcdj/secret.png": png(),
            "content/jcdj/secret-cover.png": png(),
            "content/jcdj/secret-list.csv": "姓名\n不能外泄\n",
        }
    )


WITHHELD = [
    {"status": "draft"},
    {"status": "草稿"},
    {"date": "2026-11-24 10:01"},
    {"date": "2030-01-01"},
    {"publish_at": "2026-11-24 10:01"},
    {"publish_at": "2027-01-01"},
    {"expires": "2026-11-24 09:59"},
    {"date": "2019-06-01 08:00", "expires": "2020-12-31"},
]


@pytest.mark.parametrize("fields", WITHHELD, ids=str)
def test_no_trace(make_site: MakeSite, fields: dict[str, object]) -> None:
    built = with_hidden(make_site, **fields).build()
    assert not built.errors
    for words in ("不能外泄", "secret", "密签"):
        assert built.mentions(words) == [], words


@pytest.mark.parametrize("fields", [{}, {"status": "published"}, {"expires": "2026-11-24 10:01"}])
def test_the_same_article_when_public_is_everywhere(
    make_site: MakeSite, fields: dict[str, object]
) -> None:
    built = with_hidden(make_site, **fields).build()
    assert not built.errors
    shown = built.mentions(TITLE)
    for name in ("index.html", "jcdj/index.html", "gbgz/index.html", "jcdj/zt/index.html"):
        assert name in shown
    assert "jcdj/2026/06/secret.html" in shown
    assert "feeds/all.rss.xml" in shown
    assert "old/secret.html" in built.files()
    assert any(name.startswith("files/secret-list.") for name in built.files())


@pytest.mark.parametrize("change", WITHHELD[:2] + WITHHELD[4:5] + WITHHELD[6:7], ids=str)
def test_withdrawn_leaves_no_trace_either(make_site: MakeSite, change: dict[str, object]) -> None:
    site = with_hidden(make_site)
    assert site.build().mentions(TITLE)
    (key, value) = next(iter(change.items()))
    site.edit("content/jcdj/secret.md", "---\n\n", f"{key}: {value}\n---\n\n")
    built = site.build()
    for words in ("不能外泄", "secret", "密签"):
        assert built.mentions(words) == [], words


def test_a_hidden_article_has_a_page_that_nothing_lists(make_site: MakeSite) -> None:
    """For whoever has its address (06-schedule-and-withdraw.md); robots are told to leave it."""
    site = with_hidden(make_site, status="hidden", aliases=[])
    site.write("content/jcdj/link.md", article("链接", body="见[此文](secret.md)。"))
    built = site.build()
    assert not built.errors
    page = built.page("jcdj/2026/06/secret.html")
    assert BODY in page.text()
    assert page.meta("robots") == "noindex"
    assert built.mentions(TITLE) == [page.address]
    assert built.mentions("密签") == [page.address]
    assert "../../../jcdj/2026/06/secret.html" in built.page("jcdj/2020/06/link.html").links()


@pytest.mark.parametrize("named_by", ["hidden", "public"])
@pytest.mark.parametrize("hidden", ["reading", "document"])
def test_a_hidden_article_is_not_listed_with_what_it_interprets(
    make_site: MakeSite, hidden: str, named_by: str
) -> None:
    status = {"reading": "", "document": "", hidden: "hidden"}
    key = {"reading": "interprets", "document": "interpreted_by"}
    naming = hidden if named_by == "hidden" else next(n for n in status if n != hidden)
    other = next(n for n in status if n != naming)
    files: dict[str, str | bytes] = {"content/zc/_column.md": column("政策")}
    for name, value in status.items():
        fields: dict[str, object] = {"status": value or None}
        if name == naming:
            fields[key[name]] = [other]
        if name == "document":
            fields["type"] = "document"
        files[f"content/zc/{name}.md"] = article(f"标题{name}", body="正文。", **fields)
    built = make_site(files).build()
    assert built.errors == []
    assert built.mentions(f"标题{hidden}") == [f"zc/2020/06/{hidden}.html"]


def test_shown_and_marked_in_the_preview_of_drafts(make_site: MakeSite) -> None:
    site = with_hidden(make_site, status="draft")
    site.drafts = True
    page = site.build().page("jcdj/2026/06/secret.html")
    assert BODY in page.text()
    assert "草稿" in page.text() or "未发布" in page.text()


def test_a_draft_that_is_linked_to_is_an_error_without_an_address(make_site: MakeSite) -> None:
    site = with_hidden(make_site, status="draft")
    site.write("content/jcdj/link.md", article("链接", body="见[此文](secret.md)。"))
    built = site.build()
    assert [error for error in built.errors if error.startswith("jcdj/link.md:6")]
    assert built.mentions("secret") == []
