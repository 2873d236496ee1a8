"""What each template is made of: its own text and every template that it may draw in.

A page is rendered again when the digest of its template's closure changes. Most templates name
what they include by a plain string, which a pattern finds; the others are parsed (30 times slower),
and one whose include is a list or a variable depends on what it can be, up to the whole theme.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import jinja2
from jinja2 import meta, nodes

from dangjian.common.digests import digest
from dangjian.common.patterns import regex

_REFERRING = regex(r"\{%[-+]?\s*(?:include|extends|import|from)\b|\bpartial\b")
_PLAIN = regex(
    r"""\{%[-+]?\s*(?:include|extends|import|from)\s+(?P<tag>'[^'\\]*'|"[^"\\]*")"""
    r"""(?:\s+(?:ignore\s+missing|with(?:out)?\s+context|as\s+\w+|import\s[\w\s,]+))*\s*[-+]?%\}"""
    r"""|\bpartial\(\s*(?P<call>'[^'\\]*'|"[^"\\]*")\s*[,)]"""
)


class TemplateDigests:
    """Digests of templates' closures; ``folders`` are searched in order, as Jinja's loader does.

    ``known`` are all templates in the closures asked for so far.
    """

    def __init__(self, folders: Sequence[str]) -> None:
        self._folders = [Path(folder) for folder in folders]
        self._sources: dict[str, str | None] = {}
        self._digests: dict[str, bytes] = {}
        self.known: set[str] = set()

    def of(self, name: str) -> bytes:
        """The digest of a template's closure; a missing template has a digest of its own."""
        found = self._digests.get(name)
        if found is None:
            closure: dict[str, str] = {}
            known = self._gather(name, closure)
            self.known.update(closure)
            parts = [part for pair in sorted(closure.items()) for part in pair]
            found = self._digests[name] = digest(*parts, b"" if known else self.theme)
        return found

    @cached_property
    def theme(self) -> bytes:
        """The digest of all templates."""
        return theme_digest([str(folder) for folder in self._folders])

    def _gather(self, name: str, closure: dict[str, str]) -> bool:
        """Add a template and what it refers to; False if that may be any template."""
        if name in closure:
            return True
        source = self._source(name)
        closure[name] = source if source is not None else "\0missing"
        known = True
        for other in referred_templates(source or ""):
            known &= other is not None and self._gather(other, closure)
        return known

    def _source(self, name: str) -> str | None:
        if name not in self._sources:
            files = (folder / name for folder in self._folders)
            file = next(filter(Path.is_file, files), None)
            read = file.read_text(encoding="utf-8", errors="replace") if file else None
            self._sources[name] = read
        return self._sources[name]


def referred_templates(source: str) -> list[str | None]:
    """The templates that a template includes, extends, imports or renders as a part.

    None is one that is only known when the page is rendered.
    """
    plain = [match["tag"] or match["call"] for match in _PLAIN.finditer(source)]
    if len(plain) == len(_REFERRING.findall(source)):
        return [quoted[1:-1] for quoted in plain]
    try:
        tree = jinja2.Environment().parse(source)  # noqa: S701 - only parsed
    except jinja2.TemplateSyntaxError:
        return [None]
    return [*meta.find_referenced_templates(tree), *_parts(tree)]


def _parts(tree: nodes.Template) -> Iterator[str | None]:
    """The templates rendered by ``partial(name, …)``, which Jinja does not know."""
    called = set()
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "partial":
            called.add(call.node)
            first = call.args[0] if call.args else None
            named = isinstance(first, nodes.Const) and isinstance(first.value, str)
            yield first.value if named and isinstance(first, nodes.Const) else None
    if any(one.name == "partial" and one not in called for one in tree.find_all(nodes.Name)):
        yield None


def theme_digest(folders: Sequence[str]) -> bytes:
    """A digest of every template, so that a process notices when one has changed."""
    parts: list[bytes | str] = []
    for folder in folders:
        for file in sorted(path for path in Path(folder).rglob("*") if path.is_file()):
            parts += [file.relative_to(folder).as_posix(), file.read_bytes()]
    return digest(*parts)
