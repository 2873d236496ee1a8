"""Links to the lists that the site makes of a tag or of a month."""

import pytest

from dangjian.content.archive import tag_slug
from tests.conftest import MakeSite
from tests.sites import article, column

# A link, and whether it leads somewhere.
LINKS = (
    (f"/tags/{tag_slug('党建')}/", True),
    (f"/tags/{tag_slug('党建')}/index.html", True),
    ("/tags/没有/", False),
    ("/archive/2020/06/", True),
    ("/archive/2031/", False),
    ("/archive/", True),
)


@pytest.mark.parametrize("where", ["yw/a.md", "yw/_column.md"])
def test_links_to_lists(make_site: MakeSite, where: str) -> None:
    text = "\n\n".join(f"[去]({link})" for link, _ in LINKS)
    columns = column("要闻", text if where.endswith("_column.md") else "")
    body = "正文。" if where.endswith("_column.md") else text
    site = make_site(
        {
            "content/yw/_column.md": columns,
            "content/yw/a.md": article("甲", "2020-06-16 08:00", body, tags=["党建"]),
        }
    )
    built = site.build()
    source = (site.folder / "content" / where).read_text(encoding="utf-8").splitlines()
    wanted = {
        f"{where}:{source.index(f'[去]({link})') + 1} 链接“{link}”在本站没有这个地址"
        for link, leads in LINKS
        if not leads
    }
    assert {error.partition("，")[0] for error in built.errors} == wanted
    assert site.build().errors == built.errors, "reported as long as it is so"
