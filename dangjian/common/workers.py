"""Work in several processes, through the standard ``concurrent.futures.Executor`` interface.

Any executor can be put in (Dask's ``Client.get_executor()`` for one); without one, processes of
this machine are used when there is enough to do, and none at all when there is not.
"""

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    Executor,
    Future,
    ProcessPoolExecutor,
    as_completed,
    wait,
)
from contextlib import contextmanager
from functools import partial
from itertools import islice
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from dangjian.common.errors import WorkerDiedError
from dangjian.common.forks import Fork, can_fork

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")

ENOUGH_FOR_PROCESSES = 400
CHUNK = 40
MAX_AT_ONCE = 200
SHARES = 16
IN_FLIGHT = 4
_NICENESS = 5


def default_workers() -> int:
    """One process for each processor this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class WorkerPool:
    """Runs functions over many values, here or in worker processes.

    ``executor`` is used when given; otherwise ``workers`` processes are started for the first
    large piece of work and stay until the pool is closed.
    """

    def __init__(self, workers: int = 0, executor: Executor | None = None) -> None:
        self.workers = workers or default_workers()
        self._given = executor
        self._own: Executor | None = None
        self._forks: list[Fork] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for fork in self._forks:
            fork.end()
        self._dismiss_pool()

    def _dismiss_pool(self) -> None:
        if self._own is not None:
            self._own.shutdown()
            self._own = None

    def run(
        self,
        work: Callable[[list[T]], list[R]],
        values: Iterable[T],
        amount: int,
        chunk: int = CHUNK,
    ) -> Iterator[list[R]]:
        """Results of ``work`` over chunks of ``values``, in the order in which they are ready.

        ``amount`` says how many values there are; they are taken as the work goes on, so that
        an archive's worth of them need not exist at once.
        """
        chunks = _chunks(values, chunk)
        executor = self._executor(amount)
        if executor is None:
            yield from map(work, chunks)
        else:
            yield from self._results(executor, work, chunks)

    def _results(
        self, executor: Executor, work: Callable[[S], R], values: Iterable[S]
    ) -> Iterator[R]:
        waiting: set[Future[R]] = set()
        for one in values:
            waiting.add(executor.submit(work, one))
            if len(waiting) > self.workers * IN_FLIGHT:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        for future in as_completed(waiting):
            yield future.result()

    def forks(self, amount: int) -> bool:
        """Whether so many values are worth processes, and these can be forked off."""
        if self._given is not None or self.workers < 2 or amount < ENOUGH_FOR_PROCESSES:
            return False
        return self._may_fork()

    def _may_fork(self) -> bool:
        if sys.platform != "linux":
            return False
        # The pool has threads here, with which forking is unsafe; a new pool is cheap.
        self._dismiss_pool()
        return can_fork()

    def run_forked(
        self, work: Callable[[list[T]], list[R]], values: Sequence[T]
    ) -> Iterator[list[R]]:
        """The same as :meth:`run` where this pool ``forks``; here too, order is not preserved.

        Processes are forked off for it, which have all of this one's memory: neither the work nor
        the values are sent to them, and need not be picklable. Raises BrokenProcessPool when one
        of them dies.
        """
        # Chunks have overhead, and one long last chunk would leave other workers idle.
        chunk = min(max(len(values) // (self.workers * SHARES), CHUNK), MAX_AT_ONCE)
        spans = (slice(start, start + chunk) for start in range(0, len(values), chunk))
        task = partial(_work_on, work, values)
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(self.workers, context, _inherit, (task,)) as pool:
            yield from self._results(pool, _do_inherited, spans)

    def run_in_background(self, work: Callable[[], R]) -> Callable[[], R]:
        """Begin ``work`` in parallel; the function returned waits for its result.

        It is done by a process forked off for it, which has all of this one's memory. Where that
        can't be, or has gone wrong, it is done here when its result is asked for.
        """
        fork = self._fork(work)
        return work if fork is None else partial(_result, fork, work)

    @contextmanager
    def prewarmed(
        self, first: Callable[[], object]
    ) -> Iterator[Callable[[Callable[[], R]], Callable[[], R]]]:
        """A process that does ``first`` (loads what it will need) and waits for its work.

        What comes of the ``with`` begins work that can be sent, as ``run_in_background`` does; the
        process ends with the block.
        """
        fork = self._fork(first, waits=True)

        def begin(work: Callable[[], R]) -> Callable[[], R]:
            if fork is None:
                return work
            fork.send(work)
            return partial(_result, fork, work)

        try:
            yield begin
        finally:
            if fork is not None:
                fork.end()

    def _fork(self, work: Callable[[], object], *, waits: bool = False) -> Fork | None:
        if self.workers < 2 or not self._may_fork():
            return None
        fork = Fork(work, waits=waits)
        self._forks = [other for other in self._forks if not other.ended] + [fork]
        return fork

    def _executor(self, amount: int) -> Executor | None:
        if self._given is not None:
            return self._given
        if self.workers < 2 or (self._own is None and amount < ENOUGH_FOR_PROCESSES):
            return None
        if self._own is None:
            context = multiprocessing.get_context("fork" if can_fork() else "spawn")
            self._own = ProcessPoolExecutor(self.workers, mp_context=context)
        return self._own


class _Inherited:
    """What a forked process is there to do."""

    task: Callable[[slice], Any]


def _inherit(task: Callable[[slice], Any]) -> None:
    # Work in the background, which takes longest, has priority.
    os.nice(_NICENESS)
    _Inherited.task = task


def _do_inherited(span: slice) -> Any:
    return _Inherited.task(span)


def _work_on(work: Callable[[list[T]], list[R]], values: Sequence[T], span: slice) -> list[R]:
    return work(list(values[span]))


def _result(fork: Fork, work: Callable[[], R]) -> R:
    """What a process gives; if it was lost, the work is done here."""
    try:
        return cast("R", fork.result())
    except WorkerDiedError:
        return work()


def _chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    taken = iter(values)
    while chunk := list(islice(taken, size)):
        yield chunk
