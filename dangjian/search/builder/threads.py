"""Running several tasks in parallel threads."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import TypeVar

from dangjian.search.builder.memory import share_freed

_Result = TypeVar("_Result")


def in_threads(tasks: Iterable[Callable[[], _Result]], threads: int) -> Iterator[_Result]:
    """The results of tasks, in their order; no more are begun than there are threads.

    The next task is taken from ``tasks`` meanwhile, so that what prepares it goes on in parallel.
    A single task is done right here: adding an article has no more, and threads take their time.
    """
    waiting = iter(tasks)
    begin = list(islice(waiting, 2))
    if len(begin) < 2:
        yield from (task() for task in begin)
        return
    from concurrent.futures import Future, ThreadPoolExecutor  # noqa: PLC0415 - see above

    share_freed()
    running: deque[Future[_Result]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for task in chain(begin, waiting):
            running.append(pool.submit(task))
            if len(running) > threads:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
