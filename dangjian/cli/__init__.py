"""The commands, as an invoke collection: ``invoke --list`` is the menu.

Docstrings of tasks, and the help of their options, are what people read: they are Chinese.
"""

import sys
from io import TextIOWrapper
from pathlib import Path

from invoke.collection import Collection

from dangjian.cli import develop, group, publishing, schedule, site, visits


def collection(root: Path) -> Collection:
    """The tasks for the site, or the checkout, in ``root``."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that has no Chinese must not stop a command in the middle.
            stream.reconfigure(errors="backslashreplace")
    tasks = Collection()
    tasks.configure({"dangjian": {"root": str(root)}})
    modules = [site, publishing, schedule, visits, group]
    if (root / "pyproject.toml").is_file():
        modules.append(develop)
    for module in modules:
        for task in Collection.from_module(module).tasks.values():
            tasks.add_task(task)
    return tasks
