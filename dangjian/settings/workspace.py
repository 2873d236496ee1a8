"""Where a site lies and how it is built: what Pelican's settings come to for the engine."""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from msgspec import Struct

from dangjian.common.digests import digest
from dangjian.common.problems import Problem
from dangjian.common.report import Report, Stage
from dangjian.paths import theme_path
from dangjian.settings import Office, read_office

Progress = Callable[[Stage, int, int], None]
"""Hears during a long stage how many of how many are done."""


def no_progress(stage: Stage, done: int, total: int) -> None:
    """Ignore progress."""


class Workplace(Struct, frozen=True):
    """Where a site lies and how it is built: folders, the office's settings, drafts or not."""

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
    executor: Executor | None = None
    progress: Progress = no_progress
    report: Report | None = None


def workplace_of(settings: Mapping[str, Any], run: Run) -> Workplace:
    """The workplace that Pelican's settings describe."""
    office, problems = read_office(settings, run.settings_file, run.publishing)
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
        retain=tuple(settings.get("OUTPUT_RETENTION", ())),
        problems=tuple(problems),
    )
