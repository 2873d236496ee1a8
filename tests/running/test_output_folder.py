"""What ``build``, ``pelican`` and ``clean`` write or delete: only what is ours."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dangjian.building.cache_folder import clean
from dangjian.building.site import SiteError
from dangjian.common.errors import PlaceError
from tests.publishing import Office
from tests.sites import Site, article, assert_same, column, folder_bytes

FILES: dict[str, str | bytes] = {
    "content/yw/_column.md": column("要闻"),
    **{f"content/yw/n{n}.md": article(f"稿件{n}", body=f"第{n}篇。") for n in range(4)},
}

ROOT = Path(__file__).resolve().parents[2]


def test_a_folder_with_files_of_others_is_not_built_into(make: Site) -> None:
    make.write("output/robots.txt", "别人的")
    make.write("output/static/app.js", "别人的")
    with pytest.raises(PlaceError, match=r"2 个文件（robots\.txt、static/app\.js）"):
        make.build()
    assert set(folder_bytes(make.output)) == {"robots.txt", "static/app.js"}


def test_files_that_others_add_stay_and_are_reported(make: Site) -> None:
    make.build()
    names = ["static/x.js", "media/x.png", "files/x.pdf", "feeds/x.xml", "search/x.js", "x.html"]
    page = '<meta name="generator" content="Dangjian">'
    for name in names:
        make.write(f"output/{name}", page)
    make.edit("content/yw/n1.md", "第1篇", "改过")
    make.delete("content/yw/n2.md")
    built = make.build()
    assert built.report.production.foreign == sorted(names)
    assert all(built.text(name) == page for name in names)
    assert "yw/2020/06/n2.html" not in built.files()


def test_what_others_put_at_a_planned_place_is_not_overwritten(make: Site) -> None:
    make.build()
    make.write("output/yw/2020/06/neu.html", "别人的")
    make.write("content/yw/neu.md", article("新的"))
    with pytest.raises(PlaceError, match=r"neu\.html.*会盖掉它"):
        make.build()
    assert make.output.joinpath("yw/2020/06/neu.html").read_text(encoding="utf-8") == "别人的"


def test_without_a_list_nothing_is_removed_by_its_looks(make: Site) -> None:
    make.build()
    shutil.rmtree(make.cache)
    make.delete("content/yw/n2.md")
    assert "yw/2020/06/n2.html" not in make.build().files()  # the list alone is enough
    shutil.rmtree(make.cache)
    shutil.rmtree(make.folder / ".dangjian")
    before = folder_bytes(make.output)
    with pytest.raises(PlaceError, match="请删去整个"):
        make.build()
    assert folder_bytes(make.output) == before
    shutil.rmtree(make.output)
    assert_same(make.build().files(), make.clean_build())


def test_the_list_of_an_earlier_version_is_its_catalogue(make: Site) -> None:
    make.build()
    shutil.rmtree(make.folder / ".dangjian")
    make.delete("content/yw/n2.md")
    assert_same(make.build().files(), make.clean_build())


@pytest.mark.parametrize("place", [".", "content", "content/out", "..", "templates"])
def test_an_output_that_is_not_its_own_is_refused(make: Site, place: str) -> None:
    make.write("templates/own.html", "x")
    make.output = make.folder / place
    before = folder_bytes(make.folder)
    with pytest.raises(PlaceError, match="不能生成到"):
        make.build()
    assert folder_bytes(make.folder) == before


@pytest.mark.parametrize("place", [".", "content", "content/out", "..", "templates"])
def test_a_cache_that_is_not_its_own_is_refused(make: Site, place: str) -> None:
    make.write("templates/own.html", "x")
    make.cache = make.folder / place
    before = folder_bytes(make.folder)
    with pytest.raises(PlaceError, match=r"缓存文件夹 .*CACHE_PATH"):
        make.build()
    assert folder_bytes(make.folder) == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_a_pipe_in_the_place_of_the_list_is_not_waited_for(make: Site) -> None:
    make.build()
    (kept,) = make.folder.glob(".dangjian/outputs/*")
    kept.unlink()
    os.mkfifo(kept)
    make.write("content/yw/neu.md", article("新的"))
    with pytest.raises(PlaceError, match="管道"):
        make.build()


@pytest.fixture
def make(tmp_path: Path) -> Site:
    return Site(tmp_path / "site", FILES)


def test_clean_removes_what_was_made_and_nothing_else(make: Site) -> None:
    make.build()
    make.write("cache/notes.txt", "别人的")
    make.write("output/notes.txt", "别人的")
    sources = folder_bytes(make.content)
    cleaned = clean(make.workplace(), output=True)
    assert cleaned.left == [make.output / "notes.txt", make.cache / "notes.txt"]
    assert set(folder_bytes(make.cache)) == {"notes.txt"}
    assert set(folder_bytes(make.output)) == {"notes.txt"}
    assert folder_bytes(make.content) == sources
    (make.output / "notes.txt").unlink()
    assert_same(make.build().files(), make.clean_build())


@pytest.mark.parametrize("cache", [".", "content", "content/yw", ".."])
def test_clean_refuses_a_cache_that_is_not_its_own(make: Site, cache: str) -> None:
    make.cache = make.folder / cache
    before = folder_bytes(make.folder)
    with pytest.raises(PlaceError, match="什么也没有删除"):
        clean(make.workplace(), output=False)
    assert folder_bytes(make.folder) == before


def test_clean_takes_no_folder_for_a_cache_by_its_names(make: Site) -> None:
    make.cache = make.folder / "mine"
    make.write("mine/pictures/a.jpg", "我的照片")
    make.write("mine/letter.txt", "我的信")
    make.build()
    with pytest.raises(PlaceError, match=r"letter\.txt"):
        clean(make.workplace(), output=False)
    assert (make.cache / "pictures/a.jpg").exists()


def test_a_wrong_retention_is_reported(tmp_path: Path) -> None:
    office = Office(tmp_path / "site", FILES, 'OUTPUT_RETENTION = "MP_verify.txt"\n')
    with pytest.raises(SiteError, match=r'要写列表，例如 \["MP_verify\.txt"\]'):
        office.publish()


IN_A_NAMESPACE = """
set -e
mkdir -p "$1/elsewhere"
mount --bind "$1/$2" "$1/elsewhere"
[ "$3" = mounts ] || mount -t tmpfs none /proc
exec "$4" -c "$5" "$1/site" "$6"
"""
BUILD_ELSEWHERE = """
import sys
from pathlib import Path
from dangjian.building.site import Site, SiteError
try:
    Site(Path(sys.argv[1], "publishconf.py"), output=Path(sys.argv[1], sys.argv[2])).build()
except SiteError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux mounts a folder in two places")
@pytest.mark.parametrize("known", ["mounts", "numbers"])
@pytest.mark.parametrize(
    ("mounted", "output", "says"),
    [
        ("site/content", "elsewhere", "就是文章文件夹"),
        ("site/content", "elsewhere/out", "在文章文件夹"),
        ("site/content/yw", "elsewhere", "在文章文件夹"),
        ("site", "elsewhere", "里有文章文件夹"),
        ("site/public", "elsewhere", "是线上网站"),
    ],
)
def test_a_folder_that_is_mounted_in_a_second_place_is_known(
    tmp_path: Path, mounted: str, output: str, says: str, known: str
) -> None:
    """By what is mounted where, or (as on a disk that ignores case) by the folder's number."""
    if (mounted, known) == ("site/content/yw", "numbers"):
        return  # only the list of mounts says what lies around it
    office = Office(tmp_path / "site", FILES)
    office.publish()
    before = folder_bytes(office.site.content) | folder_bytes(office.live)
    script = [IN_A_NAMESPACE, "sh", str(tmp_path), mounted, known]
    words = [
        "unshare",
        "-Urm",
        "sh",
        "-c",
        *script,
        sys.executable,
        BUILD_ELSEWHERE,
        f"../{output}",
    ]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert says in done.stdout, done.stdout + done.stderr
    assert folder_bytes(office.site.content) | folder_bytes(office.live) == before
