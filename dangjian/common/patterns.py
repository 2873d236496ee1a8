"""Regular expressions that are compiled when they are first used.

An edit of one article uses a fifth of those in the modules that it loads; to compile the others
took a tenth of its time.
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
