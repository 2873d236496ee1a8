"""Finding a browser for the tests, getting Debian's, or saying how to get one."""

import os
from pathlib import Path

import pytest

from dangjian.cli.browser import NoBrowserError, find_browser, get_browser

pytestmark = pytest.mark.skipif(os.name == "nt", reason="programs here are shell scripts")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    return folder


def put(folder: Path, name: str, script: str = "") -> Path:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize("name", ["chromium", "google-chrome", "microsoft-edge"])
def test_browsers_by_their_names(programs: Path, name: str) -> None:
    assert find_browser() == ""
    assert put(programs, name) == Path(find_browser())


def test_the_one_that_is_named_comes_first(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(programs, "chromium")
    mine = put(programs, "mine")
    monkeypatch.setenv("CHROMIUM", str(mine))
    assert find_browser() == str(mine)


def test_without_apt_the_way_out_is_said(programs: Path) -> None:
    assert programs.is_dir()
    with pytest.raises(NoBrowserError, match="--no-browser"):
        get_browser()


def test_others_than_root_get_the_line(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(programs, "apt-get", "exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(NoBrowserError, match="sudo apt-get install chromium fonts-noto-cjk"):
        get_browser()


def test_root_gets_debians(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = put(programs, "ready")
    script = f'[ "$1" = update ] || /bin/cp {ready} {programs}/chromium'
    put(programs, "apt-get", script)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert get_browser() == str(programs / "chromium")


def test_an_installation_that_fails_is_said(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(programs, "apt-get", "exit 100")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(NoBrowserError, match="没有装成"):
        get_browser()
