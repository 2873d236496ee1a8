"""An office's own site, laid out by ``start`` and running from its own folder."""

import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from dangjian.authoring.new_article import suggest_slug
from dangjian.authoring.new_site import (
    DEFAULT_COLUMNS,
    NewColumn,
    StartError,
    read_columns,
    rename_publish_place,
)
from tests.commands import Done, run, run_as_process
from tests.running.test_commands import ROOT, files_of, write


def start(folder: Path, *words: str) -> Done:
    named = ["--name", '示例"市"党建网', "--owner", "中共示例市委组织部"]
    columns = ["--columns", "组工要闻，干部工作=ganbu，干部工作/任前公示=gongshi，政策文件"]
    return run(ROOT, "start", str(folder), *named, *columns, *words)


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office") / "site"
    made = start(folder)
    assert made.returncode == 0, made.stdout + made.stderr
    return folder


def test_what_is_laid_out(laid_out: Path) -> None:
    made = ("output/", "cache/", ".dangjian/")
    found = {path for path in files_of(laid_out) if not path.startswith(made)}
    wheel = next(path for path in found if path.endswith(".whl"))
    assert wheel.startswith("packages/dangjian-")
    assert found - {wheel} == {
        ".gitignore",
        "content/about.md",
        "content/ganbu/_column.md",
        "content/ganbu/gongshi/_column.md",
        "content/zhengcewenjian/_column.md",
        "content/zugongyaowen/_column.md",
        *(f"docs/{page.name}" for page in (ROOT / "docs/editors").glob("*.md")),
        *(f"docs/pictures/{one.name}" for one in (ROOT / "docs/editors/pictures").iterdir()),
        *(
            f"docs/administrators/{page.name}"
            for page in (ROOT / "docs/administrators").glob("*.md")
        ),
        "pelicanconf.py",
        "publishconf.py",
        "requirements.lock",
        "tasks.py",
    }
    assert "栏目类型: 政策文件" in (laid_out / "content/zhengcewenjian/_column.md").read_text(
        "utf-8"
    )
    for name in ("tasks.py", "requirements.lock"):
        assert (laid_out / name).read_bytes() == (ROOT / name).read_bytes()


def test_it_was_built_at_once_without_a_mistake(laid_out: Path) -> None:
    assert '示例"市"党建网' in (laid_out / "output/about.html").read_text("utf-8").replace(
        "&#34;", '"'
    )
    checked = run(laid_out, "check", "--settings", "pelicanconf.py")
    found, _, to_publish = checked.stdout.partition("发布之前还要改：")
    # The site is named with half-width quotation marks here, and its first page names it.
    assert [line for line in found.splitlines() if re.search(r"提醒：|错误：", line)] == [
        line for line in found.splitlines() if "半角标点" in line
    ]
    assert to_publish.count("错误：") == 1
    assert "SITEURL" in to_publish


def test_the_wheel_holds_plugin_theme_and_what_start_needs(laid_out: Path) -> None:
    with zipfile.ZipFile(next((laid_out / "packages").glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    assert {
        "dangjian/plugin/hooks.py",
        "dangjian/theme/templates/article.html",
        "dangjian/theme/preview.js",
        "dangjian/scaffold/tasks.py",
        "dangjian/scaffold/requirements.lock",
        "dangjian/scaffold/pelicanconf.py.txt",
    } <= names
    assert not any(name.startswith(("tests/", "content/")) for name in names)


def test_a_folder_with_anything_in_it_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path / "mine.txt", "mine")
    refused = start(tmp_path)
    assert refused.returncode == 1
    assert "不是空文件夹" in refused.stderr
    assert files_of(tmp_path) == {"mine.txt": b"mine"}


@pytest.mark.slow
def test_the_installed_release_runs_the_office_and_starts_another(
    laid_out: Path, tmp_path: Path
) -> None:
    """In an environment that has the wheel and sees nothing of the checkout."""
    packages = installed(laid_out, tmp_path)
    environment = {"PYTHONPATH": str(packages)}
    menu = run_as_process(laid_out, "--list", **environment)
    assert "预览：" in menu.stdout
    assert "mypy" not in menu.stdout
    where = "import dangjian; print(dangjian.theme_path())"
    shown = subprocess.run(
        [sys.executable, "-c", where],
        cwd=laid_out,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    assert Path(shown.stdout.strip()) == packages / "dangjian" / "theme"
    assert run_as_process(laid_out, "build", **environment).returncode == 0

    other = tmp_path / "other"
    named = ["--name", "乙网", "--owner", "乙", "--columns", "要闻"]
    made = run_as_process(laid_out, "start", str(other), *named, **environment)
    assert made.returncode == 0, made.stdout + made.stderr
    for name in ("tasks.py", "requirements.lock"):
        assert (other / name).read_bytes() == (ROOT / name).read_bytes()
    assert [file.name for file in (other / "packages").iterdir()] == [
        file.name for file in (laid_out / "packages").iterdir()
    ]


def installed(site: Path, folder: Path) -> Path:
    """The site's wheel, installed by pip into a folder of its own."""
    venv.create(folder / "venv", with_pip=False)
    target = folder / "installed"
    wheel = next((site / "packages").glob("*.whl"))
    command = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--target"]
    subprocess.run([*command, str(target), str(wheel)], check=True, capture_output=True)
    return target


def test_an_upgrade_changes_the_release_and_nothing_else(tmp_path: Path) -> None:
    site = tmp_path / "site"
    assert start(site).returncode == 0
    write(site / "packages/dangjian-0.1.0-py3-none-any.whl", "old")
    write(site / "requirements.lock", "old==1")
    write(site / "pelicanconf.py", (site / "pelicanconf.py").read_text("utf-8") + "\n# ours\n")
    before = files_of(site)
    upgraded = run(ROOT, "start", str(site), "--upgrade")
    assert upgraded.returncode == 0, upgraded.stderr
    after = files_of(site)
    assert "packages/dangjian-0.1.0-py3-none-any.whl" not in after
    assert after["requirements.lock"] == (ROOT / "requirements.lock").read_bytes()
    ours = {path for path in before if not path.startswith(("packages/", "requirements"))}
    assert {path: after[path] for path in ours} == {path: before[path] for path in ours}


def test_an_upgrade_renames_where_a_site_goes_live(tmp_path: Path) -> None:
    file = tmp_path / "publishconf.py"
    old = b'SITEURL = "https://a.example.gov.cn"\r\nOUTPUT_PATH = "/srv/www/dj"\r\n'
    file.write_bytes(old)
    assert rename_publish_place(file)
    assert file.read_bytes() == old.replace(b"OUTPUT_PATH", b"PUBLISH_TO")
    both = file.read_bytes() + b'OUTPUT_PATH = "output"\r\n'
    file.write_bytes(both)
    assert not rename_publish_place(file)
    assert file.read_bytes() == both


def test_an_upgrade_of_something_else_is_refused(tmp_path: Path) -> None:
    refused = run(ROOT, "start", str(tmp_path), "--upgrade")
    assert refused.returncode == 1
    assert "不是由 start 建立的" in refused.stderr
    assert files_of(tmp_path) == {}


def test_columns_by_name_with_folders_of_their_own() -> None:
    assert read_columns(["要闻", "干部工作=ganbu", "干部工作/公示"]) == (
        NewColumn("要闻", "yaowen"),
        NewColumn("干部工作", "ganbu"),
        NewColumn("公示", "ganbu/gongshi"),
    )
    assert len({column.folder for column in read_columns(DEFAULT_COLUMNS)}) == len(DEFAULT_COLUMNS)


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        (["权利", "权力"], "同名或网址名相同"),
        (["公示/一"], "要写在它前面"),
        (["要闻=要闻"], "网址名用小写字母"),
        (["要闻=../x"], "网址名用小写字母"),
        ([" "], "至少要有一个栏目"),
    ],
)
def test_columns_that_cannot_be(words: list[str], reported: str) -> None:
    with pytest.raises(StartError, match=reported):
        read_columns(words)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("四个三", "si-ge-san"),
        ("“1+6”模式", "1-6-mo-shi"),
        ("Ａ类", "a-lei"),
        ("——", ""),
        ("很" * 50, "-".join(["hen"] * 10)),
    ],
)
def test_offered_names(title: str, slug: str) -> None:
    assert suggest_slug(title) == slug
