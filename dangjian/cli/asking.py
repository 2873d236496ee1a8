"""What commands share: where the site is, how far it is, and asking at the terminal."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from dangjian.building.site import Site
from dangjian.cli.commands import Context, refuse
from dangjian.common.errors import DangjianError
from dangjian.common.report import Stage
from dangjian.settings.workspace import Progress, no_progress

T = TypeVar("T")


def site_of(context: Context, settings: str) -> Site:
    """The site whose settings file is ``settings``, looked for here, then next to ``tasks.py``."""
    given = Path(settings)
    return Site(given if given.is_file() else context.root / given)


def progress() -> Progress:
    """How far a long stage is, on one line of a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        return no_progress
    from rich.console import Console

    console = Console(stderr=True)

    def show(stage: Stage, done: int, total: int) -> None:
        end = "\n" if done >= total else "\r"
        console.print(f"{stage}：{done}/{total}", end=end, highlight=False)

    return show


def ask_until(question: str, default: str, read: Callable[[str], T]) -> T:
    """The first answer that ``read`` takes; a wrong one is reported, and asked for again.

    ``read`` raises a DangjianError for what it does not take.
    """
    while True:
        try:
            return read(ask(question, default))
        except DangjianError as wrong:
            print(f"{wrong}请重新回答，按 Ctrl+C 取消。")


def ask(question: str, default: str = "") -> str:
    """An answer from the terminal; ``default`` for Enter. Refuses where nobody can answer."""
    if not sys.stdin.isatty():
        refuse(f"没有终端可以提问，请用选项写明：{question}")
    shown = f"{question}［{default}］：" if default else f"{question}："
    try:
        answer = input(shown).strip()
    except (EOFError, KeyboardInterrupt):
        refuse("\n已取消，什么也没有改动。")
    return answer or default
