"""The keys of a front matter: what each is called, holds and belongs to.

A model (``entry.Entry``) annotates its fields with ``Key``; ``table(model)`` turns the annotations
into the names, kinds and limits that validation, the reference table and the snippets are made
from.
"""

from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Struct
from msgspec.structs import fields

Kind = Literal[
    "text", "title", "slug", "code", "time", "until", "list", "yes", "number", "choice", "choices",
    "picture", "focus", "path", "web", "address", "addresses", "doc_number", "phone", "record",
    "records",
]  # fmt: skip


class Key(Struct, frozen=True, kw_only=True):
    """What an annotation says of one field.

    ``zh`` is its Chinese name, ``about`` the sentence of the editors' table, ``types`` the
    article types it belongs to (none: all), ``also`` further names that are read (Pelican's),
    ``near`` names editors write by mistake, ``words`` the Chinese words of a choice,
    ``longest`` and ``advised`` the hard and the soft limit in characters,
    ``least``/``most`` the limits of a number, ``common`` whether every snippet shows it.
    Items of a list may be parted ``by_spaces`` too; those named ``by_title`` are not cut in a
    YAML list, as titles have separators of their own.
    ``lenient`` are the members of a record whose lack is a notice, not an error. ``synonyms`` are
    further words of a choice, which no message names. ``elsewhere`` says what to write instead of
    the address of a file at another site.
    """

    zh: str
    about: str
    kind: Kind | None = None
    example: str = ""
    types: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    words: Mapping[str, str] = MappingProxyType({})
    longest: int = 500
    advised: int = 0
    least: int = 0
    most: int = 0
    common: bool = False
    by_spaces: bool = False
    by_title: bool = False
    lenient: tuple[str, ...] = ()
    synonyms: Mapping[str, str] = MappingProxyType({})
    elsewhere: str = ""


class Spec(Struct, frozen=True):
    """One field of a model as validation needs it."""

    name: str
    key: Key
    kind: Kind
    required: bool
    choices: tuple[str, ...] = ()
    model: type[Struct] | None = None
    words: Mapping[str, str] = MappingProxyType({})

    @property
    def label(self) -> str:
        """Both names, for messages: the Chinese one first."""
        return f"{self.key.zh}（{self.name}）"

    @property
    def names(self) -> tuple[str, ...]:
        """Every name under which the field is read, English and Chinese first."""
        return (self.name, self.key.zh, *self.key.also)


class Table(Struct, frozen=True):
    """All fields of a model, in its order, and by each of their names (see ``normal``)."""

    model: type[Struct]
    specs: tuple[Spec, ...]
    by_name: Mapping[str, Spec]

    def nearest(self, name: str) -> Spec | None:
        """The field most likely meant by a name that is not one of ours."""
        wanted = normal(name)
        best, score = None, 0.0
        for spec in self.specs:
            for known in (*spec.names, *spec.key.near):
                ratio = similarity(wanted, known)
                if ratio > score:
                    best, score = spec, ratio
        return best if score >= 0.5 else None


def similarity(left: str, right: str) -> float:
    """How like two names are, 0 to 1."""
    if left == right:
        return 1.0
    return SequenceMatcher(None, left, right).ratio()


def normal(name: str) -> str:
    """A name as it is looked up: case, spaces and hyphens do not matter."""
    if name.isascii() and name.islower() and name.isidentifier():
        return name
    return "_".join(name.lower().replace("-", " ").replace("_", " ").split())


@cache
def table(model: type[Struct]) -> Table:
    """Read a model's annotations. Fields without a ``Key`` are not an editor's to write."""
    hints = get_type_hints(model, include_extras=True)
    specs = []
    for field in fields(model):
        annotation = hints[field.name]
        if get_origin(annotation) is not Annotated:
            continue
        inner, *marks = get_args(annotation)
        key = next(mark for mark in marks if isinstance(mark, Key))
        required = field.default is NODEFAULT and field.default_factory is NODEFAULT
        specs.append(_spec(field.name, inner, key, required))
    names = {normal(name): spec for spec in specs for name in spec.names}
    return Table(model, tuple(specs), MappingProxyType(names))


def _spec(name: str, annotation: Any, key: Key, required: bool) -> Spec:
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(part for part in get_args(annotation) if part is not NoneType)
    repeated = get_origin(annotation) is tuple
    if repeated:
        annotation = get_args(annotation)[0]
    choices: tuple[str, ...] = get_args(annotation) if get_origin(annotation) is Literal else ()
    model = annotation if isinstance(annotation, type) and issubclass(annotation, Struct) else None
    words = {word.lower(): word for word in choices}
    words.update({word: value for value, word in key.words.items()})
    kind = key.kind or _kind(annotation, repeated, bool(choices), model is not None)
    return Spec(name, key, kind, required, choices, model, MappingProxyType(words))


def _kind(annotation: Any, repeated: bool, choice: bool, record: bool) -> Kind:
    if choice:
        return "choices" if repeated else "choice"
    if record:
        return "records" if repeated else "record"
    if repeated:
        return "list"
    plain: dict[str, Kind] = {"str": "text", "bool": "yes", "int": "number", "datetime": "time"}
    return plain[annotation.__name__]
