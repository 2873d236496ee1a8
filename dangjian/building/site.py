"""A site's settings file, and what is done with it: build, check, or open it for the preview.

The commands and ``pelican -s …`` come to the same engine by the same settings, so both make the
same bytes.
"""

import logging
import traceback
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from dangjian.building.engine import Engine
from dangjian.building.output_list import output_refusal
from dangjian.common.errors import FATAL, DangjianError, describe
from dangjian.common.problems import Problem, report
from dangjian.common.report import Report
from dangjian.content.catalogue import remove_catalogue
from dangjian.settings.lines import SettingsFile
from dangjian.settings.plain import (
    DEFAULTS,
    NoContentError,
    WrongSettingError,
    is_plain,
    read_plain,
    with_folders,
    without_bytecode,
)
from dangjian.settings.workspace import Progress, Run, Workplace, no_progress, workplace_of


class SiteError(DangjianError):
    """The site can't be built at all; the message is Chinese, ``problems`` name places."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems or (Problem("", 0, message),)


def settings_error(*problems: Problem) -> SiteError:
    """A mistake in the settings file."""
    return SiteError(report(problems), problems)


@contextmanager
def as_site_error() -> Iterator[None]:
    """Turn what stops a whole build (a fault of the theme, a full disk) into a SiteError."""
    try:
        yield
    except FATAL as error:
        raise SiteError(describe(error)) from error


class Site(Struct, frozen=True):
    """A site as its settings file describes it. What is None stays as the settings have it.

    ``publishing`` asks of the settings what a public site needs; ``drafts`` shows what is held;
    ``releasing`` is for a build that goes live, where with ``hold_back`` an article with errors
    stays as it was last published.
    """

    settings_file: Path
    content: Path | None = None
    output: Path | None = None
    workers: int | None = None
    drafts: bool = False
    publishing: bool = False
    releasing: bool = False
    hold_back: bool = False
    executor: Executor | None = None

    def settings(self, **more: Any) -> Mapping[str, Any]:
        """Pelican's settings with what this site overrides. Raises SiteError."""
        if not self.settings_file.is_file():
            message = f"找不到 {self.settings_file}，请在网站文件夹里运行，或用 --settings 指明"
            raise settings_error(Problem(self.settings_file.name, 0, message))
        given = {
            "PATH": self.content and str(self.content.resolve()),
            "OUTPUT_PATH": self.output and str(self.output.resolve()),
            "WORKERS": self.workers,
        }
        override = {name: value for name, value in given.items() if value is not None} | more
        try:
            plain = read_plain(self.settings_file, override)
            return _by_pelican(self.settings_file, override) if plain is None else plain
        except NoContentError as error:
            path, line = SettingsFile(self.settings_file).place("PATH")
            message = f"没有 {error} 这个文章文件夹，请建好，或改正 PATH"
            raise settings_error(Problem(path, line, message)) from error
        except WrongSettingError as error:
            path, line = SettingsFile(self.settings_file).place(error.name)
            raise settings_error(Problem(path, line, str(error))) from error
        except Exception as error:  # the file is a program of the office's own
            raise settings_error(*_settings_mistakes(self.settings_file, error)) from error

    def cache(self) -> Path:
        """The folder for what is stored between builds and can be made again."""
        return Path(self.settings()["CACHE_PATH"])

    def content_name(self) -> str:
        """What the content folder is called, for the places of problems."""
        return Path(self.settings()["PATH"]).name

    def forget(self) -> None:
        """Delete what is known from earlier builds, so that all is made again."""
        remove_catalogue(self.workplace().catalogue)

    def build(self, progress: Progress = no_progress) -> Report:
        """Build, by Pelican with all its plugins if there are others than ours. Raises SiteError.

        What the engine makes is the same either way.
        """
        run = self._run(progress)
        settings = self.settings(DANGJIAN_RUN=run)
        with as_site_error():
            if not is_plain(settings):
                return self._build_by_pelican(settings, run)
            place = workplace_of(settings, run)
            with Engine(place, executor=self.executor, progress=progress) as engine:
                return engine.build()

    def _build_by_pelican(self, settings: Mapping[str, Any], run: Run) -> Report:
        from pelican import Pelican  # noqa: PLC0415 - slow to load, and seldom needed

        with _quiet_pelican():
            Pelican(settings).run()
        if run.report is None:
            message = '要有这一行：PLUGINS = ["dangjian"]'
            raise settings_error(Problem(self.settings_file.name, 0, message))
        return run.report

    def workplace(self) -> Workplace:
        """What an engine builds from, for callers that have one. Raises SiteError."""
        return workplace_of(self.settings(), self._run())

    def _run(self, progress: Progress = no_progress) -> Run:
        return Run(
            settings_file=self.settings_file,
            publishing=self.publishing,
            drafts=self.drafts,
            releasing=self.releasing,
            hold_back=self.hold_back,
            executor=self.executor,
            progress=progress,
        )

    def check(self, progress: Progress = no_progress) -> Report:
        """What a build would report, with nothing made. Raises SiteError."""
        with (
            as_site_error(),
            Engine(self.workplace(), executor=self.executor, progress=progress) as engine,
        ):
            report = engine.check()
            place = engine.workplace
            if refusal := output_refusal(place, engine.catalogue.outputs()):
                report.problems.add(*place.lines.place("OUTPUT_PATH"), refusal)
            return report


def _by_pelican(file: Path, override: dict[str, Any]) -> Mapping[str, Any]:
    from pelican.settings import read_settings  # noqa: PLC0415 - slow to load, and seldom needed

    with _quiet_pelican(), without_bytecode():
        settings: dict[str, Any] = read_settings(str(file), override=override)
    return with_folders(file, settings, DEFAULTS)


@contextmanager
def _quiet_pelican() -> Iterator[None]:
    """Keep back Pelican's own words on settings and its closing line: ours say it in Chinese."""
    from pelican.log import console  # noqa: PLC0415 - slow to load, and seldom needed

    logger = logging.getLogger("pelican.settings")
    level, quiet = logger.level, console.quiet
    logger.setLevel(logging.ERROR)
    console.quiet = True
    try:
        yield
    finally:
        logger.setLevel(level)
        console.quiet = quiet


def _settings_mistakes(file: Path, error: Exception) -> list[Problem]:
    """What is wrong with a settings file that raised ``error`` as it ran."""
    mistakes = SettingsFile(file).problems
    if mistakes:
        return mistakes
    own = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.endswith("conf.py")]
    name, line = (Path(own[-1].filename).name, own[-1].lineno or 0) if own else (file.name, 0)
    if isinstance(error, NameError):
        message = f"不认得 {error.name}。文字要放在引号里；检查是不是拼错了名称"
    else:
        message = f"这个设置文件运行不了（{type(error).__name__}：{error}）"
    return [Problem(name, line, message)]
