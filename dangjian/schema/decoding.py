"""Bytes of an article's file to text: encodings, line ends, characters that no page may hold."""

import codecs
import re
from typing import Final

from dangjian.common.problems import Problem

_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)
_SHORT_FORMS: Final = re.compile("[\x80-\u07ff]")
_ALPHABETS: Final = re.compile("[\xa0-\u024f\u0370-\u04ff]")


def decode(raw: str | bytes, path: str) -> tuple[str, tuple[Problem, ...]]:
    """Text with line feeds as line ends and no byte order mark, and what was wrong with the file.

    Forbidden characters (XML 1.0 §2.2, so that pages and feeds can hold the text) are errors and
    come back as U+FFFD.
    """
    problems: list[Problem] = []
    text = raw if isinstance(raw, str) else _decode(raw, path, problems)
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable() and _FORBIDDEN.search(text):
        problems.append(_forbidden(text, path))
        text = _FORBIDDEN.sub("\ufffd", text)
    return text, tuple(problems)


def _decode(raw: bytes, path: str, problems: list[Problem]) -> str:
    if raw.startswith(_UTF16):
        problems.append(_saved_as("UTF-16（记事本的“Unicode”）", path))
        return raw.decode("utf-16", "replace")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return _gb18030(raw, path, problems, raw.count(b"\n", 0, error.start) + 1)
    if not text.isascii() and _may_be_gbk(text):
        return _gb18030(raw, path, problems, 0, text)
    return text


def _may_be_gbk(text: str) -> bool:
    """Some short GBK texts (通知) are valid UTF-8 too: then they hold odd alphabets, no Han."""
    if any(character > "\u07ff" for character in text):
        return False
    return any(not _ALPHABETS.match(found) for found in _SHORT_FORMS.findall(text))


def _gb18030(
    raw: bytes, path: str, problems: list[Problem], line: int, otherwise: str | None = None
) -> str:
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        if otherwise is not None:
            return otherwise
        message = "文件的编码认不出（不是 UTF-8，也不是 GB18030），请用编辑器另存为 UTF-8"
        problems.append(Problem(path, line, message))
        return raw.decode("utf-8", "replace")
    problems.append(_saved_as("GBK/GB18030", path))
    return text


def _saved_as(encoding: str, path: str) -> Problem:
    return Problem(path, 0, f"文件是 {encoding} 编码，已照此读取，请另存为 UTF-8", "warning")


def _forbidden(text: str, path: str) -> Problem:
    found = list(_FORBIDDEN.finditer(text))
    first = found[0]
    line = text.count("\n", 0, first.start()) + 1
    column = first.start() - (text.rfind("\n", 0, first.start()) + 1) + 1
    more = f"，全文共 {len(found)} 处" if len(found) > 1 else ""
    message = (
        f"第 {column} 个字是不能显示的字符 U+{ord(first.group()):04X}{more}，"
        "多半是粘贴时带进来的，请删去"
    )
    return Problem(path, line, message, column=column)
