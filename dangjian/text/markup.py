"""Markdown to clean HTML.

References to pictures, articles and files stay symbolic (``dj-media:``, ``dj-article:``,
``dj-file:`` with a path below ``content/``) until a page is rendered, because where they lead
is known only when the whole archive is.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from dangjian.common.patterns import has_mark
from dangjian.common.xmltext import strip_invalid
from dangjian.text.anchors import set_anchors
from dangjian.text.blocks import Blocks
from dangjian.text.characters import line_before_breaks, with_plain_breaks
from dangjian.text.cleaning import Cleaner
from dangjian.text.code import take_out_code
from dangjian.text.joining import join_lines
from dangjian.text.leftovers import look_at_leftovers
from dangjian.text.limits import WorkLimit
from dangjian.text.links import Links
from dangjian.text.notes import look_at_notes
from dangjian.text.paragraphs import LineBreaks
from dangjian.text.references import Reference
from dangjian.text.remarks import Remark
from dangjian.text.set_apart import Apart, is_all_plain, put_together, set_apart
from dangjian.text.tags import read_tags
from dangjian.text.tokens import Tokens, set_classes
from dangjian.text.typing_slips import mend_slips, with_indents, with_plain_bars, with_plain_notes

if TYPE_CHECKING:
    from markdown import Markdown


class Manner(Struct, frozen=True):
    """How a text is to be read: ``line_breaks`` see ``paragraphs``.

    ``own`` are the site's own addresses (host and root, ``a.cn/dj``), ``archived`` says whether the
    text is older than the archive date.
    """

    line_breaks: LineBreaks = "auto"
    own: tuple[str, ...] = ()
    archived: bool = False


class Rendered(Struct, frozen=True):
    """A converted text: sanitised HTML with symbolic references, and what it refers to.

    ``remarks`` is what has to be reported, ``anchors`` the ids that links may lead to.
    """

    html: str
    references: tuple[Reference, ...] = ()
    remarks: tuple[Remark, ...] = ()
    anchors: tuple[str, ...] = ()


_AS_USUAL = Manner()


class MarkdownText:
    """Converts Markdown texts one after another with a single reused ``Markdown`` instance."""

    def __init__(self) -> None:
        self._meter = WorkLimit()
        self._cleaner = Cleaner()

    @cached_property
    def _markdown(self) -> "Markdown":
        from dangjian.text.dialect import make_parser  # noqa: PLC0415 - many texts need none

        return make_parser(self._meter)

    def convert(self, text: str, folder: str, manner: Manner = _AS_USUAL) -> Rendered:
        """Convert ``text``, whose relative references start at ``folder`` (below content/).

        Raises TooExpensiveError for a text that would take the parser too long.
        """
        return self._convert(text, folder, manner, quick=True)

    def parse(self, text: str, folder: str, manner: Manner = _AS_USUAL) -> Rendered:
        """The same by the parser alone."""
        return self._convert(text, folder, manner, quick=False)

    def _convert(self, text: str, folder: str, manner: Manner, *, quick: bool) -> Rendered:
        self._meter.start()
        self._meter.look(text)
        remarks: list[Remark] = []
        links = Links(folder, manner.own, manner.archived, remarks)
        given, text = text, with_plain_breaks(text, remarks)
        before = len(remarks)
        same_breaks = text is given
        tokens = Tokens()
        if has_mark(text, "```") or has_mark(text, "~~~"):
            text = take_out_code(text, tokens, remarks)
        raw = "<" in text
        if raw:
            text = read_tags(text, tokens, remarks)
        if not same_breaks:
            remarks[before:] = [_on_line(one, given) for one in remarks[before:]]
        if "&" in text:
            text = with_indents(text)
        if "［" in text or has_mark(text, "[＾"):
            text = with_plain_notes(text)
        if "｜" in text:
            text = with_plain_bars(text)
        text = Blocks(manner.line_breaks, self._meter, remarks).lay_out(text)
        if has_mark(text, "[^"):
            text = look_at_notes(text, remarks)
        text = mend_slips(text)
        rest, runs, unresolved = set_apart(text, usual=not raw) if quick else Apart(text, [])
        if runs and is_all_plain(rest):
            html = self._cleaner.resolve(runs[0], links, remarks) if unresolved else runs[0]
        else:
            self._markdown.reset()
            html = join_lines(tokens.put_back(self._markdown.convert(rest)))
            html = self._cleaner.clean(html, links, raw, remarks)
            html = put_together(html, runs) if runs else html
            if has_mark(given, "&#"):
                html = _without_controls(html, remarks)
            if "[" in html and ("](" in html or "][" in html or ")[" in html or "）[" in html):
                look_at_leftovers(html, text, remarks)
        html, anchors = set_anchors(html, links.inner, remarks)
        html = set_classes(html)
        return Rendered(html, tuple(links.references), tuple(remarks), anchors)


def _without_controls(html: str, remarks: list[Remark]) -> str:
    """HTML without the control characters that references like ``&#2;`` stood for."""
    fit = strip_invalid(html)
    if fit != html:
        message = "&#…; 写的是不能显示的字符，已略去，请删去"
        remarks.append(Remark(message, near="&#", level="warning"))
    return fit


def _on_line(remark: Remark, given: str) -> Remark:
    """A remark on the text with plain breaks, on the line of the text as it was given."""
    if remark.line < 0:
        return remark
    return replace(remark, line=line_before_breaks(given, remark.line))
