"""Small sites of a few files, and the releases of a live folder, without a build."""

import itertools
import os
from contextlib import AbstractContextManager
from pathlib import Path

from dangjian.publishing import releases as publishing
from dangjian.publishing.assembly import Comparison
from dangjian.publishing.releases import Releases

OLD = {"index.html": "old", "same.html": "same", "gone.html": "gone", "a/b/deep.html": "deep"}
NEW = {"index.html": "new", "same.html": "same", "a/b/deep.html": "deep", "more.html": "more"}
MOMENTS = itertools.count(1_700_000_000)


def write(folder: Path, files: dict[str, str]) -> Path:
    """``files`` in ``folder``, each as old as no other."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        os.utime(file, (moment := next(MOMENTS), moment))
    return folder


def read(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8")
        for file in folder.rglob("*")
        if file.is_file()
    }


def plan_of(built: Path) -> dict[str, int | None]:
    """All that is in a folder, as what is to be published."""
    return {
        file.relative_to(built).as_posix(): file.stat().st_size
        for file in built.rglob("*")
        if file.is_file()
    }


def opened(
    live: Path, keep: int = 3, retain: tuple[str, ...] = ()
) -> AbstractContextManager[Releases]:
    """The releases of a live folder, in a place of their own."""
    return publishing.opened(live, live.parent.parent / "records" / live.name, keep, retain)


def publish_folder(live: Path, built: Path, keep: int = 3) -> Comparison:
    with opened(live, keep) as releases:
        return releases.publish(built, plan_of(built))
