"""The command line in Chinese: the menu, each command's help, and words that are not understood.

Commands and options are invoke's; what invoke would say of them in English is said here before it
is asked.
"""

import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, version
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

from invoke.collection import Collection
from invoke.exceptions import ParseError
from invoke.parser.argument import Argument
from invoke.program import Program
from invoke.tasks import Task

from dangjian.cli import collection
from dangjian.cli.visits import BETWEEN

CALL = "python3 tasks.py"
_HELP = frozenset(("--help", "-h", "help"))


def main(root: Path, words: Sequence[str]) -> int:
    """Run the command that ``words`` name for the site in ``root``; return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        # A console that can't show a character shows a question mark, not a traceback.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    sys.stdout = _Unbroken(sys.stdout)
    tasks = collection(root)
    if not words or words[0] in ("--list", "-l", *_HELP):
        named = [word for word in words[1:] if word in tasks.tasks]
        print(command_help(named[0], tasks.tasks[named[0]]) if named else menu(tasks))
        return 0
    if words[0] in ("--version", "-V"):
        print(f"党建 {_release()}")
        return 0
    name, given = words[0], words[1:]
    task = tasks.tasks.get(name)
    if task is None:
        print(unknown_command(name, tasks), file=sys.stderr)
        return 1
    if _HELP.intersection(given[:1]) or "--help" in given:
        print(command_help(name, task))
        return 0
    if wrong := misunderstood(name, task, given):
        print(wrong, file=sys.stderr)
        return 1
    return _run(tasks, name, gathered(name, task, given))


def _release() -> str:
    try:
        return version("dangjian")
    except PackageNotFoundError:  # a checkout is not installed
        return "（源代码）"


def _run(tasks: Collection, name: str, words: Sequence[str]) -> int:
    # Without this option invoke turns compiled modules off: all would be compiled at every start.
    options = [] if sys.dont_write_bytecode else ["--write-pyc"]
    try:
        program = Program(namespace=tasks, name="tasks.py", binary=CALL)
        program.run([CALL, *options, name, *words], exit=True)
    except ParseError:
        print(f"这条命令读不懂。看用法：{CALL} {name} --help", file=sys.stderr)
        return 1
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


class _Unbroken:
    """Standard output that a reader may leave (``build | head -1``): the command goes on."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            self._leave()
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._leave()

    def _leave(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)


def arguments_of(task: Task[Any]) -> list[Argument]:
    """A task's arguments with their help; invoke hands the help out but once."""
    explained = dict(task.help)
    arguments = task.get_arguments()
    task.help = explained
    return arguments


def about(task: Task[Any]) -> str:
    """The sentence that says what a command does."""
    return (task.__doc__ or "").strip().partition("\n")[0]


def menu(tasks: Collection) -> str:
    """All commands, in the order of an editor's day, with what each does."""
    rows = [f"用法：{CALL} 命令 [选项]", "", "命令："]
    width = max(len(name) for name in tasks.tasks)
    rows += [f"  {name:<{width}}  {about(task)}" for name, task in tasks.tasks.items()]
    rows += ["", f"看一条命令的选项：{CALL} 命令 --help，例如 {CALL} new --help"]
    return "\n".join(rows)


def command_help(name: str, task: Task[Any]) -> str:
    """What a command does, how it is called, and all its options."""
    arguments = arguments_of(task)
    positional = [argument for argument in arguments if argument.positional]
    shown = "".join(f" {_meta(argument)}" for argument in positional)
    rows = [about(task), "", f"用法：{CALL} {name}{shown} [选项]"]
    if positional:
        rows += ["", *(f"  {_meta(one):<10} {one.help or ''}" for one in positional)]
    options = [(_flags(one), one.help or "") for one in arguments if not one.positional]
    if options:
        width = max(len(flags) for flags, _ in options)
        rows += ["", "选项：", *(f"  {flags:<{width}}  {help_}" for flags, help_ in options)]
    return "\n".join(rows)


def _meta(argument: Argument) -> str:
    return {"folder": "文件夹", "query": "要找的词", "logs": "日志…", "action": "做什么"}.get(
        str(argument.name), str(argument.name)
    )


def _flags(argument: Argument) -> str:
    name = str(argument.name).replace("_", "-")
    if argument.kind is bool:
        return f"--no-{name}" if argument.default is True else f"--{name}"
    return f"--{name} {'数字' if argument.kind is int else '…'}"


def gathered(name: str, task: Task[Any], given: Sequence[str]) -> list[str]:
    """The words behind a command; several for one place (``visits LOG LOG``) become one."""
    if name not in _SEVERAL:
        return list(given)
    takes = {
        option
        for one in arguments_of(task)
        if one.kind is not bool
        for option in (f"--{str(one.name).replace('_', '-')}", *(f"-{n}" for n in one.names))
    }
    loose: list[str] = []
    rest: list[str] = []
    words = iter(given)
    for word in words:
        if not word.startswith("-") or word == "-":
            loose.append(word)
            continue
        rest.append(word)
        if word in takes:
            rest += [value for value in [next(words, "")] if value]
    return [BETWEEN.join(loose), *rest]


def unknown_command(name: str, tasks: Collection) -> str:
    """What to say of a word that is no command: the one that is most like it."""
    if name.startswith("-"):
        return f"命令要写在选项前面，例如 {CALL} build {name}。全部命令：{CALL} --help"
    near = get_close_matches(name, tasks.tasks, n=1, cutoff=0.5)
    advice = f"是不是要写 {CALL} {near[0]}？" if near else f"全部命令：{CALL} --help"
    return f"没有“{name}”这个命令，{advice}"


def misunderstood(name: str, task: Task[Any], given: Sequence[str]) -> str:
    """What is wrong with the words behind a command; empty when they can be understood."""
    arguments = arguments_of(task)
    named: dict[str, Argument] = {}
    for argument in arguments:
        for one in argument.names:
            option = ("--" if len(one) > 1 else "-") + one.replace("_", "-")
            named[option] = argument
            if argument.kind is bool and argument.default is True:
                named[f"--no-{one.replace('_', '-')}"] = argument
    positional = [argument for argument in arguments if argument.positional]
    loose: list[str] = []
    words = iter(given)
    for word in words:
        if not word.startswith("-") or word == "-":
            loose.append(word)
            continue
        option, _, value = word.partition("=")
        found = named.get(option)
        if found is None:
            if not option.startswith("--"):
                continue
            near = get_close_matches(option, named, n=1, cutoff=0.6)
            advice = f"是不是要写 {near[0]}？" if near else f"看用法：{CALL} {name} --help"
            return f"命令 {name} 没有 {option} 这个选项，{advice}"
        if found.kind is bool:
            continue
        value = value or next(words, "")
        if not value:
            return f"{option} 后面要写内容：{found.help or ''}"
        if found.kind is int and not value.lstrip("-").isdigit():
            return f"{option} 后面要写整数，写的是“{value}”"
    if len(loose) < len([one for one in positional if one.default is None]):
        wanted = positional[len(loose)]
        return (
            f"命令 {name} 后面要写{_meta(wanted)}（{wanted.help or ''}），"
            f"例如 {CALL} {name} {_EXAMPLES.get(name, '……')}"
        )
    if len(loose) > len(positional) and name not in _SEVERAL:
        extra = loose[len(positional)]
        hint = "几个词要用双引号括起来" if name == "search" else f"看用法：{CALL} {name} --help"
        return f"命令 {name} 后面多了“{extra}”，{hint}"
    return ""


_EXAMPLES = {
    "start": "我的网站",
    "search": "基层党建",
    "visits": "/var/log/nginx/access.log",
    "group": "publish",
}
_SEVERAL = frozenset({"visits"})
"""Commands whose word may be several words."""
