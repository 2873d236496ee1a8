"""Makes the table of phrases in which every index writes its texts.

``python -m tests.search.learn_phrases SITE``: SITE is the output of a build of the sample portal.
Characters that often are next to each other there, or in the manual for editors, are joined, then
what came of that, and so on. Every other character of the first level of GB 2312 is a token too.
The table is a part of the index format: a new one has every index built again.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from msgspec.structs import replace

from dangjian.search.builder.phrases import (
    BORDER,
    ESCAPE,
    PhraseTable,
    join,
    joining_of,
    with_borders,
)
from dangjian.search.builder.state import PHRASES
from dangjian.search.format.bits import Numbers
from dangjian.search.format.documents import record_text
from dangjian.search.format.segment import IndexReader
from dangjian.search.format.tokens import widths_for

ROOT = Path(__file__).resolve().parents[2]
_PAIRS = (1300, 1050, 800, 600, 400, 250)
_LEAST_COUNT = 4
_MAX_LENGTH = 12
_ESCAPE_SHARE = 256


def learn(texts: Sequence[str]) -> PhraseTable:
    """The table for texts such as these."""
    chars = _chars(texts)
    number_of = {char: n for n, char in enumerate(chars, 2)}
    ids = np.array(
        [number_of.get(char, BORDER) for char in map(chr, with_borders(texts).tolist())], np.int64
    )
    table = PhraseTable("".join(chars), [], b"", b"")
    for most in _PAIRS:
        known = table.texts()
        pairs = _frequent_pairs(ids, np.array(list(map(len, known))), most)
        ids = join(ids, joining_of(pairs, len(known)))
        table.rounds.append(pairs)
    counts = np.bincount(ids, minlength=len(table.texts())).tolist()
    learned = replace(table, widths=_widths(table, counts))
    return replace(learned, numbers=learned.numbered())


def _chars(texts: Sequence[str]) -> list[str]:
    """The characters that are tokens: those of the texts, of ASCII, and the usual Chinese ones."""
    seen = {char for text in texts for char in text}
    ascii_chars = {chr(code) for code in range(0x20, 0x7F)}
    rows = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    usual = {char for pair in rows for char in pair.decode("gb2312", "ignore")}
    return sorted(char for char in seen | ascii_chars | usual if ord(char) < 0x10000)


def _frequent_pairs(ids: Numbers, lengths: Numbers, most: int) -> list[tuple[int, int]]:
    """The pairs of neighbouring pieces that are to become one, the most frequent first."""
    one, other = ids[:-1], ids[1:]
    fit = (one > ESCAPE) & (other > ESCAPE) & (lengths[one] + lengths[other] <= _MAX_LENGTH)
    keys, counts = np.unique((one << 16 | other).compress(fit), return_counts=True)
    often = np.flatnonzero(counts >= _LEAST_COUNT)
    order = np.argsort(-counts[often], kind="stable")[:most]
    return [(key >> 16, key & 0xFFFF) for key in keys[often[order]].tolist()]


def _widths(table: PhraseTable, counts: list[int]) -> bytes:
    """The bits of each piece's code; none for those that longer ones made rare."""
    texts = table.texts()
    first = ESCAPE + 1 + len(table.chars)
    halves = [(0, 0)] * first + [pair for pairs in table.rounds for pair in pairs]
    rare: set[int] = set()
    for number in range(len(texts) - 1, first - 1, -1):
        if counts[number] < _LEAST_COUNT:
            rare.add(number)
            for half in halves[number]:
                counts[half] += counts[number]
    weights: dict[str, int] = {}
    for number in range(ESCAPE + 1, len(texts)):
        if number not in rare:
            weights[texts[number]] = weights.get(texts[number], 0) + 4 * counts[number]
    weights = {text: weight + 1 for text, weight in weights.items()}
    weights[""] = sum(weights.values()) // _ESCAPE_SHARE + 1
    width_of = dict(zip(weights, widths_for(list(weights.values())), strict=True))
    return bytes(
        0 if number == BORDER or number in rare else width_of[text]
        for number, text in enumerate(texts)
    )


def main(site: Path) -> None:
    """Learn from the sample portal and the manual, and write the table."""
    texts = [
        record_text(segment.record(doc))
        for segment in IndexReader(site / "search").segments
        for doc in range(segment.entry.docs)
    ]
    manuals = [ROOT / "docs" / "editors", ROOT / "docs" / "administrators"]
    for manual in manuals:
        texts += [path.read_text(encoding="utf-8") for path in sorted(manual.glob("*.md"))]
    PHRASES.write_bytes(msgspec.msgpack.encode(learn(texts)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
