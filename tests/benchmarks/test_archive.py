"""The benchmark's archive is what it says: the same by seed, like news, the same for all peers."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.benchmarks import words
from tests.benchmarks.archive import GENERATORS, articles, write_archive
from tests.conftest import ROOT, MakeSite
from tests.sites import assert_same, folder_bytes


def test_the_same_seed_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    write_archive(tmp_path / "here", 40, seed=7)
    command = [sys.executable, "-m", "tests.benchmarks.archive", str(tmp_path / "there")]
    subprocess.run(
        [*command, "--articles", "40", "--seed", "7"],
        cwd=ROOT,
        env={"PYTHONHASHSEED": "99"},
        check=True,
    )
    assert_same(folder_bytes(tmp_path / "there"), folder_bytes(tmp_path / "here"))


def test_a_smaller_archive_is_the_beginning_of_a_larger_one() -> None:
    assert list(articles(30, 1)) == list(articles(60, 1))[:30]
    assert list(articles(30, 1)) != list(articles(30, 2))


def test_articles_are_as_long_and_varied_as_news() -> None:
    made = list(articles(400, 1))
    lengths = sorted(len(article.body) for article in made)
    assert lengths[20] > 1100
    assert lengths[380] < 2300
    text = "".join(article.body for article in made)
    bigrams = {a + b for a, b in pairwise(text) if "一" <= a <= "龥" >= b >= "一"}
    assert 45_000 < len(bigrams) < 90_000  # 153,000 at 10,000 articles
    pictured = [article for article in made if article.pictures]
    assert 8 <= len(pictured) <= 36
    assert len({article.column for article in made}) == 22
    assert len({article.date.year for article in made}) >= 15


def test_thirty_columns_and_two_hundred_tags() -> None:
    assert len(words.column_tree()) == 30
    assert len(set(words.tags())) == 200


@pytest.mark.parametrize("generator", GENERATORS)
def test_every_generator_gets_the_same_texts(tmp_path: Path, generator: str) -> None:
    write_archive(tmp_path, 150, generator=generator)
    files = list(tmp_path.rglob("2*.md"))
    assert len(files) == 150
    texts = "".join(path.read_text(encoding="utf-8") for path in files)
    assert "@picture" not in texts
    assert "@article" not in texts
    for article in articles(150, 1):
        assert all(part in texts for part in article.body.split("\n\n") if "](@" not in part)


def test_it_builds_without_a_complaint(make_site: MakeSite) -> None:
    site = make_site({})
    write_archive(site.folder, 120)
    built = site.build()
    assert built.errors == []
    assert built.warnings == []
    assert built.report.articles == 120
