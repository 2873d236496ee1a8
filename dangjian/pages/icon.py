"""``favicon.ico``: what browsers and chat programs ask for at the root, whatever a page says."""

from functools import partial
from pathlib import Path

from dangjian.common.digests import digest
from dangjian.content.root_files import ICON
from dangjian.pages.plan import GeneratedFile

_VERSION = "1"


def plan_icon(emblem: Path | None, theme: bytes) -> GeneratedFile:
    """The icon as an output: of the emblem as published, else the theme's."""
    mark = digest(_VERSION, emblem.name if emblem is not None else "", theme)
    return GeneratedFile(ICON, mark, partial(_draw, emblem, theme))


def _draw(emblem: Path | None, theme: bytes) -> bytes:
    from dangjian.media.icon import draw_icon  # noqa: PLC0415 - Pillow is slow to load

    return (draw_icon(emblem) if emblem is not None else b"") or theme
