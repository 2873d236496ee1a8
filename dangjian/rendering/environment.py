"""The Jinja environment of a theme: escaping everywhere, our filters, nothing of Pelican's."""

from collections.abc import MutableMapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import Any

import jinja2
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Context
from markupsafe import Markup

from dangjian.rendering import views
from dangjian.rendering.code_generator import code_generator
from dangjian.rendering.compiled import CheckedBytecodeCache
from dangjian.rendering.escaping import escaped
from dangjian.rendering.picture_filter import img
from dangjian.text.line_breaks import breakable, long_address, whole_facts


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
    environment.filters["href"] = href
    environment.filters["img"] = img
    environment.filters["breakable"] = breakable
    environment.filters["link"] = link
    environment.filters["facts"] = whole_facts
    environment.filters["addressed"] = long_address
    return environment


@jinja2.pass_context
def href(context: Context, url: str) -> str:
    """A site address as seen from the page being rendered; others stay as they are."""
    return _seen_from(context.parent["root"], url)


def _seen_from(root: str, url: str) -> str:
    fixed = url.startswith(("http://", "https://", "#", "mailto:", "tel:"))
    return url if fixed else f"{root}{url}"


@jinja2.pass_context
def link(context: Context, target: views.Card | views.Link | views.FooterItem, text: str) -> Markup:
    """The link to ``target`` with its words, marked if it leads to another site.

    Every list of links is made with this, so that none forgets the mark.
    """
    return _link(context.parent["root"], target.url, text)


# Each list of a column, a tag and a day has the same articles, seen from the same depth.
@lru_cache(maxsize=8192)
def _link(root: str, url: str, text: str) -> Markup:
    mark = ' rel="external"' if url.startswith(("http://", "https://")) else ""
    address = escaped(_seen_from(root, url))
    return Markup(f'<a href="{address}"{mark}>{breakable(text)}</a>')  # noqa: S704 - escaped


class _Environment(jinja2.Environment):
    escaped = staticmethod(escaped)

    @property
    def code_generator_class(self) -> type[CodeGenerator]:  # type: ignore[override] # found out when needed
        return code_generator()

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One dictionary for all templates: Jinja's own joins two again for each page and part."""
        return {**self.globals, **d} if d else self.globals

    def compile(
        self,
        source: Any,
        name: str | None = None,
        filename: str | None = None,
        raw: bool = False,
        defer_init: bool = False,
    ) -> Any:
        """Compile a template; one of a file is compiled once a process, for all environments."""
        if raw:
            return super().compile(source, name, filename, True, defer_init)
        if defer_init or not isinstance(source, str):
            return super().compile(source, name, filename, False, defer_init)
        return _compiled(source, name, filename)


@lru_cache(maxsize=256)
def _compiled(source: str, name: str | None, filename: str | None) -> CodeType:
    """The code of a template, which depends on nothing that environments of ours differ in."""
    return jinja2.Environment.compile(_compiler(), source, name, filename)


@lru_cache(maxsize=1)
def _compiler() -> jinja2.Environment:
    return make_environment(())
