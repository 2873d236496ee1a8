"""What is written as a path in settings: taken literally, so what a shell would expand is wrong."""

import os
import re
from typing import Final

_EXPANDED: Final = re.compile(r"~|\$[A-Za-z_{(]|%[A-Za-z_]+%")
_OF_WINDOWS: Final = re.compile(r"[A-Za-z]:[\\/]|[^/]*\\")
_MAX_NAME: Final = 255
_MAX_PATH: Final = 4000


def path_mistake(path: str) -> str:
    """Why ``path`` can be no path as meant, in Chinese; empty if it can."""
    if _EXPANDED.match(path):
        return "里的 ~、$…、%…% 不会换成别的，请写出完整的路径，例如 /srv/www/portal"
    if os.name != "nt" and _OF_WINDOWS.match(path):
        return "是 Windows 上的路径，这台机器上要用 / 隔开，例如 /srv/www/portal"
    # Linux allows 255 bytes for a name and 4,096 for a path (limits.h); files below need some.
    if len(path.encode()) > _MAX_PATH or any(
        len(part.encode()) > _MAX_NAME for part in re.split(r"[/\\]", path)
    ):
        return "太长，系统里建不了这样的文件夹，请改短"
    return ""
