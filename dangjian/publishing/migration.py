"""Moving over the releases that versions before 1.0.0 stored next to the live folder."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from dangjian.common.locks import acquire
from dangjian.publishing.assembly import files_below, goes_along
from dangjian.publishing.manifest import Record, mark_of, write_record

FOREIGN = "00000000-000000"
"""The name of a release that was a live folder not published from here: older than all others."""


def old_releases(live: Path) -> Path:
    """Where versions before 1.0.0 stored the releases of a live folder."""
    return live.parent / "releases" / live.name


def has_old_releases(live: Path) -> bool:
    """Whether there still are some."""
    return (old_releases(live) / "state.json").is_file()


def move_releases(live: Path, folder: Path, recover: Callable[[], tuple[list[str], str]]) -> None:
    """Move the releases stored next to ``live`` to a ``folder`` that a web server can't serve.

    ``recover`` ends a switch that was cut short, and returns the names of the releases and of the
    live one. Each gets a record of its files. Raises LockedError, PublishError, OSError.
    """
    old = old_releases(live)
    with acquire(old / "lock"):
        names, current = recover()
        for name in names:
            if name != FOREIGN:
                _note_files(old / name, old / f"{name}.json")
        if current and current != FOREIGN:
            _note_files(live, old / f"{current}.json")
        folder.parent.mkdir(parents=True, exist_ok=True)
        old.rename(folder)
    (folder / "lock").unlink(missing_ok=True)
    with suppress(OSError):
        old.parent.rmdir()


def _note_files(folder: Path, record: Path) -> None:
    paths = [path for path in files_below(folder) if not goes_along(path, ())]
    write_record(record, Record({path: mark_of(folder / path) for path in paths}))
