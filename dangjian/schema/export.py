"""What is made from the model: the reference table of the manual, and the front matter that the
command ``new`` starts an article with.
"""

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from msgspec import Struct

from dangjian.schema.column_entry import ColumnEntry
from dangjian.schema.entry import Entry
from dangjian.schema.keys import Kind, Spec, Table, table
from dangjian.schema.terms import NEEDED, TYPE_NAMES

Names = Literal["zh", "en"]

_SHAPES: Final[dict[Kind, str]] = {
    "text": "一段文字",
    "title": "一段文字",
    "slug": "小写字母、数字、- _ .",
    "code": "小写字母、数字、- _ .",
    "time": "日期，可带时分",
    "until": "日期（含当天），可带时分",
    "list": "几个词，用顿号隔开",
    "yes": "是、否",
    "picture": "图片文件",
    "focus": "上、下、左、右、左上……或百分数",
    "path": "文件",
    "web": "网址（https://…）",
    "address": "以 / 开头的旧地址",
    "addresses": "以 / 开头的旧地址，用顿号隔开",
    "doc_number": "如 示组发〔2026〕12号",
    "phone": "电话号码",
}


def reference(model: type[Struct] = Entry) -> str:
    """The editors' table of all keys, in Markdown and Chinese; nested keys in their own tables."""
    known = table(model)
    nested = (
        f"**{spec.key.zh}（`{spec.name}`）里面写：**\n\n{_table(table(spec.model))}"
        for spec in known.specs
        if spec.model is not None
    )
    return "\n".join((_table(known), *nested))


def _table(known: Table) -> str:
    typed = any(spec.key.types for spec in known.specs)
    head = ["名称", "英文名", "写什么", "说明", *(["用于"] if typed else []), "例子"]
    rows = [head, ["---"] * len(head)]
    for spec in known.specs:
        types = "、".join(TYPE_NAMES[kind] for kind in spec.key.types) or "各类"
        name = f"**{spec.key.zh}**（必写）" if spec.required else spec.key.zh
        cells = [name, "、".join(f"`{other}`" for other in (spec.name, *spec.key.also))]
        cells += [shape(spec), spec.key.about, *([types] if typed else [])]
        rows.append([*cells, f"`{spec.key.example}`" if spec.key.example else ""])
    return "".join(
        f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |\n" for row in rows
    )


def shape(spec: Spec) -> str:
    """What may stand in a field, in a few words."""
    if spec.kind in ("choice", "choices"):
        words = {value: word for word, value in spec.words.items()}
        accepted = "、".join(words[choice] for choice in spec.choices)
        return accepted if spec.kind == "choice" else f"{accepted}，可写几个"
    if spec.kind == "number":
        return f"{spec.key.least} 到 {spec.key.most} 的整数"
    if spec.model is not None:
        inner = "、".join(inner.key.zh for inner in table(spec.model).specs)
        return f"下一级写{inner}" + ("，可写几组" if spec.kind == "records" else "")
    return _SHAPES[spec.kind]


def snippet(
    article_type: str = "news", given: Mapping[str, str] | None = None, names: Names = "zh"
) -> str:
    """The front matter of a new article of a type, ``---`` lines included.

    ``given`` are values by English key (title, date, column …). Other keys stand as comments with
    an example and what they are for; the text is valid once title and date are in.
    """
    values = {"title": "", "date": "", **(given or {})}
    if article_type != "news":
        values.setdefault("type", TYPE_NAMES[article_type] if names == "zh" else article_type)
    needed = NEEDED.get(article_type, "")
    rows = []
    for spec in table(Entry).specs:
        if spec.name in values:
            rows.append(_given(spec, values[spec.name], names))
        elif spec.name == needed:
            rows.extend(_example(spec, names))
        elif _offered(spec, article_type):
            rows.extend(f"# {row}" for row in _example(spec, names))
    return "\n".join(("---", *rows, "---", "", ""))


def column_snippet(given: Mapping[str, str], names: Names = "zh") -> str:
    """The front matter of a new ``_column.md``; ``given`` by English key."""
    rows = []
    for spec in table(ColumnEntry).specs:
        if spec.name in given or spec.required:
            rows.append(_given(spec, given.get(spec.name, ""), names))
        else:
            rows.extend(f"# {row}" for row in _example(spec, names))
    return "\n".join(("---", *rows, "---", "", ""))


def yaml_text(text: str) -> str:
    """A text as a YAML value that is read back as it is, quoted only where YAML needs it."""
    line = " ".join(text.split())
    plain = (
        line
        and line[0] not in "-?:,[]{}#&*!|>'\"%@`"
        and ": " not in line
        and " #" not in line
        and line[-1] != ":"
        and line.lower() not in ("~", "null")
    )
    return line if plain or not line else "'" + line.replace("'", "''") + "'"


def _offered(spec: Spec, article_type: str) -> bool:
    """Keys of this type and of few others, and those every article may want."""
    types = spec.key.types
    return spec.key.common or (article_type in types and len(types) <= 2)


def _name(spec: Spec, names: Names) -> str:
    return spec.key.zh if names == "zh" else spec.name


def _given(spec: Spec, value: str, names: Names) -> str:
    if value:
        return f"{_name(spec, names)}: {yaml_text(value)}"
    return f"{_name(spec, names)}:  # {spec.key.about}"


def _example(spec: Spec, names: Names) -> Iterator[str]:
    name, about = _name(spec, names), spec.key.about
    if spec.model is None:
        value = yaml_text(spec.key.example or _sample(spec))
        yield f"{name}: {value}  # {about}" if value else f"{name}:  # {about}"
        return
    inner = "、".join(other.key.zh for other in table(spec.model).specs)
    items = (other for other in table(spec.model).specs if other.required or other.key.example)
    record = ", ".join(f"{_name(other, names)}: {other.key.example}" for other in items)
    if spec.kind == "record":
        yield f"{name}: {{{record}}}  # {about}（可写{inner}）"
    else:
        yield f"{name}:  # {about}（可写{inner}）"
        yield f"  - {{{record}}}"


def _sample(spec: Spec) -> str:
    if spec.kind in ("choice", "choices"):
        return next(word for word, value in spec.words.items() if value == spec.choices[0] != word)
    samples = {"yes": "是", "time": "2026-12-31", "until": "2026-12-31", "number": "0"}
    return samples.get(spec.kind, "")
