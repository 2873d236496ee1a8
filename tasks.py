"""What people run: ``python3 tasks.py preview`` on a machine that has nothing but Python.

Run as a script, this file sets itself up first: it makes ``.venv`` next to itself, installs what
the lock names with its hashes, and hands the command over to ``dangjian.cli`` in there. Loaded by
invoke, it is the collection of tasks. The same file serves the project's own checkout and an
office's folder, where ``packages/`` holds the release that the office runs.
"""

import contextlib
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit(f"本程序需要 Python 3.11 或更高版本，现在运行的是 {sys.version.split()[0]}。")

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "dangjian.json"
RUNTIME_LOCK = "requirements.lock"
DEVELOPMENT_LOCK = "requirements-dev.lock"
# These need the tests' and checkers' packages as well. The development lock holds both.
DEVELOPMENT_TASKS = frozenset(
    {"test", "test-versions", "bench", "bench-search", "lint", "lock", "wheel"}
)


class SetupError(Exception):
    """The environment can't be made; the message is what to tell the person, whole."""


def main(words: list[str]) -> int:
    """Set up what the command ``words`` needs, run it in the environment, return its status."""
    for stream in (sys.stdout, sys.stderr):
        # A console that can't show a character shows a question mark, not a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        prepare(development=bool(DEVELOPMENT_TASKS.intersection(words[:1])))
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\n已中断。重新运行同一条命令即可继续。", file=sys.stderr)
        return 130
    return hand_over(words or ["--list"])


def prepare(*, development: bool) -> None:
    """Make ``.venv`` hold what the lock names; return at once when it already does."""
    lock = ROOT / RUNTIME_LOCK
    if development and (ROOT / DEVELOPMENT_LOCK).exists():
        lock = ROOT / DEVELOPMENT_LOCK
    if not lock.exists():
        raise SetupError(f"找不到 {lock.name}：它应当与 tasks.py 放在同一个文件夹里。")
    wheels = sorted((ROOT / "packages").glob("*.whl"))
    wanted = {file.name: digest(file) for file in (ROOT / RUNTIME_LOCK, lock, *wheels)}
    stamp = read_stamp()
    same = all(stamp.get(name) == value for name, value in wanted.items())
    installed = same and "unfinished" not in stamp
    python = interpreter()
    if installed and python and stamp.get("python") == python:
        return
    works = venv_works()
    if works and installed:
        if python:
            with contextlib.suppress(OSError):  # of another user: it is tried each time
                write_stamp({**stamp, "python": python})
        return
    if not works or "unfinished" in stamp:
        make_venv()
        stamp = {}
    write_stamp({**stamp, "unfinished": "yes"})
    try:
        install(lock, wheels)
        show_checkout()
    except SetupError:
        if stamp:
            # pip changes nothing before it has everything: what was there still works.
            write_stamp(stamp)
        raise
    write_stamp({**wanted, "python": interpreter()})


def digest(file: Path) -> str:
    """The SHA-256 of a file, with line ends as in the repository (git on Windows changes them)."""
    return hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def read_stamp() -> dict[str, str]:
    """What was last installed into ``.venv``: digests by file name; empty when unknown."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {"unfinished": "yes"}


def write_stamp(stamp: dict[str, str]) -> None:
    """Note what ``.venv`` holds, in one step; the last thing an installation does."""
    part = STAMP.with_name(f"{STAMP.name}.{os.getpid()}")
    part.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    part.replace(STAMP)


def interpreter() -> str:
    """What tells that the Python of ``.venv`` is the one that was tried last, and has pip.

    To start it for that would take longer than all else here. Empty where it has to be started: on
    Windows it is a program that looks for another one.
    """
    if os.name == "nt" or not any(VENV.glob("lib/python3*/site-packages/pip/__init__.py")):
        return ""
    try:
        found = VENV_PYTHON.stat()
    except OSError:
        return ""
    return f"{os.path.realpath(VENV_PYTHON)} {found.st_size} {found.st_mtime_ns}"


def venv_works() -> bool:
    """Whether ``.venv`` has a Python that starts and can install packages."""
    if not VENV_PYTHON.exists():
        return False
    probe = (
        "import importlib.util, sys\n"
        "sys.exit(sys.version_info < (3, 11) or importlib.util.find_spec('pip') is None)"
    )
    try:
        tried = subprocess.run([VENV_PYTHON, "-I", "-c", probe], capture_output=True, check=False)
    except OSError:
        return False
    return tried.returncode == 0


def make_venv() -> None:
    """Make ``.venv`` from scratch, whatever is there."""
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        get_venv_module()
    print("正在准备运行环境（.venv）……", flush=True)
    # Started by the environment's own Python, it can't be replaced by that one.
    python = getattr(sys, "_base_executable", sys.executable) or sys.executable
    made = subprocess.run(
        [python, "-m", "venv", "--clear", VENV],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if made.returncode:
        reason = (made.stderr or made.stdout).strip().splitlines()[-1:] or ["原因不明"]
        raise SetupError(
            f"运行环境没有建成：{reason[0]}\n"
            f"请关闭正在使用 {VENV} 的程序，删除该文件夹后重新运行；磁盘须有 1 GB 以上的空间。"
        )


def get_venv_module() -> None:
    """Debian's Python comes without ``venv``: root gets it installed, others the line to run."""
    package = f"python3.{sys.version_info[1]}-venv"
    if shutil.which("apt-get") is None:
        raise SetupError(
            "这个 Python 没有 venv 和 ensurepip 模块，请换用完整安装的 Python 3.11 或更高版本。"
        )
    if os.geteuid() != 0:
        raise SetupError(
            "这个 Python 没有 venv 模块。请先运行这一行，再重新运行本命令：\n"
            f"  sudo apt-get install {package}"
        )
    print(f"正在用 apt-get 安装 {package}……", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], env=environment, check=False)
    installed = subprocess.run(
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", package],
        env=environment,
        check=False,
    )
    if installed.returncode:
        raise SetupError(f"apt-get 没能安装 {package}，请检查网络和软件源后重新运行。")


def install(lock: Path, wheels: list[Path]) -> None:
    """Install the lock, then the office's own release; say what is being fetched as pip does it."""
    pins = len(re.findall(r"^[A-Za-z0-9][^\s]*==", lock.read_text(encoding="utf-8"), re.MULTILINE))
    print(f"正在安装 {pins} 个软件包（首次运行需要几分钟，以后不再需要）……", flush=True)
    run_pip(["--require-hashes", "-r", str(lock)], pins)
    if wheels:
        run_pip(["--no-index", "--no-deps", "--force-reinstall", *map(str, wheels)], len(wheels))


def show_checkout() -> None:
    """Let every program of ``.venv``, ``pelican`` for one, import what is next to this file."""
    for packages in (*VENV.glob("lib/python3*/site-packages"), *VENV.glob("Lib/site-packages")):
        folder = os.path.relpath(ROOT, packages)
        (packages / "dangjian-site.pth").write_text(folder + "\n", encoding="utf-8")


def run_pip(arguments: list[str], total: int) -> None:
    """Run ``pip install``, whose own configuration (index, proxy) is left alone."""
    command = [
        str(VENV_PYTHON),
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
    ]
    # Read as it comes; pip's progress bars are for terminals only.
    process = subprocess.Popen(
        [*command, "--progress-bar", "off", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1", "PIP_USER": "0"},
    )
    lines: list[str] = []
    done = 0
    try:
        for line in process.stdout or ():
            lines.append(line.rstrip())
            done += line.startswith(
                ("Collecting ", "Ignoring ", "Requirement already", "Processing ")
            )
            text = progress(line, done, total)
            if text:
                print(text, flush=True)
    finally:
        if sys.exc_info()[0] is not None:
            process.terminate()
        process.wait()
    if process.returncode:
        raise SetupError(explain(lines))


def progress(line: str, done: int, total: int) -> str:
    """What to show for one line of pip's output; empty for most."""
    named = re.match(r"(?:Collecting|Processing) (\S+)", line)
    if named:
        # A requirement is name==version, a file of a local index name-version-tags.whl.
        file = Path(named[1]).name.replace("==", "-")
        name = re.sub(r"-(\d[^-]*).*", r" \1", file)
        return f"  [{min(done, total):>3}/{total}] {name}"
    large = re.match(r"\s+Downloading \S+ \(([\d.]+ MB)\)", line)
    if large:
        return f"            下载 {large[1]}"
    if line.startswith("Installing collected packages"):
        return "  全部下载完毕，正在安装……"
    if "Retrying (" in line:
        return "  连接不上，正在重试……"
    return ""


def explain(lines: list[str]) -> str:
    """A sentence for why pip failed."""
    text = "\n".join(lines)
    if "DO NOT MATCH THE HASHES" in text:
        return (
            "下载到的软件包与锁定文件记载的校验值不符，已停止安装。\n"
            "请换一个软件包源重试；若仍不符，请告知管理员：软件包可能被改动过。"
        )
    if "No space left" in text or "Errno 28" in text:
        return "磁盘空间不足，软件包没有装完。请腾出 1 GB 以上的空间后重新运行。"
    unreachable = (
        "NewConnectionError|NameResolutionError|ConnectTimeout|ProxyError|ReadTimeout|Retrying \\("
    )
    if re.search(unreachable, text):
        return (
            "连接不上软件包源，软件包没有装完。请检查网络后重新运行同一条命令；\n"
            "经代理上网的，请先设好环境变量 HTTPS_PROXY；"
            "有内部软件包源的，请用 pip config 设好 global.index-url。"
        )
    reasons = [line for line in lines if line.startswith("ERROR:")] or lines[-3:]
    return "软件包没有装完，pip 说：\n  " + "\n  ".join(reasons[-5:])


def hand_over(words: list[str]) -> int:
    """Run the command ``words`` in the environment, in the caller's folder."""
    command = [str(VENV_PYTHON), "-m", "dangjian.cli", str(ROOT), *words]
    if os.name != "nt":
        os.execv(command[0], command)
    try:
        return subprocess.run(command, check=False).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

# Invoke turns this off, and every start would compile every module again.
sys.dont_write_bytecode = bool(sys.flags.dont_write_bytecode)

from dangjian.cli import collection

ns = collection(ROOT)
