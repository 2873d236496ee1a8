"""How much of a site one build makes again."""

from msgspec import Struct


class Scope(Struct, frozen=True):
    """The whole site, or only what shows the texts of some articles.

    ``texts`` are the paths of the articles in which nothing but the text has changed, while nothing
    else at all has; None means the whole site. ``unindexed`` are those and the articles whose texts
    an earlier build left for the search index to take in.
    """

    texts: tuple[str, ...] | None = None
    unindexed: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Whether everything is planned again."""
        return self.texts is None


WHOLE = Scope()
