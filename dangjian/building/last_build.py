"""Telling at once that nothing has changed: no archive is arranged, no page planned.

The last build leaves a digest of everything a build reads (the stats of all sources and theme
files, settings, code) and how every output stood. If both are the same, and no article's time
has come since, the output is what another build would make.
"""

import os
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from dangjian.common.digests import digest
from dangjian.common.files import Stat, plain_stat, scan_files
from dangjian.common.problems import Problem, Problems
from dangjian.common.report import Production, Report, Withheld
from dangjian.common.timezone import SHANGHAI
from dangjian.common.versions import code_version
from dangjian.content.catalogue import Catalogue
from dangjian.content.scan import Scan, scan_content
from dangjian.settings.workspace import Workplace

MAX_RECHECKED = 50
"""Up to this many recently modified files are compared by content; beyond it a full build runs."""
MTIME_GRACE_NS = 2_000_000_000
"""A file's mtime is trusted only if it is at least this many ns older than the snapshot."""


class Snapshot(Struct, frozen=True):
    """All that a build may read, as it stood when the build began.

    ``started`` is when (ns), ``now`` the moment the build is for. ``sources`` is a digest of the
    sources by time and size, ``others`` one of all other files, ``basis`` one of those, settings
    and code; ``youngest`` is the newest time of the other files.
    """

    started: int
    now: datetime
    scan: Scan
    sources: bytes
    others: bytes
    basis: bytes
    youngest: int


def take(place: Workplace) -> Snapshot:
    """Snapshot at content, theme and settings, without reading a source."""
    started, now = _moment(place)
    scan = scan_content(place.content)
    others = {path: stat for path, stat in scan.files.items() if path not in scan.sources}
    lines = [f"{problem.path}\0{problem.message}" for problem in scan.problems]
    for top in (place.theme, *place.templates):
        for path, stat in scan_files(top, lambda path, oddity: lines.append(f"{path}\0{oddity}")):
            others[f"{top}\0{path}"] = stat
    seen = digest(_stats(others), "\n".join(sorted(lines)))
    return Snapshot(
        started,
        now,
        scan,
        _stats(scan.sources),
        seen,
        _basis(place, now, seen),
        max((stat.mtime for stat in others.values()), default=0),
    )


def retake(place: Workplace, before: Snapshot, seen: Iterable[Path]) -> Snapshot | None:
    """What ``before`` has become, if the files ``seen`` to change are all that has changed.

    None if they are others than sources that were there before and still are.
    """
    started, now = _moment(place)
    sources = dict(before.scan.sources)
    for file in seen:
        try:
            path = file.relative_to(place.content).as_posix()
        except ValueError:
            return None
        stat = plain_stat(file)
        if path in sources and stat is not None:
            sources[path] = stat
        elif path in before.scan.files or os.path.lexists(file):
            return None
    scan = Scan(before.scan.files | sources, sources, before.scan.problems)
    basis = _basis(place, now, before.others)
    return Snapshot(started, now, scan, _stats(sources), before.others, basis, before.youngest)


def _moment(place: Workplace) -> tuple[int, datetime]:
    return time.time_ns(), place.office.build_at or datetime.now(SHANGHAI)


def _basis(place: Workplace, now: datetime, others: bytes) -> bytes:
    office = msgspec.structs.replace(place.office, build_at=None, workers=0)
    return digest(
        code_version(),
        msgspec.json.encode(office),
        msgspec.json.encode(place.problems),
        f"{place.office.is_gray(now)}{place.drafts}{place.strict}{place.retain}",
        others,
    )


def _stats(files: Mapping[str, Stat]) -> bytes:
    return digest("\n".join([f"{p}\0{s.mtime}\0{s.size}" for p, s in sorted(files.items())]))


class LastBuild(Struct, frozen=True):
    """What a build leaves for the next: what it read, when, and what it reported.

    ``behind`` are the articles of which the search index does not have the words of this build.
    """

    basis: bytes
    sources: bytes
    built: datetime
    next_change: datetime | None
    problems: tuple[Problem, ...]
    articles: int
    pages: int
    withheld: tuple[Withheld, ...]
    outputs: int
    behind: tuple[str, ...] = ()

    def report(self, seconds: dict[str, float]) -> Report:
        """The report of a build that had nothing to do."""
        return Report(
            problems=Problems(self.problems),
            production=Production(kept=self.outputs),
            articles=self.articles,
            pages=self.pages,
            withheld=list(self.withheld),
            next_change=self.next_change,
            seconds=seconds,
        )


def trusted_before(catalogue: Catalogue) -> int:
    """Files older than this (ns) have changed since the last build only if their time says so."""
    return int.from_bytes(catalogue.meta("looked") or b"", "big") - MTIME_GRACE_NS


def last_build(catalogue: Catalogue, look: Snapshot) -> LastBuild | None:
    """The last build, if nothing but sources can have changed since."""
    kept = catalogue.meta("last")
    if not kept:
        return None
    last = msgspec.json.decode(kept, type=LastBuild)
    if last.basis != look.basis or look.youngest >= trusted_before(catalogue):
        return None
    if look.now < last.built or (last.next_change is not None and look.now >= last.next_change):
        return None
    return last


def has_same_sources(
    place: Workplace, last: LastBuild, catalogue: Catalogue, look: Snapshot
) -> bool:
    """Whether the sources are certainly those of the last build; a few young ones are read."""
    if last.sources != look.sources or last.behind:
        return False
    before = trusted_before(catalogue)
    young = [path for path, stat in look.scan.sources.items() if stat.mtime >= before]
    if len(young) > MAX_RECHECKED:
        return False
    try:
        return all(
            catalogue.digest(path) == digest((place.content / path).read_bytes()) for path in young
        )
    except OSError:  # a build tells what is wrong with it
        return False


def forget_last(catalogue: Catalogue) -> None:
    """Let no later build trust the outputs that stand now as a whole."""
    catalogue.set_meta("last", b"")


def remember(
    catalogue: Catalogue, look: Snapshot, report: Report, outputs: int, behind: Iterable[str]
) -> LastBuild:
    """Leave this build's state, of so many outputs, for the next to compare with."""
    last = LastBuild(
        look.basis,
        look.sources,
        look.now,
        report.next_change,
        report.problems.sorted(),
        report.articles,
        report.pages,
        tuple(report.withheld),
        outputs,
        tuple(sorted(behind)),
    )
    catalogue.set_meta("last", msgspec.json.encode(last))
    return last
