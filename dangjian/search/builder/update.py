"""Keeping an index current: nothing is loaded or read that an unchanged archive does not need."""

from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from dangjian.search.builder.state import (
    Edition,
    IndexReport,
    Load,
    State,
    checked,
    covered,
    read_state,
    write_state,
)
from dangjian.search.format.documents import key_hash, minute_bytes, short_digest


def update_index(
    folder: Path,
    cache: Path,
    current: Mapping[str, Edition],
    load: Load,
    *,
    columns: Mapping[str, str] | None = None,
) -> IndexReport:
    """Bring the index in ``folder`` to the documents ``current`` (by their keys).

    The files that result depend on these documents and on ``columns``, the names of column
    addresses, and on nothing else. ``cache`` is a folder for this index alone. ``load`` is asked
    for documents that are not in it, and has to give all of them. Files of the index that no longer
    belong to it are removed after the manifest no longer names them. A file that is missing, has
    another size, or another time and content than it should have, is written again.
    """
    state = read_state(cache)
    known = columns or {}
    pairs = (
        key_hash(key) + short_digest(edition.digest) + minute_bytes(edition.minute)
        for key, edition in current.items()
    )
    digest = covered(pairs, known)
    if state and state.covered == digest:
        report = _unchanged(folder, cache, state)
        if report:
            return report
    from dangjian.search.builder.index import apply_update  # noqa: PLC0415 - numpy is slow to load
    from dangjian.search.builder.members import Task  # noqa: PLC0415 - as above

    return apply_update(folder, cache, state, Task(current, load, known, digest))


def amend_index(
    folder: Path,
    cache: Path,
    changed: Mapping[str, Edition],
    load: Load,
    *,
    columns: Mapping[str, str],
) -> IndexReport | None:
    """Bring an index up to date in which only the documents ``changed`` are outdated.

    ``load`` is asked for these. None, and nothing done, if the index is not whole or has not all
    of them already.
    """
    from dangjian.search.builder.index import apply_change  # noqa: PLC0415 - numpy is slow to load
    from dangjian.search.builder.members import Task, UnknownDocumentError  # noqa: PLC0415 - as above

    state = read_state(cache)
    if state is None or len(checked(folder, state.files)) < len(state.files):
        return None
    try:
        return apply_change(folder, cache, state, Task(changed, load, columns))
    except UnknownDocumentError:
        return None


def _unchanged(folder: Path, cache: Path, state: State) -> IndexReport | None:
    """The report of an index that is current and whole; None if it is not whole."""
    files = checked(folder, state.files)
    if len(files) < len(state.files):
        return None
    if files != state.files:
        write_state(cache, replace(state, files=files))
    docs = len(state.keys) // 8
    return IndexReport(tuple(sorted(files)), (), (), docs, 0)
