"""The office's own command for problems: it hears of each once, until there are others."""

from pathlib import Path

from dangjian.common.digests import digest
from dangjian.common.files import write_whole
from dangjian.publishing.hooks import run_hook
from dangjian.settings.workspace import Workplace

_FOLDER = "noticed"


def notify(place: Workplace, key: str, lines: list[str]) -> str:
    """Run ON_PROBLEM with ``lines`` for the places ``key``, unless it has heard of the same ones.

    Returns what went wrong, in Chinese; empty if nothing did.
    """
    file = place.records / _FOLDER / key
    mark = digest("\n".join(lines)).hex() if lines else ""
    if _last(file) == mark:
        return ""
    said = run_hook(place.options.on_problem, "\n".join(lines), place.site) if lines else ""
    if said or not place.options.on_problem:
        return f"ON_PROBLEM：{said}" if said else ""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, mark.encode())
    except OSError as error:
        return f"ON_PROBLEM：下次还会通知同样的问题，记录没有写成：{error.strerror}"
    return ""


def _last(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
