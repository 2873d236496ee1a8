"""Compiled templates: their output is what Jinja itself would."""

from pathlib import Path

import jinja2
import pytest
from hypothesis import given, strategies
from jinja2.compiler import CodeGenerator
from markupsafe import Markup, escape

from dangjian.rendering.code_generator import GatheringCode, code_generator, usable
from dangjian.rendering.environment import make_environment
from dangjian.rendering.escaping import escaped

PARTS = {
    "base.html": "{% set x = 3 %}<b>{{ x }}{{ odd }}</b>{% block main %}base{% endblock %}!",
    "part.html": "({{ item }}{{ loop }})",
    "tools.html": "{% macro twice(a) %}{{ a }}-{{ a }}{{ caller() if caller }}{% endmacro %}",
}
PAGES = [
    "",
    "plain words & signs <b>",
    "{{ odd }}{{ safe }}{{ number }}{{ nothing }}{{ '<i>' }}{{ odd|safe }}{{ odd|upper|e }}",
    "{% for item in items %}{{ loop.index }}{% include 'part.html' %}{% else %}none{% endfor %}",
    "{% for item in () %}{{ item }}{% else %}none{{ odd }}{% endfor %}",
    "{% for n in tree recursive %}{{ n.a }}[{{ loop(n.b) }}]{% endfor %}",
    "{% extends 'base.html' %}lost{{ odd }}",
    "{% extends 'base.html' %}{% block main %}{{ super() }}{{ odd }}{% endblock %}",
    "{% block a %}{{ odd }}{% endblock %}{{ self.a() }}",
    "{% if number %}{% extends 'base.html' %}{% endif %}{{ odd }}{% block main %}{% endblock %}",
    "{% if nothing %}{% extends 'base.html' %}{% endif %}{{ odd }}{% block main %}{% endblock %}",
    "{% from 'tools.html' import twice %}{{ twice(odd) }}",
    "{% from 'tools.html' import twice %}{% call twice(safe) %}{{ odd }}{% endcall %}",
    "{% set kept %}{{ odd }}<hr>{% endset %}{{ kept }}{% filter upper %}{{ odd }}{% endfilter %}",
    "{% autoescape false %}{{ odd }}{% endautoescape %}",
    "{% autoescape number %}{{ odd }}{% endautoescape %}",
    "{{ thing.key }}{{ thing.name.a }}{{ thing.name.none }}{{ tree[0].a }}{{ odd.upper().real }}",
    "{% for x in tree if x.b %}{{ x.a }}{{ x.b[0].a }}{% endfor %}{{ thing.no|default(1) }}",
    "{% macro m(x) %}{{ x.key }}{{ x.items()|list|length }}{% endmacro %}{{ m(thing) }}",
    "{% for item in items %}{% block b scoped %}{{ item }}{% endblock %}{% endfor %}",
]
VALUES = {
    "odd": '<党 & "建" \'>',
    "safe": Markup("<b>&amp;</b>"),
    "number": 7,
    "nothing": None,
    "thing": {"key": "<k>", "name": {"a": "&"}, "items": "x"},
    "items": ["a&b", "丙", Markup("<u>")],
    "tree": [{"a": "<", "b": [{"a": ">", "b": []}]}],
}


@pytest.mark.parametrize("page", PAGES)
def test_a_template_puts_out_what_jinja_would(page: str, tmp_path: Path) -> None:
    for name, text in {**PARTS, "page.html": page}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    plain = jinja2.Environment(
        loader=jinja2.FileSystemLoader(tmp_path),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    ours = make_environment([str(tmp_path)])
    assert ours.get_template("page.html").render(VALUES) == plain.get_template("page.html").render(
        VALUES
    )


@given(strategies.text("a党&<>\"'\n") | strategies.integers() | strategies.none())
def test_escaping_is_that_of_markupsafe(value: object) -> None:
    assert escaped(value) == escape(value)
    assert escaped(escape(value)) == escape(value)


def test_the_generator_is_used_as_long_as_jinja_works_as_it_expects() -> None:
    assert code_generator() is GatheringCode


class Renamed(GatheringCode):
    """As if a release of Jinja had no ``buffer`` any more."""

    def buffer(self, frame: object) -> None:
        raise AttributeError(frame)


class Unescaped(GatheringCode):
    """As if a release of Jinja escaped in another place."""

    def _output_child_pre(self, node: object, frame: object, finalize: object) -> None:
        del node, frame, finalize
        self.write("str(")


class Unreadable(GatheringCode):
    """As if what is written here were no longer Python where Jinja puts it."""

    def visit_Getattr(self, node: object, frame: object) -> None:  # noqa: N802 - Jinja's name
        del node, frame
        self.write("(")


@pytest.mark.parametrize("other", [Renamed, Unescaped, Unreadable])
def test_where_jinja_works_otherwise_its_own_generator_is_used(other: type[CodeGenerator]) -> None:
    assert usable(other) is CodeGenerator
