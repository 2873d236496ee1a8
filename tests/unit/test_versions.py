"""What the package imports is declared, and what shapes the output counts as a version of it."""

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions, version
from pathlib import Path

from dangjian.common.versions import SHAPING, canonical, installed
from dangjian.paths import PACKAGE
from tests.conftest import ROOT

SHAPES_NOTHING = {
    "brotli": "compresses copies of published files, which hold the same in every version",
    "invoke": "runs commands",
    "olefile": "reads what documents tell of their authors, which is only reported",
    "numpy": "calculates with integers, the same in every version",
    "pypdf": "as olefile",
    "rich": "shows progress",
    "watchfiles": "says which files changed",
}
OPTIONAL = {"boto3", "botocore", "dask", "distributed"}


@cache
def imported() -> set[str]:
    """The distributions that the package imports, by their canonical names."""
    found: set[str] = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    outside = found - sys.stdlib_module_names - {"dangjian"} - OPTIONAL
    known = packages_distributions()
    return {canonical(known[module][0]) for module in outside}


def test_every_imported_distribution_is_declared() -> None:
    project = tomllib.loads(Path(ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [one for group in project["optional-dependencies"].values() for one in group]
    named = [re.split(r"[\[<>=!~ ]", one)[0] for one in [*project["dependencies"], *extras]]
    assert imported() <= {canonical(name) for name in named}


def test_every_imported_distribution_counts_as_a_version_or_shapes_nothing() -> None:
    counted = {canonical(name) for name in SHAPING}
    assert imported() - counted == set(SHAPES_NOTHING)
    assert counted <= imported()


def test_versions_are_read_from_the_names_of_folders_as_the_library_says_them() -> None:
    found = installed(sys.path)
    assert {name: found[canonical(name)] for name in SHAPING} == {
        name: version(name) for name in SHAPING
    }


def test_the_first_folder_on_the_path_counts(tmp_path: Path) -> None:
    for name in ("a/Zxing_Cpp-2.0.dist-info", "b/zxing.cpp-1.0.dist-info", "b/nh3-1.dist-info"):
        (tmp_path / name).mkdir(parents=True)
    folders = [str(tmp_path / "none"), str(tmp_path / "a"), str(tmp_path / "b")]
    assert installed(folders) == {"zxing-cpp": "2.0", "nh3": "1"}
