"""What a document says of those who wrote it is reported, and nothing is invented."""

import io
import tracemalloc
import zipfile
from pathlib import Path

import pypdf
import pytest
from pypdf.annotations import Text

from dangjian.media import document_facts
from dangjian.media.attachments import inspect_attachment
from dangjian.media.document_facts import document_notices
from tests.samples.photos import camera_exif, photo

CORE = (
    '<cp:coreProperties xmlns:cp="c" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<dc:title>表</dc:title><dc:creator>{}</dc:creator>"
    "<cp:lastModifiedBy>{}</cp:lastModifiedBy></cp:coreProperties>"
)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TEXT = "<w:document {}><w:body><w:p>{}<w:r><w:t>字</w:t></w:r></w:p></w:body></w:document>"


def zipped(folder: Path, name: str, members: dict[str, str | bytes]) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path


def reported(path: Path) -> str:
    return "".join(document_notices(path, path.suffix.removeprefix(".")))


def placed_photo() -> bytes:
    out = io.BytesIO()
    photo(40, 30).save(out, "JPEG", exif=camera_exif())
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "members", "words"),
    [
        (
            "a.docx",
            {"docProps/core.xml": CORE.format("张三", "李四")},
            ["作者“张三”", "最后修改人“李四”"],
        ),
        ("a.wps", {"docProps/core.xml": CORE.format("张三", "")}, ["作者“张三”"]),
        (
            "a.docx",
            {"docProps/app.xml": "<Properties><Company>某公司</Company></Properties>"},
            ["单位“某公司”"],
        ),
        ("a.docx", {"word/document.xml": TEXT.format(W, "<w:ins w:author='x'/>")}, ["修订"]),
        ("a.docx", {"word/footnotes.xml": TEXT.format(W, "<w:del/>")}, ["修订"]),
        ("a.docx", {"word/comments.xml": f"<w:comments {W}><w:comment/></w:comments>"}, ["批注"]),
        ("a.docx", {"word/media/image1.jpeg": placed_photo()}, ["带拍摄地点的照片"]),
        (
            "a.xlsx",
            {"xl/workbook.xml": "<workbook><sheet state='veryHidden'/></workbook>"},
            ["隐藏的工作表"],
        ),
        (
            "a.xlsx",
            {"xl/worksheets/sheet1.xml": "<worksheet><cols><col hidden='1'/></cols></worksheet>"},
            ["隐藏的行或列"],
        ),
        (
            "a.xlsx",
            {"xl/comments1.xml": "<comments><commentList><comment/></commentList></comments>"},
            ["批注"],
        ),
        (
            "a.pptx",
            {"ppt/notesSlides/notesSlide1.xml": "<n xmlns:a='a'><a:t>先说第三点</a:t></n>"},
            ["演讲者备注"],
        ),
        (
            "a.pptx",
            {"ppt/comments/comment1.xml": "<p:cmLst xmlns:p='p'><p:cm/></p:cmLst>"},
            ["批注"],
        ),
        (
            "a.odt",
            {"meta.xml": "<m xmlns:m='m'><m:initial-creator>王五</m:initial-creator></m>"},
            ["作者“王五”"],
        ),
        ("a.odt", {"content.xml": "<o xmlns:t='t'><t:tracked-changes/></o>"}, ["修订"]),
        ("a.ods", {"content.xml": "<o xmlns:office='t'><office:annotation/></o>"}, ["批注"]),
        (
            "a.ofd",
            {"OFD.xml": "<ofd:OFD xmlns:ofd='o'><ofd:Author>赵六</ofd:Author></ofd:OFD>"},
            ["作者“赵六”"],
        ),
    ],
)
def test_names_changes_and_comments_are_reported(
    tmp_path: Path, name: str, members: dict[str, str | bytes], words: list[str]
) -> None:
    said = reported(zipped(tmp_path, name, members))
    assert [word in said for word in words] == [True] * len(words)
    assert "删去后保存" in said


@pytest.mark.parametrize(
    ("name", "members"),
    [
        (
            "a.docx",
            {"docProps/core.xml": CORE.format("", " "), "word/document.xml": TEXT.format(W, "")},
        ),
        (
            "a.xlsx",
            {"xl/workbook.xml": "<workbook><sheets><sheet state='visible'/></sheets></workbook>"},
        ),
        ("a.xlsx", {"xl/worksheets/s.xml": "<worksheet><row hidden='0'/></worksheet>"}),
        ("a.pptx", {"ppt/notesSlides/notesSlide1.xml": "<n xmlns:a='a'><a:t>7</a:t></n>"}),
        ("a.zip", {"docProps/core.xml": CORE.format("张三", "李四")}),
        ("a.docx", {"word/document.xml": "<w:p", "docProps/core.xml": "<a>&b;</a>"}),
    ],
)
def test_a_clean_or_broken_document_has_no_notices(
    tmp_path: Path, name: str, members: dict[str, str | bytes]
) -> None:
    assert reported(zipped(tmp_path, name, members)) == ""


def test_what_was_readable_of_a_broken_document_is_reported(tmp_path: Path) -> None:
    members: dict[str, str | bytes] = {
        "docProps/core.xml": CORE.format("张三", ""),
        "word/document.xml": "<w:p",
    }
    assert "张三" in reported(zipped(tmp_path, "a.docx", members))


CHANGE = "<w:ins/>"
TOO_MUCH = "没有查过的内容"


@pytest.mark.parametrize(("levels", "found"), [(0, True), (1, False)])
def test_xml_is_read_to_a_depth(tmp_path: Path, levels: int, found: bool) -> None:
    """Behind that the file is taken for damaged: millions of levels would take all memory."""
    deep = document_facts.MAX_LEVELS - 1 + levels
    text = f"<a {W}>" + "<b>" * (deep - 1) + CHANGE + "</b>" * (deep - 1) + "</a>"
    said = reported(zipped(tmp_path, "a.docx", {"word/document.xml": text}))
    assert ("修订" in said) is found


@pytest.mark.parametrize(("more", "found"), [(0, True), (1, False)])
@pytest.mark.parametrize("limit", ["MAX_MEMBER", "MAX_UNPACKED"])
def test_a_document_is_looked_into_up_to_a_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, more: int, found: bool
) -> None:
    """A zip bomb is small as a file; that it was not looked into is reported."""
    text = TEXT.format(W, CHANGE)
    members: dict[str, str | bytes] = {"word/document.xml": text, "word/other.xml": "x" * 9999}
    count = 1
    if limit == "MAX_UNPACKED":
        members["word/footnotes.xml"] = text
        count = 2
    monkeypatch.setattr(document_facts, limit, len(text.encode()) * count - more)
    said = reported(zipped(tmp_path, "a.docx", members))
    assert ("修订" in said) is (found or limit == "MAX_UNPACKED")
    assert (TOO_MUCH in said) is not found


def test_a_small_file_of_millions_of_elements_takes_little_memory(tmp_path: Path) -> None:
    bomb = f"<a {W}>" + "<b/>" * 500_000 + CHANGE + "</a>"
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bomb)
    tracemalloc.start()
    try:
        assert "修订" in reported(tmp_path / "a.docx")
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"\u24352?\u19977?", "张三"),
        (r"\u-10179?\u-8704?", "😀"),
        (r"\u-10179?", "\ufffd"),
        ("\\u" + "9" * 5000, None),
        (r"\u7?甲", None),
    ],
)
def test_any_number_in_an_rtf_is_read(tmp_path: Path, written: str, read: str | None) -> None:
    path = tmp_path / "a.rtf"
    path.write_bytes(b"{\\rtf1{\\info{\\author " + written.encode("gbk") + b"}}}")
    said = reported(path)
    said.encode()
    assert read is None or f"作者“{read}”" in said
    assert said.isprintable()


def test_what_is_said_of_damaged_pdfs_in_english_stays_away(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.4\n" + b"1 0 obj<<" * 2000)
    reported(path)
    assert caplog.text == ""


def pdf(folder: Path, facts: dict[str, str], *, comment: bool = False) -> Path:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata(facts)
    if comment:
        writer.add_annotation(0, Text(rect=(10, 10, 30, 30), text="再改一改"))
    path = folder / "a.pdf"
    with path.open("wb") as file:
        writer.write(file)
    return path


def test_the_author_of_a_pdf_is_reported(tmp_path: Path) -> None:
    said = reported(pdf(tmp_path, {"/Author": "张三", "/Company": "某公司"}, comment=True))
    assert all(word in said for word in ("作者“张三”", "单位“某公司”", "批注", "重新导出 PDF"))


def test_a_pdf_without_names_has_no_notices(tmp_path: Path) -> None:
    assert reported(pdf(tmp_path, {"/Producer": "LibreOffice"})) == ""


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n" + b"x" * 1000,
        b"%PDF-1.4\n1 0 obj <</Length 5 0 R>> endobj trailer <</Root 1 0 R/Info 1 0 R>>",
        (
            b"%PDF-1.4\n1 0 obj <</Type/Pages/Kids[1 0 R]/Count 9>> endobj\n"
            b"2 0 obj <</Type/Catalog/Pages 1 0 R>> endobj\ntrailer <</Root 2 0 R>>"
        ),
    ],
)
def test_a_broken_pdf_is_no_traceback(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    assert reported(path) == ""
    assert inspect_attachment(path, tmp_path / "cache").kind == "PDF"


def test_names_in_an_rtf_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.rtf"
    name = "".join(f"\\'{byte:02x}" for byte in "张三".encode("gbk"))
    path.write_text("{\\rtf1{\\info{\\author " + name + "}{\\operator }}\\revised x}")
    said = reported(path)
    assert "作者“张三”" in said
    assert "修订" in said
    assert "最后修改人" not in said


def compound(author: bytes) -> bytes:
    """The smallest compound file with a SummaryInformation that names an author ([MS-CFB])."""
    free, end, fat = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

    def words(*values: int) -> bytes:
        return b"".join(value.to_bytes(4, "little") for value in values)

    text = author + b"\0" * (4 - len(author) % 4)
    values = words(2, 936) + words(30, len(text)) + text
    body = words(8 + 16 + len(values), 2, 1, 24, 4, 32) + values
    guid = bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")
    stream = (b"\xfe\xff\0\0\5\0\2\0" + b"\0" * 16 + words(1) + guid + words(48) + body).ljust(
        4096, b"\0"
    )

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        coded = name.encode("utf-16-le") + b"\0\0"
        return (
            coded.ljust(64, b"\0")
            + len(coded).to_bytes(2, "little")
            + bytes([kind, 1])
            + words(free, free, child)
            + b"\0" * 36
            + words(start, size, 0)
        )

    header = (
        bytes.fromhex("d0cf11e0a1b11ae1")
        + b"\0" * 16
        + bytes.fromhex("3e000300feff09000600")
        + b"\0" * 6
        + words(0, 1, 1, 0, 4096, end, 0, end, 0, 0)
        + words(*[free] * 108)
    )
    table = words(fat, end, *range(3, 10), end).ljust(512, b"\xff")
    directory = entry("Root Entry", 5, 1, end, 0) + entry("\5SummaryInformation", 2, free, 2, 4096)
    return header + table + directory.ljust(512, b"\0") + stream


@pytest.mark.parametrize("name", ["a.doc", "a.wps", "a.xls", "a.et"])
def test_the_author_of_an_old_document_is_reported(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(compound("张三".encode("gbk")))
    assert "作者“张三”" in reported(path)
    path.write_bytes(compound(b""))
    assert reported(path) == ""
    path.write_bytes(compound("张三".encode("gbk"))[:700])
    assert reported(path) == ""
