"""The commands that people run: in Chinese, by ``tasks.py`` or by invoke."""

import sys
from functools import wraps
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dangjian.cli import develop, group, publishing, schedule, site, visits
from dangjian.cli.commands import Command, Context

if TYPE_CHECKING:
    from invoke.collection import Collection
    from invoke.tasks import Task


def commands_of(root: Path) -> dict[str, Command]:
    """The commands for the site, or the checkout, in ``root``, in the order of an editor's day."""
    modules = [site, publishing, schedule, visits, group]
    if (root / "pyproject.toml").is_file():
        modules.append(develop)
    found = [one for module in modules for one in vars(module).values() if type(one) is Command]
    return {one.name: one for one in found}


def collection(root: Path) -> "Collection":
    """The same commands as tasks of invoke, which is loaded for nothing else."""
    from invoke.collection import Collection

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that has no Chinese must not stop a command in the middle.
            stream.reconfigure(errors="backslashreplace")
    tasks = Collection()
    for one in commands_of(root).values():
        tasks.add_task(_as_task(one, Context(root)))
    return tasks


def _as_task(command: Command, context: Context) -> "Task[Any]":
    from invoke.tasks import Task

    @wraps(command.function)
    def run(_: object, **given: Any) -> None:
        command(context, **given)

    words = [option.parameter for option in command.options if option.required]
    explained = {option.parameter: option.help for option in command.options if option.help}
    return Task(run, name=command.name, positional=words, help=explained)
