"""What a text has that is not on the page as written: collected while it is converted."""

from msgspec import Struct


class Remark(Struct, frozen=True):
    """One thing to report: ``level`` error or warning.

    Where it is: ``line`` of the text (from 0), or -1 when it is at the ``count``-th (from 0) place
    where the words ``near`` are found.
    """

    message: str
    line: int = -1
    near: str = ""
    count: int = 0
    level: str = "error"
