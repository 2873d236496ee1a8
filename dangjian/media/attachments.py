"""Files offered for download: what pages say of them, and which are not published at all.

Only kinds that are documents, archives, pictures, sound or video are accepted. A file that a
reader's machine or browser would run (programs, scripts, web pages, documents with macros) is
refused by name, and so is one whose first bytes are not what its extension says. A picture loses
its metadata, and a wrong ending.
"""

import hashlib
import re
from pathlib import Path, PurePosixPath

from msgspec import Struct

from dangjian.common.errors import DangjianError, os_error_reason
from dangjian.common.filenames import ascii_stem
from dangjian.common.mime_types import mime_type
from dangjian.common.patterns import regex

# Extension: (kind as readers know it, how the file begins or nothing).
_KINDS: dict[str, tuple[str, bytes]] = {
    "pdf": ("PDF", b"%PDF-"),
    "ofd": ("OFD", b"PK"),
    "doc": ("Word", b""),
    "docx": ("Word", b"PK"),
    "xls": ("Excel", b""),
    "xlsx": ("Excel", b"PK"),
    "ppt": ("PPT", b""),
    "pptx": ("PPT", b"PK"),
    "wps": ("WPS 文字", b""),
    "et": ("WPS 表格", b""),
    "dps": ("WPS 演示", b""),
    "odt": ("ODF 文字", b"PK"),
    "ods": ("ODF 表格", b"PK"),
    "odp": ("ODF 演示", b"PK"),
    "rtf": ("RTF", b"{\\rtf"),
    "txt": ("文本", b""),
    "csv": ("CSV 表格", b""),
    "epub": ("EPUB", b"PK"),
    "zip": ("ZIP 压缩包", b"PK"),
    "rar": ("RAR 压缩包", b"Rar!"),
    "7z": ("7z 压缩包", b"7z\xbc\xaf"),
    "jpg": ("JPG 图片", b"\xff\xd8"),
    "jpeg": ("JPG 图片", b"\xff\xd8"),
    "png": ("PNG 图片", b"\x89PNG"),
    "gif": ("GIF 图片", b"GIF8"),
    "webp": ("WebP 图片", b"RIFF"),
    "tif": ("TIFF 图片", b""),
    "tiff": ("TIFF 图片", b""),
    "mp3": ("MP3 音频", b""),
    "m4a": ("M4A 音频", b""),
    "ogg": ("OGG 音频", b"OggS"),
    "wav": ("WAV 音频", b"RIFF"),
    "mp4": ("MP4 视频", b""),
    "m4v": ("MP4 视频", b""),
    "webm": ("WebM 视频", b"\x1a\x45\xdf\xa3"),
    "ogv": ("OGG 视频", b"OggS"),
    "vtt": ("字幕", b""),
}
_WITH_MACROS = frozenset({"docm", "dotm", "xlsm", "xltm", "xlsb", "xlam", "pptm", "ppsm", "potm"})
_RUN_BY_BROWSERS = frozenset(
    {"html", "htm", "xhtml", "xht", "shtml", "mht", "mhtml", "svg", "svgz", "xml", "xsl", "js"}
)
_LOOKED_INTO = frozenset("pdf ofd doc docx xls xlsx ppt pptx wps et dps odt ods odp rtf".split())
_FULL_WIDTH = str.maketrans('\\/:*?"<>|', "＼／：＊？＂＜＞｜")
_UNPRINTED = regex("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_DEVICE = regex(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_PROGRAM_STARTS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")


class AttachmentError(DangjianError):
    """A file that is not published; the message is a Chinese sentence without the file's name."""


class AttachmentInfo(Struct, frozen=True):
    """A file as published. ``name`` is its address (``files/...``), ``size`` is for people.

    ``made`` is what is published instead of the source (a picture without its metadata), None for
    the source itself. ``notices`` are Chinese sentences for the editor.
    """

    name: str
    kind: str
    mime: str
    size: str
    bytes: int
    made: Path | None = None
    notices: tuple[str, ...] = ()


def inspect_attachment(path: Path, cache: Path) -> AttachmentInfo:
    """Check and describe a file for download; a picture is cleaned into ``cache``.

    The name has a digest of the content, so that a corrected file has a new address and no cache
    keeps the old one. Raises AttachmentError.
    """
    extension = path.suffix.lower().removeprefix(".")
    kind, beginning = _accepted(extension)
    try:
        if kind.endswith("图片"):
            return _picture_file(path, path.read_bytes(), cache)
        with path.open("rb") as file:
            start = file.read(1024)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        length = path.stat().st_size
        _check_content(extension, kind, beginning, start)
        notices = _document_notices(path, extension)
    except OSError as error:
        raise AttachmentError(
            f"附件打不开（{os_error_reason(error)}）。请检查文件是否还在、能否读取。"
        ) from error
    name = _address(path, digest, extension)
    return AttachmentInfo(name, kind, mime_type(name), human_size(length), length, notices=notices)


def _check_content(extension: str, kind: str, beginning: bytes, start: bytes) -> None:
    if not start:
        raise AttachmentError("附件是空文件（0 字节）。请换上完整的文件。")
    if start.startswith(_PROGRAM_STARTS):
        raise AttachmentError("附件的内容是程序，不能发布。请换上文档。")
    # Some programs write a few bytes of their own before %PDF-.
    found = beginning in start if extension == "pdf" else start.startswith(beginning)
    if not found:
        raise AttachmentError(
            f"扩展名是 .{extension}，内容却不是 {kind}。"
            "请用原来的软件打开后另存，不要只改文件名；设了打开密码的文档请先取消密码。"
        )


def _document_notices(path: Path, extension: str) -> tuple[str, ...]:
    if extension not in _LOOKED_INTO:
        return ()
    from dangjian.media.document_facts import document_notices  # noqa: PLC0415 - few files need it

    return document_notices(path, extension)


def _picture_file(path: Path, data: bytes, cache: Path) -> AttachmentInfo:
    from dangjian.media.picture_files import clean_picture_file  # noqa: PLC0415 - Pillow is slow to load
    from dangjian.media.picture_source import PictureError, ending_notice, is_svg  # noqa: PLC0415

    if data.startswith(_PROGRAM_STARTS) or is_svg(data):
        raise AttachmentError("附件的内容不是图片，不能发布。请换上图片或文档。")
    try:
        made, record = clean_picture_file(data, cache)
    except PictureError as error:
        raise AttachmentError(str(error)) from error
    file = record.files[0]
    name = _address(path, file.digest, file.suffix)
    wrong = ending_notice(path.suffix, record.found)
    return AttachmentInfo(
        name,
        _KINDS[file.suffix][0],
        mime_type(name),
        human_size(file.bytes),
        file.bytes,
        made,
        (wrong, *record.notices) if wrong else record.notices,
    )


def _address(path: Path, digest: str, extension: str) -> str:
    return f"files/{ascii_stem(path, 'fujian')}.{digest[:12]}.{extension}"


def download_name(title: str, file: str, address: str) -> str:
    """The name under which a reader's machine saves a file: the title an editor gave, or its own.

    ``file`` is the source's path; ``address``, under which it is published, has the right ending.
    Signs that a file system does not take become full-width or go. At most 200 bytes of UTF-8.
    """
    ending = PurePosixPath(address).suffix
    own = PurePosixPath(file)
    named = title.strip() or own.stem
    for known in (ending, own.suffix):
        if known and named.lower().endswith(known.lower()):
            named = named[: -len(known)]
    named = _UNPRINTED.sub("", " ".join(named.split()).translate(_FULL_WIDTH))
    named = named.strip(" .\u3000").encode()[: 200 - len(ending)].decode("utf-8", "ignore")
    if not named or _DEVICE.fullmatch(named.partition(".")[0]):
        named = f"附件{named}"
    return f"{named}{ending}"


def is_saved(mime: str) -> bool:
    """Whether a link to a file of this type saves it: pictures, sound and video are shown."""
    return not mime.startswith(("image/", "audio/", "video/"))


def human_size(length: int) -> str:
    """A size in the words of a download list: 312 KB, 1.4 MB. Small files count as 1 KB."""
    if length < 1_000_000:
        return f"{max(1, round(length / 1024))} KB"
    for divisor, unit in ((1024**2, "MB"), (1024**3, "GB")):
        value = length / divisor
        if value < 1000 or unit == "GB":
            break
    return f"{value:.0f} {unit}" if value >= 100 else f"{value:.1f} {unit}"


def _accepted(extension: str) -> tuple[str, bytes]:
    if extension in _KINDS:
        return _KINDS[extension]
    if extension in _WITH_MACROS:
        raise AttachmentError(
            f".{extension} 文档带有宏，不能发布。请另存为不带宏的 .docx、.xlsx、.pptx，或者 PDF。"
        )
    if extension in _RUN_BY_BROWSERS:
        raise AttachmentError(
            f".{extension} 文件会在读者的浏览器里运行，不能作附件。请改为 PDF，或者打成 ZIP。"
        )
    shown = f".{extension} " if extension else "没有扩展名的"
    raise AttachmentError(
        f"{shown}文件不能作附件。可用的有 PDF、OFD、Word、Excel、PPT、WPS、TXT、CSV、"
        "ZIP、RAR、图片、MP3、MP4。"
    )
