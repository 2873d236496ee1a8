"""Where a site lies and how it is built, and what a build tells of itself."""

from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct, field

from dangjian.digests import digest
from dangjian.office import Office
from dangjian.problems import Problem, Problems
from dangjian.production import Production
from dangjian.site import Ground


class Workplace(Struct, frozen=True):
    """Where a site lies and how it is built: folders, the office's settings, drafts or not."""

    content: Path
    output: Path
    cache: Path
    theme: Path
    office: Office
    templates: tuple[Path, ...] = ()
    drafts: bool = False
    strict: bool = False
    retain: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def ground(self) -> Ground:
        """The same for those who put the site out."""
        return Ground(
            self.office,
            self.content,
            self.output,
            self.cache,
            self.catalogue,
            self.theme,
            self.templates,
            self.drafts,
            self.strict,
        )

    @property
    def catalogue(self) -> Path:
        """The catalogue of this content put out to this output: each pair has its own."""
        pair = f"{self.content.resolve()}\0{self.output.resolve()}"
        return self.cache / f"catalogue-{digest(pair).hex()[:12]}.sqlite"


class Report(Struct):
    """What a build found and did. ``seconds`` is per stage, in the order they ran."""

    problems: Problems = field(default_factory=Problems)
    production: Production = field(default_factory=Production)
    read: list[str] = field(default_factory=list)
    articles: int = 0
    pages: int = 0
    withheld: int = 0
    next_change: datetime | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return bool(self.problems.errors)

    def as_dict(self) -> dict[str, object]:
        """The numbers for a file: counts, lists of outputs, seconds, problems."""
        return {
            "articles": self.articles,
            "pages": self.pages,
            "withheld": self.withheld,
            "read": sorted(self.read),
            "rendered": sorted(self.production.rendered),
            "written": sorted(self.production.written),
            "kept": self.production.kept,
            "removed": self.production.removed,
            "next_change": self.next_change.isoformat() if self.next_change else None,
            "seconds": {name: round(value, 4) for name, value in self.seconds.items()},
            "problems": [msgspec.to_builtins(one) for one in self.problems.sorted()],
        }
