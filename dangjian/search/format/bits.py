"""Packing many small numbers of different widths into bit streams, and reading them back."""

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Small = npt.NDArray[np.signedinteger]
"""Numbers stored in 32 bits where that is known to be enough: they take most of the memory."""


def pack(values: Small, widths: Small, places: Small, size: int) -> Bytes:
    """``size`` bytes in which each value is at its bit place, most significant bit first.

    Places are ascending, values do not overlap, widths are at most 32.
    """
    out = np.zeros((size + 3) // 4 + 2, np.uint32)
    keep = widths > 0
    if not keep.all():
        values, widths, places = (part.compress(keep) for part in (values, widths, places))
    if len(values):
        words = places >> 5
        shifts = (64 - (places & 31) - widths).astype(np.uint64)
        shifted = values.astype(np.uint64) << shifts
        last = np.append(np.flatnonzero(words[1:] != words[:-1]), len(words) - 1)
        # What does not overlap adds up to a word; sums before it are taken away modulo 2 ** 64.
        sums = np.cumsum(shifted).take(last)
        both = np.diff(sums, prepend=np.uint64(0))
        targets = words.take(last)
        out[targets] |= (both >> np.uint64(32)).astype(np.uint32)
        out[targets + 1] |= (both & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    return out.astype(">u4").view(np.uint8)[:size]


def unpack_fixed(flags: Bytes, width: int) -> Numbers:
    """Numbers of ``width`` bits each, from single bits (as ``np.unpackbits`` gives them)."""
    if width == 0:
        raise ValueError("a width of 0 says nothing of how many numbers there are")
    rows = flags.reshape(-1, width).astype(np.int64)
    weights = np.left_shift(np.int64(1), np.arange(width - 1, -1, -1, dtype=np.int64))
    return np.asarray(rows @ weights, np.int64)


def starts_of(lengths: Numbers) -> Numbers:
    """Where each of consecutive stretches begins."""
    starts = np.zeros(len(lengths), np.int64)
    np.cumsum(lengths[:-1], out=starts[1:])
    return starts


def bit_lengths(values: npt.NDArray[np.integer]) -> Numbers:
    """How many bits each number, which is not negative and below 2 ** 53, takes; 0 takes none."""
    return np.frexp(values.astype(np.float64))[1].astype(np.int64)


def distinct(numbers: Numbers) -> Numbers:
    """Each of some numbers once, ascending.

    As ``numpy.unique`` gives them, which loads masked arrays first: longer than an edit sorts.
    """
    ascending = np.sort(numbers)
    found: Numbers = ascending[np.append(True, ascending[1:] != ascending[:-1])[: len(ascending)]]
    return found


def is_among(values: Numbers, wanted: Numbers) -> npt.NDArray[np.bool_]:
    """Whether each value is one of those wanted, which are ascending."""
    if not len(wanted):
        return np.zeros(len(values), bool)
    near = np.minimum(np.searchsorted(wanted, values), len(wanted) - 1)
    found: npt.NDArray[np.bool_] = wanted[near] == values
    return found


def gather(source: Bytes, starts: Numbers, lengths: Numbers) -> Bytes:
    """Stretches of ``source`` one behind the other."""
    total = int(lengths.sum())
    if total == 0:
        return np.zeros(0, np.uint8)
    places = np.repeat(starts - starts_of(lengths), lengths)
    places += np.arange(total, dtype=np.int64)
    return source[places]


def varint_sizes(values: Numbers) -> Numbers:
    """How many bytes the LEB128 of each value takes."""
    sizes = np.ones(len(values), np.int64)
    limit, most = 1 << 7, int(values.max(initial=0))
    while limit <= most:
        sizes += values >= limit
        limit <<= 7
    return sizes


def varints(values: Numbers) -> bytes:
    """LEB128 of each value, one behind the other."""
    return placed_varints(values, varint_sizes(values)).tobytes()


def varint(value: int) -> bytes:
    """LEB128 of a single value: an array of one takes many times as long."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def placed_varints(values: Numbers, sizes: Numbers) -> Bytes:
    """LEB128 of each value, one behind the other, ``sizes`` being how many bytes each takes."""
    places = starts_of(sizes)
    out = np.zeros(int(sizes.sum()), np.uint8)
    out[places] = values & 0x7F
    more = np.flatnonzero(values > 0x7F)
    while len(more):
        places = places[more]
        out[places] |= 0x80
        places += 1
        values = values[more] >> 7
        out[places] = values & 0x7F
        more = np.flatnonzero(values > 0x7F)
    return out


def read_varints(data: bytes) -> Numbers:
    """The values that :func:`varints` wrote; ``ValueError`` if the last one is cut."""
    raw = np.frombuffer(data, np.uint8)
    if not len(raw):
        return np.zeros(0, np.int64)
    last = np.flatnonzero(raw < 0x80)
    if not len(last) or last[-1] != len(raw) - 1:
        raise ValueError("a number is cut off")
    first = np.concatenate(([0], last[:-1] + 1))
    sizes = last - first + 1
    if int(sizes.max()) > 6:
        raise ValueError("a number is too long")
    values = np.zeros(len(last), np.int64)
    for byte in range(int(sizes.max())):
        has = sizes > byte
        values[has] |= (raw[first[has] + byte].astype(np.int64) & 0x7F) << (7 * byte)
    return values
