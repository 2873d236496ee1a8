"""The command line in Chinese: menu, help, and words that are not understood."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from invoke.program import Program

from dangjian.cli import collection, commands_of
from dangjian.cli.commands import BETWEEN, CALL, Context, WordsError, command
from dangjian.cli.program import command_help, menu, unknown_command
from dangjian.common.errors import DangjianError, LockedError, ThemeError
from tests.conftest import ROOT

COMMANDS = commands_of(ROOT)
_WRITTEN = re.compile(r"python3 tasks\.py ([^`<\n|&>#]*)")
_DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


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
    shown = menu(COMMANDS)
    for name, one in COMMANDS.items():
        assert f"  {name}" in shown
        assert "\u4e00" <= one.about[0] <= "\u9fff"
    assert "invoke" not in shown


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_is_explained_in_chinese(name: str) -> None:
    assert f"{CALL} {name}" in command_help(COMMANDS[name])
    for option in COMMANDS[name].options:
        assert any("\u4e00" <= sign <= "\u9fff" for sign in option.help), option


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
    assert says in unknown_command(name, COMMANDS)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("publish --ouput x", "没有 --ouput 这个选项，是不是要写 --output？"),
        ("build --workers two", "--workers 后面要写整数，写的是“two”"),
        ("build --report", "--report 后面要写内容"),
        ("build --report=", "--report 后面要写内容"),
        ("build --drafts=no", "--drafts 后面不写内容，写的是“no”"),
        ("start", "后面要写文件夹"),
        ("search", "后面要写要找的词"),
        ("visits", "后面要写日志…"),
        ("search 基层 党建", "后面多了“党建”，几个词要用双引号括起来"),
        ("build 党建", f"后面多了“党建”，看用法：{CALL} build --help"),
        ("check --qqqqqq", f"看用法：{CALL} check --help"),
        ("check -q", f"没有 -q 这个选项，看用法：{CALL} check --help"),
        ("search 党建 --query 党建", "没有 --query 这个选项"),
        ("build --no-drafts", "没有 --no-drafts 这个选项，是不是要写 --drafts？"),
    ],
)
def test_words_that_are_not_understood_are_explained(words: str, says: str) -> None:
    name, *given = words.split()
    with pytest.raises(WordsError) as wrong:
        COMMANDS[name].read(given)
    assert says in str(wrong.value)


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ("build", {}),
        ("preview --no-browser --port 8001", {"browser": False, "port": 8001}),
        ("preview --browser -p 8001", {"browser": True, "port": 8001}),
        ("search 党建 --limit=3 --json", {"query": "党建", "limit": 3, "json": True}),
        ("publish --allow-withdraw 5 -s a.py", {"allow_withdraw": "5", "settings": "a.py"}),
        ("publish --keep -1", {"keep": "-1"}),
        ("search --json -- -党建", {"query": "-党建", "json": True}),
        ("new --title 甲=乙 --no-edit", {"title": "甲=乙", "edit": False}),
        ("visits a --top 3 b", {"logs": f"a{BETWEEN}b", "top": 3}),
    ],
)
def test_words_behind_a_command_are_understood(words: str, given: dict[str, object]) -> None:
    name, *rest = words.split()
    assert COMMANDS[name].read(rest) == given


def to_flag(name: str) -> str:
    return f"--{name}" if len(name) > 1 else f"-{name}"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_invoke_has_the_same_command_with_the_same_options(name: str) -> None:
    arguments = collection(ROOT).tasks[name].get_arguments()
    found = {
        one.name.replace("_", "-"): (
            one.default,
            one.help,
            one.positional,
            set(map(to_flag, one.names)),
        )
        for one in arguments
    }
    assert found == {
        one.names[0][2:]: (one.default, one.help, one.required, set(one.names))
        for one in COMMANDS[name].options
    }


def test_a_command_run_by_invoke_gets_what_is_given_and_ends_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["invoke", "new", "--settings", str(tmp_path / "none.py"), "--type", "新闻"]
    with pytest.raises(SystemExit, match=r"找不到.*none\.py"):
        Program(namespace=collection(ROOT)).run(words)
    assert capsys.readouterr().out == ""


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
    @command()
    def failing(_context: Context) -> None:
        raise error

    with pytest.raises(SystemExit, match=says):
        failing(Context(ROOT))


def test_a_fault_of_the_program_is_not_taken_for_a_mistake() -> None:
    @command()
    def failing(_context: Context) -> None:
        raise KeyError("fault")

    with pytest.raises(KeyError, match="fault"):
        failing(Context(ROOT))


SLOW = {
    "invoke",
    "asyncio",
    "unittest.mock",
    "importlib.metadata",
    "email",
    "zipfile",
    "numpy",
    "PIL",
}
SLOW |= {"PIL", "lxml", "feedgen", "pelican", "dangjian.search.builder"}


@pytest.mark.parametrize(
    ("modules", "slow"),
    [
        ("dangjian.cli.program", SLOW | {"jinja2", "yaml", "dangjian.building.build"}),
        ("dangjian.building.build, dangjian.building.search_documents", SLOW),
    ],
    ids=["where nothing has changed", "where pages are made"],
)
def test_what_takes_long_is_loaded_only_where_it_is_needed(modules: str, slow: set[str]) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys, {modules}; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert modules.partition(",")[0] in loaded
    assert slow.isdisjoint(loaded), slow.intersection(loaded)


@pytest.mark.parametrize("path", _DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_commands_in_documents_are_understood(path: Path) -> None:
    """Their names and options, that is: what they are given stands for something else."""
    for match in _WRITTEN.finditer(path.read_text(encoding="utf-8")):
        words = shlex.split(match[1])
        if words and "--help" not in words:
            COMMANDS[words[0]].read(words[1:])
