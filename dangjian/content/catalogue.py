"""The catalogue: what is known of every source and output, stored between builds in SQLite.

It outlives a build and lies outside the output. Rows are trusted only while the versions and
settings that shaped them are the same; a catalogue that is older, cut off or damaged is discarded
and made again.
"""

import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Self
from zlib import crc32

import msgspec
from msgspec import Struct

from dangjian.common.errors import DangjianError
from dangjian.common.files import NEVER, Stat
from dangjian.common.problems import Problem
from dangjian.schema.column_entry import ColumnEntry
from dangjian.schema.entry import Entry
from dangjian.text.references import Reference

# A text or two, or a dozen records, fill a page. Where they overflow to pages of their own, as they
# would at SQLite's 4096 bytes, the file is half as large again and takes three times as long.
_PAGE = 16384


class CatalogueDamagedError(DangjianError):
    """The catalogue can't be read and has to be made again."""


_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS source (path TEXT PRIMARY KEY, mtime INTEGER, size INTEGER, record BLOB)
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS body (path TEXT PRIMARY KEY, html BLOB);
CREATE TABLE IF NOT EXISTS file (path TEXT PRIMARY KEY, mtime INTEGER, size INTEGER, facts BLOB)
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS output (path TEXT PRIMARY KEY, fingerprint BLOB, mtime INTEGER,
  size INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS published (path TEXT PRIMARY KEY, record BLOB, html BLOB);
"""


class Record(Struct, kw_only=True, omit_defaults=True):
    """One source file as read: its front matter, what its text refers to, what was wrong with it.

    ``digest`` covers the whole file; ``mention`` what others show of it when they only name it.
    ``anchors`` are the ids in its text.
    ``draft`` and ``expires`` are for one without ``entry``: what it says of that all the same.
    """

    digest: bytes
    entry: Entry | None = None
    column: ColumnEntry | None = None
    references: tuple[Reference, ...] = ()
    problems: tuple[Problem, ...] = ()
    excerpt: str = ""
    anchors: tuple[str, ...] = ()
    draft: bool = False
    expires: datetime | None = None


class SourceRow(Struct, eq=False):
    """A source as known. Its record is decoded when first asked for: an edit asks for few."""

    stat: Stat
    stored: Record | bytes

    @property
    def record(self) -> Record:
        """What the source says. Raises what a damaged catalogue raises."""
        if isinstance(self.stored, bytes):
            self.stored = _decode_record(_unseal(self.stored))
        return self.stored


class FileSize(Struct, frozen=True, array_like=True):
    """A further size of a picture: its address, its place in the picture cache, its width."""

    name: str
    made: str
    width: int


class FileFacts(Struct, frozen=True, omit_defaults=True):
    """A picture or attachment as published. ``error`` says in Chinese why it can't be; that is
    ``passing`` if the file was not to be read (no permission, a share that is away), not wrong.

    ``name`` is its address; ``made`` its place in the picture cache, empty when the source itself
    is published. ``notices`` are for the editor, in Chinese. ``smaller`` and ``avif`` are further
    sizes, ascending in width, if ``sized``. ``at_root``: it lies in ``content/_root/``.
    """

    name: str = ""
    made: str = ""
    width: int = 0
    height: int = 0
    bytes: int = 0
    kind: str = ""
    mime: str = ""
    size: str = ""
    error: str = ""
    passing: bool = False
    notices: tuple[str, ...] = ()
    sized: bool = False
    smaller: tuple[FileSize, ...] = ()
    avif: tuple[FileSize, ...] = ()
    at_root: bool = False


class FileRow(Struct, frozen=True):
    stat: Stat
    facts: FileFacts


class OutputRow(Struct, frozen=True):
    fingerprint: bytes
    stat: Stat


# JSON, because MessagePack brings every moment back in UTC.
_encode = msgspec.json.Encoder().encode


def _seal(payload: bytes) -> bytes:
    """A payload with its checksum before it, so that a damaged row is noticed."""
    return crc32(payload).to_bytes(4, "big") + payload


def _unseal(sealed: bytes) -> bytes:
    payload = sealed[4:]
    if crc32(payload) != int.from_bytes(sealed[:4], "big"):
        raise CatalogueDamagedError("a row does not match its checksum")
    return payload


_decode_record = msgspec.json.Decoder(Record).decode
_decode_facts = msgspec.json.Decoder(FileFacts).decode


class StoredSource(Struct, frozen=True):
    """A source as the catalogue keeps it.

    Worker processes hand over sources in this form: bytes pass from one to another quickly.
    """

    path: str
    stat: Stat
    record: bytes
    body: bytes

    @property
    def row(self) -> SourceRow:
        return SourceRow(self.stat, self.record)


def stored(path: str, stat: Stat, record: Record, html: str) -> StoredSource:
    """A source as read, with the HTML of its text, in the catalogue's form."""
    return StoredSource(path, stat, _seal(_encode(record)), _seal(html.encode()))


class Catalogue:
    """An open catalogue. Changes are stored from ``commit`` on; a crash before it loses them only.

    What was committed goes from the journal into the file itself when the catalogue is closed, or
    at a ``checkpoint``.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self._sets_aside = False
        if read_only:
            address = f"{path.absolute().as_uri()}?mode=ro"
            self._db = sqlite3.connect(address, uri=True, isolation_level=None)
            # One transaction for all texts: one for each takes longer than to read it.
            self._db.execute("BEGIN")
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA synchronous=OFF")  # an empty file can as well be made again
        self._db.execute(f"PRAGMA page_size={_PAGE}")
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA wal_autocheckpoint=0")  # see ``checkpoint``
        self._db.executescript(_SCHEMA)
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was not committed is lost."""
        self._db.close()

    def commit(self) -> None:
        """Store all changes made so far."""
        self._db.execute("COMMIT")
        self._db.execute("BEGIN")

    def checkpoint(self) -> None:
        """Commit, and move what the journal holds into the file.

        The disk takes its time for that after a first build: a good moment is while others work.
        """
        self._db.execute("COMMIT")
        self._db.execute("PRAGMA wal_checkpoint(PASSIVE)")
        self._db.execute("BEGIN")

    def meta(self, name: str) -> bytes | None:
        row = self._db.execute("SELECT value FROM meta WHERE name=?", (name,)).fetchone()
        return bytes(row[0]) if row else None

    def set_meta(self, name: str, value: bytes) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?,?)", (name, value))

    def sources(self) -> dict[str, SourceRow]:
        """Every source known, by path below content/."""
        return {
            path: SourceRow(Stat(mtime, size), record)
            for path, mtime, size, record in self._db.execute("SELECT * FROM source")
        }

    def digest(self, path: str) -> bytes:
        """The digest of one source as it was read; empty when it is not known."""
        row = self._db.execute("SELECT record FROM source WHERE path=?", (path,)).fetchone()
        return _decode_record(_unseal(row[0])).digest if row else b""

    def set_aside(self) -> None:
        """From now on, save the published version of each source that is read again or gone.

        A source is published as it is here when nothing of it is set aside, or, when it never was,
        as nothing.
        """
        self._sets_aside = True

    def _set_aside(self, paths: Iterable[str], *, new: bool) -> None:
        if not self._sets_aside:
            return
        rows = [(path,) for path in paths]
        self._db.executemany(
            "INSERT OR IGNORE INTO published SELECT path, record, html FROM source"
            " JOIN body USING (path) WHERE path=?",
            rows,
        )
        if new:
            self._db.executemany("INSERT OR IGNORE INTO published VALUES (?, NULL, NULL)", rows)

    def is_set_aside(self, path: str) -> bool:
        """Whether the source as it is here is not the one that was published."""
        row = self._db.execute("SELECT 1 FROM published WHERE path=?", (path,)).fetchone()
        return row is not None

    def set_aside_below(self, path: str) -> list[str]:
        """The published sources that were saved at a path, or below it."""
        found = self._db.execute(
            "SELECT path FROM published WHERE record IS NOT NULL"
            " AND (path=? OR substr(path, 1, ?)=?)",
            (path, len(path) + 1, f"{path}/"),
        )
        return [row[0] for row in found]

    def restore(self, path: str) -> SourceRow | None:
        """Restore the saved version of a source; None if it was never published.

        Its stat is that of no file, so that the file is read again by the next build.
        """
        found = self._db.execute(
            "SELECT record, html FROM published WHERE path=?", (path,)
        ).fetchone()
        if found is None or found[0] is None:
            self._drop([(path,)])
            return None
        self._db.execute("INSERT OR REPLACE INTO source VALUES (?,0,0,?)", (path, found[0]))
        self._db.execute("INSERT OR REPLACE INTO body VALUES (?,?)", (path, found[1]))
        return SourceRow(NEVER, found[0])

    def note_published(self) -> None:
        """Note that all sources are published as they are here."""
        self._db.execute("DELETE FROM published")

    def has_set_aside(self) -> bool:
        """Whether anything is saved."""
        return self._db.execute("SELECT 1 FROM published LIMIT 1").fetchone() is not None

    def put_sources(self, found: Sequence[StoredSource]) -> None:
        """Store sources as read, with their texts."""
        self._set_aside([one.path for one in found], new=True)
        sources = [(one.path, one.stat.mtime, one.stat.size, one.record) for one in found]
        bodies = [(one.path, one.body) for one in found]
        self._db.executemany("INSERT OR REPLACE INTO source VALUES (?,?,?,?)", sources)
        self._db.executemany("INSERT OR REPLACE INTO body VALUES (?,?)", bodies)

    def touch_source(self, path: str, stat: Stat) -> None:
        """Note that a source has a new time but the same text."""
        self._db.execute(
            "UPDATE source SET mtime=?, size=? WHERE path=?", (stat.mtime, stat.size, path)
        )

    def drop_sources(self, paths: Iterable[str]) -> None:
        gone = [(path,) for path in paths]
        self._set_aside([path for (path,) in gone], new=False)
        self._drop(gone)

    def _drop(self, gone: Sequence[tuple[str]]) -> None:
        self._db.executemany("DELETE FROM source WHERE path=?", gone)
        self._db.executemany("DELETE FROM body WHERE path=?", gone)

    def body(self, path: str) -> str:
        """The HTML of one source's text, references still symbolic."""
        row = self._db.execute("SELECT html FROM body WHERE path=?", (path,)).fetchone()
        if row is None:
            raise CatalogueDamagedError(f"no text of {path}")
        return _unseal(row[0]).decode()

    def bodies(self, paths: Sequence[str]) -> Iterator[tuple[str, str]]:
        """The texts of several sources, in the order asked for."""
        for path in paths:
            yield path, self.body(path)

    def files(self) -> dict[str, FileRow]:
        return {
            path: FileRow(Stat(mtime, size), _decode_facts(_unseal(facts)))
            for path, mtime, size, facts in self._db.execute("SELECT * FROM file")
        }

    def put_files(self, rows: Iterable[tuple[str, FileRow]]) -> None:
        self._db.executemany(
            "INSERT OR REPLACE INTO file VALUES (?,?,?,?)",
            [
                (path, row.stat.mtime, row.stat.size, _seal(_encode(row.facts)))
                for path, row in rows
            ],
        )

    def drop_files(self, paths: Iterable[str]) -> None:
        self._db.executemany("DELETE FROM file WHERE path=?", [(path,) for path in paths])

    def outputs(self) -> dict[str, OutputRow]:
        return {
            path: OutputRow(fingerprint, Stat(mtime, size))
            for path, fingerprint, mtime, size in self._db.execute("SELECT * FROM output")
        }

    def put_outputs(self, rows: Iterable[tuple[str, OutputRow]]) -> None:
        self._db.executemany(
            "INSERT OR REPLACE INTO output VALUES (?,?,?,?)",
            [(path, r.fingerprint, r.stat.mtime, r.stat.size) for path, r in rows],
        )

    def drop_outputs(self, paths: Iterable[str]) -> None:
        self._db.executemany("DELETE FROM output WHERE path=?", [(path,) for path in paths])

    def clear_sources(self) -> None:
        """Forget everything read, because how it is read has changed."""
        self._db.executescript(
            "DELETE FROM source; DELETE FROM body; DELETE FROM file; DELETE FROM published; BEGIN"
        )


def open_catalogue(path: Path, version: bytes) -> Catalogue:
    """Open the catalogue at ``path``.

    What was read by another ``version`` of the code is forgotten; a file that is no catalogue,
    or a damaged one, is made again.
    """
    try:
        return _open(path, version)
    except sqlite3.DatabaseError:
        remove_catalogue(path)
        return _open(path, version)


def _open(path: Path, version: bytes) -> Catalogue:
    catalogue = Catalogue(path)
    try:
        if catalogue.meta("version") != version:
            catalogue.clear_sources()
            catalogue.set_meta("version", version)
            catalogue.commit()
    except sqlite3.DatabaseError:
        catalogue.close()
        raise
    return catalogue


def remove_catalogue(path: Path) -> None:
    """Delete a catalogue with its journal files, or whatever is in its place."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        found = path.parent / name
        if found.is_dir():
            shutil.rmtree(found)
        else:
            found.unlink(missing_ok=True)
