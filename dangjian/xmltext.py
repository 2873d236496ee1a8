"""Text fit for XML."""

import re

# Controls, lone surrogates and non-characters: XML forbids or discourages them, nobody reads them.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def fit(text: str) -> str:
    """The text without characters that XML, or its readers, can't take. Nothing is escaped."""
    return _UNFIT.sub("", text)
