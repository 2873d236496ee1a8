"""Pictures and attachments that public articles need: inspected when changed, else remembered.

That a file could not be read is never remembered: the next build tries again.
"""

import hashlib
import os
import unicodedata
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from dangjian.common.files import Stat
from dangjian.content.catalogue import FileFacts, FileRow, FileSize
from dangjian.content.root_files import ROOT_FOLDER

MISSING = "文件不存在"


def missing_reason(content: Path, path: str) -> str:
    """What to say of a file that is not there: a name that differs in writing only is named."""
    name = path.rpartition("/")[2]
    try:
        others = os.listdir((content / path).parent)
    except OSError:
        others = []
    if name in others:
        return f"{path} 不是普通文件（是文件夹、快捷方式、管道之类），不能用。请把文件本身放到这里"
    for other in sorted(others):
        if unicodedata.normalize("NFC", other) == unicodedata.normalize("NFC", name):
            return (
                f"在 {path} 找不到：同名的文件在，可是文件名里字的编码不同（多半来自苹果电脑），"
                "请把文件改名，重新输入一遍文件名"
            )
        if other.casefold() == name.casefold():
            return f"在 {path} 找不到：文件叫 {other}，大小写不同，请照文件的样子写"
    return f"在 {path} 找不到。请把文件放到文章旁边，或改正文件名（注意大小写）"


def source_of(key: str, present: Mapping[str, Stat]) -> str:
    """The path below content/ of the file that ``key`` (``media:path``, ``file:path``) names.

    A link to ``/x.pdf`` may mean a file that lies at the site's root. It is empty for none of
    those that are ``present``.
    """
    path = key.partition(":")[2]
    return next((one for one in (path, f"{ROOT_FOLDER}/{path}") if one in present), "")


def inspect(
    content: Path, cache: Path, sized: bool, keys: Sequence[str]
) -> list[tuple[str, FileFacts]]:
    """Inspect files (``media:path`` or ``file:path``); runs in worker processes too.

    Pictures are made in further sizes too if they are to be ``sized``.
    """
    return [(key, _examine(content, cache, sized, key)) for key in keys]


def _examine(content: Path, cache: Path, sized: bool, key: str) -> FileFacts:
    kind, _, path = key.partition(":")
    source, at_root = content / path, content / ROOT_FOLDER / path
    if not source.exists() and at_root.is_file():
        if kind == "media":
            return _picture(at_root, cache, sized)
        facts = _attachment(at_root, cache)
        return facts if facts.error else replace(facts, name=path, made="", at_root=True)
    if kind == "media":
        return _picture(source, cache, sized)
    return _attachment(source, cache)


def _picture(source: Path, cache: Path, sized: bool) -> FileFacts:
    from dangjian.media.picture_source import PictureError  # noqa: PLC0415 - Pillow is slow to load
    from dangjian.media.pictures import make_picture  # noqa: PLC0415 - as above
    from dangjian.media.responsive import Sizes, make_sizes  # noqa: PLC0415 - as above

    try:
        made, sizes = make_sizes(source, cache) if sized else (make_picture(source, cache), Sizes())
    except PictureError as error:
        return FileFacts(error=str(error), passing=_may_pass(error), sized=sized)
    smaller, avif = (
        tuple(FileSize(one.name, one.path.relative_to(cache).as_posix(), one.width) for one in some)
        for some in (sizes.smaller, sizes.avif)
    )
    return FileFacts(
        name=made.name,
        made=made.path.relative_to(cache).as_posix(),
        width=made.width,
        height=made.height,
        bytes=made.bytes,
        notices=made.notices,
        sized=sized,
        smaller=smaller,
        avif=avif,
    )


def published_files(facts: FileFacts) -> list[tuple[str, str]]:
    """What is published of a made picture: addresses, and places in the picture cache."""
    sizes = (*facts.smaller, *facts.avif)
    return [(facts.name, facts.made), *((one.name, one.made) for one in sizes)]


def prune_pictures(cache: Path, facts: Iterable[FileFacts]) -> None:
    """Remove from the picture cache, once a day, what no file of ``facts`` has used for long."""
    from dangjian.media.picture_cache import prune  # noqa: PLC0415 - Pillow is slow to load

    prune(cache, [made for one in facts if one.made for _, made in published_files(one)])


def whole_picture(
    content: Path, cache: Path, key: str, facts: FileFacts, name: str, made: str
) -> Path:
    """Where a made picture is in the cache; one that is damaged there is made again."""
    if not _is_whole(cache / made, name):
        _examine(content, cache, facts.sized, key)
    return cache / made


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
    sized: bool = False,
) -> tuple[dict[str, FileFacts], list[str]]:
    """Which of the needed files are known as they are, and which have to be inspected.

    ``present`` has the stat of every file below content/; a row is trusted when the stat is the
    same, unless the file is ``doubtful``: its times can't tell whether it has changed. What is
    known of a picture has to be of the same kind: ``sized`` or not.
    """
    known: dict[str, FileFacts] = {}
    unknown: list[str] = []
    for key in sorted(set(needed)):
        path = source_of(key, present)
        row = rows.get(key)
        if not path:
            known[key] = FileFacts(error=MISSING)
        elif (
            row is not None
            and row.stat == present[path]
            and path not in doubtful
            and row.facts.at_root == _is_at_root(key, path)
            and (row.facts.sized == sized or not key.startswith("media:"))
        ):
            known[key] = row.facts
        else:
            unknown.append(key)
    return known, unknown


def _is_at_root(key: str, path: str) -> bool:
    """Whether the file is published by lying at the root, and not for those who name it."""
    return key.startswith("file:") and key != f"file:{path}"
