"""Related articles: by shared keywords and column, in time linear in the archive.

An article looks back at the newest few that share a keyword and forward at the next few only,
so that a new article changes the related lists of a handful of others, however many there are.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence

from dangjian.archive import Item

LOOK_BACK = 12
LOOK_AHEAD = 2
SHOWN = 6


def related_articles(items: Sequence[Item]) -> dict[str, tuple[str, ...]]:
    """For each item (oldest first, as given) the paths of those related to it, best first.

    The score is the number of shared keywords and tags, doubled, plus one for the same column;
    of equals the nearer in time comes first.
    """
    earlier = _nearest(range(len(items)), items, LOOK_BACK)
    later = _nearest(range(len(items) - 1, -1, -1), items, LOOK_AHEAD)
    related: dict[str, tuple[str, ...]] = {}
    for index, item in enumerate(items):
        scores = earlier[index] + later[index]
        if not scores:
            continue
        ranked = sorted(scores.items(), key=lambda pair: (-pair[1], abs(pair[0] - index), pair[0]))
        related[item.path] = tuple(items[other].path for other, _ in ranked[:SHOWN])
    return related


def _nearest(order: Iterable[int], items: Sequence[Item], window: int) -> list[Counter[int]]:
    recent: dict[str, deque[int]] = defaultdict(lambda: deque(maxlen=window))
    found: list[Counter[int]] = [Counter()] * len(items)
    for index in order:
        item = items[index]
        if item.entry.type == "special":
            continue
        words = dict.fromkeys((*item.entry.keywords, *item.entry.tags))
        scores: Counter[int] = Counter()
        for word in words:
            for other in recent[word]:
                scores[other] += 2
            recent[word].append(index)
        for other in scores:
            if items[other].column is item.column:
                scores[other] += 1
        found[index] = scores
    return found
