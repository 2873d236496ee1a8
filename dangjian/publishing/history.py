"""The record of publishing: who, when, and which articles by title; one JSON line each time."""

import getpass
import json
import os
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from dangjian.common.timezone import SHANGHAI
from dangjian.publishing.changes import Changes
from dangjian.publishing.errors import PublishError
from dangjian.publishing.system import reason

_FILE = "history.jsonl"


class Entry(Struct, omit_defaults=True):
    """One change of the live site. ``what`` is 发布 or 退回; ``release`` the one live since."""

    time: str
    who: str
    what: str
    release: str
    appeared: list[str] = []
    changed: list[str] = []
    moved: list[str] = []
    withdrawn: list[str] = []
    held_back: list[str] = []
    files: int = 0


def note(folder: Path, entry: Entry) -> None:
    """Add an entry to the record in a folder of releases. Raises OSError."""
    with (folder / _FILE).open("ab") as file:
        file.write(msgspec.json.encode(entry) + b"\n")


def entry_of(what: str, release: str, changes: Changes | None = None, files: int = 0) -> Entry:
    """An entry for what this user does now."""
    shown = changes or Changes()
    return Entry(
        f"{datetime.now(SHANGHAI):%Y-%m-%d %H:%M:%S}",
        user(),
        what,
        release,
        shown.appeared,
        shown.changed,
        shown.moved,
        shown.withdrawn,
        files=files,
    )


def entries(folder: Path) -> tuple[list[Entry], list[int]]:
    """The record, oldest first, and the numbers of lines that can't be read.

    A power failure may have cut one off. Raises PublishError if the file can't be read at all.
    """
    found: list[Entry] = []
    damaged: list[int] = []
    file = folder / _FILE
    try:
        lines = file.read_bytes().split(b"\n")
    except FileNotFoundError:
        return [], []
    except OSError as error:
        raise PublishError(f"发布记录读不出来：{reason(error)}") from error
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            found.append(msgspec.json.decode(line, type=Entry))
        except msgspec.MsgspecError:
            damaged.append(number)
    return found, damaged


def user() -> str:
    """Who runs this; with sudo, who asked for it."""
    asked = os.environ.get("SUDO_USER")
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        name = str(os.getuid()) if hasattr(os, "getuid") else "?"
    return f"{asked}（{name}）" if asked and asked != name else name


def as_json(found: list[Entry]) -> str:
    """Entries as JSON lines."""
    return "\n".join(json.dumps(msgspec.to_builtins(one), ensure_ascii=False) for one in found)
