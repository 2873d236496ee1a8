"""Columns past their freshness, by 政府网站与政务新媒体检查指标 (国办秘函〔2019〕19号).

Columns of news are to have something new within two weeks, notices and policies within six months,
all others within a year; the home page within two weeks.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from dangjian.common.problems import Problem
from dangjian.content.archive import Archive
from dangjian.content.columns import COLUMN_FILE
from dangjian.schema.terms import FRESHNESS_NAMES, Freshness

LIMITS: Final[dict[Freshness, int]] = {"dynamic": 14, "notice": 180, "other": 365}
"""Days; what is not here (固定) is never out of date."""
HOME_DAYS: Final = 14


def stale_columns(archive: Archive, now: datetime) -> Iterator[Problem]:
    """A notice for each shown column whose newest article is too old, and for the home page."""
    if archive.items and (days := (now - archive.items[-1].entry.date).days) > HOME_DAYS:
        newest = f"{archive.items[-1].entry.date:%Y-%m-%d}"
        message = f"全站已有 {days} 天没有新文章（最近一篇是 {newest}），首页两周不更新，检查不合格"
        yield Problem("index.html", 0, message, "warning")
    for column in archive.columns.walk():
        limit = LIMITS.get(column.entry.freshness)
        items = archive.in_column.get(column.folder)
        if limit is None or not items or not column.declared:
            continue
        age = now - items[-1].entry.date
        if age > timedelta(days=limit):
            kind = FRESHNESS_NAMES[column.entry.freshness]
            message = (
                f"栏目“{column.name}”已有 {age.days} 天没有更新（最近一篇是 "
                f"{items[-1].entry.date:%Y-%m-%d}），“{kind}”类应在 {limit} 天以内更新；"
                "类别不对的请改 更新类别"
            )
            yield Problem(f"{column.folder}/{COLUMN_FILE}", 0, message, "warning")
