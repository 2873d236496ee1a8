"""Texts as they are pasted and typed: from WeChat, Word, Excel, with a Chinese input method."""

import re
from pathlib import Path

import pytest

from dangjian.content.reader import ReadingRules, read_source
from dangjian.text.markup import Manner, MarkdownText

TEXT = MarkdownText()
OWN = Manner(own=("dj.example.gov.cn", "www.example.gov.cn/dj"))

# What is written, and the whole page it makes; none of them is worth a remark.
MADE = {
    "two blanks as entities": (
        "&emsp;&emsp;会议指出。\n&#12288;&#12288;会议强调",
        "<p>会议指出。</p>\n<p>会议强调</p>",
    ),
    "blank lines as entities": ("甲\n&nbsp;\n乙", "<p>甲</p>\n<p>乙</p>"),
    "blank lines between rows": (
        "| 甲 | 乙 |\n\n|---|---|\n\n| 1 | 2 |\n\n丙",
        ("<table>\n<thead>\n<tr>\n<th>甲</th>\n<th>乙</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n"
        "<td>2</td>\n</tr>\n</tbody>\n</table>\n<p>丙</p>"),
    ),
    "rows of one cell": (
        "|甲|\n|乙|",
        ("<table>\n<thead>\n<tr>\n<th>甲</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>乙</td>\n</tr>\n"
        "</tbody>\n</table>"),
    ),
    "pictures on lines": (
        "会场\n![甲](a.jpg)\n![乙](b.jpg)\n图1",
        ('<p>会场</p>\n<figure><img alt="甲" src="dj-media:xw/a.jpg"></figure>\n'
        '<figure><img alt="乙" src="dj-media:xw/b.jpg"></figure>\n<p>图1</p>'),
    ),
    "picture in a line": (
        "会场![甲](a.jpg)\n如图",
        '<p>会场<img alt="甲" src="dj-media:xw/a.jpg">\n如图</p>',
    ),
    "Chinese in an address": (
        "见https://a.cn/路径/文件.html和https://a.cn/s?q=党建&x=1。",
        ('<p>见<a href="https://a.cn/路径/文件.html">https://a.cn/路径/文件.html</a>和'
        '<a href="https://a.cn/s?q=党建&amp;x=1">https://a.cn/s?q=党建&amp;x=1</a>。</p>'),
    ),
    "Chinese behind an address": (
        "登录https://a.cn/查看，或https://a.cn/x?id=3查询",
        ('<p>登录<a href="https://a.cn/">https://a.cn/</a>查看，或'
        '<a href="https://a.cn/x?id=3">https://a.cn/x?id=3</a>查询</p>'),
    ),
    "Chinese host": (
        "见http://示例市.中国/x。",
        '<p>见<a href="http://示例市.中国/x">http://示例市.中国/x</a>。</p>',
    ),
    "path before an address": (
        "[甲](./mailto:a@b.cn)、[乙](./https://b.cn/)、[丙](./b.md)",
        ('<p><a href="mailto:a@b.cn">甲</a>、<a href="https://b.cn/">乙</a>、'
        '<a href="dj-article:xw/b.md">丙</a></p>'),
    ),
    "file with a query": ("[甲](a.pdf?v=1)", '<p><a href="dj-file:xw/a.pdf?v=1">甲</a></p>'),
    "CDATA": ("<![CDATA[1<2，甲]]>", "<p>1&lt;2，甲</p>"),
    "declared by a Chinese word": ("填<?单位>和<!A级>", "<p>填&lt;?单位&gt;和&lt;!A级&gt;</p>"),
    "br closed": ("甲</br>乙", "<p>甲<br>乙</p>"),
    "Chinese quotation marks": ("<p align=“right”>甲</p>", '<p class="right">甲</p>'),
    "p in p": ("<p>甲<p>乙</p></p>", "<p>甲</p><p>乙</p>"),
    "paragraph of nothing": ("<p>甲</p><p>&nbsp;</p><p><br></p><p>乙</p>", "<p>甲</p>\n<p>乙</p>"),
    "menu": ("<menu><li>甲</li></menu>", "<ul><li>甲</li></ul>"),
    "bold with blanks": (
        "** 加粗 **和** 再加粗**后",
        "<p><strong>加粗</strong> 和 <strong>再加粗</strong>后</p>",
    ),
    "masked names": ("王*、赵**某、李**", "<p>王*、赵**某、李**</p>"),
    "dashes of WPS": (
        "| 姓名 | 职务 |\n|———|——|\n| 张三 | 书记 |",
        ("<table>\n<thead>\n<tr>\n<th>姓名</th>\n<th>职务</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n"
        "<td>张三</td>\n<td>书记</td>\n</tr>\n</tbody>\n</table>"),
    ),
    "full-width bars": (
        "｜姓名｜职务｜\n｜---｜---｜\n｜张三｜书记｜",
        ("<table>\n<thead>\n<tr>\n<th>姓名</th>\n<th>职务</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n"
        "<td>张三</td>\n<td>书记</td>\n</tr>\n</tbody>\n</table>"),
    ),
    "one full-width bar": ("甲｜乙", "<p>甲｜乙</p>"),
    "empty cells of Excel": (
        "\t党员\t电话\n甲\t12\n乙\t\t3",
        ("<table>\n<thead>\n<tr>\n<th></th>\n<th>党员</th>\n<th>电话</th>\n</tr>\n</thead>\n<tbody>\n"
        "<tr>\n<td>甲</td>\n<td>12</td>\n<td></td>\n</tr>\n<tr>\n<td>乙</td>\n<td></td>\n<td>3</td>\n"
        "</tr>\n</tbody>\n</table>"),
    ),
    "dashes": ("要求：\n— 学习，\n— 研讨", "<p>要求：</p>\n<p>— 学习，</p>\n<p>— 研讨</p>"),
    "letters": ("选择\nA. 甲\nB. 乙", "<p>选择</p>\n<p>A. 甲</p>\n<p>B. 乙</p>"),
    "columns": ("姓名    职务\n张三    书记", "<p>姓名    职务</p>\n<p>张三    书记</p>"),
    "behind a short item": (
        "- 甲\n- 乙\n后面一段",
        "<ul>\n<li>甲</li>\n<li>乙</li>\n</ul>\n<p>后面一段</p>",
    ),
    "long item": (
        "- 认真学习宣传贯彻党的创新理论\n和重要精神",
        "<ul>\n<li>认真学习宣传贯彻党的创新理论和重要精神</li>\n</ul>",
    ),
    "other brackets": (
        "【表】(b.docx) ［文］（b.md） [网] (https://a.cn)",
        ('<p><a href="dj-file:xw/b.docx">表</a> <a href="dj-article:xw/b.md">文</a> '
        '<a href="https://a.cn">网</a></p>'),
    ),
    "no address": ("【甲】(乙) [1] (2) ［丙］（丁）", "<p>【甲】(乙) [1] (2) ［丙］（丁）</p>"),
    "picture with other brackets": (
        "！【会场】（a.jpg）",
        '<figure><img alt="会场" src="dj-media:xw/a.jpg"></figure>',
    ),
    "exclamation before a link": (
        "欢迎报名！[报名表](b.docx)",
        '<p>欢迎报名！<a href="dj-file:xw/b.docx">报名表</a></p>',
    ),
    "slips in code": (
        "写成`！[图]（a.jpg）`和`【甲】(b.md)`",
        "<p>写成<code>！[图]（a.jpg）</code>和<code>【甲】(b.md)</code></p>",
    ),
    "definition": ("[甲][1]\n\n[1]：b.md", '<p><a href="dj-article:xw/b.md">甲</a></p>'),
    "words in the place of an address": (
        "[编者按]: 下文有改动\n\n- [注]: 见1.2节\n\n正文\n[注]: 见上",
        "<p>[编者按]: 下文有改动</p>\n<ul>\n<li>[注]: 见1.2节</li>\n</ul>\n<p>正文\n[注]: 见上</p>",
    ),
    "note in code": ("写`[^1]`即可", "<p>写<code>[^1]</code>即可</p>"),
    "bold line": ("**一、要求**\n正文。", "<p><strong>一、要求</strong></p>\n<p>正文。</p>"),
    "bold words": ("抓好**组织**\n建设。", "<p>抓好<strong>组织</strong>建设。</p>"),
    "times": ("9:00 签到\n9:30 开会", "<p>9:00 签到</p>\n<p>9:30 开会</p>"),
    "numberings": ("1.1 甲\n1.2.1 乙", "<p>1.1 甲</p>\n<p>1.2.1 乙</p>"),
    "sources": ("[1] 甲\n[2] 乙", "<p>[1] 甲</p>\n<p>[2] 乙</p>"),
    "links": (
        "[甲](a.md)\n[乙](b.md)",
        '<p><a href="dj-article:xw/a.md">甲</a></p>\n<p><a href="dj-article:xw/b.md">乙</a></p>',
    ),
    "attachments": ("附件：1. 甲\n2. 乙", "<p>附件：1. 甲</p>\n<p>2. 乙</p>"),
    "signature with a short date": (
        "特此通知。\n\n示例县委组织部\n2026.11.20",
        '<p>特此通知。</p>\n<p class="right">示例县委组织部</p>\n<p class="right">2026.11.20</p>',
    ),
    "no definition": ("[注]：见下文。", "<p>[注]：见下文。</p>"),
}  # fmt: skip


@pytest.mark.parametrize(("written", "page"), MADE.values(), ids=MADE)
def test_it_is_what_it_looks_like(written: str, page: str) -> None:
    made = TEXT.convert(written, "xw", OWN)
    assert made.html.strip() == page
    assert made.remarks == ()
    assert TEXT.parse(written, "xw", OWN).html == made.html


# What is written, the level, and words of the one message.
SAID = {
    "picture loaded late": (
        '<p><img src="data:image/gif;base64,AA" data-src="https://m.cn/640?a=b" alt="x"></p>',
        "error",
        "图片“https://m.cn/640?a=b”在别的网站上",
    ),
    "element of WeChat": ('<mp-profile id="x"></mp-profile>甲', "warning", "<mp-profile> 不是"),
    "marks in a table": ("<table><tr><td>**甲**</td></tr></table>", "warning", "不起作用"),
    "link without words": ("[](b.md)甲", "error", "链接“b.md”没有写文字"),
    "wide colon": ("[甲](https：//a.cn/b)", "error", "请写成 https://a.cn/b"),
    "no colon": ("[甲](http//a.cn)", "error", "请写成 http://a.cn"),
    "wide mail": ("[甲](mailto：a@b.cn)", "error", "请写成 mailto:a@b.cn"),
    "phone": ("[甲](0000-123 4567)", "error", "tel:0000-1234567"),
    "home": ("[甲](/Users/zhang/a.docx)", "error", "完整路径"),
    "server": ("![甲](\\\\srv\\a.jpg)", "error", "以反斜线开头"),
    "intranet": ("[甲](http://192.168.1.5:8000/a)", "warning", "内部网络"),
    "size": ("![甲](a.jpg =300x200)", "warning", "尺寸“=300x200”"),
    "own page's picture": ("![甲](http://127.0.0.1:8000/media/a.jpg)", "error", "本站网页上的地址"),
    "hidden sign": ("党\u200b建\u202e", "warning", "U+200B、U+202E，全文共 2 处"),
    "film as a picture": (
        "![会场](a.mp4)",
        "error",
        "用“类型: 视频”登出，或者改成链接，例如 [会场]",
    ),
    "recording as a picture": ("![](a.mp3)", "error", "是录音，不是图片"),
    "document as a picture": (
        "![通知](a.pdf)",
        "error",
        "是文件，不是图片；请改成链接，例如 [通知](a.pdf)",
    ),
    "note without words": ("甲\n\n[^1]:", "error", "[^1] 没有内容，已按文字显示；请在冒号后面"),
    "bracket in a link": ("![a]b](c.jpg)", "warning", "“](c.jpg”前后没有排成链接或图片"),
    "bracket in a link, another one meant": (
        "写成 \\[文字\\](地址)。\n\n![a]b](c.jpg)",
        "warning",
        "“](c.jpg”前后没有排成",
    ),
    "link the other way round": ("见(附件)[a.pdf]", "warning", "“(附件)[a.pdf]”的括号写反了"),
    "address that is not there": ("见[办法][1]。", "warning", "没有“[1]: 地址”这一行"),
    "query of a picture": ("![甲](a.jpg?v=2)", "warning", "图片地址里的“?v=2”不起作用"),
    "size in a picture's words": ("![甲|300](a.jpg)", "warning", "图片的尺寸“|300”"),
    "port that cannot be": ("[甲](https://a.cn:99999/)", "error", "里的端口不对"),
    "address never used": ("甲\n\n[乙]: b.md", "warning", "没有用到"),
    "address twice": ("[甲][x]\n\n[x]: a.md\n[x]: b.md", "warning", "[x]: 写了两次"),
    "sound": ('<bgsound src="a.mp3">', "error", "背景音乐"),
}


# What looks like something else and is text.
TEXTS = (
    "研究[1][2]表明",
    "\\[甲\\](b.md)",
    "`[甲](b` 与 `c](d)`",
    "见（附件）[1]",
    "#",
    "## ",
    "# # #",
)


@pytest.mark.parametrize("written", TEXTS)
def test_it_is_text_and_needs_no_remark(written: str) -> None:
    made = TEXT.convert(written, "xw", OWN)
    words = re.sub(r"<[^>]*>", "", made.html)
    assert (words, made.remarks) == (re.sub(r"[`\\]", "", written).strip(), ())
    assert "<h" not in made.html


def test_one_mistake_does_not_hide_another() -> None:
    remarks = TEXT.convert("甲**乙丙丁。\n\n![a]b](c.jpg)", "xw", OWN).remarks
    assert [one.message[:8] for one in remarks] == ["加粗的 ** 没", "“](c.jpg"]


@pytest.mark.parametrize(("written", "level", "says"), SAID.values(), ids=SAID)
def test_it_is_said_in_words_that_help(written: str, level: str, says: str) -> None:
    (remark,) = [
        one
        for one in TEXT.convert(written, "xw", OWN).remarks
        if "样子由网站统一" not in one.message
    ]
    assert (remark.level, says in remark.message) == (level, True), remark


def test_an_intranet_site_may_link_to_its_network() -> None:
    manner = Manner(own=("10.1.2.3",))
    assert TEXT.convert("[甲](http://10.1.2.9/a)", "xw", manner).remarks == ()


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("https://www.dj.example.gov.cn/a.html", "dj-site:a.html"),
        ("https://example.gov.cn/dj/a.html", "dj-site:a.html"),
        ("https://www.example.gov.cn/dj/a.html", "dj-site:a.html"),
        ("https://example.gov.cn/xf/a.html", "https://example.gov.cn/xf/a.html"),
        ("https://www2.dj.example.gov.cn/a.html", "https://www2.dj.example.gov.cn/a.html"),
    ],
)
def test_www_makes_no_other_site(address: str, target: str) -> None:
    made = TEXT.convert(f"[甲]({address})", "xw", OWN)
    assert (made.html, made.remarks) == (f'<p><a href="{target}">甲</a></p>', ())
    made = TEXT.convert(f"![甲]({address})", "xw", OWN)
    own = target.startswith("dj-")
    assert ("本站网页上的地址" in made.remarks[0].message) is own


@pytest.mark.parametrize("hidden", ["\u200b", "\ufeff", "\xad", "\u2060", "\u202e"])
def test_hidden_signs_are_in_no_word(hidden: str) -> None:
    assert TEXT.convert(f"党{hidden}建\n\n{hidden}\n\n👨\u200d👩", "xw").html == (
        "<p>党建</p>\n<p>👨\u200d👩</p>"
    )


@pytest.mark.parametrize(
    "before",
    [
        "```\n很长的一行代码很长的一行代码\n很长的一行代码\n```\n",
        "第一段\u2028第二段",
        "第一段\u200b第二段",
        "第一段\x0b第二段",
        "<div>\n\n<!-- 一\n二\n-->\n\n</div>",
    ],
)
def test_the_line_is_that_of_the_file(before: str, tmp_path: Path) -> None:
    head = "---\n标题: 甲\n时间: 2026-03-01\n---\n"
    text = f"{head}{before}\n\n<video src='a'></video>\n\n[甲](#一、二)\n"
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    problems = read_source(tmp_path, "a.md", ReadingRules()).record.problems
    last = text.count("\n")
    errors = [problem.line for problem in problems if problem.level == "error"]
    assert errors == [last - 2, last]


@pytest.mark.parametrize(
    ("body", "more", "level"),
    [
        ("<!-- 待写 -->", "", "error"),
        ("&nbsp;\n\n<br>", "", "error"),
        ("---\n\n[TOC]", "", "error"),
        ("<!-- 待写 -->", "状态: 草稿\n", "warning"),
        ("<!-- 待写 -->", "附件: a.pdf\n", ""),
        ("![会场](a.jpg)", "", ""),
        ("。", "", ""),
    ],
)
def test_a_text_that_shows_nothing_is_none(
    body: str, more: str, level: str, tmp_path: Path
) -> None:
    head = f"---\n标题: 甲\n时间: 2026-03-01\n{more}---\n"
    (tmp_path / "a.md").write_text(head + body, encoding="utf-8")
    record = read_source(tmp_path, "a.md", ReadingRules()).record
    found = [(one.level, one.line) for one in record.problems if "看得见" in one.message]
    assert found == ([(level, head.count("\n") + 1)] if level else [])
    assert (record.entry is None) is (level == "error")
