"""What a publish changes for readers: which articles appear, change, move or are withdrawn."""

import re
from collections.abc import Callable, Mapping

from msgspec import Struct, field

from dangjian.publishing.assembly import Comparison
from dangjian.publishing.manifest import Article

MAX_WITHDRAWN = 20
"""More articles than this are withdrawn at once only when somebody says so; or a tenth of them."""
FEW = 2
"""So many may always go, however small the site is."""

ARTICLE_PAGE = re.compile(r"(?:.*/)?\d{4}/\d\d/(?!index\.html)[^/]+\.html")
"""The paths of articles' pages, as they are unless an article says otherwise."""


class Changes(Struct):
    """Articles by their titles, as a summary and the record of publishing show them."""

    appeared: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.appeared or self.changed or self.moved or self.withdrawn)


def changes_between(
    before: Mapping[str, Article] | None, after: Mapping[str, Article], found: Comparison
) -> Changes:
    """What became of the articles of the live site, which are None if they are not known.

    Articles are known by the paths of their sources; one whose title is gone at one path and new at
    another has moved.
    """
    if before is None:
        return _by_pages(after, found)
    gone = {path: before[path] for path in before if path not in after}
    fresh = {path: after[path] for path in after if path not in before}
    changes = Changes()
    homes: dict[str, list[str]] = {}
    for path, article in gone.items():
        homes.setdefault(article.title, []).append(path)
    for article in fresh.values():
        old = homes.get(article.title)
        if old:
            del gone[old.pop()]
            changes.moved.append(article.title)
        else:
            changes.appeared.append(article.title)
    changes.withdrawn = [article.title for article in gone.values()]
    for path, article in after.items():
        old_one = before.get(path)
        if old_one is None or old_one == article:
            continue
        moved = old_one.address != article.address
        (changes.moved if moved else changes.changed).append(article.title)
    return changes


def _by_pages(after: Mapping[str, Article], found: Comparison) -> Changes:
    """The same by pages, for a live site whose titles are not known: addresses for those gone."""
    titles = {article.address: article.title for article in after.values() if article.address}
    return Changes(
        appeared=[titles[path] for path in found.new if path in titles],
        withdrawn=[path for path in found.removed if ARTICLE_PAGE.fullmatch(path)],
    )


def needs_permission(withdrawn: int, before: int, *, emptied: bool) -> bool:
    """Whether so many of the articles ``before`` are withdrawn only when somebody says so.

    ``emptied``: none of the sources of the live site is there any more, as on a share that is not
    mounted.
    """
    if emptied and withdrawn:
        return True
    return withdrawn > MAX_WITHDRAWN or withdrawn > max(FEW, before / 10)


def with_digests(
    articles: Mapping[str, tuple[str, str]],
    before: Mapping[str, Article] | None,
    found: Comparison,
    digest_of: Callable[[str], bytes],
) -> dict[str, Article]:
    """The articles (title and address by source path), each with a digest of its source.

    A digest is looked up only where a page is new: elsewhere it is that of the live site.
    """
    fresh = {*found.new, *found.changed}
    made: dict[str, Article] = {}
    for path, (title, address) in articles.items():
        old = before.get(path) if before else None
        if old is not None and old.address == address and address not in fresh:
            made[path] = Article(title, address, old.digest)
        else:
            made[path] = Article(title, address, digest_of(path).hex())
    return made
