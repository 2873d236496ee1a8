"""What an editor may write in braces behind a paragraph or heading: ``{.right}``, ``{#id}``.

Any other words in braces are text.
"""

from typing import Final

from dangjian.common.patterns import regex
from dangjian.text.elements import PARAGRAPH_CLASSES
from dangjian.text.stars import protect_stars
from dangjian.text.tokens import BEGIN, END

_ATTRIBUTES: Final = regex(r"[ \t]*\{:?[ \t]*([.#][\w.\-]+)[ \t]*\}$")
_EDGE: Final = " \t\u3000\u00a0\u2003"


def with_class(words: list[str]) -> list[str]:
    """A paragraph with ``{.right}`` behind it, with a token before it instead."""
    last = words[-1]
    if not last.endswith("}") or not (found := _ATTRIBUTES.search(last)):
        return words
    if found[1][1:] not in PARAGRAPH_CLASSES or found[1][0] == "#":
        return words
    words[-1] = last[: found.start()]
    return [f"{BEGIN}{found[1]}{END}{words[0]}", *words[1:]]


def with_id(words: str) -> str:
    """A heading's words with ``{#id}`` behind them as a token; any other brace is text."""
    if words.endswith("}") and (found := _ATTRIBUTES.search(words)):
        bare = words[: found.start()].rstrip(_EDGE)
        if bare and (found[1][0] == "#" or found[1][1:] in PARAGRAPH_CLASSES):
            words = f"{bare}{BEGIN}{found[1]}{END}"
    return protect_stars(words)[0] if "*" in words else words
