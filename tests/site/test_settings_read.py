"""Settings read without Pelican come to the same as by Pelican; what goes beyond is left to it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pelican.settings import read_settings

from dangjian.building.site import Site, SiteError
from dangjian.settings.plain import DEFAULTS, WrongSettingError, read_plain, with_folders
from dangjian.settings.workspace import Run, workplace_of
from tests.conftest import ROOT, MakeSite
from tests.sites import article, column

PLAIN = """
import dangjian
SITENAME = "示例市党建网"
SITEURL = "https://dj.example.gov.cn/"
OWNER = "中共示例市委组织部"
PLUGINS = ["dangjian"]
THEME = dangjian.theme_path()
PATH = "content"
TIMEZONE = "Asia/Shanghai"
_OWN = 1
lower = 2
"""


def settings_file(folder: Path, text: str) -> Path:
    (folder / "content").mkdir()
    (folder / "extra").mkdir()
    file = folder / "pelicanconf.py"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ["pelicanconf.py", "publishconf.py"])
@pytest.mark.parametrize("override", [{}, {"OUTPUT_PATH": "/elsewhere", "WORKERS": 3}])
def test_the_sample_needs_no_pelican(name: str, override: dict[str, object]) -> None:
    file = ROOT / name
    plain = read_plain(file, override)
    assert plain is not None
    run = Run(settings_file=file, publishing=name == "publishconf.py")
    by_pelican = with_folders(file, read_settings(str(file), override=dict(override)), DEFAULTS)
    assert workplace_of(plain, run) == workplace_of(by_pelican, run)


def test_folders_are_taken_from_where_the_file_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = settings_file(tmp_path, PLAIN + 'OUTPUT_PATH = "output"\nCACHE_PATH = "made"\n')
    monkeypatch.chdir(tmp_path / "extra")
    plain = read_plain(file, {})
    assert plain is not None
    assert (plain["PATH"], plain["OUTPUT_PATH"], plain["CACHE_PATH"]) == tuple(
        str(tmp_path / name) for name in ("content", "output", "made")
    )
    run = Run(settings_file=file)
    assert workplace_of(plain, run) == workplace_of(read_settings(str(file)), run)


@pytest.mark.parametrize("more", ["", "TYPOGRIFY = False\n"], ids=["plain", "by Pelican"])
def test_folders_that_are_not_named_are_next_to_the_file_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str
) -> None:
    """Wherever the command runs: each folder would have a cache of its own."""
    file = settings_file(tmp_path, PLAIN + more)
    monkeypatch.chdir(tmp_path / "extra")
    place = Site(file).workplace()
    assert (place.output, place.catalogue.parent) == (tmp_path / "output", tmp_path / "cache")


@pytest.mark.parametrize("more", ["", "TYPOGRIFY = False\n"], ids=["plain", "by Pelican"])
def test_no_compiled_settings_are_left_and_an_edit_within_the_second_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    file = settings_file(tmp_path, PLAIN + more)
    publish = file.with_name("publishconf.py")
    publish.write_text(
        "import sys\nfrom pathlib import Path\n"
        "sys.path.insert(0, str(Path(__file__).parent))\nfrom pelicanconf import *\n",
        encoding="utf-8",
    )
    assert Site(publish).workplace().office.name == "示例市党建网"
    times = file.stat().st_mtime_ns
    file.write_text((PLAIN + more).replace("示例市党建网", "样例市党建网"), encoding="utf-8")
    os.utime(file, ns=(times, times))
    assert Site(publish).workplace().office.name == "样例市党建网"
    assert not list(tmp_path.rglob("__pycache__"))
    assert not sys.dont_write_bytecode


@pytest.mark.parametrize(
    "more",
    [
        'PLUGINS = ["dangjian", "other"]',
        "DELETE_OUTPUT_DIRECTORY = True",
        "JINJA_FILTERS = {}",
        'THEME = "notmyidea"',
    ],
)
def test_what_goes_beyond_is_pelicans(tmp_path: Path, more: str) -> None:
    assert read_plain(settings_file(tmp_path, f"{PLAIN}\n{more}\n"), {}) is None


def test_a_folder_that_is_no_path_is_reported(tmp_path: Path) -> None:
    with pytest.raises(WrongSettingError, match="OUTPUT_PATH 要写文件夹的路径"):
        read_plain(settings_file(tmp_path, f"{PLAIN}\nOUTPUT_PATH = None\n"), {})


def test_articles_that_are_nowhere_are_reported(tmp_path: Path) -> None:
    file = settings_file(tmp_path, PLAIN)
    (tmp_path / "content").rmdir()
    with pytest.raises(SiteError) as reported:
        Site(file).build()
    assert "pelicanconf.py:8" in str(reported.value)
    assert f"没有 {tmp_path / 'content'} 这个文章文件夹" in str(reported.value)


def test_another_plugin_takes_part(make_site: MakeSite) -> None:
    """It hears Pelican's signals, sees the archive, and what it writes stays."""
    site = make_site({"content/jcdj/_column.md": column("基层党建")})
    site.write("content/jcdj/a.md", article("甲"))
    site.write(
        "counting_articles.py",
        "from pathlib import Path\nfrom pelican import signals\n"
        "def count(pelican):\n"
        "    found = pelican.portal_generators[0].context['articles']\n"
        "    Path(pelican.output_path, 'count.txt').write_text(str(len(found)))\n"
        "def register():\n    signals.finalized.connect(count)\n",
    )
    text = site.settings_text().replace('["dangjian"]', '["dangjian", "counting_articles"]')
    file = site.write("pelicanconf.py", f'PLUGIN_PATHS = ["."]\n{text}')
    # In a process of its own, in which nothing else hears these signals afterwards.
    loaded_by_build(file)
    assert (site.output / "count.txt").read_text() == "1"


def loaded_by_build(file: Path) -> str:
    """Which of the modules that take long to load a build in a process of its own has loaded."""
    code = (
        "import sys; from pathlib import Path; from dangjian.building.site import Site\n"
        f"Site(Path({str(file)!r}), workers=2).build()\n"
        "print(*sorted({'pelican', 'jinja2', 'numpy', 'markdown', 'PIL'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_nothing_changed_is_reported_without_pelican(make_site: MakeSite) -> None:
    """And new words are published without numpy, which the other process has loaded."""
    site = make_site({"content/jcdj/_column.md": column("基层党建")})
    site.write("content/jcdj/a.md", article("甲"))
    file = site.write("pelicanconf.py", site.settings_text())
    for source in site.content.rglob("*.md"):
        os.utime(source, (1_600_000_000, 1_600_000_000))
    loaded_by_build(file)
    assert loaded_by_build(file) == ""
    site.edit("content/jcdj/a.md", "正文", "正文，改过")
    in_one = {"numpy"} if sys.platform != "linux" else set()
    assert set(loaded_by_build(file).split()) - in_one == {"jinja2"}


def test_a_mistake_in_the_settings_is_reported_as_it_is_now(make_site: MakeSite) -> None:
    """Nothing but the mistake changes: neither a repaired nor a new one may be remembered."""
    site = make_site({"content/xw/_column.md": column("新闻"), "content/xw/a.md": article()})

    def errors(more: str) -> list[str]:
        file = site.write("pelicanconf.py", site.settings_text() + more)
        return [problem.message[:18] for problem in Site(file).build().problems.errors]

    assert errors("") == []
    assert errors('SITENAM = "x"\n') == ["没有 SITENAM 这一项设置，是"]
    assert errors('PAGE_SIZE = "abc"\n') == ["PAGE_SIZE（每页条数）写的是"]
    assert errors("") == []
