"""Words and numbers that stand in several languages or libraries are the same everywhere."""

import re

from dangjian.cli import site as commands
from dangjian.schema.terms import NO_DATE, TYPE_NAMES, UNDATED_TYPES
from dangjian.search.format import documents
from dangjian.search.query import language
from tests.conftest import ROOT

SCRIPTS = ROOT / "theme/static/js/search"


def literal(script: str, name: str) -> dict[str, str]:
    """An object of plain names and strings in a script."""
    text = (SCRIPTS / script).read_text(encoding="utf-8")
    found = re.search(rf"const {name} = \{{(.*?)\}};", text, re.DOTALL)
    assert found, f"no {name} in {script}"
    return dict(re.findall(r"(\w+): '([^']*)'", found[1]))


def test_names_of_types() -> None:
    by_name = {name: word for word, name in TYPE_NAMES.items()}
    assert by_name == language.TYPES
    assert literal("language.js", "TYPES") == by_name
    assert literal("view.js", "TYPE_NAMES") == TYPE_NAMES
    explained = {option.parameter: option.help for option in commands.new.options}
    assert "、".join(TYPE_NAMES.values()) in explained["type"]


def test_what_has_no_date() -> None:
    assert f"{NO_DATE:%Y-%m-%d}" == documents.UNDATED
    script = (SCRIPTS / "filters.js").read_text(encoding="utf-8")
    assert f"const UNDATED = '{documents.UNDATED}';" in script
    assert documents.UNDATED_TYPES == UNDATED_TYPES
