"""The pictures of the editors' manual: what offices write, next to the page that it makes.

``python -m tests.fidelity.pictures`` takes them again, with the theme's own styles. Each holds what
it was made from (``made_from``), so that a test without a browser tells when one is out of date.
"""

import hashlib
import html
import io
import os
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import sync_playwright

from dangjian.text.markup import MarkdownText
from tests.conftest import CHROMIUM_FLAGS, find_chromium
from tests.fidelity.manual import MANUAL
from tests.sites import Site, article, column

PICTURES: Final = Path(__file__).parents[2] / "docs/editors/pictures"
BEGIN, END = "<!-- 下面的图由程序生成 -->\n", "<!-- 图到这里为止 -->\n"
COLOURS: Final = 48
CASES: Final = {
    "paragraphs": (
        "一行一段、编号、时间地点各成一段",
        (
            "各县区委组织部：\n现将有关事项通知如下。\n一、报到安排\n时间：2026年11月20日上午9时\n"
            "地点：示例县委党校\n二、有关要求\n1. 按时参加\n2. 带好材料"
        ),
    ),
    "wrapped": (
        "写到一半换的行接起来，汉字之间没有空格",
        (
            "会议强调，要坚持把**政治建设**\n摆在首位，认真落实[实施办法](banfa.md)\n规定，"
            "推动基层党建工作全面进步、\n全面过硬。"
        ),
    ),
    "signature": (
        "文末的单位和日期排到右边",
        "请各单位认真抓好落实。\n\n特此通知。\n\n中共示例县委组织部\n2026年11月20日",
    ),
    "lists": (
        "紧接在文字后面的列表，缩进两格的下一级",
        (
            "主要任务：\n- 学习研讨\n  - 原原本本学\n  - 联系实际学\n- 检视整改\n\n"
            "报送材料：\n1) 工作总结\n2) 问题清单"
        ),
    ),
    "tables": (
        "表格前面没有空行，没有写第二行",
        (
            "考核结果如下：\n| 单位 | 得分 | 等次 |\n| 第一支部 | 95 | 优秀 |\n"
            "| 第二支部 | 88 | 良好 |\n名次不分先后。"
        ),
    ),
    "excel": (
        "从Excel、WPS表格复制来的几格",
        "姓名\t职务\t电话\n张*军\t书记\t138****1234\n李*兰\t委员\t139****5678",
    ),
    "signs": (
        "号码里的星号、尖括号、网址照原样，网址可以点",
        (
            "中签号码：138****1234、2*3*4。\n参见<GB/T 9704>，填写<单位>。\n报名网址：https://www.example.com/bm。\n"
            "邮箱：zzb@example.com。"
        ),
    ),
    "pasted": (
        "从网页粘贴来的居中、靠右和折叠",
        (
            '<p align="center">（2026年第1号）</p>\n'
            '<p style="text-align:right">示例县委办公室</p>\n'
            "\n<details>\n<summary>点开看流程</summary>\n\n**第一步**，报名。\n\n</details>"
        ),
    ),
}
_OPENED: Final = """prose => {
  for (const folded of prose.querySelectorAll("details")) folded.open = true
  return prose.outerHTML
}"""
_STYLE: Final = """
html, body { background: #fff !important }
#pair { box-sizing: border-box; width: 880px; padding: 12px; display: flex; gap: 12px;
  background: #fff }
#pair > * { flex: 1 1 0; min-width: 0; border: 1px solid #bbb; border-radius: 4px }
#pair h6 { margin: 0; padding: 4px 12px; font: 13px/1.5 sans-serif; background: #eee; color: #333 }
#pair pre { margin: 0; padding: 10px 12px; border: 0; background: #fff; color: #222; tab-size: 8;
  font: 14px/1.7 "Noto Sans Mono CJK SC", monospace; white-space: pre-wrap;
  overflow-wrap: anywhere }
#pair .prose { padding: 6px 14px; font-size: 15px; margin: 0 }
"""


def made_from(name: str) -> str:
    """A digest of what a picture shows: the words as written and the HTML that they make."""
    written = CASES[name][1]
    made = MarkdownText().convert(written, "xw").html
    return hashlib.sha256(f"{written}\n{made}".encode()).hexdigest()


def with_pictures(manual: str) -> str:
    """The manual's text with the pictures in their place, each with its sentence."""
    shown = "\n".join(
        f"{title}：\n\n![{title}：左边是写的，右边是页面上的](pictures/{name}.png)\n"
        for name, (title, _) in CASES.items()
    )
    before, _, rest = manual.partition(BEGIN)
    return f"{before}{BEGIN}\n{shown}\n{END}{rest.partition(END)[2]}"


def take(folder: Path) -> None:
    """Take every picture, from a small site built in ``folder``."""
    articles = {
        f"content/xw/{name}.md": article(title, "2026-11-20 09:00", written)
        for name, (title, written) in CASES.items()
    }
    banfa = article("实施办法", "2026-11-19 09:00")
    built = Site(
        folder, {"content/xw/_column.md": column("新闻"), "content/xw/banfa.md": banfa, **articles}
    ).build()
    assert not built.errors, built.errors
    flags = [*CHROMIUM_FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(CHROMIUM_FLAGS)
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=flags)
        page = browser.new_page(viewport={"width": 900, "height": 900}, device_scale_factor=1.5)
        for name, (_, written) in CASES.items():
            page.goto((built.output / f"xw/2026/11/{name}.html").as_uri())
            shown = page.locator(".prose").evaluate(_OPENED)
            pair = (
                f"<div id=pair><div><h6>这样写</h6><pre>{html.escape(written)}</pre></div>"
                f"<div><h6>页面上</h6>{shown}</div></div>"
            )
            page.evaluate("pair => { document.body.innerHTML = pair }", pair)
            page.add_style_tag(content=_STYLE)
            _save(page.locator("#pair").screenshot(), name)
        browser.close()


def _save(data: bytes, name: str) -> None:
    info = PngInfo()
    info.add_text("made_from", made_from(name))
    with Image.open(io.BytesIO(data)) as shot:
        few = shot.convert("RGB").quantize(COLOURS)
        few.save(PICTURES / f"{name}.png", optimize=True, pnginfo=info)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        take(Path(made))
    MANUAL.write_text(with_pictures(MANUAL.read_text(encoding="utf-8")), encoding="utf-8")
