"""The command line in Chinese: the menu, each command's help, and words that are not understood."""

import os
import sys
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

from dangjian.cli import commands_of
from dangjian.cli.commands import CALL, Command, Context, WordsError

_HELP = frozenset(("--help", "-h", "help"))


def main(root: Path, words: Sequence[str]) -> int:
    """Run the command that ``words`` name for the site in ``root``; return the exit status.

    A command that refuses raises SystemExit.
    """
    for stream in (sys.stdout, sys.stderr):
        # A console that can't show a character shows a question mark, not a traceback.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    sys.stdout = _Unbroken(sys.stdout)
    commands = commands_of(root)
    if not words or words[0] in ("--list", "-l", *_HELP):
        named = [commands[word] for word in words[1:] if word in commands]
        print(command_help(named[0]) if named else menu(commands))
        return 0
    if words[0] in ("--version", "-V"):
        print(f"党建 {_release()}")
        return 0
    name, given = words[0], words[1:]
    if name not in commands:
        print(unknown_command(name, commands), file=sys.stderr)
        return 1
    if _HELP.intersection(given[:1]) or "--help" in given:
        print(command_help(commands[name]))
        return 0
    return _run(commands[name], Context(root), given)


def _run(command: Command, context: Context, words: Sequence[str]) -> int:
    try:
        command(context, **command.read(words))
    except WordsError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1
    return 0


def _release() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("dangjian")
    except PackageNotFoundError:  # a checkout is not installed
        return "（源代码）"


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


def menu(commands: Mapping[str, Command]) -> str:
    """All commands, in the order of an editor's day, with what each does."""
    rows = [f"用法：{CALL} 命令 [选项]", "", "命令："]
    width = max(map(len, commands))
    rows += [f"  {name:<{width}}  {command.about}" for name, command in commands.items()]
    rows += ["", f"看一条命令的选项：{CALL} 命令 --help，例如 {CALL} new --help"]
    return "\n".join(rows)


def command_help(command: Command) -> str:
    """What a command does, how it is called, and all its options."""
    words = [option for option in command.options if option.required]
    shown = "".join(f" {one.metavar}" for one in words)
    rows = [command.about, "", f"用法：{CALL} {command.name}{shown} [选项]"]
    if words:
        rows += ["", *(f"  {one.metavar:<10} {one.help}" for one in words)]
    options = [(one.usage, one.help) for one in command.options if not one.required]
    if options:
        width = max(len(usage) for usage, _ in options)
        rows += ["", "选项：", *(f"  {usage:<{width}}  {help_}" for usage, help_ in options)]
    return "\n".join(rows)


def unknown_command(name: str, commands: Mapping[str, Command]) -> str:
    """What to say of a word that is no command: the one that is most like it."""
    if name.startswith("-"):
        return f"命令要写在选项前面，例如 {CALL} build {name}。全部命令：{CALL} --help"
    from difflib import get_close_matches

    near = get_close_matches(name, commands, n=1, cutoff=0.5)
    advice = f"是不是要写 {CALL} {near[0]}？" if near else f"全部命令：{CALL} --help"
    return f"没有“{name}”这个命令，{advice}"
