"""Regular expressions that are compiled at their first use, and marks looked for by one sign."""

import re
from importlib import import_module

import pytest

from dangjian.common.patterns import has_mark, regex
from dangjian.paths import PACKAGE

MODULES = [
    ".".join(("dangjian", *file.relative_to(PACKAGE).with_suffix("").parts))
    for file in sorted(PACKAGE.rglob("*.py"))
    if "regex(" in file.read_text(encoding="utf-8")
]


def test_it_does_what_a_compiled_one_does() -> None:
    lazy, compiled = regex(r"(?P<a>\w)\d", re.ASCII), re.compile(r"(?P<a>\w)\d", re.ASCII)
    assert lazy.sub(r"\1", "a1 b2") == compiled.sub(r"\1", "a1 b2") == "a b"
    assert [match["a"] for match in lazy.finditer("a1 b2")] == ["a", "b"]
    assert (lazy.pattern, lazy.flags, lazy.groups) == (
        compiled.pattern, compiled.flags, compiled.groups,
    )  # fmt: skip
    assert lazy.fullmatch("a1") is not None
    assert lazy.split("x1y") == compiled.split("x1y")


def test_a_wrong_one_fails_where_it_is_used() -> None:
    wrong = regex("(")
    with pytest.raises(re.error):
        wrong.search("")


def test_a_mark_is_found_whole() -> None:
    assert has_mark("甲<pre>", "<pre") and has_mark("甲<pre>", "<pre", "e")
    assert not has_mark("甲<p>re", "<pre") and not has_mark("甲<p>re", "<pre", "e")
    assert not has_mark("甲", "<pre") and not has_mark("<p", "<pre", "e")


@pytest.mark.parametrize("name", MODULES)
def test_every_one_of_ours_is_right(name: str) -> None:
    module = import_module(name)
    found = [value for value in vars(module).values() if type(value) is type(regex(""))]
    assert all(isinstance(one.flags, int) for one in found)
