"""Waiting for what comes by itself: as long as a busy machine takes, and no longer than needed."""

import socket
import time
from collections.abc import Callable

PATIENCE = 120
"""Seconds after which what has not come is taken never to come: the limit of no duty of ours."""


def wait_until(holds: Callable[[], object], what: object = "") -> None:
    """Wait until ``holds`` gives something true; fail with ``what`` if it never does."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, what or holds
        time.sleep(0.02)


def listens(port: int) -> bool:
    """Whether a server on this machine takes connections at a port."""
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0
