"""Where archives are cut: the sizes hold, and one article moves few borders."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, strategies as st

from dangjian.search.builder import chunks
from dangjian.search.builder.partition import SIZES, Chunk, Sizes, partition
from dangjian.search.builder.shards import (
    FILE_BYTES,
    LEAST_BYTES,
    MOST_FILES,
    ListsSize,
    shard_counts,
)
from tests.examples import examples

SMALL = Sizes(small=(2, 4), chunk=(8, 14), segment=(20, 36), recent=10)


def cut(hashes: list[int], sizes: Sizes = SIZES) -> list[list[Chunk]]:
    """The segments of articles with these hashes."""
    return partition(np.array(hashes, np.uint64), sizes)


def archive(count: int, seed: int = 1) -> list[int]:
    """Hashes of so many articles."""
    random = Random(seed)
    return [random.getrandbits(64) for _ in range(count)]


def segments_of(hashes: list[int], sizes: Sizes) -> set[tuple[tuple[int, ...], ...]]:
    """The segments, as the articles in their chunks."""
    return {
        tuple(tuple(hashes[begin:end]) for begin, end in segment) for segment in cut(hashes, sizes)
    }


@examples(40, 800)
@given(st.integers(0, 400), st.integers())
def test_every_article_is_in_one_chunk_and_sizes_hold(count: int, seed: int) -> None:
    """Chunks follow each other; none is larger than it may be."""
    segments = cut(archive(count, seed), SMALL)
    chunks = [chunk for segment in segments for chunk in segment]
    assert [n for begin, end in chunks for n in range(begin, end)] == list(range(count))
    sizes = [sum(end - begin for begin, end in segment) for segment in segments]
    assert all(end - begin <= SMALL.chunk[1] for begin, end in chunks)
    assert all(size <= SMALL.segment[1] for size in sizes)
    newest = [
        size
        for size, segment in zip(sizes, segments, strict=True)
        if segment[-1][1] > count - SMALL.recent
    ]
    assert sum(newest) <= SMALL.recent + SMALL.chunk[1] + SMALL.small[1]


@pytest.mark.parametrize("count", [111, 112, 113, 1000, 2500, 12_000, 60_000], ids=str)
def test_few_segments_and_small_new_ones(count: int) -> None:
    """With the sizes in use: what a reader waits for and what an editor uploads stays small."""
    segments = cut(archive(count))
    sizes = [segment[-1][1] - segment[0][0] for segment in segments]
    assert len(segments) <= 3 + count // SIZES.segment[0]
    assert sizes[-1] < SIZES.small[1]
    if count < SIZES.small[1]:
        assert sizes == [count]
    if count >= 12_000:
        recent = next(s for s in segments if s[-1][1] > count - SIZES.recent)
        assert recent[-1][1] - recent[0][0] <= SIZES.recent + SIZES.chunk[1] + SIZES.small[1]
    assert max(sizes) <= SIZES.segment[1]


def test_one_article_moves_few_borders() -> None:
    """One more or one less anywhere: the chunk it is in changes, rarely one or two next to it."""
    hashes = archive(8000)
    before = segments_of(hashes, SIZES)
    chunks = {chunk for segment in before for chunk in segment}
    changed = []
    for place in range(3, 8000, 97):
        for after in (
            hashes[:place] + hashes[place + 1 :],
            [*hashes[:place], 7, *hashes[place:]],
        ):
            new = segments_of(after, SIZES) - before
            changed.append(sum(len(c) for segment in new for c in segment if c not in chunks))
    assert np.median(changed) <= SIZES.chunk[1]
    assert np.percentile(changed, 95) <= 2 * SIZES.chunk[1]
    assert max(changed) <= 6 * SIZES.chunk[1]


def test_on_average_one_article_more_changes_only_the_last_segment() -> None:
    """Of 300 articles added to an archive, few close a chunk or a segment."""
    hashes = archive(2600)
    changed = []
    for count in range(2300, 2600):
        new = segments_of(hashes[: count + 1], SIZES) - segments_of(hashes[:count], SIZES)
        changed.append(sum(len(chunk) for segment in new for chunk in segment))
    assert np.median(changed) <= SIZES.small[1]
    assert sum(size > 2 * SIZES.small[1] for size in changed) <= 8


@pytest.mark.parametrize(
    ("files", "least", "most"),
    [(100, 90, 100), (MOST_FILES, 200, MOST_FILES), (MOST_FILES + 200, 200, MOST_FILES)],
)
def test_a_segment_has_not_too_many_files_of_shards(files: int, least: int, most: int) -> None:
    """The head names each, so that they are larger where there would be more than that."""
    shards, per_file = shard_counts([ListsSize(400_000, files * FILE_BYTES)])
    assert least <= -(-shards // per_file) <= most


@pytest.mark.parametrize("kilobytes", [20, 100, 400])
def test_shards_of_few_articles_are_worth_a_request_and_not_two(kilobytes: int) -> None:
    """So that readers load them as a whole: SMALL_SHARD in segment.js, directories included."""
    shards, _ = shard_counts([ListsSize(60 * kilobytes, kilobytes * 1000)])
    assert LEAST_BYTES * 0.75 <= kilobytes * 1000 / shards <= LEAST_BYTES * 1.25


@pytest.mark.parametrize(
    ("documents", "size"),
    [(chunks.LARGE_CHUNK - 1, chunks.FILE_BYTES), (chunks.LARGE_CHUNK, chunks.LARGE_FILE_BYTES)],
)
@pytest.mark.parametrize("more", [0, 1])
def test_text_files_of_small_chunks_are_small(documents: int, size: int, more: int) -> None:
    """A byte more than fills two files makes three, of which all have about as much."""
    record = 1 + 2 * size // documents
    lengths = [record] * (documents - 1)
    lengths.append(2 * size + more - sum(lengths))
    bounds = list(chunks.text_bounds(lengths))
    assert len(bounds) == 2 + more
    assert [n for begin, end in bounds for n in range(begin, end)] == list(range(documents))
    assert max(sum(lengths[begin:end]) for begin, end in bounds) <= size + record
