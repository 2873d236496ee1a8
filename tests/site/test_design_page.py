"""The page of all components: it shows every class of the style sheets, and legible colours."""

import re

import pytest

from dangjian.rendering.assets import build_assets
from dangjian.rendering.palette import (
    LAYOUTS,
    MODES,
    PAIRS,
    colour_pairs,
    contrast,
    grey,
    type_sizes,
)
from tests.conftest import ROOT, MakeSite
from tests.sites import Built, article, assert_same

ADDRESS = "yangshi.html"
# Given to elements by scripts, as the page is used.
BY_SCRIPT = {
    "measured", "near", "open", "playing", "ragged", "scrolls", "settled", "table-hint", "zoom",
}  # fmt: skip
# Of the bodies of other pages, and the focal points of pictures.
OF_OTHER_PAGES = {
    "kind-home",
    "kind-search",
    "wb",
    *(f"f{a}-{n}" for a in "xy" for n in range(0, 101, 10)),
}


@pytest.fixture(scope="module")
def style() -> str:
    return build_assets(ROOT / "theme/static")["site.css"].data.decode()


def classes_of(css: str) -> set[str]:
    """The classes that selectors of a style sheet name."""
    plain = re.sub(r"""/\*.*?\*/|"[^"]*"|'[^']*'|url\([^)]*\)""", "", css, flags=re.DOTALL)
    selectors = re.findall(r"([^{}]+)\{", plain)
    return {name for one in selectors for name in re.findall(r"\.([a-z][\w-]*)", one)}


def test_it_has_every_class_of_the_style_sheets(portal: Built) -> None:
    folder = ROOT / "theme/static/css"
    named = set().union(*(classes_of(path.read_text("utf-8")) for path in folder.glob("*.css")))
    assert len(named) > 200
    page = portal.page(ADDRESS)
    shown = {name for given in page.all("//@class") for name in given.split()}
    assert named - shown - OF_OTHER_PAGES <= BY_SCRIPT
    scripts = "".join(path.read_text("utf-8") for path in (ROOT / "theme/static/js").rglob("*.js"))
    assert [name for name in BY_SCRIPT & named if f"'{name}'" not in scripts] == []


def test_a_class_without_a_sample_is_noticed() -> None:
    css = (
        '@import "./a.b.css"; .one:is(.two, h2 .three) { x: url(a.four) } @media (x) { .five { } }'
    )
    assert classes_of(css) == {"one", "two", "three", "five"}


def test_all_colours_can_be_read_on_what_they_are_shown_on(style: str, portal: Built) -> None:
    pairs = colour_pairs(style)
    assert [pair.use for pair in pairs] == [use for use, *_ in PAIRS]
    low = {
        (pair.use, mode): swatch.ratio
        for pair in pairs
        for mode, swatch in zip(MODES, pair.swatches, strict=True)
        if swatch.ratio < pair.least
    }
    assert low == {}
    page = portal.page(ADDRESS)
    shown = [
        float(cell) for cell in page.texts("//section[@aria-labelledby='design-colours']//td[svg]")
    ]
    assert shown == [swatch.ratio for pair in pairs for swatch in pair.swatches]


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000", "#ffffff", 21.0),
        ("#fff", "#fff", 1.0),
        ("#767676", "#fff", 4.5),
        ("#777", "#fff", 4.4),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    """#767676 is the palest grey that WCAG allows for text on white: 4.54."""
    assert contrast(one, other) == contrast(other, one) == ratio


def test_a_pale_colour_is_noticed(style: str) -> None:
    pale = re.sub(r"--soft: #\w+", "--soft: #999", style, count=1)
    (low,) = {s.ratio for p in colour_pairs(pale) if p.use == "时间、说明" for s in p.swatches[:1]}
    assert low < 4.5
    assert grey("#ff0000") == "#363636"


def test_sizes_are_those_of_each_layout(style: str) -> None:
    sizes = {size.name: dict(zip(LAYOUTS, size.pixels, strict=True)) for size in type_sizes(style)}
    assert sizes["title"] == {"电脑": "34", "手机": "26", "长辈版": "38", "长辈版手机": "34"}
    assert all(float(size["电脑"]) >= 14 and float(size["手机"]) >= 14 for size in sizes.values())
    assert all(float(size["长辈版"]) >= 24 for size in sizes.values())


def test_nothing_leads_to_it(portal: Built) -> None:
    page = portal.page(ADDRESS)
    assert page.meta("robots") == "noindex"
    assert portal.mentions("供改版时核对") == [ADDRESS]
    assert [one for one in portal.mentions("yangshi") if not one.startswith("media/")] == [ADDRESS]


def own_files(built: Built) -> set[str]:
    """What is published for the page of all components alone, by ending."""
    return {path.suffix[1:] for path in (built.output / "static").glob("design.*")}


def test_only_a_page_that_asks_for_it_has_it(make_site: MakeSite) -> None:
    plain = {"content/a.md": article("页面", type="page"), "content/b.md": article("新闻")}
    site = make_site(plain)
    built = site.build()
    assert "design" not in built.page("a.html").source
    assert own_files(built) == set()
    site.write("content/a.md", article("页面", type="page", 模板="样式"))
    built = site.build()
    assert built.errors == []
    assert built.page("a.html").all("//body[@class='kind-design']")
    assert not built.page("a.html").all("//main//img")
    assert own_files(built) == {"css", "js"}
    assert_same(built.files(), site.clean_build())
    site.write("content/a.md", article("页面", type="page", 模板="花样"))
    assert "模板" in " ".join(site.build().errors)
    site.write("content/a.md", article("页面", type="page"))
    assert own_files(site.build()) == set()
