"""Folders, names and addresses that collide with the portal's own, each other, or a system."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile.crowd import Case, assert_good_stands, assert_outcome, crowd
from tests.sites import Built, article, column

RESERVED = ("static", "media", "files", "feeds", "search", "tags", "archive", "page")
ODD_FOLDERS = (
    "a b",
    "100%",
    "a#b",
    "a&b",
    "中文栏目",
    "emoji😀",
    "a'b",
    "{{7*7}}",
    "tags.",
    "x.md",
    "aux",
)
PLAIN_FOLDERS = ("2020", "index", "specials", "sitemap", "with_line")


def column_case(folder: str, slug: str, says: str = "") -> Case:
    return Case(f"{folder}/_column.md", column("栏目", slug=slug), says=says, line=4 if says else 0)


def page(name: str, says: str = "", address: str = "") -> Case:
    return Case(f"{name}.md", article(f"页{name}", type="page"), address, says, 1 if says else 0)


def news(path: str, address: str = "", says: str = "", **fields: object) -> Case:
    return Case(path, article(f"稿件{path[:60]}", **fields), address, says, 1 if says else 0)


COLUMNS = (
    *(column_case(f"r-{slug}", slug, f"“{slug}”由系统使用") for slug in RESERVED),
    column_case("dotted", "so.suo", "里不能有点"),
    column_case("ending", "search.html", "“search”由系统使用"),
    column_case("same", "jcdj", "的网址同为“jcdj”"),
)
IN_FOLDERS = (
    *(news(f"r-{slug}/kept-{slug}.md") for slug in RESERVED),
    *(news(f"{folder}/odd-{n}.md") for n, folder in enumerate(ODD_FOLDERS)),
    *(news(f"{name}/a.md", f"{name}/2020/06/a.html") for name in PLAIN_FOLDERS),
    news(".hidden/x.md"),
    news("_aside/x.md"),
)
OWN_PAGES = (
    *(
        page(name, "由栏目或本站固有的页面使用")
        for name in ("index", "search", "feeds", "404", "sitemap")
    ),
    page("specials", "由栏目或本站固有的页面使用"),
    page("robots.txt", address="robots.txt.html"),
    news("jcdj/front.md", says="由栏目或本站固有的页面使用", type="page", slug="index"),
    news("jcdj/zt.md", says="由栏目或本站固有的页面使用", type="special", slug="sub"),
    news("jcdj/zt-page.md", "jcdj/page/index.html", type="special", slug="page"),
    news("jcdj/sub/x.md", "jcdj/sub/2020/06/x.html"),
)
NAMES = (
    *(news(f"jcdj/{name}.md", f"jcdj/2020/06/{name}.html") for name in ("404", "page", "a.b")),
    news("jcdj/CON.md"),
    news("jcdj/a..b.md"),
    news(f"jcdj/{'a' * 250}.md"),
    news(f"jcdj/{'长' * 83}.md"),
    news("jcdj/Case.md", "jcdj/2020/06/case.html"),
    news("jcdj/case.md", says="网址与“jcdj/Case.md”相同"),
    news("jcdj/cafe\u0301.md"),
    news("jcdj/caf\u00e9.md", says="相同"),
    Case("jcdj/upper.MD", article(), says="扩展名要用小写的 .md"),
    Case("jcdj/word.markdown", article(), says="扩展名要用小写的 .md"),
)
# Windows and macOS can't hold both of a pair, nor a device's name.
if sys.platform in {"win32", "darwin"}:
    NAMES = tuple(
        c
        for c in NAMES
        if c.path.isascii() and c.path not in {"jcdj/CON.md", "jcdj/Case.md", "jcdj/case.md"}
    )

CASES = (*COLUMNS, *IN_FOLDERS, *OWN_PAGES, *NAMES)
# Built at an address that is a digest: found by the search for its title instead.
BY_TITLE = [c for c in (*IN_FOLDERS, *NAMES) if not c.page and not c.says and c.path[0] not in "._"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    site = crowd(tmp_path_factory.mktemp("structure"), CASES)
    return site.build()


@pytest.mark.parametrize("case", [c for c in CASES if c.page or c.says], ids=str)
def test_an_address_is_given_or_refused(built: Built, case: Case) -> None:
    assert_outcome(built, case)


@pytest.mark.parametrize("case", BY_TITLE, ids=str)
def test_an_article_in_an_odd_place_is_built(built: Built, case: Case) -> None:
    titles = [page.text("//h1") for page in built.pages() if "/2020/06/" in page.address]
    assert titles.count(f"稿件{case.path[:60]}") == 1


def test_folders_set_aside_leave_no_trace(built: Built) -> None:
    assert built.mentions("稿件.hidden") == built.mentions("稿件_aside") == []


def test_the_portals_own_pages_stand(built: Built) -> None:
    for address in ("index.html", "search.html", "feeds.html", "404.html", "sitemap.html"):
        assert "页" + address.removesuffix(".html") != built.page(address).text("//h1")
    assert built.exit == 1
    assert_good_stands(built)


def test_every_address_is_one_that_all_systems_can_hold(built: Built) -> None:
    names = list(built.files())
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert name.isascii()
        assert all(0 < len(part) <= 120 and part[-1] != "." for part in name.split("/"))
        assert not {part.partition(".")[0] for part in name.split("/")} & {
            "con",
            "aux",
            "nul",
            "prn",
        }


ALIASES = {
    "/index.html": "现在是本站的一个页面",
    "/INDEX.html": "现在是本站的一个页面",
    "/jcdj/": "现在是本站的一个页面",
    "/jcdj/2020/06/taken.html": "现在是本站的一个页面",
    "/../x.html": "不能有 . 或 ..",
    "/%2e%2e/x.html": "不能有 . 或 ..",
    "//other.example/x.html": "旧地址要以一个 / 开头",
    "https://a.cn/x.html": "旧地址不写域名",
}


@pytest.mark.parametrize(("alias", "says"), ALIASES.items())
def test_an_alias_that_cannot_be_is_reported(tmp_path: Path, alias: str, says: str) -> None:
    case = Case("jcdj/a.md", article(aliases=[alias]))
    built = crowd(tmp_path, [case, Case("jcdj/taken.md", article())]).build()
    assert [e for e in built.errors if e.startswith("jcdj/a.md:") and says in e]
    assert_good_stands(built)


def test_aliases_that_only_a_server_can_answer_have_no_page(tmp_path: Path) -> None:
    odd = ["/a.php?id=3", "/feeds/all.json/", "/CON.html", "/.x/a.html", f"/{'长' * 100}.html"]
    odd += ["/files/old.pdf", "/sitemap.xml/"]
    plain = ["/old/a.html", "/old/", "/%E4%B8%AD.html", "/files/a.html"]
    case = Case("jcdj/a.md", article(aliases=[*odd, *plain]), "jcdj/2020/06/a.html")
    site = crowd(tmp_path, [case])
    built = site.build()
    assert built.errors == []
    made = {name for name in built.files() if b'http-equiv="refresh"' in built.files()[name]}
    assert made == {"old/a.html", "old/index.html", "中.html", "files/a.html"}
    assert built.redirects == dict.fromkeys([*odd, *plain], "jcdj/2020/06/a.html")
    assert site.build().rendered == set()


def make_fifo(path: Path) -> None:
    os.mkfifo(path.with_suffix(".md"))


def make_loop(path: Path) -> None:
    path.with_suffix(".md").symlink_to(path.with_suffix(".md").name)


def make_link_out(path: Path) -> None:
    path.with_suffix(".md").symlink_to("/etc/passwd")


def make_folder_link(path: Path) -> None:
    path.symlink_to("..", target_is_directory=True)


def make_bytes_name(path: Path) -> None:
    (path.parent / os.fsdecode(b"\xb5\xb3.md")).write_text(article("坏名"), encoding="utf-8")


def make_bytes_folder(path: Path) -> None:
    folder = path.parent / os.fsdecode(b"\xb5\xb3")
    folder.mkdir()
    (folder / "a.md").write_text(article("坏名"), encoding="utf-8")


ODDITIES: dict[str, tuple[Callable[[Path], None], str]] = {
    "fifo": (make_fifo, "不是普通文件"),
    "loop": (make_loop, "符号链接"),
    "out": (make_link_out, "符号链接"),
    "folder": (make_folder_link, "符号链接"),
    "bytes": (make_bytes_name, "文件名不是文字"),
    "bytes-folder": (make_bytes_folder, "文件名不是文字"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.parametrize(("make", "says"), ODDITIES.values(), ids=ODDITIES)
def test_what_is_no_file_is_named_each_time(
    tmp_path: Path, make: Callable[[Path], None], says: str
) -> None:
    site = crowd(tmp_path, [])
    make(site.content / "jcdj" / "odd")
    for built in (site.build(), site.build()):
        assert built.exit == 1
        assert [says in error for error in built.errors] == [True]
        assert_good_stands(built)
        assert built.mentions("root:x:") == built.mentions("坏名") == []
