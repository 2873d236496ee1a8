"""Media types by file extension: the one table for preview, attachments, feeds and web servers.

Types are those of the IANA registry, and of the makers' own where it has none (OFD by GB/T 33190,
WPS). RSS and Atom are ``application/xml``: what comes as ``application/rss+xml`` browsers show as
bare text, without the style sheet of the feed.
"""

from collections.abc import Mapping
from typing import Final

UNKNOWN: Final = "application/octet-stream"
CHARSET: Final = "; charset=utf-8"

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."

MIME_TYPES: Final[Mapping[str, str]] = {
    "html": "text/html",
    "htm": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "txt": "text/plain",
    "csv": "text/csv",
    "vtt": "text/vtt",
    "xml": "application/xml",
    "json": "application/json",
    "map": "application/json",
    "webmanifest": "application/manifest+json",
    "wasm": "application/wasm",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "ico": "image/x-icon",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "webm": "video/webm",
    "ogv": "video/ogg",
    "pdf": "application/pdf",
    "ofd": "application/ofd",
    "doc": "application/msword",
    "docx": _OFFICE + "wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": _OFFICE + "spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": _OFFICE + "presentationml.presentation",
    "wps": "application/wps-office.wps",
    "et": "application/wps-office.et",
    "dps": "application/wps-office.dps",
    "odt": _OPEN + "text",
    "ods": _OPEN + "spreadsheet",
    "odp": _OPEN + "presentation",
    "rtf": "application/rtf",
    "epub": "application/epub+zip",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed",
    "woff2": "font/woff2",
}
"""Media types by extension in lower case, without a charset."""

COMPRESSIBLE: Final = frozenset(
    extension
    for extension, mime in MIME_TYPES.items()
    if mime.startswith("text/")
    or mime in {"application/xml", "application/json", "application/manifest+json"}
    or extension in {"svg", "wasm"}
)
"""Extensions of files that get smaller by compression."""


def mime_type(name: str) -> str:
    """The media type of a file by its name or address, without a charset."""
    _, dot, extension = name.rpartition(".")
    return MIME_TYPES.get(extension.lower(), UNKNOWN) if dot else UNKNOWN


def content_type(name: str) -> str:
    """The ``Content-Type`` a file is sent with: text says its charset, XML and JSON do not."""
    found = mime_type(name)
    return found + CHARSET if found.startswith("text/") else found
