"""``python3 tasks.py``: set up by Python alone, with pip's own configuration, in Chinese."""

import ast
import base64
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

TASKS = Path(__file__).resolve().parents[2] / "tasks.py"
OLDEST_THAT_READS_IT = (3, 7)


def make_wheel(folder: Path, name: str, version: str, files: dict[str, str]) -> Path:
    """A wheel with nothing but ``files``, as an index would have it."""
    info = f"{name}-{version}.dist-info"
    members = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={_record_digest(text)},{len(text.encode())}\n"
        for path, text in members.items()
    )
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as wheel:
        for path, text in {**members, f"{info}/RECORD": record}.items():
            wheel.writestr(path, text)
    return file


def program(main: str, package: str = "") -> dict[str, str]:
    """The files of a package that ``tasks.py`` can hand its words over to; ``main`` is run then."""
    return {
        "dangjian/__init__.py": package,
        "dangjian/cli/__init__.py": "",
        "dangjian/cli/__main__.py": main,
    }


def _record_digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def make_site(tmp_path: Path) -> Path:
    """A folder with ``tasks.py`` and a lock of one package that stands in for the commands."""
    says = "import sys\nprint('ran', *sys.argv[1:])\nsys.exit('fail' in sys.argv and 7)\n"
    wheel = make_wheel(tmp_path / "index", "dangjian", "1.0", program(says))
    site = tmp_path / "site"
    site.mkdir()
    shutil.copyfile(TASKS, site / "tasks.py")
    write_lock(site, wheel)
    return site


@pytest.fixture(scope="module")
def first(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, "subprocess.CompletedProcess[str]"]:
    """A folder with a site, and its first run: making an environment takes seconds."""
    site = make_site(tmp_path_factory.mktemp("template"))
    return site.parent, run(site, "preview", "--port", "8123")


@pytest.fixture
def ready(first: tuple[Path, "subprocess.CompletedProcess[str]"], tmp_path: Path) -> Path:
    """A site of one's own that is set up."""
    shutil.copytree(first[0], tmp_path, symlinks=True, dirs_exist_ok=True)
    return tmp_path / "site"


def write_lock(site: Path, wheel: Path, digest: str = "") -> None:
    name, version = wheel.name.split("-")[:2]
    digest = digest or hashlib.sha256(wheel.read_bytes()).hexdigest()
    text = f"{name}=={version} \\\n    --hash=sha256:{digest}\n"
    (site / "requirements.lock").write_text(text, encoding="utf-8")


def run(site: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """``python3 tasks.py``, with pip told to take packages from the folder ``index``."""
    return subprocess.run(
        [sys.executable, str(site / "tasks.py"), *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
        cwd=site.parent,
        env={
            **environment_without_paths(),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(site.parent / "index"),
            "PYTHONIOENCODING": "utf-8",
            **environment,
        },
    )


def environment_without_paths() -> dict[str, str]:
    """What surrounds this process, but for where it finds the package (``test-versions``)."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def run_in(site: Path, command: list[str]) -> str:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        cwd=site.parent,
        env=environment_without_paths(),
    )
    return done.stdout


def venv_python(site: Path) -> Path:
    return site / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


@pytest.fixture(scope="module")
def bootstrap() -> ModuleType:
    """The script as a module; not by invoke, so its last lines find the package as usual."""
    spec = importlib.util.spec_from_file_location("bootstrap", TASKS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_sets_up_once_then_starts_at_once(
    first: tuple[Path, "subprocess.CompletedProcess[str]"],
) -> None:
    folder, done = first
    site = folder / "site"
    assert done.returncode == 0, done.stderr
    assert "正在准备运行环境" in done.stdout
    assert "[  1/1] dangjian 1.0" in done.stdout
    assert done.stdout.splitlines()[-1] == f"ran {site} preview --port 8123"

    again = run(site, "preview")
    assert again.stdout == f"ran {site} preview\n"


def test_a_changed_lock_is_installed_into_the_same_environment(ready: Path) -> None:
    site = ready
    (site / ".venv" / "mine.txt").write_text("kept", encoding="utf-8")
    second = program("print('second')\n")
    write_lock(site, make_wheel(site.parent / "index", "dangjian", "2.0", second))
    newer = run(site)
    assert newer.stdout.splitlines()[-1] == "second"
    assert (site / ".venv" / "mine.txt").exists()


def test_line_ends_of_the_lock_do_not_matter(ready: Path) -> None:
    site = ready
    lock = site / "requirements.lock"
    lock.write_bytes(lock.read_bytes().replace(b"\n", b"\r\n"))
    assert run(site).stdout.startswith("ran ")


def test_a_broken_environment_is_made_again(ready: Path) -> None:
    site = ready
    venv_python(site).unlink()
    repaired = run(site, "build")
    assert repaired.returncode == 0, repaired.stderr
    assert "正在准备运行环境" in repaired.stdout
    assert repaired.stdout.splitlines()[-1] == f"ran {site} build"
    assert run(site, "build").stdout.startswith("ran ")


@pytest.mark.parametrize(("unfinished", "same_lock"), [(True, False), (False, False), (True, True)])
def test_an_environment_is_made_again_where_it_was_left_half_made(
    ready: Path,
    bootstrap: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    unfinished: bool,
    same_lock: bool,
) -> None:
    """Whatever works of it; in process, for to make one takes seconds."""
    stamp = ready / ".venv" / "dangjian.json"
    known = json.loads(stamp.read_text(encoding="utf-8"))
    other = known if same_lock else {"requirements.lock": "of another lock"}
    left = other | {"unfinished": "yes"} if unfinished else other
    stamp.write_text(json.dumps(left), encoding="utf-8")
    made: list[str] = []
    for name, value in {"ROOT": ready, "STAMP": stamp, "VENV_PYTHON": venv_python(ready)}.items():
        monkeypatch.setattr(bootstrap, name, value)
    for step in ("make_venv", "install", "show_checkout"):
        monkeypatch.setattr(bootstrap, step, lambda *_, step=step: made.append(step))
    bootstrap.prepare(development=False)
    assert made == [*(["make_venv"] if unfinished else []), "install", "show_checkout"]
    assert json.loads(stamp.read_text(encoding="utf-8")) == known


@pytest.mark.skipif(os.name == "nt", reason="there it is started each time")
@pytest.mark.parametrize("change", ["", "another Python", "no pip", "a note of before"])
def test_the_environments_python_is_started_to_be_tried_only_when_it_may_be_another(
    ready: Path, bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    venv = ready / ".venv"
    stamp, python = venv / "dangjian.json", venv_python(ready)
    names = {"ROOT": ready, "VENV": venv, "STAMP": stamp, "VENV_PYTHON": python}
    for name, value in names.items():
        monkeypatch.setattr(bootstrap, name, value)
    bootstrap.prepare(development=False)  # it was copied here
    if change == "another Python":
        real = python.resolve()
        python.unlink()
        shutil.copy(real, python)
    elif change == "no pip":
        (file,) = venv.glob("lib/python3*/site-packages/pip/__init__.py")
        file.unlink()
    elif change == "a note of before":
        known = json.loads(stamp.read_text(encoding="utf-8"))
        del known["python"]
        stamp.write_text(json.dumps(known), encoding="utf-8")
    tried: list[str] = []

    def works() -> bool:
        tried.append("tried")
        return True

    monkeypatch.setattr(bootstrap, "venv_works", works)
    for _ in range(2):
        bootstrap.prepare(development=False)
    # Without pip nothing can be noted of it.
    assert len(tried) == {"": 0, "no pip": 2}.get(change, 1)


def test_a_torn_note_of_what_is_installed_has_it_installed_again(ready: Path) -> None:
    (ready / ".venv" / "dangjian.json").write_text("{", encoding="utf-8")
    repaired = run(ready, "build")
    assert "正在安装 1 个软件包" in repaired.stdout
    assert "正在准备运行环境" not in repaired.stdout
    assert repaired.stdout.splitlines()[-1] == f"ran {ready} build"


@pytest.mark.parametrize(
    ("text", "stamp"),
    [("{", {}), ("[]", {"unfinished": "yes"}), ('{"a.lock": "1"}', {"a.lock": "1"}), (None, {})],
)
def test_a_note_of_what_is_installed_is_read(
    bootstrap: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    text: str | None,
    stamp: dict[str, str],
) -> None:
    """One that tasks.py can't have written is as good as that of a set-up cut short."""
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "dangjian.json")
    if text is not None:
        (tmp_path / "dangjian.json").write_text(text, encoding="utf-8")
    assert bootstrap.read_stamp() == stamp


def test_a_package_that_is_not_the_locked_one_is_refused(ready: Path) -> None:
    site = ready
    write_lock(site, make_wheel(site.parent / "index", "dangjian", "2.0", {}), "0" * 64)
    refused = run(site, "build")
    assert refused.returncode == 1
    assert "校验值不符" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert "ran " not in refused.stdout


def test_a_failed_update_leaves_what_worked(ready: Path) -> None:
    site = ready
    lock = (site / "requirements.lock").read_text(encoding="utf-8")
    (site / "requirements.lock").write_text(lock.replace("1.0", "9.9"), encoding="utf-8")
    failed = run(site, "build")
    assert failed.returncode == 1
    assert "软件包没有装完" in failed.stderr
    (site / "requirements.lock").write_text(lock, encoding="utf-8")
    assert run(site, "build").stdout.startswith("ran ")


def test_without_network_one_sentence(ready: Path) -> None:
    site = ready
    write_lock(site, make_wheel(site.parent / "elsewhere", "dangjian", "2.0", {}))
    nowhere = {
        "PIP_NO_INDEX": "0",
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_FIND_LINKS": "",
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_RETRIES": "1",
    }
    failed = run(site, "preview", **nowhere)
    assert failed.returncode == 1
    assert failed.stderr.startswith("连接不上软件包源")
    assert "Traceback" not in failed.stderr


def test_an_offices_release_is_installed_from_packages(ready: Path) -> None:
    site = ready
    make_wheel(site / "packages", "dangjian", "1.0", program("", "name = 'first'\n"))
    assert run(site, "build").returncode == 0
    ask = [str(venv_python(site)), "-c", "import dangjian; print(dangjian.name)"]
    assert run_in(site, ask) == "first\n"
    make_wheel(site / "packages", "dangjian", "1.0", program("", "name = 'second'\n"))
    assert run(site, "build").returncode == 0
    assert run_in(site, ask) == "second\n"


def test_the_status_of_the_task_is_the_status_of_the_script(ready: Path) -> None:
    assert run(ready, "fail").returncode == 7


def test_tests_get_the_development_lock(ready: Path) -> None:
    site = ready
    extra = make_wheel(site.parent / "index", "pytest", "5.0", {"pytest.py": ""})
    lock = (site / "requirements.lock").read_text(encoding="utf-8")
    digest = hashlib.sha256(extra.read_bytes()).hexdigest()
    more = f"{lock}pytest==5.0 \\\n    --hash=sha256:{digest}\n"
    (site / "requirements-dev.lock").write_text(more, encoding="utf-8")
    assert "pytest 5.0" not in run(site, "build").stdout
    assert "pytest 5.0" in run(site, "test", "--no-browser").stdout
    assert run(site, "build").stdout.startswith("ran ")


def test_older_pythons_can_read_the_script_to_say_that_they_are_too_old() -> None:
    ast.parse(TASKS.read_text(encoding="utf-8"), feature_version=OLDEST_THAT_READS_IT)


@pytest.mark.skipif(os.name == "nt", reason="apt-get is Debian's")
@pytest.mark.parametrize("user", [0, 1000])
def test_debian_without_venv(
    bootstrap: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    user: int,
) -> None:
    """Root gets the package by apt-get (here one that only notes its call); others the line."""
    calls = tmp_path / "calls"
    program = tmp_path / "apt-get"
    program.write_text(f'#!/bin/sh\necho "$@" >> {calls}\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(os, "geteuid", lambda: user)
    package = f"python3.{sys.version_info[1]}-venv"
    if user == 0:
        bootstrap.get_venv_module()
        assert calls.read_text(encoding="utf-8").splitlines() == [
            "update -q",
            f"install -y -q --no-install-recommends {package}",
        ]
        assert package in capsys.readouterr().out
    else:
        with pytest.raises(bootstrap.SetupError, match=f"sudo apt-get install {package}"):
            bootstrap.get_venv_module()
        assert not calls.exists()
