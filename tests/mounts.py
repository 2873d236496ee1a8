"""Small, full and read-only disks for tests: what only root may mount."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mount(folder: Path, *options: str) -> Iterator[None]:
    """Something mounted at ``folder``; the test is skipped where that is not allowed."""
    folder.mkdir(exist_ok=True)
    words = ["mount", *options, str(folder)]
    try:
        mounted = subprocess.run(words, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("mounting a small or read-only disk needs root on Linux")
    try:
        yield
    finally:
        # Lazily: a process at the other end of a connection may take a moment to leave it.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
