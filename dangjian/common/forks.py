"""Run a task in a forked child that shares this process's memory.

Only where forking is safe: on Linux, while this process has one thread.
"""

import gc
import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from dangjian.common.errors import WorkerDiedError


def can_fork() -> bool:
    """Whether a process forked off now would be sound."""
    return sys.platform == "linux" and threading.active_count() == 1


class Fork:
    """A process that does some work at once, or, if it ``waits``, then the work it is sent."""

    def __init__(self, work: Callable[[], object], *, waits: bool = False) -> None:
        context = multiprocessing.get_context("fork")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_answer, args=(work, waits, self._ours, theirs))
        self._process.daemon = True
        self._process.start()
        theirs.close()
        self.ended = False

    def send(self, work: Callable[[], object]) -> None:
        """Give its work to a process that waits."""
        try:
            self._ours.send(work)
        except BrokenPipeError:  # seen when the answer is asked for
            return

    def result(self) -> Any:
        """What the work gives or raises. Raises WorkerDiedError if there will be none."""
        try:
            given, error = self._ours.recv()
        except (EOFError, ConnectionResetError) as lost:
            raise WorkerDiedError from lost
        finally:
            self.end()
        if error is not None:
            raise error
        return given

    def end(self) -> None:
        """End the process, whatever it is at."""
        if not self.ended:
            self.ended = True
            self._ours.close()
            self._process.terminate()
            self._process.join()


def _answer(work: Callable[[], object], waits: bool, ours: Connection, theirs: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # it ends with its work, before what can't be reached would take much room
    ours.close()
    try:
        given = work()
        if waits:
            given = theirs.recv()()
        theirs.send((given, None))
    except EOFError:  # no work came
        return
    except Exception as error:  # noqa: BLE001 - whatever it is, the process that waits raises it
        theirs.send((None, error))
