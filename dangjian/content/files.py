"""Pictures and attachments that public articles need: inspected when changed, else remembered.

That a file could not be read is never remembered: the next build tries again.
"""

import hashlib
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path

from dangjian.common.files import Stat
from dangjian.content.catalogue import FileFacts, FileRow

MISSING = "文件不存在"


def inspect(content: Path, cache: Path, keys: Sequence[str]) -> list[tuple[str, FileFacts]]:
    """Inspect files (``media:path`` or ``file:path``); runs in worker processes too."""
    return [(key, _examine(content, cache, key)) for key in keys]


def _examine(content: Path, cache: Path, key: str) -> FileFacts:
    kind, _, path = key.partition(":")
    work = _picture if kind == "media" else _attachment
    return work(content / path, cache)


def _picture(source: Path, cache: Path) -> FileFacts:
    from dangjian.media.picture_source import PictureError  # noqa: PLC0415 - Pillow is slow to load
    from dangjian.media.pictures import make_picture  # noqa: PLC0415 - as above

    try:
        made = make_picture(source, cache)
    except PictureError as error:
        return FileFacts(error=str(error), passing=_may_pass(error))
    return FileFacts(
        name=made.name,
        made=made.path.relative_to(cache).as_posix(),
        width=made.width,
        height=made.height,
        bytes=made.bytes,
        notices=made.notices,
    )


def whole_picture(content: Path, cache: Path, key: str, facts: FileFacts) -> Path:
    """Where a made picture is in the cache; one that is damaged there is made again."""
    made = cache / facts.made
    if _is_whole(made, facts.name):
        return made
    return cache / (_examine(content, cache, key).made or facts.made)


def _is_whole(made: Path, name: str) -> bool:
    """Whether a made picture is the one whose address (``MadePicture``) tells its digest."""
    try:
        found = hashlib.sha256(made.read_bytes()).hexdigest()
    except OSError:
        return False
    return found.startswith(name.split(".")[-2])


def _attachment(source: Path, cache: Path) -> FileFacts:
    from dangjian.media.attachments import AttachmentError, inspect_attachment  # noqa: PLC0415

    try:
        info = inspect_attachment(source, cache)
    except AttachmentError as error:
        return FileFacts(error=str(error), passing=_may_pass(error))
    return FileFacts(
        name=info.name,
        made=info.made.relative_to(cache).as_posix() if info.made else "",
        kind=info.kind,
        mime=info.mime,
        size=info.size,
        bytes=info.bytes,
        notices=info.notices,
    )


def _may_pass(error: Exception) -> bool:
    """Whether the system refused to read the file: tried again later, it may do so.

    What Pillow raises for a broken picture is an OSError too, but has no number of the system's.
    """
    cause = error.__cause__
    return isinstance(cause, OSError) and cause.errno is not None


def split_known(
    needed: Iterable[str],
    rows: Mapping[str, FileRow],
    present: Mapping[str, Stat],
    doubtful: Container[str],
) -> tuple[dict[str, FileFacts], list[str]]:
    """Which of the needed files are known as they are, and which have to be inspected.

    ``present`` has the stat of every file below content/; a row is trusted when the stat is the
    same, unless the file is ``doubtful``: its times can't tell whether it has changed.
    """
    known: dict[str, FileFacts] = {}
    unknown: list[str] = []
    for key in sorted(set(needed)):
        path = key.partition(":")[2]
        stat = present.get(path)
        row = rows.get(key)
        if stat is None:
            known[key] = FileFacts(error=MISSING)
        elif row is not None and row.stat == stat and path not in doubtful:
            known[key] = row.facts
        else:
            unknown.append(key)
    return known, unknown
