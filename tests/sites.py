"""Whole small sites for tests: written from a dict, built in this process, and asked about.

site = make_site({"content/jcdj/_column.md": column("基层党建"), "content/jcdj/a.md": article("…")})
built = site.build()
assert built.page("jcdj/2020/06/a.html").meta("PubDate") == "2020-06-16 12:24"
"""

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from lxml import html as lxml_html

from dangjian.building.engine import Engine
from dangjian.building.stored_redirects import stored_redirects
from dangjian.common.report import Report
from dangjian.paths import theme_path
from dangjian.settings import read_office
from dangjian.settings.workspace import Workplace

SETTINGS: dict[str, Any] = {
    "SITENAME": "示例市党建网",
    "SITEURL": "https://dj.example.gov.cn",
    "OWNER": "中共示例市委组织部",
    "SITE_DESCRIPTION": "示例市党的建设信息",
    "SITE_KEYWORDS": ["示例市", "党建"],
    "BUILD_AT": "2026-11-24 10:00",
    "WORKERS": 1,
}


def front_matter(fields: Mapping[str, object], body: object) -> str:
    """YAML front matter and a body; values are written as JSON, which is YAML."""
    lines = [f"{key}: {_yaml(value)}" for key, value in fields.items() if value is not None]
    return "\n".join(["---", *lines, "---", "", str(body), ""])


def _yaml(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?", value):
        return value
    return json.dumps(value, ensure_ascii=False)


def article(
    title: object = "示例标题",
    date: object = "2020-06-16 12:24",
    body: object = "正文。",
    **fields: object,
) -> str:
    """The text of an article's file."""
    return front_matter({"title": title, "date": date, **fields}, body)


def column(name: str, body: str = "", **fields: object) -> str:
    """The text of a ``_column.md``."""
    return front_matter({"name": name, "description": f"{name}稿件", **fields}, body)


def without_breaks(source: str) -> str:
    """A page's source without the marks of line breaks, so that words are found in it."""
    plain = re.sub(r'<wbr>|<span class="nb">([^<]*)</span>', r"\1", source)
    return re.sub(r'<span class="wb">([^<]*)</span>', r"\1", plain)


@dataclass(frozen=True)
class Page:
    """One page of a built site, as a tree and as text."""

    address: str
    source: str

    @cached_property
    def tree(self) -> Any:
        """The parsed page."""
        return lxml_html.document_fromstring(self.source)

    def all(self, path: str) -> list[Any]:
        """What an XPath finds."""
        found = self.tree.xpath(path)
        return list(found) if isinstance(found, list) else [found]

    def text(self, path: str = "//body") -> str:
        """The words of everything an XPath finds, white space folded."""
        words = [e if isinstance(e, str) else e.text_content() for e in self.all(path)]
        return " ".join(" ".join(words).split())

    def texts(self, path: str) -> list[str]:
        """The words of each thing an XPath finds."""
        return [
            " ".join((e if isinstance(e, str) else e.text_content()).split())
            for e in self.all(path)
        ]

    def meta(self, name: str) -> str | None:
        """The content of the one ``<meta name>``; None when there is none."""
        found = self.all(f"//meta[@name='{name}']/@content")
        assert len(found) <= 1, f"{self.address} has {len(found)} meta {name}"
        return str(found[0]) if found else None

    def links(self) -> list[str]:
        """Every ``href`` and ``src`` of the page."""
        return [str(link) for link in self.all("//@href | //@src | //@poster")]


@dataclass(frozen=True)
class Built:
    """What a build left: the report, and the output folder."""

    report: Report
    output: Path

    @property
    def exit(self) -> int:
        """The exit status that the command line gives this report."""
        return 1 if self.report.failed else 0

    @property
    def rendered(self) -> set[str]:
        """The pages that were rendered again."""
        return set(self.report.production.rendered)

    @property
    def written(self) -> set[str]:
        """The files whose bytes are new."""
        return set(self.report.production.written)

    @property
    def errors(self) -> list[str]:
        """The errors as ``path:line message``."""
        return [f"{p.path}:{p.line} {p.message}" for p in self.report.problems.errors]

    @property
    def warnings(self) -> list[str]:
        """The warnings as ``path:line message``."""
        return [f"{p.path}:{p.line} {p.message}" for p in self.report.problems.warnings]

    @property
    def redirects(self) -> dict[str, str]:
        """The old addresses that web servers are told, and where each leads."""
        (catalogue,) = (self.output.parent / "cache").glob("catalogue-*.sqlite")
        return stored_redirects(catalogue)

    def page(self, address: str) -> Page:
        """The page at an address."""
        return Page(address, self.text(address))

    def text(self, address: str) -> str:
        """The text of any file of the output, a page's without the marks of its line breaks."""
        text = (self.output / address).read_text(encoding="utf-8")
        return without_breaks(text) if address.endswith(".html") else text

    def files(self) -> dict[str, bytes]:
        """Every file of the output with its bytes."""
        return folder_bytes(self.output)

    def pages(self) -> Iterator[Page]:
        """Every HTML page."""
        for path in sorted(self.output.rglob("*.html")):
            yield self.page(path.relative_to(self.output).as_posix())

    def mentions(self, words: str) -> list[str]:
        """The files in which words occur, also percent-encoded or escaped as JSON."""
        forms = {words, quote(words), json.dumps(words)[1:-1]}
        marks = [form.encode() for form in forms]
        found = self.files()
        found |= {name: self.text(name).encode() for name in found if name.endswith(".html")}
        return [
            name
            for name, data in found.items()
            if any(mark in data or mark.decode() in name for mark in marks)
        ]


def folder_bytes(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def folder_times(folder: Path) -> dict[str, int]:
    """Every file and folder below a folder with its modification time."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mtime_ns
        for path in sorted(folder.rglob("*"))
    }


class Site:
    """A site in a folder of its own: ``content/``, ``templates/`` (overrides), settings."""

    def __init__(
        self,
        folder: Path,
        files: Mapping[str, str | bytes] | None = None,
        settings: Mapping[str, Any] | None = None,
        *,
        drafts: bool = False,
        executor: Executor | None = None,
        theme: Path | None = None,
    ) -> None:
        self.folder = folder
        self.theme = theme or theme_path()
        self.settings = {**SETTINGS, **(settings or {})}
        self.drafts = drafts
        self.executor = executor
        self.content = folder / "content"
        self.output = folder / "output"
        self.cache = folder / "cache"
        self.content.mkdir(parents=True, exist_ok=True)
        for name, data in (files or {}).items():
            self.write(name, data)

    def write(self, name: str, data: str | bytes) -> Path:
        """Write a file of the site (``content/…``, ``templates/…``)."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
        return path

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace words in a file; they have to be there."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        self.write(name, text.replace(old, new))

    def delete(self, name: str) -> None:
        """Delete a file, and its folder when that was the last one in it."""
        path = self.folder / name
        path.unlink()
        if path.parent != self.content and not any(path.parent.iterdir()):
            path.parent.rmdir()

    def rename(self, old: str, new: str) -> None:
        """Move a file to another name."""
        target = self.folder / new
        target.parent.mkdir(parents=True, exist_ok=True)
        (self.folder / old).rename(target)

    def workplace(self, output: Path | None = None, cache: Path | None = None) -> Workplace:
        """The site as the engine takes it."""
        office, problems = read_office(self.settings, None)
        overrides = self.folder / "templates"
        return Workplace(
            content=self.content,
            output=output or self.output,
            cache=cache or self.cache,
            theme=self.theme,
            office=office,
            templates=(overrides,) if overrides.is_dir() else (),
            drafts=self.drafts,
            strict=True,
            problems=problems,
        )

    def engine(self) -> Engine:
        """An engine that can build the site several times, as the preview does."""
        return Engine(self.workplace(), executor=self.executor)

    def build(self) -> Built:
        """Bring the output up to date, in a new engine, as a new process would."""
        with self.engine() as engine:
            return Built(engine.build(), self.output)

    def build_elsewhere(self, folder: Path) -> Built:
        """Build everything from scratch into another folder, with a cache of its own."""
        shutil.rmtree(folder, ignore_errors=True)
        place = self.workplace(folder / "output", folder / "cache")
        with Engine(place, executor=self.executor) as engine:
            return Built(engine.build(), folder / "output")

    def clean_build(self) -> dict[str, bytes]:
        """The bytes of a build from scratch, in another folder than the site's own output."""
        return self.build_elsewhere(self.folder / "clean").files()

    def settings_text(self) -> str:
        """The settings as a ``pelicanconf.py``."""
        lines = ["import dangjian", 'PLUGINS = ["dangjian"]', "THEME = dangjian.theme_path()"]
        lines += ['PATH = "content"', 'OUTPUT_PATH = "output"', 'TIMEZONE = "Asia/Shanghai"']
        lines += [f"{name} = {value!r}" for name, value in self.settings.items()]
        return "\n".join(lines) + "\n"


def differences(found: Mapping[str, bytes], wanted: Mapping[str, bytes]) -> list[str]:
    """What differs between two outputs, a line each: for the message of a failed comparison."""
    lines = [f"missing {name}" for name in wanted if name not in found]
    lines += [f"left over {name}" for name in found if name not in wanted]
    for name, data in wanted.items():
        if name in found and found[name] != data:
            lines.append(f"differs {name}: {_first_difference(found[name], data)}")
    return lines


def assert_same(found: Mapping[str, bytes], wanted: Mapping[str, bytes]) -> None:
    """Fail, with the first differences, when two outputs are not the same byte for byte."""
    lines = differences(found, wanted)
    if lines:
        pytest.fail("\n".join([f"{len(lines)} files differ", *lines[:12]]), pytrace=False)


def _first_difference(found: bytes, wanted: bytes) -> str:
    pairs = zip(found, wanted, strict=False)
    at = next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(found), len(wanted)))
    return (
        f"at {at}: {found[max(0, at - 40) : at + 60]!r} for {wanted[max(0, at - 40) : at + 60]!r}"
    )
