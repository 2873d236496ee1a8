"""Keeping an index current: nothing is loaded or read that an unchanged archive does not need."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from dangjian.search.format.container import DamagedIndexError
from dangjian.search.format.documents import SearchDoc, key_hash, short_digest
from dangjian.search.format.manifest import (
    MANIFEST,
    IndexReport,
    Manifest,
    covered,
    damaged_files,
    file_sizes,
    fold_stands,
    made_with,
    read_manifest,
    read_state,
    segment_files,
    state_name,
)


def update_index(
    folder: Path,
    current: Mapping[str, bytes],
    load: Callable[[list[str]], Iterable[SearchDoc]],
    *,
    columns: Mapping[str, str] | None = None,
    prune: bool = True,
    verify: bool = False,
) -> IndexReport:
    """Bring the index in ``folder`` to the documents ``current`` (key to digest of content).

    ``load`` is asked for the documents whose key or digest is new; one it does not give is not
    indexed. ``columns`` are names of column addresses. Files of the index that no longer belong
    to it are removed if ``prune`` (after the manifest that no longer names them is in place). A
    file of another size than it should have is always noticed; with ``verify`` so is one whose
    content was changed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = _usable_manifest(folder)
    pairs = (key_hash(key) + short_digest(digest) for key, digest in current.items())
    if before and before.current == covered(pairs, columns or {}):
        report = _unchanged(folder, before, verify)
        if report:
            return report
    from dangjian.search.builder.index import Task, apply_update  # noqa: PLC0415 - numpy is slow to load

    task = Task(current, load, columns or {}, prune, verify)
    try:
        return apply_update(folder, before, task)
    except DamagedIndexError:
        # What was to be merged is damaged in a way that its size does not show.
        return apply_update(folder, None, task)


def amend_index(
    folder: Path,
    changed: Mapping[str, bytes],
    load: Callable[[list[str]], Iterable[SearchDoc]],
    *,
    columns: Mapping[str, str],
) -> IndexReport | None:
    """Bring an index up to date of which only the documents ``changed`` (key to digest) are not.

    ``load`` is asked for these. None, and nothing done, if the index is not whole or has not all
    of them already.
    """
    from dangjian.search.builder.index import Task, apply_change  # noqa: PLC0415 - numpy is slow to load

    before = _usable_manifest(folder)
    if before is None:
        return None
    try:
        return apply_change(folder, before, Task(changed, load, columns))
    except DamagedIndexError:
        return None


def _usable_manifest(folder: Path) -> Manifest | None:
    try:
        manifest = read_manifest(folder)
    except DamagedIndexError:
        return None
    return manifest if manifest.made == made_with() else None


def _unchanged(folder: Path, manifest: Manifest, verify: bool) -> IndexReport | None:
    """The report of an index that is current and whole; None if it is not whole."""
    sizes = file_sizes(folder)
    names = {manifest.fold.file, MANIFEST}
    for entry in manifest.segments:
        try:
            state = read_state(folder, entry)
        except DamagedIndexError:
            return None
        expected = segment_files(entry, state)
        if any(sizes.get(name) != size for name, size in expected.items()):
            return None
        if verify and damaged_files(folder, entry, state):
            return None
        names.update(expected)
    if not fold_stands(folder, manifest.fold, verify):
        return None
    return IndexReport(tuple(sorted(names)), (), (), manifest.docs, 0, 0, 0)


def check_index(folder: Path) -> list[str]:
    """Names of the files of an index that are missing or not as they were written.

    Raises ``DamagedIndexError`` if not even the manifest is whole.
    """
    found: list[str] = []
    manifest = read_manifest(folder)
    for entry in manifest.segments:
        try:
            found += damaged_files(folder, entry, read_state(folder, entry))
        except DamagedIndexError:
            found.append(state_name(entry.id))
    if not fold_stands(folder, manifest.fold, verify=True):
        found.append(manifest.fold.file)
    return found
