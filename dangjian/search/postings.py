"""From the units of all documents to posting shards (3.3, 3.4)."""

import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dangjian.search.bits import Numbers, gather, starts_of, varints
from dangjian.search.lists import BODY, LEAD, TITLE, Lists, Occurrences, Small, encode
from dangjian.search.pinyin import INITIAL, Reading, syllable_number

TITLE_END = 1
SHARD_BYTES = 24_576
MOST_SHARDS = 768
_GROUP = 250_000
_MOST_GROUPS = 64
_NO_GROUP = 255
_TABLE_CELLS = 4_000_000

Units = npt.NDArray[np.uint16] | npt.NDArray[np.uint32]


class Fields(NamedTuple):
    """All texts of a segment as character numbers: titles, then leads, then bodies.

    ``chars[n]`` is the code point of character number n, ascending; number 0 is the break.
    ``starts`` has one entry more than there are fields.
    """

    numbers: Units
    starts: Numbers
    chars: Numbers
    documents: int


def encode_all(
    fields: Fields, readings: Sequence[Sequence[Reading]], widths: Numbers, threads: int = 2
) -> list[Lists]:
    """Every list of a segment, in batches that need little memory each.

    numpy lets go of the interpreter while it works, so that threads use more than one core.
    """

    def encoded(places: Callable[[], Occurrences], plain: bool) -> Lists:
        return encode(places(), widths, plain)

    with ThreadPoolExecutor(threads) as pool:
        tasks = [pool.submit(encoded, places, False) for places in _pairs(fields)]
        tasks += [pool.submit(encoded, places, True) for places in _singles(fields)]
        batches = [task.result() for task in tasks]
    batches.append(encode(_title_ends(fields), widths, plain=False))
    with_places, plain = _pinyin(readings)
    batches.append(encode(with_places, widths, plain=False))
    batches.append(encode(plain, widths, plain=True))
    return [batch for batch in batches if len(batch.a)]


def _pairs(fields: Fields) -> Iterator[Callable[[], Occurrences]]:
    """Places of all pairs of neighbouring units, a group of first units at a time."""
    numbers = fields.numbers
    if len(numbers) < 2:
        return
    groups = min(_MOST_GROUPS, -(-len(numbers) // _GROUP))
    group_of = (numbers[:-1] % groups).astype(np.uint8)
    group_of[(numbers[:-1] == 0) | (numbers[1:] == 0)] = _NO_GROUP
    ends = fields.starts[1:-1] - 1
    group_of[ends[(ends >= 0) & (ends < len(group_of))]] = _NO_GROUP
    for group in range(groups):
        yield partial(_sorted_pairs, fields, group_of, group)


def _sorted_pairs(fields: Fields, group_of: npt.NDArray[np.uint8], group: int) -> Occurrences:
    chosen = np.flatnonzero(group_of == group)
    char_bits = len(fields.chars).bit_length()
    rank_bits = len(chosen).bit_length()
    if 2 * char_bits + rank_bits > 63:
        raise ValueError("too many different characters for one group")
    keys = fields.numbers[chosen].astype(np.int64) << char_bits
    keys |= fields.numbers[chosen + 1].astype(np.int64)
    keys <<= rank_bits
    keys |= np.arange(len(chosen))
    keys.sort()
    rank = keys & ((1 << rank_bits) - 1)
    keys >>= rank_bits
    bounds = np.searchsorted(chosen, fields.starts)
    field_of = np.repeat(np.arange(len(fields.starts) - 1), np.diff(bounds))
    field = field_of[rank]
    return Occurrences(
        a=fields.chars[keys >> char_bits],
        b=fields.chars[keys & ((1 << char_bits) - 1)],
        field=field // fields.documents,
        doc=field % fields.documents,
        position=chosen[rank] - fields.starts[field],
    )


def _singles(fields: Fields) -> Iterator[Callable[[], Occurrences]]:
    """Which documents have which units, in each of the fields, some units at a time."""
    for kind in (TITLE, LEAD, BODY):
        cells = _cells(fields, kind)
        begin = 0
        while begin < len(cells):
            end = begin + _GROUP
            if end < len(cells):
                next_char = int(cells[end]) // fields.documents + 1
                end = int(np.searchsorted(cells, next_char * fields.documents))
            yield partial(_single_places, fields, cells[begin:end], kind)
            begin = end


def _single_places(fields: Fields, cells: Numbers, kind: int) -> Occurrences:
    char, doc = np.divmod(cells, fields.documents)
    zeros = np.zeros(len(char), np.int64)
    return Occurrences(fields.chars[char], zeros, zeros + kind, doc, zeros)


def _cells(fields: Fields, kind: int) -> Numbers:
    """Character number * documents + document of what a field has, ascending, without breaks."""
    size = len(fields.chars)
    step = max(1, _TABLE_CELLS // size)
    found: list[Numbers] = []
    for begin in range(0, fields.documents, step):
        end = min(begin + step, fields.documents)
        starts = fields.starts[kind * fields.documents + begin :][: end - begin + 1]
        numbers = fields.numbers[starts[0] : starts[-1]]
        table = np.zeros((end - begin) * size, bool)
        table[np.repeat(np.arange(end - begin) * size, np.diff(starts)) + numbers] = True
        doc, char = np.divmod(np.flatnonzero(table), size)
        found.append(char * fields.documents + doc + begin)
    cells = np.concatenate(found or [np.zeros(0, np.int64)])
    found.clear()
    cells.sort()
    return cells[np.searchsorted(cells, fields.documents) :]


def _title_ends(fields: Fields) -> Occurrences:
    starts = fields.starts[: fields.documents + 1]
    docs = np.flatnonzero(np.diff(starts) > 0)
    chars = fields.chars[fields.numbers[starts[docs + 1] - 1]] if len(docs) else docs
    order = np.lexsort((docs, chars))
    docs, chars = docs[order], chars[order]
    return Occurrences(
        a=chars,
        b=np.full(len(docs), TITLE_END, np.int64),
        field=np.full(len(docs), TITLE),
        doc=docs,
        position=(starts[docs + 1] - 1 - starts[docs]),
    )


def _pinyin(readings: Sequence[Sequence[Reading]]) -> tuple[Occurrences, Occurrences]:
    """Terms of the titles' pinyin: pairs with places, and single syllables."""
    doc = np.repeat(np.arange(len(readings)), [len(reading) for reading in readings])
    flat = [one for reading in readings for one in reading]
    position = np.array([place for place, _ in flat], np.int64)
    syllable = np.array([syllable_number(name) for _, name in flat], np.int64)
    initial = np.array([INITIAL + ord(name[0]) for _, name in flat], np.int64)
    next_to = np.flatnonzero((doc[1:] == doc[:-1]) & (position[1:] == position[:-1] + 1))
    pairs = np.concatenate(
        [
            np.stack((number[next_to], number[next_to + 1], doc[next_to], position[next_to]))
            for number in (syllable, initial)
        ],
        axis=1,
    )
    singles = np.unique(np.stack((syllable, doc)), axis=1)
    zeros = np.zeros_like(singles[0])
    return _titles(pairs), _titles(np.stack((singles[0], zeros, singles[1], zeros)))


def _titles(rows: Numbers) -> Occurrences:
    a, b, doc, position = rows[:, np.lexsort(rows[::-1])]
    return Occurrences(a=a, b=b, field=np.full(len(a), TITLE), doc=doc, position=position)


def shard_of(a: Numbers | Small, b: Numbers | Small, shards: int) -> Numbers:
    """The shard of each term."""
    hashed = _times(a, 0x9E3779B1) ^ _times(b, 0x85EBCA6B)
    hashed ^= hashed >> 15
    return hashed % shards


def _times(values: Numbers | Small, factor: int) -> Numbers:
    product = values.astype(np.uint64) * np.uint64(factor)
    return (product & np.uint64(0xFFFFFFFF)).astype(np.int64)


_SMALL, _BYTE = np.zeros(0, np.uint32), np.zeros(0, np.uint8)
_NO_LISTS = Lists(
    _SMALL, _SMALL, _BYTE, np.zeros(0, bool), _SMALL, _SMALL, _SMALL, _BYTE, _BYTE
)  # fmt: skip


class Shard(NamedTuple):
    """A shard's payload and the length of the directory at its head."""

    directory: int
    payload: bytes


def shards_of(batches: list[Lists]) -> Iterator[Shard]:
    """The posting shards that hold all lists, each list in the shard of its term.

    Takes the lists out of ``batches``, which are as large as the whole index.
    """
    lists = _all_lists(batches)
    batches.clear()
    total = int(lists.doc_bytes.sum(dtype=np.int64) + lists.pos_bytes.sum(dtype=np.int64))
    shards = min(MOST_SHARDS, max(1, -(-total // SHARD_BYTES)))
    doc_at, pos_at = (
        starts_of(part.astype(np.int64)) for part in (lists.doc_bytes, lists.pos_bytes)
    )
    shard = shard_of(lists.a, lists.b, shards).astype(np.uint16)
    order = np.lexsort((lists.field, lists.b, lists.a, shard))
    bounds = np.searchsorted(shard[order], np.arange(shards + 1))
    for number in range(shards):
        mine = order[bounds[number] : bounds[number + 1]]
        a, b, field, plain, count, doc_bytes, pos_bytes = (
            part[mine].astype(np.int64) for part in lists[:7]
        )
        directory = _directory(a, b, field, plain.astype(bool), count, doc_bytes, pos_bytes)
        doc_part = gather(lists.doc_blob, doc_at[mine], doc_bytes)
        pos_part = gather(lists.pos_blob, pos_at[mine], pos_bytes)
        yield Shard(len(directory), directory + doc_part.tobytes() + pos_part.tobytes())


def _all_lists(batches: Sequence[Lists]) -> Lists:
    parts: list[Any] = [np.concatenate(part) for part in zip(_NO_LISTS, *batches, strict=True)]
    return Lists(*parts)


def _directory(
    a: Numbers,
    b: Numbers,
    field: Numbers,
    plain: npt.NDArray[np.bool_],
    count: Numbers,
    doc_bytes: Numbers,
    pos_bytes: Numbers,
) -> bytes:
    new_term = np.ones(len(a), bool)
    new_term[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
    first = np.flatnonzero(new_term)
    present = np.zeros(len(a), np.int64)
    if len(first):
        present[first] = np.add.reduceat(1 << field, first) + (plain[first].astype(np.int64) << 3)
    step = np.zeros(len(a), np.int64)
    step[first] = np.diff(a[first], prepend=0)
    rows = np.stack((step, b, present, count, doc_bytes, pos_bytes), axis=1)
    shown = np.ones(rows.shape, bool)
    shown[~new_term, :3] = False
    shown[plain, 5] = False
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(varints(rows[shown])) + packer.flush()
