"""What a document says of those who wrote it: names in its properties, changes, comments.

A reader sees all of that with two clicks. It can't be taken out safely by a program (a signature,
a layout may depend on it), so that the editor hears what there is and how to remove it.
"""

import logging
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Final
from xml.etree import ElementTree as ET

from dangjian.common.patterns import regex
from dangjian.common.xmltext import strip_invalid

MAX_MEMBER: Final = 64_000_000
MAX_UNPACKED: Final = 100_000_000
"""How many bytes of a file in a document, and of all of them, are looked into once unpacked."""
MAX_LEVELS: Final = 500
"""How deep XML may be nested; what programs write has some twenty levels."""
_CHUNK: Final = 1 << 16
_MAX_PDF_PAGES: Final = 300
_OLE_START: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_NAMES: Final = {
    "creator": "作者",
    "initial-creator": "作者",
    "Author": "作者",
    "lastModifiedBy": "最后修改人",
    "printed-by": "打印人",
    "Manager": "主管",
    "Company": "单位",
}
"""Elements of property files (OOXML, ODF, OFD) that name somebody, without their namespaces."""
_PROPERTY_FILES: Final = frozenset({"docprops/core.xml", "docprops/app.xml", "meta.xml", "ofd.xml"})
_CHANGES: Final = frozenset(
    {"ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "tracked-changes"}
)
_COMMENTS: Final = frozenset({"comment", "cm", "threadedComment", "annotation"})
_HIDDEN: Final = {"sheet": "state", "col": "hidden", "row": "hidden"}
_SHOWN: Final = frozenset({"0", "false", "visible"})
_TEXT_PARTS: Final = regex(
    r"(?:word/(?:document|header\d*|footer\d*|footnotes|endnotes|comments)|content"
    r"|xl/workbook|xl/worksheets/[^/]+|xl/comments\d*|xl/threadedComments/[^/]+"
    r"|ppt/comments/[^/]+)\.xml",
    re.IGNORECASE,
)
_PLACED: Final = re.compile(rb"Exif\0\0(?:II\*\0|MM\0\*).{0,2000}?(?:\x25\x88|\x88\x25)", re.DOTALL)
_RTF_NAME: Final = re.compile(rb"\{\\(?:\*\\)?(author|operator|manager|company) ([^{}]*)\}")
_RTF_WORDS: Final = {
    b"author": "作者",
    b"operator": "最后修改人",
    b"manager": "主管",
    b"company": "单位",
}

CLEANING: Final = {
    "PDF": "请在原来的软件里清空“属性”里的作者，接受修订、删去批注后重新导出 PDF",
    "": "请在 Word、Excel、PPT 里点“文件、信息、检查问题、检查文档”，在 WPS 里点“文件、属性、摘要”"
    "，删去后保存",
}
"""How an editor removes what was found, by kind."""


def document_notices(path: Path, extension: str) -> tuple[str, ...]:
    """What an editor should know of a document before it is public, as Chinese sentences.

    ``extension`` is without dot, in lower case. A document that can't be looked into (encrypted,
    damaged, of an unknown kind) has no notices.
    """
    with path.open("rb") as file:
        start = file.read(8)
        file.seek(0)
        if extension == "pdf":
            found = _pdf(file)
        elif start.startswith(b"PK") and extension not in ("zip", "epub"):
            found = _zipped(file)
        elif start == _OLE_START:
            found = _compound(file)
        elif extension == "rtf":
            found = _rtf(file.read(MAX_MEMBER))
        else:
            return ()
    if not found:
        return ()
    how = CLEANING["PDF" if extension == "pdf" else ""]
    return (f"文件里有{'、'.join(dict.fromkeys(found))}，公开后谁都能看到。{how}。",)


def _named(label: str, value: str) -> str:
    # Halves of surrogate pairs, as RTF and PDF can write them, belong together.
    whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    value = " ".join(strip_invalid(whole).split())
    return f"{label}“{value[:30]}”" if value else ""


def _zipped(file: IO[bytes]) -> list[str]:
    found: list[str] = []
    left = MAX_UNPACKED
    try:
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                if member.is_dir() or (look := _look_for(member.filename)) is None:
                    continue
                left -= member.file_size
                if member.file_size > MAX_MEMBER or left < 0:
                    return [*found, "没有查过的内容（展开后太大）"]
                with archive.open(member) as opened:
                    found += look(opened)
    except (zipfile.BadZipFile, zlib.error, ET.ParseError, NotImplementedError, RuntimeError):
        return found  # encrypted, or damaged from here on
    except (EOFError, ValueError, LookupError):
        return found
    return found


def _look_for(member: str) -> Callable[[IO[bytes]], Iterable[str]] | None:
    """What finds in a file of a document what an editor should know; None for most files."""
    name = member.lower()
    if name in _PROPERTY_FILES:
        return _properties
    if _TEXT_PARTS.fullmatch(member):
        return _traces
    if name.startswith(("word/media/", "xl/media/", "ppt/media/", "pictures/")):
        return _place_of_photo if name.endswith((".jpg", ".jpeg")) else None
    if name.startswith("xl/revisions/"):
        return lambda _file: ["修订记录"]
    return _notes if name.startswith("ppt/notesslides/notesslide") else None


def _place_of_photo(file: IO[bytes]) -> list[str]:
    return ["带拍摄地点的照片"] if _PLACED.search(file.read(70_000)) else []


class _Elements:
    """A target of the XML parser that grows no tree: a small file can hold millions of elements.

    ``heard`` gets each element's name without namespace, its attributes and the text before its
    first child, once that is known.
    """

    def __init__(self, heard: Callable[[str, Mapping[str, str], str], None]) -> None:
        self._heard = heard
        self._open: tuple[str, Mapping[str, str]] | None = None
        self._words: list[str] = []
        self._level = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._tell()
        self._level += 1
        if self._level > MAX_LEVELS:
            raise ValueError("nested too deep")
        self._open = tag.rpartition("}")[2], attributes

    def data(self, text: str) -> None:
        if self._open is not None:
            self._words.append(text)

    def end(self, _tag: str) -> None:
        self._tell()
        self._level -= 1

    def _tell(self) -> None:
        if self._open is not None:
            self._heard(*self._open, "".join(self._words))
            self._open = None
            self._words.clear()


def _hear(file: IO[bytes], heard: Callable[[str, Mapping[str, str], str], None]) -> None:
    """Parse XML. Raises ParseError and ValueError; what was heard before stays heard."""
    # expat limits entities, and fetches nothing.
    parser = ET.XMLParser(target=_Elements(heard))  # noqa: S314 - see above
    while chunk := file.read(_CHUNK):
        parser.feed(chunk)
    parser.close()


def _properties(file: IO[bytes]) -> list[str]:
    found: list[str] = []

    def hear(name: str, _attributes: Mapping[str, str], text: str) -> None:
        if (label := _NAMES.get(name)) and (said := _named(label, text)):
            found.append(said)

    with suppress(ET.ParseError, ValueError):
        _hear(file, hear)
    return found


def _traces(file: IO[bytes]) -> Iterable[str]:
    """Tracked changes, comments, and what is hidden; each said once."""
    found: dict[str, None] = {}

    def hear(name: str, attributes: Mapping[str, str], _text: str) -> None:
        if name in _CHANGES:
            found["修订记录"] = None
        elif name in _COMMENTS:
            found["批注"] = None
        elif name in _HIDDEN and attributes.get(_HIDDEN[name], "0") not in _SHOWN:
            found["隐藏的工作表" if name == "sheet" else "隐藏的行或列"] = None

    with suppress(ET.ParseError, ValueError):
        _hear(file, hear)
    return found


def _notes(file: IO[bytes]) -> list[str]:
    found: dict[str, None] = {}

    def hear(name: str, _attributes: Mapping[str, str], text: str) -> None:
        if name == "t" and text.strip() and not text.strip().isdigit():
            found["演讲者备注"] = None

    with suppress(ET.ParseError, ValueError):
        _hear(file, hear)
    return list(found)


def _compound(file: IO[bytes]) -> list[str]:
    """The properties of .doc, .xls, .ppt and WPS files (compound files, [MS-OLEPS])."""
    import olefile  # noqa: PLC0415 - needed for old documents only

    try:
        with olefile.OleFileIO(file) as document:
            facts = document.get_metadata()
    except (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError):
        return []  # damaged; olefile raises what its reading stumbles over
    values = (
        ("作者", facts.author),
        ("最后修改人", facts.last_saved_by),
        ("主管", facts.manager),
        ("单位", facts.company),
    )
    said = (_named(label, _decoded(value, facts.codepage)) for label, value in values if value)
    return [one for one in said if one]


def _decoded(value: object, codepage: object) -> str:
    if not isinstance(value, bytes):
        return str(value)
    number = codepage if isinstance(codepage, int) else 936
    name = {65001: "utf-8", -535: "utf-8", 1200: "utf-16-le"}.get(number, f"cp{number % 65536}")
    try:
        return value.decode(name).rstrip("\0")
    except (UnicodeDecodeError, LookupError):
        return value.decode("gb18030", "replace").rstrip("\0")


def _rtf(data: bytes) -> list[str]:
    found = [_named(_RTF_WORDS[m[1]], _rtf_text(m[2])) for m in _RTF_NAME.finditer(data)]
    if re.search(rb"\\(?:revised|deleted)(?![a-z])", data):
        found.append("修订记录")
    if b"\\*\\annotation" in data:
        found.append("批注")
    return [one for one in found if one]


def _rtf_text(data: bytes) -> str:
    coded = re.sub(rb"\\'([0-9a-fA-F]{2})", lambda m: bytes.fromhex(m[1].decode()), data)
    text = coded.decode("gb18030", "replace")
    return re.sub(r"\\u(-?\d{1,9}) ?\??", lambda m: chr(int(m[1]) % 65536), text)


def _pdf(file: IO[bytes]) -> list[str]:
    import pypdf  # noqa: PLC0415 - slow to load
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    found: list[str] = []
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # of damages, in English
    broken = (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError)
    try:
        reader = pypdf.PdfReader(file)
        if reader.is_encrypted:
            return []
        facts, packet = reader.metadata, reader.xmp_metadata
        found.append(_named("作者", str((facts and facts.author) or "")))
        company = facts.get("/Company") if facts else None
        found.append(_named("单位", str(company or "")))
        found += [_named("作者", name) for name in (packet and packet.dc_creator) or []]
        pages = reader.pages[:_MAX_PDF_PAGES]
        if any(_is_comment(mark) for page in pages for mark in page.annotations or ()):
            found.append("批注")
    except (*broken, RecursionError, OverflowError, OSError, zlib.error, ET.ParseError):
        return [one for one in found if one]  # damaged; what was readable is reported
    return [one for one in found if one]


def _is_comment(mark: object) -> bool:
    facts = mark.get_object() if hasattr(mark, "get_object") else mark
    kind = facts.get("/Subtype") if isinstance(facts, dict) else None
    return kind in {
        "/Text",
        "/FreeText",
        "/Highlight",
        "/Underline",
        "/StrikeOut",
        "/Caret",
        "/Ink",
    }
