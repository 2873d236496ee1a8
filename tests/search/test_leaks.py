"""What was withdrawn or corrected is in no file of the index, however large the archive is."""

import zlib
from pathlib import Path

import msgspec
import pytest

from dangjian.search.format.documents import SearchDoc
from dangjian.search.format.folding import fold_text
from dangjian.search.format.manifest import Manifest, read_manifest
from dangjian.search.format.segment import IndexReader
from tests.search import library
from tests.search.test_updates import some_article

SECRETS = {
    "title": "龘鱻会议纪要",
    "text": "靐麤同志的电话是一三八零零〇〇。ZQXJVK9731",
    "summary": "犇骉摘要",
    "keyword": "淼焱标签",
    "column": "秘密栏/齉齾",
    "column_name": "齉齾栏目",
    "source": "爨癵办公室",
    "corrected": "龖厵旧说法",
}
"""Words that are in nothing else: their characters, and so the pairs of these, are nowhere else."""


def archive(count: int) -> dict[str, SearchDoc]:
    """Plain articles, one that is to be withdrawn, in the middle, and one to be corrected."""
    docs = {doc.key: doc for doc in (some_article(n, 0) for n in range(count))}
    withdrawn = library.article(
        count // 2,
        SECRETS["title"],
        SECRETS["text"],
        key="x/secret.md",
        url="x/secret-qzxw.html",
        summary=SECRETS["summary"],
        keywords=(SECRETS["keyword"],),
        columns=("秘密栏", SECRETS["column"]),
        column_name=SECRETS["column_name"],
        source=SECRETS["source"],
    )
    wrong = library.article(
        count // 3, "更正前后都在", f"原来写的是{SECRETS['corrected']}。", key="x/wrong.md"
    )
    return docs | {doc.key: doc for doc in (withdrawn, wrong)}


def payloads(folder: Path) -> dict[str, bytes]:
    """The unmasked payload of every file, and whatever of it can be inflated, as bytes."""
    found: dict[str, bytes] = {}
    manifest: Manifest = read_manifest(folder)
    tables = [*manifest.fold.exceptions, "".join(column for column, _ in manifest.columns)]
    found["names"] = "".join([*tables, *(p.name for p in folder.iterdir())]).encode()
    for path in folder.iterdir():
        raw = path.read_bytes()
        # The first mask that avoids two bytes: a small one.
        for key in range(3):
            data = bytes(byte ^ key for byte in raw)
            found[f"{path.name} {key}"] = data + _inflated(data)
    return found


def _inflated(data: bytes) -> bytes:
    """What inflates from the beginning of the payload, section by section."""
    pieces: list[bytes] = []
    rest = data[28:]
    while rest:
        reader = zlib.decompressobj(-15)
        try:
            pieces.append(reader.decompress(rest, 1 << 24))
        except zlib.error:
            break
        if not reader.eof:
            break
        rest = reader.unused_data
    return b"".join(pieces)


def said(folder: Path) -> tuple[str, set[int]]:
    """All that the index says in words, and every unit that some posting list has."""
    index = IndexReader(folder)
    manifest = index.manifest
    words = [word for pair in manifest.columns for word in pair]
    words += [*manifest.types, *manifest.sources]
    units: set[int] = set()
    for segment in index.segments:
        info = segment.info
        words += [*info.columns, *info.types, *info.sources]
        for doc in range(segment.entry.docs):
            words += msgspec.structs.astuple(segment.record(doc))
        for shard in range(segment.entry.shards):
            for a, b in segment.terms(shard):
                units |= {a, b}
    return "\n".join(words), units


@pytest.mark.parametrize(
    "count", [100, 300, 1500, pytest.param(10_000, marks=pytest.mark.slow)], ids=str
)
def test_nothing_of_what_was_withdrawn_is_left(tmp_path: Path, count: int) -> None:
    """Texts, postings, tables and names are those of the public articles alone."""
    folder = tmp_path / "index"
    names = {SECRETS["column"]: SECRETS["column_name"], "秘密栏": SECRETS["column_name"]}
    docs = archive(count)
    library.build(folder, docs.values(), names)
    text, units = said(folder)
    for secret in SECRETS.values():
        assert secret in text
    secret_units = {unit for secret in SECRETS.values() for unit in fold_text(secret)}
    plain = "".join(
        f"{d.title}{d.text}{d.summary}{d.source}" for d in docs.values() if d.key[0] == "a"
    )
    unique = secret_units - set(fold_text(plain)) - {1}
    assert len(unique & units) > 15
    del docs["x/secret.md"]
    docs["x/wrong.md"] = library.article(
        count // 3, "更正前后都在", "现在写的是对的。", key="x/wrong.md"
    )
    library.build(folder, docs.values(), {})
    text, units = said(folder)
    secrets = [*SECRETS.values(), "secret-qzxw", "ZQXJVK", "靐麤", "九七三一"]
    for secret in secrets:
        assert secret not in text
    assert units.isdisjoint(unique - set(fold_text("现在写的是对的更正前后都在原来")))
    for name, data in payloads(folder).items():
        for secret in secrets:
            for encoding in ("utf-8", "utf-16-le", "gb18030", "unicode_escape"):
                assert secret.encode(encoding) not in data, (name, secret)
    if count <= 1500:
        library.build(tmp_path / "clean", docs.values(), {})
        assert {p.name: p.read_bytes() for p in folder.iterdir()} == {
            p.name: p.read_bytes() for p in (tmp_path / "clean").iterdir()
        }


def test_the_look_into_raw_bytes_finds_what_is_there(tmp_path: Path) -> None:
    """Before it is withdrawn, the raw look sees names that are stored as they are."""
    folder = tmp_path / "index"
    docs = archive(20)
    library.build(folder, docs.values(), {SECRETS["column"]: SECRETS["column_name"]})
    everything = b"".join(payloads(folder).values())
    assert SECRETS["source"].encode("unicode_escape") in everything
    assert SECRETS["column_name"].encode("unicode_escape") in everything
