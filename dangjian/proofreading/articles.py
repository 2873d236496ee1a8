"""Proofreading of all public articles: their files, line by line."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from dangjian.common.problems import Problem
from dangjian.content.archive import Item
from dangjian.proofreading.doc_numbers import wrong_numbers
from dangjian.proofreading.marks import marks_in_head, odd_marks, repeats_title
from dangjian.proofreading.personal import personal_numbers
from dangjian.schema.decoding import decode
from dangjian.schema.frontmatter import parse_source


def proofread(content: Path, items: Iterable[Item]) -> Iterator[Problem]:
    """Notices on the articles' files below ``content``; reads each of them."""
    for item in items:
        try:
            raw = (content / item.path).read_bytes()
        except OSError:  # reported where it is read first
            continue
        yield from proofread_source(raw, item.path, item.entry.title)


def proofread_source(raw: bytes | str, path: str, title: str = "") -> Iterator[Problem]:
    """Notices on one file, each with its line. ``title`` is the article's."""
    text, _ = decode(raw, path)
    first = parse_source(raw, path).body_line
    lines = list(enumerate(text.split("\n"), 1))
    body = [(number, line) for number, line in lines if number >= first]
    head = [(number, line) for number, line in lines if number < first]
    for number, message in (*marks_in_head(head), *odd_marks(body)):
        yield Problem(path, number, message, "warning")
    begin = next(((number, line) for number, line in body if line.strip("\u3000 \t")), None)
    if begin is not None and repeats_title(title, begin[1]):
        message = "正文第一行重复了标题，页面上会出现两次；标题只写在文件头里，请删去这一行"
        yield Problem(path, begin[0], message, "warning")
    for number, line in lines:
        for kind, masked in personal_numbers(line):
            message = (
                f"这一行里有{kind}（{masked}），个人信息不上网；请删去，或像括号里那样隐去中间几位"
            )
            yield Problem(path, number, message, "warning")
        if number >= first or line.startswith(("文号", "doc_number", "发文字号")):
            for written, right in wrong_numbers(line):
                message = (
                    f"文号“{written}”宜写成 {right}（年份用六角括号和四位数，不加“第”，序号不补 0）"
                )
                yield Problem(path, number, message, "warning")


def shared_doc_numbers(items: Iterable[Item]) -> Iterator[tuple[Item, str]]:
    """Documents whose 文号 another one has too: the later by path, with what to say."""
    taken: dict[str, Item] = {}
    for item in sorted(items, key=lambda one: one.path):
        number = item.entry.doc_number.replace(" ", "")
        if number and (other := taken.setdefault(number, item)) is not item:
            yield item, f"文号“{number}”与“{other.path}”相同，请核对；是同一份文件的，只留一篇"
