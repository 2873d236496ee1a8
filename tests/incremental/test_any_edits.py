"""Whatever editors do, in whatever order, an incremental build leaves what a clean one would.

A quick number of sequences by default, many more in the long mode (``--long``).
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st

from dangjian.building.engine import Engine
from dangjian.paths import theme_path
from tests.incremental.edits import EDITS, Edit, found
from tests.sites import Built, Site, assert_same

SEQUENCES, SEQUENCES_LONG = 18, 1200
SHARDS = 6
MAX_EDITS = 5

edits = st.builds(Edit, st.sampled_from(list(EDITS)), st.integers(0, 11), st.integers(0, 11))
sequences = st.lists(st.lists(edits, min_size=1, max_size=2), min_size=1, max_size=MAX_EDITS)


@cache
def still_theme() -> Path:
    """A copy of the theme, so that nobody who works on it meanwhile changes it between builds."""
    copy = Path(tempfile.mkdtemp()) / "theme"
    shutil.copytree(theme_path(), copy)
    atexit.register(shutil.rmtree, copy.parent)
    return copy


def check(steps: list[list[Edit]], resident: bool) -> None:
    """Build after each step; ``resident`` keeps the engine where the settings allow it."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder), theme=still_theme())
        archive = found(site)
        for file in site.content.rglob("*"):
            # As in an archive that has stood a while, so that what is quickest is tried as well.
            os.utime(file, (1_600_000_000, 1_600_000_000))
        engine = site.engine()
        try:
            engine.build()
            for step in steps:
                before = stats(site)
                for edit in step:
                    edit.apply(archive)
                if not resident or engine.workplace != site.workplace():
                    engine.close()
                    engine = site.engine()
                compare(site, engine, {path for path, _ in before ^ stats(site)})
        finally:
            engine.close()


def stats(site: Site) -> set[tuple[Path, tuple[int, int]]]:
    """How the files that a preview watches stand."""
    folders = (site.content, *site.workplace().templates)
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return {(file, (file.stat().st_mtime_ns, file.stat().st_size)) for file in files}


def compare(site: Site, engine: Engine, seen: set[Path]) -> None:
    """Build, and compare bytes and problems with those of a clean build.

    As the preview does: first for the files ``seen`` to change, where the engine can, then all.
    """
    quick = engine.build_seen(seen)
    clean = site.build_elsewhere(site.folder / "clean")
    if quick is not None:
        shown = [
            {name: data for name, data in built.files().items() if not name.startswith("search/")}
            for built in (Built(quick, site.output), clean)
        ]
        assert_same(*shown)
    built = Built(engine.build(), site.output)
    assert_same(built.files(), clean.files())
    assert (built.errors, built.warnings) == (clean.errors, clean.warnings)


def shard(number: int, sequences_of_all: int) -> Callable[[], None]:
    """One share of the sequences, with a seed of its own, so that shares can run in parallel."""

    @hypothesis.seed(number)
    @hypothesis.settings(
        max_examples=-(-sequences_of_all // SHARDS), derandomize=False, database=None
    )
    @hypothesis.given(steps=sequences, resident=st.booleans())
    def run(steps: list[list[Edit]], resident: bool) -> None:
        check(steps, resident)

    return run


@pytest.mark.slow
@pytest.mark.parametrize("number", range(SHARDS))
def test_incremental_builds_leave_the_bytes_of_a_clean_build(number: int, long: bool) -> None:
    shard(number, SEQUENCES_LONG if long else SEQUENCES)()


EACH = ((0, 1), (4, 2), (6, 0))


@pytest.mark.parametrize("what", EDITS)
def test_each_single_edit(what: str) -> None:
    """One after the other, each compared, with a new engine each time as a new process has."""
    check([[Edit(what, which, value)] for which, value in EACH], resident=False)


@pytest.mark.long
@pytest.mark.parametrize(("which", "value"), EACH)
@pytest.mark.parametrize("what", EDITS)
def test_each_edit_alone(what: str, which: int, value: int) -> None:
    check([[Edit(what, which, value)]], resident=False)
