"""What texts are searched for: regular expressions, compiled when they are first used, and marks.

An edit of one article uses a fifth of the expressions in the modules that it loads; to compile the
others took a tenth of its time.
"""

import re
from typing import Any, Final, cast

_NAMES: Final = (
    "findall", "finditer", "flags", "fullmatch", "groupindex", "groups", "match", "pattern",
    "scanner", "search", "split", "sub", "subn",
)  # fmt: skip


class _Pattern:
    """A stand-in for a ``re.Pattern``, whose methods it has from its first use on."""

    def __init__(self, text: str, flags: int) -> None:
        self._given = (text, flags)

    def __getattr__(self, name: str) -> Any:
        if name not in _NAMES:
            raise AttributeError(name)
        compiled = re.compile(*self._given)
        # Found on the object itself from now on: as quick as with the compiled one.
        self.__dict__.update({one: getattr(compiled, one) for one in _NAMES})
        return self.__dict__[name]


def regex(text: str, flags: int = 0) -> re.Pattern[str]:
    """The regular expression ``text``. A wrong one raises ``re.error`` where it is first used."""
    return cast("re.Pattern[str]", _Pattern(text, flags))


def has_mark(text: str, mark: str, sign: str = "") -> bool:
    """Whether ``mark`` is in a long ``text``, which most often it is not.

    A single character is found, or found missing, in a tenth of the time that several take. So the
    rarest one of the mark, ``sign`` or else its first, is looked for before the whole.
    """
    return (sign or mark[0]) in text and mark in text
