"""Text fit for XML."""

from html import escape

from dangjian.common.patterns import regex

# Controls, lone surrogates and non-characters: XML forbids or discourages them, nobody reads them.
_UNFIT = regex("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def strip_invalid(text: str) -> str:
    """The text without characters that XML, or its readers, can't take. Nothing is escaped."""
    return text if text.isprintable() else _UNFIT.sub("", text)


def escaped(text: str) -> str:
    """The text as an element's content. Not ``xml.sax.saxutils``, which loads all of HTTP."""
    return escape(text, quote=False)


def quoted(text: str) -> str:
    """The text as an attribute's value, quotation marks included; its line breaks stay."""
    value = escape(text).replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")
    return f'"{value}"'
