"""Where the engine meets Pelican: signals, reader, generator, writer.

``pelican -s pelicanconf.py`` and ``invoke build`` both come through here. Stock generators for
articles and pages find nothing to do; other plugins find the archive in the context, and what
they write is kept.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from pelican import Pelican, signals
from pelican.generators import ArticlesGenerator, PagesGenerator
from pelican.readers import MarkdownReader, Readers
from pelican.settings import Settings
from pelican.writers import Writer

from dangjian.building.engine import Engine
from dangjian.common.errors import FATAL, describe
from dangjian.common.problems import report as report_problems
from dangjian.content.reader import pelican_metadata, read_source
from dangjian.plugin.articles import PelicanArticles
from dangjian.schema import Entry
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
        result = read_source(content, name)
        entry: Entry | None = result.record.entry
        return result.html, pelican_metadata(entry) if entry else {"status": "skip"}


@contextmanager
def plain_errors(settings: Settings) -> Iterator[None]:
    """Under ``pelican`` itself, tell what stops the build in a sentence instead of a traceback."""
    try:
        yield
    except FATAL as error:
        if "DANGJIAN_RUN" in settings:
            raise
        sys.stderr.write(f"{describe(error)}\n")
        raise SystemExit(1) from error


class PortalWriter(Writer):
    """Pelican's writer for other plugins; what they write stands beside the portal's pages."""

    def others(self) -> set[str]:
        """The files written through it, relative to the output folder."""
        top = Path(self.output_path)
        return {Path(file).relative_to(top).as_posix() for file in self._written_files}


class PortalGenerator:
    """Has the engine build the portal at Pelican's own moments."""

    run: Run
    engine: Engine
    pelican: Pelican

    def __init__(
        self, context: dict[str, Any], settings: Settings, path: str, theme: str,
        output_path: str, **_: object,
    ) -> None:  # fmt: skip
        self.context = context
        self.settings = settings

    def generate_context(self) -> None:
        """Read, check and arrange the archive; other plugins find it as ``articles``."""
        engine = self.engine
        with plain_errors(self.settings):
            if not engine.unchanged():
                engine.arrange()
        self.context["articles"] = PelicanArticles(engine, "items", self.context)
        self.context["pages"] = PelicanArticles(engine, "pages", self.context)

    def generate_output(self, writer: PortalWriter) -> None:
        """Render and write what is new."""
        with plain_errors(self.settings):
            if not self.engine.stands:
                self.engine.produce()


def _prepare(pelican: Pelican) -> None:
    """Start an engine for this run, and give stock generators nothing to do."""
    settings = pelican.settings
    settings.update(_NOTHING)
    settings.update(dict.fromkeys(_STOCK_FEEDS))
    run = settings.get("DANGJIAN_RUN") or Run(
        settings_file=_settings_file(), publishing=_is_publishing(settings), progress=no_progress
    )
    pelican.portal_run = run
    pelican.portal_engine = Engine(
        workplace_of(settings, run), executor=run.executor, progress=run.progress
    )


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
    own = {
        "run": pelican.portal_run,
        "engine": pelican.portal_engine,
        "pelican": pelican,
    }
    return type("PortalGenerator", (PortalGenerator,), own)


def _writer(pelican: Pelican) -> type[Writer]:
    class OneWriter(PortalWriter):
        def __init__(self, output_path: str, settings: Settings | None = None) -> None:
            super().__init__(output_path, settings)
            pelican.portal_writer = self

    return OneWriter


def _note_generators(generators: list[Any]) -> None:
    """Keep the stock generators at hand, to be told at the end what there was to count."""
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
    engine: Engine = pelican.portal_engine
    writer: PortalWriter = pelican.portal_writer
    with plain_errors(pelican.settings):
        report = engine.finish(writer.others())
    _count(pelican)
    engine.close()
    run: Run = pelican.portal_run
    run.report = report
    if "DANGJIAN_RUN" in pelican.settings:
        return
    told = report_problems(report.problems.sorted(), engine.workplace.content.name)
    if told:
        sys.stderr.write(f"{told}\n")
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
