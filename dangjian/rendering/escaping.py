"""Escaping for templates, without the wrapping that would be joined into plain text anyway.

MarkupSafe's own ``escape`` wraps each result as ``Markup``, which takes longer than all else that a
template does. The function that does not is internal (``_escape_inner``, since MarkupSafe 3.0):
where it is missing, ``escape`` is used.
"""

import markupsafe
from markupsafe import Markup, escape

_INNER = getattr(markupsafe, "_escape_inner", None)


def escaped(value: object) -> str:
    """What ``markupsafe.escape`` gives, but a plain ``str`` where ``value`` is one."""
    if type(value) is str:
        inner: str = _INNER(value) if _INNER is not None else escape(value)
        return inner
    return value if type(value) is Markup else escape(value)
