"""A small archive to search in, and ways to build indexes of it in one segment or in several."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

import msgspec

from dangjian.search import SearchDoc, amend_index, update_index
from dangjian.search.builder.gathering import Prepared
from dangjian.search.builder.index import Task, write_segments
from dangjian.search.format.documents import CHINA, key_hash, record_of, same_columns, short_digest

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
    return blake2b(msgspec.json.encode(doc), digest_size=16).digest()


def prepared(doc: SearchDoc) -> Prepared:
    """A document as a segment takes it."""
    digest = short_digest(doc_digest(doc))
    return Prepared(record_of(doc), same_columns(doc.columns), key_hash(doc.key), digest)


def build(
    folder: Path,
    docs: Iterable[SearchDoc],
    columns: dict[str, str] | None = None,
    *,
    verify: bool = False,
) -> None:
    """Build or update an index of just these documents."""
    known = {doc.key: doc for doc in docs}
    update_index(
        folder,
        {key: doc_digest(doc) for key, doc in known.items()},
        lambda keys: [known[key] for key in keys],
        columns=columns,
        verify=verify,
    )


def amend(folder: Path, docs: Iterable[SearchDoc], columns: dict[str, str]) -> bool:
    """Bring an index up to date with just these documents changed; whether that could be done."""
    known = {doc.key: doc for doc in docs}
    changed = {key: doc_digest(doc) for key, doc in known.items()}
    report = amend_index(
        folder, changed, lambda keys: [known[key] for key in keys], columns=columns
    )
    return report is not None


def build_in_segments(
    folder: Path,
    groups: Sequence[Sequence[SearchDoc]],
    deleted: Sequence[SearchDoc] = (),
    columns: dict[str, str] | None = None,
) -> None:
    """An index of one segment for each group; ``deleted`` are in the first, and deleted."""
    first, *others = [[prepared(doc) for doc in group] for group in groups]
    gone = [prepared(doc) for doc in deleted]
    folder.mkdir(parents=True, exist_ok=True)
    task = Task({}, lambda _: (), columns or {}, prune=False)
    write_segments(folder, [first + gone, *others], {doc.key for doc in gone}, task)


def split_build(folder: Path) -> None:
    """The cases' articles in three segments, with two deleted ones that no query may find."""
    docs = case_documents()
    gone = [article(901, "基层党建工作座谈会召开", "党建" * 50), article(902, "已删", "服务人才")]
    build_in_segments(folder, [docs[::3], docs[1::3], docs[2::3]], gone, case_columns())


if __name__ == "__main__":
    # python -m tests.search.library FOLDER: one index in FOLDER/whole, another in FOLDER/split
    target = Path(sys.argv[1])
    build(target / "whole" / "search", case_documents(), case_columns())
    split_build(target / "split" / "search")
