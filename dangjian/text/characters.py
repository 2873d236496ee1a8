"""Which characters a text may hold, which of them are Chinese, which stand for nothing at all."""

from itertools import islice
from typing import Final

from dangjian.common.patterns import regex
from dangjian.text.remarks import Remark

HAN: Final = (
    "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u3000-\u303f“”‘’…—·\U00020000-\U000323af"
)
"""Chinese characters and the punctuation set among them, for use inside ``[…]``."""

LINE_BREAK: Final = "\x0b"
"""Word's line break within a paragraph, as it arrives in a text file."""

_OTHER_BREAKS: Final = regex("\r\n?|[\x85\u2028\u2029]")
_BREAKS: Final = regex("\r?\n|[\r\x0b\x85\u2028\u2029]")
_FORBIDDEN: Final = regex("[\x00-\x08\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_HIDDEN: Final = regex("[\xad\u200b\u202d\u202e\u2060\ufeff]")
_HIDDEN_IN_WORDS: Final = regex(rf"(?<=\S){_HIDDEN.pattern}|{_HIDDEN.pattern}(?=\S)")
_ANY: Final = regex(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u2028\u2029\u202d\u202e\u2060\ud800-\udfff\ufeff\ufffe"
    "\uffff]"
)


def with_plain_breaks(text: str, remarks: list[Remark]) -> str:
    """``text`` with line feeds as its only line ends, and without what no page may hold.

    (XML 1.0 §2.2. Whoever reads a file has reported those characters; some are used as marks here.)
    Characters that nobody sees are left out and reported: words with one inside are not found.
    """
    # None of them is printable. This is the quicker look; a wide blank (U+3000) is not, either.
    if text.replace("\n", "").isprintable() or not _ANY.search(text):
        return text
    if found := list(_HIDDEN_IN_WORDS.finditer(text)):
        codes = "、".join(dict.fromkeys(f"U+{ord(one[0]):04X}" for one in found))
        more = f"，全文共 {len(found)} 处" if len(found) > 1 else ""
        message = f"有看不见的字符（{codes}{more}），已略去，多半是粘贴时带进来的，请删去"
        line = text.count("\n", 0, found[0].start())
        remarks.append(Remark(message, line=line, level="warning"))
    text = _FORBIDDEN.sub("", _OTHER_BREAKS.sub("\n", _HIDDEN.sub("", text)))
    # Two blanks at its end keep a line apart from the next one in a paragraph.
    return text.replace(LINE_BREAK, "  \n")


def line_before_breaks(text: str, line: int) -> int:
    """The line of ``text`` (from 0) that is ``line`` after ``with_plain_breaks``."""
    breaks = islice(_BREAKS.finditer(text), line)
    return sum("\n" in one[0] for one in breaks)
