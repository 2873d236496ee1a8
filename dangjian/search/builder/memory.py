"""Memory that was freed and that glibc keeps: of a first build a quarter of all, without this.

Other systems' C libraries have none of these functions, and no need of them.
"""

import ctypes
import sys
from collections.abc import Callable
from functools import lru_cache

_ARENA_MAX = -8


@lru_cache(maxsize=1)
def share_freed() -> None:
    """From now on have threads use what others freed: glibc keeps it for the one that took it."""
    choose = _of_glibc("mallopt")
    if choose is not None:
        choose(_ARENA_MAX, 1)


def release_freed() -> None:
    """Give the system back what was freed. It takes some milliseconds."""
    trim = _of_glibc("malloc_trim")
    if trim is not None:
        trim(0)


def _of_glibc(name: str) -> Callable[..., object] | None:
    found: Callable[..., object] | None = (
        getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
    )
    return found
