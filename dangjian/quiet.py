"""Telling at once that nothing has changed: no archive is arranged, no page planned.

The last build leaves a digest of everything a build reads (the stats of all sources and theme
files, settings, code) and how every output stood. If both are the same, and no article's time
has come since, the output is what another build would make.
"""

from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from dangjian.catalogue import Catalogue
from dangjian.digests import digest
from dangjian.outputs import scan_files, scan_output
from dangjian.problems import Problem, Problems
from dangjian.production import Production
from dangjian.versions import code_version
from dangjian.workplace import Report, Workplace

YOUNG = 2_000_000_000
"""How much older (ns) than a look at it a file must be for its time to tell that it is the same."""


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


def last_build(place: Workplace, catalogue: Catalogue, now: datetime) -> LastBuild | None:
    """The last build, if its output is still what a build would make at ``now``."""
    kept = catalogue.meta("last")
    if kept is None:
        return None
    last = msgspec.json.decode(kept, type=LastBuild)
    if now < last.built or (last.next_change is not None and now >= last.next_change):
        return None
    looked = int.from_bytes(catalogue.meta("looked") or b"", "big")
    if _basis(place, now, looked - YOUNG) != last.basis:
        return None
    present = scan_output(place.output)
    for path, row in catalogue.outputs().items():
        if present.get(path) != row.stat:
            return None
    return last


def remember(place: Workplace, catalogue: Catalogue, now: datetime, report: Report) -> None:
    """Leave this build's state for the next to compare with."""
    basis = _basis(place, now)
    production = report.production
    last = LastBuild(
        basis,
        now,
        report.next_change,
        report.problems.sorted(),
        report.articles,
        report.pages,
        report.withheld,
        production.kept + len(production.rendered),
    )
    catalogue.set_meta("last", msgspec.json.encode(last))


def _basis(place: Workplace, now: datetime, trusted_before: int | None = None) -> bytes:
    """A digest of all that a build reads, by the times and sizes of files.

    With ``trusted_before`` (ns), a file younger than that makes the digest one that is never kept:
    it could have changed within a tick of its clock.
    """
    office = msgspec.structs.replace(place.office, build_at=None, workers=0)
    parts: list[bytes | str] = [code_version(), msgspec.json.encode(office)]
    parts.append(f"{place.office.is_gray(now)}{place.drafts}{place.strict}{place.retain}")
    for top in (place.content, place.theme, *place.templates):
        lines = _stand(top, trusted_before)
        if lines is None:
            return b""
        parts += [str(top), "\n".join(sorted(lines))]
    return digest(*parts)


def _stand(top: Path, trusted_before: int | None) -> list[str] | None:
    """How the files below a folder stand, a line each; None when one is too young to tell."""
    lines: list[str] = []
    for path, stat in scan_files(top, lambda path, oddity: lines.append(f"{path}\0{oddity}")):
        if trusted_before is not None and stat.mtime >= trusted_before:
            return None
        lines.append(f"{path}\0{stat.mtime}\0{stat.size}")
    return lines
