"""Which templates a page depends on: a change to any of them renders the page again."""

from pathlib import Path

import pytest

from dangjian.rendering.dependencies import TemplateDigests, referred_templates
from tests.conftest import MakeSite
from tests.sites import article, column

ANY = None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% include 'a.html' %}", ["a.html"]),
        ('{%- extends "a.html" -%}', ["a.html"]),
        ("{% include 'a.html' ignore missing with context %}", ["a.html"]),
        ("{% import 'a.html' as a %}{% from 'b.html' import c, d with context %}",
         ["a.html", "b.html"]),
        ("{{ partial('a.html', feeds=head.feeds) -}}", ["a.html"]),
        ("{% include ['a.html', 'b.html'] %}", ["a.html", "b.html"]),
        ("{% include ['a.html', name] %}", ["a.html", ANY]),
        ("{% include name %}", [ANY]),
        ("{% include 'a' ~ kind %}", [ANY]),
        ("{% include 'a.html' if kind else 'b.html' %}", [ANY]),
        ("{% extends layout %}", [ANY]),
        ("{{ partial(name) }}", [ANY]),
        ("{% set p = partial %}{{ p('a.html') }}", [ANY]),
        ("{% include 'a.html' %", [ANY]),
        ("{# {% include name %} #}{% include 'a.html' %}", ["a.html"]),
        ("nothing", []),
    ],
)  # fmt: skip
def test_what_a_template_refers_to(source: str, expected: list[str | None]) -> None:
    assert referred_templates(source) == expected


def test_a_template_chosen_while_rendering_makes_its_page_depend_on_the_whole_theme(
    tmp_path: Path,
) -> None:
    page, other = tmp_path / "page.html", tmp_path / "other.txt"
    page.write_text("{% include name %}", encoding="utf-8")
    before = TemplateDigests([str(tmp_path)]).of("page.html")
    assert TemplateDigests([str(tmp_path)]).of("page.html") == before
    other.write_text("words", encoding="utf-8")
    assert TemplateDigests([str(tmp_path)]).of("page.html") != before


@pytest.mark.parametrize(
    "including",
    [
        "{% include ['own/none.html', 'own/part.html'] %}",
        "{% set name = 'own/part.html' %}{% include name %}",
    ],
)
def test_pages_follow_a_part_that_is_included_by_a_list_or_a_variable(
    make_site: MakeSite, including: str
) -> None:
    site = make_site(
        {
            "content/xw/_column.md": column("新闻"),
            "content/xw/a.md": article(),
            "templates/footer.html": f"<footer>{including}</footer>",
            "templates/own/part.html": "first words",
        }
    )
    assert "first words" in site.build().page("xw/2020/06/a.html").source
    site.write("templates/own/part.html", "other words")
    assert "other words" in site.build().page("xw/2020/06/a.html").source
