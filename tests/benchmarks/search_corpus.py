"""Articles to search, as the index takes them, and what is to be found in them.

``python -m tests.benchmarks.search_corpus build|add|edit:N FILE FOLDER`` indexes in a process of
its own, so that its time and memory can be measured, and prints the seconds: all articles but the
newest; the newest too; all, with a change in the text of the N-th newest.
"""

import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

import msgspec
import yaml
from msgspec.structs import replace

from dangjian.search.builder.state import Edition
from dangjian.search.builder.update import update_index
from dangjian.search.format.documents import SearchDoc, key_hash, minute_of
from dangjian.search.format.folding import fold_text
from tests.benchmarks.archive import articles, column_name

_PICTURE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_MARKS = re.compile(r"^[#>*+-]+ |\*\*|`|^\|?[-|: ]+\|?$", re.MULTILINE)
_LINES = re.compile(r"\n{2,}")


def _plain(markdown: str) -> str:
    text = _LINK.sub(r"\1", _PICTURE.sub("", markdown))
    return _LINES.sub("\n", _MARKS.sub("", text)).strip()


def generated(count: int, seed: int) -> Iterator[SearchDoc]:
    """The articles of the generated archive."""
    for article in articles(count, seed):
        columns = [article.column]
        while "/" in columns[-1]:
            columns.append(columns[-1].rpartition("/")[0])
        yield SearchDoc(
            key=article.stem,
            url=f"{article.column}/{article.date:%Y/%m}/{article.stem}.html",
            title=article.title,
            date=article.date,
            summary=article.summary,
            keywords=tuple(article.keywords),
            text=_plain(article.body),
            columns=tuple(columns),
            column_name=column_name(article.column),
            source=article.source,
            type=article.kind,
        )


def read_folder(folder: Path) -> Iterator[SearchDoc]:
    """Every Markdown file below a folder that has some text."""
    for path in sorted(folder.rglob("*.md")):
        source = path.read_text(encoding="utf-8", errors="replace")
        front = _FRONT.match(source)
        said = yaml.safe_load(front[1]) if front else {}
        name = path.relative_to(folder).with_suffix("").as_posix()
        date = said.get("date") if isinstance(said, dict) else None
        text = _plain(source[front.end() :] if front else source)
        if text:
            yield SearchDoc(
                key=name,
                url=f"{name}.html",
                title=str(said.get("title", path.stem)) if isinstance(said, dict) else path.stem,
                date=date if isinstance(date, datetime) else datetime(2020, 1, 1, tzinfo=UTC),
                text=text,
                columns=(name.partition("/")[0],),
                source="",
            )


def write_corpus(file: Path, docs: Iterable[SearchDoc]) -> list[SearchDoc]:
    """Write articles one a line and return them."""
    kept = list(docs)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"".join(msgspec.json.encode(doc) + b"\n" for doc in kept))
    return kept


def folded_fields(doc: SearchDoc) -> tuple[str, ...]:
    """Title, summary, each keyword and text as a query must match them."""
    parts = (doc.title, doc.summary, *doc.keywords, doc.text)
    return tuple("".join(map(chr, fold_text(part))) for part in parts)


class Truth:
    """Which articles have a word, by plain substring after folding."""

    def __init__(self, docs: Sequence[SearchDoc]) -> None:
        self.docs = docs
        self.fields = [folded_fields(doc) for doc in docs]
        self.joined = ["\0".join(fields) for fields in self.fields]

    def holding(self, word: str) -> set[str]:
        """The addresses of the articles that have a word."""
        wanted = "".join(map(chr, fold_text(word)))
        return {doc.url for doc, text in zip(self.docs, self.joined, strict=True) if wanted in text}


def _loader(
    file: Path, places: dict[str, int], edited: str
) -> Callable[[Sequence[str]], Iterator[SearchDoc]]:
    def load(keys: Sequence[str]) -> Iterator[SearchDoc]:
        with file.open("rb") as lines:
            for key in keys:
                lines.seek(places[key])
                doc = msgspec.json.decode(lines.readline(), type=SearchDoc)
                yield replace(doc, text=f"更正。{doc.text}") if key == edited else doc

    return load


def _index(file: Path, folder: Path, kind: str) -> float:
    places: dict[str, int] = {}
    current: dict[str, Edition] = {}
    at = 0
    with file.open("rb") as lines:
        for line in lines:
            doc = msgspec.json.decode(line, type=SearchDoc)
            digest = blake2b(line, digest_size=16).digest()
            places[doc.key], current[doc.key] = at, Edition(minute_of(doc.date), digest)
            at += len(line)
    newest = sorted(current, key=lambda key: (current[key].minute, key_hash(key)), reverse=True)
    edited = ""
    if kind == "build":
        del current[newest[0]]
    elif kind.startswith("edit:"):
        edited = newest[int(kind.removeprefix("edit:")) - 1]
        current[edited] = current[edited]._replace(digest=b"edited".ljust(16))
    started = time.perf_counter()
    cache = folder.with_name(f"{folder.name}.cache")
    update_index(folder, cache, current, _loader(file, places, edited))
    return time.perf_counter() - started


if __name__ == "__main__":
    print(f"{_index(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[1]):.3f}")
