"""Signs that an input method or a paste leaves in a front matter: read as meant, reported once.

A full-width colon, a full-width or no-break space behind it, an invisible character before a key,
Chinese punctuation inside brackets: every reader of the file sees what was meant. The head is
brought into the form that YAML reads, and one notice per kind names all lines.
"""

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct, field

from dangjian.common.patterns import regex
from dangjian.common.problems import Problem
from dangjian.schema.column_entry import ColumnEntry
from dangjian.schema.entry import Entry
from dangjian.schema.foreign import FOREIGN
from dangjian.schema.keys import Spec, normal, table

INVISIBLE: Final = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
"""Characters without width that no key or rule of a front matter holds on purpose."""

_ODD_BLANKS: Final = "\u00a0\u2000-\u200a\u202f\u205f\u3000"
_BLANK: Final = f"[ \\t{_ODD_BLANKS}]"
_ODD: Final = regex(f"[{_ODD_BLANKS}{INVISIBLE}：，、；｛［【]|:[^\\s/]|:\\t|\\s#|,|\\]\\(")
_ROW: Final = regex(
    f"(?P<indent>{_BLANK}*)(?P<dash>-{_BLANK}+)?(?P<key>[^\\s:：#'\"\\[\\]{{}}-][^:：#'\"\\[\\]{{}}]{{0,40}}?)"
    f"{_BLANK}*(?P<colon>[:：])(?P<gap>[{INVISIBLE}{_ODD_BLANKS} \\t]*)(?P<value>.*)"
)
_BLOCK: Final = regex(r"[|>][+-]?\d?[+-]?\s*(#.*)?")
_FLOW_KEY: Final = regex(r"([{，,；;、])\s*([^\s:：,，{}\[\]'\"]{1,12})\s*[:：]\s*")
_FLOW_MAP: Final = regex(r"\{([^{}\[\]'\"]*)\}")
_BRACKETS: Final = str.maketrans("｛｝［］", "{}[]")
_MARKDOWN: Final = regex(r"!?\[([^\[\]{}:,]+)\]\(([^\s(){}:,]+)\)")
_TEXTS: Final = ("text", "title", "list")


def _known() -> tuple[dict[str, Spec], frozenset[str]]:
    """The keys of articles and columns by every name, and the names of keys inside them."""
    tables = [table(Entry), table(ColumnEntry)]
    inner = [table(spec.model) for one in tables for spec in one.specs if spec.model is not None]
    top = {name: spec for one in reversed(tables) for name, spec in one.by_name.items()}
    return top, frozenset(name for one in inner for name in one.by_name)


_TOP, _INNER = _known()


class _Found(Struct):
    """The lines on which each kind of sign was found."""

    colons: list[int] = field(default_factory=list)
    joined: list[int] = field(default_factory=list)
    blanks: list[int] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    flows: list[int] = field(default_factory=list)
    hashes: list[int] = field(default_factory=list)
    codes: dict[str, None] = field(default_factory=dict)


def repaired(head: str, path: str, line: int) -> tuple[str, tuple[Problem, ...]]:
    """A front matter in YAML's own signs, and what was replaced; ``line`` is that of its start."""
    if not _ODD.search(head):
        return head, ()
    found = _Found()
    rows = list(_rows(head.split("\n"), line, found))
    return "\n".join(rows), tuple(_notices(found, path))


def _rows(rows: list[str], line: int, found: _Found) -> Iterator[str]:
    block = -1
    for number, row in enumerate(rows, line):
        indent = len(row) - len(row.lstrip(" "))
        if block >= 0 and (indent > block or not row.strip()):
            yield row
            continue
        block = -1
        fixed = _row(row, number, found)
        matched = _ROW.fullmatch(fixed)
        if matched and _BLOCK.fullmatch(matched["value"]):
            block = len(matched["indent"])
        yield fixed


def _row(row: str, line: int, found: _Found) -> str:
    bare = row.lstrip(INVISIBLE)
    if bare != row:
        _note(found.hidden, line, row[: len(row) - len(bare)], found)
    matched = _ROW.fullmatch(bare)
    if matched is None:
        return _plain_indent(bare, line, found)
    indent, dash, written, colon, gap, value = matched.groups(default="")
    key = "".join(sign for sign in written if sign not in INVISIBLE)
    name = normal(key)
    known = _is_key(name, colon, top=not indent and not dash)
    if not known:
        return _plain_indent(bare, line, found)
    if key != written:
        _note(found.hidden, line, written, found)
    if colon == "：":
        found.colons.append(line)
    elif value and not gap:
        if value.startswith("//"):
            return bare
        found.joined.append(line)
    if gap.strip(" \t"):
        _note(found.blanks, line, gap.strip(" \t"), found)
    spec = _TOP.get(name) if not indent and not dash else None
    value = _value(value, spec, line, found)
    start = _plain_indent(indent + dash, line, found)
    return f"{start}{key}: {value}" if value else f"{start}{key}:"


def _is_key(name: str, colon: str, *, top: bool) -> bool:
    """Whether a row that reads ``name: …`` is a field: at the top a full colon can be no other."""
    if top:
        return name in _TOP or name in FOREIGN or colon == "："
    return name in _INNER


def _plain_indent(row: str, line: int, found: _Found) -> str:
    rest = row.lstrip(" \u3000\u00a0")
    blanks = row[: len(row) - len(rest)]
    if not blanks.strip(" "):
        return row
    _note(found.blanks, line, blanks.strip(" "), found)
    return " " * len(blanks) + rest


def _note(lines: list[int], line: int, signs: str, found: _Found) -> None:
    lines.append(line)
    for sign in signs:
        if sign in INVISIBLE or (sign.isspace() and sign not in " \t"):
            found.codes[f"U+{ord(sign):04X}"] = None


def _value(value: str, spec: Spec | None, line: int, found: _Found) -> str:
    if spec is not None and value and spec.kind not in ("text", "title"):
        plain = _half_width(value, spec)
        if plain != value:
            found.flows.append(line)
            value = plain
    if value[:1] in ("{", "["):
        fixed = _flow(value, spec)
        if fixed != value:
            found.flows.append(line)
        return fixed
    if spec is not None and spec.kind in _TEXTS and "#" in value and value[0] not in "'\"|>":
        return _with_hash(value, spec, line, found)
    return value


def _half_width(value: str, spec: Spec) -> str:
    """A value in full-width brackets, or written as Markdown has pictures and links, for YAML."""
    if value[0] in "｛［":
        return value.translate(_BRACKETS)
    if value[0] == "【" and value[-1] == "】" and value.count("【") == 1:
        return f"[{value[1:-1]}]"
    if spec.model is not None and (link := _MARKDOWN.fullmatch(value)):
        keys = table(spec.model).specs
        return f"{{{keys[0].key.zh}: {link[2]}, {keys[1].key.zh}: {link[1]}}}"
    return value


def _with_hash(value: str, spec: Spec, line: int, found: _Found) -> str:
    """``#`` begins a comment in YAML; before a word, and anywhere in a title, it is text."""
    comment = re.search(r"(?:^|\s)#(?:\s|$)", value)
    text = value
    if comment is not None:
        if spec.kind != "title" or comment.start() == 0:
            text = value[: comment.start()]
        else:
            found.hashes.append(line)
    text = text.rstrip()
    if not re.search(r"(?:^|\s)#", text):
        return value if comment is None else text
    return "'" + text.replace("'", "''") + "'"


def _flow(value: str, spec: Spec | None) -> str:
    """What brackets hold, with YAML's colons and commas around the keys that are known."""
    if "'" in value or '"' in value:
        return value
    fixed = re.sub(r"\}\s*[，、；;]\s*\{", "}, {", _FLOW_KEY.sub(_flow_key, value))
    fixed = _FLOW_MAP.sub(lambda found: "{" + _quoted_values(found[1]) + "}", fixed)
    if spec is not None and spec.kind == "records" and "{" not in fixed:
        fixed = re.sub("[，、；]", ", ", fixed)
    return fixed


def _flow_key(found: re.Match[str]) -> str:
    if normal(found[2]) not in _INNER:
        return found[0]
    plain = found[0].rstrip()
    if plain.endswith(":") and found[1] in "{," and found[0] != plain:
        return found[0]
    return f"{'{' if found[1] == '{' else ', '}{found[2]}: "


def _quoted_values(inner: str) -> str:
    """The pairs of a mapping; a comma that no key follows belongs to the value before it."""
    parts = re.split(r",\s*(?=[^\s:,]{1,12}: )", inner)
    if len(parts) == 1 + inner.count(","):
        return inner
    pairs = []
    for part in parts:
        key, colon, text = part.partition(": ")
        if colon and "," in text:
            text = "'" + text.strip().replace("'", "''") + "'"
        pairs.append(f"{key}{colon}{text}")
    return ", ".join(pairs)


def _notices(found: _Found, path: str) -> Iterator[Problem]:
    codes = "、".join(found.codes)
    for lines, message in (
        (found.colons, "的冒号是全角的“：”，已当作英文冒号；请改成英文冒号加一个空格"),
        (found.joined, "的冒号后面没有空格，已把冒号前后分开读取；请在英文冒号后面空一格"),
        (found.blanks, f"有全角空格一类的空白（{codes}），已当作普通空格；请改成英文空格"),
        (found.hidden, f"有看不见的字符（{codes}），已略去，请删去后重新输入"),
        (
            found.flows,
            "括号里的标点不是“名称: 内容, 名称: 内容”的写法，已照意思读取；请用英文冒号和逗号",
        ),
        (found.hashes, "标题里的 # 和后面的字已算作标题；是备注的，请另起一行，以 # 开头"),
    ):
        if lines:
            numbers = "、".join(str(number) for number in dict.fromkeys(lines))
            yield Problem(path, lines[0], f"第 {numbers} 行{message}", "warning")
