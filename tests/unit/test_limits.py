"""Limits that switch what is done: the last value on one side, the first on the other."""

import sys
from pathlib import Path

import pytest

from dangjian.common.filenames import can_be_file, is_address_stem
from dangjian.common.workers import ENOUGH_FOR_PROCESSES, WorkerPool
from dangjian.content.files import missing_reason


@pytest.mark.parametrize(("length", "fits"), [(100, True), (101, False)])
def test_a_stem_of_an_address_has_at_most_100_characters(length: int, fits: bool) -> None:
    assert is_address_stem("a" * length) is fits


@pytest.mark.parametrize(
    ("part", "fits"),
    [("a" * 200, True), ("a" * 201, False), ("长" * 66, True), ("长" * 67, False)],
)
def test_a_part_of_a_path_has_at_most_200_bytes(part: str, fits: bool) -> None:
    assert can_be_file(f"old/{part}") is fits
    assert can_be_file(f"{part}/x.html") is fits


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
@pytest.mark.parametrize(
    ("amount", "workers", "forked"),
    [(ENOUGH_FOR_PROCESSES, 2, True), (ENOUGH_FOR_PROCESSES - 1, 2, False), (9999, 1, False)],
)
def test_processes_are_forked_for_enough_work(
    monkeypatch: pytest.MonkeyPatch, amount: int, workers: int, forked: bool
) -> None:
    monkeypatch.setattr("dangjian.common.workers.can_fork", lambda: True)
    with WorkerPool(workers) as pool:
        assert pool.forks(amount) is forked


def test_what_is_there_and_no_file_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "p.png").mkdir()
    assert "不是普通文件" in missing_reason(tmp_path, "p.png")
    assert "大小写不同" in missing_reason(tmp_path, "P.png")
    assert "找不到。请把文件放到" in missing_reason(tmp_path, "q.png")
