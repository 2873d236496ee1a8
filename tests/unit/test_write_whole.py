"""Files are written whole: whoever reads finds the old content or the new, never a part."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dangjian.common.files import write_whole


def test_many_writers_of_one_file_leave_one_whole_content_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    contents = [bytes([number]) * 300_000 for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda data: write_whole(file, data, shared=True), contents))
    assert file.read_bytes() in contents
    assert [one.name for one in tmp_path.iterdir()] == ["one.json"]


def test_the_time_asked_for_is_set_and_otherwise_it_is_now(tmp_path: Path) -> None:
    file, moment = tmp_path / "page.html.gz", 1_600_000_000_000_000_000
    write_whole(file, b"new", durable=True, mtime=moment)
    assert (file.read_bytes(), file.stat().st_mtime_ns) == (b"new", moment)
    write_whole(file, b"newer")
    assert file.read_bytes() == b"newer"
    assert file.stat().st_mtime_ns > moment


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    write_whole(file, b"old")
    (tmp_path / ".state.json.part").mkdir()
    with pytest.raises(OSError, match=r"state\.json"):
        write_whole(file, b"new")
    assert file.read_bytes() == b"old"
