"""The chunks of a segment: cached ones, and others made again, in part or of their documents."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import accumulate, pairwise
from typing import NamedTuple

from msgspec import structs

from dangjian.search.builder.cache import ChunkCache
from dangjian.search.builder.chunks import (
    Facts,
    Part,
    TextEntry,
    TextFile,
    changed_facts,
    facts_of,
    lists_of,
    text_bounds,
    text_file,
    text_files,
)
from dangjian.search.builder.members import Change, PartSource
from dangjian.search.builder.partition import Chunk
from dangjian.search.builder.patching import LEAST_SHARE, Patched, patched_lists
from dangjian.search.builder.shards import size_of
from dangjian.search.builder.threads import in_threads
from dangjian.search.format.lists import Lists
from dangjian.search.format.manifest import text_name


class MadeChunk(NamedTuple):
    """A chunk: what the head says of it, its posting lists, and the text files it may lack.

    If it was made of another one by changing some lists, ``before`` is the id of that, and
    ``patched`` says which changed.
    """

    facts: Facts
    lists: Callable[[], Lists]
    texts: Sequence[TextFile] = ()
    before: str = ""
    patched: Patched | None = None


def text_names(facts: Facts) -> list[str]:
    """The names of a chunk's text files."""
    return [text_name(digest) for digest, _, _, _ in facts.texts]


def chunks_of(
    segment: Sequence[Chunk],
    ids: Sequence[str],
    source: PartSource,
    cache: ChunkCache,
    is_whole: Callable[[Sequence[str]], bool],
    put: Callable[[str, bytes], None],
) -> list[MadeChunk]:
    """The chunks of a segment, which are cached from now on, and their text files in the index.

    ``is_whole`` says whether the index has some files, ``put`` takes those that it may lack.
    """
    known = [
        _cached(name, chunk, source, cache, is_whole)
        for name, chunk in zip(ids, segment, strict=True)
    ]
    wanted = [n for n, found in enumerate(known) if found is None]

    def tasks() -> Iterator[Callable[[], MadeChunk]]:
        for number in wanted:
            changed = _changed(segment[number], source, cache, is_whole)
            yield changed or partial(_made, source.parts(segment[number]))

    for number, made in zip(wanted, in_threads(tasks(), 1), strict=True):
        cache.put(ids[number], made.facts, made.lists())
        source.keep(segment[number])
        for text in made.texts:
            put(text_name(text.entry[0]), text.data)
        known[number] = made._replace(texts=())
    return [found for found in known if found is not None]


def _cached(
    name: str,
    chunk: Chunk,
    source: PartSource,
    cache: ChunkCache,
    is_whole: Callable[[Sequence[str]], bool],
) -> MadeChunk | None:
    """A chunk that is cached and whose text files are whole; its lists are read when needed."""
    facts = cache.facts(name)
    if facts is None or not is_whole(text_names(facts)):
        return None

    def lists() -> Lists:
        found = cache.lists(name)
        if found is None:
            found = lists_of(source.parts(chunk))
            cache.put(name, facts, found)
        return found

    return MadeChunk(facts, lists)


def _made(parts: Sequence[Part]) -> MadeChunk:
    """A chunk of these documents."""
    texts = list(text_files(parts))
    lists = lists_of(parts)
    return MadeChunk(facts_of(parts, texts, size_of(lists)), lambda: lists, texts)


def _changed(
    chunk: Chunk,
    source: PartSource,
    cache: ChunkCache,
    is_whole: Callable[[Sequence[str]], bool],
) -> Callable[[], MadeChunk] | None:
    """Makes a chunk of one before in which a few documents changed; None if it is no such chunk."""
    before = source.chunk_before(chunk)
    changes = source.changes(chunk, LEAST_SHARE) if before else []
    facts = cache.facts(before) if changes else None
    lists = cache.lists(before) if facts else None
    if facts is None or lists is None:
        return None
    entries, texts = _changed_texts(chunk, facts.texts, changes, source, is_whole)
    changed = changed_facts(facts, {one.row: one.new for one in changes}, entries)

    def made() -> MadeChunk:
        classes = facts.classes, changed.classes
        patched = patched_lists(lists, changes, classes, lambda: source.parts(chunk))
        whole = structs.replace(changed, lists=size_of(patched.lists))
        return MadeChunk(whole, lambda: patched.lists, texts, before, patched)

    return made


def _changed_texts(
    chunk: Chunk,
    entries: Sequence[TextEntry],
    changes: Sequence[Change],
    source: PartSource,
    is_whole: Callable[[Sequence[str]], bool],
) -> tuple[list[TextEntry], list[TextFile]]:
    """What the head says of the text files of a chunk, and those of them that have to be made."""
    lengths = [length for entry in entries for length in entry[1]]
    ends = list(accumulate((len(entry[1]) for entry in entries), initial=0))
    known = dict(zip(pairwise(ends), entries, strict=True))
    for one in changes:
        lengths[one.row] = len(one.new.record)
    found: list[TextEntry] = []
    made: list[TextFile] = []
    for begin, end in text_bounds(lengths):
        entry = known.get((begin, end))
        same = not any(begin <= one.row < end for one in changes)
        if entry is None or not same or not is_whole([text_name(entry[0])]):
            made.append(text_file(source.parts((chunk[0] + begin, chunk[0] + end))))
            entry = made[-1].entry
        found.append(entry)
    return found, made
