"""The same content gives the same bytes: elsewhere, later, with other workers, in other orders."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.benchmarks.archive import write_archive
from tests.conftest import ROOT, MakeSite
from tests.sites import Site, assert_same, folder_bytes

ARTICLES, ENOUGH = 240, 200  # more than are rendered at once, and for worker processes to be used

BUILD = """
import sys
from pathlib import Path
from dangjian.common import workers
from tests.sites import Site
workers.ENOUGH_FOR_PROCESSES = int(sys.argv[3])
site = Site(Path(sys.argv[1]), settings={"WORKERS": int(sys.argv[2])})
built = site.build()
assert not built.errors, built.errors
"""


def build_in_process(folder: Path, workers: int, **environment: str) -> dict[str, bytes]:
    """Build in a process of its own, with its own environment."""
    subprocess.run(
        [sys.executable, "-c", BUILD, folder, str(workers), str(ENOUGH)],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
    )
    return folder_bytes(folder / "output")


@pytest.mark.slow
def test_in_another_folder_and_order_with_other_workers_hashes_and_clocks(tmp_path: Path) -> None:
    """Everything is different at once: whatever the bytes depended on would show."""
    write_archive(tmp_path / "one", ARTICLES)
    first = build_in_process(tmp_path / "one", 1, PYTHONHASHSEED="0", TZ="UTC")
    other = tmp_path / "另一个 文件夹"
    content = tmp_path / "one" / "content"
    names = [path.relative_to(content) for path in content.rglob("*") if path.is_file()]
    Random(3).shuffle(names)
    for number, name in enumerate(names):
        target = other / "content" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(content / name, target)
        os.utime(target, (number * 1000, number * 1000))
    environment = {"PYTHONHASHSEED": "4321", "TZ": "America/New_York", "LC_ALL": "C"}
    second = build_in_process(other, 2, **environment)
    assert len(second) > ARTICLES
    assert_same(second, first)


def test_on_another_day(make_site: MakeSite) -> None:
    site = make_site({})
    write_archive(site.folder, 30)
    first = site.clean_build()
    site.settings["BUILD_AT"] = "2027-08-09 01:02"
    assert_same(site.clean_build(), first)


def test_the_clock_of_the_machine_stands_nowhere(tmp_path: Path) -> None:
    site = Site(tmp_path, settings={"BUILD_AT": None})
    write_archive(tmp_path, 20)
    first = site.clean_build()
    assert_same(site.clean_build(), first)
