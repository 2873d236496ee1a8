"""Bytes of an article's file to text: encodings, line ends, characters that no page may hold."""

import codecs
from collections.abc import Iterator
from typing import Final

from dangjian.common.patterns import regex
from dangjian.common.problems import Problem

_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_FORBIDDEN: Final = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_DROPPED: Final = regex(_FORBIDDEN.pattern.replace("\x0b", ""))
SOFT_BREAK: Final = "\x0b"
"""Word's line break inside a paragraph; ``parse_source`` decides what it becomes."""
_BINARY_SHARE: Final = 0.02
_OTHER_KINDS: Final = {
    b"PK\x03\x04": "Word、WPS 文档或者压缩文件",
    b"\xd0\xcf\x11\xe0": "旧版 Word、WPS 文档",
    b"%PDF-": "PDF 文件",
    b"{\\rtf": "RTF 文档",
}
_SHORT_FORMS: Final = regex("[\x80-\u07ff]")
_LONG_FORM: Final = regex("[\u0800-\U0010ffff]")
_ALPHABETS: Final = regex("[\xa0-\u024f\u0370-\u04ff]")


def decode(raw: str | bytes, path: str) -> tuple[str, tuple[Problem, ...]]:
    """Text with line feeds as line ends and no byte order mark, and what was wrong with the file.

    Forbidden characters (XML 1.0 §2.2, so that pages and feeds can hold the text) are left out
    with a notice, but for ``SOFT_BREAK``, which stays. A file full of them is no text: an error.
    """
    problems: list[Problem] = []
    if isinstance(raw, bytes) and (kind := next(filter(raw.startswith, _OTHER_KINDS), None)):
        message = (
            f"这是{_OTHER_KINDS[kind]}，只改了扩展名，没有读取；"
            "请在原来的软件里打开，把文字复制到 .md 文件里"
        )
        return "", (Problem(path, 0, message),)
    text = raw if isinstance(raw, str) else _decode(raw, path, problems)
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Line feeds aside, most texts are printable, which is seen much sooner.
    if not text.replace("\n", "").isprintable() and _FORBIDDEN.search(text):
        problems.extend(_forbidden(text, path))
        text = _DROPPED.sub("", text.replace("\0", ""))  # many are gone sooner this way
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
    if _LONG_FORM.search(text):
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


def _forbidden(text: str, path: str) -> Iterator[Problem]:
    # Counted and not gathered: a file of nothing but NUL, as a power cut leaves, may be large.
    signs = text.count("\0")
    if 0 < signs <= len(text) * _BINARY_SHARE:
        signs = len(text) - len(_FORBIDDEN.sub("", text))
    if signs > len(text) * _BINARY_SHARE:
        message = (
            "文件不是 UTF-8 编码的文本（可能是 UTF-32、没有标记的 UTF-16，或者程序用的数据），"
            "没有读取；是稿件的请用编辑器另存为 UTF-8，不是的请移到别处"
        )
        yield Problem(path, 0, message)
        return
    if breaks := text.count(SOFT_BREAK):
        where = text.index(SOFT_BREAK)
        what = "是 Word 的手动换行符 U+000B"
        yield _placed(text, path, where, breaks, what, "已当作换行，请改成回车")
    if dropped := _DROPPED.search(text):
        code = f"是不能显示的字符 U+{ord(dropped.group()):04X}"
        count = len(text) - len(_DROPPED.sub("", text))
        done = "已略去，多半是粘贴时带进来的，请删去"
        yield _placed(text, path, dropped.start(), count, code, done)


def _placed(text: str, path: str, start: int, count: int, what: str, done: str) -> Problem:
    line = text.count("\n", 0, start) + 1
    column = start - (text.rfind("\n", 0, start) + 1) + 1
    more = f"，全文共 {count} 处" if count > 1 else ""
    return Problem(path, line, f"第 {column} 个字{what}{more}，{done}", "warning", column)
