"""How many articles the parts of pages show, where there is one more than that of each column."""

from collections import Counter

import pytest

from tests.conftest import MakeSite
from tests.sites import Built, article, column

NOTHING_ELSE = {"latest": 0, "slides": 0, "photos": 0, "videos": 0, "specials": 0}
FOLDERS = ("tj", "tz", "bk", "p/c")


@pytest.fixture
def built(make_site: MakeSite) -> Built:
    files = {f"content/{folder}/_column.md": column(folder) for folder in (*FOLDERS, "p")}
    for folder in FOLDERS:
        for day in range(1, 8):
            flags = ["recommend"] if folder == "tj" else []
            text = article(f"{folder}第{day}篇", f"2026-06-0{day}", flags=flags)
            files[f"content/{folder}/n{day}.md"] = text
    return make_site(files, {"HOME": {**NOTHING_ELSE, "notices": "tz", "blocks": ["bk"]}}).build()


def shown(built: Built, address: str, inside: str = "") -> Counter[str]:
    """How many different articles of each column a page links to in its main part."""
    links = {link.get("href") for link in built.page(address).all(f"//main{inside}//a[@href]")}
    return Counter(one for link in links for one in FOLDERS if f"{one}/2026/" in link)


def test_so_many_articles_are_shown(built: Built) -> None:
    assert shown(built, "index.html") == {"tj": 6, "tz": 6, "bk": 6}
    # Below the blocks of sub-columns is what these have no room for.
    assert shown(built, "p/index.html", "//section[.//h2]") == {"p/c": 6}
    assert shown(built, "sitemap.html") == {"tj": 5, "tz": 5, "bk": 5}
