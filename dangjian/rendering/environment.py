"""The Jinja environment of a theme: escaping everywhere, our filters, nothing of Pelican's."""

from collections.abc import Sequence
from pathlib import Path

import jinja2
from jinja2.runtime import Context

from dangjian.rendering.code_generator import code_generator
from dangjian.rendering.compiled import CheckedBytecodeCache
from dangjian.rendering.escaping import escaped
from dangjian.text.line_breaks import breakable


def make_environment(
    templates: Sequence[str], *, strict: bool = False, compiled: Path | None = None
) -> jinja2.Environment:
    """The environment for templates in these folders, an office's own first.

    ``strict`` makes a name that is not there a mistake; ``compiled`` is a folder for compiled ones.
    """
    environment = _Environment(
        loader=jinja2.FileSystemLoader(list(templates)),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=CheckedBytecodeCache(compiled) if compiled else None,
        undefined=jinja2.StrictUndefined if strict else jinja2.Undefined,
    )
    environment.code_generator_class = code_generator()
    environment.filters["href"] = href
    environment.filters["breakable"] = breakable
    return environment


@jinja2.pass_context
def href(context: Context, url: str) -> str:
    """A site address as seen from the page being rendered; others stay as they are."""
    if url.startswith(("http://", "https://", "#", "mailto:", "tel:")):
        return url
    return f"{context['root']}{url}"


class _Environment(jinja2.Environment):
    escaped = staticmethod(escaped)
