"""Which characters a text may hold, which of them are Chinese, which stand for nothing at all."""

import re
from typing import Final

HAN: Final = (
    "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u3000-\u303f“”‘’…—·\U00020000-\U000323af"
)
"""Chinese characters and the punctuation set among them, for use inside ``[…]``."""

LINE_BREAK: Final = "\x0b"
"""Word's line break within a paragraph, as it arrives in a text file."""

_OTHER_BREAKS: Final = re.compile("\r\n?|[\x85\u2028\u2029]")
_FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)
_ANY: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def with_plain_breaks(text: str) -> str:
    """``text`` with line feeds as its only line ends, and without what no page may hold.

    (XML 1.0 §2.2. Whoever reads a file has reported those characters; some are used as marks here.)
    """
    # None of them is printable. This is the quicker look; a wide blank (U+3000) is not, either.
    if text.replace("\n", "").isprintable() or not _ANY.search(text):
        return text
    text = _FORBIDDEN.sub("", _OTHER_BREAKS.sub("\n", text))
    # Two blanks at its end keep a line apart from the next one in a paragraph.
    return text.replace(LINE_BREAK, "  \n")
