"""The head of an article's file: YAML between ``---`` lines or Pelican's ``Key: value`` lines.

Every scalar stays text and knows its line; the schema gives types, not YAML (whose loaders read
12:24 as 744). Anchors and aliases are refused, depth and size are limited, so that no file can
make a build slow.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, Literal

import yaml
from msgspec import Struct

from dangjian.common.errors import DangjianError
from dangjian.common.patterns import regex
from dangjian.common.problems import Level, Problem
from dangjian.schema.advice import advice_on, explained
from dangjian.schema.decoding import SOFT_BREAK, decode
from dangjian.schema.repairs import INVISIBLE, repaired

Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

MAX_LENGTH: Final = 100_000
MAX_DEPTH: Final = 6
MAX_VALUES: Final = 5_000
_DEEP: Final = f"内容嵌套超过 {MAX_DEPTH} 层，请改得平一些"

_BARE: Final = f" \t\r\u3000\u00a0{INVISIBLE}"
_LEAD: Final = f"\n{_BARE}"
_DRAFT: Final = regex(
    r"^(?:状态|status)\s*[:：]\s*(?:草稿|draft)\s*$|^draft\s*:\s*true\s*$", re.MULTILINE
)
_RULE: Final = regex(r"[-—–－─]{2,}\s*$")
_KEY: Final = regex(r" {0,3}([^\W\d][\w \-]{0,40}?)\s*([:：])(.*)$")
_BREAK: Final = regex("[\x0b\x85\u2028\u2029]")
_COMMENT: Final = regex(r"\s*(?P<key>[^\s:#'\"-][^:#'\"]*):\s[^'\"#]*(?<=\s)(?P<lost>#[^\s#].*)")


class Text(Struct, frozen=True, gc=False):
    """A scalar, as written."""

    text: str
    line: int


class Items(Struct, frozen=True):
    """A list."""

    items: tuple["Node", ...]
    line: int


class Group(Struct, frozen=True):
    """A mapping, its fields in the order written (the same key may come twice)."""

    fields: tuple["Field", ...]
    line: int


Node = Text | Items | Group


class Field(Struct, frozen=True):
    """One key with its value; ``line`` is the key's."""

    key: str
    value: Node
    line: int


class Source(Struct, frozen=True):
    """An article's file taken apart. ``path`` is relative to ``content/``, with ``/``.

    ``body_line`` is the line on which ``body`` begins. ``broken``: the head could not be read, so
    it can't be said which keys are missing.
    """

    path: str
    fields: tuple[Field, ...]
    body: str
    body_line: int
    problems: tuple[Problem, ...] = ()
    form: Literal["yaml", "headers", "none"] = "yaml"
    broken: bool = False


class _HeadError(DangjianError):
    """The head cannot be read on; ``line`` counts in the file."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def parse_source(raw: str | bytes, path: str) -> Source:
    """Take a file apart. Never raises for what the file holds; see ``Source.problems``."""
    text, problems = decode(raw, path)
    if any(problem.level == "error" and not problem.line for problem in problems):
        return Source(path, (), "", 0, problems, "none", broken=True)
    lead = len(text) - len(text.lstrip(_LEAD))
    start = text.count("\n", 0, lead)
    if hidden := {sign for sign in text[:lead] if sign in INVISIBLE}:
        codes = "、".join(f"U+{ord(sign):04X}" for sign in sorted(hidden))
        message = f"文件开头有看不见的字符（{codes}），已略去，请删去"
        problems = (*problems, Problem(path, start + 1, message, "warning"))
    begin = lead if hidden else text.rfind("\n", 0, lead) + 1
    first, _, rest = text[begin:].partition("\n")
    try:
        if first.strip(_BARE) == "---":
            return _yaml(rest, path, start + 2, problems)
        return _headers(text[begin:], path, start + 1, problems)
    except _HeadError as mistake:
        level: Level = "warning" if _DRAFT.search(text[begin : begin + MAX_LENGTH]) else "error"
        problem = Problem(path, mistake.line, mistake.message, level)
        return Source(path, (), "", 0, (*problems, problem), "none", broken=True)


def _yaml(rest: str, path: str, line: int, problems: tuple[Problem, ...]) -> Source:
    head, body = _split(rest, line)
    if SOFT_BREAK in rest:
        # In the text it stays, so that the lines that are reported are those of the file.
        head = head.replace(SOFT_BREAK, " ")
    body_line = line + head.count("\n") + 1
    if len(head) > MAX_LENGTH:
        raise _HeadError(
            line, f"文件头有 {len(head)} 个字，最多 {MAX_LENGTH} 个，请把正文移到 --- 之后"
        )
    if _BREAK.search(head):
        problems = (*problems, *_breaks(head, path, line))
        head = _BREAK.sub(" ", head)
    fields = plain_fields(head, line)
    if fields is None:
        _check_filled(head, line, path)
        head, notices = repaired(head, path, line)
        problems = (*problems, *notices)
        fields = plain_fields(head, line) or built_fields(head, line)
        if " #" in head:
            problems = (*problems, *_lost(head, path, line))
    return Source(path, fields, body, body_line, problems)


def _breaks(head: str, path: str, line: int) -> Iterator[Problem]:
    """YAML would end a line at these signs, which editors' tools do not show as line ends."""
    for number, row in enumerate(head.split("\n"), line):
        if found := _BREAK.search(row):
            code = f"U+{ord(found.group()):04X}"
            message = f"这一行里有看不见的换行符 {code}，已当作空格，请删去"
            yield Problem(path, number, message, "warning")


def _lost(head: str, path: str, line: int) -> Iterator[Problem]:
    """``#`` begins a comment in YAML; before a word it was most likely meant as text."""
    for number, row in enumerate(head.split("\n"), line):
        if found := _COMMENT.match(row):
            message = (
                f"“{found['key']}”里从 {found['lost'][:20]} 起被当作注释略去了；"
                "要保留就用英文单引号把整个内容括起来"
            )
            yield Problem(path, number, message, "warning")


def _split(rest: str, line: int) -> tuple[str, str]:
    """Head and body around the closing line; the head keeps its last line end."""
    if rest.startswith("---\n") or rest == "---":
        return "", rest[4:]
    at = 0
    while (at := rest.find("\n---", at)) >= 0:
        end = rest.find("\n", at + 1)
        end = len(rest) if end < 0 else end
        if not rest[at + 4 : end].strip(_BARE):
            return rest[: at + 1], rest[end + 1 :]
        at = end
    at = 0
    for number, text in enumerate(rest.split("\n"), line):
        if text.strip(_BARE) == "---":
            return rest[:at], rest[at + len(text) + 1 :]
        at += len(text) + 1
        if text.strip() == "..." or (_RULE.match(text)):
            raise _HeadError(
                number, f"文件头的结束行写成了“{text.strip()[:10]}”，应当是三个英文减号 ---"
            )
    raise _HeadError(line - 1, "文件头没有结束：请在正文之前另起一行，只写三个英文减号 ---")


def _check_filled(head: str, line: int, path: str) -> None:
    if not head.strip():
        raise _HeadError(line - 1, f"文件头是空的：两行 --- 之间至少要写{_needed(path)}")


def _needed(path: str) -> str:
    """The keys that a file has to have."""
    return "“名称: ……”" if path.endswith("_column.md") else "“标题: ……”“时间: ……”"


def built_fields(head: str, line: int) -> tuple[Field, ...]:
    """The fields of a head in any form of YAML that is allowed."""
    try:
        root = _Builder(head, line).root()
    except yaml.YAMLError as error:
        where, says = explained(error, head, line)
        # From PyYAML 6.0.4 on, libyaml refuses a thousand levels before any of them is seen here.
        raise _HeadError(where, _DEEP if "nesting depth" in str(error) else says) from None
    if isinstance(root, Group):
        return root.fields
    advice = advice_on(head.split("\n")[root.line - line])
    raise _HeadError(
        root.line,
        advice or "文件头每行要写成“名称: 内容”（英文冒号，后面空一格），例如“标题: 基层党建”",
    )


_NOTHING: Final = frozenset(("~", "null", "Null", "NULL"))
_QUOTED: Final = r'"[^"\\]*"'
_PLAIN_FIELD: Final = regex(
    r"(?P<key>[^\W\d]\w{0,40}): (?:"
    rf"(?P<quoted>{_QUOTED})"
    r"|(?P<plain>\w(?:[\w .,/+()，。、；：！？“”‘’（）《》〔〕·—-]++|:(?=\w))*+"
    r"(?<=[\w，。；！？”’）》〕]))"
    rf"|\[(?P<items>{_QUOTED}(?:, {_QUOTED})*)\])"
)


def plain_fields(head: str, line: int) -> tuple[Field, ...] | None:
    """What YAML gives for a head of ``key: value`` lines of the plainest form; None for any other.

    A value is a few words, something in double quotes, or a list of such in brackets. Most heads
    are like that, and YAML takes four times as long; that both give the same is held by a test.
    """
    fields: list[Field] = []
    if len(head) > MAX_VALUES:
        return None
    for number, row in enumerate(head.removesuffix("\n").split("\n"), line):
        found = _PLAIN_FIELD.fullmatch(row)
        if found is None or not row.isprintable() or not _NOTHING.isdisjoint(found.groups()):
            return None
        key, quoted, plain, items = found.groups()
        value: Node
        if items is None:
            value = Text(plain or quoted[1:-1], number)
        else:
            value = Items(tuple([Text(item, number) for item in items[1:-1].split('", "')]), number)
        fields.append(Field(key, value, number))
    return tuple(fields)


class _Builder:
    """Builds nodes from YAML events, without recursion into C and within the limits."""

    def __init__(self, head: str, line: int) -> None:
        self._next: Callable[[], Any] = Loader(head).get_event
        self._line = line
        self._values = 0

    def root(self) -> Node:
        node: Node | None = None
        while type(event := self._next()) is not yaml.StreamEndEvent:
            if type(event) is yaml.DocumentStartEvent:
                if node is not None:
                    raise self._mistake(event, "文件头里只能有一份内容，请删去“...”一类的行")
                node = self._node(self._next(), 0)
        return node if node is not None else Text("", self._line)

    def _node(self, event: Any, depth: int) -> Node:
        self._values += 1
        kind = type(event)
        if self._values > MAX_VALUES:
            raise self._mistake(event, f"文件头超过 {MAX_VALUES} 个值，请减少")
        if event.anchor is not None or (kind is not yaml.AliasEvent and event.tag is not None):
            raise self._marked(event)
        if kind is yaml.ScalarEvent:
            return Text(_scalar(event), event.start_mark.line + self._line)
        if depth >= MAX_DEPTH:
            raise self._mistake(event, _DEEP)
        line = event.start_mark.line + self._line
        if kind is yaml.SequenceStartEvent:
            return Items(tuple(self._items(depth + 1)), line)
        return Group(tuple(self._pairs(depth + 1)), line)

    def _items(self, depth: int) -> Iterator[Node]:
        while type(event := self._next()) is not yaml.SequenceEndEvent:
            yield self._node(event, depth)

    def _pairs(self, depth: int) -> Iterator[Field]:
        while type(event := self._next()) is not yaml.MappingEndEvent:
            key = self._node(event, depth)
            if not isinstance(key, Text):
                message = "名称只能是一个词，例如“标题”；内容以 { 开头的，要用英文单引号括起来"
                raise self._mistake(event, message)
            yield Field(key.text.strip(), self._node(self._next(), depth), key.line)

    def _marked(self, event: Any) -> _HeadError:
        """Anchors, aliases and tags of YAML: most likely text that begins with & * or !."""
        if type(event) is yaml.AliasEvent:
            sign, name = "*", event.anchor
        elif event.anchor is not None:
            sign, name = "&", event.anchor
        else:
            sign, name = "!", event.tag.lstrip("!")
        return self._mistake(
            event,
            f"{sign}{name} 会被当作 YAML 的记号，不能用；"
            f"内容以 {sign} 开头时用英文单引号括起来，例如 '{sign}重要'",
        )

    def _mistake(self, event: Any, message: str) -> _HeadError:
        return _HeadError(event.start_mark.line + self._line, message)


def _scalar(event: Any) -> str:
    value: str = event.value
    if value in _NOTHING and event.implicit[0]:
        return ""
    return value


def _headers(text: str, path: str, line: int, problems: tuple[Problem, ...]) -> Source:
    """Pelican's plain form: ``Key: value`` lines up to the first empty line."""
    first = text.partition("\n")[0]
    if _RULE.match(first):
        raise _HeadError(
            line, f"文件头的起始行写成了“{first.strip()[:10]}”，应当是三个英文减号 ---"
        )
    if form := {"+": "TOML（+++）", "{": "JSON（{}）"}.get(first.strip()[:1]):
        raise _HeadError(
            line,
            f"文件头是 {form} 的写法，请改成一行 ---，接着写{_needed(path)}，再写一行 ---",
        )
    if not _KEY.match(first):
        what = "文件是空的" if not text.strip() else "文件开头没有文件头"
        raise _HeadError(line, f"{what}：请在最前面写一行 ---，接着写{_needed(path)}，再写一行 ---")
    found: list[tuple[str, str, int]] = []
    mistakes: list[Problem] = []
    colons: list[int] = []
    at, number = 0, line - 1
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        row = text[at:end]
        at, number = end + 1, number + 1
        if not row.strip() or row.rstrip() in ("---", "..."):
            break
        _header(row.replace(SOFT_BREAK, " "), number, path, found, mistakes, colons)
    if colons:
        numbers = "、".join(str(one) for one in colons)
        message = f"第 {numbers} 行的冒号是全角的“：”，已当作英文冒号；请改成英文冒号加一个空格"
        mistakes.append(Problem(path, colons[0], message, "warning"))
    body_line = line + text.count("\n", 0, at)
    if at > MAX_LENGTH:
        raise _HeadError(line, f"文件头有 {at} 个字，最多 {MAX_LENGTH} 个，请在文件头之后空一行")
    fields = tuple(Field(key, Text(value, where), where) for key, value, where in found)
    return Source(path, fields, text[at:], body_line, (*problems, *mistakes), "headers")


def _header(
    row: str,
    line: int,
    path: str,
    found: list[tuple[str, str, int]],
    mistakes: list[Problem],
    colons: list[int],
) -> None:
    if found and row.startswith(("    ", "\t")):
        key, value, where = found[-1]
        found[-1] = (key, f"{value} {row.strip()}".strip(), where)
        return
    matched = _KEY.match(row)
    if matched is None:
        shown = row.strip()[:30]
        message = f"“{shown}”不是“名称: 内容”的样子；正文和文件头之间要空一行"
        mistakes.append(Problem(path, line, message))
        return
    key, colon, value = matched.groups()
    if colon == "：":
        colons.append(line)
    found.append((key.strip(), value.strip(), line))
