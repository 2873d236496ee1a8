"""The comparison of pictures: what a stopped run has kept, and what its table is over."""

from pathlib import Path

from tests.benchmarks.peers import Tools
from tests.benchmarks.pictures import Run, Stored, Turn, table


def turn(name: str, first: int, cpu: float, score: float | None = 70.0) -> Turn:
    return Turn(name, first, 10, cpu / 2, cpu, 5_000_000, 3_000_000, score)


def test_the_table_is_over_photographs_that_all_have_made() -> None:
    turns = [turn("ours", 0, 8), turn("Hugo", 0, 40, 71), turn("ours", 10, 9), turn("Hugo", 10, 42)]
    stored = Stored({"ours": 60, "Hugo": 63}, [*turns, turn("ours", 20, 7)])
    lines = table(stored).splitlines()
    assert lines[0].startswith("20 photographs")
    assert lines[4:] == [
        "| ours | 8.5 | 17.0 | 500 | 300 | 60 | 70.0 |",
        "| Hugo | 41.0 | 82.0 | 500 | 300 | 63 | 70.5 |",
    ]


def test_a_program_that_is_not_installed_is_left_out() -> None:
    stored = Stored({"ours": 60, "Hugo": None}, [turn("ours", 0, 8, None)])
    assert table(stored).splitlines()[4:] == ["| ours | 4.0 | 8.0 | 500 | 300 | 60 | - |"]


def test_a_stopped_run_is_taken_up(tmp_path: Path) -> None:
    run = Run(tmp_path, Tools(tmp_path / "tools"), None)
    run.take_up()
    assert run.stored == Stored()
    run.stored.qualities["Hugo"] = 63
    run.keep(turn("ours", 0, 8))
    again = Run(tmp_path, Tools(tmp_path / "tools"), None)
    again.take_up()
    assert again.stored == run.stored
    assert again.stored.has("ours", 0, 10)
    assert not again.stored.has("ours", 0, 5)
    assert not again.stored.has("ours", 10, 10)
    assert not again.stored.has("Hugo", 0, 10)
