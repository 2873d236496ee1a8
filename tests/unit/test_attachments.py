"""Attachments: what readers are told, and what never leaves the office."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from dangjian.media.attachments import (
    AttachmentError,
    download_name,
    human_size,
    inspect_attachment,
)
from tests.samples.photos import SECRET, camera_exif, opened, photo, saved


def file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_form_is_described_for_readers(tmp_path: Path) -> None:
    data = b"%PDF-1.7\n" + b"x" * 319_000
    info = inspect_attachment(file(tmp_path, "申报表.PDF", data), tmp_path)
    digest = hashlib.sha256(data).hexdigest()[:12]
    assert info.name == f"files/fujian.{digest}.pdf"
    assert (info.kind, info.mime, info.size) == ("PDF", "application/pdf", "312 KB")
    assert info.bytes == len(data)


def test_the_address_follows_the_content(tmp_path: Path) -> None:
    first = inspect_attachment(file(tmp_path, "biao.docx", b"PK\x03\x04one"), tmp_path)
    second = inspect_attachment(file(tmp_path, "biao.docx", b"PK\x03\x04two"), tmp_path)
    assert first.name != second.name
    assert first.kind == "Word"


@pytest.mark.parametrize(
    "extension",
    ["exe", "bat", "cmd", "scr", "vbs", "ps1", "sh", "jar", "msi", "lnk", "php", "apk"],
)
def test_programs_are_refused_by_name(tmp_path: Path, extension: str) -> None:
    with pytest.raises(AttachmentError, match="不能作附件"):
        inspect_attachment(file(tmp_path, f"a.{extension}", b"hello"), tmp_path)


@pytest.mark.parametrize("name", ["a.html", "a.HTM", "a.svg", "a.js", "a.xml", "a.mht"])
def test_what_browsers_run_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(AttachmentError, match="浏览器"):
        inspect_attachment(file(tmp_path, name, b"<p>hello"), tmp_path)


@pytest.mark.parametrize("name", ["a.docm", "a.xlsm"])
def test_macros_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(AttachmentError, match="宏"):
        inspect_attachment(file(tmp_path, name, b"PK\x03\x04"), tmp_path)


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
        inspect_attachment(file(tmp_path, name, data), tmp_path)
    assert name not in str(raised.value)


def test_a_missing_file_is_an_error_not_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(AttachmentError, match="打不开"):
        inspect_attachment(tmp_path / "a.pdf", tmp_path)


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


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_picture_offered_as_a_file_loses_place_and_camera(tmp_path: Path, format_: str) -> None:
    suffix = {"JPEG": "jpg", "TIFF": "tif"}.get(format_, format_.lower())
    how: dict[str, object] = {"exif": camera_exif()}
    if format_ == "TIFF":
        how = {"tiffinfo": {271: SECRET.decode(), 272: SECRET.decode()}}
    path = saved(tmp_path, f"a.{suffix}", photo(700, 100), format_, **how)
    assert SECRET in path.read_bytes()
    info = inspect_attachment(path, tmp_path / "cache")
    assert info.made is not None
    data = info.made.read_bytes()
    assert SECRET not in data
    assert b"Exif" not in data
    assert info.name == f"files/a.{hashlib.sha256(data).hexdigest()[:12]}.{suffix}"
    assert info.bytes == len(data) <= path.stat().st_size
    # Whoever follows the link wants the whole picture, as it was.
    assert np.array_equal(np.asarray(opened(info.made)), np.asarray(opened(path)))


@pytest.mark.parametrize("quality", [30, 75, 95])
def test_a_picture_file_that_lies_on_its_side_is_turned_without_growing(
    tmp_path: Path, quality: int
) -> None:
    upright = photo(600, 400, 12)
    path = saved(
        tmp_path, "a.jpg", upright.transpose(Image.Transpose.ROTATE_90), "JPEG",
        quality=quality, exif=camera_exif(6),
    )  # fmt: skip
    info = inspect_attachment(path, tmp_path / "cache")
    assert info.made is not None
    assert opened(info.made).size == (600, 400)
    assert info.bytes <= path.stat().st_size
    difference = np.asarray(opened(info.made).convert("RGB"), int) - np.asarray(upright, int)
    assert abs(difference).mean() < 20


def test_a_picture_file_in_other_colours_is_brought_to_srgb(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    path = saved(tmp_path, "a.png", photo(60, 40), "PNG", icc_profile=profile)
    info = inspect_attachment(path, tmp_path / "cache")
    assert info.made is not None
    assert b"iCCP" not in info.made.read_bytes()


def test_a_picture_file_with_a_wrong_ending_gets_the_right_one(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.jpg", photo(40, 30), "PNG")
    info = inspect_attachment(path, tmp_path / "cache")
    assert info.name.endswith(".png")
    assert (info.kind, info.mime) == ("PNG 图片", "image/png")
    assert "改名为 .png" in info.notices[0]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.jpg", b"MZ\x90\0", "不是图片"),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "不是图片"),
        ("a.jpg", b"hello", "不是图片"),
        ("a.tif", b"II*\0\x08\0\0\0\xff\xff", "损坏"),
    ],
)
def test_what_only_calls_itself_a_picture_is_refused(
    tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    with pytest.raises(AttachmentError, match=message):
        inspect_attachment(file(tmp_path, name, data), tmp_path / "cache")


def test_a_damaged_cache_is_made_again(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.jpg", photo(40, 30), "JPEG", exif=camera_exif())
    first = inspect_attachment(path, tmp_path / "cache")
    assert first.made is not None
    good = first.made.read_bytes()
    first.made.write_bytes(good[:40])
    assert inspect_attachment(path, tmp_path / "cache") == first
    assert first.made.read_bytes() == good


@pytest.mark.parametrize(
    ("title", "source", "saved_as"),
    [
        ("办法（试行）", "xw/banfa.pdf", "办法（试行）.pdf"),
        ("办法（试行）.pdf", "xw/banfa.pdf", "办法（试行）.pdf"),
        ("", "xw/关于报送材料的通知（定稿）【2026】.pdf", "关于报送材料的通知（定稿）【2026】.pdf"),
        ("", "xw/登记表 (1).PDF", "登记表 (1).pdf"),
        ('a/b\\c:d*e?f"g<h>i|j', "a.pdf", "a／b＼c：d＊e？f＂g＜h＞i｜j.pdf"),
        ("第一行\n第二行\t三", "a.pdf", "第一行 第二行 三.pdf"),
        ("\u202egpj.\u200b表", "a.pdf", "gpj.表.pdf"),
        ("CON", "a.pdf", "附件CON.pdf"),
        ("aux.2026", "a.pdf", "附件aux.2026.pdf"),
        ("...", "a.pdf", "附件.pdf"),
        (" 。 ", "a.pdf", "。.pdf"),
        ("长" * 300, "a.pdf", "长" * 65 + ".pdf"),
    ],
)
def test_a_file_is_saved_under_its_title(title: str, source: str, saved_as: str) -> None:
    found = download_name(title, source, "files/a.0123456789ab.pdf")
    assert found == saved_as
    assert len(found.encode()) <= 200
    assert found.endswith(".pdf")
