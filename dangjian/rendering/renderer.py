"""Rendering: Jinja2 templates, what each may read, and the work that worker processes do.

A renderer knows a theme, a site and a catalogue; given a job it loads the texts the page shows,
puts addresses into them, renders, and writes the file. Jobs are plain values, so that they can be
sent to any ``concurrent.futures`` executor.
"""

import threading
import traceback
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import jinja2
import msgspec
from jinja2.runtime import Context
from markupsafe import Markup
from msgspec import Struct

from dangjian.common.errors import ThemeError, os_error_reason
from dangjian.common.output_folder import WrittenFile, write_output
from dangjian.content.catalogue import Catalogue
from dangjian.media.qr import qr_path
from dangjian.rendering import views
from dangjian.rendering.environment import make_environment
from dangjian.rendering.picture_filter import TEXT_LAYOUT
from dangjian.text.line_breaks import text_breaks
from dangjian.text.references import Target, link_references, show_pictures, text_resolver
from dangjian.text.table_boxes import scrolling_tables


class Text(Struct, frozen=True):
    """A text to be shown: its source, and where its references lead (by ``kind:target``).

    The first picture of an ``eager`` one is loaded at once: it is likely what a reader sees first.
    """

    path: str
    targets: dict[str, Target] = {}
    eager: bool = False


class Job(Struct, frozen=True):
    """One page to render: template, context, and the texts that go into the context.

    ``article`` in the context gets the first text as its ``body``; ``introduction`` of a column
    or special likewise.
    """

    path: str
    template: str
    context: dict[str, Any]
    text: Text | None = None
    qr: str = ""


class RenderSetup(Struct, frozen=True):
    """What a worker needs to render: plain values, the same for all jobs of a build.

    ``theme`` is a digest of all templates, so that a changed theme gets a new renderer. ``empty``
    says that no file stood in the output when the build began.
    """

    templates: tuple[str, ...]
    output: str
    catalogue: str
    site: views.Site
    absolute_root: str
    theme: bytes = b""
    strict: bool = False
    empty: bool = False

    def pack(self) -> bytes:
        """The setup as bytes; equal bytes mean that a cached renderer can be used again."""
        return msgspec.msgpack.encode(self)


class TemplateError(ThemeError):
    """A template of the theme can't be read or rendered; the message says where and why."""

    part = "模板"


def root_of(path: str) -> str:
    """The relative way from a page to the site's root: empty, ``../``, ``../../`` …"""
    return "../" * path.count("/")


class Renderer:
    """Renders jobs of one setup; a process caches one and reuses its compiled templates."""

    def __init__(self, setup: RenderSetup) -> None:
        self.setup = setup
        self.output = Path(setup.output)
        self.environment = make_environment(
            setup.templates, strict=setup.strict, compiled=self._compiled()
        )
        self.environment.globals["partial"] = self._part
        self._partials: dict[tuple[object, ...], Markup] = {}

    def _compiled(self) -> Path:
        """The folder for compiled templates between runs, next to the catalogue."""
        folder = Path(self.setup.catalogue).parent / "templates"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @jinja2.pass_context
    def _part(self, context: Context, name: str, **arguments: object) -> Markup:
        """A part that depends on site, root and ``arguments`` only: rendered once for each."""
        root = context["root"]
        key = (name, root, *sorted(arguments.items()))
        found = self._partials.get(key)
        if found is None:
            template = self.environment.get_template(name)
            text = template.render(site=self.setup.site, root=root, **arguments)
            found = self._partials[key] = Markup(text)  # noqa: S704 - a template's, escaped there
        return found

    def render(self, job: Job, catalogue: Catalogue) -> bytes:
        """One page's bytes. Raises ``TemplateError`` for a fault of the theme."""
        root = self.setup.absolute_root if job.path == "404.html" else root_of(job.path)
        context = dict(job.context)
        if job.text is not None:
            body = linked_text(job.text, catalogue, root)
            for name, attribute in _TEXT_PLACES:
                if name in context:
                    context[name] = msgspec.structs.replace(context[name], **{attribute: body})
        if job.qr:
            path, size = qr_path(job.qr)
            context["article"] = msgspec.structs.replace(context["article"], qr=path, qr_size=size)
        try:
            template = self.environment.get_template(job.template)
            text = template.render(site=self.setup.site, root=root, **context)
        except Exception as error:  # a template is a program, possibly an office's own
            raise TemplateError(template_mistake(error, job, self.setup.templates)) from error
        return text.encode("utf-8", "replace")


def linked_text(text: Text, catalogue: Catalogue, root: str) -> Markup:
    """A source's HTML as a page shows it: references leading on from ``root``, lines set."""
    shown = show_pictures(
        catalogue.body(text.path), text.targets, root, TEXT_LAYOUT, eager=text.eager
    )
    linked = link_references(shown, text_resolver(text.targets, root))
    return Markup(scrolling_tables(text_breaks(linked)))  # noqa: S704 - sanitised when read


def template_mistake(error: Exception, job: Job, folders: Sequence[str]) -> str:
    """The place in a template, and what is wrong there."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"{error.filename or error.name}:{error.lineno}  {error.message}"
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(tuple(folders))
    ]
    place = f"{own[-1].filename}:{own[-1].lineno}" if own else job.template
    if isinstance(error, jinja2.TemplateNotFound):
        return f"{place}  找不到模板 {error.name}"
    if isinstance(error, UnicodeDecodeError):
        return f"{place}  所用的模板里有文件不是 UTF-8 编码，请另存为 UTF-8"
    if isinstance(error, OSError):
        return f"{place}  读写文件出错：{os_error_reason(error)}（{error.filename}）"
    return f"{place}  {error}（生成 {job.path} 时）"


_TEXT_PLACES = (("article", "body"), ("column", "introduction"), ("special", "introduction"))


class _Cached(threading.local):
    """The renderer cached by each thread of a process."""

    packed: bytes = b""
    renderer: Renderer | None = None


_cached = _Cached()


def _renderer(packed: bytes) -> Renderer:
    """The renderer of this thread for a setup."""
    renderer = _cached.renderer
    if renderer is None or _cached.packed != packed:
        renderer = Renderer(msgspec.msgpack.decode(packed, type=RenderSetup))
        _cached.packed, _cached.renderer = packed, renderer
    return renderer


def load_templates(packed: bytes, names: Iterable[str]) -> None:
    """Load these templates, for the processes forked off afterwards to have them.

    One that is missing or wrong is left for the page that needs it.
    """
    environment = _renderer(packed).environment
    for name in names:
        with suppress(jinja2.TemplateError, OSError, UnicodeDecodeError):
            environment.get_template(name)


def render_jobs(packed: bytes, jobs: Iterable[Job]) -> list[WrittenFile]:
    """Render and write several pages; runs in worker processes and in this one.

    ``packed`` is a setup as ``RenderSetup.pack`` gives it.
    """
    renderer = _renderer(packed)
    # Opened on each call: SQLite connections must not cross a fork.
    with Catalogue(Path(renderer.setup.catalogue), read_only=True) as catalogue:
        output, empty = renderer.output, renderer.setup.empty
        return [
            write_output(output, job.path, renderer.render(job, catalogue), empty=empty)
            for job in jobs
        ]
