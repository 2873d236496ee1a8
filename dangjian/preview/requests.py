"""What a request asks for: which file below a folder, and which of its bytes."""

import re
from pathlib import Path
from urllib.parse import unquote

from msgspec import Struct

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class Span(Struct, frozen=True):
    """The bytes of a file to send: ``start`` to ``end`` (exclusive), ``partial`` for a 206."""

    start: int
    end: int
    partial: bool = False


def asked_span(header: str | None, size: int) -> Span | None:
    """The span a Range header asks of a file (RFC 9110 §14); None when it can't be satisfied.

    What is malformed or asks for several ranges is answered with the whole file, as the RFC allows.
    """
    whole = Span(0, size)
    found = _RANGE.fullmatch((header or "").strip())
    if found is None or found[1] == found[2] == "":
        return whole
    if not found[1]:
        length = int(found[2])
        return Span(max(size - length, 0), size, partial=True) if length and size else None
    start = int(found[1])
    end = int(found[2]) + 1 if found[2] else max(size, start + 1)
    if end <= start:
        return whole
    return Span(start, min(end, size), partial=True) if start < size else None


def locate(root: Path, address: str) -> Path | None:
    """The file or folder in ``root`` that the path of a request names; None for what is outside."""
    parts = [part for part in unquote(address).split("/") if part]
    if any(part.startswith(".") or "\\" in part or ":" in part or "\0" in part for part in parts):
        return None
    found = root.joinpath(*parts)
    try:
        real = found.resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    return found if real.is_relative_to(root.resolve()) else None
