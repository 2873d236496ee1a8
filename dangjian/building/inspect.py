"""What only a check looks for, because it reads every text: a build has no time for it."""

from collections.abc import Iterator
from datetime import datetime

from dangjian.common.problems import Problem
from dangjian.content.archive import Archive
from dangjian.inspection.examples import is_example, left_in_articles, left_in_settings
from dangjian.inspection.freshness import stale_columns
from dangjian.proofreading.articles import proofread, shared_doc_numbers
from dangjian.settings.workspace import Workplace


def inspect_site(place: Workplace, archive: Archive, now: datetime) -> Iterator[Problem]:
    """Notices on texts, columns and settings; some are left in ``archive``, to be placed."""
    items = list(archive.by_path.values())
    yield from proofread(place.content, items)
    yield from stale_columns(archive, now)
    for item, message in shared_doc_numbers(items):
        archive.note(item, "文号", item.entry.doc_number, message, "warning")
    if not is_example(place.office):
        for item, key, written, message in left_in_articles(items):
            archive.note(item, key, written, message, "warning")
        for name, message in left_in_settings(place.office):
            path, line = place.lines.place(name)
            yield Problem(path, line, message, "warning")
    yield from _hot_words(place, archive)


def _hot_words(place: Workplace, archive: Archive) -> Iterator[Problem]:
    """HOT_WORDS that no public article has: a click on them finds nothing."""
    missing = dict.fromkeys(place.office.hot_words)
    for item in archive.by_path.values():
        if not missing:
            return
        try:
            text = (place.content / item.path).read_text("utf-8", "replace")
        except OSError:
            continue
        for word in [word for word in missing if word in text]:
            del missing[word]
    words = list(place.office.hot_words)
    for word in missing:
        path, line = place.lines.place("HOT_WORDS", words.index(word))
        message = f"HOT_WORDS 里的“{word}”在公开的文章里一处也没有，点了什么也找不到；请换一个词"
        yield Problem(path, line, message, "warning")
