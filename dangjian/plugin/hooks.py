"""Where the engine meets Pelican: signals, reader, generator, writer.

``pelican -s pelicanconf.py`` and ``invoke build`` both come through here. Stock generators for
articles and pages find nothing to do; other plugins find the archive in the context, and what
they write stays.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from pelican import Pelican, signals
from pelican.generators import ArticlesGenerator, PagesGenerator
from pelican.readers import MarkdownReader, Readers
from pelican.settings import Settings
from pelican.writers import Writer

from dangjian.building.arrange import rules_of
from dangjian.building.engine import Engine
from dangjian.common.errors import FATAL, describe
from dangjian.common.files import scan_files
from dangjian.common.problems import report as report_problems
from dangjian.content.reader import read_source
from dangjian.plugin.articles import PelicanArticles, article_metadata
from dangjian.plugin.steps import Steps
from dangjian.schema import Entry
from dangjian.settings import read_office
from dangjian.settings.workspace import Run, no_progress, workplace_of

_NOTHING: dict[str, Any] = {
    "ARTICLE_PATHS": [],
    "PAGE_PATHS": [],
    "STATIC_PATHS": [],
    "THEME_STATIC_PATHS": [],
    "DIRECT_TEMPLATES": [],
    "TEMPLATE_PAGES": {},
    "ARTICLE_TRANSLATION_ID": None,
    "PAGE_TRANSLATION_ID": None,
    "CACHE_CONTENT": False,
    "LOAD_CONTENT_CACHE": False,
    "TYPOGRIFY": False,
    "RELATIVE_URLS": False,
}
_STOCK_FEEDS = [
    f"{kind}_{form}"
    for kind in ("FEED", "FEED_ALL", "CATEGORY_FEED", "AUTHOR_FEED", "TAG_FEED", "TRANSLATION_FEED")
    for form in ("ATOM", "RSS")
]


class PortalReader(MarkdownReader):
    """Reads an article as the portal does: checked front matter, Chinese-aware clean HTML."""

    file_extensions: ClassVar[list[str]] = ["md"]

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        content = Path(self.settings["PATH"])
        path = Path(source_path).resolve()
        name = path.relative_to(content.resolve()).as_posix()
        result = read_source(content, name, rules_of(read_office(self.settings)[0]))
        entry: Entry | None = result.record.entry
        if entry is None:
            return result.html, {"status": "skip"}
        return result.html, article_metadata(entry, self.settings)


@contextmanager
def plain_errors(settings: Settings) -> Iterator[None]:
    """Under ``pelican`` itself, report what stops the build in a sentence, not a traceback."""
    try:
        yield
    except FATAL as error:
        if "DANGJIAN_RUN" in settings:
            raise
        sys.stderr.write(f"{describe(error)}\n")
        raise SystemExit(1) from error


class PortalWriter(Writer):
    """Pelican's writer for other plugins; what they write stays next to the portal's pages."""

    def __init__(self, output_path: str, settings: Settings | None = None) -> None:
        super().__init__(output_path, settings)
        self._started = time.time_ns()

    def foreign(self) -> set[str]:
        """The files written through it, by path below the output folder.

        Pelican notes them for itself only; should it cease to, all files that have been written
        since the build began count as such.
        """
        top = Path(self.output_path)
        written = getattr(self, "_written_files", None)
        if written is None:
            return {path for path, _, changed in scan_files(top) if changed >= self._started}
        return {Path(file).relative_to(top).as_posix() for file in written}


class PortalGenerator:
    """Has the engine build the portal at Pelican's own moments."""

    steps: Steps
    pelican: Pelican

    def __init__(
        self, context: dict[str, Any], settings: Settings, path: str, theme: str,
        output_path: str, **_: object,
    ) -> None:  # fmt: skip
        self.context = context
        self.settings = settings

    def generate_context(self) -> None:
        """Read, check and arrange the archive; other plugins find it as ``articles``."""
        with plain_errors(self.settings):
            self.steps.arrange()
        self.context["articles"] = PelicanArticles(self.steps, "items", self.context)
        self.context["pages"] = PelicanArticles(self.steps, "pages", self.context)

    def generate_output(self, writer: PortalWriter) -> None:
        """Render and write what is new."""
        with plain_errors(self.settings):
            self.steps.produce()


def _prepare(pelican: Pelican) -> None:
    """Start an engine for this run, and give stock generators nothing to do."""
    settings = pelican.settings
    settings.update(_NOTHING)
    settings.update(dict.fromkeys(_STOCK_FEEDS))
    run = settings.get("DANGJIAN_RUN") or Run(
        settings_file=_settings_file(), publishing=_is_publishing(settings), progress=no_progress
    )
    pelican.portal_run = run
    place = workplace_of(settings, run)
    pelican.portal_steps = Steps(Engine(place, executor=run.executor, progress=run.progress))


def _settings_file() -> Path | None:
    """The settings file named on Pelican's command line, for the lines in messages."""
    arguments = sys.argv[1:]
    for flag, value in zip(arguments, [*arguments[1:], ""], strict=True):
        if flag in ("-s", "--settings"):
            return Path(value)
        if flag.startswith("--settings="):
            return Path(flag.partition("=")[2])
    default = Path("pelicanconf.py")
    return default if default.is_file() else None


def _is_publishing(settings: Settings) -> bool:
    return bool(settings.get("PUBLISHING", False))


def _generators(pelican: Pelican) -> type:
    own = {"steps": pelican.portal_steps, "pelican": pelican}
    return type("PortalGenerator", (PortalGenerator,), own)


def _writer(pelican: Pelican) -> type[Writer]:
    class OneWriter(PortalWriter):
        def __init__(self, output_path: str, settings: Settings | None = None) -> None:
            super().__init__(output_path, settings)
            pelican.portal_writer = self

    return OneWriter


def _note_generators(generators: list[Any]) -> None:
    """Remember Pelican's own generators, so that their totals can be set at the end."""
    for generator in generators:
        if isinstance(generator, PortalGenerator):
            generator.pelican.portal_generators = generators


def _count(pelican: Pelican) -> None:
    """Let Pelican's last line count the portal's articles and pages."""
    for generator in pelican.portal_generators:
        if isinstance(generator, ArticlesGenerator):
            generator.articles = generator.context["articles"]
        elif isinstance(generator, PagesGenerator):
            generator.pages = generator.context["pages"]


def _finish(pelican: Pelican) -> None:
    """Remove what is no longer planned, report, and end with status 1 if there were errors."""
    steps: Steps = pelican.portal_steps
    writer: PortalWriter = pelican.portal_writer
    with plain_errors(pelican.settings):
        report = steps.finish(writer.foreign())
    _count(pelican)
    engine = steps.engine
    engine.close()
    run: Run = pelican.portal_run
    run.report = report
    if "DANGJIAN_RUN" in pelican.settings:
        return
    text = report_problems(report.problems.sorted(), engine.workplace.content.name)
    if text:
        sys.stderr.write(f"{text}\n")
    if report.failed:
        raise SystemExit(1)


def _use_reader(readers: Readers) -> None:
    readers.reader_classes["md"] = PortalReader


def connect() -> None:
    """Connect all hooks; called once when Pelican registers the plugin."""
    pairs: list[tuple[Any, Callable[..., Any]]] = [
        (signals.initialized, _prepare),
        (signals.readers_init, _use_reader),
        (signals.get_generators, _generators),
        (signals.all_generators_finalized, _note_generators),
        (signals.get_writer, _writer),
        (signals.finalized, _finish),
    ]
    for signal, handler in pairs:
        signal.connect(handler)
