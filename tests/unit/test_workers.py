"""Work in parallel with other work: its result, its error, and a process that is lost."""

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any

import pytest

from dangjian.common.workers import CHUNK, IN_FLIGHT, MAX_AT_ONCE, SHARES, WorkerPool

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux")
HERE = os.getpid()


@pytest.fixture(autouse=True)
def _beside_the_runners_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fork although the runner has a thread of its own here, which no test's process needs."""
    monkeypatch.setattr("dangjian.common.workers.can_fork", lambda: True)


def elsewhere() -> int:
    """The process it is done in."""
    return os.getpid()


def fail() -> int:
    raise FileNotFoundError(2, "nothing", "a.md")


def vanish() -> int:
    """End a forked process as a full memory would; in this one, just answer."""
    if os.getpid() != HERE:
        os._exit(9)
    return os.getpid()


def test_it_is_done_in_another_process() -> None:
    with WorkerPool(2) as pool:
        assert pool.run_in_background(elsewhere)() != HERE


def test_what_goes_wrong_is_raised_where_it_is_asked_for() -> None:
    with WorkerPool(2) as pool:
        result = pool.run_in_background(fail)
        with pytest.raises(FileNotFoundError) as caught:
            result()
    assert caught.value.filename == "a.md"


def test_a_lost_process_costs_time_only() -> None:
    with WorkerPool(2) as pool:
        assert pool.run_in_background(vanish)() == HERE


def test_a_process_ready_early_does_what_it_is_sent() -> None:
    with WorkerPool(2) as pool, pool.prewarmed(elsewhere) as begin:
        assert begin(elsewhere)() != HERE
    with (
        WorkerPool(2) as pool,
        pool.prewarmed(elsewhere) as begin,
        pytest.raises(FileNotFoundError),
    ):
        begin(fail)()


@pytest.mark.parametrize("first", [elsewhere, vanish])
def test_a_process_ready_early_ends_without_work(first: Callable[[], int]) -> None:
    with WorkerPool(2) as pool, pool.prewarmed(first):
        assert multiprocessing.active_children() or first is vanish
    assert not multiprocessing.active_children()


def test_an_early_process_that_is_lost_costs_time_only() -> None:
    with WorkerPool(2) as pool, pool.prewarmed(vanish) as begin:
        assert begin(elsewhere)() == HERE


@pytest.mark.parametrize("other", [elsewhere, vanish])
def test_one_worker_does_it_here(other: Callable[[], int]) -> None:
    with WorkerPool(1) as pool:
        assert pool.run_in_background(other)() == HERE


def test_a_pool_goes_on_after_it() -> None:
    with WorkerPool(2) as pool:
        before = [found for part in pool.run(_same, range(500), 500) for found in part]
        result = pool.run_in_background(elsewhere)
        after = [found for part in pool.run(_same, range(500), 500) for found in part]
        assert result() != HERE
    assert sorted(before) == sorted(after) == list(range(500))


def _minus() -> Callable[[int], int]:
    return lambda number: -number


def _priorities(values: list[int]) -> list[int]:
    return [os.nice(0) for _ in values]


def _same(values: list[int]) -> list[int]:
    return values


def test_forked_processes_do_what_can_not_be_sent() -> None:
    with WorkerPool(2) as pool:
        assert pool.forks(500)
        assert not pool.forks(50)
        values = [(number, partial(_minus(), number)) for number in range(500)]
        parts = pool.run_forked(
            lambda some: [(number, call(), os.getpid()) for number, call in some], values
        )
        found = [one for part in parts for one in part]
    assert sorted(number for number, _, _ in found) == list(range(500))
    assert all(negative == -number for number, negative, _ in found)
    assert HERE not in {process for _, _, process in found}


def test_what_goes_wrong_in_a_forked_process_is_raised_here() -> None:
    with WorkerPool(2) as pool, pytest.raises(FileNotFoundError):
        list(pool.run_forked(lambda some: [fail() for _ in some], list(range(500))))


def test_work_in_the_background_has_priority_over_forked_processes() -> None:
    with WorkerPool(2) as pool:
        background = pool.run_in_background(partial(os.nice, 0))
        others = {one for part in pool.run_forked(_priorities, range(500)) for one in part}
        assert background() == os.nice(0) < min(others)


def test_work_in_the_background_goes_on_while_others_are_forked() -> None:
    with WorkerPool(2) as pool:
        result = pool.run_in_background(elsewhere)
        others = pool.run_forked(lambda some: [os.getpid() for _ in some], list(range(500)))
        assert HERE != result() not in {process for part in others for process in part}


@pytest.mark.parametrize(
    ("amount", "chunk"),
    [
        (2 * SHARES * CHUNK, CHUNK),
        (2 * SHARES * (CHUNK + 1), CHUNK + 1),
        (2 * SHARES * MAX_AT_ONCE, MAX_AT_ONCE),
        (2 * SHARES * (MAX_AT_ONCE + 1), MAX_AT_ONCE),
    ],
)
def test_each_process_is_given_many_shares_but_none_of_few_or_very_many(
    amount: int, chunk: int
) -> None:
    with WorkerPool(2) as pool:
        parts = list(pool.run_forked(_same, range(amount)))
    assert max(map(len, parts)) == chunk
    assert sum(map(len, parts)) == amount


class AtOnce(Executor):
    """Does what it is given as soon as it is given."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


@pytest.mark.parametrize("beyond", [0, 1, 2])
def test_values_are_taken_only_so_far_ahead_of_the_results(beyond: int) -> None:
    ahead = 2 * IN_FLIGHT + 1
    taken: list[int] = []

    def values() -> Iterator[int]:
        for number in range(ahead + beyond):
            taken.append(number)
            yield number

    with WorkerPool(2, AtOnce()) as pool:
        results = pool.run(_same, values(), ahead + beyond, chunk=1)
        next(results)
        assert len(taken) == ahead
        assert len(list(results)) == ahead + beyond - 1
    assert len(taken) == ahead + beyond
