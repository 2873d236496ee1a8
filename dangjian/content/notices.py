"""What an editor should look at in a whole archive: doubles, far dates, strays, empty columns."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from dangjian.content.archive import Archive, Clock, Item, fold_name
from dangjian.content.columns import COLUMN_FILE, Column

FAR = timedelta(days=366)
"""Held back for longer than this is most likely a slip in the year."""


def add_notices(archive: Archive, clock: Clock) -> None:
    """Note all of it in the archive. What depends on the clock enters ``next_change``."""
    _far_dates(archive, clock.now)
    _doubles(archive)
    _strays(archive.by_path.values(), archive)


def _far_dates(archive: Archive, now: datetime) -> None:
    for held in archive.withheld:
        if held.why != "scheduled" or held.planned or held.moment is None:
            continue
        if held.moment - now <= FAR:
            continue
        nearer = held.moment - FAR
        archive.next_change = min(archive.next_change or nearer, nearer)
        message = f"这篇文章要到 {held.moment:%Y-%m-%d %H:%M} 才公开，是一年以后，请核对年份"
        archive.note_at(held.path, "时间", f"{held.moment:%Y}", message, "warning")


def _doubles(archive: Archive) -> None:
    """The same title at the same time: copies that were not meant."""
    titles: dict[tuple[str, datetime], Item] = {}
    for item in sorted(archive.by_path.values(), key=lambda item: item.path):
        entry = item.entry
        if item.dated:
            other = titles.setdefault((fold_name(entry.title), entry.date), item)
            if other is not item:
                message = (
                    f"标题和时间都与“{other.path}”相同，两篇都会登出来；"
                    "是复制多出来的请删去，要登在几个栏目请写 同时列入"
                )
                archive.note(item, "标题", entry.title, message, "warning")


def _strays(items: Iterable[Item], archive: Archive) -> None:
    """Articles that lie in no column: most likely a page whose type was forgotten."""
    for item in items:
        if item.column is None and "/" not in item.path and item.entry.type not in ("page", "link"):
            if item.entry.type == "special":
                continue
            message = (
                "这篇文章直接放在文章文件夹里，不属于任何栏目；"
                "“关于本站”一类的页面请写 类型: 页面，文章请放进栏目的文件夹"
            )
            archive.note(item, "类型", "", message, "warning")


def drop_empty_columns(archive: Archive) -> None:
    """Take columns that have nothing public out of the tree, each with a notice.

    What counts is an article, a page or a special in the column or below it, and a text of its own
    in ``_column.md``. An empty column is a fault in the yearly inspection.
    """
    if not archive.in_column:  # a site that is being set up shows the columns it will have
        return
    filled = set(archive.in_column)
    for item in archive.by_path.values():
        column = item.column
        while column is not None and column.folder not in filled:
            filled.add(column.folder)
            column = column.parent
    for column in archive.columns.walk():
        if column.entry.has_text:
            filled.update(above.folder for above in column.chain())
    for column in list(archive.columns.walk()):
        if column.folder not in filled and (
            column.parent is None or column.parent.folder in filled
        ):
            archive.problems.add(f"{column.folder}/{COLUMN_FILE}", 0, _empty(column), "warning")
    archive.columns.prune(filled)


def _empty(column: Column) -> str:
    return (
        f"栏目“{column.name}”里没有公开的文章，网站上暂不显示这个栏目；"
        "放进一篇公开的文章，或者写一段栏目导语，就会显示"
    )
