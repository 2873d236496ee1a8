"""Attachments: what readers are told, and what never leaves the office."""

import hashlib
from pathlib import Path

import pytest

from dangjian.media.attachments import AttachmentError, human_size, inspect_attachment


def file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_form_is_described_for_readers(tmp_path: Path) -> None:
    data = b"%PDF-1.7\n" + b"x" * 319_000
    info = inspect_attachment(file(tmp_path, "申报表.PDF", data))
    digest = hashlib.sha256(data).hexdigest()[:12]
    assert info.name == f"files/fujian.{digest}.pdf"
    assert (info.kind, info.mime, info.size) == ("PDF", "application/pdf", "312 KB")
    assert info.bytes == len(data)


def test_the_address_follows_the_content(tmp_path: Path) -> None:
    first = inspect_attachment(file(tmp_path, "biao.docx", b"PK\x03\x04one"))
    second = inspect_attachment(file(tmp_path, "biao.docx", b"PK\x03\x04two"))
    assert first.name != second.name
    assert first.kind == "Word"


@pytest.mark.parametrize(
    "extension",
    ["exe", "bat", "cmd", "scr", "vbs", "ps1", "sh", "jar", "msi", "lnk", "php", "apk"],
)
def test_programs_are_refused_by_name(tmp_path: Path, extension: str) -> None:
    with pytest.raises(AttachmentError, match="不能作附件"):
        inspect_attachment(file(tmp_path, f"a.{extension}", b"hello"))


@pytest.mark.parametrize("name", ["a.html", "a.HTM", "a.svg", "a.js", "a.xml", "a.mht"])
def test_what_browsers_run_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(AttachmentError, match="浏览器"):
        inspect_attachment(file(tmp_path, name, b"<p>hello"))


@pytest.mark.parametrize("name", ["a.docm", "a.xlsm"])
def test_macros_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(AttachmentError, match="宏"):
        inspect_attachment(file(tmp_path, name, b"PK\x03\x04"))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.doc", b"MZ\x90\0", "程序"),
        ("a.txt", b"#!/bin/sh\n", "程序"),
        ("a.docx", b"\xd0\xcf\x11\xe0", "另存"),
        ("a.pdf", b"<html>", "另存"),
        ("a.pdf", b"", "空文件"),
    ],
)
def test_content_must_be_what_the_name_says(
    tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    with pytest.raises(AttachmentError, match=message) as raised:
        inspect_attachment(file(tmp_path, name, data))
    assert name not in str(raised.value)


def test_a_missing_file_is_an_error_not_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(AttachmentError, match="打不开"):
        inspect_attachment(tmp_path / "a.pdf")


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (1, "1 KB"),
        (319_488, "312 KB"),
        (999_999, "977 KB"),
        (1_000_000, "1.0 MB"),
        (1_468_006, "1.4 MB"),
        (250 * 1024**2, "250 MB"),
        (3 * 1024**3, "3.0 GB"),
    ],
)
def test_sizes_for_people(length: int, text: str) -> None:
    assert human_size(length) == text
