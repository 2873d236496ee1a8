"""Related articles: by shared keywords and column, in time linear in the archive.

An article looks back at the newest few that share a keyword and forward at the next few only,
so that a new article changes the related lists of a handful of others, however many there are.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence

from dangjian.common.digests import digest
from dangjian.content.archive import Item

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
        ranked = [(-score, index - other, other) for other, score in earlier[index].items()]
        ranked += [(-score, other - index, other) for other, score in later[index].items()]
        if ranked:
            ranked.sort()
            related[item.path] = tuple([items[other].path for _, _, other in ranked[:SHOWN]])
    return related


def _nearest(order: Iterable[int], items: Sequence[Item], window: int) -> list[dict[int, int]]:
    """For each item the scores of those that come before it in ``order``, by their index."""
    recent: dict[str, deque[int]] = defaultdict(lambda: deque(maxlen=window))
    found: list[dict[int, int]] = [{}] * len(items)
    for index in order:
        item = items[index]
        if item.entry.type == "special":
            continue
        words = dict.fromkeys((*item.entry.keywords, *item.entry.tags))
        scores: dict[int, int] = {}
        for word in words:
            near = recent[word]
            for other in near:
                scores[other] = scores.get(other, 0) + 2
            near.append(index)
        column = item.column
        for other in scores:
            if items[other].column is column:
                scores[other] += 1
        found[index] = scores
    return found


def relatedness_key(items: Iterable[Item]) -> bytes:
    """Covers all of some articles that those related to them are found by."""
    return digest(*(_relatedness_key(item) for item in items))


def _relatedness_key(item: Item) -> str:
    column = item.column.folder if item.column else ""
    return "\0".join((item.path, column, *item.entry.keywords, "", *item.entry.tags))
