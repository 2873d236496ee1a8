"""The picture that pages without one of their own are passed on with: its address and making."""

from functools import partial
from pathlib import Path

from dangjian.common.digests import digest
from dangjian.pages.plan import GeneratedFile

SIZE = (1200, 630)
"""Pixels: what chat programs crop to."""
_VERSION = 2


def share_address(emblem: str) -> str:
    """The address of the picture made of the emblem at an address (empty: there is none)."""
    return f"media/share.{digest(f'{_VERSION}', emblem).hex()[:12]}.png"


def plan_share_picture(address: str, emblem: Path | None) -> GeneratedFile:
    """The picture as an output; ``emblem`` is the file of the emblem as published."""
    return GeneratedFile(address, digest(address), partial(_draw, emblem))


def _draw(emblem: Path | None) -> bytes:
    from dangjian.media.share_picture import draw_share_picture  # noqa: PLC0415 - Pillow is slow to load

    return draw_share_picture(emblem, SIZE)
