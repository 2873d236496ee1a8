"""What one build leaves for the next: trusted as far as it proves something, and no further."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dangjian.building import last_build, snapshot
from dangjian.building.snapshot import Trust, find_doubts, note_trust, read_trust, take
from dangjian.common.report import Stage
from tests.conftest import ROOT, MakeSite
from tests.incremental.edits import picture
from tests.sites import Built, Site, article, assert_same, column

LONG_AGO = 1_600_000_000
TO_COME = 4_000_000_000
"""A time of changes that no build comes too late for, on however slow a machine."""


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """Three articles, one of them with a picture and an attachment. Written just now, not built."""
    return make_site(
        {
            "content/jcdj/_column.md": column("基层党建"),
            "content/jcdj/a.md": article("甲", body="甲文。\n\n![广场](p.png)"),
            "content/jcdj/b.md": article("乙", body="乙文。", attachments=["biao.csv"]),
            "content/jcdj/c.md": article("丙", body="走访入户，了解需求。" * 20 + "丙文。"),
            "content/jcdj/p.png": picture(10),
            "content/jcdj/biao.csv": "单位,人数\n甲,3\n",
            "templates/parts/extra.html": "<!-- 一 -->",
        }
    )


def age(folder: Path) -> None:
    """Set all modification times back, as those of files that were copied with their times."""
    for file in folder.rglob("*"):
        os.utime(file, (LONG_AGO, LONG_AGO))


def is_whole(built: Built) -> bool:
    """Whether the whole archive was arranged."""
    return Stage.RELATED in built.report.seconds


def test_the_first_edit_after_a_first_build_is_like_later_ones(site: Site) -> None:
    """All files, pictures and templates included, were written moments before the first build."""
    assert is_whole(site.build())
    for words in ("丙文，", "丙文；", "丙文："):
        site.edit("content/jcdj/c.md", "丙文", words)
        built = site.build()
        assert not is_whole(built)
        assert built.rendered == {"jcdj/2020/06/c.html"}
    assert list(site.build().report.seconds) == [Stage.COMPARE]
    assert_same(site.build().files(), site.clean_build())


def test_recent_files_beyond_the_limit_are_looked_at_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On both sides of the number of bytes up to which recent other files are digested."""
    others = [site.content / "jcdj/p.png", site.content / "jcdj/biao.csv"]
    others += [file for file in (site.folder / "templates").rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in others)
    for limit, whole in ((size, False), (size - 1, True)):
        monkeypatch.setattr(snapshot, "MAX_RECHECKED_BYTES", limit)
        shutil.rmtree(site.cache, ignore_errors=True)
        for file in others:
            os.utime(file, (TO_COME, TO_COME))
        site.build()
        site.edit("content/jcdj/c.md", "丙文", "丙文，")
        built = site.build()
        assert is_whole(built) is whole, limit
        assert_same(built.files(), site.clean_build())


@pytest.mark.parametrize(("limit", "stages"), [(4, 1), (3, 2)])
def test_recent_sources_are_compared_up_to_a_number(
    site: Site, monkeypatch: pytest.MonkeyPatch, limit: int, stages: int
) -> None:
    """There are four. Beyond the number a build begins, and finds as well that nothing is new."""
    monkeypatch.setattr(last_build, "MAX_RECHECKED", limit)
    for file in site.content.rglob("*.md"):
        os.utime(file, (TO_COME, TO_COME))
    site.build()
    built = site.build()
    assert (len(built.report.seconds) > 1) == (stages > 1)
    assert not built.rendered
    assert not built.written


def test_times_are_trusted_two_seconds_after(site: Site) -> None:
    """A file that changed just before the limit is trusted, one that changed just then is not."""
    place = site.workplace()
    with site.engine() as engine:
        engine.build()
        os.utime(site.content / "jcdj/p.png", (TO_COME, TO_COME))
        looked = take(place)
        note_trust(engine.catalogue, looked)
        assert read_trust(engine.catalogue).before == looked.started - 2_000_000_000
    changed = looked.scan.changed["jcdj/a.md"]
    assert "jcdj/a.md" in find_doubts(place, looked, Trust(changed))
    assert "jcdj/a.md" not in find_doubts(place, looked, Trust(changed + 1))
    changed = looked.changed["jcdj/p.png"]
    assert "jcdj/p.png" in find_doubts(place, looked, Trust(changed))
    assert "jcdj/p.png" not in find_doubts(place, looked, Trust(changed + 1))
    assert "jcdj/p.png" not in find_doubts(place, looked, Trust(changed, looked.recent))


@pytest.mark.skipif(sys.platform == "win32", reason="no time of the last status change there")
@pytest.mark.parametrize(
    ("name", "old", "new", "shown"),
    [
        ("content/jcdj/c.md", "丙文", "丁文", "jcdj/2020/06/c.html"),
        ("content/jcdj/c.md", '丙"', '戊"', "jcdj/index.html"),
        ("content/jcdj/biao.csv", "甲,3", "甲,4", ""),
        ("templates/tags.html", "tags-one", "tags-two", "tags/index.html"),
    ],
)
@pytest.mark.parametrize("aged", [False, True])
def test_an_edit_that_keeps_size_and_time_is_seen(
    site: Site, name: str, old: str, new: str, shown: str, aged: bool
) -> None:
    """As ``cp -p`` and ``touch -r`` leave it, an hour after the last build or a moment."""
    source = (site.theme / "templates/tags.html").read_text(encoding="utf-8")
    site.write("templates/tags.html", f"{source}<!-- tags-one -->")
    site.edit("content/jcdj/a.md", "title", "tags: [党课]\ntitle")
    if aged:
        age(site.content)
        age(site.folder / "templates")
    site.build()
    file = site.folder / name
    times = (file.stat().st_atime_ns, file.stat().st_mtime_ns)
    size = file.stat().st_size
    site.edit(name, old, new)
    os.utime(file, ns=times)
    assert (file.stat().st_mtime_ns, file.stat().st_size) == (times[1], size)
    built = site.build()
    assert_same(built.files(), site.clean_build())
    if name.endswith(".html"):
        assert shown in built.rendered
    elif shown:
        assert new.strip('"') in built.text(shown)


def test_a_mistake_in_the_settings_is_reported_as_long_as_it_is_there(site: Site) -> None:
    assert not site.build().errors
    for mistake in ({"SITENAM": "x"}, {"PAGE_SIZE": "abc"}):
        before = dict(site.settings)
        site.settings.update(mistake)
        assert site.build().errors, mistake
        assert site.build().errors, mistake
        site.settings = before
        assert not site.build().errors, mistake


def test_content_that_was_away_for_a_moment_leaves_no_mark(site: Site) -> None:
    """A share that was not mounted: whatever that build said, the next one knows nothing of it."""
    age(site.content)
    clean = site.build().files()
    away = site.content.rename(site.folder / "away")
    assert site.build().errors
    away.rename(site.content)
    built = site.build()
    assert not built.errors
    assert_same(built.files(), clean)


MODULES = """
import sys
from pathlib import Path
from dangjian.building.site import Site
assert not Site(Path("pelicanconf.py")).build().failed
print(*sys.modules)
"""
MODULES_OF_COMMAND = f"""
import sys
from pathlib import Path
from invoke.program import Program
from dangjian.cli import collection
Program(namespace=collection(Path({str(ROOT)!r}))).run(["invoke", "build"], exit=False)
print(*sys.modules)
"""
SLOW = ("dangjian.pages", "dangjian.rendering", "dangjian.feeds", "dangjian.building.build",
        "dangjian.text.markup", "pelican.", "jinja2", "markdown", "numpy", "PIL")  # fmt: skip
# A package itself, and what stops a publish, are small; a command catches the latter.
PUBLISHING = {"dangjian.publishing", "dangjian.publishing.errors"}


def loaded_by(script: str, site: Site) -> set[str]:
    """The names of the modules that a build has loaded at its end."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=site.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("script", [MODULES, MODULES_OF_COMMAND], ids=["site", "command"])
def test_what_makes_pages_is_not_imported_where_nothing_has_changed(
    site: Site, script: str
) -> None:
    """All of it lies behind one door, which only a build with something to do passes."""
    site.write("pelicanconf.py", site.settings_text())
    first, second = loaded_by(script, site), loaded_by(script, site)
    assert {"dangjian.building.build", "dangjian.pages.presenter", "jinja2"} <= first
    assert not [name for name in second if name.startswith(SLOW)]
    publishing = {name for name in second if name.startswith("dangjian.publishing")}
    assert publishing <= PUBLISHING


BUILD = """
import sys
from pathlib import Path
from tests.sites import Site
built = Site(Path(sys.argv[1])).build()
print("\\n".join(built.errors))
"""
OVERRIDES = "-dac_override,-dac_read_search"


def build_as_others(site: Site) -> list[str]:
    """Build a site by a user who may not read everything, as root may; gives the errors."""
    command = [sys.executable, "-c", BUILD, str(site.folder)]
    if os.geteuid() == 0:
        command = ["setpriv", f"--bounding-set={OVERRIDES}", *command]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return list(filter(None, done.stdout.splitlines()))


@pytest.mark.skipif(sys.platform != "linux", reason="needs setpriv where it is run by root")
def test_what_may_be_read_again_is_read_again(site: Site) -> None:
    """A picture, an attachment, an article, a folder: no size or time tells of the permission."""
    age(site.content)
    closed = [site.content / "jcdj" / name for name in ("p.png", "biao.csv", "c.md")]
    for file in closed:
        file.chmod(0)
    errors = build_as_others(site)
    assert {error.partition(":")[0] for error in errors} == {"jcdj/a.md", "jcdj/b.md", "jcdj/c.md"}
    assert build_as_others(site) == errors, "reported as long as it is so"
    for file in closed:
        file.chmod(0o644)
    assert build_as_others(site) == []
    assert (site.output / "jcdj/2020/06/c.html").is_file()
    assert len(list((site.output / "media").glob("p.*"))) == 1
    (site.content / "jcdj").chmod(0)
    assert build_as_others(site)
    (site.content / "jcdj").chmod(0o755)
    assert build_as_others(site) == []
