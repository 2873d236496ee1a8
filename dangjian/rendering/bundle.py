"""One classic script from ES modules, so that pages work from a folder opened without a server.

Browsers load module scripts by CORS, so not from ``file:``. The theme is written as modules;
here a module and what it imports become one function that runs at once, in the order in which
modules are evaluated. All top-level names of a bundle share that function's scope, which is why
they must differ, and why an import may not rename.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import PurePosixPath
from typing import NamedTuple

from dangjian.common.errors import ThemeError
from dangjian.common.patterns import regex

# Before these, "/" begins a regular expression although they are words.
_OPERATOR_WORDS = frozenset(
    {"return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do"}
    | {"instanceof", "yield", "await"}
)
_DECLARING = frozenset({"const", "let", "var"})
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_TOKEN = regex(
    r"""(?P<space>(?:\s+|//[^\n]*|/\*.*?\*/)+)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<word>(?:[^\W\d]|[$\#\\])(?:\w|\$)*)
    |(?P<number>\.?\d[\w.]*)
    |(?P<mark>[^"'`])""",
    re.VERBOSE | re.DOTALL,
)
_LONGEST_IMPORT = 200  # tokens
_REGEX = regex(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/\w*")
_TEMPLATE_TEXT = regex(r"(?:[^`\\$]|\\.|\$(?!\{))*", re.DOTALL)


class ScriptError(ThemeError):
    """A script that can't be bundled: module, line and reason, for the theme's author."""

    part = "脚本或样式"

    def __init__(self, path: str, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")


class Token(NamedTuple):
    """A piece of a script; joined, the pieces are the script. Comments are a kind of space."""

    kind: str
    text: str
    line: int


class Module(NamedTuple):
    """A module as far as bundling cares: what it imports, exports and declares, and its code."""

    path: str
    imports: tuple[tuple[str, tuple[str, ...], int], ...]
    exports: frozenset[str]
    names: tuple[tuple[str, int], ...]
    code: str


def tokenize(source: str, path: str) -> list[Token]:
    """Cut a script into tokens. Raises ScriptError where a literal does not end."""
    tokens, end = _scan(source.replace("\r\n", "\n").replace("\r", "\n"), 0, 1, path)
    if end >= 0:
        raise ScriptError(path, tokens[-1].line if tokens else 1, "a '}' closes nothing")
    return tokens


def bundle(entry: str, read: Callable[[str], str]) -> str:
    """The classic script of the module ``entry``.

    ``read`` gives a module's text by its path, and raises KeyError for one that does not exist.
    """
    modules = list(_in_order(entry, read, {}, []))
    _check_names(modules)
    body = "\n".join(module.code for module in modules if module.code)
    return f"(function(){{'use strict';\n{body}\n}})();\n"


# Every bundle needs it, and whoever asks which modules are imported by others.
@lru_cache(maxsize=256)
def parse_module(path: str, source: str) -> Module:
    """Read a module: takes imports and the word ``export`` out and finds its top-level names."""
    tokens = tokenize(source, path)
    reader = _ModuleReader(path, tokens)
    reader.read()
    return Module(
        path,
        tuple(reader.imports),
        frozenset(reader.exports),
        tuple(reader.names),
        minify(reader.code),
    )


def minify(tokens: Sequence[Token]) -> str:
    """The tokens without comments and without the spaces and line ends that mean nothing."""
    parts: list[str] = []
    gap = ""
    last = ""
    for kind, text, _ in tokens:
        if kind == "space":
            gap = "\n" if "\n" in text or gap == "\n" else " "
            continue
        if gap and parts:
            parts.append(_needed_gap(last, gap, text))
        parts.append(text)
        last, gap = text, ""
    return "".join(parts)


def _needed_gap(last: str, gap: str, text: str) -> str:
    before, after = last[-1], text[0]
    if gap == "\n":
        # After these nothing is completed by a line end, and before "}" a semicolon is implied.
        return "" if before in "{(,;[" or after == "}" else "\n"
    free = "{}()[];,=:?&|*"
    return "" if (before in free and last != "*") or (after in free and text != "*") else " "


def _scan(source: str, start: int, line: int, path: str) -> tuple[list[Token], int]:
    """Tokens from ``start``, up to an unmatched "}" (its place) or the end of the script (-1)."""
    tokens: list[Token] = []
    position, depth, significant = start, 0, ""
    while position < len(source):
        if source[position] == "`":
            stop = _end_of_template(source, position, line, path)
            kind = "string"
        elif source[position] == "/" and (regex := _regex_at(source, position, significant)):
            stop, kind = regex, "string"
        else:
            match = _TOKEN.match(source, position)
            if match is None:
                raise ScriptError(path, line, "a string that does not end on its line")
            stop, kind = match.end(), match.lastgroup or ""
        text = source[position:stop]
        if text == "{":
            depth += 1
        elif text == "}":
            depth -= 1
            if depth < 0:
                return tokens, position
        tokens.append(Token(kind, text, line))
        if kind in ("space", "string"):
            line += text.count("\n")
        if kind != "space":
            doubled = text in "+-" and source[position - 1] == text
            significant = text * 2 if doubled else "'" if kind == "string" else text
        position = stop
    return tokens, -1


def _regex_at(source: str, position: int, before: str) -> int:
    """Where the regular expression at ``position`` ends; 0 when the "/" divides or comments."""
    if source[position + 1 : position + 2] in ("/", "*"):
        return 0
    ends_value = before in (")", "]", "'", "++", "--") or (
        before[-1:].isalnum() or before[-1:] in ("_", "$")
    )
    if ends_value and before not in _OPERATOR_WORDS:
        return 0
    match = _REGEX.match(source, position)
    return match.end() if match else 0


def _end_of_template(source: str, position: int, line: int, path: str) -> int:
    begun, position = position, position + 1
    while True:
        match = _TEMPLATE_TEXT.match(source, position)
        position = match.end() if match else position
        if source.startswith("`", position):
            return position + 1
        if not source.startswith("${", position):
            raise ScriptError(path, line, "a template string that does not end")
        inner_line = line + source.count("\n", begun, position)
        _, end = _scan(source, position + 2, inner_line, path)
        if end < 0:
            raise ScriptError(path, inner_line, "a '${' that is not closed")
        position = end + 1


class _ModuleReader:
    """Walks over a module's top level once."""

    def __init__(self, path: str, tokens: list[Token]) -> None:
        self.path = path
        self.tokens = tokens
        self.code: list[Token] = []
        self.imports: list[tuple[str, tuple[str, ...], int]] = []
        self.exports: list[str] = []
        self.names: list[tuple[str, int]] = []
        self._at = 0

    def read(self) -> None:
        depth = 0
        before = ""
        declaring = exporting = new_line = False
        while self._at < len(self.tokens):
            token = self.tokens[self._at]
            self._at += 1
            kind, text, line = token
            if kind == "space":
                new_line = new_line or "\n" in text
                self.code.append(token)
                continue
            if kind == "word" and text == "import" and before != ".":
                self._read_import(line, depth)
                before = ";"
                continue
            if depth == 0 and kind == "word" and text == "export":
                self._check_export(line)
                exporting = True
                before = "export"
                continue
            if depth == 0 and kind == "word" and text == "await":
                raise ScriptError(self.path, line, "await outside a function")
            self.code.append(token)
            if text in _OPENING and kind == "mark":
                depth += 1
            elif text in _CLOSING and kind == "mark":
                depth -= 1
            elif depth == 0 and text in _DECLARING and before != ".":
                declaring, exporting = True, before == "export"
                self._declare(exporting=exporting)
            elif depth == 0 and text in ("function", "class") and _begins(before, new_line):
                self._declare(exporting=exporting)
                declaring = False
            elif depth == 0 and declaring and text == ",":
                self._declare(exporting=exporting)
            if depth == 0 and text in (";", "}") and kind == "mark":
                exporting = exporting and declaring and text == "}"
                declaring = declaring and text == "}"
            before, new_line = text, False

    def _following(self, place: int) -> Iterator[Token]:
        """The significant tokens from ``place`` on."""
        for number in range(place, len(self.tokens)):
            token = self.tokens[number]
            if token.kind != "space":
                yield token

    def _check_export(self, line: int) -> None:
        word = next(self._following(self._at), Token("", "", line)).text
        if word not in _DECLARING | {"function", "class", "async"}:
            raise ScriptError(
                self.path, line, "export stands before function, class, const, let or var only"
            )

    def _declare(self, *, exporting: bool) -> None:
        """Note the name, or the names of the pattern, that follow."""
        following = self._following(self._at)
        first = next(following, None)
        if first is not None and first.text == "*":
            first = next(following, None)
        if first is None:
            return
        found = self._pattern_names(following) if first.text in ("{", "[") else [first]
        for token in found:
            self.names.append((token.text, token.line))
            if exporting:
                self.exports.append(token.text)

    @staticmethod
    def _pattern_names(following: Iterator[Token]) -> list[Token]:
        names: list[Token] = []
        depth = 1
        before = "{"
        for token in following:
            if token.text in _OPENING:
                depth += 1
            elif token.text in _CLOSING:
                depth -= 1
                if depth == 0:
                    break
            elif token.text == ":" and names:
                names.pop()
            elif token.kind == "word" and before in ("{", "[", ",", ":", "."):
                names.append(token)
            before = token.text
        return names

    def _read_import(self, line: int, depth: int) -> None:
        following = list(islice(self._following(self._at), _LONGEST_IMPORT))
        words = [token.text for token in following[: self._import_length(following)]]
        shape = " ".join(words)
        match = re.fullmatch(
            r"(?:\{ (?P<names>(?:[\w$]+(?: , )?)*) ?(?:, )?\} from )?(?P<where>['\"].*['\"])", shape
        )
        if depth or match is None:
            raise ScriptError(
                self.path, line, "imports are written: import {a, b} from './other.js';"
            )
        names = tuple(re.findall(r"[\w$]+", match["names"] or ""))
        self.imports.append((match["where"][1:-1], names, line))
        taken = 0
        while taken < len(words):
            if self.tokens[self._at].kind != "space":
                taken += 1
            self._at += 1
        if self._at < len(self.tokens) and self.tokens[self._at].text == ";":
            self._at += 1

    @staticmethod
    def _import_length(following: list[Token]) -> int:
        for place, token in enumerate(following):
            if token.kind == "string" or token.text in ("(", "."):
                return place + 1
        return 0


def _begins(before: str, new_line: bool) -> bool:
    """Whether a statement begins after the token ``before``."""
    if before in ("", ";", "}", "export", "async"):
        return True
    return new_line and before[-1] not in "=,?:&|+-*/(<>!."


def _in_order(
    path: str, read: Callable[[str], str], done: dict[str, Module], trail: list[str]
) -> Iterator[Module]:
    """The module after everything it imports, each once."""
    if path in trail:
        circle = " -> ".join([*trail[trail.index(path) :], path])
        raise ScriptError(path, 1, f"imports in a circle: {circle}")
    if path in done:
        return
    module = parse_module(path, read(path))
    for where, names, line in module.imports:
        target = _resolve(path, where, line)
        try:
            yield from _in_order(target, read, done, [*trail, path])
        except KeyError as error:
            if error.args != (target,):
                raise
            raise ScriptError(path, line, f"there is no module {target}") from error
        for name in names:
            if name not in done[target].exports:
                raise ScriptError(path, line, f"{target} does not export {name}")
    done[path] = module
    yield module


def _resolve(path: str, where: str, line: int) -> str:
    if not where.startswith(("./", "../")):
        raise ScriptError(path, line, f"'{where}' must be relative: './{where}'")
    parts: list[str] = list(PurePosixPath(path).parent.parts)
    for part in PurePosixPath(where).parts:
        if part == ".." and not parts:
            raise ScriptError(path, line, f"'{where}' leads out of the theme's scripts")
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _check_names(modules: Sequence[Module]) -> None:
    owners: dict[str, str] = {}
    for module in modules:
        for name, line in module.names:
            owner = owners.setdefault(name, f"{module.path}:{line}")
            if owner != f"{module.path}:{line}":
                raise ScriptError(module.path, line, f"'{name}' is also declared at {owner}")
