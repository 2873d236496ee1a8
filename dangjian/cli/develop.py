"""The commands for work on the program itself; only in a checkout."""

import importlib.util
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from dangjian.cli.browser import get_browser
from dangjian.cli.commands import Context, command, refuse

# One lock for every system and Python; addresses of an index belong to the machine that installs.
_COMPILE = (
    "uv", "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-annotate",
    "--no-header", "--quiet",
)  # fmt: skip
_DEVELOPMENT = ("--group", "dev", "--extra", "dask", "--extra", "s3")


@command(
    help={
        "browser": "做浏览器测试（默认做，--no-browser 不做）",
        "quick": "不做用时长的测试",
        "long": "加做长测试：每类几百种情形，用时以小时计",
        "only": "只做哪些：文件、文件夹，或 文件::测试名",
        "match": "只做名称相配的测试（pytest 的 -k）",
        "workers": "用几个进程，默认每个处理器一个；0 为不分进程",
    }
)
def test(
    context: Context,
    browser: bool = True,
    quick: bool = False,
    long: bool = False,
    only: str = "",
    match: str = "",
    workers: str = "auto",
) -> None:
    """测试：做全部测试，包括浏览器测试"""
    _need("pytest")
    arguments = ["-n", workers, "--dist", "worksteal"] if workers != "0" else []
    environment = {}
    if browser:
        environment["CHROMIUM"] = get_browser()
    else:
        print("照 --no-browser 的要求，不做浏览器测试。", flush=True)
        arguments.append("--no-browser")
    if quick:
        arguments += ["-m", "not slow"]
    if long:
        arguments.append("--long")
    if match:
        arguments += ["-k", match]
    _run(context, [sys.executable, "-m", "pytest", *arguments, *shlex.split(only)], environment)


@command(
    help={
        "lowest": "用 pyproject.toml 里写的最低版本；不写则用最新版本",
        "options": "其余选项，照原样交给 pytest",
    }
)
def test_versions(context: Context, lowest: bool = False, options: str = "") -> None:
    """测试依赖：另建环境，装最新（或最低）版本的直接依赖，做不需浏览器的快测试"""
    from tempfile import TemporaryDirectory

    _need("uv", "请先安装：.venv 里的 pip install uv。")
    uv = [sys.executable, "-m", "uv"]
    resolution = "lowest-direct" if lowest else "highest"
    with TemporaryDirectory() as folder:
        python = str(Path(folder) / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
        _run(context, [*uv, "venv", "--quiet", "--seed", folder])
        install = ["pip", "install", "--quiet", "--python", python, "--resolution", resolution]
        _run(context, [*uv, *install, "-r", "pyproject.toml", *_DEVELOPMENT])
        _run(context, [*uv, "pip", "list", "--python", python])
        quick = ["-m", "not slow", "--no-browser", "-n", "auto", *shlex.split(options)]
        # As tasks.py has it in .venv: tests start programs in other folders.
        _run(context, [python, "-m", "pytest", *quick], {"PYTHONPATH": str(context.root)})


@command(help={"fix": "能自动改的就改"})
def lint(context: Context, fix: bool = False) -> None:
    """查代码：ruff 和 mypy --strict"""
    _need("ruff")
    ruff = [sys.executable, "-m", "ruff"]
    _run(context, [*ruff, "check", *(["--fix"] if fix else [])])
    _run(context, [*ruff, "format", *([] if fix else ["--check"])])
    _run(context, [sys.executable, "-m", "mypy"])


@command(help={"upgrade": "把依赖升到最新版本，而不只是补齐"})
def lock(context: Context, upgrade: bool = False) -> None:
    """锁定：按 pyproject.toml 重写两个依赖锁定文件"""
    _need("uv", "请先安装：.venv 里的 pip install uv。")
    words = [sys.executable, "-m", *_COMPILE, *(["--upgrade"] if upgrade else [])]
    _run(context, [*words, "--group", "start", "-o", "requirements.lock"])
    more = ["--group", "start", *_DEVELOPMENT, "-c", "requirements.lock"]
    _run(context, [*words, *more, "-o", "requirements-dev.lock"])


@command(help={"folder": "放在哪里，默认 dist"})
def wheel(context: Context, folder: str = "dist") -> None:
    """打包：做出安装包（wheel），里面有程序和主题"""
    from dangjian.authoring.new_site import make_wheel

    _need("hatchling")
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    print(make_wheel(target, context.root))


@command(
    help={
        "sizes": "文章篇数，用逗号隔开",
        "peers": "与哪些程序比较；none 不比较",
        "options": "其余选项，照原样交给 python -m tests.benchmarks",
    }
)
def bench(context: Context, sizes: str = "", peers: str = "", options: str = "") -> None:
    """测速：同样的文章，与 Hugo、Eleventy、Pelican 比较"""
    given = [*(["--sizes", sizes] if sizes else []), *(["--peers", peers] if peers else [])]
    words = [sys.executable, "-m", "tests.benchmarks", *given, *shlex.split(options)]
    _run(context, words)


@command(
    help={
        "articles": "文章篇数",
        "folder": "用这个文件夹里的文章，而不是造出来的",
        "options": "其余选项，照原样交给 python -m tests.benchmarks.search",
    }
)
def bench_search(context: Context, articles: int = 0, folder: str = "", options: str = "") -> None:
    """测搜索：查全、查准、速度和流量，与 Pagefind 比较"""
    given = ["--articles", str(articles)] if articles else []
    given += ["--folder", folder] if folder else []
    words = [sys.executable, "-m", "tests.benchmarks.search", *given, *shlex.split(options)]
    _run(context, words)


def _need(
    module: str, advice: str = "请经 tasks.py 运行（python3 tasks.py test），它会先装好。"
) -> None:
    """Refuse where a package that only developers need is not installed."""
    if importlib.util.find_spec(module) is None:
        refuse(f"环境里没有 {module}。{advice}")


def _run(
    context: Context, command: Sequence[str], environment: Mapping[str, str] | None = None
) -> None:
    """Run a command in the checkout; end with its status when it fails."""
    status = subprocess.run(
        command, cwd=context.root, env={**os.environ, **(environment or {})}, check=False
    ).returncode
    if status:
        raise SystemExit(status)
