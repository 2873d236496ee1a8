"""Old addresses under a real nginx: as readers send them, and where they lead."""

import gzip
from pathlib import Path
from urllib.parse import quote

import pytest

from dangjian.publishing.servers.nginx import MAX_KEY_LENGTH
from tests.conftest import MakeSite
from tests.nginx import HOST, LONG, running, small_site
from tests.sites import article, column

ADDRESSES = {
    "/old.html": "new.html",
    "/old/": "zt/index.html",
    "/%E4%B8%AD%E6%96%87.html": "new.html",
    "/中文/show.asp?编号=5": "new.html",
    "/show.asp?id=5&c=2": "new.html",
    "/show.asp?id=7": "index.html",
    "/show.asp": "zt/index.html",
    "/cost$5.html": "new.html",
    '/say"so".html': "new.html",
    "/a\\b.html": "new.html",
    "/other.html": "https://党建.example.com/$a?中=1",
    "/q.php?s=~a": "new.html",
    "/q.php?s=default": "new.html",
    f"/q.php?s={'v' * 80}": "new.html",
    LONG: "new.html",
    **{f"/{'长' * length}.html": "new.html" for length in (82, 83, 84, 160)},
    f"{'/long' * 60}.asp?id=1": "new.html",
    **{f"/{'x' * (length - 6)}.html": "new.html" for length in range(MAX_KEY_LENGTH - 2, 50)},
    **{f"/html/2019/{number}.html": "new.html" for number in range(1200)},
}
ASKED = {
    "/old.html": "new.html",
    "/old.html?from=timeline": "new.html",
    "/old/": "zt/",
    "/%e4%b8%ad%E6%96%87.html": "new.html",
    "/%E4%B8%AD%E6%96%87/show.asp?%E7%BC%96%E5%8F%B7=5": "new.html",
    "/%E4%B8%AD%E6%96%87/show.asp?a=1&%e7%bc%96%e5%8f%b7=5": "new.html",
    "/show.asp?id=5&c=2": "new.html",
    "/show.asp?from=timeline&c=2&id=5": "new.html",
    "/show.asp?id=7&from=timeline": "",
    "/show.asp?from=timeline": "zt/",
    "/show.asp?id=9": None,
    "/show.asp?xid=7": "zt/",
    "/cost$5.html": "new.html",
    "/cost%245.html": "new.html",
    "/say%22so%22.html": "new.html",
    "/a%5Cb.html": "new.html",
    "/q.php?s=~a": "new.html",
    "/q.php?s=default": "new.html",
    f"/q.php?s={'v' * 80}": "new.html",
    f"/q.php?s={'v' * 79}": None,
    LONG: "new.html",
    **{f"/{quote('长' * length)}.html": "new.html" for length in (82, 83, 84, 160)},
    f"{'/long' * 60}.asp?from=timeline&id=1": "new.html",
    **{f"/{'x' * (length - 6)}.html": "new.html" for length in range(MAX_KEY_LENGTH - 2, 50)},
    "/html/2019/1199.html": "new.html",
    "/html/2019/1200.html": None,
}


@pytest.mark.parametrize("path", ["", "/dangjian", "/a b/党建"])
def test_old_addresses_as_readers_send_them(tmp_path: Path, path: str) -> None:
    live = small_site(tmp_path / "srv www" / "public", "")
    at = quote(path)
    with running(tmp_path, (live, f"http://{HOST}{path}", ADDRESSES)) as nginx:
        for asked, leads in ASKED.items():
            wanted = "" if leads is None else f"{at}/{leads}"
            assert nginx.leads(f"{at}{asked}") == wanted, asked
        external = nginx.leads(f"{at}/other.html")
        assert external == "https://xn--n5qz54a.example.com/%24a?%E4%B8%AD=1"


def test_a_page_that_came_back_to_its_old_address_is_shown_before_nginx_is_reloaded(
    tmp_path: Path,
) -> None:
    """Nginx still has the map of the publish before: a → b, while now b leads to a."""
    live = small_site(tmp_path / "public", "")
    addresses = {"/a.html": "b.html", LONG: "b.html", "/old/": "b.html"}
    with running(tmp_path, (live, f"http://{HOST}", addresses)) as nginx:
        for path in addresses:
            assert nginx.leads(path) == "/b.html"
        for name in ("a.html", LONG[1:], "old/index.html"):
            (live / name).parent.mkdir(parents=True, exist_ok=True)
            (live / name).write_bytes(b"back")
            (live / f"{name}.gz").write_bytes(gzip.compress(b"back"))
        for path in addresses:
            answer, body = nginx.ask(path)
            assert (answer.status, body) == (200, b"back"), path


def test_old_addresses_that_differ_in_case_only_are_reported(make_site: MakeSite) -> None:
    built = make_site(
        {
            "content/xw/_column.md": column("新闻"),
            "content/xw/a.md": article("甲", aliases=["/News/1.aspx"]),
            "content/xw/b.md": article("乙", aliases=["/news/1.aspx"]),
        }
    ).build()
    (error,) = built.errors
    assert error.startswith("xw/b.md")
    assert "/News/1.aspx" in error
    assert "大小写" in error


def test_one_article_may_have_its_old_address_in_two_ways(make_site: MakeSite) -> None:
    files = {
        "content/xw/_column.md": column("新闻"),
        "content/xw/a.md": article("甲", aliases=["/News/1.html", "/news/1.html"]),
    }
    assert make_site(files).build().errors == []
