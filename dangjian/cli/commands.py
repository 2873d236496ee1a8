"""What a command is: a function with its options, and how the words behind it are understood.

A command's docstring and the help of its options are what people read: they are Chinese. Parameters
without a default are words that have to be given, the others are options (``allow_withdraw`` is
``--allow-withdraw``): true or false, numbers or texts, as the default is. All behind
``--`` are words.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from msgspec import Struct

from dangjian.common.errors import FATAL, DangjianError, describe

CALL = "python3 tasks.py"
BETWEEN = "\n"
"""Separates several words that are passed as one."""

_METAVARS = {"folder": "文件夹", "query": "要找的词", "logs": "日志…", "action": "做什么"}
_EXAMPLES = {
    "start": "我的网站",
    "search": "基层党建",
    "visits": "/var/log/nginx/access.log",
    "group": "publish",
}


class Context(Struct, frozen=True):
    """What every command gets: the folder of ``tasks.py``."""

    root: Path


class WordsError(DangjianError):
    """The words behind a command can't be understood; the message says what to write instead."""


class Option(Struct, frozen=True):
    """A parameter of a command; ``default`` is None where it has to be given, as a word."""

    parameter: str
    default: bool | int | str | None
    help: str
    names: tuple[str, ...]

    @property
    def required(self) -> bool:
        """Whether it is a word behind the command, without a name."""
        return self.default is None

    @property
    def is_flag(self) -> bool:
        """Whether it takes no value."""
        return isinstance(self.default, bool)

    @property
    def metavar(self) -> str:
        """How the word is shown in a usage line."""
        return _METAVARS.get(self.parameter, self.parameter)

    @property
    def usage(self) -> str:
        """How the option is shown in a command's help: as what differs from the default."""
        name = self.names[0]
        if self.is_flag:
            return f"--no-{name.removeprefix('--')}" if self.default else name
        return f"{name} {'数字' if isinstance(self.default, int) else '…'}"


class Command:
    """A function that people run; ``several`` lets its last word be several words."""

    def __init__(
        self, function: Callable[..., None], explained: Mapping[str, str], *, several: bool
    ) -> None:
        self.function = function
        self.name = function.__name__.replace("_", "-")
        self.about = (function.__doc__ or "").strip().partition("\n")[0]
        self.several = several
        self.options = tuple(_options_of(function, explained))

    def __call__(self, context: Context, **given: Any) -> None:
        """Run it; an error of ours ends it with its message. Raises SystemExit."""
        try:
            self.function(context, **given)
        except DangjianError as error:
            refuse(describe(error) if isinstance(error, FATAL) else str(error))

    def read(self, words: Sequence[str]) -> dict[str, bool | int | str]:
        """What the words behind the command give its parameters. Raises WordsError."""
        named = _by_name(self.options)
        given: dict[str, bool | int | str] = {}
        loose: list[str] = []
        rest = iter(words)
        for word in rest:
            if word == "--":
                loose += rest
                break
            if not word.startswith("-") or word == "-":
                loose.append(word)
                continue
            name, equals, value = word.partition("=")
            option = named.get(name)
            if option is None:
                raise WordsError(self._unknown(name, named))
            if option.is_flag:
                if equals:
                    raise WordsError(f"{name} 后面不写内容，写的是“{value}”")
                given[option.parameter] = not name.startswith("--no-")
            else:
                given[option.parameter] = _value(option, name, value if equals else next(rest, ""))
        return given | self._placed(loose)

    def _unknown(self, name: str, named: Mapping[str, Option]) -> str:
        from difflib import get_close_matches

        near = get_close_matches(name, named, n=1, cutoff=0.6) if name.startswith("--") else []
        advice = f"是不是要写 {near[0]}？" if near else f"看用法：{CALL} {self.name} --help"
        return f"命令 {self.name} 没有 {name} 这个选项，{advice}"

    def _placed(self, loose: Sequence[str]) -> dict[str, str]:
        """The words without a name, each for its parameter."""
        wanted = [option for option in self.options if option.required]
        if len(loose) < len(wanted):
            missing = wanted[len(loose)]
            raise WordsError(
                f"命令 {self.name} 后面要写{missing.metavar}（{missing.help}），"
                f"例如 {CALL} {self.name} {_EXAMPLES.get(self.name, '……')}"
            )
        if self.several:
            loose = [*loose[: len(wanted) - 1], BETWEEN.join(loose[len(wanted) - 1 :])]
        elif len(loose) > len(wanted):
            more = "几个词要用双引号括起来" if self.name == "search" else ""
            more = more or f"看用法：{CALL} {self.name} --help"
            raise WordsError(f"命令 {self.name} 后面多了“{loose[len(wanted)]}”，{more}")
        return {option.parameter: word for option, word in zip(wanted, loose, strict=True)}


def command(
    *,
    help: Mapping[str, str] | None = None,  # noqa: A002 - as invoke calls it
    several: bool = False,
) -> Callable[[Callable[..., None]], Command]:
    """Mark a function as a command; ``help`` explains its parameters."""
    return partial(Command, explained=help or {}, several=several)


def refuse(message: str) -> NoReturn:
    """End the command with status 1 and a sentence."""
    raise SystemExit(message)


def _options_of(function: Callable[..., None], explained: Mapping[str, str]) -> Iterable[Option]:
    """The options of a function's parameters behind the context; each gets a free first letter."""
    code, defaults = function.__code__, function.__defaults__ or ()
    names = code.co_varnames[1 : code.co_argcount]
    values = (*[None] * (len(names) - len(defaults)), *defaults)
    taken: set[str] = set()
    for name, default in zip(names, values, strict=True):
        written = name.replace("_", "-")
        letter = next((one for one in written if one not in taken and one != "-"), "")
        taken.add(letter)
        short = (f"-{letter}",) if letter else ()
        yield Option(name, default, explained.get(written, ""), (f"--{written}", *short))


def _by_name(options: Iterable[Option]) -> dict[str, Option]:
    named: dict[str, Option] = {}
    for option in options:
        if option.required:
            continue
        named |= dict.fromkeys(option.names, option)
        if option.default is True:
            named[f"--no-{option.names[0].removeprefix('--')}"] = option
    return named


def _value(option: Option, name: str, word: str) -> int | str:
    if not word:
        raise WordsError(f"{name} 后面要写内容：{option.help}")
    if not isinstance(option.default, int):
        return word
    try:
        return int(word)
    except ValueError:
        raise WordsError(f"{name} 后面要写整数，写的是“{word}”") from None
