"""Compressed copies next to published text files."""

import gzip
import os
from pathlib import Path

import brotli
import pytest

from dangjian.publishing.assembly import ADDED
from dangjian.publishing.compression import LEAST, compress


def built(folder: Path, **sizes: int) -> dict[str, int | None]:
    plan: dict[str, int | None] = {}
    for name, size in sizes.items():
        path = name.replace("__", "/").replace("_", ".")
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(b"text " * (size // 5) + b"x" * (size % 5))
        plan[path] = size
    return plan


@pytest.mark.parametrize(
    ("name", "size", "compressed"),
    [
        ("a.html", 10, True),
        ("a.css", LEAST, True),
        ("a.css", LEAST - 1, False),
        ("feeds/all.rss.xml", 5000, True),
        ("a.jpg", 5000, False),
        ("a.pdf", 5000, False),
    ],
)
def test_which_files_have_copies(tmp_path: Path, name: str, size: int, compressed: bool) -> None:
    plan = built(tmp_path, **{name.replace("/", "__").replace(".", "_"): size})
    found = compress(tmp_path, plan)
    assert set(found) - set(plan) == ({f"{name}.gz", f"{name}.br"} if compressed else set())


def test_copies_hold_the_same_and_have_the_same_time(tmp_path: Path) -> None:
    plan = compress(tmp_path, built(tmp_path, a_html=5000))
    data = (tmp_path / "a.html").read_bytes()
    packed, other = (tmp_path / ADDED / f"a.html.{ending}" for ending in ("gz", "br"))
    assert gzip.decompress(packed.read_bytes()) == brotli.decompress(other.read_bytes()) == data
    for copy in (packed, other):
        assert copy.stat().st_mtime_ns == (tmp_path / "a.html").stat().st_mtime_ns
        assert plan[copy.name] == copy.stat().st_size
    kept = {copy: (copy.stat().st_ino, copy.read_bytes()) for copy in (packed, other)}
    compress(tmp_path, {"a.html": 5000})
    assert {copy: (copy.stat().st_ino, copy.read_bytes()) for copy in kept} == kept
    os.utime(tmp_path / "a.html", (1, 1))
    compress(tmp_path, {"a.html": 5000})
    assert {copy: copy.read_bytes() for copy in kept} == {c: data for c, (_, data) in kept.items()}


def test_a_changed_file_is_compressed_again_and_one_that_is_gone_has_no_copy(
    tmp_path: Path,
) -> None:
    plan = built(tmp_path, a_html=5000, b_html=5000)
    compress(tmp_path, plan)
    (tmp_path / "a.html").write_bytes(b"new " * 300)
    os.utime(tmp_path / "a.html", (5, 5))
    found = compress(tmp_path, {"a.html": 1200})
    assert set(found) == {"a.html", "a.html.gz", "a.html.br"}
    assert gzip.decompress((tmp_path / ADDED / "a.html.gz").read_bytes()) == b"new " * 300
    assert not (tmp_path / ADDED / "b.html.gz").exists()


def test_a_page_that_leads_elsewhere_has_no_copy(tmp_path: Path) -> None:
    plan = built(tmp_path, a_html=5000, old_html=5000)
    found = compress(tmp_path, plan, ["old.html"])
    assert set(found) == {"a.html", "a.html.gz", "a.html.br", "old.html"}
