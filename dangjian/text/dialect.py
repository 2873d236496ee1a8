"""The Markdown dialect: what Python-Markdown parses, with whose extensions, and at what effort."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor, HashHeaderProcessor
from markdown.extensions import Extension
from markdown.extensions.def_list import DefListExtension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from dangjian.text.inline import add_inline_marks
from dangjian.text.limits import WorkLimit

_FOOTNOTES = {"BACKLINK_TITLE": "回到正文第{}处"}
_BLOCK_COST = 10
_SCAN_COST = 50


def make_parser(meter: WorkLimit) -> Markdown:
    """A parser of the dialect, whose work ``meter`` counts."""
    return Markdown(
        extensions=[
            TableExtension(),
            FootnoteExtension(**_FOOTNOTES),
            DefListExtension(),
            SaneListExtension(),
            _PortalMarkdown(),
            _Metered(meter),
        ],
        output_format="html",
    )


class _SpacedHashHeader(HashHeaderProcessor):
    """Headings need a space after ``#``, so that ``#标签`` stays text."""

    RE = re.compile(r"(?:^|\n)(?P<level>#{1,6})[ \t]+(?P<header>(?:\\.|[^\\])*?)#*(?:\n|$)")


class _PortalTree(Treeprocessor):
    """Shifts headings below the page's own title and makes figures of lone pictures."""

    def run(self, root: ET.Element) -> None:
        headings = [e for e in root.iter() if e.tag in ("h1", "h2", "h3", "h4", "h5")]
        if any(e.tag == "h1" for e in headings):
            for heading in headings:
                heading.tag = f"h{int(heading.tag[1]) + 1}"
        for element in root.iter("p"):
            lone = len(element) == 1 and element[0].tag == "img"
            if lone and not f"{element.text or ''}{element[0].tail or ''}".strip():
                _make_figure(element)


def _make_figure(paragraph: ET.Element) -> None:
    image = paragraph[0]
    paragraph.tag = "figure"
    paragraph.text = image.tail = None
    caption = image.attrib.pop("title", "")
    if caption:
        ET.SubElement(paragraph, "figcaption").text = caption


class _PortalMarkdown(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's own name
        # Fences, tags and underlined headings are gone when the parser sees a text, and what is
        # set in by four blanks is text.
        md.preprocessors.deregister("html_block")
        for name in ("code", "setextheader"):
            md.parser.blockprocessors.deregister(name)
        md.parser.blockprocessors.register(_SpacedHashHeader(md.parser), "hashheader", 70)
        add_inline_marks(md)
        md.treeprocessors.register(_PortalTree(md), "portal", 5)
        md.treeprocessors.register(_PlainTexts(md), "plain", 21)  # just before the inline patterns


class _PlainTexts(Treeprocessor):
    """Tells the parser which texts have no mark at all: it looks for every kind in the others."""

    def run(self, root: ET.Element) -> None:
        for element in root.iter():
            if element.text and not _INLINE_MARK.search(element.text):
                element.text = AtomicString(element.text)
            if element.tail and not _INLINE_MARK.search(element.tail):
                element.tail = AtomicString(element.tail)


# What an inline pattern begins with, STX where something was replaced, and what breaks a line.
_INLINE_MARK = re.compile(r"[\\`*_\[!<&\x02@~]|  \n|://|www\.")


class _Metered(Extension):
    """Has ``meter`` count what a parser does. To be registered after all other extensions."""

    def __init__(self, meter: WorkLimit) -> None:
        super().__init__()
        self._meter = meter

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's own name
        md.parser.blockprocessors.register(_MeteredBlock(md, self._meter), "meter", 1000)
        _count_levels(md.parser, self._meter)
        patterns = list(md.inlinePatterns)
        for pattern in patterns:
            _count_matches(pattern, self._meter)
        # They are asked for by number, again and again, which takes a list less time.
        inline: Any = md.treeprocessors["inline"]
        inline.inlinePatterns = patterns


class _MeteredBlock(BlockProcessor):
    """Is asked about every block before the others are, and leaves it to them."""

    def __init__(self, md: Markdown, meter: WorkLimit) -> None:
        super().__init__(md.parser)
        self._meter = meter

    def test(self, _parent: object, block: str) -> bool:
        self._meter.charge(_BLOCK_COST * len(block), block)
        return False


def _count_levels(parser: Any, meter: WorkLimit) -> None:
    parse = parser.parseBlocks

    def counted(parent: Any, blocks: list[str]) -> None:
        meter.enter(blocks[0] if blocks else "")
        parse(parent, blocks)
        meter.leave()

    parser.parseBlocks = counted


def _count_matches(pattern: Any, meter: WorkLimit) -> None:
    """Charge for a match: it rebuilds the text and rescans for brackets."""
    handle: Callable[..., Any] = pattern.handleMatch

    def counted(match: re.Match[str], data: str) -> Any:
        meter.charge(len(data), data[match.start() :])
        return handle(match, data)

    pattern.handleMatch = counted
    for name in ("getText", "getLink"):
        if hasattr(pattern, name):
            setattr(pattern, name, _counted_scan(getattr(pattern, name), meter))


def _counted_scan(scan: Callable[..., Any], meter: WorkLimit) -> Callable[..., Any]:
    def counted(data: str, index: int) -> Any:
        found = scan(data, index)
        closed, end = found[-1], found[-2]
        meter.charge(_SCAN_COST * ((end if closed else len(data)) - index), data[index - 1 :])
        return found

    return counted
