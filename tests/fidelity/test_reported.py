"""What is not on the page as written is reported, with its line, and never takes others with it."""

import html
import re

import pytest

from dangjian.text.markup import Manner, MarkdownText
from dangjian.text.references import Target, link_references, text_resolver

TEXT = MarkdownText()
AFTER = "\n\n这一段还在。\n\n- 甲\n- 乙"

# What is written, the level, and words of the message.
WRITTEN = {
    "iframe": ('<iframe src="https://v.example.com/x"></iframe>', "error", "嵌入的网页"),
    "video": ('<video src="a.mp4" controls></video>', "error", "视频"),
    "audio": ('<audio src="a.mp3"></audio>', "error", "录音"),
    "embed": ('<embed src="a.swf">', "error", "嵌入的对象"),
    "object": ('<object data="a.swf">说明</object>', "error", "嵌入的对象"),
    "script": ("<script>alert(1)</script>", "error", "脚本"),
    "scrolling words": ("<marquee>热烈祝贺</marquee>", "warning", "<marquee>不起作用"),
    "button": ("<button>报名</button>", "warning", "<button>不起作用"),
    "quotation mark missing": ('<img src="a.jpg>会场', "error", "<img> 里的引号没有配对"),
    "form": ('<input type="text" value="x">', "error", "表单"),
    "open script": ("网页里写<script>标签要小心。", "error", "没有收尾的 </script>"),
    "open style": ("样式写在<style>里。", "error", "没有收尾的 </style>"),
    "open template": ("用<template>包起来。", "error", "没有收尾的 </template>"),
    "open title": ("填写<title>处", "error", "没有收尾的 </title>"),
    "open table": ("<table><tr><td>格", "error", "没有收尾的 </table>"),
    "open bold": ("<b>没收尾", "error", "没有收尾的 </b>"),
    "open div": ("<div>没收尾", "error", "没有收尾的 </div>"),
    "open caption": ("<figcaption>图一", "error", "figcaption"),
    "open details": ("<details>没收尾", "error", "没有收尾的 </details>"),
    "open comment": ("前<!-- 没收尾", "error", "没有收尾的 -->"),
    "open fence": ("```\n代码", "error", "没有收尾"),
    "open bold mark": ("**没有收尾", "warning", "** 没有收尾"),
    "stray end": ("多了</div>", "warning", "多了一个 </div>"),
    "style": ('<p style="color:red">红</p>', "warning", "style"),
    "font": ('<font color="red">红</font>', "warning", "font"),
    "handler": ('<p onclick="x()">点</p>', "warning", "onclick"),
    "cite": ('<q cite="javascript:1">引</q>', "warning", "cite"),
    "no src": ('<img alt="x">', "error", "src"),
    "no href": ("<a>链接</a>", "error", "href"),
    "no file": ("![]()", "error", "没有写文件名"),
    "no address": ("[链接]()", "error", "没有写地址"),
    "backslash": ("![x](tupian\\1.jpg)", "error", "反斜线，请写成 tupian/1.jpg"),
    "drive": ("![x](D:\\图片\\1.jpg)", "error", "完整路径"),
    "drive in HTML": ('<img alt="x" src="C:\\图\\1.jpg">', "error", "完整路径"),
    "file": ("![x](file:///C:/1.jpg)", "error", "完整路径"),
    "base64": ("![x](data:image/png;base64,iVBORw0KGgo=)", "error", "base64"),
    "remote": ("![x](https://img.example.com/640?a=b)", "error", "check --fetch"),
    "remote in HTML": ('<img alt="x" src="http://img.example.com/1.jpg">', "error", "--fetch"),
    "outside": ("![x](../../1.jpg)", "error", "content/ 之外"),
    "link backslash": ("[表](fujian\\b.pdf)", "error", "fujian/b.pdf"),
    "link up": ("[文](..\\xw\\b.md)", "error", "反斜线"),
    "link drive": ("[表](D:/xw/b.pdf)", "error", "完整路径"),
    "link file": ("[表](file:///D:/b.pdf)", "error", "完整路径"),
    "ftp": ("[表](ftp://a.example.com/b.zip)", "error", "用不了"),
    "script address": ("[x](javascript:alert(1))", "error", "用不了"),
    "host": ("[名](www.gov.cn)", "error", "前面要写 https://"),
    "mail": ("[信](a@b.cn)", "error", "mailto:"),
    "anchor": ("[看](#没有这一节)", "error", "没有对应的小标题"),
    "note": ("见[^9]", "error", "[^9] 没有内容"),
    "note twice": ("见[^1]\n\n[^1]: 甲\n[^1]: 乙", "error", "写了 2 次"),
    "note alone": ("甲\n\n[^4]: 乙", "warning", "没有引用"),
    "contents": ("[TOC]", "warning", "目录"),
    "cells": ("| 甲 | 乙 |\n|---|---|\n| 1 | 2 | 3 |", "warning", "这一行有 3 格"),
    "row": ("| 甲 | 乙 |", "warning", "排不成表格"),
}


@pytest.mark.parametrize(("written", "level", "says"), WRITTEN.values(), ids=WRITTEN)
def test_it_is_reported_and_the_rest_is_there(written: str, level: str, says: str) -> None:
    before = "第一段。\n\n第二段。\n\n"
    found = TEXT.convert(f"{before}{written}{AFTER}", "xw")
    assert [(r.level, says in r.message) for r in found.remarks] == [(level, True)], found.remarks
    (remark,) = found.remarks
    place = (before + written).find(remark.near)
    line = remark.line if remark.line >= 0 else (before + written).count("\n", 0, place)
    assert line >= 4
    shown = html.unescape(re.sub(r"<[^>]*>", "", found.html))
    assert "第一段。" in shown
    assert re.search(r"这一段还在。\n+甲\n乙", shown)
    assert not re.search(r"<img(?![^>]*\ssrc=)", found.html)
    assert "<script" not in found.html
    assert "onclick" not in found.html


def test_code_of_a_program_is_no_declaration() -> None:
    written = "<?php\n$a = $b->c;\n?>\n\n<?xml version='1.0'?><!DOCTYPE html>后面"
    found = TEXT.convert(written, "xw")
    assert html.unescape(re.sub(r"<[^>]*>", "", found.html)) == "<?php\n$a = $b->c;\n?>\n后面"
    assert [one.level for one in found.remarks] == ["warning", "warning"]


def test_an_end_tag_that_is_shown_as_code_ends_no_script() -> None:
    written = '不要直接写<Script>引入。\n\n**第二段**\n\n用`<script src="a.js"></script>`引入，'
    found = TEXT.convert(f"{written}写完`</script>`为止。", "xw")
    assert [one.line for one in found.remarks] == [0]
    shown = html.unescape(re.sub(r"<[^>]*>", "", found.html))
    assert shown == (
        '不要直接写<Script>引入。\n第二段\n用<script src="a.js"></script>引入，写完</script>为止。'
    )


WORDS_STAY = (
    "open bold",
    "open table",
    "open div",
    "open caption",
    "scrolling words",
    "button",
    "quotation mark missing",
    "open details",
    "font",
    "cells",
)


@pytest.mark.parametrize("name", WORDS_STAY)
def test_the_words_themselves_stay(name: str) -> None:
    written = WRITTEN[name][0]
    shown = re.sub(r"<[^>]*>", "", TEXT.convert(written + AFTER, "xw").html)
    for words in re.findall(r"[\u3400-\u9fff]+|(?<=\| )\d", re.sub(r"<[^>]*>", " ", written)):
        assert words in shown


def test_a_picture_at_another_host_is_a_link_in_an_archived_article() -> None:
    text = '![会场](https://img.example.com/1.jpg "现场")\n\n<img src="http://a.example.com/2.jpg">'
    found = TEXT.convert(text, "xw", Manner(archived=True))
    assert {remark.level for remark in found.remarks} == {"warning"}
    assert '<a href="https://img.example.com/1.jpg">图片：会场</a>' in found.html
    assert '<a href="http://a.example.com/2.jpg">查看图片</a>' in found.html
    assert "现场" in found.html
    assert "<img" not in found.html


def test_text_like_our_own_references_is_text() -> None:
    text = 'href="dj-file: 前 <b title="甲">乙</b> href="dj-article:foo.md"'
    made = TEXT.convert(text, "xw").html
    assert link_references(made, text_resolver({}, "")) == made
    linked = link_references(
        '<a href="dj-file:a.pdf">x</a>', text_resolver({"file:a.pdf": Target("f/a.pdf")}, "../")
    )
    assert linked == '<a href="../f/a.pdf">x</a>'


@pytest.mark.parametrize("prefix", ["{static}", "{attach}", "{filename}", "|static|", "|filename|"])
def test_pelicans_forms_work_for_pictures_and_files(prefix: str) -> None:
    text = f"![图]({prefix}/xw/s.jpg) ![图]({prefix}s.jpg) [件]({prefix}/xw/s.pdf)"
    found = TEXT.convert(text, "xw")
    assert [r.target for r in found.references] == ["xw/s.jpg", "xw/s.jpg", "xw/s.pdf"]
    assert found.remarks == ()


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("![图](1#楼.jpg)", "xw/1#楼.jpg"),
        ("![图](100%.jpg)", "xw/100%.jpg"),
        ("![图](现场 照片（1）.jpg)", "xw/现场 照片（1）.jpg"),
        ("[表](1#楼.pdf)", "xw/1#楼.pdf"),
        ("[文](1#楼.md)", "xw/1#楼.md"),
        ("[文](b.md#1.2)", "xw/b.md"),
        ("[表](<a b.pdf>)", "xw/a b.pdf"),
        ("[表](a*b*.pdf)", "xw/a*b*.pdf"),
        ("[表](%E8%A1%A8.pdf)", "xw/表.pdf"),
    ],
)
def test_signs_in_file_names_are_theirs(written: str, target: str) -> None:
    found = TEXT.convert(written, "xw")
    assert [r.target for r in found.references] == [target]
    assert found.remarks == ()


def test_headings_have_ids_that_links_and_the_contents_use() -> None:
    text = (
        "[TOC]\n\n## 一、总体要求\n\n### 目标\n\n## 目标\n\n## text\n\n## 自己 {#own}\n\n"
        "[去](#一、总体要求)[去](#own)"
    )
    found = TEXT.convert(text, "xw")
    assert found.remarks == ()
    assert found.anchors == ("一总体要求", "目标", "目标-1", "text-1", "own")
    assert '<a href="#一总体要求">去</a><a href="#own">去</a>' in found.html
    assert found.html.startswith('<div class="toc">')
