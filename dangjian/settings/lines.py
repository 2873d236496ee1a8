"""Where a setting is: the file and line of each name in ``pelicanconf.py``, by its syntax tree.

The settings are Python that Pelican has run; this only reads the text again, to point at lines.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeGuard

from msgspec import Struct

from dangjian.common.problems import Problem


class Assigned(Struct, frozen=True):
    """One name as last assigned: the file's name, the line, and the value's syntax."""

    file: str
    line: int
    value: ast.expr | None = None


class SettingsFile:
    """The names a settings file assigns, those of ``from pelicanconf import *`` included."""

    def __init__(self, path: Path | None) -> None:
        self.name = path.name if path is not None else "pelicanconf.py"
        self.assigned: dict[str, Assigned] = {}
        self.problems: list[Problem] = []
        self.repeated: list[tuple[str, int, int]] = []
        """Names assigned twice in one file, with both lines."""
        if path is not None:
            self._read(path, set())

    def place(self, name: str, *keys: str | int) -> tuple[str, int]:
        """File and line of a setting, or of what its ``keys`` (dict keys, list places) lead to.

        Line 0 when the name is assigned nowhere that can be seen.
        """
        assigned = self.assigned.get(name)
        if assigned is None:
            return self.name, 0
        line, value = assigned.line, assigned.value
        for key in keys:
            found = _inner(value, key)
            if found is None:
                break
            line, value = found
        return assigned.file, line

    def _read(self, path: Path, seen: set[Path]) -> None:
        if path in seen or not path.is_file():
            return
        seen.add(path)
        try:
            tree = ast.parse(path.read_bytes(), path.name)
        except SyntaxError as error:
            self.problems.append(Problem(path.name, error.lineno or 0, _advice(error)))
            return
        except ValueError:
            self.problems.append(Problem(path.name, 0, "文件里有 NUL 字符，请用编辑器重新保存"))
            return
        for node in _statements(tree.body):
            if isinstance(node, ast.ImportFrom) and node.module and _all(node):
                self._read(path.parent / f"{node.module.replace('.', '/')}.py", seen)
            else:
                for name, line, value in _assignments(node):
                    before = self.assigned.get(name)
                    if before and node in tree.body and _is_repeated(before, path, node):
                        self.repeated.append((name, before.line, line))
                    self.assigned[name] = Assigned(path.name, line, value)


def _is_repeated(before: Assigned, path: Path, node: ast.stmt) -> bool:
    """Whether a name is given another value in the same file, as if the first were not there."""
    if before.file != path.name or not isinstance(node, ast.Assign):
        return False
    names = {one.id for target in node.targets for one in ast.walk(target) if _is_name(one)}
    return not any(_is_name(one) and one.id in names for one in ast.walk(node.value))


def _is_name(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name)


_ADVICE: Final = (
    ("invalid character", "这一行用了中文标点“{}”，请改成英文的"),
    ("invalid non-printable character", "这一行有看不见的字符，请把这一行重新打一遍"),
    ("unterminated", "这一行的引号没有配对，文字前后都要有英文引号"),
    ("was never closed", "从这一行起括号没有配对，请补上后一半"),
    ("does not match", "这一行的括号没有配对，或者前后两半不是一种"),
    ("unmatched", "这一行多了一个后括号，或者少了前一半"),
    ("indent", "这一行前面的空格不对，设置的名称要顶格写"),
    ("forgot a comma", "这一行附近少了逗号"),
)
"""What Python says of wrong lines, and what an administrator can do."""


def _advice(error: SyntaxError) -> str:
    for words, advice in _ADVICE:
        if words in error.msg:
            found = re.search("'(.)'", error.msg)
            return advice.format(found[1] if found else "")
    return "这一行附近不是正确的 Python，多半是少了引号、逗号或括号，或者用了中文标点"


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module in their order, those under ``if``, ``try`` and ``with`` too."""
    for node in body:
        yield node
        for block in ("body", "orelse", "finalbody"):
            if isinstance(node, ast.If | ast.Try | ast.With):
                yield from _statements(getattr(node, block, []))


def _all(node: ast.ImportFrom) -> bool:
    return any(alias.name == "*" for alias in node.names)


def _assignments(node: ast.stmt) -> Iterator[tuple[str, int, ast.expr | None]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                yield target.id, node.lineno, node.value
            elif isinstance(target, ast.Tuple | ast.List):
                for item in target.elts:
                    if isinstance(item, ast.Name):
                        yield item.id, item.lineno, None
    elif isinstance(node, ast.AnnAssign | ast.AugAssign) and isinstance(node.target, ast.Name):
        yield node.target.id, node.lineno, node.value


def _inner(value: ast.expr | None, key: str | int) -> tuple[int, ast.expr] | None:
    if isinstance(value, ast.Dict):
        for name, item in zip(value.keys, value.values, strict=True):
            if isinstance(name, ast.Constant) and name.value == key:
                return name.lineno, item
    elif (
        isinstance(value, ast.List | ast.Tuple)
        and isinstance(key, int)
        and 0 <= key < len(value.elts)
    ):
        return value.elts[key].lineno, value.elts[key]
    return None
