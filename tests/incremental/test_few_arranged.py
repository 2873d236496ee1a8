"""Where only words are new, a few articles are arranged: they must stand as they do among all."""

import io
import os

import pytest
from PIL import Image

from dangjian.common.report import Stage
from tests.conftest import MakeSite
from tests.sites import Site, article, assert_same, column

WORDS = "走访入户，了解需求。" * 20


def numbered(number: int, **fields: object) -> str:
    return article(
        f"第{number}号报道",
        f"2020-{number // 9 + 1:02}-{number % 9 + 10} 09:{number:02}",
        WORDS + f"\n\n第{number}号结尾。",
        **fields,
    )


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """Some articles, few of them in feeds, and all that ties articles to others."""
    files: dict[str, str | bytes] = {
        "content/jcdj/_column.md": column("基层党建"),
        "content/jcdj/csdj/_column.md": column("城市党建"),
        "content/gbgz/_column.md": column("干部工作"),
    }
    for number in range(24):
        folder = ("jcdj", "jcdj/csdj", "gbgz")[number % 3]
        files[f"content/{folder}/n{number:02}.md"] = numbered(
            number, tags=[f"标签{number % 7}"], keywords=[f"词{number % 5}"]
        )

    def other(name: str, body: str = "", **fields: object) -> None:
        day = str(fields.pop("date", "2020-03-15 10:00"))
        files[f"content/{name}"] = article(
            f"其他{len(files)}", day, f"{WORDS}{body}\n\n{name}结尾。", **fields
        )

    other("gbgz/rule.md", type="document", validity="有效")
    other("jcdj/reading.md", interprets=["rule"])
    other("gbgz/n96.md", special=["zt"])
    other("gbgz/later.md", special=["zt"], also_in=["jcdj/csdj"])
    other("jcdj/moved.md", column="gbgz")
    other("jcdj/zt.md", type="special", slug="zt")
    other("gbgz/hidden.md", status="hidden")
    other("gbgz/draft.md", status="draft")
    other("jcdj/same.md", slug="one")
    other("jcdj/a-second.md", "见[后文](same.md)和[草稿](/gbgz/draft.md)。", slug="one")
    other("jcdj/points.md", "见[前文](n03.md)和[专题](zt.md)。")
    other("gbgz/elsewhere.md", type="link", external_url="https://dj.example.gov.cn/a")
    # What feeds show: one that has not its name and day alone, one that refers to others.
    other("gbgz/twin.md", date="2020-06-01 08:00")
    other("gbgz/n97.md", date="2020-06-02 08:00")
    links = (
        "见[地址](/jcdj/2020/01/n03.html)、[旧址](/old/9.html)、[栏目](/gbgz/)和[标签](/tags/)。"
    )
    other("gbgz/n98.md", links, date="2020-06-02 08:00")
    other("jcdj/old.md", date="2020-02-01 08:00", aliases=["/old/9.html"])
    other("jcdj/twin.md", date="2020-06-01 09:00")
    other("jcdj/n99.md", "见[前文](csdj/n04.md)和[另一篇](same.md)。", date="2020-06-02 08:00")
    files["content/about.md"] = article("关于本站", None, f"{WORDS}\n\nabout结尾。", type="page")
    site = make_site(files, {"FEED_SIZE": 2, "PAGE_SIZE": 5})
    for path in site.content.rglob("*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    site.build()
    return site


@pytest.mark.parametrize("text", ["", "导语。"])
def test_only_columns_with_something_public_are_shown(make_site: MakeSite, text: str) -> None:
    """Also where the only article is arranged again: an article may name a column not shown."""
    files = {
        "content/jcdj/_column.md": column("基层党建"),
        "content/jcdj/cun/_column.md": column("村里", text),
        "content/gbgz/_column.md": column("干部工作", text),
        "content/gbgz/a.md": numbered(1, column="jcdj"),
    }
    site = make_site(files)
    site.build()
    site.edit("content/gbgz/a.md", "第1号结尾", "新的结尾")
    built = site.build()
    assert Stage.RELATED not in built.report.seconds, "the whole archive was arranged"
    assert {f"feeds/{name}.json" in built.files() for name in ("gbgz", "jcdj-cun")} == {bool(text)}
    assert_same(built.files(), site.clean_build())


def test_an_article_alone_stands_as_it_does_among_all(site: Site) -> None:
    """Each one's words are changed in turn, but for those that need a whole build."""
    mistaken = {error.partition(":")[0] for error in site.build().errors}
    assert mistaken == {"jcdj/a-second.md", "jcdj/n99.md", "jcdj/same.md"}
    others = {*mistaken, "gbgz/draft.md", "gbgz/elsewhere.md", "jcdj/zt.md"}
    built, tried = site.build(), 0
    for path in sorted(site.content.rglob("*.md")):
        name = path.relative_to(site.content).as_posix()
        text = path.read_text(encoding="utf-8")
        if not text.endswith("结尾。\n") or name in others:
            continue
        end = text.rpartition("\n\n")[2].strip()
        feeds = {feed: feed.read_text("utf-8") for feed in (site.output / "feeds").iterdir()}
        path.write_text(text.replace(end, f"新的{end}"), encoding="utf-8")
        built, tried = site.build(), tried + 1
        assert Stage.RELATED not in built.report.seconds, (
            f"for {name} the whole archive was arranged"
        )
        assert len(built.rendered) == 1, name
        for feed, before in feeds.items():
            assert feed.read_text("utf-8") == before.replace(end, f"新的{end}"), (feed, name)
        os.utime(path, (1_600_000_000 + tried, 1_600_000_000 + tried))
    assert tried == 37
    assert_same(built.files(), site.clean_build())


@pytest.fixture
def noticed(make_site: MakeSite) -> Site:
    """Articles with notices on their heads, their texts and their pictures, and one without."""
    picture = io.BytesIO()
    pages = [Image.new("RGB", (24, 16), (shade, 90, 90)) for shade in (60, 120)]
    pages[0].save(picture, "TIFF", save_all=True, append_images=pages[1:])
    files: dict[str, str | bytes] = {
        "content/jcdj/_column.md": column("基层党建"),
        "content/jcdj/pages.tif": picture.getvalue(),
        "content/jcdj/plain.md": numbered(1),
        "content/jcdj/head.md": numbered(2).replace("title:", "title：", 1),
        "content/jcdj/text.md": article(
            "粗", "2020-01-03", f"{WORDS}\n\n**没有收尾\n\n第3号结尾。"
        ),
        "content/jcdj/file.md": article(
            "图", "2020-01-04", f"{WORDS}\n\n![两页](pages.tif)\n\n第4号结尾。"
        ),
    }
    site = make_site(files)
    for path in site.content.rglob("*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    assert {warning.partition(":")[0] for warning in site.build().warnings} == {
        "jcdj/head.md", "jcdj/text.md", "jcdj/file.md",
    }  # fmt: skip
    return site


@pytest.mark.parametrize(
    ("name", "old", "new", "quick"),
    [
        ("head", "第2号结尾", "新的结尾", True),
        ("text", "第3号结尾", "新的结尾", True),
        ("text", "**没有", "又一段。\n\n**没有", True),
        ("text", "**没有", "没有", True),
        ("text", "**没有", "**还没有", True),
        ("file", "第4号结尾", "新的结尾", True),
        ("file", "![两页]", "又一段。\n\n![两页]", True),
        ("plain", "第1号结尾", "**第1号结尾", True),
        ("plain", "第1号结尾", "[某](nowhere.md)", False),
        ("plain", "第1号结尾", "<form>第1号结尾", False),
        ("file", "![两页](pages.tif)", "没有图", False),
    ],
)
def test_notices_on_an_edited_article_are_those_of_a_clean_build(
    noticed: Site, name: str, old: str, new: str, quick: bool
) -> None:
    noticed.edit(f"content/jcdj/{name}.md", old, new)
    built = noticed.build()
    assert (Stage.RELATED not in built.report.seconds) == quick
    clean = noticed.build_elsewhere(noticed.folder / "clean")
    assert_same(built.files(), clean.files())
    assert (built.errors, built.warnings) == (clean.errors, clean.warnings)
    again = noticed.build()
    assert (again.errors, again.warnings, again.rendered) == (clean.errors, clean.warnings, set())
