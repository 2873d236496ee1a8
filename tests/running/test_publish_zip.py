"""Publishing to a network without a line: signed files on one side, ``--apply`` on the other."""

import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from dangjian.publishing.applying import apply_file
from dangjian.publishing.errors import PublishError
from dangjian.publishing.outcome import Options, Outcome
from tests.publishing import Office
from tests.sites import article, assert_same, column, folder_bytes

FILES: dict[str, str | bytes] = {
    "content/yw/_column.md": column("要闻"),
    **{f"content/yw/n{n}.md": article(f"稿件{n}", body=f"第{n}篇。") for n in range(3)},
}
PAGE = "yw/2020/06/n1.html"


def make_key(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    key = folder / name
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(key)]
    subprocess.run(command, check=True)
    return key


class Sides:
    """An office, its stick, and the site on the other side, which has no articles of its own."""

    def __init__(self, top: Path) -> None:
        self.stick = top / "stick"
        self.stick.mkdir()
        self.key = make_key(top / "keys", "office")
        more = f"PUBLISH_TO = ['public', 'zip:{self.stick}']\nSIGNING_KEY = {str(self.key)!r}\n"
        self.office = Office(top / "site", FILES, more)
        self.far = Office(top / "far", {"content/.keep": ""})
        public = self.key.with_suffix(".pub").read_text(encoding="utf-8")
        self.far.site.write("allowed_signers", f"office@example.com {public}")

    def publish(self, **options: object) -> Path:
        """Publish; the newest file on the stick."""
        before = set(self.stick.iterdir())
        assert not self.office.publish(**options).failed
        (new,) = set(self.stick.iterdir()) - before
        return new

    def apply(self, file: Path, **options: object) -> Outcome:
        given = Options(**options)  # type: ignore[arg-type]
        outcome, signer = apply_file(self.far.settings, file, given)
        assert signer == "office@example.com"
        return outcome


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """The folder of both sides, the whole file, and one with what changed after it."""
    top = tmp_path_factory.mktemp("zip") / "top"
    top.mkdir()
    sides = Sides(top)
    whole = sides.publish()
    sides.office.site.edit(
        "content/yw/n1.md", "title:", 'aliases: ["/old.asp?id=5", "/a.html"]\ntitle:'
    )
    sides.office.site.edit("content/yw/n1.md", "第1篇", "改过了")
    sides.office.site.delete("content/yw/n2.md")
    return top, whole, sides.publish()


@pytest.fixture
def far(made: tuple[Path, Path, Path], tmp_path: Path) -> "Sides":
    sides = object.__new__(Sides)
    sides.far = Office(Path(shutil.copytree(made[0] / "far", tmp_path / "far")), {})
    return sides


def test_the_other_side_gets_the_whole_site_and_then_what_changed(
    made: tuple[Path, Path, Path], far: Sides
) -> None:
    top, whole, part = made
    assert whole.name.endswith("-all.zip")
    assert part.stat().st_size < whole.stat().st_size / 2
    with zipfile.ZipFile(part) as archive:
        names = archive.namelist()
    assert f"files/{PAGE}" in names
    assert "files/yw/2020/06/n0.html" not in names
    assert far.apply(whole).changes.appeared == [f"稿件{n}" for n in range(3)]
    dry = far.apply(part, dry_run=True)
    outcome = far.apply(part)
    assert outcome.changes == dry.changes
    assert (outcome.changes.changed, outcome.changes.withdrawn) == (["稿件1"], ["稿件2"])
    assert_same(folder_bytes(far.far.live), folder_bytes(top / "site" / "public"))
    maps = far.far.site.folder / ".dangjian" / "server" / "public" / "nginx-site.conf"
    assert "/old.asp" in maps.read_text(encoding="utf-8")
    far.far.roll_back()
    assert "改过了" not in far.far.text(PAGE)


def test_what_does_not_follow_on_the_live_site_is_refused(
    made: tuple[Path, Path, Path], far: Sides
) -> None:
    _, whole, part = made
    with pytest.raises(PublishError, match="publish --whole"):
        far.apply(part)
    assert not far.far.live.exists()
    far.apply(whole)
    (far.far.live / "yw/2020/06/n0.html").write_text("hacked", encoding="utf-8")
    with pytest.raises(PublishError, match=r"n0\.html 不见了或被改动过"):
        far.apply(part)
    assert far.far.text("yw/2020/06/n0.html") == "hacked"


def test_a_file_that_was_changed_is_refused(
    made: tuple[Path, Path, Path], far: Sides, tmp_path: Path
) -> None:
    _, whole, _ = made
    with zipfile.ZipFile(whole) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}

    def rewritten(changes: dict[str, bytes]) -> Path:
        file = tmp_path / "x.zip"
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in {**entries, **changes}.items():
                archive.writestr(name, data)
        return file

    page = f"files/{PAGE}"
    with pytest.raises(PublishError, match="已损坏"):
        far.apply(rewritten({page: entries[page].replace("第1篇".encode(), "第9篇".encode())}))
    described = entries["release.json"].replace("稿件1".encode(), "稿件9".encode())
    with pytest.raises(PublishError, match="签名不对"):
        far.apply(rewritten({"release.json": described}))
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole.read_bytes()[:-5000])
    with pytest.raises(PublishError, match="没有拷全"):
        far.apply(cut)
    other = make_key(tmp_path / "keys", "other").with_suffix(".pub").read_text(encoding="utf-8")
    far.far.site.write("allowed_signers", f"other@example.com {other}")
    with pytest.raises(PublishError, match="签名的人不在"):
        far.apply(whole)
    (far.far.site.folder / "allowed_signers").unlink()
    with pytest.raises(PublishError, match="ALLOWED_SIGNERS"):
        far.apply(whole)
    assert not far.far.live.exists()


def test_an_older_file_and_that_of_another_site_are_refused(
    made: tuple[Path, Path, Path], far: Sides
) -> None:
    _, whole, _ = made
    far.apply(whole)
    settings = (far.far.site.folder / "publishconf.py").read_text(encoding="utf-8")
    far.far.site.write("publishconf.py", f"{settings}SITEURL = 'https://other.example.cn'\n")
    with pytest.raises(PublishError, match="的，这里是"):
        far.apply(whole)
    far.far.site.write("publishconf.py", settings)
    [state] = (far.far.site.folder / ".dangjian" / "releases").glob("*/state.json")
    text = state.read_text(encoding="utf-8").replace("2026-11-24T10", "2026-11-24T11")
    state.write_text(text, encoding="utf-8")
    with pytest.raises(PublishError, match="还旧"):
        far.apply(whole)
    assert far.apply(whole, again=True).result == "unchanged"


def test_a_file_for_the_whole_again_and_what_can_not_be_written(tmp_path: Path) -> None:
    top = tmp_path / "top"
    top.mkdir()
    sides = Sides(top)
    first = sides.publish()
    assert [one.result for one in sides.office.publish().places] == ["unchanged", "unchanged"]
    assert list(sides.stick.iterdir()) == [first]
    again = sides.publish(whole=True)
    assert again.name.endswith("-all.zip")
    shutil.rmtree(sides.stick)
    sides.office.site.edit("content/yw/n1.md", "第1篇", "改过了")
    outcome = sides.office.publish()
    assert "移动盘请先插上" in outcome.places[1].error
    sides.stick.mkdir()
    sides.key.unlink()
    assert "ssh-keygen -t ed25519" in sides.office.publish().places[1].error
    assert list(sides.stick.iterdir()) == []
