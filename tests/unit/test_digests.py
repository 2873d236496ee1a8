"""What a page shows of an article that is not its own is in its fingerprint: field by field.

Every field of an article's front matter is changed in turn, so that a new one can't be forgotten.
"""

import types
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

from dangjian.common.timezone import SHANGHAI
from dangjian.content.archive import Archive, Clock, build_archive
from dangjian.content.catalogue import FileFacts, Record
from dangjian.content.columns import build_tree
from dangjian.pages.presenter import Presenter
from dangjian.schema import ColumnEntry, Entry

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)
DAY = datetime(2020, 6, 16, 12, 24, tzinfo=SHANGHAI)
FILES = {"media:jcdj/p.png": FileFacts(name="media/p.0.png", width=3, height=2)}


def others(kind: Any, value: object) -> Iterator[object]:
    """Values of a type other than ``value``."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        yield from others(arguments[0], value)
    elif origin in (Union, types.UnionType):
        for one in arguments:
            yield from others(one, value)
    elif origin is Literal:
        yield from (one for one in arguments if one != value)
    elif origin is tuple:
        yield from ((one,) for one in others(arguments[0], None))
    elif kind is bool:
        yield not value
    elif kind is int:
        yield 5
    elif kind is str:
        yield "jcdj/p.png"
    elif kind is datetime:
        yield datetime(2020, 6, 17, 8, 0, tzinfo=SHANGHAI)
        yield datetime(2027, 6, 17, 8, 0, tzinfo=SHANGHAI)
    elif kind is type(None):
        if value is not None:
            yield None
    else:
        fields = msgspec.structs.fields(kind)
        given = {one.name: next(others(one.type, None)) for one in fields if one.required}
        yield kind(**given)


HINTS = get_type_hints(Entry, include_extras=True)
COLUMN_HINTS = get_type_hints(ColumnEntry, include_extras=True)
EVERY_TYPE = ("news", "document", "notice", "photo", "video", "link")


def entry(number: int, **fields: Any) -> Entry:
    return Entry(**{"title": f"第{number}篇", "date": DAY.replace(day=number), **fields})


def archive(changed: Entry, column: ColumnEntry, name: str = "n3") -> Archive:
    """Articles around n2, each tied to it in another way; the one of that name is ``changed``."""
    entries = {
        "jcdj/n1.md": entry(1, interprets=("n2",)),
        "jcdj/n2.md": entry(2, special=("zt",)),
        "jcdj/n3.md": entry(3),
        "jcdj/zt.md": entry(4, type="special", slug="zt"),
        f"jcdj/{name}.md": changed,
    }
    records = {path: Record(digest=b"", entry=one) for path, one in entries.items()}
    tree = build_tree(["jcdj"], {"jcdj": column})
    return build_archive(records, tree, {"jcdj": tree.by_folder["jcdj"]}, Clock(NOW, drafts=True))


def presenter(changed: Entry, column: ColumnEntry | None = None, name: str = "n3") -> Presenter:
    found = archive(changed, column or ColumnEntry(name="基层党建"), name)
    related = {"jcdj/n2.md": ("jcdj/n3.md",)}
    return Presenter(found, FILES, related, NOW, "主办单位", "编辑")


@pytest.mark.parametrize("kind", EVERY_TYPE)
@pytest.mark.parametrize("name", HINTS)
def test_what_lists_show_of_an_article_changes_with_its_digest(name: str, kind: str) -> None:
    before = entry(3, type=kind, external_url="https://dj.example.gov.cn/")
    for value in others(HINTS[name], getattr(before, name)):
        after = msgspec.structs.replace(before, **{name: value})
        seen = []
        for one in (before, after):
            made = presenter(one)
            item = made.archive.by_path["jcdj/n3.md"]
            seen.append((made.mention(item), made.mention_digest(item)))
            seen.append((made.card(item), made.card_digest(item)))
        for old, new in ((seen[0], seen[2]), (seen[1], seen[3])):
            assert (old[0] != new[0]) == (old[1] != new[1]), (name, value)


ROLES: dict[str, dict[str, Any]] = {
    "n1": {"interprets": ("n2",)},
    "n3": {},
    "zt": {"type": "special", "slug": "zt"},
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", HINTS)
def test_a_page_changes_with_the_part_of_its_fingerprint_for_another_article(
    name: str, role: str
) -> None:
    """n1 interprets n2, n3 follows it and is related to it, zt is a special that has it."""
    number = {"n1": 1, "n3": 3, "zt": 4}[role]
    before = entry(number, external_url="https://dj.example.gov.cn/", **ROLES[role])
    for value in others(HINTS[name], getattr(before, name)):
        after = msgspec.structs.replace(before, **{name: value})
        seen = []
        for one in (before, after):
            made = presenter(one, name=role)
            item = made.archive.by_path["jcdj/n2.md"]
            seen.append((made.article(item), made.article_parts(item)))
        (view, parts), (new_view, new_parts) = seen
        assert (view != new_view) == (parts != new_parts), (name, value)


@pytest.mark.parametrize("name", COLUMN_HINTS)
def test_a_column_changes_with_its_digest(name: str) -> None:
    before = ColumnEntry(name="基层党建")
    for value in others(COLUMN_HINTS[name], getattr(before, name)):
        after = msgspec.structs.replace(before, **{name: value})
        marks = []
        for one in (before, after):
            made = presenter(entry(3), one)
            column = made.archive.columns.by_folder["jcdj"]
            marks.append(made.column_digest(column))
        assert marks[0] != marks[1], (name, value)
