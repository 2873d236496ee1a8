"""Counted visits as JSON and as a table for spreadsheets."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from dangjian.statistics.visits import PageName, Visits

MISSING_SHOWN = 20


def as_dict(visits: Visits, names: Mapping[str, PageName]) -> dict[str, Any]:
    """All that was counted; articles and columns with most visits first."""
    days = sorted(visits.days)
    return {
        "from": days[0].isoformat() if days else None,
        "to": days[-1].isoformat() if days else None,
        "visits": visits.total,
        "home": visits.home,
        "articles": [
            {
                "address": address,
                "title": names[address].title,
                "column": column_name(names, address),
                "visits": count,
            }
            for address, count in ranked(visits.articles)
        ],
        "columns": [
            {
                "address": one.address,
                "name": one.name,
                "lists": one.lists,
                "articles": one.articles,
            }
            for one in sorted(
                visits.columns.values(), key=lambda one: (-one.lists - one.articles, one.address)
            )
        ],
        "other_pages": dict(ranked(visits.others)),
        "days": {day.isoformat(): visits.days[day] for day in days},
        "robots": visits.robots,
        "not_found": dict(ranked(visits.missing)[:MISSING_SHOWN]),
        "lines": visits.lines,
        "unread_lines": sum(count for count, _ in visits.unread.values()),
    }


def as_csv(visits: Visits, names: Mapping[str, PageName]) -> bytes:
    """The articles, one a line, as spreadsheets of any language open them."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["次数", "标题", "栏目", "网址"])
    for address, count in ranked(visits.articles):
        cells = [names[address].title, column_name(names, address), address]
        writer.writerow([count, *(_plain(cell) for cell in cells)])
    return out.getvalue().encode("utf-8-sig")


def _plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text


def ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The most visited first; the same number by address."""
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def column_name(names: Mapping[str, PageName], address: str) -> str:
    """The name of an article's column with those above it; empty if it is in none."""
    columns = names[address].columns
    return names[columns[-1]].title if columns and columns[-1] in names else ""
