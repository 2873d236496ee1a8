"""``status.json`` of a published site: for whoever watches it.

The same sources make the same bytes, so no clock is in it: ``updated`` is when the newest article
was published or changed, by its own dates. When the file went live, the server says
(``Last-Modified``); who published what and when is in the record.
"""

from pathlib import Path

import msgspec
from msgspec import Struct

from dangjian.building.published import Newest
from dangjian.common.output_folder import write_output
from dangjian.paths import VERSION
from dangjian.publishing.assembly import ADDED, PACKED_ENDINGS, STATUS, Plan


class Status(Struct):
    """What is published: the program's version, and counts of articles, pages and files."""

    version: str
    updated: str
    articles: int
    pages: int
    files: int


def with_status(built: Path, plan: Plan, newest: Newest) -> Plan:
    """The plan with ``status.json``, unless the office has one of its own."""
    if STATUS in plan:
        (built / ADDED / STATUS).unlink(missing_ok=True)
        return plan
    pages = sum(path.endswith(".html") for path in plan)
    files = sum(not path.endswith(PACKED_ENDINGS) for path in plan)
    status = Status(VERSION, newest.moment, newest.articles, pages, files)
    data = msgspec.json.format(msgspec.json.encode(status), indent=1) + b"\n"
    write_output(built, f"{ADDED}/{STATUS}", data)
    return {**plan, STATUS: len(data)}
