"""The marks of a built site's files; only files that changed since are read again."""

import os
from pathlib import Path

import msgspec
from msgspec import Struct

from dangjian.common.files import write_whole
from dangjian.publishing.assembly import Comparison, Plan, check_plan, source_of
from dangjian.publishing.errors import PublishError
from dangjian.publishing.manifest import FileMark, Manifest, mark_of
from dangjian.publishing.system import reason


class _Known(Struct, frozen=True, array_like=True):
    """A file as it was when it was read: modification time (ns), size, number in the file system.

    The builder writes a new file for each change, so the number tells even a change within one
    tick of the clock.
    """

    mtime: int
    size: int
    inode: int
    mark: FileMark


_decode = msgspec.msgpack.Decoder(dict[str, _Known]).decode


def marks_of(built: Path, plan: Plan) -> Manifest:
    """The mark of every planned file in ``built``, next to which they are cached.

    Raises PublishError when a file is not there as planned or can't be read.
    """
    try:
        return _marks_of(built, plan)
    except OSError as error:
        raise PublishError(f"新网站没有备好，线上网站未动：{reason(error)}") from error


def _marks_of(built: Path, plan: Plan) -> Manifest:
    check_plan(built, plan)
    cache = built.with_name(f"{built.name}-marks")
    try:
        known = _decode(cache.read_bytes())
    except (FileNotFoundError, msgspec.MsgspecError):
        known = {}
    now: dict[str, _Known] = {}
    for path in sorted(plan):
        file = source_of(built, path)
        found = os.stat(file)
        one = known.get(path)
        stat = (found.st_mtime_ns, found.st_size, found.st_ino)
        if one is None or (one.mtime, one.size, one.inode) != stat:
            one = _Known(*stat, mark_of(file))
        now[path] = one
    if now != known:
        write_whole(cache, msgspec.msgpack.encode(now))
    return {path: one.mark for path, one in now.items()}


def compare_marks(new: Manifest, old: Manifest) -> Comparison:
    """How two releases differ, by their files' content."""
    found = Comparison()
    for path, mark in new.items():
        if path not in old:
            found.new.append(path)
        elif old[path] == mark:
            found.same.append(path)
        else:
            found.changed.append(path)
    found.removed = sorted(old.keys() - new.keys())
    return found
