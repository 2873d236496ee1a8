"""A small archive to search in, and ways to build indexes of it in one segment or in several."""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from hashlib import blake2b
from itertools import cycle, pairwise
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import pytest

from dangjian.search.builder import index
from dangjian.search.builder.state import Edition, IndexReport
from dangjian.search.builder.update import amend_index, update_index
from dangjian.search.format.documents import CHINA, SearchDoc, minute_of

CASES = Path(__file__).with_name("cases.json")


class Case(msgspec.Struct, frozen=True):
    """A query, and what it finds: addresses in their order."""

    query: str
    results: list[str]
    total: int
    why: str = ""
    sort: str = ""
    choice: dict[str, str] = {}
    notes: list[str] = []


def case_list() -> list[Case]:
    """The queries of the cases file."""
    return msgspec.convert(cases()["cases"], list[Case])


def cases() -> dict[str, object]:
    """The cases file as it stands."""
    loaded: dict[str, object] = json.loads(CASES.read_text(encoding="utf-8"))
    return loaded


def case_documents() -> list[SearchDoc]:
    """The articles of the cases file."""
    return msgspec.convert(cases()["documents"], list[SearchDoc])


def case_columns() -> dict[str, str]:
    """The column names of the cases file."""
    return msgspec.convert(cases()["columns"], dict[str, str])


def article(number: int, title: str, text: str = "", **more: object) -> SearchDoc:
    """A document with whatever a test does not say filled in."""
    fields: dict[str, object] = {
        "key": f"a/{number}.md",
        "url": f"a/{number}.html",
        "title": title,
        "text": text,
        "date": datetime(2020, 1 + number // 28 % 12, 1 + number % 28, 8, 30, tzinfo=CHINA),
    }
    return SearchDoc(**(fields | more))  # type: ignore[arg-type]


def doc_digest(doc: SearchDoc) -> bytes:
    """What changes when anything of a document does."""
    return blake2b(repr(doc).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def edition(doc: SearchDoc) -> Edition:
    """What an index gets of a document before it asks for it."""
    return Edition(minute_of(doc.date), doc_digest(doc))


def cache_of(folder: Path) -> Path:
    """Where the builder's cache of an index in ``folder`` is."""
    return folder.with_name(f"{folder.name}.cache")


def build(
    folder: Path, docs: Iterable[SearchDoc], columns: dict[str, str] | None = None
) -> IndexReport:
    """Build or update an index of just these documents."""
    known = {doc.key: doc for doc in docs}
    return update_index(
        folder,
        cache_of(folder),
        {key: edition(doc) for key, doc in known.items()},
        lambda keys: [known[key] for key in keys],
        columns=columns,
    )


def amend(folder: Path, docs: Iterable[SearchDoc], columns: dict[str, str]) -> bool:
    """Bring an index up to date with just these documents changed; whether that could be done."""
    known = {doc.key: doc for doc in docs}
    changed = {key: edition(doc) for key, doc in known.items()}
    report = amend_index(
        folder,
        cache_of(folder),
        changed,
        lambda keys: [known[key] for key in keys],
        columns=columns,
    )
    return report is not None


def cut_every(*counts: int) -> Callable[[npt.NDArray[np.uint64]], list[list[tuple[int, int]]]]:
    """Instead of :func:`~dangjian.search.builder.partition.partition`: segments of so many
    documents, again and again, each in two chunks if it can be.
    """

    def cut(hashes: npt.NDArray[np.uint64]) -> list[list[tuple[int, int]]]:
        segments: list[list[tuple[int, int]]] = []
        begin = 0
        for count in cycle(counts):
            if begin >= len(hashes):
                return segments
            end = min(len(hashes), begin + count)
            bounds = sorted({begin, (begin + end) // 2, end})
            segments.append(list(pairwise(bounds)))
            begin = end
        raise AssertionError

    return cut


def build_in_segments(
    folder: Path,
    docs: Iterable[SearchDoc],
    counts: Sequence[int],
    columns: dict[str, str] | None = None,
) -> None:
    """Build an index whose segments have so many documents."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "partition", cut_every(*counts))
        build(folder, docs, columns)


def split_build(folder: Path) -> None:
    """The cases' articles in segments of seven and of four."""
    build_in_segments(folder, case_documents(), (7, 4), case_columns())


if __name__ == "__main__":
    # python -m tests.search.library FOLDER: one index in FOLDER/whole, another in FOLDER/split
    target = Path(sys.argv[1])
    build(target / "whole" / "search", case_documents(), case_columns())
    split_build(target / "split" / "search")
