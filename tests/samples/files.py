"""Make the sample portal's attachments: a PDF, three Word forms and an Excel table.

    python tests/samples/files.py

writes them to ``content/``. The Word and Excel files are the smallest that Word, WPS and
LibreOffice open, put together here (ECMA-376 parts); so is the PDF, in one face and size. Nothing
here is used by a build: the results are committed next to the articles that offer them.
"""

import re
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

CONTENT = Path(__file__).resolve().parents[2] / "content"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MIME = "application/vnd.openxmlformats-officedocument."
COLUMNS, LINES = 37, 33
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

FORMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "gonggao/gongjiang-tuijianbiao.docx": (
        "“示例工匠”推荐表",
        (
            "姓名",
            "性别",
            "出生年月",
            "政治面貌",
            "文化程度",
            "工作单位和职务",
            "从事工种和年限",
            "技能等级和证书编号",
            "联系电话",
            "学习和工作经历",
            "主要业绩（可另附页）",
            "获奖情况",
            "本单位公示情况",
            "单位党组织意见",
            "县区组织部门意见",
            "评审委员会意见",
        ),
    ),
    "gonggao/shishi-jianyibiao.docx": (
        "实事项目建议表",
        (
            "项目名称",
            "所在县区、乡镇（街道）",
            "所在村（社区）",
            "受益范围和人数",
            "现在的情况",
            "主要理由",
            "建议办法",
            "估计需要的资金",
            "建议完成的时间",
            "建议人（可不填）",
            "联系方式（可不填）",
            "乡镇（街道）党（工）委意见",
        ),
    ),
    "zhengce/wenjian/shequ-niandu-kaohebiao.docx": (
        "社区工作者年度考核登记表",
        (
            "姓名",
            "性别",
            "出生年月",
            "政治面貌",
            "所在社区",
            "岗位和任职时间",
            "本年度主要工作",
            "受奖惩情况",
            "居民评价得分",
            "社区党组织评鉴意见",
            "街道考核小组意见",
            "考核等次",
            "本人签名和日期",
            "备注",
        ),
    ),
}
NOTES = (
    "填表说明：1. 用黑色笔或者计算机填写，字迹清楚，不用简称。2. 没有的写“无”，不要空着。",
    "3. 意见栏由负责人签名，写明日期并加盖公章。4. 本表一式两份，用 A4 纸双面打印。",
)
TABLES: dict[str, tuple[tuple[str, ...], ...]] = {
    "jiaoyu/lunxun-anpai.xlsx": (
        ("批次", "日期", "课程", "主讲", "学时"),
        ("第一批", "11月23日", "党支部书记的一天", "市委组织部组织科", "8"),
        ("第一批", "11月24日", "村级财务怎样看、怎样管", "市财政局", "8"),
        ("第一批", "11月25日", "现场教学：青石街道党群服务中心", "青石街道党工委", "8"),
        ("第一批", "11月26日", "矛盾调解案例分析", "市司法局", "8"),
        ("第一批", "11月27日", "分组讨论和结业", "市委党校", "8"),
        ("第二批", "12月7日起", "党员的权利和义务", "各乡镇党委", "8"),
        ("第二批", "12月14日起", "农业实用技术", "县农技中心", "8"),
        ("第二批", "12月21日起", "观看党员教育片并讨论", "各村党支部", "8"),
    ),
}
PRINTED: dict[str, str] = {
    "zhengce/wenjian/shequ-guanli-banfa.pdf": "zhengce/wenjian/shequ-guanli-banfa.md",
}


def package(path: Path, main: str, mime: str, parts: dict[str, str]) -> None:
    """Write an Office file whose main part is ``main``; other parts are named in ``parts``."""
    types = "".join(
        f'<Override PartName="/{name}" ContentType="{MIME}{mime if name == main else kind}+xml"/>'
        for name, kind in {main: mime, **_kinds(parts)}.items()
    )
    fixed = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        f'relationships+xml"/>{types}</Types>',
        "_rels/.rels": _relations({"rId1": ("officeDocument", main)}),
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**fixed, **parts}.items():
            info = zipfile.ZipInfo(name, (2026, 11, 1, 8, 0, 0))
            # Not deflated: as large as what an office makes, which has many more parts.
            archive.writestr(info, text)


def _kinds(parts: dict[str, str]) -> dict[str, str]:
    return {name: "spreadsheetml.worksheet" for name in parts if "worksheets/sheet" in name}


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    items = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{items}</Relationships>'


def form(path: Path, title: str, labels: tuple[str, ...]) -> None:
    """A Word file: a title over a table with a label and an empty cell a row."""
    border = "".join(
        f'<w:{side} w:val="single" w:sz="6" w:color="444444"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    rows = "".join(
        f'<w:tr><w:trPr><w:trHeight w:val="720"/></w:trPr>'
        f"{_cell(2400, label)}{_cell(6600, '')}</w:tr>"
        for label in labels
    )
    body = (
        '<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:b/><w:sz w:val="36"/></w:rPr>'
        f'<w:t>{escape(title)}</w:t></w:r></w:p><w:tbl><w:tblPr><w:tblW w:w="9000" w:type="dxa"/>'
        f"<w:tblBorders>{border}</w:tblBorders></w:tblPr>"
        f'<w:tblGrid><w:gridCol w:w="2400"/><w:gridCol w:w="6600"/></w:tblGrid>{rows}</w:tbl>'
        f"{''.join(f'<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>' for line in NOTES)}"
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588"/></w:sectPr>'
    )
    text = f'{HEAD}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    package(
        path, "word/document.xml", "wordprocessingml.document.main", {"word/document.xml": text}
    )


def _cell(width: int, text: str) -> str:
    run = f"<w:r><w:t>{escape(text)}</w:t></w:r>" if text else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p>{run}</w:p></w:tc>'


def sheet(path: Path, rows: tuple[tuple[str, ...], ...]) -> None:
    """An Excel file with one sheet of text and whole numbers."""
    lines = "".join(
        f'<row r="{number}">'
        + "".join(_value(column, number, cell) for column, cell in enumerate(row))
        + "</row>"
        for number, row in enumerate(rows, 1)
    )
    cols = "".join(f'<col min="{n}" max="{n}" width="{20 if n > 2 else 12}" customWidth="1"/>'
                   for n in range(1, len(rows[0]) + 1))  # fmt: skip
    parts = {
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="课程安排" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations({"rId1": ("worksheet", "worksheets/sheet1.xml")}),
        "xl/worksheets/sheet1.xml": f'{HEAD}<worksheet xmlns="{SHEET}"><cols>{cols}</cols>'
        f"<sheetData>{lines}</sheetData></worksheet>",
    }
    package(path, "xl/workbook.xml", "spreadsheetml.sheet.main", parts)


def _value(column: int, row: int, text: str) -> str:
    place = f"{chr(65 + column)}{row}"
    if text.isdigit():
        return f'<c r="{place}"><v>{text}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def printed(path: Path, article: Path) -> None:
    """A PDF of an article's text, A4, in the reader's own Song face (Adobe-GB1, not embedded)."""
    head, body = article.read_text(encoding="utf-8").split("---\n", 2)[1:]
    found = re.search(r"^标题: (.+)$", head, re.MULTILINE)
    lines = [centred(found[1], 18)] if found else []
    for block in body.strip().split("\n\n"):
        text = block.replace("**", "")
        if text.startswith("#"):
            lines += [Line(), centred(text.lstrip("# "), 14)]
        else:
            lines += wrapped("\u3000\u3000" + text)
    pages = [lines[at : at + LINES] for at in range(0, len(lines), LINES)]
    write_pdf(path, [page_stream(page) for page in pages])


class Line(NamedTuple):
    """A line of a page: its text, size and indent in points."""

    text: str = ""
    size: int = 12
    indent: float = 0


def width(text: str) -> float:
    """How wide a text is, in characters: Latin ones count half."""
    return sum(0.5 if character.isascii() else 1 for character in text)


def centred(text: str, size: int) -> Line:
    """A heading."""
    return Line(text, size, (COLUMNS * 12 - width(text) * size) / 2)


def wrapped(text: str) -> list[Line]:
    """A paragraph in lines; no line begins with a closing mark."""
    lines, line = [], ""
    for character in text:
        if width(line + character) > COLUMNS and character not in "，。；：、）》”！？":
            lines.append(Line(line))
            line = ""
        line += character
    return [*lines, Line(line)]


def page_stream(lines: list[Line]) -> bytes:
    """What is drawn on a page, from the top margin down."""
    drawn = [
        f"BT /F1 {line.size} Tf 1 0 0 1 {72 + line.indent:.1f} {760 - number * 21} Tm "
        f"<{line.text.encode('utf-16-be').hex()}> Tj ET"
        for number, line in enumerate(lines)
    ]
    return "\n".join(drawn).encode()


def write_pdf(path: Path, streams: list[bytes]) -> None:
    """A PDF 1.5 file of text pages (ISO 32000-1, 9.7.5.2: predefined CMap UniGB-UTF16-H)."""
    first = 6
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(streams)))
    objects: list[bytes] = [
        b"<</Type/Catalog/Pages 2 0 R/Lang(zh-CN)>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(streams)}/MediaBox[0 0 595 842]>>".encode(),
        (
            b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H"
            b"/DescendantFonts[4 0 R]>>"
        ),
        (
            b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000/W[1 95 500]"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/FontDescriptor 5 0 R>>"
        ),
        (
            b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]"
            b"/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>"
        ),
    ]
    for number, stream in enumerate(streams):
        packed = zlib.compress(stream, 9)
        objects.append(
            f"<</Type/Page/Parent 2 0 R/Contents {first + 2 * number + 1} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>".encode()
        )
        length = f"<</Length {len(packed)}/Filter/FlateDecode>>".encode()
        objects.append(length + b"stream\n" + packed + b"\nendstream")
    out, places = b"%PDF-1.5\n%\xe4\xb8\xad\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    out += trailer % (len(objects) + 1, start)
    path.write_bytes(out)


def main() -> None:
    """Make every attachment."""
    for name, (title, labels) in FORMS.items():
        form(CONTENT / name, title, labels)
    for name, rows in TABLES.items():
        sheet(CONTENT / name, rows)
    for name, article in PRINTED.items():
        printed(CONTENT / name, CONTENT / article)


if __name__ == "__main__":
    main()
