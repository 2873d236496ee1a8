"""Commands as people give them: as a process, or, where that is not the subject, in this one."""

import contextlib
import gc
import io
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from unittest.mock import patch

from dangjian.cli.program import main

Done = subprocess.CompletedProcess[str]
NO_EDITOR = {"EDITOR": "", "VISUAL": ""}


def run(folder: Path, *words: str) -> Done:
    """Run a command for the site in ``folder`` in this process, as if started there."""
    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2)]
    path, status = list(sys.path), 0
    with (
        contextlib.chdir(folder),
        patch.dict(os.environ, NO_EDITOR),
        contextlib.redirect_stdout(streams[0]),
        contextlib.redirect_stderr(streams[1]),
    ):
        try:
            status = main(folder, words)
        except SystemExit as ended:
            if isinstance(ended.code, str):
                streams[1].write(ended.code)
            status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        finally:
            # What ends with the process of a command, and its settings file may have changed.
            sys.path[:] = path
            gc.unfreeze()
    texts = [stream.buffer.getvalue().decode() for stream in streams]
    return checked(Done([*words], status, *texts))


def run_as_process(folder: Path, *words: str, **environment: str) -> Done:
    """Run a command as ``tasks.py`` does."""
    return start([sys.executable, "-m", "dangjian.cli", str(folder), *words], folder, environment)


def run_by_invoke(folder: Path, *words: str) -> Done:
    """Run a command as invoke does, by the ``tasks.py`` in ``folder``."""
    return start([sys.executable, "-m", "invoke", *words], folder, {})


def start(command: list[str], folder: Path, environment: Mapping[str, str]) -> Done:
    """Run a process in ``folder`` to its end."""
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=240,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **NO_EDITOR, **environment},
    )
    return checked(done)


def checked(done: Done) -> Done:
    """What a command did; whatever happens, it shows no traceback."""
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done
