"""What offices write and paste, and what becomes of it on the page."""

import re

import pytest

from dangjian.text.markup import Manner, MarkdownText, Rendered

TEXT = MarkdownText()


def made(text: str, **manner: object) -> Rendered:
    """A text as converted; the parser alone has to give the same."""
    how = Manner(**manner)  # type: ignore[arg-type]
    found = TEXT.convert(text, "xw", how)
    assert TEXT.parse(text, "xw", how) == found
    return found


def page(text: str, **manner: object) -> str:
    """The HTML on one line, without ids of headings."""
    html = re.sub(r' id="[^"]*"', "", made(text, **manner).html)
    return re.sub(r">\n+", ">", html).strip()


PARAGRAPHS = {
    "wrapped": ("近年来，示例\n市党建", "<p>近年来，示例市党建</p>"),
    "sentences": ("第一句。\n第二句。", "<p>第一句。</p><p>第二句。</p>"),
    "set in": ("　　甲说，\n　　乙说，", "<p>甲说，</p><p>乙说，</p>"),
    "set in by a tab": ("\t甲说。\n\t乙说。", "<p>甲说。</p><p>乙说。</p>"),
    "set in by four": ("    甲说。\n\n    乙说。", "<p>甲说。</p><p>乙说。</p>"),
    "numbered": (
        "目标\n一、学习\n（一）读书\n1.读报",
        "<p>目标</p><p>一、学习</p><p>（一）读书</p><p>1.读报</p>",
    ),
    "rows": (
        "会议安排\n时间：9时\n地点：礼堂\n参会人员：全体",
        "<p>会议安排</p><p>时间：9时</p><p>地点：礼堂</p><p>参会人员：全体</p>",
    ),
    "rows in mid-sentence": (
        "他指出，本次会议的三个\n关键：学习",
        "<p>他指出，本次会议的三个关键：学习</p>",
    ),
    "numbered rows": ("附件1：甲\n附件2：乙", "<p>附件1：甲</p><p>附件2：乙</p>"),
    "names with posts": ("张三（书记）\n李四（委员）", "<p>张三（书记）</p><p>李四（委员）</p>"),
    "Roman numbers": ("Ⅰ．甲\nⅡ．乙", "<p>Ⅰ．甲</p><p>Ⅱ．乙</p>"),
    "slogans": ("“甲”\n“乙”", "<p>“甲”</p><p>“乙”</p>"),
    "row before the text": (
        "来源：新华社\n作者：张三\n本报讯，甲",
        "<p>来源：新华社</p><p>作者：张三</p><p>本报讯，甲</p>",
    ),
    "subtitle": (
        "坚定信心\n——在党代会上的讲话\n（2026年11月20日）",
        "<p>坚定信心</p><p>——在党代会上的讲话</p><p>（2026年11月20日）</p>",
    ),
    "dash in a wrapped sentence": (
        "他们是我们这个时代里最平凡也最不平凡的一群人\n——基层党员",
        "<p>他们是我们这个时代里最平凡也最不平凡的一群人——基层党员</p>",
    ),
    "long row": (
        "作者：张三、李四、王五、赵六、孙七，以及\n周八",
        "<p>作者：张三、李四、王五、赵六、孙七，以及周八</p>",
    ),
    "quotations in a sentence": ("会议指出“甲”\n“乙”", "<p>会议指出“甲”“乙”</p>"),
    "names": ("张三\n李四\n王五", "<p>张三</p><p>李四</p><p>王五</p>"),
    "U+3000 alone": ("甲，\n　\n乙，", "<p>甲，</p><p>乙，</p>"),
    "U+00A0 alone": ("甲，\n\u00a0\n乙，", "<p>甲，</p><p>乙，</p>"),
    "U+200B alone": ("甲，\n\u200b\n乙，", "<p>甲，</p><p>乙，</p>"),
    "U+FEFF alone": ("甲，\n\ufeff\n乙，", "<p>甲，</p><p>乙，</p>"),
    "Word's break": ("甲，\x0b乙", "<p>甲，<br>乙</p>"),
    "backslash": ("甲，\\\n乙", "<p>甲，<br>乙</p>"),
    "two blanks": ("甲。  \n乙。", "<p>甲。<br>乙。</p>"),
    "private use": ("甲\ue0f00\ue0f1乙&#xe0f0;7&#xe0f1;", "<p>甲\ue0f00\ue0f1乙\ue0f07\ue0f1</p>"),
}

JOINED = {
    "bold": "抓好**建设**\n和队伍",
    "link": "落实[办法](b.md)\n规定",
    "note": "依据[^1]\n办理\n\n[^1]: 注",
    "code": "用`命令`\n查看",
    "italics": "看，*斜*\n体",
    "quotation": "> 里**粗**\n> 写",
    "item": "- 里**粗**\n  写",
    "before": "里\n**粗**",
    "tag": "里<b>粗</b>\n写",
}

SIGNATURES = {
    "both": ("特此通知。\n\n中共示例县委组织部\n2026年11月20日", 2),
    "apart": ("特此通知。\n\n中共示例县委组织部\n\n2026年11月20日", 2),
    "behind the text": ("特此通知。\n中共示例县委组织部\n2026年11月20日", 2),
    "set in": ("特此通知。\n\n　　　　　　中共示例县委组织部\n　　　　　　　　2026年11月20日", 2),
    "in figures of Han": ("特此通知。\n\n示例市人力资源和社会保障局\n\n二〇二六年十一月二十日", 2),
    "two offices": ("特此通知。\n\n甲局\n\n乙局\n\n2026年11月20日", 3),
    "remark behind": ("特此通知。\n\n甲局\n\n2026年11月20日\n\n（此件公开发布）", 2),
    "date in a sentence": ("本办法施行日期是2026年11月20日", 0),
    "on one line": ("特此通知。\n\n中共示例市委组织部 2026年11月20日", 1),
    "on one line, wide gap": ("特此通知。\n\n　　　　示例市教育局　　2026年11月20日", 1),
    "on one line behind the text": ("特此通知。\n示例市第一中学 2026年11月20日", 1),
    "on one line, two offices": ("特此通知。\n\n示例市民政局 示例市财政局 2026.11.20", 1),
    "on one line, blanks in the date": ("特此通知。\n\n示例市民政局 2026 年 11 月 20 日", 1),
    "on one line, a person": ("谢谢大家。\n\n张三　　2026年11月20日", 1),
    "on one line, remark behind": (
        "特此通知。\n\n自贡路街道党工委办公室 2026年11月20日\n\n（联系人：李四）",
        1,
    ),
    "nothing but one line": ("示例市教育局 2026年11月20日", 0),
    "rows of dates": ("名单\n\n甲支部 2026年11月1日\n\n乙支部 2026年11月20日", 0),
    "a deadline": ("报名办法。\n\n截止日期　　2026年11月20日", 0),
    "a sentence that ends with a date": ("正文。\n\n示例市委召开党员大会 2026年11月20日", 0),
    "a source": ("正文。\n\n原载示例市委机关 2026年11月20日", 0),
    "a label": ("正文。\n\n公示：示例市教育局 2026年11月20日", 0),
    "no office": ("正文。\n\n示例市全体党员干部 2026年11月20日", 0),
    "date with a full stop": ("正文。\n\n示例市教育局 2026年11月20日。", 0),
    "date in the midst": ("正文。\n\n示例市教育局 2026年11月20日 印发", 0),
    "words before the name": ("特此通知\n\n示例市教育局\n\n2026年11月20日", 2),
    "sent to others": (
        "特此通知。\n\n甲局\n2026年11月20日\n\n抄送：乙局、丙局。\n\n甲局办公室 2026年11月21日印发",
        2,
    ),
    "a list of dates": ("2026年11月20日\n2026年11月21日", 0),
    "words behind": ("特此通知。\n\n甲局\n2026年11月20日\n\n会议还讨论了别的事情。", 0),
    "date first": ("2026年11月20日\n\n正文。", 0),
    "by its form": ("特此通知。\n\n甲 {.right}", 1),
}

LISTS = {
    "behind a line": ("要求：\n- 一\n- 二", "<p>要求：</p><ul><li>一</li><li>二</li></ul>"),
    "numbers behind a line": (
        "要求：\n1. 一\n2. 二",
        "<p>要求：</p><ol><li>一</li><li>二</li></ol>",
    ),
    "brackets": ("1) 甲\n2) 乙", "<ol><li>甲</li><li>乙</li></ol>"),
    "two blanks": ("- 一\n  - 二", "<ul><li>一<ul><li>二</li></ul></li></ul>"),
    "three blanks": ("1. 一\n   - 二", "<ol><li>一<ul><li>二</li></ul></li></ol>"),
    "four blanks": ("- 一\n    - 二\n- 三", "<ul><li>一<ul><li>二</li></ul></li><li>三</li></ul>"),
    "a tab": ("- 一\n\t- 二", "<ul><li>一<ul><li>二</li></ul></li></ul>"),
    "paragraph": (
        "1. 一\n\n   说明。\n\n2. 二",
        "<ol><li><p>一</p><p>说明。</p></li><li><p>二</p></li></ol>",
    ),
    "fence": (
        "1. 一\n   ```\n   # a\n   ```\n2. 二",
        "<ol><li><p>一</p><pre><code># a</code></pre></li><li><p>二</p></li></ol>",
    ),
    "boxes": ("- [x] 做完\n- [ ] 没做", "<ul><li>☑ 做完</li><li>☐ 没做</li></ul>"),
    "text behind": ("- 一。\n正文。", "<ul><li>一。</li></ul><p>正文。</p>"),
    "two kinds": ("- 一\n\n1. 二", "<ul><li>一</li></ul><ol><li>二</li></ol>"),
    "no list": ("增长了\n3. 5倍", "<p>增长了\n3. 5倍</p>"),
    "year": ("2026. 11", "<p>2026. 11</p>"),
}

CELLS = "<th>甲</th><th>乙</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
TABLE = f"<table><thead><tr>{CELLS}"
TABLES = {
    "behind a line": ("表：\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |", f"<p>表：</p>{TABLE}"),
    "before a line": ("| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n后面", f"{TABLE}<p>后面</p>"),
    "from Excel": ("甲\t乙\n1\t2", TABLE),
    "without second line": ("| 甲 | 乙 |\n| 1 | 2 |", TABLE),
    "short second line": ("| 甲 | 乙 |\n|---|\n| 1 | 2 |", TABLE),
}

MARKS = {
    "masked figures": "138****1234、139****5678",
    "masked names": "王*军、李*兰、张*，赵** 钱**",
    "long mask": "6201**********1234",
    "product": "2*3*4=24",
    "required": "带*号的为必填项，带*号的请填写。",
    "masked, twice": "李**，男，王**，女",
    "angle": "参见<GB/T 9704>标准",
    "title": "见《关于<x>的通知》",
    "less": "x<y，且 z>w",
    "host": "见<abc>",
    "classes": "A类<b类 和 c类>d类",
    "name": "填<FUNCTION_NAME>、<fission router>",
    "hash": "#标签",
    "brace": "公告模板 {标题}",
    "jinja": "{{ 7 * 7 }}{% raw %}",
    "more": ">90% 的支部",
}

INLINE = {
    "struck": ("原定~~周三~~周四", "<p>原定<del>周三</del>周四</p>"),
    "escaped": ("金额\\$100", "<p>金额$100</p>"),
    "address": (
        "访问https://www.12371.cn/a。",
        '<p>访问<a href="https://www.12371.cn/a">https://www.12371.cn/a</a>。</p>',
    ),
    "host": ("访问www.12371.cn。", '<p>访问<a href="http://www.12371.cn">www.12371.cn</a>。</p>'),
    "mail": ("写到a@b.cn。", '<p>写到<a href="mailto:a@b.cn">a@b.cn</a>。</p>'),
    "in a link": (
        "[https://a.cn](https://b.cn)",
        '<p><a href="https://b.cn">https://a.cn</a></p>',
    ),
    "bold": ("贯彻**“四个意识”**要求", "<p>贯彻<strong>“四个意识”</strong>要求</p>"),
    "italics": ("这是*重点*内容", "<p>这是<em>重点</em>内容</p>"),
    "wide link": ("[办法]（b.md）", '<p><a href="dj-article:xw/b.md">办法</a></p>'),
    "wide sign": ("！[图](a.jpg)", '<figure><img alt="图" src="dj-media:xw/a.jpg"></figure>'),
    "wide title": ("[题](b.md “说明”)", '<p><a href="dj-article:xw/b.md" title="说明">题</a></p>'),
    "heading": ("##标题", "<h2>标题</h2>"),
    "wide heading": ("＃＃ 标题", "<h2>标题</h2>"),
    "underlined": ("标题\n---", "<h2>标题</h2>"),
    "rule": ("正文在这里说完了。\n---\n后面", "<p>正文在这里说完了。</p><hr><p>后面</p>"),
    "details": (
        "<details>\n<summary>看</summary>\n\n**一**\n\n- 甲\n</details>",
        "<details><summary>看</summary><p><strong>一</strong></p><ul><li>甲</li></ul></details>",
    ),
    "div": (
        "<div>\n\n### 题\n\n**粗**\n\n</div>",
        "<div><h3>题</h3><p><strong>粗</strong></p></div>",
    ),
    "center": ("<center>居中</center>", '<div class="center"><p>居中</p></div>'),
    "escaped tag": (
        "写\\<b>和\\</b>，\\\\<b>甲</b>",
        "<p>写&lt;b&gt;和&lt;/b&gt;，\\<b>甲</b></p>",
    ),
    "class of a heading": ("## 一 {.center}", '<h2 class="center">一</h2>'),
    "right": ('<p align="right">落款</p>', '<p class="right">落款</p>'),
    "style": ('<p style="text-align: right">落款</p>', '<p class="right">落款</p>'),
    "pasted": ("<p>　　正文&nbsp;。</p>", "<p>正文&nbsp;。</p>"),
    "notes between full-width brackets": (
        "甲［^1］\n\n［^1］：乙",
        (
            '<p>甲<sup><a class="footnote-ref" href="#fn:1">1</a></sup></p>'
            '<div class="footnote"><hr><ol><li><p>乙&nbsp;<a class="footnote-backref" '
            'href="#fnref:1" title="回到正文第1处">↩</a></p></li></ol></div>'
        ),
    ),
    "words behind a fence": (
        "```see also: a, b\n甲\n```",
        "<pre><code>see also: a, b\n甲\n</code></pre>",
    ),
    "language": ('```c++ title="a b" {1,2}\n甲\n```', "<pre><code>甲\n</code></pre>"),
    "code": ("```\n<script>\n**a**\n```", "<pre><code>&lt;script&gt;\n**a**\n</code></pre>"),
}


@pytest.mark.parametrize(("written", "shown"), PARAGRAPHS.values(), ids=PARAGRAPHS)
def test_a_new_line_is_a_paragraph_where_a_person_sees_one(written: str, shown: str) -> None:
    assert page(written) == shown


@pytest.mark.parametrize("written", JOINED.values(), ids=JOINED)
def test_no_blank_comes_between_two_chinese_characters(written: str) -> None:
    inner = re.sub(r"<pre.*?</pre>", "", made(written).html)
    assert not re.search(r"[\u3400-\u9fff](?:</?\w[^>]*>)*\n(?:<\w[^>]*>)*[\u3400-\u9fff]", inner)


@pytest.mark.parametrize(("written", "lines"), SIGNATURES.values(), ids=SIGNATURES)
def test_a_signature_is_at_the_right(written: str, lines: int) -> None:
    assert page(written).count('<p class="right">') == lines


@pytest.mark.parametrize(("written", "shown"), LISTS.values(), ids=LISTS)
def test_a_list_is_what_it_looks_like(written: str, shown: str) -> None:
    assert page(written) == shown.replace("# a</code>", "# a\n</code>")


@pytest.mark.parametrize(("written", "shown"), TABLES.values(), ids=TABLES)
def test_a_table_is_what_it_looks_like(written: str, shown: str) -> None:
    assert page(written) == shown
    assert made(written).remarks == ()


@pytest.mark.parametrize("written", MARKS.values(), ids=MARKS)
def test_signs_that_are_no_marks_stay(written: str) -> None:
    escaped = written.replace("<", "&lt;").replace(">", "&gt;")
    for before, after in (("", ""), ("前文，", "。后文"), ("## ", "")):
        if before == "## " or (written[0] == ">" and before):
            continue
        assert page(f"{before}{written}{after}") == f"<p>{before}{escaped}{after}</p>"
    assert page(f"- {written}") == f"<ul><li>{escaped}</li></ul>"
    assert page(f"| {written} | 乙 |\n|---|---|\n| {written} | 2 |").count(escaped) == 2


@pytest.mark.parametrize(("written", "shown"), INLINE.values(), ids=INLINE)
def test_a_mark_is_what_it_means(written: str, shown: str) -> None:
    assert page(written) == shown


def test_line_breaks_can_be_read_the_other_ways() -> None:
    text = "第一句。\n第二，\n第三"
    assert page(text) == "<p>第一句。</p><p>第二，第三</p>"
    assert page(text, line_breaks="join") == "<p>第一句。第二，第三</p>"
    assert page(text, line_breaks="paragraph") == "<p>第一句。</p><p>第二，</p><p>第三</p>"


def test_a_full_line_that_ends_a_sentence_is_no_paragraph_in_a_wrapped_text() -> None:
    lines = [
        "会议指出，要把学习贯彻全会精神作为首要",
        "政治任务，切实抓紧抓好并且抓出实际成效。",
        "要加强组织领导，压实工作责任，层层传导",
        "压力。",
    ]
    assert page("\n".join(lines)) == f"<p>{''.join(lines)}</p>"


def test_sentences_a_line_are_noticed() -> None:
    text = "这是第一句。\n这是第二句。\n\n这是第三句。\n这是第四句。"
    (remark,) = made(text).remarks
    assert (remark.level, "换行: 连接" in remark.message) == ("warning", True)
    assert made(text, line_breaks="join").remarks == ()


def test_lines_that_are_paragraphs_are_noticed_where_they_are_joined() -> None:
    text = "时间：9时\n地点：礼堂\n主持：张三\n记录：李四"
    (remark,) = made(text, line_breaks="join").remarks
    assert (remark.level, "换行: 自动" in remark.message) == ("warning", True)
    assert made(text).remarks == ()
    assert made("近年来，\n示例市\n大力，\n推进", line_breaks="join").remarks == ()
