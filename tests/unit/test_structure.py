"""The law of the house: folders have storeys, imports run downwards, and there are no circles.

Every import counts, those inside functions and under ``TYPE_CHECKING`` too.
"""

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import chain
from pathlib import Path

import pytest

from dangjian.paths import PACKAGE

STOREYS = (
    ("common", "text", "search", "paths"),
    ("schema", "media"),
    ("content", "settings"),
    ("rendering", "authoring", "inspection", "proofreading", "statistics"),
    ("pages", "importers"),
    ("feeds", "exporters"),
    ("building",),
    ("preview", "publishing", "plugin"),
    ("desk", "group", "__init__"),
    ("cli",),
)
STOREY = {name: number for number, names in enumerate(STOREYS) for name in names}
"""How high each folder or module of the package lies; those on one storey may know each other as
long as there is no circle."""

LIBRARIES = {"search": {"search"}, "common": {"common", "paths"}, "paths": set[str]()}
"""What may be imported by folders that know nothing of articles, or nothing else of ours."""

MAX_LINES = 400


def module_name(file: Path, package: Path) -> str:
    parts = file.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 2 else parts)


def imported(file: Path, modules: Mapping[str, Path]) -> Iterator[tuple[str, int]]:
    """Our modules that a file imports, with the line of each import."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            below = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in modules else node.module for name in below]
        for name in names:
            if name in modules:
                yield name, getattr(node, "lineno", 0)
            elif name == "dangjian":
                yield "dangjian.__init__", getattr(node, "lineno", 0)


def arrows(package: Path) -> dict[str, list[tuple[str, int]]]:
    """Each module of a package, with the modules that it imports and where."""
    files = [file for file in package.rglob("*.py") if "scaffold" not in file.parts]
    modules = {module_name(file, package): file for file in files}
    return {name: sorted(set(imported(file, modules))) for name, file in modules.items()}


def folder_of(module: str) -> str:
    return module.split(".")[1]


def upward(found: Mapping[str, list[tuple[str, int]]]) -> list[str]:
    """The imports that the law forbids, each as ``module:line imports module``."""
    wrong = []
    for name, targets in found.items():
        here = folder_of(name)
        for target, line in targets:
            there = folder_of(target)
            allowed = there in LIBRARIES[here] if here in LIBRARIES else True
            if STOREY[there] > STOREY[here] or not allowed:
                wrong.append(f"{name}:{line} imports {target}")
    return wrong


def circle(found: Mapping[str, list[tuple[str, int]]]) -> list[str]:
    """Modules that import each other in a circle; empty when there is none."""
    order = TopologicalSorter({name: [t for t, _ in targets] for name, targets in found.items()})
    try:
        order.prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def folder_circle(found: Mapping[str, list[tuple[str, int]]]) -> list[str]:
    """Folders that import each other in a circle."""
    between: dict[str, set[str]] = {}
    for name, targets in found.items():
        here = folder_of(name)
        between.setdefault(here, set()).update(folder_of(t) for t, _ in targets)
    return circle({name: [(t, 0) for t in found - {name}] for name, found in between.items()})


@pytest.fixture(scope="module")
def ours() -> dict[str, list[tuple[str, int]]]:
    return arrows(PACKAGE)


def test_every_folder_has_a_storey(ours: dict[str, list[tuple[str, int]]]) -> None:
    assert {folder_of(name) for name in ours} <= set(STOREY)


def test_imports_run_downwards(ours: dict[str, list[tuple[str, int]]]) -> None:
    assert upward(ours) == []


def test_no_modules_import_each_other_in_a_circle(ours: dict[str, list[tuple[str, int]]]) -> None:
    assert circle(ours) == []


def test_no_folders_import_each_other_in_a_circle(ours: dict[str, list[tuple[str, int]]]) -> None:
    assert folder_circle(ours) == []


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    lengths = {
        file.relative_to(PACKAGE).as_posix(): len(file.read_text(encoding="utf-8").splitlines())
        for file in PACKAGE.rglob("*.py")
    }
    assert {name: length for name, length in lengths.items() if length > MAX_LINES} == {}


@pytest.mark.parametrize(
    ("files", "faults"),
    [
        ({"common/a.py": "from dangjian.content import b", "content/b.py": ""}, 1),
        ({"search/a.py": "import dangjian.common.b", "common/b.py": ""}, 1),
        ({"content/a.py": "def f():\n    from dangjian.pages.b import c", "pages/b.py": ""}, 1),
        ({"pages/a.py": "from dangjian.content.b import c", "content/b.py": ""}, 0),
    ],
)
def test_the_law_sees_what_it_forbids(
    tmp_path: Path, files: Mapping[str, str], faults: int
) -> None:
    package = tmp_path / "dangjian"
    for name in chain(files, ("__init__.py",)):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(files.get(name, ""), encoding="utf-8")
    assert len(upward(arrows(package))) == faults


def test_the_law_sees_circles(tmp_path: Path) -> None:
    package = tmp_path / "dangjian"
    (package / "pages").mkdir(parents=True)
    (package / "pages/a.py").write_text("from dangjian.pages import b", encoding="utf-8")
    (package / "pages/b.py").write_text("import dangjian.pages.a", encoding="utf-8")
    assert circle(arrows(package))


def test_our_errors_have_one_base_that_commands_catch() -> None:
    """But for the search, which is a library of its own."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for file in PACKAGE.rglob("*.py")
        if file.relative_to(PACKAGE).parts[0] != "search"
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and node.name.endswith("Error")
    }
    assert "PublishError" in bases
    assert {name for name, of in bases.items() if not of & set(bases)} == {"DangjianError"}
