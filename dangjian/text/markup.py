"""Markdown to clean HTML: the Chinese-aware Markdown dialect, the allow-list, plain text.

References to pictures, articles and files stay symbolic (``dj-media:``, ``dj-article:``,
``dj-file:`` with a path below ``content/``) until a page is rendered, because where they lead
is known only when the whole archive is.
"""

import html
import posixpath
import re
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import nh3
from msgspec import Struct

from dangjian.text.limits import WorkLimit
from dangjian.text.references import Reference

if TYPE_CHECKING:
    from markdown import Markdown

_HAN = (
    "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u3000-\u303f“”‘’…—·\U00020000-\U000323af"
)
_JOIN = re.compile(rf"(?<=[{_HAN}])\n(?=[{_HAN}])")
_PRE = re.compile(r"(<pre.*?</pre>)", re.DOTALL)
_TAGS = re.compile(r"<[^>]*>")
_NOTE_MARKS = re.compile(r'<sup id="fnref[^>]*>.*?</sup>|<a class="footnote-backref".*?</a>')
_BREAKS = re.compile(
    r"</(?:p|h[1-6]|li|td|th|tr|dt|dd|div|figcaption|blockquote|pre)>|<(?:br|hr)\b[^>]*>"
)
_SPACE = re.compile(r"[ \t\r\f\v\u00a0\u3000]+")
_ALLOWED_TAGS = frozenset(
    "a abbr b blockquote br caption cite code col colgroup dd del details div dl dt em figcaption "
    "figure h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s section small span "
    "strong sub summary sup table tbody td tfoot th thead time tr u ul wbr".split()
)
_ALLOWED_ATTRIBUTES = {
    "*": {"class", "id", "title", "lang", "dir"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "headers", "align"},
    "th": {"colspan", "rowspan", "headers", "scope", "align"},
    "col": {"span"},
    "colgroup": {"span"},
    "ol": {"start", "type", "reversed"},
    "li": {"value"},
    "time": {"datetime"},
    "details": {"open"},
    "q": {"cite"},
    "blockquote": {"cite"},
}
_ALLOWED_CLASSES = frozenset(
    "lead-in center right small note footnote footnote-ref footnote-backref language-text".split()
)
_SCHEMES = {"http", "https", "mailto", "tel", "dj-media", "dj-article", "dj-file"}
_ALIGN = frozenset({"left", "right", "center"})
_DOWNLOADS = re.compile(r"\.(?!html?$|md$)[A-Za-z0-9]{1,5}$")


class Rendered(Struct, frozen=True):
    """A converted text: sanitised HTML with symbolic references, and what it refers to."""

    html: str
    references: tuple[Reference, ...] = ()


class MarkdownText:
    """Converts Markdown texts one after another with a single reused ``Markdown`` instance.

    Most paragraphs, headings and lists of such articles are plain: no mark-up in them. They need
    no parser, which costs most of a build's time, and are set apart before it; the result is the
    same, which a property test holds.
    """

    def __init__(self) -> None:
        self._meter = WorkLimit()
        self._sanitiser = _Sanitiser()

    @cached_property
    def _markdown(self) -> "Markdown":
        from dangjian.text.dialect import make_parser  # noqa: PLC0415 - many texts need none

        return make_parser(self._meter)

    def convert(self, text: str, folder: str) -> Rendered:
        """Convert ``text``, whose relative references start at ``folder`` (below content/).

        Raises TooMuchError for a text that would take the parser too long.
        """
        self._meter.start()
        self._meter.look(text)
        marked, plain = _set_apart(text)
        if not plain:
            return self.parse(text, folder)
        if _ONLY_TOKEN.fullmatch(marked):
            return Rendered(plain[0])
        rendered = self.parse(marked, folder)
        whole = _TOKEN.sub(lambda match: plain[int(match[1])], rendered.html)
        return Rendered(whole, rendered.references)

    def parse(self, text: str, folder: str) -> Rendered:
        """The same by the parser alone."""
        self._meter.start()
        self._markdown.reset()
        return self._sanitiser.clean(join_lines(self._markdown.convert(text)), folder)


# A token stands for a run of simple blocks while the rest is parsed. Its marks are private-use
# characters; a text that has them itself is parsed whole.
_TOKEN = re.compile("<p>\ue0f0([0-9]+)\ue0f1</p>")
_ONLY_TOKEN = re.compile("\\s*\ue0f0[0-9]+\ue0f1\\s*")
# What makes blocks depend on each other over blank lines (fences, raw HTML, definition lists), and
# what a parser would see in a line. A line may not begin like a list, heading, or underline.
_SPANNING_SIGN = re.compile(r"[<\t\r\x00-\x08\x0b-\x1f\ue0f0\ue0f1]")
_SPANNING_LINE = re.compile(r"^[ ]{0,3}(?:```|~~~|:)", re.MULTILINE)
_PLAIN_WORDS = r"[^\n\\`*_\[\]{}<>&!|~^#\x02\x03\xa0]*[^\s\\`*_\[\]{}<>&!|~^#\x02\x03\xa0]"
_PLAIN_LINE = rf"(?![\s=+:\-]|[0-9]+[.)]){_PLAIN_WORDS}"
_PLAIN_BLOCK = re.compile(rf"{_PLAIN_LINE}(?:\n{_PLAIN_LINE})*")
_HEADING = re.compile(rf"(#{{2,5}}) ({_PLAIN_LINE})")
_BULLETS = re.compile(rf"- {_PLAIN_LINE}(?:\n- {_PLAIN_LINE})*")
_NUMBERS = re.compile(rf"1\. {_PLAIN_LINE}(?:\n[0-9]+\. {_PLAIN_LINE})*")
_LIST_LIKE = re.compile(r"[ \-+]|\*(?!\*)|[0-9]+[.)]")


def _set_apart(text: str) -> tuple[str, list[str]]:
    """Replace runs of simple blocks by tokens; returns the rest and the runs as HTML."""
    if _SPANNING_SIGN.search(text):
        return text, []
    if (":" in text or "```" in text or "~~~" in text) and _SPANNING_LINE.search(text):
        return text, []
    pieces = _BLANK_LINES.split(text.strip("\n"))
    blocks, gaps = ["", *pieces[::2], ""], ["", *pieces[1::2]]
    parts: list[str] = []
    runs: list[list[str]] = []
    open_run = False
    shifted = text.startswith("# ") or "\n# " in text or "\n=" in text
    for gap, before, block, after in zip(gaps, blocks, blocks[1:], blocks[2:], strict=False):
        made = _simple(block, before, after, shifted)
        if made is None:
            parts += (gap, block)
        elif open_run:
            runs[-1].append(made)
        else:
            parts += (gap, f"\ue0f0{len(runs)}\ue0f1")
            runs.append([made])
        open_run = made is not None
    return "".join(parts), ["\n".join(run) for run in runs]


def _simple(block: str, before: str, after: str, shifted: bool) -> str | None:
    """A plain paragraph, a plain heading or a flat plain list as HTML; None for anything else.

    Bold words are all the mark-up that a paragraph or list may have. A list is left to the parser
    when a neighbour could belong to it; headings are when a heading of the first level ``shifted``
    them all.
    """
    bare = block
    if "**" in block:
        pieces = block.split("**")
        if not _are_bold(pieces):
            return None
        bare = "".join(pieces)
        bold = zip(pieces[1::2], pieces[2::2], strict=True)
        block = pieces[0] + "".join([f"<strong>{words}</strong>{rest}" for words, rest in bold])
    if _PLAIN_BLOCK.fullmatch(bare):
        joined = _JOIN.sub("", block) if "\n" in block else block
        return f"<p>{joined.strip(_EDGE)}</p>"
    if block.startswith("#"):
        heading = None if shifted else _HEADING.fullmatch(block)
        if heading is None:
            return None
        level = len(heading[1])
        return f"<h{level}>{heading[2].strip(_EDGE)}</h{level}>"
    if any(map(_LIST_LIKE.match, before.split("\n"))) or _LIST_LIKE.match(after):
        return None
    if "]:" in before or "]:" in after:
        # A definition of where links lead is taken out: what comes beyond it is the neighbour.
        return None
    tag = "ul" if _BULLETS.fullmatch(bare) else "ol" if _NUMBERS.fullmatch(bare) else ""
    lines = block.split("\n")
    if not tag or not all(map(_LIST_LIKE.match, lines)):
        return None
    items = (line.partition(" ")[2].strip(_EDGE) for line in lines)
    listed = "".join([f"<li>{item}</li>\n" for item in items])
    return f"<{tag}>\n{listed}</{tag}>"


def _are_bold(pieces: list[str]) -> bool:
    """Whether every other piece of a block cut at its ``**`` is a run of bold words in one line."""
    return (
        len(pieces) % 2 == 1
        and all(piece.strip() == piece != "" and "\n" not in piece for piece in pieces[1::2])
        and "" not in pieces[2:-1:2]
    )


_BLANK_LINES = re.compile(r"(\n(?:[ ]*\n)+)")
_EDGE = " \u3000\u00a0"


def join_lines(text: str) -> str:
    """Drop line breaks between two Chinese characters, which HTML would show as spaces."""
    if "<pre" not in text:
        return _JOIN.sub("", text)
    parts = _PRE.split(text)
    return "".join(part if part.startswith("<pre") else _JOIN.sub("", part) for part in parts)


class _Sanitiser:
    """Passes HTML through the allow-list and makes its references symbolic."""

    def __init__(self) -> None:
        self._folder = ""
        self._references: list[Reference] = []
        # To set one up takes a third of the time that a text does.
        self._cleaner = nh3.Cleaner(
            tags=set(_ALLOWED_TAGS),
            attributes=_ALLOWED_ATTRIBUTES,
            attribute_filter=self._attribute,
            url_schemes=_SCHEMES,
            link_rel=None,
            generic_attribute_prefixes=set(),
        )

    def clean(self, text: str, folder: str) -> Rendered:
        """The HTML that is let through, with references that start at ``folder``."""
        self._folder, self._references = folder, []
        clean = self._cleaner.clean(_CELL_STYLE.sub(r'\1align="\2"', text))
        clean = _ALIGN_ATTRIBUTE.sub(_align_class, clean)
        found = self._references
        return Rendered(clean, tuple(_with_alt(clean, found) if "dj-media:" in clean else found))

    def _attribute(self, tag: str, name: str, value: str) -> str | None:
        if name in ("src", "href"):
            return _symbolic(tag, value, self._folder, self._references)
        if name == "class":
            kept = [word for word in value.split() if word in _ALLOWED_CLASSES]
            return " ".join(kept) or None
        if name == "align":
            return value if value in _ALIGN else None
        return value


_CELL_STYLE = re.compile(r'(<t[dh] )style="text-align: (left|right|center);?"')
_ALIGN_ATTRIBUTE = re.compile(r'(<t[dh][^>]*?) align="(left|right|center)"([^>]*>)')
_IMAGE = re.compile(r'<img\b[^>]*\bsrc="dj-media:([^"]*)"[^>]*>')
_ALT = re.compile(r'\balt="([^"]*)"')


def _align_class(match: re.Match[str]) -> str:
    align = match[2]
    if align == "left" or 'class="' in match[0]:
        return match[1] + match[3]
    return f'{match[1]} class="{align}"{match[3]}'


def _with_alt(clean: str, references: list[Reference]) -> list[Reference]:
    alts: dict[str, str | None] = {}
    for match in _IMAGE.finditer(clean):
        alt = _ALT.search(match[0])
        target = unquote(html.unescape(match[1]))
        if not alts.get(target, "-"):
            continue
        alts[target] = html.unescape(alt[1]) if alt else None
    return [
        Reference("media", r.target, alts.get(r.target), r.written) if r.kind == "media" else r
        for r in references
    ]


def _symbolic(tag: str, value: str, folder: str, references: list[Reference]) -> str | None:
    """The symbolic form of an address in a text, or the address itself if it leads elsewhere."""
    address = value.strip()
    if tag == "img":
        if address.startswith(("http:", "https:", "//", "data:")):
            return None
        target = resolve(address, folder)
        if target is None:
            return None
        references.append(Reference("media", target, written=value))
        return f"dj-media:{_coded(target)}"
    if not address or address.startswith("#"):
        return address
    for prefix in ("{filename}", "{attach}", "{static}", "|filename|"):
        if address.startswith(prefix):
            address = address.removeprefix(prefix)
            break
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", address):
        return address
    path, hash_mark, fragment = address.partition("#")
    if path.endswith(".md"):
        kind = "article"
    elif _DOWNLOADS.search(path):
        kind = "file"
    else:
        return address
    target = resolve(path, folder)
    if target is None:
        return None
    references.append(Reference(kind, target, written=value))
    return f"dj-{kind}:{_coded(target)}{hash_mark}{fragment}"


def _coded(target: str) -> str:
    """A path as part of an address: signs that mean something there are encoded."""
    return _MEANINGFUL.sub(lambda match: quote(match[0]), target)


_MEANINGFUL = re.compile(r"""[%#?\s"'<>&\\]""")


def resolve(address: str, folder: str) -> str | None:
    """The path below content/ that ``address`` in a file of ``folder`` means; None if outside."""
    address = unquote(address)
    joined = address[1:] if address.startswith("/") else posixpath.join(folder, address)
    path = posixpath.normpath(joined)
    if path.startswith(("../", "/")) or path in ("..", ".") or "\\" in path or "\0" in path:
        return None
    return path


def plain_text(text: str) -> str:
    """The words of an HTML text, a line for each block, references and tags gone."""
    if "footnote" in text:
        text = _NOTE_MARKS.sub("", text)
    broken = _BREAKS.sub("\n", text)
    words = _SPACE.sub(" ", html.unescape(_TAGS.sub("", broken)))
    lines = map(str.strip, words.split("\n"))
    return "\n".join(filter(None, lines))


def excerpt(words: str, length: int = 100) -> str:
    """The first ``length`` characters of a plain text, ended at a sentence where one is near."""
    flat = words[: length * 2].replace("\n", "")
    if len(flat) <= length:
        return flat
    cut = flat[:length]
    end = max(cut.rfind(mark) for mark in "。！？；")
    return cut[: end + 1] if end >= length // 2 else cut.rstrip("，、：；“‘（《") + "……"
