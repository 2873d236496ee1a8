"""The Jinja environment of a theme: escaping everywhere, our filters, nothing of Pelican's.

Templates are compiled to code that puts out the same as Jinja's own would, in less time.
"""

from collections.abc import Iterable, MutableMapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined] # see ``escaped``

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
        bytecode_cache=jinja2.FileSystemBytecodeCache(str(compiled)) if compiled else None,
        undefined=jinja2.StrictUndefined if strict else jinja2.Undefined,
    )
    environment.filters["href"] = href
    environment.filters["breakable"] = breakable
    return environment


@jinja2.pass_context
def href(context: Context, url: str) -> str:
    """A site address as seen from the page being rendered; others stay as they are."""
    if url.startswith(("http://", "https://", "#", "mailto:", "tel:")):
        return url
    return f"{context['root']}{url}"


def escaped(value: object) -> str:
    """What ``markupsafe.escape`` gives, but not as ``Markup``, which would be put together anyway.

    Most of what pages show is plain text, and to make ``Markup`` of each piece takes longer than
    all else that a template does.
    """
    if type(value) is str:
        return _escape_inner(value)
    return value if type(value) is Markup else escape(value)


class _Code(CodeGenerator):
    """Gathers what a block puts out in a list, escaped as ``escaped`` does it."""

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """The code for what a template, block or loop holds, in which all that is gathered."""
        if frame.buffer is not None:
            super().blockvisit(nodes, frame)
            return
        self.buffer(frame)
        super().blockvisit(nodes, frame)
        self.writeline(f"yield concat({frame.buffer})")
        frame.buffer = None

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        """An attribute; where there is none, what ``environment.getattr`` finds instead."""
        if not _is_plain(node.node):
            super().visit_Getattr(node, frame)
            return
        self.write("(found if (found := getattr(")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r}, missing)) is not missing else environment.getattr(")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r}))")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(")


def _is_plain(node: nodes.Node) -> bool:
    """Whether something is a name or an attribute of one: it can as well be asked twice."""
    return isinstance(node, nodes.Name) or (
        isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name)
    )


class _Environment(jinja2.Environment):
    code_generator_class = _Code
    escaped = staticmethod(escaped)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The names that all templates know, in a dict: it is copied for every page."""
        return {**self.globals, **(d or {})}
