"""Where the checkers from npm are (``npm install`` puts them into ``node_modules``)."""

import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT

MODULES = ROOT / "node_modules"


def missing(what: str) -> None:
    """Skip for want of a tool; in CI, where all are to be there, fail."""
    reason = f"{what}（先运行 npm install --ignore-scripts）"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def module_file(path: str) -> Path:
    """A file of a package from npm."""
    file = MODULES / path
    if not file.is_file():
        missing(f"没有 {path}")
    return file


def java() -> str:
    """The Java that runs the Nu checker."""
    found = shutil.which("java")
    if found is None:
        missing("没有 Java")
        return ""
    return found
