"""From the units of all documents to posting shards (3.3, 3.4)."""

import zlib
from array import array
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dangjian.search.builder.folder import Units
from dangjian.search.builder.grouping import Group
from dangjian.search.builder.readings import readings_for
from dangjian.search.builder.spool import Spool
from dangjian.search.builder.threads import in_threads
from dangjian.search.format.bits import Bytes, Numbers, Small, gather, starts_of, varints
from dangjian.search.format.lists import TITLE_END, Lists, Places, encode, shard_of
from dangjian.search.format.pinyin import INITIAL, syllable_number

SHARD_BYTES = 24_576
MOST_SHARDS = 768
FILE_BYTES = 65_536
_SLICE = 125_000
_TERM_BITS = 32
_NO_BYTES = np.zeros(0, np.uint8)


class Fields(NamedTuple):
    """Where all texts of a segment begin: titles, then leads, then bodies, a break after each.

    ``starts`` has one entry more than there are fields. ``titles`` are the units of the titles, by
    number; ``chars[n]`` is the code point of unit number n, and number 0 is the break.
    """

    titles: Units
    starts: Numbers
    chars: Numbers
    documents: int

    def small(self) -> np.dtype[np.signedinteger]:
        """What holds any place in the texts, and any bit of some lists of them."""
        return np.dtype(np.int32 if self.starts[-1] < 1 << 31 else np.int64)

    def folded_titles(self) -> list[str]:
        """The folded title of each document."""
        bounds = self.starts[: self.documents + 1].tolist()
        text = "".join(map(chr, self.chars[self.titles].tolist()))
        return [text[a : b - 1] for a, b in pairwise(bounds)]


class Encoded(NamedTuple):
    """Every list of a segment: the bytes of all document and position parts are put aside."""

    batches: list[Lists]
    doc_blobs: Spool
    pos_blobs: Spool

    def close(self) -> None:
        """Let go of what was put aside."""
        self.doc_blobs.close()
        self.pos_blobs.close()

    def add(self, batches: Iterable[Lists]) -> None:
        """Take some more lists."""
        for lists in batches:
            self.doc_blobs.add(lists.doc_blob.tobytes())
            self.pos_blobs.add(lists.pos_blob.tobytes())
            self.batches.append(lists._replace(doc_blob=_NO_BYTES, pos_blob=_NO_BYTES))


def encode_all(
    fields: Fields, groups: Iterator[Group], widths: Numbers, encoded: Encoded, threads: int = 2
) -> None:
    """Encode every list of a segment, in batches that need little memory each.

    numpy lets go of the interpreter while it works, so that threads use more than one core.
    """
    widths = widths.astype(fields.small())
    encoded.add(encode(places, widths) for places in (_title_ends(fields), *_pinyin(fields)))
    for lists in in_threads((partial(_group, fields, widths, group) for group in groups), threads):
        encoded.add(lists)


def _group(fields: Fields, widths: Small, group: Group) -> list[Lists]:
    """The lists of all terms whose first unit is in a group."""
    small = fields.small()
    places, unit, after = group
    bounds = np.searchsorted(places, fields.starts)
    field = np.repeat(np.arange(len(bounds) - 1).astype(small), np.diff(bounds))
    found = [_single_units(fields, widths, unit, field)]
    paired = after != 0
    places, field, unit, after = (p.compress(paired) for p in (places, field, unit, after))
    char_bits = len(fields.chars).bit_length()
    rank_bits = len(places).bit_length()
    if 2 * char_bits + rank_bits > 63:
        raise ValueError("too many different characters for one group")
    keys = unit.astype(np.int64) << (char_bits + rank_bits)
    keys |= after.astype(np.int64) << rank_bits
    keys |= np.arange(len(keys))
    keys.sort()
    places -= fields.starts[field]
    position = places.astype(small)
    begin = 0
    while begin < len(keys):
        cut = begin + _SLICE
        if cut < len(keys):
            cut = int(np.searchsorted(keys, ((keys[cut] >> rank_bits) + 1) << rank_bits))
        part = keys[begin:cut]
        rank = part & ((1 << rank_bits) - 1)
        lists = encode(Places(part >> rank_bits, field[rank], position[rank]), widths)
        first = fields.chars[lists.term >> char_bits]
        second = fields.chars[lists.term & ((1 << char_bits) - 1)]
        found.append(lists._replace(term=(first << _TERM_BITS) | second))
        begin = cut
    return found


def _single_units(fields: Fields, widths: Small, unit: Units, field: Small) -> Lists:
    """Which documents have which units, in each of the fields."""
    order = np.argsort(unit, kind="stable")
    unit, field = unit[order], field[order]
    new = np.ones(len(unit), bool)
    new[1:] = (unit[1:] != unit[:-1]) | (field[1:] != field[:-1])
    lists = encode(Places(unit.compress(new).astype(np.int64), field.compress(new), None), widths)
    return lists._replace(term=fields.chars[lists.term] << _TERM_BITS)


def _title_ends(fields: Fields) -> Places:
    lengths = np.diff(fields.starts[: fields.documents + 1]) - 1
    docs = np.flatnonzero(lengths > 0)
    chars = fields.chars[fields.titles[fields.starts[docs + 1] - 2]]
    order = np.argsort(chars, kind="stable")
    docs, small = docs[order], fields.small()
    position = (lengths[docs] - 1).astype(small)
    return Places((chars[order] << _TERM_BITS) | TITLE_END, docs.astype(small), position)


def _pinyin(fields: Fields) -> Iterator[Places]:
    """Initials and syllables of neighbouring characters, and single syllables."""
    titles = fields.folded_titles()
    readings = readings_for(titles)
    known: dict[str, int] = {}
    rows = array("q")
    for doc_number, title in enumerate(titles):
        for at, name in readings.of(title):
            rows.extend((doc_number, at, known.setdefault(name, len(known))))
    doc, place, syllable = np.array(rows, fields.small()).reshape(-1, 3).T.copy()
    number = np.array([syllable_number(name) for name in known], np.int64)[syllable]
    initial = np.array([INITIAL + ord(name[0]) for name in known], np.int64)[syllable]
    neighbours = np.flatnonzero((doc[1:] == doc[:-1]) & (place[1:] == place[:-1] + 1))
    for values in (number, initial):
        term = (values[neighbours] << _TERM_BITS) | values[neighbours + 1]
        order = np.argsort(term, kind="stable")
        chosen = neighbours[order]
        yield Places(term[order], doc[chosen], place[chosen])
    order = np.argsort(number, kind="stable")
    yield Places(number[order] << _TERM_BITS, doc[order], None)


class Shard(NamedTuple):
    """A shard's payload and the length of the directory at its head."""

    directory: int
    payload: bytes


def shard_counts(encoded: Encoded) -> tuple[int, int]:
    """How many shards the lists fill, and how many of these one file should hold."""
    total = sum(
        int(lists.doc_bytes.sum(dtype=np.int64) + lists.pos_bytes.sum(dtype=np.int64))
        for lists in encoded.batches
    )
    shards = min(MOST_SHARDS, max(1, -(-total // SHARD_BYTES)))
    return shards, max(1, round(FILE_BYTES * shards / max(1, total)))


def shards_of(encoded: Encoded, shards: int) -> Iterator[Shard]:
    """The posting shards that hold all lists, each list in the shard of its term."""
    lists = _all_lists(encoded)
    a, b = lists.term >> _TERM_BITS, lists.term & ((1 << _TERM_BITS) - 1)
    shard = shard_of(a, b, shards).astype(np.uint16)
    del a, b
    order = np.lexsort((lists.field, lists.term, shard))
    bounds = np.searchsorted(shard[order], np.arange(shards + 1))
    del shard
    doc_blob, doc_at = _whole(encoded.doc_blobs, lists.doc_bytes)
    pos_blob, pos_at = _whole(encoded.pos_blobs, lists.pos_bytes)
    for number in range(shards):
        mine = order[bounds[number] : bounds[number + 1]]
        term, field, plain, count, doc_bytes, pos_bytes = (
            part[mine].astype(np.int64) for part in lists[:6]
        )
        directory = _directory(term, field, plain.astype(bool), count, doc_bytes, pos_bytes)
        doc_part = gather(doc_blob, doc_at[mine].astype(np.int64), doc_bytes)
        pos_part = gather(pos_blob, pos_at[mine].astype(np.int64), pos_bytes)
        yield Shard(len(directory), directory + doc_part.tobytes() + pos_part.tobytes())


def _all_lists(encoded: Encoded) -> Lists:
    """All lists as one batch, without their bytes; the batches that they came in are let go."""
    parts: list[Any] = [np.concatenate(column) for column in zip(*encoded.batches, strict=True)]
    encoded.batches.clear()
    return Lists(*parts)


def _whole(
    blobs: Spool, lengths: npt.NDArray[np.integer]
) -> tuple[Bytes, npt.NDArray[np.unsignedinteger]]:
    """The bytes of all lists, and where those of each begin."""
    data = np.frombuffer(blobs.everything(), np.uint8)
    starts = starts_of(lengths.astype(np.int64))
    return data, starts.astype(np.uint32 if len(data) < 1 << 32 else np.uint64)


def _directory(
    term: Numbers,
    field: Numbers,
    plain: npt.NDArray[np.bool_],
    count: Numbers,
    doc_bytes: Numbers,
    pos_bytes: Numbers,
) -> bytes:
    new_term = np.ones(len(term), bool)
    new_term[1:] = term[1:] != term[:-1]
    first = np.flatnonzero(new_term)
    present = np.zeros(len(term), np.int64)
    if len(first):
        present[first] = np.add.reduceat(1 << field, first) + (plain[first].astype(np.int64) << 3)
    step = np.zeros(len(term), np.int64)
    step[first] = np.diff(term[first] >> _TERM_BITS, prepend=0)
    b = term & ((1 << _TERM_BITS) - 1)
    rows = np.stack((step, b, present, count, doc_bytes, pos_bytes), axis=1)
    shown = np.ones(rows.shape, bool)
    shown[~new_term, :3] = False
    shown[plain, 5] = False
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(varints(rows[shown])) + packer.flush()
