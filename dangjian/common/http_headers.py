"""HTTP headers that every answer carries, in the preview and on every server alike."""

from collections.abc import Mapping
from typing import Final

SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "font-src 'none'; connect-src 'self'; media-src 'self'; worker-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

UNCHANGING = "public, max-age=31536000, immutable"
"""``Cache-Control`` of files whose name tells their content."""

UNCHANGING_FOLDERS = ("static", "media", "files")
"""Folders of the site in which most files are such ones."""

UNCHANGING_NAME = r"\.[0-9a-f]{8,}\.[a-z0-9]+"
"""How the names of these end, as a regular expression."""

UNCHANGING_IN_SEARCH = r"[a-z]+-[0-9a-f]{12}\.js"
"""The names of such files in the folder of the search index, as a regular expression."""

UNCHANGING_PATH = (
    rf"(({'|'.join(UNCHANGING_FOLDERS)})/.+{UNCHANGING_NAME}|search/{UNCHANGING_IN_SEARCH})"
)
"""The paths of all of them, as a regular expression."""

ASKED_AGAIN = "no-cache"
"""``Cache-Control`` of everything else: cached, and revalidated each time."""
