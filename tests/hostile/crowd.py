"""Many hostile inputs in one site: what each must lead to, and that it disturbs no other."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.sites import Built, Site, article, column

GOOD = "zc/2020/06/good.html"


@dataclass(frozen=True)
class Case:
    """A file below content/, and what a build makes of it.

    ``page`` is the end of the address that is built, empty when there must be none; ``says`` are
    words of an error of this file, empty when it has none; ``line`` is that error's line.
    """

    path: str
    source: str | bytes
    page: str = ""
    says: str = ""
    line: int = 0
    title: str = ""

    def __str__(self) -> str:
        return self.path[:40].encode("ascii", "backslashreplace").decode()


def crowd(
    folder: Path, cases: Iterable[Case], others: dict[str, str | bytes] | None = None
) -> Site:
    """A site of all the cases and one good article among them; ``others`` are further files."""
    files: dict[str, str | bytes] = {
        "content/zc/_column.md": column("正常栏目"),
        "content/zc/good.md": article("正常的稿件"),
        "content/jcdj/_column.md": column("基层党建"),
        **(others or {}),
    }
    return Site(folder, files | {f"content/{case.path}": case.source for case in cases})


def assert_outcome(built: Built, case: Case) -> None:
    """The case came out as it must."""
    reported = [p for p in built.report.problems.errors if p.path == case.path]
    if case.says:
        wanted = [p for p in reported if case.says in p.message and p.line == case.line]
        assert wanted, f"{case.says!r} on line {case.line} is not among {reported}"
    else:
        assert not reported
    if case.page:
        title = built.page(case.page).text("//h1")
        assert title == (case.title or title)


def assert_good_stands(built: Built) -> None:
    """The good article is whole, and in every list."""
    assert built.page(GOOD).text("//h1") == "正常的稿件"
    for front in ("index.html", "zc/index.html", "feeds/all.rss.xml", "sitemap-2020.xml"):
        assert "good.html" in built.text(front)
    assert not [e for e in built.errors if e.startswith("zc/")]
