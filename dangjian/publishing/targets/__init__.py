"""The places a site can be published to: a folder of this machine (``releases.Releases``), or one
of the modules here.
"""

from datetime import datetime
from pathlib import Path
from typing import Protocol

from dangjian.publishing.assembly import Comparison, Plan
from dangjian.publishing.manifest import Article, Record
from dangjian.publishing.state import State


class Target(Protocol):
    """A place for a site that is open for this process: it shows the old site or the new one.

    All methods raise PublishError, with the site as it was.
    """

    @property
    def name(self) -> str:
        """What messages call it: the folder, or the address as written."""

    @property
    def folder(self) -> Path:
        """The folder of this machine with the record of publishing to it."""

    @property
    def state(self) -> State:
        """What is live there, and since when."""

    @property
    def names(self) -> list[str]:
        """The releases stored for rollback, oldest first."""

    @property
    def served(self) -> Path | None:
        """The site's folder as the web server sees it; None where there is no such server."""

    def record(self, name: str = "") -> Record | None:
        """What the release ``name`` (or the live one) consists of; None if it is not known."""

    def check_ours(self) -> None:
        """Raise OtherSiteError if there is a site that was not published from here."""

    def compare(self, built: Path, plan: Plan) -> Comparison:
        """How the site in ``built`` differs from what is there."""

    def publish(
        self,
        built: Path,
        plan: Plan,
        articles: dict[str, Article] | None = None,
        now: datetime | None = None,
        moment: datetime | None = None,
    ) -> Comparison:
        """Make the planned files of ``built`` the site; nothing happens if they are already.

        The release is named by ``now``; ``moment`` is when the site was built for, usually the
        same.
        """

    def settle(self) -> list[str]:
        """Do what is due although nothing changed, and end a rollback's hold.

        Returns Chinese sentences on what was amiss.
        """

    def roll_back(self, name: str = "", held: str = "") -> str:
        """Make the release ``name``, or the one before the live one, live; return its name.

        ``held`` covers the content as it is now, for the next publish to compare.
        """
