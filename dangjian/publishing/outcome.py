"""What is asked of a publish, and what came of it: in all, and at each place."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Literal

from msgspec import Struct, field

from dangjian.common.report import Report
from dangjian.common.timezone import SHANGHAI
from dangjian.publishing import KEEP
from dangjian.publishing.assembly import Comparison
from dangjian.publishing.changes import Changes
from dangjian.publishing.errors import PublishError
from dangjian.settings.workspace import Workplace

Result = Literal["published", "unchanged", "rolled back", "dry run", "failed"]


class Options(Struct, frozen=True):
    """How to publish: to another place than the settings', and what somebody says yes to.

    ``whole`` makes a file for another network complete, and not just what differs from the last.
    ``confirm`` asks a question and returns whether the answer was yes.
    """

    output: Path | str | None = None
    keep: int = KEEP
    again: bool = False
    take_over: bool = False
    allow_withdraw: int = 0
    dry_run: bool = False
    strict: bool = False
    whole: bool = False
    confirm: Callable[[str], bool] = lambda _question: False


class PlaceOutcome(Struct):
    """What came of it at one place. ``served`` is its folder as a web server sees it, if any.

    The sources in ``waiting`` are not live there in any version. ``error`` is why it failed.
    ``server_files`` are the configurations for web servers that have changed.
    """

    name: str
    served: Path | None = None
    result: Result = "unchanged"
    found: Comparison = field(default_factory=Comparison)
    changes: Changes = field(default_factory=Changes)
    waiting: list[str] = field(default_factory=list)
    server_files: list[Path] = field(default_factory=list)
    error: str = ""


class Outcome(Struct):
    """What came of it in all. ``held_back`` are the sources whose last version did not go live.

    ``notices`` are sentences on what went wrong without stopping anything.
    """

    places: list[PlaceOutcome] = field(default_factory=list)
    report: Report = field(default_factory=Report)
    held_back: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def result(self) -> Result:
        """The result at the first place, most often the only one."""
        return self.places[0].result

    @property
    def changes(self) -> Changes:
        """What readers see of it at the first place."""
        return self.places[0].changes

    @property
    def failed(self) -> list[PlaceOutcome]:
        """The places where it failed."""
        return [one for one in self.places if one.result == "failed"]


class RefusedError(PublishError):
    """The build has errors and nothing was published; ``report`` names them."""

    def __init__(self, message: str, report: Report) -> None:
        super().__init__(message)
        self.report = report


def build_moment(place: Workplace) -> datetime:
    """The moment that a build now is for."""
    return place.office.build_at or datetime.now(SHANGHAI)
