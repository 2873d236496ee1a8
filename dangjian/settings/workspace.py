"""Where a site lies and how it is built: what Pelican's settings come to for the engine."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from msgspec import Struct

from dangjian.common.digests import digest
from dangjian.common.problems import Level, Problem
from dangjian.common.report import Report, Stage
from dangjian.paths import theme_path
from dangjian.settings import Office, PublishOptions, read_office, read_publishing
from dangjian.settings.destinations import LocalFolder
from dangjian.settings.lines import SettingsFile

RECORDS = ".dangjian"
"""The folder of what can't be made again, in the site's own: lists of outputs, old releases."""

Progress = Callable[[Stage, int, int], None]
"""Hears during a long stage how many of how many are done."""


def no_progress(stage: Stage, done: int, total: int) -> None:
    """Ignore progress."""


class Workplace(Struct, frozen=True):
    """Where a site lies and how it is built: folders, the office's settings, drafts or not.

    ``folder`` is that of the settings file. ``retain`` names what is never removed at the top of
    an output folder. What is built by ``releasing`` goes live; with ``hold_back`` an article with
    errors then stays as it was last published.
    """

    content: Path
    output: Path
    cache: Path
    theme: Path
    office: Office
    templates: tuple[Path, ...] = ()
    drafts: bool = False
    strict: bool = False
    retain: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    folder: Path | None = None
    options: PublishOptions = PublishOptions()
    releasing: bool = False
    hold_back: bool = False
    settings_file: Path | None = None

    @property
    def lines(self) -> SettingsFile:
        """The settings file, to point at lines of it."""
        return SettingsFile(self.settings_file)

    @property
    def site(self) -> Path:
        """The site's own folder, which its relative paths start from."""
        return (self.folder or self.content.parent).resolve()

    @property
    def names_level(self) -> Level:
        """How grave it is that a setting names what the content does not have.

        With content of another folder than the settings' own (``pelican ANY_CONTENT -s …``) nobody
        made a mistake.
        """
        return "error" if self.content.resolve().is_relative_to(self.site) else "warning"

    @property
    def records(self) -> Path:
        """The folder of the lists and releases that a site keeps; ``clean`` leaves it alone."""
        return self.site / RECORDS

    @property
    def live_folders(self) -> tuple[Path, ...]:
        """The folders of this machine where ``publish`` makes the site live."""
        folders = (one.folder for one in self.options.to if isinstance(one, LocalFolder))
        return tuple(self.site / folder for folder in folders)

    def key_of(self, folder: Path) -> str:
        """A short name for a folder; it stays the same when the whole site is moved."""
        found = folder.resolve()
        inside = found.is_relative_to(self.site)
        name = os.path.relpath(found, self.site) if inside else str(found)
        return f"{found.name}-{digest(name).hex()[:8]}"

    @property
    def catalogue(self) -> Path:
        """The catalogue file; there is one per content and output folder."""
        pair = f"{self.content.resolve()}\0{self.output.resolve()}"
        return self.cache / f"catalogue-{digest(pair).hex()[:12]}.sqlite"

    @property
    def template_folders(self) -> tuple[str, ...]:
        """Where templates are looked for, an office's own first."""
        return tuple(str(folder) for folder in (*self.templates, self.theme / "templates"))


class Run(Struct):
    """How one run is done, and its report afterwards. Handed in as the setting ``DANGJIAN_RUN``.

    Without one, as under ``pelican`` itself, problems are printed and errors end the process
    with status 1.
    """

    settings_file: Path | None = None
    publishing: bool = False
    drafts: bool = False
    strict: bool = False
    releasing: bool = False
    hold_back: bool = False
    executor: Executor | None = None
    progress: Progress = no_progress
    report: Report | None = None


def workplace_of(settings: Mapping[str, Any], run: Run) -> Workplace:
    """The workplace that Pelican's settings describe."""
    office, problems = read_office(settings, run.settings_file, run.publishing)
    options, retain, mistakes = read_publishing(settings, run.settings_file)
    theme = Path(settings["THEME"])
    if not (theme / "templates" / "article.html").is_file() or theme.name in (
        "notmyidea",
        "simple",
    ):
        theme = theme_path()
    overrides = settings.get("THEME_TEMPLATES_OVERRIDES", ())
    return Workplace(
        content=Path(settings["PATH"]),
        output=Path(settings["OUTPUT_PATH"]),
        cache=Path(settings["CACHE_PATH"]),
        theme=theme,
        templates=tuple(Path(folder) for folder in overrides),
        office=office,
        drafts=run.drafts,
        strict=run.strict,
        retain=retain,
        problems=(*problems, *mistakes),
        folder=run.settings_file.parent if run.settings_file else None,
        options=options,
        releasing=run.releasing,
        hold_back=run.hold_back,
        settings_file=run.settings_file,
    )
