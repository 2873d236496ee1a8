"""The chunks of a segment: cached ones, and others made again, in part or of their documents."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from dangjian.search.builder.cache import ChunkCache
from dangjian.search.builder.chunks import (
    Facts,
    Part,
    TextFile,
    facts_of,
    lists_of,
    text_digest,
    text_files,
)
from dangjian.search.builder.members import PartSource
from dangjian.search.builder.partition import Chunk
from dangjian.search.builder.patching import patched_lists
from dangjian.search.builder.threads import in_threads
from dangjian.search.format.bits import Numbers
from dangjian.search.format.container import wrap
from dangjian.search.format.lists import Lists
from dangjian.search.format.manifest import text_name


class MadeChunk(NamedTuple):
    """A chunk: what the head says of it, its posting lists, and the text files it may lack.

    If it was made of another one by changing some lists, ``before`` is the id of that, and
    ``terms`` are those whose lists changed, ascending.
    """

    facts: Facts
    lists: Lists
    texts: Sequence[TextFile] = ()
    before: str = ""
    terms: Numbers | None = None

    def text_files(self) -> Iterator[tuple[str, bytes]]:
        """The text files it may lack, by name."""
        for text in self.texts:
            yield text_name(text_digest(text.payload)), wrap(text.payload)[0]


def text_names(facts: Facts) -> list[str]:
    """The names of a chunk's text files."""
    return [text_name(digest) for digest, _, _, _ in facts.texts]


def chunks_of(
    segment: Sequence[Chunk],
    ids: Sequence[str],
    source: PartSource,
    cache: ChunkCache,
    is_whole: Callable[[Sequence[str]], bool],
) -> list[MadeChunk]:
    """The chunks of a segment, which are cached from now on.

    ``is_whole`` says whether the index has some files.
    """
    known = [_cached(name, cache, is_whole) for name in ids]
    wanted = [n for n, found in enumerate(known) if found is None]

    def tasks() -> Iterator[partial[tuple[list[Part], MadeChunk]]]:
        for number in wanted:
            parts = source.parts(segment[number])
            before = source.chunk_before(segment[number])
            earlier = source.cached(before) if before else None
            yield partial(_made, parts, before, earlier, cache)

    for number, (parts, made) in zip(wanted, in_threads(tasks(), 1), strict=True):
        cache.put(ids[number], parts, made.facts, made.lists)
        known[number] = made
    return [found for found in known if found is not None]


def _cached(
    name: str, cache: ChunkCache, is_whole: Callable[[Sequence[str]], bool]
) -> MadeChunk | None:
    """A chunk that is cached and whose text files are whole."""
    facts = cache.facts(name)
    if facts is None or not is_whole(text_names(facts)):
        return None
    lists = cache.lists(name)
    return None if lists is None else MadeChunk(facts, lists)


def _made(
    parts: list[Part], before: str, earlier: Sequence[Part] | None, cache: ChunkCache
) -> tuple[list[Part], MadeChunk]:
    """A chunk of ``parts``; ``earlier`` are those of the chunk ``before`` in the same places."""
    texts = list(text_files(parts))
    facts = facts_of(parts, texts)
    lists = cache.lists(before) if earlier else None
    patched = patched_lists(lists, earlier, parts) if earlier and lists else None
    if patched is None:
        return parts, MadeChunk(facts, lists_of(parts), texts)
    return parts, MadeChunk(facts, patched.lists, texts, before, patched.terms)
