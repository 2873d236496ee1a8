"""The places a site can be published to. A folder of this machine is one: ``Releases``."""

from pathlib import Path
from typing import Protocol

from dangjian.publishing.assembly import Comparison, Plan
from dangjian.publishing.manifest import Article


class Target(Protocol):
    """A place for a site: it shows the old site or the new one, never a mixture."""

    def compare(self, built: Path, plan: Plan) -> Comparison:
        """How the site in ``built`` differs from what is there. Raises PublishError."""

    def publish(
        self, built: Path, plan: Plan, articles: dict[str, Article] | None = None
    ) -> Comparison:
        """Make the planned files of ``built`` the site; nothing happens if they are already.

        Raises PublishError, with the site as it was.
        """
