"""Media types: one table, which knows everything that the site publishes."""

from pathlib import Path

import pytest

from dangjian.common.mime_types import COMPRESSIBLE, MIME_TYPES, UNKNOWN, content_type, mime_type
from dangjian.media.attachments import _KINDS
from tests.sites import Built


def test_every_accepted_attachment_has_a_type() -> None:
    assert [name for name in _KINDS if name not in MIME_TYPES] == []


def test_every_published_file_has_a_type(portal: Built) -> None:
    endings = {Path(name).suffix.removeprefix(".") for name in portal.files()}
    assert "html" in endings
    assert endings - set(MIME_TYPES) <= {"bin", "pb"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a/index.html", "text/html; charset=utf-8"),
        ("feeds/all.rss.xml", "application/xml"),
        ("feeds/all.json", "application/json"),
        ("files/a.OFD", "application/ofd"),
        ("files/a.odt", "application/vnd.oasis.opendocument.text"),
        ("files/a.wps", "application/wps-office.wps"),
        ("media/a.vtt", "text/vtt; charset=utf-8"),
        ("CNAME", UNKNOWN),
        ("js", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_what_a_file_is_sent_as(name: str, kind: str) -> None:
    assert content_type(name) == kind


def test_a_type_in_a_feed_has_no_charset() -> None:
    assert mime_type("https://dj.example.gov.cn/files/a.vtt") == "text/vtt"


def test_what_is_compressed_already_is_not_compressed_again() -> None:
    assert {"html", "css", "js", "xml", "json", "svg", "txt", "vtt"} <= COMPRESSIBLE
    assert COMPRESSIBLE.isdisjoint({"jpg", "png", "webp", "mp4", "mp3", "zip", "docx", "pdf"})
