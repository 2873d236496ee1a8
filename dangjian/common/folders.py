"""How two folders lie to each other, by whatever names they are reached.

One folder has several names through links, in file systems that do not distinguish case, and where
it is mounted in a second place (``mount --bind``). Comparing paths alone would take it for two.
"""

import os
import re
import sys
from pathlib import Path
from typing import Final

from msgspec import Struct

_MOUNTS: Final = Path("/proc/self/mountinfo")
_ESCAPED: Final = re.compile(r"\\([0-7]{3})")
_Identity = tuple[int, int] | None


class Located(Struct, frozen=True):
    """A folder, which need not exist: its path without links, and what it is called elsewhere.

    ``identities`` are the numbers of the folder itself and of those above it, None for what does
    not exist; ``device`` is the file system, and ``origin`` the path in that one.
    """

    path: Path
    identities: tuple[_Identity, ...]
    device: str
    origin: Path

    def is_inside(self, outer: "Located") -> bool:
        """Whether this is the folder ``outer`` or lies in it."""
        if self.path.is_relative_to(outer.path):
            return True
        identity = outer.identities[0]
        if identity is not None and identity in self.identities:
            return True
        return self.device == outer.device and self.origin.is_relative_to(outer.origin)

    def is_same(self, other: "Located") -> bool:
        """Whether both are one folder."""
        return self.is_inside(other) and other.is_inside(self)


Mounts = list[tuple[str, str, str]]
"""Mounted file systems: where each is, which one it is, and which folder of it is there."""


def locate(folder: Path, mounts: Mounts | None = None) -> Located:
    """Where a folder is; ``mounts`` are those of the system, for who asks for many folders."""
    path = real(folder)
    identities = tuple(_identity(one) for one in (path, *path.parents))
    device, origin = _origin(str(path), read_mounts() if mounts is None else mounts)
    return Located(path, identities, device, Path(origin))


def real(path: Path) -> Path:
    """A path with links followed, in the one spelling where the system has several."""
    return Path(os.path.normcase(os.path.realpath(path)))


def same_folder(one: Path, other: Path) -> bool:
    """Whether two paths lead to one folder."""
    return locate(one).is_same(locate(other))


def is_inside(inner: Path, outer: Path) -> bool:
    """Whether ``inner`` is the folder ``outer`` or lies in it."""
    return locate(inner).is_inside(locate(outer))


def _identity(folder: Path) -> _Identity:
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _origin(path: str, mounts: Mounts) -> tuple[str, str]:
    """The file system a path lies in, and the path in that one: the same for all its mounts."""
    deepest = ("/", "", "/")
    for mount in mounts:
        at = mount[0]
        around = at in ("/", path) or path.startswith(f"{at}/")
        # Of two mounted at one path, the later covers the earlier.
        if around and len(at) >= len(deepest[0]):
            deepest = mount
    at, device, root = deepest
    return device, os.path.join(root, path[len(at) :].lstrip("/"))


def read_mounts() -> Mounts:
    """What is mounted (Linux; see proc_pid_mountinfo(5)); empty where that is not known."""
    if sys.platform != "linux":
        return []
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []
    # Number, parent, device, root, place, options.
    fields = [line.split(" ", 5) for line in lines]
    return [(_plain(one[4]), one[2], _plain(one[3])) for one in fields if len(one) == 6]


def _plain(text: str) -> str:
    """A path of mountinfo, where a space is written as a backslash and its octal number."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)), text)
