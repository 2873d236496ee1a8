"""Ids of articles (编号): no two may have the same, for subscribers know an article by it."""

from collections.abc import Iterable, Iterator

from dangjian.common.problems import Problem


def shared_ids(articles: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    """Report articles (path, id) that have the id of another; the first by path keeps it."""
    taken: dict[str, str] = {}
    for path, written in sorted(article for article in articles if article[1]):
        other = taken.setdefault(written, path)
        if other != path:
            message = (
                f"编号“{written}”已由“{other}”使用，订阅的读者会把两篇当成一篇。"
                "编号是哪篇先用的就留给哪篇，另一篇请换一个，或去掉这一行"
            )
            yield Problem(path, 0, message)
