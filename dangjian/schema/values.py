"""From what an editor wrote to a typed value, one reading for each kind of key.

A reading returns the value, or ``None`` when it noted a problem or there was nothing to read.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Any, Final, cast

from msgspec import Struct

from dangjian.common.patterns import regex
from dangjian.schema.dates import ACCEPTED, DateError, read_date
from dangjian.schema.focus import FocusError, read_focus
from dangjian.schema.forms import PHONE, PHONE_EXAMPLE, shortened
from dangjian.schema.frontmatter import Field, Group, Items, Node, Text
from dangjian.schema.keys import Kind, Spec, Table, normal, table
from dangjian.schema.paths import (
    PathError,
    address_name,
    inside_content,
    site_address,
    web_address,
)
from dangjian.schema.terms import NO_WORDS, YES_WORDS
from dangjian.schema.texts import SourceLocation, plain_text, text_items

_BRACKETED: Final = regex(r"[\[【〖(（［<〈《「﹝{｛]\s*([12]\d{3})\s*[\]】〗)）］>〉》」﹞}｝]")
_NUMBERED: Final = regex(r"(〔\d{4}〕)\s*(?:第\s*0*|0+)(\d+)\s*号?")

_ENDING: Final = regex(r"\.(?:html?|md|shtml|aspx?|php)\s*$", re.IGNORECASE)
_BETWEEN_ADDRESSES: Final = regex(r"[\s、，,；;]+(?=/)")


class ParsedFields(Struct):
    """What was read of a mapping: the values, each key's field, the keys reported as wrong."""

    values: dict[str, Any]
    fields: dict[str, Field]
    wrong: set[str]

    def line(self, name: str, otherwise: int = 1) -> int:
        """The line a key is on."""
        field = self.fields.get(name)
        return field.line if field else otherwise


Unknown = Callable[[Field, SourceLocation], tuple[str, ...] | None]
"""What to do about a key that is not ours: the names of ours it stands for, which then are not
missed; None if nothing is known of it either."""


def read_fields(
    fields: tuple[Field, ...], known: Table, place: SourceLocation, others: Unknown | None = None
) -> ParsedFields:
    """Read the fields of a mapping by a model. Keys given without content have no value.

    ``others`` is asked first about a key that the model does not have.
    """
    values: dict[str, Any] = {}
    seen: dict[str, Field] = {}
    wrong: set[str] = set()
    names = known.by_name
    for field in fields:
        spec = names.get(field.key) or names.get(normal(field.key))
        if spec is None:
            handled = others(field, place) if others is not None else None
            wrong.update(_unknown(field, known, place) if handled is None else handled)
            continue
        if (before := seen.get(spec.name)) is not None:
            _twice(before, field, spec, place)
            continue
        seen[spec.name] = field
        noted = len(place.problems)
        value = READINGS[spec.kind](field.value, spec, place)
        if value is not None:
            values[spec.name] = value
        elif any(problem.level == "error" for problem in place.problems[noted:]):
            wrong.add(spec.name)
    return ParsedFields(values, seen, wrong)


def _unknown(field: Field, known: Table, place: SourceLocation) -> tuple[str, ...]:
    """Report a key that is not ours; returns the one that was meant, not to be missed again."""
    nearest = known.nearest(field.key)
    if above := [
        spec.key.zh
        for spec in known.specs
        if spec.model is not None and normal(field.key) in table(spec.model).by_name
    ]:
        owners = "、".join(above)
        message = f"“{shortened(field.key)}”要写在{owners}的下一级，比那一行多缩进两个空格"
        place.note(field.line, message)
        return ()
    if nearest is None:
        names = "、".join(spec.key.zh for spec in known.specs[:8])
        advice = f"可用的名称有{names}等，不需要就删去这一行"
    else:
        advice = f"是不是要写 {nearest.key.zh}（{nearest.name}）？"
    place.note(field.line, f"没有“{shortened(field.key)}”这一项，{advice}")
    return (nearest.name,) if nearest else ()


def _twice(before: Field, field: Field, spec: Spec, place: SourceLocation) -> None:
    if before.key == field.key:
        what = f"“{field.key}”写了两次"
    else:
        what = f"“{before.key}”和“{field.key}”是同一项（{spec.key.zh}）"
    place.note(field.line, f"{what}，第 {before.line} 行和第 {field.line} 行只能留一处")


def _text(node: Node, spec: Spec, place: SourceLocation) -> str | None:
    text = plain_text(node, spec, place)
    if not text:
        return None
    key = spec.key
    if len(text) > key.longest:
        place.note(node.line, f"{spec.label}有 {len(text)} 个字，最多 {key.longest} 个，请改短")
        return None
    if key.advised and len(text) > key.advised:
        message = f"{spec.label}有 {len(text)} 个字，{key.advised} 字以内为宜"
        place.note(node.line, message, "warning")
    return text


def _title(node: Node, spec: Spec, place: SourceLocation) -> str | None:
    text = _text(node, spec, place)
    if text and not any(character.isalnum() for character in text):
        place.note(node.line, f"{spec.label}“{shortened(text)}”里没有文字，请写出{spec.key.zh}")
        return None
    return text


def _checked(check: Callable[[str], str]) -> Callable[[Node, Spec, SourceLocation], str | None]:
    def read(node: Node, spec: Spec, place: SourceLocation) -> str | None:
        text = _text(node, spec, place)
        if not text:
            return None
        try:
            return check(text)
        except (PathError, FocusError) as wrong:
            place.note(node.line, f"{spec.label}写的是“{shortened(text)}”：{wrong}")
            return None

    return read


def _without_ending(node: Node, spec: Spec, place: SourceLocation) -> Node:
    """An address name without the ``.html`` that is put behind it anyway."""
    if not isinstance(node, Text) or not (found := _ENDING.search(node.text)):
        return node
    name = node.text[: found.start()].strip()
    message = f"{spec.label}不写扩展名，已用 {name}"
    place.note(node.line, message, "warning")
    return Text(name, node.line)


def _address_name(node: Node, spec: Spec, place: SourceLocation) -> str | None:
    """A part of an address; capitals become small letters, which is reported."""
    if spec.kind == "slug":
        node = _without_ending(node, spec, place)
    if isinstance(node, Text) and not node.text.islower() and node.text.isascii():
        small = Text(node.text.lower(), node.line)
        noted = len(place.problems)
        name = _checked(address_name)(small, spec, place)
        if name is not None:
            message = f"{spec.label}写的是“{shortened(node.text)}”，网址一律小写，已用 {name}"
            if name != node.text.strip():
                place.note(node.line, message, "warning")
            return name
        del place.problems[noted:]
    return _checked(address_name)(node, spec, place)


def _path(node: Node, spec: Spec, place: SourceLocation) -> str | None:
    if spec.key.elsewhere and isinstance(node, Text) and "://" in node.text:
        place.note(node.line, f"{spec.label}写的是“{shortened(node.text)}”：{spec.key.elsewhere}")
        return None
    return _checked(lambda text: inside_content(text, place.folder))(node, spec, place)


def _picture(node: Node, spec: Spec, place: SourceLocation) -> str | None:
    path = _path(node, spec, place)
    if path and not path.lower().endswith(PICTURES):
        accepted = "、".join(name.lstrip(".") for name in PICTURES)
        place.note(node.line, f"{spec.label}“{shortened(path)}”不是图片，可用的有 {accepted}")
        return None
    return path


PICTURES: Final = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".svg", ".avif", ".bmp", ".tif",
                   ".tiff")  # fmt: skip


def _date(node: Node, spec: Spec, place: SourceLocation) -> Any:
    text = plain_text(node, spec, place)
    if not text:
        return None
    try:
        return read_date(text, spec.kind == "until")
    except DateError as wrong:
        place.note(
            node.line, f"{spec.label}写的是“{shortened(text)}”：{wrong}。请照这样写：{ACCEPTED}"
        )
        return None


def _list(node: Node, spec: Spec, place: SourceLocation) -> tuple[str, ...] | None:
    items = text_items(node, spec, place)
    if not items:
        return None
    values: dict[str, None] = {}
    for item in items:
        text = _text(item, spec, place)
        if text:
            values[text] = None
    return tuple(values)


def _addresses(node: Node, spec: Spec, place: SourceLocation) -> tuple[str, ...] | None:
    read = _checked(site_address)
    items = [
        Text(one, item.line)
        for item in text_items(node, spec, place) or ()
        for one in _BETWEEN_ADDRESSES.split(item.text)
    ]
    values = dict.fromkeys(read(item, spec, place) for item in items)
    return tuple(value for value in values if value) or None


def _choice(node: Node, spec: Spec, place: SourceLocation) -> str | None:
    text = plain_text(node, spec, place)
    if not text:
        return None
    word = text.lower().rstrip("。.")
    value = spec.words.get(word) or spec.key.synonyms.get(word)
    if value is None:
        accepted = "、".join(_accepted(spec))
        place.note(node.line, f"{spec.label}写的是“{shortened(text)}”，只能写：{accepted}")
    return value


def _accepted(spec: Spec) -> list[str]:
    chinese = {value: word for word, value in spec.words.items() if word != value}
    return [
        f"{chinese[choice]}（{choice}）" if choice in chinese else choice for choice in spec.choices
    ]


def _choices(node: Node, spec: Spec, place: SourceLocation) -> tuple[str, ...] | None:
    items = text_items(node, spec, place)
    if not items:
        return None
    values = dict.fromkeys(_choice(item, spec, place) for item in items)
    return tuple(value for value in values if value is not None)


def _yes(node: Node, spec: Spec, place: SourceLocation) -> bool | None:
    text = plain_text(node, spec, place)
    if not text:
        return None
    word = text.lower()
    if word in YES_WORDS or word in NO_WORDS:
        return word in YES_WORDS
    place.note(node.line, f"{spec.label}写的是“{shortened(text)}”，只能写 是 或 否")
    return None


def _number(node: Node, spec: Spec, place: SourceLocation) -> int | None:
    text = plain_text(node, spec, place)
    if not text:
        return None
    key = spec.key
    text = unicodedata.normalize("NFKC", text)
    if re.fullmatch(r"[+-]?[0-9]{1,9}", text) and key.least <= int(text) <= key.most:
        return int(text)
    place.note(
        node.line, f"{spec.label}写的是“{shortened(text)}”，要写 {key.least} 到 {key.most} 的整数"
    )
    return None


def _doc_number(node: Node, spec: Spec, place: SourceLocation) -> str | None:
    text = _text(node, spec, place)
    if not text:
        return None
    right = _BRACKETED.sub(r"〔\1〕", text)
    if right != text:
        right = re.sub(r"\s*(〔\d{4}〕)\s*", r"\1", right)
        place.note(
            node.line, f"{spec.label}写的是“{shortened(text)}”，年份要用六角括号，请写成 {right}"
        )
        return None
    if right != (right := _NUMBERED.sub(r"\1\2号", text)):
        message = f"{spec.label}“{shortened(text)}”不加“第”字，序号前不补 0，宜写成 {right}"
        place.note(node.line, message, "warning")
    return text


def _phone(node: Node, spec: Spec, place: SourceLocation) -> str | None:
    text = _text(node, spec, place)
    if text and not PHONE.fullmatch(text):
        message = (
            f"{spec.label}写的是“{shortened(text)}”，要写电话号码，例如 12380 或 {PHONE_EXAMPLE}"
        )
        place.note(node.line, message)
        return None
    return text


def _record(node: Node, spec: Spec, place: SourceLocation) -> Struct | None:
    if isinstance(node, Text) and not node.text.strip():
        return None
    if isinstance(node, Items):
        place.note(node.line, f"{spec.label}只能有一个，请去掉行首的 -")
        return None
    return _filled(node, spec, place)


def _records(node: Node, spec: Spec, place: SourceLocation) -> tuple[Struct, ...] | None:
    if isinstance(node, Text):
        found = tuple(text_items(node, spec, place) or ()) if spec.kind == "records" else (node,)
        nodes: tuple[Node, ...] = found
    else:
        nodes = (node,) if isinstance(node, Group) else node.items
    records = (_filled(item, spec, place) for item in nodes)
    return tuple(record for record in records if record is not None) or None


def _filled(node: Node, spec: Spec, place: SourceLocation) -> Struct | None:
    """One record; a bare text is its first key (a picture, a file)."""
    model = cast("type[Struct]", spec.model)
    known = table(model)
    first = known.specs[0]
    if isinstance(node, Items):
        place.note(node.line, f"{spec.label}里不能再套列表")
        return None
    if isinstance(node, Text):
        fields: tuple[Field, ...] = (Field(first.key.zh, node, node.line),)
    else:
        fields = node.fields
    before = len(place.problems)
    values = read_fields(fields, known, place).values
    if any(problem.level == "error" for problem in place.problems[before:]):
        return None
    for missing in known.specs:
        if not missing.required or missing.name in values:
            continue
        lenient = missing.name in spec.key.lenient or (place.archived and missing.name == "alt")
        lacking = _lacking(missing, first, values, spec)
        place.note(node.line, lacking, "warning" if lenient else "error")
        if not lenient:
            return None
        values[missing.name] = ""
    return model(**values, line=node.line)


def _lacking(missing: Spec, first: Spec, values: dict[str, Any], spec: Spec) -> str:
    given = values.get(first.name, "")
    name = given.rsplit("/", 1)[-1] if isinstance(given, str) else ""
    written = f"{first.key.zh}: {name}, " if name and first is not missing else ""
    lead = "- " if spec.kind == "records" else f"{spec.key.zh}: "
    return (
        f"{spec.label}缺少 {missing.label}，即{missing.key.about}；"
        f"请写成 {lead}{{{written}{missing.key.zh}: ……}}"
    )


Reading = Callable[[Node, Spec, SourceLocation], Any]

READINGS: Final[dict[Kind, Reading]] = {
    "text": _text,
    "title": _title,
    "slug": _address_name,
    "code": _address_name,
    "time": _date,
    "until": _date,
    "list": _list,
    "yes": _yes,
    "number": _number,
    "choice": _choice,
    "choices": _choices,
    "picture": _picture,
    "focus": _checked(read_focus),
    "path": _path,
    "web": _checked(web_address),
    "address": _checked(site_address),
    "addresses": _addresses,
    "doc_number": _doc_number,
    "phone": _phone,
    "record": _record,
    "records": _records,
}
