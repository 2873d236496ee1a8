"""Telling at once that nothing has changed: no archive is arranged, no page planned.

The last build leaves a digest of everything a build reads (the stats of all sources and theme
files, settings, code) and how every output stood. If both are the same, and no article's time
has come since, the output is what another build would make.
"""

import time
from datetime import datetime

import msgspec
from msgspec import Struct

from dangjian.catalogue import Catalogue
from dangjian.digests import digest
from dangjian.outputs import scan_files, scan_output
from dangjian.problems import Problem, Problems
from dangjian.report import Production, Report
from dangjian.scan import Scan, scan_content
from dangjian.schema import SHANGHAI
from dangjian.versions import code_version
from dangjian.workplace import Workplace

YOUNG = 2_000_000_000
"""How much older (ns) than a look at it a file must be for its time to tell that it is the same."""


class Look(Struct, frozen=True):
    """All that a build may read, as it stood when the build began.

    ``started`` is when (ns), ``now`` the moment the build is for, ``youngest`` the newest time of
    any file, ``basis`` a digest of files (by time and size), settings and code.
    """

    started: int
    now: datetime
    scan: Scan
    youngest: int
    basis: bytes


def look_at(place: Workplace) -> Look:
    """Look at content, theme and settings, without reading a source."""
    started = time.time_ns()
    now = place.office.build_at or datetime.now(SHANGHAI)
    scan = scan_content(place.content)
    lines = [f"{path}\0{stat.mtime}\0{stat.size}" for path, stat in scan.files.items()]
    lines += [f"{problem.path}\0{problem.message}" for problem in scan.problems]
    youngest = max((stat.mtime for stat in scan.files.values()), default=0)
    for top in (place.theme, *place.templates):
        for path, stat in scan_files(top, lambda path, oddity: lines.append(f"{path}\0{oddity}")):
            lines.append(f"{top}\0{path}\0{stat.mtime}\0{stat.size}")
            youngest = max(youngest, stat.mtime)
    office = msgspec.structs.replace(place.office, build_at=None, workers=0)
    basis = digest(
        code_version(),
        msgspec.json.encode(office),
        f"{place.office.is_gray(now)}{place.drafts}{place.strict}{place.retain}",
        "\n".join(sorted(lines)),
    )
    return Look(started, now, scan, youngest, basis)


class LastBuild(Struct, frozen=True):
    """What a build leaves for the next: what it read, when, and what it reported."""

    basis: bytes
    built: datetime
    next_change: datetime | None
    problems: tuple[Problem, ...]
    articles: int
    pages: int
    withheld: int
    outputs: int

    def report(self, seconds: dict[str, float]) -> Report:
        """The report of a build that had nothing to do."""
        return Report(
            problems=Problems(self.problems),
            production=Production(kept=self.outputs),
            articles=self.articles,
            pages=self.pages,
            withheld=self.withheld,
            next_change=self.next_change,
            seconds=seconds,
        )


def trusted_before(catalogue: Catalogue) -> int:
    """Files older than this (ns) have changed since the last build only if their time says so."""
    return int.from_bytes(catalogue.meta("looked") or b"", "big") - YOUNG


def last_build(place: Workplace, catalogue: Catalogue, look: Look) -> LastBuild | None:
    """The last build, if its output is still what a build would make now."""
    kept = catalogue.meta("last")
    if kept is None:
        return None
    last = msgspec.json.decode(kept, type=LastBuild)
    if last.basis != look.basis or look.youngest >= trusted_before(catalogue):
        return None
    if look.now < last.built or (last.next_change is not None and look.now >= last.next_change):
        return None
    present = scan_output(place.output)
    for path, row in catalogue.outputs().items():
        if present.get(path) != row.stat:
            return None
    return last


def remember(catalogue: Catalogue, look: Look, report: Report) -> None:
    """Leave this build's state for the next to compare with."""
    production = report.production
    last = LastBuild(
        look.basis,
        look.now,
        report.next_change,
        report.problems.sorted(),
        report.articles,
        report.pages,
        report.withheld,
        production.kept + len(production.rendered),
    )
    catalogue.set_meta("last", msgspec.json.encode(last))
