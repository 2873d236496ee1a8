"""The command line in Chinese: menu, help, and words that are not understood."""

import subprocess
import sys

import pytest
from invoke.collection import Collection
from invoke.context import Context
from invoke.exceptions import Exit

from dangjian.cli import collection, program
from dangjian.cli.asking import Command, command
from dangjian.cli.program import (
    CALL,
    arguments_of,
    command_help,
    main,
    menu,
    misunderstood,
    unknown_command,
)
from dangjian.common.errors import DangjianError, LockedError, ThemeError
from tests.conftest import ROOT

TASKS = collection(ROOT)


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "dangjian.cli", str(ROOT), *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_the_menu_has_every_command_in_chinese() -> None:
    shown = menu(TASKS)
    for name, task in TASKS.tasks.items():
        assert f"  {name}" in shown
        assert "\u4e00" <= (task.__doc__ or " ").strip()[0] <= "\u9fff"
    assert "invoke" not in shown


@pytest.mark.parametrize("name", sorted(TASKS.tasks))
def test_every_option_is_explained_in_chinese(name: str) -> None:
    task = TASKS.tasks[name]
    assert f"{CALL} {name}" in command_help(name, task)
    for argument in arguments_of(task):
        assert argument.help, argument.name
        assert any("\u4e00" <= sign <= "\u9fff" for sign in argument.help)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("pubish", f"是不是要写 {CALL} publish？"),
        ("biuld", f"是不是要写 {CALL} build？"),
        ("qqqq", f"全部命令：{CALL} --help"),
        ("--drafts", "命令要写在选项前面"),
    ],
)
def test_a_mistyped_command_gets_the_right_one(name: str, says: str) -> None:
    assert says in unknown_command(name, TASKS)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("publish --ouput x", "没有 --ouput 这个选项，是不是要写 --output？"),
        ("build --workers two", "--workers 后面要写整数，写的是“two”"),
        ("build --report", "--report 后面要写内容"),
        ("start", "后面要写文件夹"),
        ("search", "后面要写要找的词"),
        ("search 基层 党建", "后面多了“党建”，几个词要用双引号括起来"),
        ("check --qqqqqq", f"看用法：{CALL} check --help"),
        ("preview --no-browser --port 8001", ""),
        ("search 党建 --limit=3 --json", ""),
        ("new --title 甲 --no-edit", ""),
    ],
)
def test_words_behind_a_command_are_checked(words: str, says: str) -> None:
    name, *given = words.split()
    wrong = misunderstood(name, TASKS.tasks[name], given)
    assert says in wrong
    assert bool(says) == bool(wrong)


@pytest.mark.parametrize("words", [["start", "--help"], ["search", "--help"], ["--help"], []])
def test_help_makes_nothing(words: list[str]) -> None:
    done = run(*words)
    assert (done.returncode, done.stderr) == (0, "")
    assert "用法：python3 tasks.py" in done.stdout
    assert not (ROOT / "--help").exists()


def test_a_reader_who_leaves_ends_nothing() -> None:
    """``--help | head -1``, with a pipe that is closed before anything is written."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dangjian.cli", str(ROOT), "--help"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert (process.stderr.read(), process.wait()) == ("", 0)
    process.stderr.close()


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (DangjianError("没有这个栏目"), "没有这个栏目"),
        (LockedError("1234"), "另一个程序（进程 1234）正在生成同一个网站"),
        (ThemeError("base.html 第 3 行"), "主题的文件有错，网站没有生成：base.html 第 3 行"),
    ],
)
def test_an_error_of_ours_ends_any_command_with_its_message(error: Exception, says: str) -> None:
    @command
    def failing(_context: Context) -> None:
        raise error

    with pytest.raises(Exit, match=says) as ended:
        failing(Context())
    assert ended.value.code == 1


def test_a_fault_of_the_program_is_not_taken_for_a_mistake() -> None:
    @command
    def failing(_context: Context) -> None:
        raise KeyError("fault")

    with pytest.raises(KeyError, match="fault"):
        failing(Context())


def test_every_command_answers_so() -> None:
    assert {type(task) for task in TASKS.tasks.values()} == {Command}


@pytest.mark.parametrize("turned_off", [False, True])
def test_a_command_stores_compiled_modules_unless_python_is_told_not_to(
    monkeypatch: pytest.MonkeyPatch, *, turned_off: bool
) -> None:
    """Invoke turns it off: every start would compile what commands import."""
    seen: list[bool] = []

    @command
    def build(_context: Context) -> None:
        seen.append(sys.dont_write_bytecode)

    monkeypatch.setattr(program, "collection", lambda _root: Collection(build))
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    monkeypatch.setattr(sys, "dont_write_bytecode", turned_off)
    assert main(ROOT, ["build"]) == 0
    assert seen == [turned_off]
